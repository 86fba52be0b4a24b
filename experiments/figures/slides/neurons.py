"""Single neurons, and what they are put together to."""

from itertools import pairwise

import numpy as np
import pandas as pd

from experiments.figures import style
from experiments.figures.frame import Drawing
from experiments.figures.slides import page
from experiments.figures.slides.curves import sigmoid
from experiments.figures.slides.sketch import Sketch, spread


def artificial_neuron() -> Drawing:
    """Inputs, weights, sum, activation and output, each under the part of a nerve cell that it stands for."""
    figure, (axes,) = page.panels((1, 1), (1, 1))
    sketch = Sketch(axes, 16, 7.1)
    inputs = sketch.layer(1.2, (4.75, 3.5, 0.8), ("$x_1$", "$x_2$", "$x_n$"), radius=0.5)
    sketch.text(1.2, 2.25, r"$\vdots$", size=0.7)
    for (x, y), words in zip(inputs, ("$w_1$", "$w_2$", "$w_n$"), strict=True):
        sketch.arrow((x, y), (7.0, 3.3), gap=(0.55, 0.95), width=0.06)
        sketch.text(x + 0.42 * 5.8, y + 0.42 * (3.3 - y), words, covering=True)
    sketch.node(7.0, 3.3, r"$\Sigma$", radius=0.9, size=0.8, colour=style.colour(2))
    sketch.node(7.0, 0.6, "$+1$", radius=0.5, colour=style.muted())
    sketch.arrow((7.0, 1.1), (7.0, 2.38), width=0.06)
    sketch.text(7.25, 1.7, "bias $b=-\\theta$", ha="left", size=0.42)
    sketch.arrow((7.9, 3.3), (9.88, 3.3), width=0.07)
    sketch.text(8.85, 3.7, "$z$")
    sketch.box(10.8, 3.3, 1.9, 1.7, colour=style.colour(1))
    sketch.text(10.8, 3.3, "$g(z)$", size=0.5)
    sketch.arrow((11.75, 3.3), (14.1, 3.3), width=0.07)
    sketch.node(14.7, 3.3, "$y$", radius=0.6, size=0.5)
    for x, name, stands_for in (
        (1.2, "inputs", "axons of\nother cells"), (4.1, "weights", "synapses"), (7.0, "sum", "dendrites\nand soma"),
        (10.8, "activation", "threshold\nof the soma"), (14.7, "output", "axon"),
    ):  # fmt: skip
        sketch.text(x, 6.6, name, bold=True, size=0.42, va="baseline")
        sketch.text(x, 6.45, stands_for, size=0.4, colour=style.muted(), va="top")
    page.finish(
        figure,
        "artificial_neuron",
        subtitle=r"$y=g(z)$, $z=\Sigma_i\,w_ix_i+b$; with a step function it fires when $\Sigma_i\,w_ix_i\geq\theta$",
        notes=["in grey: the part of a nerve cell that it stands for"],
        room=(sketch.room, sketch.room),
    )
    return Drawing(figure)


def feedforward_recurrent() -> Drawing:
    """All arrows forward on the left; arrows back and loops on the right."""
    figure, panels = page.panels((1, 2), (2, 1))
    for axes, recurrent in zip(panels, (False, True), strict=True):
        sketch = Sketch(axes, 8.4, 6.9, share=1 if page.slim() else 0.49)
        layers = [
            sketch.layer(x, spread(n, 3.15, 1.7), colour=style.colour(c), radius=0.45)
            for x, n, c in ((1.0, 3, 0), (4.2, 3, 2), (7.4, 2, 1))
        ]
        for left, right in pairwise(layers):
            for start in left:
                for end in right:
                    sketch.arrow(start, end, gap=0.5, width=0.04)
        if recurrent:
            for x, y in layers[1]:
                sketch.arrow((x - 0.28, y + 0.4), (x + 0.28, y + 0.4), bend=-1.7, colour=style.colour(1), width=0.07)
            sketch.arrow((layers[2][0][0], layers[2][0][1] + 0.45), (layers[1][0][0] + 0.4, layers[1][0][1] + 0.3),
                         bend=0.35, colour=style.colour(1), width=0.07)  # fmt: skip
            sketch.arrow((layers[2][1][0], layers[2][1][1] - 0.45), (layers[1][2][0] + 0.4, layers[1][2][1] - 0.3),
                         bend=-0.35, colour=style.colour(1), width=0.07)  # fmt: skip
        sketch.text(4.2, 6.4, "recurrent" if recurrent else "feed-forward", bold=True, size=0.5, va="baseline")
        sketch.text(4.2, 0.2, "has a state: output depends on the past" if recurrent else
                    "no state: same input, same output", size=0.4)  # fmt: skip
    notes = ["thick arrows on the right-hand network: connections back"] if not page.slim() else [
        "thick arrows of the lower network: connections back"
    ]  # fmt: skip
    page.finish(figure, "feedforward_recurrent", notes=notes, room=(sketch.room, 2 * sketch.room + 0.2))
    return Drawing(figure)


