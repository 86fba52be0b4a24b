"""Tables as pages show them: a caption, columns, and cells that are text, some of them strong."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class Cell:
    """One cell.

    Attributes:
        text: what it says.
        strong: whether it stands out.
        below: a second line of lesser rank, such as an interval.
        bar: length of a bar beneath the text, from 0 to 1; None for none.
    """

    text: str
    strong: bool = False
    below: str = ""
    bar: float | None = None


@dataclass(frozen=True)
class Table:
    """A table. The first column names the rows; the others are set flush right where `numeric` says so."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numeric: tuple[bool, ...]


def table_of(caption: str, frame: pd.DataFrame) -> Table:
    """A data frame as a table; Markdown's `**bold**` becomes strong, an interval goes below."""
    rows = tuple(tuple(_cell(value) for value in row) for row in frame.itertuples(index=False))
    columns = tuple(str(column).replace("_", " ") for column in frame.columns)
    numeric = tuple(_is_numeric([row[i].text for row in rows]) for i in range(len(columns)))
    return Table(caption, columns, rows, numeric)


def number(value: float) -> str:
    """A number in few digits: 0.97350, 59,210, 1.2e-07."""
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:.5g}" if abs(value) < 1e5 else f"{value:,.0f}"


def _cell(value: Any) -> Cell:
    if isinstance(value, bool):
        return Cell("yes" if value else "no")
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return Cell("–")
    if isinstance(value, int | float):
        return Cell(number(value))
    text = str(value)
    strong = len(text) > 4 and text.startswith("**") and text.endswith("**")
    main, bracket, interval = (text.strip("*") if strong else text).partition(" [")
    return Cell(main, strong, below=bracket.strip() + interval)


def _is_numeric(texts: Sequence[str]) -> bool:
    """Whether a column holds numbers: every cell begins with a digit, a sign or a dash."""
    return all(text[:1].isdigit() or text[:1] in "+-–−" for text in texts) and any(text != "–" for text in texts)
