"""Iris and MNIST as pictures, and a picture as numbers."""

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from experiments.data.datasets import IRIS_CLASSES, IRIS_FEATURES
from experiments.figures import style
from experiments.figures.frame import Drawing
from experiments.figures.slides import page
from experiments.figures.slides.planes import iris
from experiments.figures.slides.sketch import Sketch

DIGITS_A_ROW = 7
"""Training examples shown of each digit."""
ENLARGED = 5
"""The digit of which one example is shown pixel by pixel."""
RED = ((255, 231, 42, 22), (123, 94, 83, 2), (34, 44, 187, 92), (34, 76, 232, 124), (67, 83, 194, 202))
GREEN_SEEN = ((255, 134, 202, 22), (4, 192, 34, 94))
BLUE_SEEN = ((255, 134, 93, 22), (2, 30, 124, 142))
"""Of the tables behind the red one the slide shows the first row, and of the last column what follows below."""


def iris_measurements() -> Drawing:
    """Mean length and width of sepal and petal, as rectangles to one scale."""
    x, y = iris()
    means = np.array([x[y == k].mean(axis=0) for k in range(3)])
    figure, (axes,) = page.panels((1, 1), (1, 1))
    rows = []
    for k, name in enumerate(IRIS_CLASSES):
        for number, part in enumerate(("sepal", "petal")):
            length, width = means[k, 2 * number : 2 * number + 2]
            left, middle = 7.6 * k, (0.0, -3.3)[number]
            colour = style.colour((2, 3)[number])
            axes.add_patch(
                Rectangle((left, middle - width / 2), length, width, facecolor=style.tint(colour, 0.35),
                          edgecolor=colour, linewidth=page.pt(2), label=f"{part} of {name}")
            )  # fmt: skip
            inside = number == 0
            axes.text(left + (0.2 if inside else 0), middle if inside else middle - width / 2 - 0.25,
                      f"{part}\n{length:.2f} × {width:.2f}", va="center" if inside else "top",
                      fontsize=page.pt(9.5 if page.slim() else 12))  # fmt: skip
            rows.append((name, part, length, width))
        axes.text(7.6 * k, 2.0, name, fontweight="bold", va="bottom", fontsize=page.pt(13))
    axes.plot((20.8, 21.8), (-6.7, -6.7), color=style.text_colour(), linewidth=page.pt(3), label="scale")
    axes.text(20.6, -6.7, "1 cm", va="center", ha="right", fontsize=page.pt(10))
    axes.set(xlim=(-0.1, 22), ylim=(-7, 2.9), aspect="equal")
    axes.axis("off")
    notes = ["mean length × width in cm, drawn as rectangles to one scale", "50 flowers of each class"]
    page.finish(figure, "iris_measurements", notes=notes, room=(3.3, 2.5))
    return Drawing(figure, pd.DataFrame(rows, columns=["class", "part", "length_cm", "width_cm"]))


def iris_pairs() -> Drawing:
    """A panel for each pair of measurements, both ways round; the names stand on the diagonal."""
    x, y = iris()
    figure, panels = page.panels((4, 4), (4, 4), sharex="col")
    size = page.pt(2.6 if page.slim() else 3.6)
    for place, axes in enumerate(panels):
        i, j = divmod(place, 4)
        if i == j:
            axes.text(0.5, 0.5, IRIS_FEATURES[i].replace("_", "\n"), transform=axes.transAxes, ha="center",
                      va="center", fontweight="bold", fontsize=page.pt(9.5 if page.slim() else 12))  # fmt: skip
        else:
            for k in range(3):
                axes.scatter(x[y == k, j], x[y == k, i], s=size**2, linewidths=0, alpha=0.85, label=IRIS_CLASSES[k],
                             color=style.colour(k), marker=style.marker(k))  # fmt: skip
        low, high = x[:, i].min(), x[:, i].max()
        axes.set_ylim(low - 0.08 * (high - low), high + 0.08 * (high - low))
        axes.locator_params(nbins=3)
        axes.tick_params(labelsize=page.pt(9), labelleft=j == 0, labelbottom=i == 3)
        if i == j:
            axes.grid(visible=False)
        axes.spines[:].set_visible(True)
    for k in range(4):
        low, high = x[:, k].min(), x[:, k].max()
        panels[k].set_xlim(low - 0.08 * (high - low), high + 0.08 * (high - low))
    legend = [
        Line2D([], [], linestyle="", marker=style.marker(k), color=style.colour(k), markersize=page.pt(7), label=name)
        for k, name in enumerate(IRIS_CLASSES)
    ]
    notes = ["all in cm", "a row shares its vertical axis, a column its horizontal one", "50 examples of each class"]
    page.finish(figure, "iris_pairs", notes=notes, legend=legend, room=(3.35, 4.6))
    table = pd.DataFrame(x, columns=IRIS_FEATURES)
    return Drawing(figure, table.assign(**{"class": np.array(IRIS_CLASSES)[y]}))


