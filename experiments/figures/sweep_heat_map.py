"""The objective over two swept keys: a cell for each pair of values, or a point for each draw."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.lines import Line2D

from experiments.figures import style
from experiments.figures.frame import Drawing, finish, new_figure
from experiments.figures.sweep_view import Scale, SweepView, colours_of, norm_of, panel_limits, scale_of, words

_MOST_CELLS = 12


def draw(view: SweepView, pair: tuple[str, str]) -> Drawing:
    """The objective by two keys; over the others, if there are any, the mean."""
    across, up = pair
    ranked = view.ranked
    scales = scale_of(view, across), scale_of(view, up)
    figure = new_figure()
    axes = figure.subplots()
    cells = all(scale.listed and len(scale.positions) <= _MOST_CELLS for scale in scales)
    table = ranked.groupby([across, up], sort=False)[view.mean].agg(["mean", "count"]).reset_index()
    table = table.rename(columns={"mean": view.mean, "count": "points"})
    norm, palette = norm_of(view, table[view.mean]), colours_of(view)
    legend = [Line2D([], [], marker="s" if cells else "o", markersize=12, markerfacecolor="none", linewidth=0,
                     markeredgewidth=2.2, color=style.colour(1), label="best")]  # fmt: skip
    if cells:
        _cells(axes, view, table, scales, (across, up))
    else:
        where = [scale.of(ranked[name]) for scale, name in zip(scales, pair, strict=True)]
        means = ranked[view.mean].to_numpy()
        axes.scatter(
            where[0],
            where[1],
            c=means,
            norm=norm,
            cmap=palette,
            s=64,
            edgecolors=style.muted(),
            linewidths=0.6,
            zorder=3,
        )
        axes.scatter(where[0][:1], where[1][:1], s=220, facecolors="none", edgecolors=style.colour(1), linewidths=2.6)
        for scale, axis in zip(scales, (axes.xaxis, axes.yaxis), strict=True):
            scale.label(axis)
        axes.set_xlim(*panel_limits(list(scales[0].positions.values())))
        axes.set_ylim(*panel_limits(list(scales[1].positions.values())))
    axes.set_xlabel(words(across))
    axes.set_ylabel(words(up))
    figure.colorbar(ScalarMappable(norm, palette), ax=axes, fraction=0.04, pad=0.02).set_label(view.said)
    others = [words(name) for name in view.names if name not in pair]
    over = [f"mean over {', '.join(others)}"] if others and cells else []
    subtitle = f"{view.said.capitalize()} by {words(across)} and {words(up)}"
    finish(figure, view.subject, subtitle, notes=[*view.notes, *over], legend=legend)
    return Drawing(figure, table)


def _cells(
    axes: Axes, view: SweepView, table: pd.DataFrame, scales: tuple[Scale, Scale], pair: tuple[str, str]
) -> None:
    """Cells of one size, the value written in each, or why there is none; the best is framed."""
    orders = [sorted(scale.positions, key=scale.positions.__getitem__) for scale in scales]
    grid = np.full((len(orders[1]), len(orders[0])), np.nan)
    for values in table.to_dict("records"):
        grid[orders[1].index(values[pair[1]]), orders[0].index(values[pair[0]])] = values[view.mean]
    norm, palette = norm_of(view, table[view.mean]), colours_of(view)
    axes.pcolormesh(np.ma.masked_invalid(grid), norm=norm, cmap=palette, edgecolors=style.ground(), linewidth=1.5)
    small = grid.size > 60
    for (y, x), value in np.ndenumerate(grid):
        if np.isfinite(value):
            ink = style.readable_on(palette(norm(value)))
            axes.text(
                x + 0.5, y + 0.5, f"{value:.4f}", ha="center", va="center", color=ink, fontsize=7 if small else 10
            )
    for values in view.points[view.points["rank"].isna()].to_dict("records"):
        y, x = orders[1].index(values[pair[1]]), orders[0].index(values[pair[0]])
        if not np.isfinite(grid[y, x]):
            axes.text(x + 0.5, y + 0.5, values["status"], ha="center", va="center", color=style.muted(), fontsize=7)
    best = np.unravel_index(np.nanargmax(grid) if view.maximise else np.nanargmin(grid), grid.shape)
    y, x = int(best[0]), int(best[1])
    axes.plot([x, x + 1, x + 1, x, x], [y, y, y + 1, y + 1, y], color=style.colour(1), linewidth=2.8, clip_on=False)
    for axis, scale, order in zip((axes.xaxis, axes.yaxis), scales, orders, strict=True):
        texts = {
            scale.positions[value]: text for value in order for at, text in scale.ticks if at == scale.positions[value]
        }
        axis.set_ticks([place + 0.5 for place in range(len(order))])
        axis.set_ticklabels([texts.get(scale.positions[value], str(value)) for value in order])
        axis.set_tick_params(length=0)
    axes.grid(visible=False)
    axes.spines[["left", "bottom"]].set_visible(False)