def stacked_units() -> Drawing:
    """Layers of the same simple unit, one of them enlarged."""
    figure, (axes,) = page.panels((1, 1), (1, 1))
    sketch = Sketch(axes, 16, 7.1)
    layers = [
        sketch.layer(x, spread(n, 3.5, 1.15), radius=0.36, colour=style.colour(0 if k == 0 else 1 if k == 4 else 2))
        for k, (x, n) in enumerate(((0.7, 4), (2.3, 5), (3.9, 5), (5.5, 5), (7.1, 3)))
    ]
    for left, right in pairwise(layers):
        sketch.connect(left, right, width=0.025)
    x, y = layers[3][1]
    sketch.node(x, y, radius=0.5, colour=style.colour(1))
    for corner in (6.2, 0.7):
        sketch.line((x + 0.25, y + (0.42 if corner > 3 else -0.42)), (9.0, corner), width=0.03)
    sketch.box(12.4, 3.45, 6.8, 5.8, colour=style.colour(2))
    for height, words in ((5.2, "$x_1$"), (3.7, "$x_2$"), (2.2, "$x_3$")):
        sketch.text(9.6, height, words)
        sketch.arrow((9.95, height), (12.0, 3.7), gap=(0, 0.68), width=0.05)
    sketch.node(12.0, 3.7, r"$\Sigma$", radius=0.62, size=0.6)
    sketch.arrow((12.62, 3.7), (13.4, 3.7), width=0.06)
    sketch.node(14.0, 3.7, "$g$", radius=0.62, size=0.55, colour=style.colour(1))
    sketch.arrow((14.62, 3.7), (15.55, 3.7), width=0.06)
    sketch.text(12.4, 1.35, "linear sum, then\nnon-linear function")
    sketch.text(12.4, 5.85, "one unit", bold=True)
    sketch.text(3.9, 6.6, "a network", bold=True)
    notes = ["the units are simple; what they can do comes from their number and their adjustable weights"]
    page.finish(figure, "stacked_units", subtitle=r"every unit computes $g(\Sigma_i\,w_ix_i+b)$", notes=notes,
                room=(sketch.room, sketch.room))  # fmt: skip
    return Drawing(figure)


def sigmoid_and_network() -> Drawing:
    """Logistic regression as a network of one unit, and its sigmoid."""
    figure, (scheme, curve) = page.panels((1, 2), (2, 1))
    sketch = Sketch(scheme, 8.4, 6.4, share=0.66 if page.slim() else 0.47)
    inputs = sketch.layer(0.8, (5.6, 4.1, 1.2), ("$x_1$", "$x_2$", "$x_n$"), radius=0.55)
    sketch.text(0.8, 2.65, r"$\vdots$", size=0.7)
    for (x, y), words in zip(inputs, ("$w_1$", "$w_2$", "$w_n$"), strict=True):
        sketch.arrow((x, y), (4.5, 3.2), gap=(0.6, 0.9), width=0.06)
        sketch.text(x + 0.45 * 3.7, y + 0.45 * (3.2 - y), words, covering=True, size=0.42)
    sketch.node(4.5, 3.2, r"$\sigma(z)$", radius=0.85, colour=style.colour(2), size=0.5)
    sketch.arrow((5.35, 3.2), (7.0, 3.2), width=0.06)
    sketch.node(7.6, 3.2, r"$\hat{y}$", radius=0.55, colour=style.colour(1), size=0.5)
    sketch.text(4.6, 1.7, r"$z=w^Tx+b$")
    sketch.text(6.6, 4.3, r"$\hat{y}=P(y=1\,|\,x)$", size=0.42)

    z = np.linspace(-8, 8, 241)
    curve.plot(z, sigmoid(z), color=style.colour(0), linewidth=page.pt(2.8), label="sigmoid")
    curve.plot(0, 0.5, "o", color=style.colour(1), markersize=page.pt(7), zorder=4)
    curve.annotate(r"$\sigma(0)=0.5$", (0, 0.5), (page.pt(10), page.pt(-4)), textcoords="offset points", va="center")
    for level in (0, 1):
        curve.axhline(level, color=style.muted(), linewidth=page.pt(1), linestyle=(0, (4, 2)), zorder=1)
    curve.set(xlim=(-8, 8), ylim=(-0.06, 1.08))
    curve.set_xlabel("$z$")
    curve.set_ylabel(r"$\sigma(z)$")
    page.finish(
        figure,
        "sigmoid_and_network",
        subtitle=r"$\hat{y}=\sigma(w^Tx+b)$, $\;\;\sigma(z)=1/(1+e^{-z})$",
        notes=[r"close to 1 for large $z$ and to 0 for very negative $z$; a $z$ close to 0 gives about one half"],
        room=(2.9, 5.8),
    )
    return Drawing(figure, pd.DataFrame({"z": z, "sigmoid": sigmoid(z)}))
