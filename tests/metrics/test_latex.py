"""Texts in LaTeX: nothing is left that means something to it, and what is set is what was said."""

import shutil
import subprocess
from pathlib import Path

import pytest

from metrics.latex import escaped, row

SIGNS = "0.9 ± 0.1 – n ≥ 5 ≤ 6 ≠ 7 × 8 · 9 − 1 → ∞ ² — …"


def test_every_special_character() -> None:
    assert escaped(r"a\b{c}") == r"a\textbackslash{}b\{c\}"
    assert escaped("50 % & #1 $x_1$ ~ ^") == r"50 \% \& \#1 \$x\_1\$ \textasciitilde{} \textasciicircum{}"
    assert escaped("a < b > c | d") == r"a \textless{} b \textgreater{} c \textbar{} d"
    assert escaped("0.9 ± 0.1 – n ≥ 5") == r"0.9 $\pm$ 0.1 -- n $\geq$ 5"
    assert escaped(SIGNS).isascii()


def test_a_blank_line_does_not_end_a_paragraph_amid_a_table() -> None:
    assert escaped("two\n\n lines\t") == "two lines"


def test_a_row_that_begins_with_a_bracket_or_a_star_is_not_taken_for_an_argument() -> None:
    assert row(["[0.9, 1]", "*"]) == r"{}[0.9, 1] & * \\"
    assert row(["*", "[a]"]) == r"{}* & [a] \\"
    assert row(["a", ""]) == r"a &  \\"


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
def test_latex_sets_every_printable_character(tmp_path: Path) -> None:
    every = "".join(map(chr, range(32, 127)))
    rows = [row(["[0.9]", every]), row(["*b", SIGNS]), row(["two\n\nlines", "\\end{document} % {"])]
    lines = [r"\documentclass{article}\begin{document}\begin{tabular}{lr}", *rows, r"\end{tabular}\end{document}"]
    (tmp_path / "page.tex").write_text("\n".join(lines), encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "page.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", timeout=60)
    assert done.returncode == 0, done.stdout
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")
