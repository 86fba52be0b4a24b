"""One unit over the plane: z = 2 x1 - x2 + 1 under a step, a sigmoid and a ramp; sigmoids of several weights."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from mpl_toolkits.mplot3d.art3d import Poly3DCollection
from mpl_toolkits.mplot3d.axes3d import Axes3D

from experiments.figures import style
from experiments.figures.frame import Drawing
from experiments.figures.slides import page, space
from experiments.figures.slides.curves import sigmoid

REACH = 3.0
W, B = (2.0, -1.0), 1.0
"""z = 2 x1 - x2 + 1; it is zero on the line x2 = 2 x1 + 1."""
HARD = {
    "the slide's: max(0, min(1, (z + 1)/2))": (0.5, 0.5),
    "Keras 2: clip(0.2 z + 0.5)": (0.2, 0.5),
    "Keras 3: clip(z/6 + 0.5)": (1 / 6, 0.5),
}
"""Slope and height at zero; all are clipped to 0 and 1."""
SURFACES = {
    "along $x_1$": (1.0, 0.0, 0.0),
    "turned": (0.7, 0.7, 0.0),
    "stretched": (3.0, 0.0, 0.0),
    "shifted": (1.0, 0.0, 2.0),
}
"""w1, w2 and b of the sigmoids."""


def step_surface() -> Drawing:
    """The step function and its surface: two flat halves and a wall along the boundary."""
    figure, curve, over = _curve_and_surface()
    for z, h in (((-4, 0), (0, 0)), ((0, 4), (1, 1))):
        curve.plot(z, h, color=style.colour(0), linewidth=page.pt(3), label="step")
    curve.plot(0, 1, "o", color=style.colour(0), markersize=page.pt(8))
    curve.plot(0, 0, "o", color=style.colour(0), markerfacecolor=style.ground(), markersize=page.pt(8))
    curve.set_title(r"$g(z)=1$ if $z\geq 0$, else $0$", fontweight="normal")
    _curve_axes(curve)

    for h, corners in halves().items():
        flat = [[(x1, x2, h) for x1, x2 in corners]]
        over.add_collection3d(Poly3DCollection(flat, facecolor=space.two_shades()(h), alpha=0.92))
    below, _, _, above = halves()[1.0]
    wall = [[(*below, 0), (*above, 0), (*above, 1), (*below, 1)]]
    over.add_collection3d(Poly3DCollection(wall, facecolor=style.muted(), alpha=0.45))
    _boundary(over, 1.0)
    page.finish(figure, "step_surface", subtitle=_SUBTITLE, notes=[_STRAIGHT], room=(3.1, 6.2))
    return Drawing(figure, _over_plane(lambda z: (z >= 0).astype(float)))


def halves() -> dict[float, list[tuple[float, float]]]:
    """The step's value -> corners of the part of the square that has it."""
    r = REACH
    below, above = (-r / 2 - 0.5, -r), (r / 2 - 0.5, r)  # where the boundary leaves the square
    return {0.0: [(-r, -r), below, above, (-r, r)], 1.0: [below, (r, -r), (r, r), above]}


def sigmoid_surface() -> Drawing:
    """The sigmoid and its surface, cut at one half."""
    figure, curve, over = _curve_and_surface()
    z = np.linspace(-6, 6, 241)
    curve.plot(z, sigmoid(z), color=style.colour(0), linewidth=page.pt(3), label="sigmoid")
    curve.plot(0, 0.5, "o", color=style.text_colour(), markersize=page.pt(7), zorder=4)
    curve.set_title(r"$g(z)=1/(1+e^{-z})$")
    _curve_axes(curve)
    _smooth(over, sigmoid)
    _boundary(over, 0.5)
    notes = [r"black line: $h=0.5$ exactly where $z=0$, a straight line"]
    page.finish(figure, "sigmoid_surface", subtitle=_SUBTITLE, notes=_for_dark(notes), room=(3.1, 6.2))
    return Drawing(figure, _over_plane(sigmoid))


def hard_sigmoids() -> Drawing:
    """Three functions called hard sigmoid beside the sigmoid; the slide's one as a surface."""
    figure, curve, over = _curve_and_surface()
    z = np.linspace(-4, 4, 241)
    curve.plot(z, sigmoid(z), color=style.muted(), linewidth=page.pt(4), label="sigmoid", alpha=0.7)
    columns = {"z": z, "sigmoid": sigmoid(z)}
    dashes = ("-", (0, (4, 1.5)), (0, (1, 1)))
    for number, (name, (slope, middle)) in enumerate(HARD.items()):
        h = np.clip(slope * z + middle, 0, 1)
        curve.plot(z, h, color=style.colour(number), linewidth=page.pt(2.4), linestyle=dashes[number], label=name)
        columns[name] = h
    curve.set_title("sigmoid and three rigid ones")
    _curve_axes(curve)
    _rigid(over)
    _boundary(over, 0.5)
    over.set_title("the slide's over the plane")
    legend = [line for line in curve.get_lines() if not str(line.get_label()).startswith("_")]
    page.finish(figure, "hard_sigmoids", subtitle=_SUBTITLE, legend=legend, room=(2.9, 6.0))
    return Drawing(figure, pd.DataFrame(columns))


