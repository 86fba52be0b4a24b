"""All scores of a confusion matrix as one pandas table, and tables as LaTeX and Markdown.

pandas writes LaTeX only with jinja2 and Markdown only with tabulate; neither is needed here.
"""

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics import latex, per_class
from metrics.arguments import checked_names, checked_zero_division
from metrics.matrix import checked_matrix
from metrics.scores import SCORES


def score_table(C: npt.ArrayLike, class_names: Sequence[str] | None = None, zero_division: float = 0.0) -> pd.DataFrame:
    """Tabulate the counts and scores of each class and, below them, the scores of the whole matrix.

    Args:
        C: counts (K, K), rows truth, columns predictions.
        class_names: K names for the rows; the class indices without.
        zero_division: 0, 1 or NaN, the value of 0/0, as in `metrics.scores`.

    Returns:
        Frame with the two row levels (part, name). `loc["class"]` has K rows with TP, TN, FP, FN, precision, recall,
        F1 and support (TP + FN); `loc["summary"]` has a row for each of `SCORES` with its value in `score`. Cells
        that mean nothing are missing.

    Raises:
        ValueError: if C is no confusion matrix, there are not K names, or zero_division is something else.

    Example:
        >>> table = score_table([[9, 1], [2, 8]], class_names=["cat", "dog"])
        >>> print(to_markdown(table.loc["class", ["TP", "FP", "recall", "F1"]], digits=2))
        | name |  TP |  FP | recall |   F1 |
        | :--- | --: | --: | -----: | ---: |
        | cat  |   9 |   2 |   0.90 | 0.86 |
        | dog  |   8 |   1 |   0.80 | 0.84 |
        >>> round(float(table.loc[("summary", "cohen_kappa"), "score"]), 4)
        0.7

    Lecture: Cavallaro, performance measures to F1 score on imbalanced data.
    """
    counts = checked_matrix(C)
    zero_division = checked_zero_division(zero_division)
    K = len(counts)
    names = [str(i) for i in range(K)] if class_names is None else checked_names(class_names, K)
    whole = counts.dtype.kind == "i"
    columns: dict[str, npt.NDArray[np.generic]] = {
        "TP": per_class.true_positives(counts),
        "TN": per_class.true_negatives(counts),
        "FP": per_class.false_positives(counts),
        "FN": per_class.false_negatives(counts),
        "precision": per_class.precision(counts, zero_division),
        "recall": per_class.recall(counts, zero_division),
        "F1": per_class.f1(counts, zero_division),
        "support": counts.sum(axis=1),
    }
    index = pd.MultiIndex.from_tuples(
        [("class", name) for name in names] + [("summary", name) for name in SCORES], names=["part", "name"]
    )
    missing = [None] * len(SCORES)
    table = pd.DataFrame(
        {
            name: pd.array(
                [*values.tolist(), *missing],
                dtype="Int64" if whole and name in ("TP", "TN", "FP", "FN", "support") else "Float64",
            )
            for name, values in columns.items()
        },
        index=index,
    )
    values = [score(counts, zero_division) for score in SCORES.values()]
    table["score"] = pd.array([*[None] * K, *values], dtype="Float64")
    return table


def to_markdown(table: pd.DataFrame, digits: int = 4) -> str:
    r"""Write a frame as a Markdown table: index levels first, numbers to the right, missing cells empty.

    Args:
        table: any frame; names and texts are escaped.
        digits: decimals of floats. Integers are written whole.

    Raises: ValueError if digits is no whole number of at least 0.

    Example:
        >>> print(to_markdown(pd.DataFrame({"F1": [0.5]}, index=pd.Index(["a|b"], name="class"))))
        | class |     F1 |
        | :---- | -----: |
        | a\|b  | 0.5000 |
    """
    header, rows, texts = _cells(table, digits)
    cells = [[_markdown(cell) for cell in row] for row in [header, *rows]]
    widths = [max(3, *map(len, column)) for column in zip(*cells, strict=True)]
    rule = [":" + "-" * (w - 1) if i in texts else "-" * (w - 1) + ":" for i, w in enumerate(widths)]
    lines = [
        [cell.ljust(w) if i in texts else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))]
        for row in cells
    ]
    return "\n".join("| " + " | ".join(line) + " |" for line in [lines[0], rule, *lines[1:]])


def to_latex(table: pd.DataFrame, digits: int = 4, caption: str | None = None, label: str | None = None) -> str:
    r"""Write a frame as a LaTeX table with booktabs rules, for `\usepackage{booktabs}`.

    A rule parts rows whose first index level differs, if there are two levels or more.

    Args:
        table: any frame; names and texts are escaped.
        digits: decimals of floats. Integers are written whole.
        caption: text of the caption, escaped too; with it or `label` the tabular stands in a `table`.
        label: key for `\ref`.

    Raises: ValueError if digits is no whole number of at least 0.

    Example:
        >>> print(to_latex(pd.DataFrame({"F1": [0.5]}, index=pd.Index(["a_b"], name="class"))))
        \begin{tabular}{lr}
        \toprule
        class & F1 \\
        \midrule
        a\_b & 0.5000 \\
        \bottomrule
        \end{tabular}
    """
    header, rows, texts = _cells(table, digits)
    lines = [
        r"\begin{tabular}{" + "".join("l" if i in texts else "r" for i in range(len(header))) + "}",
        r"\toprule",
        latex.row(header),
        r"\midrule",
    ]
    for before, row in zip([None, *rows], rows, strict=False):
        if table.index.nlevels > 1 and before is not None and before[0] != row[0]:
            lines.append(r"\midrule")
        lines.append(latex.row(row))
    lines += [r"\bottomrule", r"\end{tabular}"]
    if caption is None and label is None:
        return "\n".join(lines)
    around = [r"\begin{table}", r"\centering"]
    if caption is not None:
        around.append(r"\caption{" + latex.escaped(caption) + "}")
    if label is not None:
        around.append(r"\label{" + label + "}")
    return "\n".join([*around, *lines, r"\end{table}"])


def _cells(table: pd.DataFrame, digits: int) -> tuple[list[str], list[list[str]], set[int]]:
    """Return header, rows, and which columns hold texts, as plain strings."""
    if isinstance(digits, bool) or not isinstance(digits, int | np.integer) or digits < 0:
        raise ValueError(f"digits: expected a whole number of at least 0, received {digits!r}")
    levels = table.index.nlevels
    header = [str(name) if name is not None else "" for name in table.index.names] + [str(c) for c in table.columns]
    keys = [key if levels > 1 else (key,) for key in table.index]
    # Column by column: a row of mixed dtypes would turn counts into floats.
    columns = [[_cell(value, digits) for value in table.iloc[:, j]] for j in range(table.shape[1])]
    rows = [[str(k) for k in key] + [column[i] for column in columns] for i, key in enumerate(keys)]
    texts = set(range(levels)) | {
        levels + j for j in range(table.shape[1]) if not pd.api.types.is_numeric_dtype(table.dtypes.iloc[j])
    }
    return header, rows, texts


def _cell(value: object, digits: int) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, float | np.floating):
        # Adding 0 turns the -0.0 of a rounded small negative number into 0.0.
        return f"{round(float(value), digits) + 0.0:.{digits}f}"
    return str(value)


def _markdown(text: str) -> str:
    text = re.sub(r"([\\|*`<\[\]])", r"\\\1", " ".join(text.split()))
    # Inside a word an underscore is only itself; at its edge it would start emphasis.
    return re.sub(r"(?<![^\W_])_|_(?![^\W_])", r"\\_", text)
