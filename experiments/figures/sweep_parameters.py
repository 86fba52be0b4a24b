"""The objective against each swept key: every point, and for a single key its interval."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from experiments.figures import style
from experiments.figures.frame import Drawing, finish, new_figure
from experiments.figures.sweep_view import SweepView, norm_of, panel_limits, scale_of, words

PER_ROW = 3


def draw(view: SweepView) -> Drawing:
    """A panel a key, all with the same scale of the objective."""
    ranked, alone = view.ranked, len(view.names) == 1
    columns = min(len(view.names), PER_ROW)
    rows = -(-len(view.names) // columns)
    figure = new_figure(4.5 if rows == 1 else 2.6 * rows + 1.4)
    panels = figure.subplots(rows, columns, squeeze=False, sharey=True).ravel()
    for axes, name in zip(panels, view.names, strict=False):
        _panel(axes, view, name, alone=alone)
    for axes in panels[len(view.names) :]:
        axes.set_visible(False)
    log = type(norm_of(view, ranked[view.mean])).__name__ == "LogNorm"
    for axes in panels[::columns]:
        axes.set_ylabel(view.said + (" (log scale)" if log else ""))
    if log:
        panels[0].set_yscale("log")
    bars = alone and view.seeds > 1
    label = "one point, 95 % interval" if bars else "one point"
    legend = [Line2D([], [], marker="o", linewidth=0, color=style.colour(0), label=label),
              Line2D([], [], marker="D", linewidth=0, color=style.colour(1), label="best point")]  # fmt: skip
    if not alone:
        legend.insert(1, Line2D([], [], color=style.muted(), linestyle=":", label="best at each value"))
    finish(figure, view.subject, f"{view.said.capitalize()} against each setting", notes=view.notes, legend=legend,
           room=2.6 if rows == 1 else 2.2 * rows)  # fmt: skip
    return Drawing(figure, ranked.drop(columns=["status"]))


def _panel(axes: Axes, view: SweepView, name: str, *, alone: bool) -> None:
    ranked, scale = view.ranked, scale_of(view, name)
    where, means = scale.of(ranked[name]), ranked[view.mean].to_numpy(float)
    if alone:
        order = np.argsort(where)
        axes.plot(where[order], means[order], color=style.colour(0), linewidth=1.4, alpha=0.6, zorder=2)
        low, high = ranked[f"{view.metric}_low"].to_numpy(float), ranked[f"{view.metric}_high"].to_numpy(float)
        for x, a, b in zip(where, low, high, strict=True):
            if np.isfinite(a):
                axes.plot([x, x], [a, b], color=style.colour(0), linewidth=2.2, solid_capstyle="butt", zorder=3)
    elif scale.listed:
        best = ranked.groupby(name, sort=False)[view.mean].max() if view.maximise else ranked.groupby(
            name, sort=False)[view.mean].min()  # fmt: skip
        pairs = sorted((scale.positions[value], mean) for value, mean in best.items())
        axes.plot(*zip(*pairs, strict=True), color=style.muted(), linestyle=":", zorder=2)
    axes.plot(
        where, means, "o", color=style.colour(0), markersize=6 if alone else 5, alpha=1 if alone else 0.6, zorder=3
    )
    axes.plot(where[:1], means[:1], "D", color=style.colour(1), markersize=8, zorder=4)
    scale.label(axes.xaxis)
    axes.set_xlim(*panel_limits(list(scale.positions.values())))
    axes.set_xlabel(words(name))
    texts = [text for _, text in scale.ticks]
    if sum(map(len, texts)) > 26 and not alone:
        axes.tick_params(axis="x", labelrotation=30)
