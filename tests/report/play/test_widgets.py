"""What the pages are given: which claims have something to play with, filled with what, written safely."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from experiments.ledger.loading import ledger_paths, load_ledgers
from experiments.report.play import ASSETS, HERE, Widget, assets, claim_widgets, experiment_widgets
from experiments.report.play.sliders import DENT, DESCENTS, EXAMPLE, FOCAL_CLAIMS
from experiments.report.play.tables import CONFUSIONS, SVM_CLAIMS
from tests.report.play.conftest import ROOT

EPOCHS: dict[str, Any] = {
    "format": 1,
    "seed": 3,
    "classes": ["</script><b>a&b", "other"],
    "features": ["x1", "x2"],
    "signed": False,
    "left_out": ["<big>"],
    "variants": [
        {
            "name": name,
            "units": [2, 1],
            "activations": ["sigmoid"],
            "bias": True,
            "mean": [0.0, 0.0],
            "deviation": [1.0, 1.0],
            "range": [[-1.0, 1.0], [-1.0, 1.0]],
            "points": [[0.5, 0.0, 1], [-0.5, 0.0, 0]],
            "at": [0, 4],
            "weights": [[1.0, 0.0, 0.0], [-1.0, 0.0, 0.0]],
            "loss": [None, 0.25],
            "accuracy": [1.0, 0.0],
            "test_accuracy": [0.75, 0.5],
        }
        for name in ("base", "<i>odd</i>")
    ],
}


class Reader(HTMLParser):
    """Collects tags and attributes, and sees whether every element is closed in order."""

    EMPTY = frozenset({"input", "circle", "rect", "path"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.cells: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "td":
            self.cells.append(data)


def read(widget: Widget) -> Reader:
    reader = Reader()
    reader.feed(widget.html)
    reader.close()
    assert reader.open == []
    return reader


def published(folder: Path, whole: Any) -> list[Widget]:
    (folder / "example").mkdir(exist_ok=True)
    (folder / "example" / "epochs.json").write_text(whole if isinstance(whole, str) else json.dumps(whole))
    return experiment_widgets("example", folder)


def ledger_checks() -> dict[str, str]:
    """By claim its checks as text, in which matrices can be found."""
    loaded = load_ledgers(ledger_paths(ROOT / "configs"), ROOT / "configs")
    return {claim.id: repr(claim) for one in loaded for claim in one.ledger.claims}


CLAIMS = sorted({*DESCENTS, *FOCAL_CLAIMS, *CONFUSIONS, *SVM_CLAIMS})


def test_every_claim_named_is_in_a_ledger_and_confusions_are_the_slides() -> None:
    checks = ledger_checks()
    assert set(CLAIMS) <= set(checks)
    checks["C-136"] = checks["C-135"]  # computed from the two means that are printed, of the matrix before it
    for claim, matrix in CONFUSIONS.items():
        assert repr([list(row) for row in matrix]) in checks[claim], claim


@pytest.mark.parametrize("claim", CLAIMS)
def test_widgets_are_whole_without_handlers_addresses_or_dead_controls(claim: str) -> None:
    (widget,) = claim_widgets(claim)
    reader = read(widget)
    for tag, attributes in reader.tags:
        assert not [name for name in attributes if name.startswith("on")]
        assert not {"href", "src", "id"} & set(attributes), tag
    live = re.findall(r"<(?:button|select|input type=\"range\")", widget.html)
    assert live
    kinds = {attributes["data-play"] for _, attributes in reader.tags if "data-play" in attributes}
    assert len(kinds) == 1
    assert f"{kinds.pop()}:" in (HERE / "start.js").read_text()


def test_most_claims_have_none() -> None:
    assert claim_widgets("M-1") == claim_widgets("H-36") == claim_widgets("nonsense") == []


def test_each_claim_has_its_own_loss_and_first_values() -> None:
    assert DESCENTS["C-79"] is EXAMPLE
    assert DESCENTS["C-90"] is DENT
    (widget,) = claim_widgets("M-114")
    values = [a["value"] for tag, a in read(widget).tags if tag == "input"]
    assert values == ["2", "0.3", "0.8"]


def test_confusion_shows_its_scores_without_a_script() -> None:
    (widget,) = claim_widgets("C-131")
    reader = read(widget)
    counts = [a["value"] for tag, a in reader.tags if tag == "input"]
    assert counts == ["100", "80", "10", "10", "0", "9", "0", "1", "0", "1", "8", "1", "0", "1", "0", "9"]
    # Precision of the four classes: 1, 9/91, 8/18, 9/21; their mean; accuracy 126/230.
    assert {"1.0000", "0.0989", "0.4444", "0.4286", "0.4930", "0.5478"} <= set(reader.cells)


def test_svm_scores_show_their_losses_without_a_script() -> None:
    (widget,) = claim_widgets("H-28")
    assert [cell for cell in read(widget).cells if cell.strip()] == ["2.9", "0", "12.9"]


def test_scrubber_writes_names_from_files_as_text(tmp_path: Path) -> None:
    (widget,) = published(tmp_path, EPOCHS)
    reader = read(widget)
    tags = [tag for tag, _ in reader.tags]
    assert tags.count("script") == 1
    assert not {"b", "i", "big"} & set(tags)
    embedded = re.search(r'<script type="application/json">(.*?)</script>', widget.html)
    assert embedded is not None
    assert json.loads(embedded[1]) == EPOCHS


def test_scrubber_says_the_same_as_a_table(tmp_path: Path) -> None:
    (widget,) = published(tmp_path, EPOCHS)
    assert read(widget).cells == ["—", "1.000", "0.750", "0.25", "0.000", "0.500"] * 2


@pytest.mark.parametrize("text", ["", "[]", "{", '{"format": 99}'])
def test_no_scrubber_for_files_of_another_kind(text: str, tmp_path: Path) -> None:
    assert published(tmp_path, text) == []
    assert experiment_widgets("missing", tmp_path) == []


def test_assets_are_all_files_and_reach_for_nothing() -> None:
    assert set(ASSETS) == {path.name for path in HERE.iterdir() if path.suffix in (".js", ".css")}
    assert ASSETS[-1] == "start.js"
    for name, text in assets().items():
        addresses = set(re.findall(r"https?://[^\s\"']+", text)) - {"http://www.w3.org/2000/svg"}
        assert not addresses, name
        assert not re.search(r"\b(fetch|XMLHttpRequest|import|eval|innerHTML)\b", text), name
