"""A function of one variable, the training points, and what the networks made of them."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from experiments.data.synthetic import curve
from experiments.figures import style
from experiments.figures.frame import (
    HEIGHT,
    Drawing,
    absent_in_words,
    finish,
    new_figure,
    nothing_completed,
    panel_title,
    seeds_in_words,
    thinned,
)
from experiments.figures.subject import Subject
from experiments.records import Record

PER_FIGURE = 6


def draw(subject: Subject) -> dict[str, Drawing]:
    """`function_fit`, and `function_fit-2`, … where there are more than six variants."""
    if not subject.records:
        return {"function_fit": nothing_completed(subject)}
    variants, drawings = list(subject.records), {}
    pages = [variants[start : start + PER_FIGURE] for start in range(0, len(variants), PER_FIGURE)]
    for number, page in enumerate(pages, start=1):
        stem = "function_fit" if number == 1 else f"function_fit-{number}"
        subtitle = "Fitted functions" if len(pages) == 1 else f"Fitted functions, {number} of {len(pages)}"
        drawings[stem] = _page(subject, page, subtitle)
    return drawings


def _page(subject: Subject, variants: list[str], subtitle: str) -> Drawing:
    across = len(variants) if len(variants) <= 3 else 2 if len(variants) == 4 else 3
    down = -(-len(variants) // across)
    figure = new_figure(HEIGHT if down == 1 else 6.4)
    panels = figure.subplots(down, across, sharex=True, sharey=True, squeeze=False)
    tables = []
    for axes in panels.flat[len(variants) :]:
        axes.set_axis_off()
    for number, (axes, variant) in enumerate(zip(panels.flat, variants, strict=False)):
        tables.append(_panel(subject, axes, variant))
        if number >= len(variants) - across:
            axes.set_xlabel("x")
            axes.tick_params(labelbottom=True)
        if number % across == 0:
            axes.set_ylabel("y")
    # A network may be far out where it has no data; what matters is where the function is.
    low, high = (edge(table["target"]) for edge, table in zip((np.min, np.max), [pd.concat(tables)] * 2, strict=True))
    panels[0, 0].set_ylim(low - 0.3 * (high - low), high + 0.3 * (high - low))
    legend = [
        Line2D([], [], color=style.muted(), linewidth=4, alpha=0.5, label="the function"),
        Line2D([], [], linestyle="", marker="o", markersize=3, color=style.muted(), label="training points"),
        Line2D([], [], color=style.colour(0), label="network, first seed"),
        Line2D([], [], color=style.colour(0), linewidth=0.8, alpha=0.6, label="other seeds"),
    ]
    notes = [seeds_in_words(subject, variants), "error: mean squared error on the test set, mean of the seeds"]
    finish(figure, subject, subtitle, notes=[*notes, *absent_in_words(subject)], legend=legend)
    return Drawing(figure, thinned(pd.concat(tables, ignore_index=True), ["variant", "seed"], most=80))


def _panel(subject: Subject, axes: Axes, variant: str) -> pd.DataFrame:
    """Draw a variant; returns what is drawn: variant, seed, x, target, output."""
    records, train = subject.records[variant], subject.load(variant).train
    axes.scatter(train.x[:, 0], train.y, s=6, color=style.muted(), linewidths=0, zorder=2)
    x = records[0].decision_grid["x1"].astype(float)
    inside = (x >= train.x.min()) & (x <= train.x.max())
    axes.plot(x[inside], curve(x[inside]), color=style.muted(), linewidth=5, alpha=0.35, zorder=1)
    for record in reversed(records):
        first = record is records[0]
        axes.plot(
            x[inside], _fitted(record)[inside], color=style.colour(0), linewidth=2.0 if first else 0.8,
            alpha=1.0 if first else 0.6, zorder=4 if first else 3,
        )  # fmt: skip
    error = np.mean([record.scores["mean_squared_error"] for record in records])
    axes.set_title(panel_title(subject.label(variant), f"error {error:.2g}", 3), fontsize=10.5)
    return pd.concat(
        [
            pd.DataFrame(
                {"variant": variant, "seed": record.trial.seed, "x": x[inside], "target": curve(x[inside]),
                 "output": _fitted(record)[inside]}
            )
            for record in records
        ]
    )  # fmt: skip


def _fitted(record: Record) -> np.ndarray:
    outputs: np.ndarray = record.decision_grid["outputs"][:, 0]
    return outputs
