"""The plane of two features: points, lines, and the regions that lines make."""

from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from experiments.data.datasets import IRIS_CLASSES
from experiments.figures import style
from experiments.figures.frame import Drawing
from experiments.figures.slides import page
from experiments.figures.slides.sketch import Sketch

CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
OR_WEIGHTS = (-1.0, 1.1, 1.1)
"""w0, w1 and w2: g = -1 + 1.1 x1 + 1.1 x2."""
XOR_UNITS = {"OR": (1.0, 1.0, -0.5), "NAND": (-1.0, -1.0, 1.5), "AND": (1.0, 1.0, -1.5)}
"""Weights and bias of both hidden units and of the output unit; all have the step function."""
HOURS = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0])
MARKS = np.array([2.6, 2.1, 4.4, 4.0, 6.6, 5.2, 7.9, 7.2])


def iris() -> tuple[np.ndarray, np.ndarray]:
    """The measurements (150, 4) in cm, in the order of IRIS_FEATURES, and the classes (150,)."""
    from sklearn.datasets import load_iris

    x, y = load_iris(return_X_y=True)
    return x, y


def iris_sepal_plane() -> Drawing:
    """Setosa in red and versicolor in grey, as on the slide."""
    x, y = iris()
    x, y = x[y < 2, :2], y[y < 2]
    figure, (axes,) = page.panels((1, 1), (1, 1))
    for k, colour in enumerate((page.RED, style.muted())):
        _points(axes, x[y == k], colour, k, IRIS_CLASSES[k])
    axes.set_xlabel("sepal length (cm)")
    axes.set_ylabel("sepal width (cm)")
    notes = ["50 examples of each class; some coincide"]
    page.finish(figure, "iris_sepal_plane", notes=notes, legend=_keys(axes))
    names = np.array(IRIS_CLASSES)[y]
    return Drawing(figure, pd.DataFrame({"sepal_length": x[:, 0], "sepal_width": x[:, 1], "class": names}))


