"""What happens in which order: boxes and arrows."""

from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.patches import Ellipse, Polygon

from experiments.figures import style
from experiments.figures.frame import Drawing
from experiments.figures.slides import page
from experiments.figures.slides.sketch import Point, Sketch, spread

ANIMALS = ("snake", "fish", "bear")
ANIMAL_SCORES = (0.2, 2.1, 0.9)
"""Made up: the slide's probabilities are lost."""
CHOICES = {
    "architecture": (("trainable layers", "4"), ("units", "3 × 1024, 10"), ("activations", "ReLU, softmax")),
    "learning": (
        ("optimizer", "SGD"),
        ("learning rate", "0.01"),
        ("momentum", "0.9"),
        ("learning-rate decay", "1e-6"),
        ("loss", "cross-entropy"),
        ("batch size", "100"),
        ("epochs", "5"),
    ),
}
"""Hyperparameters and what the lecture chooses for MNIST."""


def backpropagation_scheme() -> Drawing:
    """Forward from x to the loss, backward from the loss to every weight."""
    figure, (axes,) = page.panels((1, 1), (1, 1))
    sketch = Sketch(axes, 16, 7.2)
    places = (3.0, 6.6, 10.2)
    sketch.text(0.55, 4.6, "$x$", size=0.6)
    words = ("layer $1$", "layer $l$", "layer $L$")
    for x, name in zip(places, words, strict=True):
        sketch.box(x, 3.8, 2.0, 3.2, name)
    sketch.box(14.0, 3.8, 2.6, 3.2, "$E(\\hat{y},y)$\nloss", colour=style.colour(3))
    forward = style.colour(0)
    for start, end, label in (
        (0.9, 1.95, ""),
        (4.05, 5.55, "$I_l$"),
        (7.65, 9.15, "$I_L$"),
        (11.25, 12.65, r"$\hat{y}$"),
    ):
        sketch.arrow((start, 4.6), (end, 4.6), colour=forward, width=0.09)
        sketch.text((start + end) / 2, 5.15, label)
    sketch.text(14.0, 6.6, "$y$", size=0.5)
    sketch.arrow((14.0, 6.3), (14.0, 5.45), colour=forward, width=0.09)
    backward = style.colour(1)
    for start, end, label in (
        (12.65, 11.25, r"$\delta_{L+1}$"),
        (9.15, 7.65, r"$\delta_L$"),
        (5.55, 4.05, r"$\delta_l$"),
    ):
        sketch.arrow((start, 3.0), (end, 3.0), colour=backward, width=0.09)
        sketch.text((start + end) / 2, 2.45, label)
    for x, upper in zip(places, ("1", "l", "L"), strict=True):
        sketch.arrow((x, 2.15), (x, 1.25), colour=backward, width=0.09)
        sketch.text(x, 0.7, rf"$\partial E/\partial w_{{ij}}^{{{upper}}}$", size=0.5)
    sketch.text(6.6, 6.6, "forward: inputs of the layers, prediction, loss", colour=forward, bold=True, size=0.42)
    sketch.text(13.9, 1.0, "backward:\nsensitivities\nand gradients", colour=backward, bold=True, size=0.42)
    page.finish(
        figure,
        "backpropagation_scheme",
        notes=[
            r"$I_l$: input of layer $l$",
            r"$\delta_l=\partial E/\partial I_l$, computed from $\delta_{l+1}$",
            r"from $I_l$ and $\delta_{l+1}$ comes $\partial E/\partial w_{ij}^l$",
        ],
        room=(sketch.room, sketch.room),
    )
    return Drawing(figure)


def hyperparameters_overview() -> Drawing:
    """A tree: those of the architecture and those of the learning, with the lecture's choices for MNIST."""
    figure, (axes,) = page.panels((1, 1), (1, 1))
    sketch = Sketch(axes, 16, 7.4)
    sketch.box(1.85, 3.7, 3.5, 1.4, "hyper-\nparameters", bold=True, size=0.42)
    top = 7.1
    rows = []
    for number, (branch, choices) in enumerate(CHOICES.items()):
        colour = style.colour((2, 1)[number])
        heights = [top - 0.7 * i for i in range(len(choices))]
        middle = (heights[0] + heights[-1]) / 2
        sketch.box(6.0, middle, 3.5, 1.0, branch, colour=colour, bold=True)
        sketch.line((3.6, 3.7), (4.25, middle), width=0.06)
        for y, (name, value) in zip(heights, choices, strict=True):
            sketch.line((7.75, middle), (8.35, y), width=0.045, colour=colour)
            sketch.text(8.5, y, name, ha="left", size=0.42)
            sketch.text(13.1, y, value, ha="left", size=0.4, colour=style.muted())
            rows.append((branch, name, value))
        top = heights[-1] - 0.95
    notes = ["in grey: what the lecture chooses for MNIST", "training finds the weights; these are chosen before it"]
    page.finish(figure, "hyperparameters_overview", notes=notes, room=(sketch.room, sketch.room))
    return Drawing(figure, pd.DataFrame(rows, columns=["group", "hyperparameter", "value"]))


