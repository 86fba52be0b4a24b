"""Gradient descent along one parameter."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from experiments.figures import style
from experiments.figures.frame import Drawing
from experiments.figures.slides import page
from experiments.figures.slides.sketch import Sketch

RATES = {"small": 0.05, "adequate": 0.25, "too large": 0.9, "far too large": 1.05}
"""For L = θ², whose curvature is 2: no overshooting below 1/2, no convergence above 1."""
X, TARGET, START, RATE = 1.5, 0.5, 0.8, 0.1
"""The network of one weight: input, wanted output, first weight, learning rate."""


def descend(slope: np.poly1d, start: float, rate: float, steps: int) -> np.ndarray:
    """start, and what θ <- θ - rate * slope(θ) makes of it: steps + 1 values."""
    path = [start]
    for _ in range(steps):
        path.append(path[-1] - rate * float(slope(path[-1])))
    return np.array(path)


def descent_steps() -> Drawing:
    """A function with two minima: the steps shorten as the slope does, and end in the nearer minimum."""
    loss = np.poly1d([0.25, 0, -1, 0.3, 2])
    path = descend(loss.deriv(), 2.35, 0.05, 14)
    figure, (axes,) = page.panels((1, 1), (1, 1))
    theta = np.linspace(-2.35, 2.5, 300)
    axes.plot(theta, loss(theta), color=style.colour(0), linewidth=page.pt(2.8), label="loss")
    _walk(axes, path, loss(path))
    lowest, local = sorted((r.real for r in loss.deriv().roots if loss.deriv(2)(r) > 0), key=loss)
    for x, words, place in ((local, "local minimum", (0.95, 0.45)), (lowest, "global minimum", (-1.2, -0.45))):
        axes.annotate(
            words, (x, loss(x)), xytext=place, va="center", ha="center",
            arrowprops={"arrowstyle": "-", "color": style.muted(), "linewidth": page.pt(1), "shrinkB": page.pt(5)},
        )  # fmt: skip
    axes.annotate(r"start $\theta_0$", (path[0], loss(path[0])), (page.pt(-10), 0), textcoords="offset points",
                  ha="right", va="center")  # fmt: skip
    axes.set_xlabel(r"parameter $\theta$")
    axes.set_ylabel(r"loss $L(\theta)$")
    axes.set_xlim(-2.4, 2.6)
    axes.set_ylim(-0.8, 5.2)
    page.finish(
        figure,
        "descent_steps",
        subtitle=r"$\theta_{i+1}=\theta_i-\gamma\,\frac{\partial L}{\partial\theta}(\theta_i)$",
        notes=[
            r"$L(\theta)=\theta^4/4-\theta^2+0.3\,\theta+2$",
            r"learning rate $\gamma=0.05$, 14 steps",
            "the start decides which minimum is found",
        ],
    )
    return Drawing(figure, pd.DataFrame({"step": range(len(path)), "theta": path, "loss": loss(path)}))


def learning_rate_paths() -> Drawing:
    """Four learning rates on a parabola: slow, fast, to and fro, and away."""
    loss = np.poly1d([1, 0, 0])
    figure, panels = page.panels((1, 4), (2, 2), sharex=True, sharey=True)
    theta = np.linspace(-2, 2, 200)
    tables = []
    for axes, (name, rate) in zip(panels, RATES.items(), strict=True):
        path = descend(loss.deriv(), 1.0, rate, 6)
        axes.plot(theta, loss(theta), color=style.colour(0), label="loss")
        _walk(axes, path, loss(path))
        axes.set_title(f"{name}\n$\\gamma={rate:g}$", fontweight="normal")
        axes.set(xlim=(-2, 2), ylim=(-0.12, 3.6), xticks=(-2, -1, 0, 1, 2))
        tables.append(pd.DataFrame({"rate": rate, "step": range(len(path)), "theta": path, "loss": loss(path)}))
    across = 2 if page.slim() else 4
    for axes in panels[-across:]:
        axes.set_xlabel(r"parameter $\theta$")
    for axes in panels[::across]:
        axes.set_ylabel(r"loss $L(\theta)$")
    page.finish(
        figure,
        "learning_rate_paths",
        subtitle=r"Six steps of gradient descent on $L(\theta)=\theta^2$ from $\theta_0=1$",
        notes=[
            r"with curvature $a=2$: straight down for $\gamma<1/a$",
            r"to and fro up to $2/a$",
            r"away from the minimum beyond $2/a$",
        ],
        room=(2.8, 4.6),
    )
    return Drawing(figure, pd.concat(tables, ignore_index=True))


def one_weight_parabola() -> Drawing:
    """A network of one weight; its loss as a function of the output and of the weight, with the slope at the start."""
    figure, (scheme, by_output, by_weight) = page.panels(
        (1, 3), (3, 1), **({"height_ratios": (0.5, 1, 1)} if page.slim() else {"width_ratios": (0.95, 1, 1)})
    )
    sketch = Sketch(scheme, 6, 2.8, share=0.48 if page.slim() else 0.25)
    y = X * START
    nodes = ((0.8, f"$x$\n{X:g}", 0), (3.0, f"$\\times\\,w$\n{START:g}", 2), (5.2, f"$y$\n{y:g}", 0))
    for at, words, number in nodes:
        sketch.node(at, 1.9, words, radius=0.68, colour=style.colour(number))
    sketch.arrow((0.8, 1.9), (3.0, 1.9), gap=0.72, width=0.07)
    sketch.arrow((3.0, 1.9), (5.2, 1.9), gap=0.72, width=0.07)
    sketch.text(5.2, 0.5, f"wanted\n{TARGET:g}")

    tables = []
    for axes, scale, start, symbol in ((by_output, 1.0, y, "y"), (by_weight, X, START, "w")):
        loss = np.poly1d([scale, -TARGET]) ** 2
        slope = float(loss.deriv()(start))
        at = np.linspace(-0.25, 1.45, 200)
        axes.plot(at, loss(at), color=style.colour(0), linewidth=page.pt(2.6), label="loss")
        touching = np.array([start - 0.32, start + 0.25])
        axes.plot(
            touching, loss(start) + slope * (touching - start), color=style.colour(1), linewidth=page.pt(2.2),
            label="tangent",
        )  # fmt: skip
        path = descend(np.poly1d([2 * X**2, -2 * X * TARGET]), START, RATE, 5) * (X if symbol == "y" else 1)
        axes.plot(path, loss(path), "o", color=style.colour(1), markersize=page.pt(6), label="iterates", zorder=4)
        axes.set_title(rf"slope $\partial L/\partial {symbol}={slope:.1f}$", fontweight="normal",
                       fontsize=page.pt(11))  # fmt: skip
        axes.set_xlabel({"y": "output $y$", "w": "weight $w$"}[symbol])
        axes.set_ylabel({"y": "$L=(y-0.5)^2$", "w": "$L=(1.5\\,w-0.5)^2$"}[symbol])
        axes.set(xlim=(-0.25, 1.45), ylim=(-0.04, 1.0))
        tables.append(
            pd.DataFrame({"variable": symbol, "value": path, "loss": loss(path), "slope": loss.deriv()(path)})
        )
    page.finish(
        figure,
        "one_weight_parabola",
        subtitle=r"$y=x\,w$, $\;\;L=(y-d)^2$ with $x=1.5$ and $d=0.5$",
        notes=[r"points: $w$ = 0.8 and five steps with $\eta$ = 0.1", "line: tangent at the start"],
        room=(2.8, 6.4),
    )
    return Drawing(figure, pd.concat(tables, ignore_index=True))


def one_weight_steps() -> Drawing:
    """The same weight, step by step: the loss, and the weight as it comes to one third."""
    loss = np.poly1d([X, -TARGET]) ** 2
    path = descend(loss.deriv(), START, RATE, 10)
    figure, (left, right) = page.panels((1, 2), (2, 1))
    w = np.linspace(-0.1, 0.95, 200)
    left.plot(w, loss(w), color=style.colour(0), linewidth=page.pt(2.8), label="loss")
    _walk(left, path[:6], loss(path[:6]))
    left.set(xlim=(-0.1, 0.95), ylim=(-0.03, 0.75))
    left.set_xlabel("weight $w$")
    left.set_ylabel("loss $L(w)=(1.5\\,w-0.5)^2$")
    left.set_title("large slope, large step", fontweight="normal")

    right.axhline(1 / 3, color=style.muted(), linewidth=page.pt(1.4), linestyle=(0, (4, 2)), label="limit")
    right.plot(range(len(path)), path, "o-", color=style.colour(1), markersize=page.pt(6), label="weight")
    for step, value in enumerate(path[:4]):
        right.annotate(f"{value:.4g}", (step, value), [page.pt(7), page.pt(4)], textcoords="offset points")
    right.annotate("limit 1/3", (0, 1 / 3), (0, page.pt(-5)), textcoords="offset points", va="top")
    right.set(xlim=(-0.4, 10.4), ylim=(0.25, 0.88), xticks=range(0, 11, 2))
    right.set_xlabel("step")
    right.set_ylabel("weight $w$")
    right.set_title("the distance shrinks by 0.55 a step", fontweight="normal")
    page.finish(
        figure,
        "one_weight_steps",
        subtitle=r"$w_{t+1}=w_t-\eta\,(4.5\,w_t-1.5)$ with $\eta=0.1$, from $w_0=0.8$",
        room=(2.9, 5.6),
    )
    table = pd.DataFrame({"step": range(len(path)), "w": path, "slope": loss.deriv()(path), "loss": loss(path)})
    return Drawing(figure, table)


def _walk(axes: Axes, x: np.ndarray, y: np.ndarray) -> None:
    """The steps as arrows from point to point."""
    axes.plot(x, y, "o", color=style.colour(1), markersize=page.pt(5.5), label="iterates", zorder=5)
    for i in range(len(x) - 1):
        axes.annotate(
            "", (x[i + 1], y[i + 1]), (x[i], y[i]), zorder=4,
            arrowprops={
                "arrowstyle": "-|>", "color": style.colour(1), "linewidth": page.pt(1.5), "shrinkA": 0,
                "shrinkB": page.pt(2), "mutation_scale": page.pt(11),
            },
        )  # fmt: skip
