"""The pandas table of all scores, and frames as LaTeX and Markdown."""

import math
import sys

import numpy as np
import pandas as pd
import pytest

from metrics import scores
from metrics.tables import score_table, to_latex, to_markdown

MODEL_1 = [[100, 80, 10, 10], [0, 9, 0, 1], [0, 1, 8, 1], [0, 1, 0, 9]]


def test_table_holds_the_lectures_numbers():
    table = score_table(MODEL_1, ["water", "grass", "trees", "roofs"])
    classes = table.loc["class"]
    assert classes.index.tolist() == ["water", "grass", "trees", "roofs"]
    assert classes["TP"].tolist() == [100, 9, 8, 9]
    assert classes["FP"].tolist() == [0, 82, 10, 12]
    assert classes["FN"].tolist() == [100, 1, 2, 1]
    assert classes["TN"].tolist() == [30, 138, 210, 208]
    assert classes["support"].tolist() == [200, 10, 10, 10]
    assert classes["precision"].tolist() == pytest.approx([1, 9 / 91, 8 / 18, 9 / 21])
    assert classes["recall"].tolist() == pytest.approx([0.5, 0.9, 0.8, 0.9])
    assert classes["F1"].tolist() == pytest.approx([0.66667, 0.17822, 0.57143, 0.58065], abs=5e-6)
    assert classes["score"].isna().all()


def test_summary_holds_every_score():
    summary = score_table(MODEL_1).loc["summary"]
    assert summary.index.tolist() == list(scores.SCORES)
    assert summary["score"].to_dict() == {name: score(MODEL_1) for name, score in scores.SCORES.items()}
    assert summary.drop(columns="score").isna().all(axis=None)


def test_counts_stay_whole_and_weights_stay_fractions():
    assert str(score_table(MODEL_1)["TP"].dtype) == "Int64"
    weighted = score_table(np.array(MODEL_1) / 4)
    assert weighted.loc["class", "TP"].tolist() == [25, 2.25, 2, 2.25]


def test_zero_division_reaches_the_table():
    C = [[2, 0], [0, 0]]
    assert score_table(C).loc[("class", "1"), "recall"] == 0
    assert score_table(C, zero_division=1).loc[("class", "1"), "recall"] == 1
    undefined = score_table(C, zero_division=math.nan)
    assert pd.isna(undefined.loc[("class", "1"), "recall"])
    assert to_markdown(undefined).splitlines()[3].split("|")[7].strip() == ""


def test_a_class_may_be_named_like_a_score():
    table = score_table([[1, 0], [1, 2]], ["accuracy", "macro_f1"])
    assert table.loc[("class", "accuracy"), "recall"] == 1
    assert table.loc[("summary", "accuracy"), "score"] == 0.75


@pytest.mark.parametrize("names", [["a"], "ab", ["a", "b", "c"], 3, {"a", "b"}])
def test_wrong_names_are_refused(names):
    with pytest.raises(ValueError, match=r"^class_names: expected 2 names, one a class, received"):
        score_table([[1, 0], [0, 1]], names)


@pytest.mark.parametrize("digits", [-1, 1.5, "2", None, True])
def test_bad_digits_are_refused(digits):
    for write in (to_latex, to_markdown):
        with pytest.raises(ValueError, match=r"^digits: expected a whole number of at least 0, received"):
            write(pd.DataFrame({"x": [1.5]}), digits)


def test_names_in_any_list():
    for names in (("cat", "dog"), np.array(["cat", "dog"]), pd.Index(["cat", "dog"]), pd.Series(["cat", "dog"])):
        assert score_table([[1, 0], [0, 1]], names).loc["class"].index.tolist() == ["cat", "dog"]


def test_bad_matrix_and_zero_division_are_refused():
    with pytest.raises(ValueError, match=r"^C: expected counts >= 0"):
        score_table([[1, -1], [0, 1]])
    with pytest.raises(ValueError, match=r"^zero_division: expected"):
        score_table([[1, 1], [0, 1]], zero_division=0.5)


def test_latex_of_a_score_table():
    lines = to_latex(score_table([[9, 1], [2, 8]], ["R&D 50%", "a_b"]), digits=2).splitlines()
    assert lines[:6] == [
        r"\begin{tabular}{llrrrrrrrrr}",
        r"\toprule",
        r"part & name & TP & TN & FP & FN & precision & recall & F1 & support & score \\",
        r"\midrule",
        r"class & R\&D 50\% & 9 & 8 & 2 & 1 & 0.82 & 0.90 & 0.86 & 10 &  \\",
        r"class & a\_b & 8 & 9 & 1 & 2 & 0.89 & 0.80 & 0.84 & 10 &  \\",
    ]
    assert lines[6:8] == [r"\midrule", r"summary & accuracy &  &  &  &  &  &  &  &  & 0.85 \\"]
    assert lines[-2:] == [r"\bottomrule", r"\end{tabular}"]
    assert lines.count(r"\midrule") == 2
    assert {line.count(" & ") for line in lines if line.endswith(r"\\") and "&" in line.replace(r"\&", "")} == {10}


def test_latex_escapes_every_special_character():
    frame = pd.DataFrame({"x": [1]}, index=pd.Index(["\\ & % $ # _ { } ~ ^ < > |\nend"]))
    row = to_latex(frame).splitlines()[4]
    assert row == (
        r"\textbackslash{} \& \% \$ \# \_ \{ \} \textasciitilde{} \textasciicircum{}"
        r" \textless{} \textgreater{} \textbar{} end & 1 \\"
    )


def test_latex_caption_and_label():
    text = to_latex(pd.DataFrame({"x": [1]}), caption="50% of_all", label="tab:x_y")
    assert text.startswith(
        "\\begin{table}\n\\centering\n\\caption{50\\% of\\_all}\n\\label{tab:x_y}\n\\begin{tabular}{lr}\n"
    )
    assert text.endswith("\\end{tabular}\n\\end{table}")
    assert r"\caption" not in to_latex(pd.DataFrame({"x": [1]}), label="x")


def test_markdown_is_aligned_and_escaped():
    frame = pd.DataFrame({"n": [1, 20], "F1": [0.126, -1e-9], "note": ["a_b", "_x_ *y* | `z`"]}, index=["p", "q"])
    cells = [[cell.strip() for cell in line[2:-2].split(" | ")] for line in to_markdown(frame, 2).splitlines()]
    assert cells == [
        ["", "n", "F1", "note"],
        [":--", "--:", "---:", ":" + "-" * 19],
        ["p", "1", "0.13", "a_b"],
        ["q", "20", "0.00", r"\_x\_ \*y\* \| \`z\`"],
    ]
    assert len({len(line) for line in to_markdown(frame).splitlines()}) == 1


def test_formatting_needs_neither_jinja_nor_tabulate(monkeypatch):
    monkeypatch.setitem(sys.modules, "jinja2", None)
    monkeypatch.setitem(sys.modules, "tabulate", None)
    table = score_table(MODEL_1)
    assert to_latex(table) == to_latex(score_table(MODEL_1))
    assert "tabular" in to_latex(table)
    assert to_markdown(table).startswith("| part")
