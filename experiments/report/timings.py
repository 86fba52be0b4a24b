"""Benchmarks: results/bench/*.csv -> tables with a bar beside each time."""

from pathlib import Path

import pandas as pd

from experiments.report.pictures import title_of
from experiments.report.tables import Cell, Table, number, table_of


def timing_tables(folder: Path) -> list[Table]:
    """One table a file, by name; none where no benchmark was published.

    Columns that hold nothing are left out. The first column of times has bars.
    """
    tables = []
    for path in sorted(folder.glob("*.csv")):
        try:
            frame = pd.read_csv(path)
        except (OSError, ValueError):
            continue
        tables.append(_with_bars(title_of(path.stem), frame))
    return tables


def _with_bars(caption: str, frame: pd.DataFrame) -> Table:
    frame = frame.dropna(axis="columns", how="all")
    table = table_of(caption, frame)
    medians = [i for i, name in enumerate(frame.columns) if str(name).startswith(("median", "seconds"))]
    if not medians or not pd.api.types.is_numeric_dtype(frame.iloc[:, medians[0]]):
        return table
    at = medians[0]
    longest = float(frame.iloc[:, at].max())
    rows = []
    for cells, value in zip(table.rows, frame.iloc[:, at], strict=True):
        bar = None if pd.isna(value) or longest <= 0 else max(0.0, float(value) / longest)
        cell = cells[at] if bar is None else Cell(number(float(value)), bar=bar)
        rows.append((*cells[:at], cell, *cells[at + 1 :]))
    return Table(table.caption, table.columns, tuple(rows), table.numeric)
