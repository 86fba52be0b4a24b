"""Reliability diagram: how often what a model calls so probable comes true, and how often it says so."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from experiments.derived import BINS, calibration_bins, chance_of_class_1
from experiments.figures import style
from experiments.figures.frame import (
    Drawing,
    absent_in_words,
    finish,
    new_figure,
    nothing_completed,
    seeds_in_words,
    sentence,
)
from experiments.figures.subject import Subject


def draw(subject: Subject) -> dict[str, Drawing]:
    """`calibration`, all variants in one picture."""
    if not subject.records:
        return {"calibration": nothing_completed(subject)}
    table = reliability(subject)
    if table.empty:
        text = "No variant gives probabilities of two classes."
        return {"calibration": sentence(subject, "Reliability diagram", text)}
    figure = new_figure()
    left, right = figure.subplots(1, 2, width_ratios=[1.25, 1])
    variants = list(dict.fromkeys(table["variant"]))
    for number, variant in enumerate(variants):
        _points(left, table[table["variant"] == variant], number)
        _counts(right, table[table["variant"] == variant], number, len(variants))
    left.plot([0, 1], [0, 1], color=style.muted(), linestyle=(0, (3, 2)), linewidth=1.2, zorder=2)
    left.set_xlim(0, 1)
    left.set_ylim(0, 1)
    left.set_aspect("equal")
    left.set_xlabel("mean predicted probability of class 1")
    left.set_ylabel("observed share of class 1")
    right.set_xlim(0, 1)
    right.set_xlabel("predicted probability of class 1")
    right.set_ylabel("test examples in the bin")
    legend = [Line2D([], [], color=style.muted(), linestyle=(0, (3, 2)), label="as predicted, so it happens")]
    legend += [
        Line2D([], [], color=style.colour(i), marker=style.marker(i), label=label)
        for i, label in enumerate(map(subject.label, variants) if len(variants) > 1 else ["bin"])
    ]
    notes = [
        seeds_in_words(subject, variants),
        f"{BINS} bins of equal width",
        "point: mean of the seeds; bar: twice the error that chance alone makes of one seed's share",
    ]
    finish(figure, subject, "Reliability diagram", notes=[*notes, *absent_in_words(subject)], legend=legend)
    return {"calibration": Drawing(figure, table)}


def reliability(subject: Subject) -> pd.DataFrame:
    """One row a variant and bin: variant, bin, seeds, n, predicted, observed, error (means over seeds)."""
    tables = []
    for variant, records in subject.records.items():
        for record in records:
            chance = chance_of_class_1(record)
            if chance is not None:
                tables.append(calibration_bins(record.predictions.y_true, chance).assign(variant=variant))
    if not tables:
        return pd.DataFrame(columns=["variant", "bin", "seeds", "n", "predicted", "observed", "error"])
    groups = pd.concat(tables).groupby(["variant", "bin"], sort=False)
    means = groups[["n", "predicted", "observed", "error"]].mean()
    means.insert(0, "seeds", groups.size())
    return means.reset_index().sort_values(["variant", "bin"], kind="stable", ignore_index=True)


def _points(axes: Axes, table: pd.DataFrame, number: int) -> None:
    axes.errorbar(
        table["predicted"], table["observed"], yerr=2 * table["error"], color=style.colour(number),
        marker=style.marker(number), markersize=6, capsize=3, linewidth=1.6, zorder=3,
    )  # fmt: skip


def _counts(axes: Axes, table: pd.DataFrame, number: int, of: int) -> None:
    width = 1 / BINS
    left = table["bin"].to_numpy() * width + width * (0.06 + 0.88 * number / of)
    axes.bar(left, table["n"].to_numpy(), width=0.88 * width / of, align="edge", color=style.colour(number), zorder=3)
    axes.set_xticks(np.linspace(0, 1, 6))
    axes.grid(visible=False, axis="x")
