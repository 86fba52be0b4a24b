"""Benchmarks: results/bench/*.csv -> tables with a bar beside each time, and where and how it was measured."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from experiments.report.pictures import title_of
from experiments.report.tables import Cell, Table, number, table_of

CHOSEN: dict[str, dict[str, str]] = {
    "engines": {
        "contender": "contender",
        "engine": "engine",
        "device": "device",
        "seconds_an_epoch": "seconds an epoch",
        "times_faster_than_fit": "times fit",
        "share_of_gemm_peak": "peak",
        "share_of_own_products": "own products",
        "peak_memory_mib": "MiB",
        "test_accuracy": "accuracy",
        "accuracy_minus_fit": "minus fit",
    },
    "focal_loss": {
        "loss": "loss",
        "backend": "backend",
        "median_ms": "median ms",
        "speedup": "times as fast as Keras",
        "value_max_error": "largest error of a value",
        "gradient_max_error": "largest error of a gradient",
    },
}
"""Benchmark -> the columns that a page has room for, and their headings; of others all are shown."""

QUARTILES = (("seconds_q1", "seconds_q3"), ("p25_ms", "p75_ms"))
"""They stand below the median."""

RATIOS = {
    "engines": "Times fit: how many times as fast as fit. Each repeat times all contenders under the same load; this "
    "is the median of the ratios within repeats, which need not be the ratio of the medians.",
    "focal_loss": "Times as fast as Keras: the ratio of the medians.",
}


@dataclass(frozen=True)
class Timings:
    """A benchmark.

    Attributes:
        title: its name.
        note: on which machine and how it was measured, code between backticks; empty where nobody wrote it down.
        ratios: how its ratios are taken, where it has some.
        tables: one, or one for each network.
    """

    title: str
    note: str
    ratios: str
    tables: tuple[Table, ...]


def timing_tables(folder: Path) -> list[Timings]:
    """One benchmark a file, by name; none where none was published.

    Columns that hold nothing are left out. The first column of times has bars.
    """
    found = []
    for path in sorted(folder.glob("*.csv")):
        try:
            frame = pd.read_csv(path).dropna(axis="columns", how="all")
        except (OSError, ValueError):
            continue
        title = title_of(path.stem)
        tables = tuple(_with_bars(caption or title, rows, path.stem) for caption, rows in _parts(frame))
        found.append(Timings(title, _note(path.with_suffix(".md")), RATIOS.get(path.stem, ""), tables))
    return found


def _parts(frame: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """A part for each network, where there are several to tell apart."""
    if "network" not in frame:
        yield "", frame
        return
    by = [column for column in ("network", "batch", "examples", "epochs") if column in frame]
    for values, rows in frame.groupby(by, sort=False):
        first, *others = (number(v) if isinstance(v, int | float) else str(v) for v in values)
        words = [
            f"batch {n}" if column == "batch" else f"{n} {column}" for column, n in zip(by[1:], others, strict=True)
        ]
        yield ", ".join([first, *words]), rows


def _note(page: Path) -> str:
    """The first paragraph below the heading of what the benchmark wrote for people."""
    try:
        paragraphs = page.read_text(encoding="utf-8").split("\n\n")
    except (OSError, ValueError):
        return ""
    return next((text.strip() for text in paragraphs if text.strip() and not text.startswith(("#", "|"))), "")


def _with_bars(caption: str, frame: pd.DataFrame, benchmark: str) -> Table:
    chosen = CHOSEN.get(benchmark, {})
    below = _quartiles(frame) if chosen else [""] * len(frame)
    if chosen:
        frame = frame[[c for c in chosen if c in frame and (c != "device" or len(set(frame[c])) > 1)]]
    shown = frame.copy()
    for column in (c for c in frame if str(c).startswith("share_")):
        shown[column] = [None if pd.isna(share) else f"{share:.1%}" for share in frame[column]]
    if "peak_memory_mib" in shown:
        shown["peak_memory_mib"] = shown["peak_memory_mib"].round()
    table = table_of(caption, shown.rename(columns=chosen))
    medians = [i for i, name in enumerate(frame.columns) if str(name).startswith(("median", "seconds"))]
    if not medians or not pd.api.types.is_numeric_dtype(frame.iloc[:, medians[0]]):
        return table
    at = medians[0]
    longest = float(frame.iloc[:, at].max())
    rows = []
    for cells, value, quartiles in zip(table.rows, frame.iloc[:, at], below, strict=True):
        bar = None if pd.isna(value) or longest <= 0 else max(0.0, float(value) / longest)
        cell = cells[at] if bar is None else Cell(number(float(value)), below=quartiles, bar=bar)
        rows.append((*cells[:at], cell, *cells[at + 1 :]))
    return Table(table.caption, table.columns, tuple(rows), table.numeric)


def _quartiles(frame: pd.DataFrame) -> list[str]:
    """The quartiles of each row as an interval; empty where there are none."""
    for low, high in QUARTILES:
        if low in frame and high in frame:
            pairs = zip(frame[low], frame[high], strict=True)
            return ["" if pd.isna(a) or pd.isna(b) else f"[{number(float(a))}, {number(float(b))}]" for a, b in pairs]
    return [""] * len(frame)