def three_animals() -> Drawing:
    """A picture of a fish, a network, three probabilities, the wanted ones, and the loss."""
    figure, (axes,) = page.panels((1, 1), (1, 1))
    sketch = Sketch(axes, 16, 7.0)
    probabilities = np.exp(ANIMAL_SCORES) / np.exp(ANIMAL_SCORES).sum()
    sketch.box(2.0, 3.6, 3.4, 3.4, colour=style.colour(5))
    fish = style.colour(0)
    axes.add_patch(Ellipse((1.85, 3.6), 1.9, 1.1, facecolor=fish, zorder=4))
    axes.add_patch(Polygon([(2.6, 3.6), (3.3, 4.2), (3.3, 3.0)], facecolor=fish, zorder=4))
    axes.add_patch(Ellipse((1.35, 3.75), 0.18, 0.18, facecolor=style.ground(), zorder=5))
    sketch.arrow((3.75, 3.6), (4.7, 3.6), width=0.08)
    hidden = sketch.layer(5.4, spread(4, 3.6, 1.15), colour=style.colour(2), radius=0.36)
    outputs = sketch.layer(7.9, spread(3, 3.6, 1.5), colour=style.colour(1), radius=0.36)
    sketch.connect(hidden, outputs)
    for (x, y), name, p, wanted in zip(outputs, ANIMALS, probabilities, (0, 1, 0), strict=True):
        sketch.arrow((x + 0.36, y), (x + 1.05, y), width=0.05)
        sketch.text(9.1, y, name, ha="left")
        axes.barh(y, 2.4 * p, left=10.6, height=0.6, color=style.colour(0), zorder=4, label=name)
        sketch.text(10.75 + 2.4 * p, y, f"{p:.2f}", ha="left")
        sketch.text(14.6, y, str(wanted), bold=bool(wanted), size=0.5)
    sketch.line((10.6, 1.5), (10.6, 5.7))
    for x, words in ((2.0, "picture"), (6.6, "network"), (11.3, "probabilities $p_i$"), (14.6, "wanted $y_i$")):
        sketch.text(x, 6.4, words, bold=True, size=0.42, va="baseline")
    loss = -np.log(probabilities[1])
    sketch.text(8.0, 0.5, rf"$E=-\Sigma_i\,y_i\,\log\,p_i=-\log\,{probabilities[1]:.2f}={loss:.2f}$", size=0.5)
    notes = [
        "probabilities made up; natural logarithm",
        f"three equal probabilities would cost log 3 = {np.log(3):.2f}",
    ]
    page.finish(figure, "three_animals", notes=notes, room=(sketch.room, sketch.room))
    table = pd.DataFrame({"class": ANIMALS, "probability": probabilities, "wanted": (0, 1, 0)})
    return Drawing(figure, table.assign(loss_term=-table["wanted"] * np.log(table["probability"])))


def training_procedure() -> Drawing:
    """The loop: forward, loss, backward, update, until the error is small."""
    figure, (axes,) = page.panels((1, 1), (1, 1))
    sketch = Sketch(axes, 16, 7.4)
    sketch.box(1.9, 5.6, 3.0, 1.5, "training\nexamples $x$", colour=style.colour(5))
    sketch.box(6.6, 5.6, 3.6, 1.7, "network\nwith $W$ and $b$")
    sketch.box(11.2, 5.6, 2.6, 1.5, "prediction\n$\\hat{y}$")
    sketch.box(14.4, 3.3, 2.6, 1.5, "loss\n$E(\\hat{y},y)$", colour=style.colour(3))
    sketch.box(11.2, 1.2, 3.4, 1.5, "right\nanswers $y$", colour=style.colour(5))
    sketch.box(6.6, 2.4, 3.6, 1.7, "optimizer\nnew $W$ and $b$", colour=style.colour(1))
    forward, backward = style.colour(0), style.colour(1)
    sketch.arrow((3.45, 5.6), (4.75, 5.6), colour=forward, width=0.09)
    sketch.arrow((8.45, 5.6), (9.85, 5.6), colour=forward, width=0.09)
    sketch.arrow((12.5, 5.3), (14.0, 4.1), colour=forward, width=0.09, bend=-0.2)
    sketch.arrow((12.95, 1.2), (14.2, 2.5), colour=forward, width=0.09, bend=0.2)
    sketch.arrow((13.1, 3.2), (8.45, 2.6), colour=backward, width=0.09)
    sketch.text(10.8, 3.4, "gradients", colour=backward)
    sketch.arrow((6.6, 3.3), (6.6, 4.7), colour=backward, width=0.09)
    sketch.text(6.4, 4.0, "update", ha="right", colour=backward)
    sketch.text(2.1, 2.4, "start: random\nweights\n\nstop: error\nsmall enough", size=0.4, colour=style.muted())
    sketch.text(7.6, 6.9, "forward pass", bold=True, colour=forward)
    sketch.text(6.6, 0.7, "backward pass", bold=True, colour=backward)
    page.finish(figure, "training_procedure", room=(sketch.room, sketch.room))
    return Drawing(figure)


