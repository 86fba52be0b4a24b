"""Scores by variant: every seed, the mean with its interval, and the difference to base, paired by seed."""

import math

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from experiments.differences import paired_difference
from experiments.figures import style
from experiments.figures.frame import (
    Drawing,
    absent_in_words,
    finish,
    new_figure,
    nothing_completed,
    seeds_in_words,
    short,
)
from experiments.figures.subject import Subject
from experiments.loading import BASE
from experiments.page import comparable_scores, reached_in_words
from experiments.summary import bounds, interval, score_columns, trials_table

_SAME = 1e-9
"""Scores closer than this differ by rounding only."""
_ROW = 0.33
"""Inches of height a variant takes."""


def draw(subject: Subject) -> dict[str, Drawing]:
    """`variant_comparison` of the config's first score, `variant_comparison-<score>` of the others.

    Of the others only those that chance has a part in.
    """
    if not subject.records:
        return {"variant_comparison": nothing_completed(subject)}
    trials = trials_table([record for records in subject.records.values() for record in records])
    known = score_columns(trials)
    asked = subject.experiment.spec.metrics  # tables always have the loss, pictures only if it is asked for
    able = [s for s in comparable_scores(subject.experiment) if s in asked and s in known and trials[s].notna().any()]
    shown = [score for number, score in enumerate(able) if number == 0 or _has_news(trials, score)]
    return {
        "variant_comparison" if number == 0 else f"variant_comparison-{score}": _page(subject, trials, score)
        for number, score in enumerate(shown)
    }


def _has_news(trials: pd.DataFrame, score: str) -> bool:
    """Whether seeds differ: a count that the settings decide, such as that of updates, needs no picture."""
    groups = trials.groupby("variant")[score]
    return bool((groups.count() < 2).all() or (groups.max() - groups.min() > _SAME).any())


def by_variant(trials: pd.DataFrame, score: str) -> pd.DataFrame:
    """One row a variant: variant, n, mean, low, high, and pairs, difference, difference_low, difference_high.

    The differences are to `base`, or to the first variant where there is no base, whose own row has none.
    """
    groups = {str(v): g.set_index("seed")[score].astype(float) for v, g in trials.groupby("variant", sort=False)}
    base = _base_of(list(groups))
    rows = []
    for variant, values in groups.items():
        own = interval(values, bounds(score))
        row = {"variant": variant, "n": int(values.count()), **{k: own[k] for k in ("mean", "low", "high")}}
        found = {"n": 0, "difference": math.nan, "low": math.nan, "high": math.nan}
        if variant != base:
            found = paired_difference(values, groups[base])
        row |= {"pairs": found["n"], "difference": found["difference"]}
        rows.append(row | {"difference_low": found["low"], "difference_high": found["high"]})
    return pd.DataFrame(rows)


def _base_of(variants: list[str]) -> str:
    return BASE if BASE in variants else variants[0]


def _page(subject: Subject, trials: pd.DataFrame, score: str) -> Drawing:
    table = by_variant(trials, score)
    seeds = {str(v): g[score].astype(float).dropna().to_numpy() for v, g in trials.groupby("variant", sort=False)}
    name = score.replace("_", " ")
    notes = _notes(subject, table, seeds_in_words(subject, list(table["variant"])))
    if score == "epochs_to_level":
        notes.append(f"first {reached_in_words(subject.experiment.spec)}")
    figure = new_figure(max(2.4, 1.75 + _ROW * len(table)))
    compared = len(table) > 1
    panels = figure.subplots(1, 2 if compared else 1, squeeze=False, sharey=True)[0]

    for row, variant in enumerate(table["variant"]):
        values = seeds[variant]
        spread = np.linspace(-0.16, 0.16, len(values)) if len(values) > 1 else np.zeros(1)
        panels[0].plot(
            values, row + spread[: len(values)], "o", color=style.colour(0), alpha=0.35, markersize=4, linewidth=0
        )
    low = _cut(table["low"], score, seeds)
    if (low > table["low"]).any():
        notes.append("intervals cut at 0: no loss is below")
    _intervals(panels[0], table["mean"], low, table["high"])
    panels[0].set_xlabel(name)
    panels[0].set_yticks(range(len(table)), [short(subject.label(v), 24) for v in table["variant"]])
    panels[0].set_ylim(len(table) - 0.5, -0.5)
    if compared:
        _intervals(panels[1], table["difference"], table["difference_low"], table["difference_high"], coloured=True)
        panels[1].axvline(0, color=style.muted(), linewidth=1.2, zorder=1)
        panels[1].set_xlabel(f"difference to {subject.label(_base_of(list(table['variant'])))}")
        panels[1].tick_params(axis="y", length=0)
    for axes in panels:
        axes.margins(x=0.08)
        axes.grid(visible=False, axis="y")
        axes.locator_params(axis="x", nbins=5)

    finish(
        figure,
        subject,
        f"{name.capitalize()} by variant",
        notes=[*notes, *absent_in_words(subject)],
        legend=_legend(table, compared=compared),
        room=0.75 + _ROW * len(table),
    )
    return Drawing(figure, table)


def _cut(low: "pd.Series[float]", score: str, seeds: dict[str, np.ndarray]) -> "pd.Series[float]":
    """Lower ends of intervals, none below 0 for a loss; that of a script as printed may be negative, and is not cut."""
    negative = any((values < 0).any() for values in seeds.values())
    return low.clip(lower=0) if score in ("loss", "train_loss") and not negative else low


def _intervals(
    axes: Axes, middle: "pd.Series[float]", low: "pd.Series[float]", high: "pd.Series[float]", *, coloured: bool = False
) -> None:
    for row, (m, a, b) in enumerate(zip(middle, low, high, strict=True)):
        if not np.isfinite(m):
            continue
        clear = a > 0 or b < 0
        colour = (style.colour(1) if clear else style.muted()) if coloured else style.text_colour()
        if np.isfinite(a):
            axes.plot([a, b], [row, row], color=colour, linewidth=2.2, solid_capstyle="butt", zorder=3)
        axes.plot([m], [row], "D", color=colour, markersize=5, zorder=4)


def _legend(table: pd.DataFrame, *, compared: bool) -> list[Artist]:
    handles: list[Artist] = [
        Line2D([], [], marker="o", linewidth=0, color=style.colour(0), alpha=0.5, label="one seed")
    ]
    if (table["n"] > 1).any():
        handles.append(Line2D([], [], marker="D", color=style.text_colour(), label="mean, 95 % interval"))
    if compared and (table["pairs"] > 1).any():
        handles.append(Line2D([], [], marker="D", color=style.colour(1), label="interval excludes 0"))
        handles.append(Line2D([], [], marker="D", color=style.muted(), label="interval holds 0"))
    return handles


def _notes(subject: Subject, table: pd.DataFrame, seeds: str) -> list[str]:
    notes = [seeds]
    if (table["pairs"] > 0).any():
        notes.append("differences paired by seed")
    counts = [(str(variant), int(n)) for variant, n in zip(table["variant"], table["n"], strict=True)]
    lacking = [f"{subject.label(variant)} ({n})" for variant, n in counts if n < len(subject.records[variant])]
    return notes + ([f"seeds with a value: {', '.join(lacking)}"] if lacking else [])