def half_planes() -> Drawing:
    """Two half-planes of z = 2 x1 - x2 + 1, the line between them, four points and the weight vector."""
    figure, (axes,) = page.panels((1, 1), (1, 1))
    x1 = np.array([-3.0, 3.0])
    axes.fill_between(x1, 2 * x1 + 1, -3, color=style.tint(style.colour(0), 0.25), linewidth=0, label="$z>0$")
    axes.fill_between(x1, 2 * x1 + 1, 3, color=style.tint(style.colour(1), 0.25), linewidth=0, label="$z<0$")
    axes.plot(x1, 2 * x1 + 1, color=style.text_colour(), linewidth=page.pt(2.6), label="$z=0$:  $x_2=2x_1+1$")
    points = np.array([(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (-1.0, 0.0)])
    z = 2 * points[:, 0] - points[:, 1] + 1
    axes.plot(*points.T, "o", color=style.text_colour(), markersize=page.pt(7), zorder=4)
    for (a, b), value in zip(points, z, strict=True):
        right = a >= 0
        axes.annotate(f"$z={value:g}$".replace("-", "{-}"), (a, b), (page.pt(8 if right else -8), page.pt(0)),
                      textcoords="offset points", ha="left" if right else "right", va="center")  # fmt: skip
    foot = np.array([-0.9, -0.8])
    axes.annotate(
        "", foot + np.array([0.8, -0.4]), foot,
        arrowprops={"arrowstyle": "-|>", "color": style.text_colour(), "linewidth": page.pt(2.2), "shrinkA": 0,
                    "shrinkB": 0, "mutation_scale": page.pt(16)},
    )  # fmt: skip
    axes.text(foot[0] + 0.9, foot[1] - 0.45, r"direction of $w=(2,-1)$", va="center")
    axes.set(xlim=(-3, 3), ylim=(-1.8, 1.8), aspect="equal")
    axes.set_xlabel("$x_1$")
    axes.set_ylabel("$x_2$")
    axes.grid(visible=False)
    legend = [Patch(color=style.tint(style.colour(k), 0.25), label=("$z>0$", "$z<0$")[k]) for k in (0, 1)]
    page.finish(figure, "half_planes", subtitle="$z=2x_1-x_2+1$", legend=[*legend, axes.get_lines()[0]])
    return Drawing(figure, pd.DataFrame({"x1": points[:, 0], "x2": points[:, 1], "z": z}))


def residuals() -> Drawing:
    """Points, the line that predicts them, and the error of each as a vertical piece."""
    slope, intercept = np.polyfit(HOURS, MARKS, 1)
    predicted = slope * HOURS + intercept
    errors = MARKS - predicted
    figure, (axes,) = page.panels((1, 1), (1, 1))
    ends = np.array([0.4, 8.6])
    for sign, number, words in ((1, 1, "error > 0"), (-1, 0, "error < 0")):
        some = np.sign(errors) == sign
        axes.vlines(HOURS[some], predicted[some], MARKS[some], color=style.colour(number), linewidth=page.pt(3.2),
                    label=words)  # fmt: skip
    axes.plot(ends, slope * ends + intercept, color=style.muted(), linewidth=page.pt(2.6), label="prediction")
    axes.plot(HOURS, MARKS, "o", color=style.text_colour(), markersize=page.pt(8), label="right answer", zorder=4)
    axes.set(xlim=(0.3, 8.7), ylim=(0.8, 9))
    axes.set_xlabel("input $x$ (made-up data)")
    axes.set_ylabel("output $y$")
    mse, mae = (errors**2).mean(), np.abs(errors).mean()
    page.finish(
        figure,
        "residuals",
        subtitle=rf"mean squared error {mse:.2f},  mean absolute error {mae:.2f},  mean error {abs(errors.mean()):.2f}",
        notes=["error: right answer minus prediction", "squares or absolute values keep the signs from cancelling"],
        legend=axes.get_legend_handles_labels()[0],
    )
    return Drawing(figure, pd.DataFrame({"x": HOURS, "y": MARKS, "predicted": predicted, "error": errors}))


def feature_space() -> Drawing:
    """From annotated samples to a decision: the plane of two features, with the regions of the nearest class mean."""
    x, y = iris()
    x = x[:, 2:]
    means = np.array([x[y == k].mean(axis=0) for k in range(3)])
    figure, (steps, axes) = page.panels(
        (1, 2), (2, 1), **({"height_ratios": (0.36, 1)} if page.slim() else {"width_ratios": (0.42, 1)})
    )
    words = ("annotated\nsamples", "features\n$x_1, x_2$", "decision\nrule", "class")
    if page.slim():
        sketch = Sketch(steps, 15, 2.6)
        middles = [(2 + 3.7 * i, 1.3) for i in range(4)]
    else:
        sketch = Sketch(steps, 5, 7.4, share=0.26)
        middles = [(2.5, 6.5 - 1.85 * i) for i in range(4)]
    for middle, label in zip(middles, words, strict=True):
        sketch.box(*middle, 2.9 if page.slim() else 4.2, 1.4, label)
    for start, end in pairwise(middles):
        sketch.arrow(*((start[0] + 1.45, 1.3), (end[0] - 1.45, 1.3)) if page.slim() else
                     ((2.5, start[1] - 0.7), (2.5, end[1] + 0.7)), width=0.08)  # fmt: skip

    grid1, grid2 = np.linspace(0.6, 7.3, 300), np.linspace(-0.1, 2.7, 300)
    over = np.stack(np.meshgrid(grid1, grid2), axis=-1)
    nearest = np.linalg.norm(over[:, :, None] - means, axis=-1).argmin(axis=-1)
    _shade(axes, grid1, grid2, nearest)
    for k, name in enumerate(IRIS_CLASSES):
        _points(axes, x[y == k], style.colour(k), k, name)
    axes.plot(*means.T, "+", color=style.text_colour(), markersize=page.pt(13), markeredgewidth=page.pt(2.6), zorder=6,
              label="class mean")  # fmt: skip
    axes.set(xlim=(0.6, 7.3), ylim=(-0.1, 2.7))
    axes.set_xlabel("$x_1$: petal length (cm)")
    axes.set_ylabel("$x_2$: petal width (cm)")
    axes.grid(visible=False)
    right = int((np.linalg.norm(x[:, None] - means, axis=-1).argmin(axis=1) == y).sum())
    notes = [f"Iris; decision rule: the nearest class mean, right for {right} of {len(y)} samples", "shade: decision"]
    page.finish(figure, "feature_space", notes=notes, legend=[*_keys(axes), axes.get_lines()[-1]], room=(2.9, 4.4))
    names = np.array(IRIS_CLASSES)[y]
    return Drawing(figure, pd.DataFrame({"petal_length": x[:, 0], "petal_width": x[:, 1], "class": names}))


def or_line() -> Drawing:
    """The four inputs of OR and the line of the slide's weights."""
    w0, w1, w2 = OR_WEIGHTS
    figure, (axes,) = page.panels((1, 1), (1, 1))
    at = np.linspace(-0.5, 1.7, 200)
    _shade(axes, at, at, (w0 + w1 * at + w2 * at[:, None] >= 0).astype(int))
    axes.plot(at, -(w0 + w1 * at) / w2, color=style.text_colour(), linewidth=page.pt(2.6), label="boundary")
    crossing = -w0 / w1
    axes.plot((crossing, 0), (0, crossing), "D", color=style.text_colour(), markersize=page.pt(6), label="crossings",
              zorder=7)  # fmt: skip
    axes.annotate(f"({crossing:.4f}, 0)", (crossing, 0), (page.pt(-4), page.pt(-10)), textcoords="offset points",
                  ha="right", va="top")  # fmt: skip
    axes.annotate(f"(0, {crossing:.4f})", (0, crossing), (page.pt(-10), page.pt(-4)), textcoords="offset points",
                  ha="right", va="center")  # fmt: skip
    targets = CORNERS.any(axis=1).astype(int)
    _corners(axes, targets, g=w0 + CORNERS @ [w1, w2])
    page.finish(figure, "or_line", subtitle=r"$g(x)=-1+1.1\,x_1+1.1\,x_2$", notes=[_SHADES], legend=_binary(axes),
                room=(2.9, 3.6))  # fmt: skip
    table = pd.DataFrame(CORNERS, columns=["x1", "x2"])
    return Drawing(figure, table.assign(OR=targets, g=w0 + CORNERS @ [w1, w2]))


def xor_points() -> Drawing:
    """The four inputs of XOR; what joins the ones crosses what joins the zeros."""
    targets = CORNERS.sum(axis=1) % 2
    figure, (axes,) = page.panels((1, 1), (1, 1))
    for value in (0, 1):
        axes.plot(*CORNERS[targets == value].T, color=style.colour(_COLOURS[value]), linewidth=page.pt(2.4),
                  linestyle=(0, (4, 2)), label=f"between the {('zeros', 'ones')[value]}")  # fmt: skip
    axes.plot(0.5, 0.5, "X", color=style.text_colour(), markersize=page.pt(10), zorder=5)
    axes.annotate(
        "on the side of the zeros\nand on that of the ones?", (0.5, 0.5), xytext=(0.5, 1.38), ha="center", va="center",
        arrowprops={"arrowstyle": "-", "color": style.muted(), "linewidth": page.pt(1), "shrinkB": page.pt(7)},
    )  # fmt: skip
    _corners(axes, targets)
    notes = ["a line with both zeros on one side has their middle there too; the ones have the same middle"]
    page.finish(figure, "xor_points", notes=notes, legend=_binary(axes)[:2], room=(2.9, 3.6))
    return Drawing(figure, pd.DataFrame(CORNERS, columns=["x1", "x2"]).assign(XOR=targets))


def xor_network_regions() -> Drawing:
    """A 2-2-1 network of step units, and the strip between its two lines."""
    figure, (scheme, axes) = page.panels((1, 2), (2, 1))
    sketch = Sketch(scheme, 8.6, 6, share=0.75 if page.slim() else 0.5)
    inputs = sketch.layer(1, (4.4, 1.6), ("$x_1$", "$x_2$"), radius=0.6)
    hidden = sketch.layer(4.3, (4.4, 1.6), ("OR", "NAND"), colour=style.colour(2), radius=0.78)
    ends = ((0, 0, "1", 0.5), (0, 1, "−1", 0.3), (1, 0, "1", 0.3), (1, 1, "−1", 0.5))
    for i, j, words, share in ends:
        (x0, y0), (x1, y1) = inputs[i], hidden[j]
        sketch.line((x0, y0), (x1, y1), width=0.05)
        sketch.text(x0 + share * (x1 - x0), y0 + share * (y1 - y0), words, covering=True)
    for x, y in hidden:
        sketch.line((x, y), (7.5, 3), width=0.05)
        sketch.text((x + 7.5) / 2 + 0.1, (y + 3) / 2, "1", covering=True)
    sketch.node(7.5, 3, "AND", colour=style.colour(3), radius=0.78)
    for (x, y), (*_, b) in zip([*hidden, (7.5, 3)], XOR_UNITS.values(), strict=True):
        above = y > 2
        sketch.text(x, y + (1.15 if above else -1.15), f"bias {b:g}".replace("-", "−"), size=0.4)

    at = np.linspace(-0.5, 1.7, 200)
    plane = np.stack(np.meshgrid(at, at), axis=-1).reshape(-1, 2)
    out = xor_network(plane)
    _shade(axes, at, at, out[:, 2].reshape(200, 200))
    for (name, (w1, w2, b)), dashes in zip(list(XOR_UNITS.items())[:2], ("-", (0, (4, 2))), strict=True):
        axes.plot(at, -(w1 * at + b) / w2, color=style.text_colour(), linewidth=page.pt(2.4), linestyle=dashes,
                  label=f"boundary of {name}")  # fmt: skip
    targets = CORNERS.sum(axis=1) % 2
    _corners(axes, targets)
    lines = axes.get_lines()[:2]
    page.finish(figure, "xor_network_regions", notes=["all units have the step function", _SHADES],
                legend=[*_binary(axes)[:2], *lines], room=(2.9, 6.4))  # fmt: skip
    h = xor_network(CORNERS)
    table = pd.DataFrame(CORNERS, columns=["x1", "x2"]).assign(OR=h[:, 0], NAND=h[:, 1], output=h[:, 2])
    return Drawing(figure, table)


def xor_network(x: np.ndarray) -> np.ndarray:
    """Both hidden units and the output at each point: (N, 3) zeros and ones."""
    (a, b, c), (d, e, f), (u, v, w) = XOR_UNITS.values()
    first = (a * x[:, 0] + b * x[:, 1] + c >= 0).astype(int)
    second = (d * x[:, 0] + e * x[:, 1] + f >= 0).astype(int)
    return np.stack([first, second, (u * first + v * second + w >= 0).astype(int)], axis=1)


_COLOURS = (1, 0)
"""Palette numbers of the outputs 0 and 1."""
_SHADES = "shade: output for every point of the plane"


def _shade(axes: Axes, x: np.ndarray, y: np.ndarray, classes: np.ndarray) -> None:
    numbers = _COLOURS if classes.max() < 2 else (0, 1, 2)
    tints = np.array([style.tint(style.colour(k), 0.22) for k in numbers])
    axes.imshow(tints[classes], origin="lower", extent=(x[0], x[-1], y[0], y[-1]), aspect="auto", zorder=0)


def _points(axes: Axes, x: np.ndarray, colour: str, number: int, name: str) -> None:
    axes.scatter(*x.T, s=page.pt(7) ** 2, color=colour, marker=style.marker(number), edgecolors=style.ground(),
                 linewidths=page.pt(0.6), label=name, zorder=4)  # fmt: skip


def _keys(axes: Axes) -> list[Line2D]:
    """The legend of scattered points."""
    return [
        Line2D([], [], linestyle="", marker=style.marker(k), color=points.get_facecolor()[0], markersize=page.pt(7.5),
               label=str(points.get_label()))
        for k, points in enumerate(axes.collections)
    ]  # fmt: skip


def _corners(axes: Axes, targets: np.ndarray, g: np.ndarray | None = None) -> None:
    """The four inputs of a Boolean function: a filled square for 1, an open circle for 0."""
    for value in (0, 1):
        colour = style.colour(_COLOURS[value])
        axes.plot(*CORNERS[targets == value].T, "os"[value], color=colour, markersize=page.pt(11),
                  markerfacecolor=colour if value else style.ground(), markeredgewidth=page.pt(2.4), zorder=6,
                  label=f"output {value}")  # fmt: skip
    if g is not None:
        for (a, b), value in zip(CORNERS, g, strict=True):
            axes.annotate(f"$g={value:.1f}$".replace("-", "{-}"), (a, b), (page.pt(10), page.pt(9)),
                          textcoords="offset points")  # fmt: skip
    axes.set(xlim=(-0.5, 1.7), ylim=(-0.5, 1.7), xticks=(0, 1), yticks=(0, 1))
    axes.set_xlabel("$x_1$")
    axes.set_ylabel("$x_2$")
    axes.grid(visible=False)


def _binary(axes: Axes) -> list[Line2D]:
    """Legend of the outputs, then the other labelled lines."""
    lines = [line for line in axes.get_lines() if not str(line.get_label()).startswith("_")]
    return sorted(lines, key=lambda line: not str(line.get_label()).startswith("output"))
