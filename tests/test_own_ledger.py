"""What docs/own_ledger.md shows can be used as it stands."""

import re
from pathlib import Path
from typing import get_args

import pytest

from experiments.documents import read_document
from experiments.ledger.judging import judge_all
from experiments.ledger.loading import load_ledgers
from experiments.ledger.spec import Claim, ErrorKind, Kind
from experiments.ledger.verdicts import judge_worked

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "own_ledger.md").read_text(encoding="utf-8")
TEMPLATE, MORE = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "my_lecture.yaml"
    path.write_text(TEMPLATE, encoding="utf-8")
    return path


def test_the_template_loads_from_any_folder_and_its_claims_are_judged_as_the_page_says(template: Path) -> None:
    ledgers = load_ledgers([template], ROOT / "configs")
    untrained = judge_all(ledgers, ROOT / "results", lambda claim: claim.id in ("L-1", "L-2", "L-3"))
    assert [one.judgement.verdict for one in untrained] == ["answered", "erratum", "figure"]
    assert untrained[1].judgement.computed["loss"] == 12.5


def test_the_worked_check_of_ones_own(tmp_path: Path) -> None:
    names: dict[str, object] = {}
    code = re.search(r"```python\n(.*?)```", TEXT, re.DOTALL)
    assert code
    exec(code[1], names)  # noqa: S102
    path = tmp_path / "more.yaml"
    path.write_text("claims:\n" + MORE, encoding="utf-8")
    claim = Claim.model_validate(read_document(path).data["claims"][0])
    found = names["dense_parameters"](**claim.check[0].inputs)  # type: ignore[operator]
    assert judge_worked(claim.kind, claim.printed, found.values, found.holds) == ("confirmed", "")
    assert found.steps[-1] == "15 + 8 = 23"


def test_the_page_names_every_field_kind_and_slip() -> None:
    for name in (*Claim.model_fields, *get_args(Kind), *get_args(ErrorKind)):
        assert f"`{name}`" in TEXT, name