def mnist_digits(cache: Path) -> Drawing:
    """The first training examples of each digit, and one of them pixel by pixel.

    Args:
        cache: the folder of fetched data.

    Raises:
        DataError: if MNIST cannot be had.
    """
    from experiments.data.sources import obtain

    arrays = obtain("mnist", cache)
    x, y = arrays["x_train"], arrays["y_train"]
    chosen = np.array([np.flatnonzero(y == k)[:DIGITS_A_ROW] for k in range(10)])
    figure, (grid, large) = page.panels((1, 2), (2, 1), **({} if page.slim() else {"width_ratios": (1.15, 1)}))
    # Digits lie in columns: ten across use a slide's width better than ten down.
    tiles = x[chosen].transpose(1, 2, 0, 3).reshape(DIGITS_A_ROW * 28, 280)
    grid.imshow(tiles, cmap="gray_r", vmin=0, vmax=255, aspect="equal")
    for k in range(1, 10):
        grid.axvline(28 * k - 0.5, color="0.75", linewidth=page.pt(0.6))
    for k in range(1, DIGITS_A_ROW):
        grid.axhline(28 * k - 0.5, color="0.75", linewidth=page.pt(0.6))
    grid.set_xticks([28 * k + 13.5 for k in range(10)], [str(k) for k in range(10)])
    grid.set_yticks([])
    grid.set_xlabel("digit")
    grid.xaxis.set_label_position("bottom")

    index = int(chosen[ENLARGED, 0])
    shown = large.imshow(x[index], cmap="gray_r", vmin=0, vmax=255, aspect="equal")
    large.set_xticks(np.arange(-0.5, 28), minor=True)
    large.set_yticks(np.arange(-0.5, 28), minor=True)
    large.grid(which="minor", color="0.75", linewidth=page.pt(0.4))
    large.set(xticks=(0, 9, 18, 27), yticks=(0, 9, 18, 27), xlabel="column", ylabel="row")
    bar = figure.colorbar(shown, ax=large, fraction=0.045, pad=0.03)
    bar.set_label("grey value")
    bar.set_ticks([0, 64, 128, 192, 255])
    bar.outline.set_visible(False)
    for axes in (grid, large):
        axes.grid(visible=False, which="major")
        axes.spines[:].set_visible(True)
        axes.tick_params(length=0, which="both")
    page.finish(
        figure,
        "mnist_digits",
        subtitle="60,000 training and 10,000 test pictures of 28 × 28 grey pixels, ten classes",
        notes=[f"small: the first {DIGITS_A_ROW} training examples of each digit", f"large: training example {index}"],
        room=(2.9, 5.4),
    )
    small = pd.DataFrame({"panel": "grid", "example": chosen.ravel(), "label": y[chosen.ravel()].astype(int)})
    row, column = np.divmod(np.arange(784), 28)
    pixels = pd.DataFrame({"panel": "pixels", "example": index, "label": ENLARGED, "row": row, "column": column,
                           "grey": x[index].ravel().astype(int)})  # fmt: skip
    table = pd.concat([small, pixels], ignore_index=True)
    return Drawing(figure, table.astype(dict.fromkeys(("row", "column", "grey"), "Int64")))


def channel_tables() -> Drawing:
    """Three tables of a colour picture, one behind the other, and the vector that they become."""
    figure, (axes,) = page.panels((1, 1), (1, 1))
    sketch = Sketch(axes, 16, 7.2)
    colours = {"red": page.RED, "green": style.colour(2), "blue": style.colour(0)}
    rows: list[tuple[str, int, int, int]] = []
    # From the back: each table lies one cell further left and down than the one behind it.
    for depth, name in ((2, "blue"), (1, "green"), (0, "red")):
        left, top = 1.3 + 1.3 * depth, 5.0 + 0.85 * depth
        axes.add_patch(
            Rectangle((left, top - 4.25), 5.2, 4.25, facecolor=style.tint(colours[name], 0.16), linewidth=page.pt(1.6),
                      edgecolor=colours[name], zorder=3 - depth / 2)
        )  # fmt: skip
        cells = _seen(name)
        for (i, j), value in cells.items():
            sketch.text(left + 1.3 * j + 0.65, top - 0.85 * i - 0.42, str(value), size=0.4)
            rows.append((name, i + 1, j + 1, value))
        sketch.text(left - 0.15, top - 0.42, name, ha="right", bold=True, size=0.42, colour=colours[name])
    sketch.arrow((9.5, 3.6), (10.7, 3.6), width=0.1)
    _vector(sketch, colours)
    page.finish(
        figure,
        "channel_tables",
        subtitle="128 × 128 pixels × 3 colours: a vector of 49,152 numbers",
        notes=[
            "one corner of the picture; values that the slide hides are left empty",
            "first all red values, then green, then blue",
        ],
        room=(sketch.room, sketch.room),
    )
    return Drawing(figure, pd.DataFrame(rows, columns=["channel", "row", "column", "value"]))


def _seen(name: str) -> dict[tuple[int, int], int]:
    """(row, column) -> value, for the cells of a table that can be seen."""
    if name == "red":
        return {(i, j): value for i, row in enumerate(RED) for j, value in enumerate(row)}
    top, last = GREEN_SEEN if name == "green" else BLUE_SEEN
    return {(0, j): value for j, value in enumerate(top)} | {(i, 3): value for i, value in enumerate(last, start=1)}


def _vector(sketch: Sketch, colours: dict[str, str]) -> None:
    firsts = {"red": RED[0], "green": GREEN_SEEN[0], "blue": BLUE_SEEN[0]}
    y = 6.78
    sketch.text(11.6, 3.6, "$x=$", size=0.6)
    for name, row in firsts.items():
        for value in (*map(str, row[:3]), r"$\vdots$"):
            sketch.text(13.1, y, value, size=0.42, colour=colours[name], bold=True)
            y -= 0.575
        sketch.text(14.0, y + 1.45, f"16,384\n{name}", size=0.4, colour=colours[name], ha="left")
    for x, turn in ((12.45, 0.18), (13.75, -0.18)):
        sketch.axes.plot((x + turn, x, x, x + turn), (7.05, 7.05, 0.1, 0.1), color=style.text_colour(),
                         linewidth=page.pt(1.8))  # fmt: skip
