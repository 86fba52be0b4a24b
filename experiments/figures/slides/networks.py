"""Networks as nodes and lines."""

from itertools import pairwise

import numpy as np
import pandas as pd

from experiments.figures import style
from experiments.figures.frame import Drawing
from experiments.figures.slides import page
from experiments.figures.slides.sketch import Point, Sketch, spread

LAYERS = (2, 3, 2, 1)
"""Units of the case study's network."""
DROPOUT = 0.2
_HIDDEN = (5, 5)
_SEED = 4
"""Of the weights and masks of the dropout figure."""


def layer_diagram() -> Drawing:
    """Input, two hidden layers and an output, with what each computes."""
    figure, (axes,) = page.panels((1, 1), (1, 1))
    sketch = Sketch(axes, 16, 7.2)
    places = (1.8, 5.9, 10.1, 14.2)
    sizes = (3, 5, 4, 3)
    names = ("input", "hidden layer", "hidden layer", "output layer")
    does = ("$I_1=x$", "$I_2=g(W^1I_1)$", "$I_3=g(W^2I_2)$", r"$\hat{y}=g^*(W^3I_3)$")
    usual = ("", "$g$: ReLU, tanh,\nsigmoid, …", "$g$: ReLU, tanh,\nsigmoid, …", "$g^*$: softmax,\nsigmoid, …")
    layers = []
    for number, (x, size, name, formula, activation) in enumerate(zip(places, sizes, names, does, usual, strict=True)):
        labels = ("$x_1$", "$x_2$", "$x_3$") if number == 0 else [""] * size
        colour = style.colour((0, 2, 2, 1)[number])
        layers.append(sketch.layer(x, spread(size, 4.15, 0.98), labels, colour=colour, radius=0.4, size=0.4))
        sketch.text(x, 6.75, name, bold=True, va="baseline")
        sketch.text(x, 1.3, formula)
        sketch.text(x, 0.45, activation, size=0.4, colour=style.muted())
    for left, right in pairwise(layers):
        sketch.connect(left, right)
    notes = [
        "each layer: a linear function of its inputs, then an activation function",
        "later layers stand for features of a higher level; the last one decides",
    ]
    page.finish(figure, "layer_diagram", notes=notes, room=(sketch.room, sketch.room))
    return Drawing(figure, pd.DataFrame({"layer": ["input", "hidden 1", "hidden 2", "output"], "units": sizes}))


def network_2321() -> Drawing:
    """The case study's network with its symbols and the count of its parameters."""
    figure, (axes,) = page.panels((1, 1), (1, 1))
    sketch = Sketch(axes, 16, 7.4)
    layers: list[list[Point]] = []
    for number, (x, size) in enumerate(zip((1.6, 6.0, 10.4, 14.4), LAYERS, strict=True)):
        words = [f"$I_{i + 1}^{number + 1}$" for i in range(size)]
        colour = style.colour((0, 2, 2, 1)[number])
        layers.append(sketch.layer(x, spread(size, 4.3, 2.05), words, colour=colour, radius=0.6, size=0.46))
        if number:
            for i, (_, y) in enumerate(layers[-1]):
                sketch.text(x, y - 0.92, rf"$\delta_{i + 1}^{number + 1}$", size=0.42, colour=style.colour(1))
    for left, right in pairwise(layers):
        sketch.connect(left, right, width=0.045)
    for number, (left, right) in enumerate(pairwise(layers), start=1):
        (x0, y0), (x1, y1) = left[0], right[0]
        share = 0.5
        sketch.text(x0 + share * (x1 - x0), y0 + share * (y1 - y0), f"$w_{{11}}^{number}$", covering=True)
    sketch.arrow((15.0, 4.3), (15.75, 4.3), width=0.07)
    sketch.text(15.55, 4.95, r"$\bar{y}$", size=0.5)
    counts = [(a, b, a * b, b) for a, b in pairwise(LAYERS)]
    for (a, b, weights, biases), (x, _) in zip(counts, ((3.7, 0), (8.1, 0), (12.0, 0)), strict=True):
        sketch.text(x, 0.5, rf"${a}\times{b}+{b}={weights + biases}$")
    sketch.text(15.0, 0.5, f"sum {sum(w + b for _, _, w, b in counts)}", bold=True)
    page.finish(
        figure,
        "network_2321",
        notes=[
            r"$I_i^l$: net input of unit $i$ in layer $l$, $I_j^{l+1}=\Sigma_i\,w_{ij}^l\,\sigma(I_i^l)+b_j^l$",
            r"$\delta_i^l=\partial E/\partial I_i^l$",
        ],
        room=(sketch.room, sketch.room),
    )
    table = pd.DataFrame(counts, columns=["inputs", "units", "weights", "biases"])
    return Drawing(figure, table.assign(parameters=table["weights"] + table["biases"]))


