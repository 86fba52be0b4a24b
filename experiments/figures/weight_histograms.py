"""How large the trained weights are: a histogram of all kernels of a network, a panel a variant."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

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
from experiments.records import Record

BINS = 81
NEAR_ZERO = 1e-3
"""Weights closer to zero than this count as zero."""
_COLUMNS = 3


def draw(subject: Subject) -> dict[str, Drawing]:
    """`weight_histograms`, one panel a variant with the same axes."""
    if not subject.records:
        return {"weight_histograms": nothing_completed(subject)}
    weights = {v: found for v, records in subject.records.items() if len(found := _weights(records))}
    if not weights:
        text = "The records hold no weights: save_model was not set when they were trained."
        return {"weight_histograms": sentence(subject, "Weights", text)}
    return {"weight_histograms": _page(subject, weights)}


def histograms(weights: dict[str, np.ndarray]) -> pd.DataFrame:
    """One row a variant and bin: variant, from, to, share (of all weights), near_zero (share below 0.001), deviation.

    Bins are the same for all variants and reach to the 99.8th percentile of the widest; what lies beyond is in no bin.
    """
    reach = max(float(np.quantile(np.abs(w), 0.998)) for w in weights.values()) or 1.0
    edges = np.linspace(-reach, reach, BINS + 1)
    tables = []
    for variant, values in weights.items():
        counts, _ = np.histogram(values, edges)
        columns = {"from": edges[:-1], "to": edges[1:], "share": counts / len(values)}
        summary = {"near_zero": float(np.mean(np.abs(values) < NEAR_ZERO)), "deviation": float(values.std())}
        tables.append(pd.DataFrame({"variant": variant, **columns, **summary}))
    return pd.concat(tables, ignore_index=True)


def _weights(records: list[Record]) -> np.ndarray:
    kernels = [kernel.ravel() for record in records for kernel in record.kernels]
    return np.concatenate(kernels) if kernels else np.empty(0)


def _page(subject: Subject, weights: dict[str, np.ndarray]) -> Drawing:
    table = histograms(weights)
    columns = min(_COLUMNS, len(weights))
    rows = -(-len(weights) // columns)
    figure = new_figure(1.45 + 1.6 * rows)
    panels = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
    for axes in panels.flat[len(weights) :]:
        axes.set_axis_off()
    # Of the tallest bar but the one around zero, which a penalty on |w| makes tower above all else.
    tops = [np.sort(group["share"].to_numpy())[-2] for _, group in table.groupby("variant")]
    for number, (axes, variant) in enumerate(zip(panels.flat, weights, strict=False)):
        _panel(axes, table[table["variant"] == variant], subject.label(variant), top=1.18 * max(tops))
        if number % columns == 0:
            axes.set_ylabel("share, %")
        if number >= len(weights) - columns:
            axes.set_xlabel("weight")
            axes.tick_params(labelbottom=True)
    notes = [
        f"all kernels of {seeds_in_words(subject, list(weights))}",
        "0: share of weights below 0.001 in size",
        "s: standard deviation",
        "↑: a bar higher than its panel",
    ]
    finish(figure, subject, "Weights after training", notes=[*notes, *absent_in_words(subject)], room=1.6 * rows)
    return Drawing(figure, table)


def _panel(axes: Axes, table: pd.DataFrame, label: str, *, top: float) -> None:
    share, left = 100 * table["share"].to_numpy(), table["from"].to_numpy()
    axes.bar(left, share, table["to"] - table["from"], align="edge", color=style.colour(0), linewidth=0)
    axes.set_ylim(0, 100 * top)
    axes.set_title(label, fontsize=10.5, pad=3)
    first = table.iloc[0]
    axes.text(
        0.98, 0.95, f"0: {100 * first['near_zero']:.1f} %\ns: {first['deviation']:.3f}", transform=axes.transAxes,
        ha="right", va="top", fontsize=9,
    )  # fmt: skip
    if share.max() > 100 * top:
        axes.text(
            0.46, 0.95, f"↑ {share.max():.0f} %", transform=axes.transAxes, ha="right", va="top", fontsize=9,
            color=style.colour(0),
        )  # fmt: skip
