"""Formulas, tables and the text forms of the report."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest

from experiments.ledger.loading import ledger_paths, load_ledgers
from experiments.report.formulas import mathml
from experiments.report.tables import number, table_of
from experiments.report.timings import timing_tables
from tests.report.conftest import ROOT, Project

MATH = "{http://www.w3.org/1998/Math/MathML}"


def test_every_formula_of_the_ledgers_becomes_mathml() -> None:
    formulas = {
        claim.id: claim.formula
        for loaded in load_ledgers(ledger_paths(ROOT / "configs"), ROOT / "configs")
        for claim in loaded.ledger.claims
        if claim.formula
    }
    assert len(formulas) > 140
    for claim, formula in formulas.items():
        root = ElementTree.fromstring(mathml(formula))  # noqa: S314 - our own
        assert root.tag == f"{MATH}math", claim
        assert root.get("display") == "block"
        texts = [text for element in root.iter() if (text := element.text)]
        assert not [text for text in texts if "\\" in text], claim


def test_a_formula_that_cannot_be_read_is_shown_as_its_source() -> None:
    assert mathml(r"\nosuch{<b>}") == r'<code class="latex">\nosuch{&lt;b&gt;}</code>'
    assert "<b>" not in mathml("a <b>c</b>")
    for formula in (r"\text{<script>alert(1)</script>}", r"\text{<img src=x>}", r"\text{<mi onclick='x'>y</mi>}"):
        assert mathml(formula).startswith('<code class="latex">\\text{&lt;'), formula


def test_hinge_formula_has_its_parts_in_their_places() -> None:
    root = ElementTree.fromstring(mathml(r"L_i = \sum_{j \ne y_i} \max(0, s_j + 1)"))  # noqa: S314
    under = root.find(f".//{MATH}munder")
    if under is None:
        under = root.find(f".//{MATH}msub[1]")
    assert under is not None
    assert "".join(root.itertext()).replace(" ", "").startswith("Li=∑j≠yi")


@pytest.mark.parametrize(
    ("value", "shown"),
    [(59210.0, "59,210"), (0.973512, "0.97351"), (1.2e-7, "1.2e-07"), (123456.7, "123,457"), (-3.0, "-3")],
)
def test_numbers_in_tables(value: float, shown: str) -> None:
    assert number(value) == shown


def test_cells_bold_intervals_and_gaps() -> None:
    frame = pd.DataFrame({"variant": ["base"], "score": ["**+0.1 [+0.0, +0.2]**"], "gap": [float("nan")]})
    table = table_of("caption", frame)
    name, score, gap = table.rows[0]
    assert (name.text, name.strong) == ("base", False)
    assert (score.text, score.strong, score.below) == ("+0.1", True, "[+0.0, +0.2]")
    assert gap.text == "–"
    assert table.numeric == (False, True, False)


def test_latex_tables_have_as_many_cells_in_every_row(project: Project) -> None:
    project.build()
    cells = {"ledger.tex": 3, "errata.tex": 5, "experiments.tex": 5}
    for name, count in cells.items():
        text = (project.report / name).read_text()
        rows = [line for line in text.splitlines() if line.endswith(r"\\")]
        assert rows, name
        for row in rows:
            assert len(re.findall(r"(?<!\\)&", row)) == count - 1, row
        assert text.count(r"\begin{") == text.count(r"\end{") == 1
        assert r"\toprule" in text
        assert r"\bottomrule" in text
        bare = text.replace(r"\{", "").replace(r"\}", "")
        assert bare.count("{") == bare.count("}")
    errata = (project.report / "errata.tex").read_text()
    assert r"L-1 & Errors \textless{}img src=x onerror=alert(1)\textgreater{} & value" in errata
    assert "error rate in percent 0.34 & error rate in percent 0.33" in errata
    assert r"confirmed & " not in errata


def test_an_erratum_in_words_keeps_all_of_them(project: Project) -> None:
    claim, why = " ".join(f"claim{i}" for i in range(40)), " ".join(f"because{i}" for i in range(60))
    project.change("The perceptron is of 1958.", claim, "lectures/pinar.yaml")
    project.change(
        "check: {external: a fact of history}", f"check: {{declared: citation, because: {why}}}", "lectures/pinar.yaml"
    )
    project.build()
    (row,) = (line for line in project.page("errata.tex").splitlines() if line.startswith("L-5"))
    assert f"& {claim} & {why} " in row


def test_markdown_counts_verdicts_and_lists_what_to_mend(project: Project) -> None:
    project.build()
    text = (project.report / "report.md").read_text()
    assert "| verdict | Piñar | all | meaning |" in text
    assert "| erratum | 1 | 1 |" in text
    assert "| all | 4 | 4 |" in text
    assert "- **L-1**, Errors" in text
    assert "error rate in percent: printed 0.34, computed 0.33." in text
    assert "0.9500 ± 0.0010" in text


@pytest.mark.parametrize(("bound", "told"), [("0.99", 1), ("0.9", 0)])
def test_lists_of_what_to_mend_say_what_a_training_does_not_contradict(project: Project, bound: str, told: int) -> None:
    note = "It contradicts the rule, not the figure."
    check = f"check: {{experiment: flowers, quantity: accuracy, at_least: {bound}}}\n    note: {note}"
    project.change("check: {external: a fact of history}", check, "lectures/pinar.yaml")
    project.build()
    assert project.page("report.md").count(note) == told
    assert project.page("index.html").count(note) == told
    assert project.page("lecture-pinar.html").count(note) == 1


def test_a_benchmark_without_times_has_no_bars(tmp_path: Path) -> None:
    (tmp_path / "sizes.csv").write_text("name,bytes\na,1\nb,2\n")
    (tmp_path / "empty.csv").write_text("")
    (bench,) = timing_tables(tmp_path)
    (table,) = bench.tables
    assert [cell.bar for row in table.rows for cell in row] == [None] * 4
    assert (table.caption, bench.note, bench.ratios) == ("Sizes", "", "")