def three_phases() -> Drawing:
    """Forward, backward and update on the same small network."""
    figure, panels = page.panels((1, 3), (3, 1))
    phases = (
        ("1  forward", "outputs, then the loss", 0),
        ("2  backward", "gradients, from the loss back", 1),
        ("3  update", r"$w \leftarrow w-\eta\;\partial L/\partial w$", 2),
    )
    for number, (axes, (name, words, colour)) in enumerate(zip(panels, phases, strict=True)):
        sketch = Sketch(axes, 9.2, 9.6, share=0.55 if page.slim() else 0.325)
        layers: list[list[Point]] = [[(x, y) for y in spread(n, 4.8, 2.3)] for x, n in ((0.8, 2), (3.4, 3), (6.0, 1))]
        for left, right in pairwise(layers):
            for start in left:
                for end in right:
                    if number == 2:
                        sketch.line(start, end, width=0.13, colour=style.colour(colour))
                    else:
                        way = (start, end) if number == 0 else (end, start)
                        sketch.arrow(*way, gap=0.5, width=0.06, colour=style.colour(colour))
        for layer in layers:
            for x, y in layer:
                sketch.node(x, y, colour=style.muted(), radius=0.45)
        sketch.box(8.4, 4.8, 1.4, 1.4, "$L$", colour=style.colour(3), size=0.62)
        if number < 2:
            ends = ((6.5, 4.8), (7.7, 4.8))
            sketch.arrow(*(ends if number == 0 else ends[::-1]), width=0.09, colour=style.colour(colour))
        sketch.text(4.6, 8.8, name, bold=True, size=0.72, va="baseline", colour=style.colour(colour))
        sketch.text(4.6, 0.6, words, size=0.6)
    page.finish(figure, "three_phases", notes=["repeated for every batch of training examples"],
                room=(sketch.room, 3 * sketch.room + 0.3))  # fmt: skip
    return Drawing(figure)


def weight_chain() -> Drawing:
    """Four weights in a row, and the factors of one derivative."""
    figure, (axes,) = page.panels((1, 1), (1, 1))
    sketch = Sketch(axes, 16, 6.6)
    places = [1.0 + 2.9 * i for i in range(5)]
    for i, x in enumerate(places):
        sketch.node(x, 4.4, f"$a_{4 - i}$", radius=0.6, size=0.52, colour=style.colour(0 if i else 5))
    for i, (x0, x1) in enumerate(pairwise(places)):
        sketch.arrow((x0 + 0.6, 4.4), (x1 - 0.6, 4.4), width=0.08)
        sketch.text((x0 + x1) / 2, 4.85, f"$w_{3 - i}$", size=0.5)
    sketch.arrow((places[-1] + 0.6, 4.4), (14.5, 4.4), width=0.08)
    sketch.box(15.15, 4.4, 1.4, 1.3, "$L$", colour=style.colour(3), size=0.56)
    backward = style.colour(1)
    sketch.arrow((15.15, 3.6), (12.75, 3.4), bend=-0.3, colour=backward, width=0.07)
    sketch.text(14.1, 2.55, r"$\frac{\partial L}{\partial a_0}=2(a_0-d)$", size=0.5)
    for i in (3, 2, 1):
        x1, x0 = places[i + 1], places[i]
        sketch.arrow((x1 - 0.15, 3.6), (x0 + 0.15, 3.6), bend=-0.3, colour=backward, width=0.07)
        factor = rf"$\frac{{\partial a_{3 - i}}}{{\partial a_{4 - i}}}=w_{3 - i}$"
        sketch.text((x0 + x1) / 2 - (0.25 if i == 3 else 0), 2.55, factor, size=0.5)
    sketch.arrow((places[1] - 0.15, 3.6), ((places[0] + places[1]) / 2, 4.15), bend=-0.25, colour=backward, width=0.07)
    sketch.text((places[0] + places[1]) / 2 - 0.3, 2.55, r"$\frac{\partial a_3}{\partial w_3}=a_4$", size=0.5)
    sketch.text(8.0, 0.8, r"$w_3'=w_3-\eta\;a_4\,w_2\,w_1\,w_0\,2(a_0-d)$", size=0.62)
    sketch.text(8.0, 6.0, r"forward: $a_k=w_k\,a_{k+1}$, $\;\;L=(a_0-d)^2$", size=0.5)
    notes = ["linear units; with an activation function each factor also has its derivative"]
    page.finish(figure, "weight_chain", notes=notes, room=(sketch.room, sketch.room))
    return Drawing(figure)