def perceptron_diagram() -> Drawing:
    """784 pixels, ten softmax units, no hidden layer."""
    figure, (axes,) = page.panels((1, 1), (1, 1))
    sketch = Sketch(axes, 16, 6.9)
    heights = [6.2, 5.25, 4.3, 1.7, 0.75]
    inputs = sketch.layer(4.2, heights, ("$x_1$", "$x_2$", "$x_3$", "", ""), radius=0.42, size=0.36)
    for (x, y), words in zip(inputs[3:], ("$x_{783}$", "$x_{784}$"), strict=True):
        sketch.text(x - 0.6, y, words, ha="right", size=0.42)
    sketch.text(4.2, 3.0, r"$\vdots$", size=0.8)
    outputs = sketch.layer(
        10.6, spread(10, 3.45, 0.68), [str(k) for k in range(10)], colour=style.colour(1), radius=0.3, size=0.36
    )
    sketch.connect(inputs, outputs, width=0.022)
    sketch.text(1.4, 3.45, "28 × 28\n= 784\npixels")
    sketch.arrow((2.5, 3.45), (3.5, 3.45), width=0.08)
    sketch.text(13.9, 3.45, "softmax:\nten probabilities\nthat add to 1")
    sketch.arrow((11.1, 3.45), (11.9, 3.45), width=0.08)
    subtitle = r"$784\times 10$ weights and 10 biases: 7,850 parameters"
    page.finish(figure, "perceptron_diagram", subtitle=subtitle, notes=["no hidden layer: every pixel to every output"],
                room=(sketch.room, sketch.room))  # fmt: skip
    table = pd.DataFrame({"inputs": [784], "units": [10], "weights": [7840], "biases": [10], "parameters": [7850]})
    return Drawing(figure, table)


def dropout_masks() -> Drawing:
    """A network with large and small weights, and the units that are left out in three steps."""
    random = np.random.default_rng(_SEED)
    sizes = (3, *_HIDDEN, 1)
    weights = [random.normal(size=(a, b)) for a, b in pairwise(sizes)]
    figure, panels = page.panels((1, 4), (2, 2))
    rows = []
    for step, axes in enumerate(panels):
        sketch = Sketch(axes, 6.4, 8.6, share=0.48 if page.slim() else 0.24)
        kept = [np.ones(3, bool), *(random.random(n) >= DROPOUT for n in _HIDDEN), np.ones(1, bool)]
        if step == 0:
            kept = [np.ones(n, bool) for n in sizes]
        places = [[(0.8 + 1.6 * k, y) for y in spread(n, 4.1, 1.5)] for k, n in enumerate(sizes)]
        for k, matrix in enumerate(weights):
            for i, start in enumerate(places[k]):
                for j, end in enumerate(places[k + 1]):
                    if kept[k][i] and kept[k + 1][j]:
                        sketch.line(start, end, width=0.02 + 0.055 * abs(matrix[i, j]), alpha=0.8)
        for k, layer in enumerate(places):
            for i, (x, y) in enumerate(layer):
                on = bool(kept[k][i])
                sketch.node(x, y, "" if on else "×", off=not on, radius=0.46, size=0.8,
                            colour=style.colour((0, 2, 2, 1)[k]))  # fmt: skip
                if k in (1, 2):
                    rows.append((step, k, i + 1, on))
        sketch.text(3.2, 8.0, f"step {step}" if step else "all units", bold=True, size=0.62, va="baseline")
    page.finish(
        figure,
        "dropout_masks",
        subtitle="dropout = 0.2: each hidden unit is left out with probability 0.2",
        notes=[
            r"new units at every step; the others count $1/(1-0.2)=1.25$ times",
            "when the network is used nothing is left out",
            "thick line: large weight",
        ],
        room=(sketch.room, 2 * sketch.room + 0.2),
    )
    return Drawing(figure, pd.DataFrame(rows, columns=["step", "hidden_layer", "unit", "kept"]))
