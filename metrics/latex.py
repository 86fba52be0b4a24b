"""Text for LaTeX: what means something to it, or is missing from its usual fonts, written so that it prints."""

from collections.abc import Sequence

_WRITTEN = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "_": r"\_", "#": r"\#", "$": r"\$",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", "±": r"$\pm$", "–": "--", "—": "---", "…": r"\ldots{}",
    "≥": r"$\geq$", "≤": r"$\leq$", "≠": r"$\neq$", "×": r"$\times$", "·": r"$\cdot$", "−": "$-$", "→": r"$\to$",
    "∞": r"$\infty$", "²": r"\textsuperscript{2}",
}  # fmt: skip


def escaped(text: str) -> str:
    r"""Write a text so that LaTeX prints it as it is; runs of white space become one space, as LaTeX reads them.

    Example:
        >>> print(escaped("50 % of x_1 ± {2}"))
        50 \% of x\_1 $\pm$ \{2\}
    """
    return "".join(_WRITTEN.get(character, character) for character in " ".join(text.split()))


def row(cells: Sequence[str]) -> str:
    r"""Write texts as one row of a tabular.

    Example: after the row before it, `\\` would take a bracket or a star for its own.
        >>> print(row(["[0.9, 1]", "50 %"]))
        {}[0.9, 1] & 50 \% \\
    """
    line = " & ".join(map(escaped, cells))
    return ("{}" if line.startswith(("[", "*")) else "") + line + r" \\"
