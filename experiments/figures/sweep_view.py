"""What the figures of a sweep are drawn from, and the scales of its parameters."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axis import Axis
from matplotlib.colors import Colormap, LogNorm, Normalize
from matplotlib.ticker import FixedLocator, NullLocator

from experiments.figures import style
from experiments.figures.subject import Subject
from experiments.sweeps.points import cell_text

_LOG_FROM = 30.0
"""Positive numbers that span this factor lie on a logarithmic axis."""

_MOST_TICKS = 6

_WORDS = {"val_accuracy": "validation accuracy", "val_loss": "validation loss"}


@dataclass(frozen=True)
class SweepView:
    """A sweep as its figures see it.

    Attributes:
        subject: title and changes; its records are those of the best points, for learning curves.
        points: one row a point: rank (missing for one without an objective), point, a column for each of `names`,
            status, n, and the metric's `_mean`, `_low` and `_high`.
        names: columns of the swept keys.
        lists: what each key was swept over, in the config's order; none for a range.
        logarithmic: names of the keys that were drawn on a logarithmic scale.
        metric: val_loss or val_accuracy.
        maximise: whether more is better.
        seeds: how many a point.
        importance: share of the metric's variance that each key explains; empty where there is nothing to compare.
    """

    subject: Subject
    points: pd.DataFrame
    names: tuple[str, ...]
    lists: Mapping[str, tuple[Any, ...]]
    logarithmic: frozenset[str]
    metric: str
    maximise: bool
    seeds: int
    importance: Mapping[str, float]

    @property
    def ranked(self) -> pd.DataFrame:
        """The points with an objective, best first."""
        return self.points[self.points["rank"].notna()].sort_values("rank")

    @property
    def mean(self) -> str:
        """The objective's column."""
        return f"{self.metric}_mean"

    @property
    def said(self) -> str:
        """The objective in words."""
        return _WORDS[self.metric]

    @property
    def notes(self) -> list[str]:
        """What every figure says below: how many points and seeds, and which points are not there."""
        ranked, counts = self.ranked, self.points["status"].value_counts()
        seeds = "1 seed" if self.seeds == 1 else f"mean of {self.seeds} seeds"
        absent = [f"{n} {status}" for status, n in counts.items() if status != "completed"]
        notes = [f"{len(ranked)} point{'s' * (len(ranked) != 1)}, {seeds} each", "test data not used"]
        return notes + ([f"not shown: {', '.join(absent)}"] if absent else [])


@dataclass(frozen=True)
class Scale:
    """Where the values of a key lie on an axis.

    Attributes:
        positions: value, as the table holds it -> coordinate (the logarithm's base is 10).
        ticks: coordinates to print at, and what to print.
        listed: whether the values are listed, each with its own tick.
    """

    positions: Mapping[Any, float]
    ticks: Sequence[tuple[float, str]]
    listed: bool

    def of(self, column: "pd.Series[Any]") -> np.ndarray:
        """Coordinates of a column, float64 (N,)."""
        return np.array([self.positions[value] for value in column], np.float64)

    def label(self, axis: Axis) -> None:
        """Print the ticks on an axis."""
        axis.set_major_locator(FixedLocator([at for at, _ in self.ticks]))
        axis.set_minor_locator(NullLocator())
        axis.set_ticklabels([text for _, text in self.ticks])


def scale_of(view: SweepView, name: str) -> Scale:
    """The scale of a swept key: numbers by their size, on a logarithmic axis where they span much; else in order."""
    found = list(dict.fromkeys(view.points[name]))
    listed = [_cell(value) for value in view.lists.get(name, ())]
    order = [value for value in listed if value in found] or sorted(found)
    numeric = all(isinstance(value, int | float | np.number) and not isinstance(value, bool) for value in order)
    if not numeric:
        positions = {value: float(place) for place, value in enumerate(order)}
        return Scale(positions, [(at, cell_text(value)) for value, at in positions.items()], listed=True)
    low, high = min(order), max(order)
    log = low > 0 and (name in view.logarithmic or high / low >= _LOG_FROM)
    if listed and not log and len(order) > 2 and low > 0 and high / low >= 4:
        log = True  # 32, 64, 128, 256: meant as steps of equal size
    positions = {value: float(np.log10(value)) if log else float(value) for value in order}
    if listed and len(order) <= 12:
        return Scale(positions, [(positions[value], cell_text(value)) for value in sorted(order)], listed=True)
    return Scale(positions, _ticks(float(low), float(high), log=log), listed=False)


def words(name: str) -> str:
    """A key as an axis is labelled."""
    return name.replace("_", " ")


def norm_of(view: SweepView, values: "pd.Series[float]") -> Normalize:
    """Worst to best; logarithmic for losses that span much, which one diverging point would flatten."""
    low, high = float(values.min()), float(values.max())
    if view.metric == "val_loss" and low > 0 and high / low >= 100:
        return LogNorm(low, high)
    return Normalize(low, high if high > low else low + 1e-9)


def colours_of(view: SweepView) -> Colormap:
    """A palette that reads in print and with every colour blindness; light is good on a dark ground and conversely."""
    dark = style.readable_on(style.ground()) == "white"
    return colormaps["cividis" if dark == view.maximise else "cividis_r"]


def panel_limits(values: Sequence[float], margin: float = 0.08) -> tuple[float, float]:
    """Limits a little beyond some coordinates; around a single one, a unit."""
    low, high = min(values), max(values)
    spare = margin * (high - low) if high > low else 0.5
    return low - spare, high + spare


def _cell(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool) else json.dumps(value)


def _ticks(low: float, high: float, *, log: bool) -> list[tuple[float, str]]:
    """At most six round numbers within a range."""
    if high <= low:
        return [(float(np.log10(low)) if log else low, f"{low:.4g}")]
    if not log:
        for step in (s * 10.0**e for e in range(-12, 13) for s in (1, 2, 5)):
            first, last = int(np.ceil(low / step - 1e-9)), int(np.floor(high / step + 1e-9))
            if last - first < _MOST_TICKS:
                return [(k * step, f"{k * step:.6g}") for k in range(first, last + 1)]
    decades = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    for steps in ((1, 2, 5), (1, 3), (1,)):
        ticks = [s * 10.0**e for e in decades for s in steps if low * 0.999 <= s * 10.0**e <= high * 1.001]
        if 2 <= len(ticks) <= _MOST_TICKS:
            break
    return [(float(np.log10(tick)), f"{tick:.4g}") for tick in ticks or [low, high]]
