"""A sweep as parallel coordinates: a line a point through all its settings to what came of it."""

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.lines import Line2D

from experiments.figures import style
from experiments.figures.frame import Drawing, finish, new_figure
from experiments.figures.sweep_view import SweepView, colours_of, norm_of, panel_limits, scale_of, words


def draw(view: SweepView) -> Drawing:
    """One axis a key, the objective last; the best point's line stands out."""
    ranked = view.ranked
    figure = new_figure()
    axes = figure.subplots()
    norm, palette = norm_of(view, ranked[view.mean]), colours_of(view)
    columns = []
    for name in view.names:
        scale = scale_of(view, name)
        limits = panel_limits(list(scale.positions.values()), margin=0.0)
        columns.append(_between(scale.of(ranked[name]), limits))
        for at, text in scale.ticks:
            _tick(axes, len(columns) - 1, float(_between(np.array([at]), limits)[0]), text)
    last = len(columns)
    columns.append(np.asarray(norm(ranked[view.mean].to_numpy()), np.float64))
    for share in (0.0, 0.5, 1.0):
        _tick(axes, last, share, f"{float(norm.inverse(share)):.4g}", right=True)

    lines = np.stack(columns, axis=1)
    thin = 1.6 if len(lines) <= 40 else 0.9
    for row in range(len(lines) - 1, 0, -1):  # the best are drawn last
        axes.plot(lines[row], color=palette(norm(ranked[view.mean].iloc[row])), linewidth=thin, alpha=0.85)
    axes.plot(lines[0], color=style.colour(1), linewidth=3.2, marker="o", markersize=6, zorder=4)

    for place in range(last + 1):
        axes.axvline(place, color=style.text_colour(), linewidth=1.0, zorder=3)
    axes.set_xticks(range(last + 1), [*(words(name) for name in view.names), view.said])
    axes.tick_params(axis="x", length=0, pad=6)
    axes.set_xlim(-0.25, last + 0.3)
    axes.set_ylim(-0.06, 1.06)
    axes.set_yticks([])
    axes.grid(visible=False)
    axes.spines[["left", "bottom"]].set_visible(False)
    bar = figure.colorbar(ScalarMappable(norm, palette), ax=axes, fraction=0.03, pad=0.02)
    bar.set_ticks([])
    bar.set_label("worse → better" if view.maximise else "better → worse")
    legend = [Line2D([], [], color=style.colour(1), linewidth=3.2, marker="o", label="best point")]
    finish(figure, view.subject, "Every point of the sweep", notes=view.notes, legend=legend)
    return Drawing(figure, ranked.drop(columns=["status"]))


def _between(values: np.ndarray, limits: tuple[float, float]) -> np.ndarray:
    return (values - limits[0]) / (limits[1] - limits[0])


def _tick(axes, place: int, height: float, text: str, *, right: bool = False) -> None:  # type: ignore[no-untyped-def]
    """A number beside an axis, on the ground so that lines do not cross it."""
    axes.annotate(
        text,
        (place, height),
        xytext=(5 if right else -5, 0),
        textcoords="offset points",
        ha="left" if right else "right",
        va="center",
        fontsize=9,
        zorder=5,
        bbox={"facecolor": style.ground(), "edgecolor": "none", "pad": 1.0, "alpha": 0.85},
    )