def sigmoid_surfaces() -> Drawing:
    """Four weight vectors: the surface turns, stretches and shifts, and stays a sigmoid."""
    figure = page.new_page()
    rows, columns = (2, 2) if page.slim() else (1, 4)
    x = np.linspace(-4, 4, 41)
    tables = []
    for number, (name, (w1, w2, b)) in enumerate(SURFACES.items(), start=1):
        axes = space.panel(figure, (rows, columns, number), elevation=30, azimuth=-110, zoom=1.3)
        x1, x2 = np.meshgrid(x, x)
        h = sigmoid(w1 * x1 + w2 * x2 + b)
        space.surface(axes, x, x, h, space.two_shades(), low=0, high=1)
        at = np.linspace(-4, 4, 60)
        along = (-b / w1 * np.ones_like(at), at) if w2 == 0 else (at, -(w1 * at + b) / w2)
        axes.plot(*along, np.full_like(at, 0.5), color=style.text_colour(), linewidth=page.pt(2.4), zorder=10)
        axes.set_title(f"{name}\n$w=({w1:g},\\,{w2:g})$, $b={b:g}$", fontsize=page.pt(10.5), fontweight="normal")
        axes.set(xticks=(-4, 0, 4), yticks=(-4, 0, 4), zticks=(0, 0.5, 1), zlim=(0, 1))
        space.label(axes, "$x_1$", "$x_2$", close=True)
        tables.append(pd.DataFrame({"w1": w1, "w2": w2, "b": b, "x1": x1.ravel(), "x2": x2.ravel(), "h": h.ravel()}))
    notes = _for_dark([r"black line: $h=0.5$, straight whatever the weights"])
    subtitle = r"$h=\sigma(w_1x_1+w_2x_2+b)$"
    page.finish(figure, "sigmoid_surfaces", subtitle=subtitle, notes=notes, room=(2.7, 5.2))
    return Drawing(figure, pd.concat(tables, ignore_index=True))


_SUBTITLE = r"$h=g(z)$ with $z=2x_1-x_2+1$"
_STRAIGHT = "the jump follows the straight line $x_2=2x_1+1$"


def _curve_and_surface() -> tuple[Figure, Axes, Axes3D]:
    figure = page.new_page()
    shape = (2, 1) if page.slim() else (1, 2)
    return figure, figure.add_subplot(*shape, 1), space.panel(figure, (*shape, 2), elevation=28, azimuth=-140)


def _curve_axes(axes: Axes) -> None:
    axes.axvline(0, color=style.muted(), linewidth=page.pt(0.9), zorder=1)
    axes.set_xlabel("$z$")
    axes.set_ylabel("$h=g(z)$")
    axes.set_ylim(-0.08, 1.1)
    axes.set_xmargin(0)


def _smooth(axes: Axes3D, g: Callable[[np.ndarray], np.ndarray]) -> None:
    x = np.linspace(-REACH, REACH, 49)
    x1, x2 = np.meshgrid(x, x)
    space.surface(axes, x, x, g(W[0] * x1 + W[1] * x2 + B), space.two_shades(), low=0, high=1)


def _rigid(axes: Axes3D) -> None:
    """The slide's rigid sigmoid: two flats, and between z = -1 and z = 1 strips along the boundary, one shade each."""
    r = REACH

    def ends(z: float) -> list[tuple[float, float, float]]:
        """Where z has this value on the lower and on the upper edge of the square, at its height."""
        h = float(np.clip((z + 1) / 2, 0, 1))
        return [((z - 1 - r) / 2, -r, h), ((z - 1 + r) / 2, r, h)]

    levels = np.linspace(-1, 1, 17)
    pieces = [([(-r, -r, 0.0), *ends(-1), (-r, r, 0.0)], 0.0), ([*ends(1)[::-1], (r, -r, 1.0), (r, r, 1.0)], 1.0)]
    pieces += [([*ends(low), *ends(high)[::-1]], (low + high + 2) / 4) for low, high in pairwise(levels)]
    for corners, shade in pieces:
        axes.add_collection3d(Poly3DCollection([corners], facecolor=space.two_shades()(shade), alpha=0.92))


def _boundary(axes: Axes3D, height: float) -> None:
    """The line z = 0 at a height, and the look of the three axes."""
    x2 = np.array([-REACH, REACH])
    x1 = (x2 - 1) / 2
    axes.computed_zorder = False  # seen from the low side nothing hides anything; the line is to lie on top, whole
    axes.plot(x1, x2, [height] * 2, color=style.text_colour(), linewidth=page.pt(2.6), zorder=10, label="boundary")
    axes.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH), zlim=(0, 1))
    axes.set(xticks=(-3, 0, 3), yticks=(-3, 0, 3), zticks=(0, 0.5, 1))
    axes.set_title("$h$ over the plane")
    space.label(axes, "$x_1$", "$x_2$")


def _over_plane(g: Callable[[np.ndarray], np.ndarray]) -> pd.DataFrame:
    x = np.linspace(-REACH, REACH, 25)
    x1, x2 = (grid.ravel() for grid in np.meshgrid(x, x))
    z = W[0] * x1 + W[1] * x2 + B
    return pd.DataFrame({"x1": x1, "x2": x2, "z": z, "h": g(z)})


def _for_dark(notes: list[str]) -> list[str]:
    """The line that is black on white is white on black."""
    light = style.readable_on(style.ground()) == "black"
    return notes if light else [note.replace("black line", "white line") for note in notes]
