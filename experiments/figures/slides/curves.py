"""Activation functions and losses as curves of one variable."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from experiments.figures import style
from experiments.figures.frame import Drawing
from experiments.figures.slides import page

_DASHED = (0, (3.2, 1.6))
ALPHAS = (0.25, 0.5, 1.0, 2.0, 4.0)
GAMMAS = (0.0, 0.5, 1.0, 2.0, 5.0)
SLOPE = 0.1
"""Of the leaky ReLU below zero."""


def sigmoid(z: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-z))."""
    return np.asarray(1 / (1 + np.exp(-z)))


def activation_curves() -> Drawing:
    """ReLU, sigmoid and tanh, a panel each."""
    z = _around_zero(5)
    shown = {
        "ReLU": (np.maximum(0, z), r"$g(z)=\max\{0,z\}$"),
        "sigmoid": (sigmoid(z), r"$g(z)=1/(1+e^{-z})$"),
        "tanh": (2 * sigmoid(2 * z) - 1, r"$g(z)=2\sigma(2z)-1$"),
    }
    figure, panels = page.panels((1, 3), (3, 1))
    for number, (axes, (name, (g, formula))) in enumerate(zip(panels, shown.items(), strict=True)):
        axes.plot(z, g, color=style.colour(number), linewidth=page.pt(2.8), label=name)
        axes.set_title(name)
        _formula(axes, formula)
        _cross(axes, "$z$", "$g(z)$")
        axes.set_xlim(-5, 5)
        axes.set_xticks((-4, -2, 0, 2, 4))
        axes.set_ylim(*((-1.4, 5.2), (-0.28, 1.06), (-1.75, 1.2))[number])
    page.finish(figure, "activation_curves", room=(3.0, 6.9))
    return Drawing(figure, pd.DataFrame({"z": z} | {name: g for name, (g, _) in shown.items()}))


def cross_entropy_curve() -> Drawing:
    """-log of the probability given to the correct class, with three points on it."""
    p = np.linspace(0.005, 1, 200)
    figure, (axes,) = page.panels((1, 1), (1, 1))
    axes.plot(p, -np.log(p), color=style.colour(0), linewidth=page.pt(2.8), label="cross-entropy")
    marked = np.array([0.2, 0.8, 1.0])
    axes.plot(marked, -np.log(marked), "o", color=style.colour(1), markersize=page.pt(8), label="examples")
    said = ("unsure or wrong", "quite sure and right", "certain and right")
    for x, words, place in zip(marked, said, ((0.26, 3.6), (0.6, 2.1), (1.0, 1.1)), strict=True):
        axes.annotate(
            f"{words}\n$-\\log\\,{x:g}={abs(np.log(x)):.2f}$", (x, -np.log(x)), xytext=place,
            ha="left" if x < 0.5 else "right" if x == 1 else "center", va="center",
            arrowprops={"arrowstyle": "-", "color": style.muted(), "linewidth": page.pt(1), "shrinkB": page.pt(6)},
        )  # fmt: skip
    _probability_axis(axes)
    axes.set_ylabel(r"loss $E$ (nats)")
    axes.set_ylim(-0.08, 5)
    page.finish(figure, "cross_entropy_curve", subtitle=r"$E(y,\hat{y})=-\log\,\hat{y}_c$, natural logarithm")
    return Drawing(figure, pd.DataFrame({"y_hat_c": np.append(p, marked), "loss": -np.log(np.append(p, marked))}))


def balanced_curves() -> Drawing:
    """Cross-entropy times a class weight, for five weights."""
    p = np.linspace(0.005, 1, 200)
    figure, (axes,) = page.panels((1, 1), (1, 1))
    tables = []
    for number, alpha in enumerate(ALPHAS):
        loss = -alpha * np.log(p)
        axes.plot(p, loss, color=style.colour(number), linewidth=page.pt(2.6), label=rf"$\alpha_c={alpha:g}$")
        tables.append(pd.DataFrame({"alpha": alpha, "y_hat_c": p, "loss": loss}))
    _probability_axis(axes)
    axes.set_ylabel(r"loss $E$ (nats)")
    axes.set_ylim(-0.1, 6)
    notes = [
        r"a class of $n_c$ among $n$ examples of $k$ classes: $\alpha_c=n/(k\,n_c)$",
        r"$\alpha_c=1$ is plain cross-entropy",
    ]
    subtitle = r"$E(y,\hat{y})=-\alpha_c\,\log\,\hat{y}_c$"
    page.finish(figure, "balanced_curves", subtitle=subtitle, notes=notes, legend=axes.get_lines())
    return Drawing(figure, pd.concat(tables, ignore_index=True))


def focal_curves() -> Drawing:
    """The focal loss and its modulating factor, for five focal factors."""
    p = np.linspace(0.005, 1, 200)
    figure, (left, right) = page.panels((1, 2), (2, 1))
    tables = []
    for number, gamma in enumerate(GAMMAS):
        factor = (1 - p) ** gamma
        loss = -factor * np.log(p)
        look = {"color": style.colour(number), "linewidth": page.pt(2.6), "label": rf"$\gamma={gamma:g}$"}
        left.plot(p, loss, **look)
        right.plot(p, factor, **look)
        tables.append(pd.DataFrame({"gamma": gamma, "y_hat_c": p, "loss": loss, "factor": factor}))
    for axes, title in ((left, "Loss"), (right, "Modulating factor")):
        axes.set_title(title)
        _probability_axis(axes)
    left.set_ylabel(r"loss $E$ (nats)")
    left.set_ylim(-0.08, 5)
    right.set_ylabel(r"factor $(1-\hat{y}_c)^\gamma$")
    right.set_ylim(-0.02, 1.04)
    page.finish(
        figure,
        "focal_curves",
        subtitle=r"$E(y,\hat{y})=-(1-\hat{y}_c)^\gamma\,\log\,\hat{y}_c$",
        notes=[r"$\gamma=0$ is plain cross-entropy", r"an easy example has $\hat{y}_c$ close to 1"],
        legend=left.get_lines(),
        room=(2.6, 5.4),
    )
    return Drawing(figure, pd.concat(tables, ignore_index=True))


def six_activations() -> Drawing:
    """Sigmoid, tanh, ReLU, softplus, leaky ReLU and ELU; the ELU also as the slide prints it."""
    z = _around_zero(4)
    shown = {
        "sigmoid": (sigmoid(z), r"$1/(1+e^{-z})$"),
        "tanh": (np.tanh(z), r"$\tanh\,z$"),
        "ReLU": (np.maximum(z, 0), r"$\max(z,0)$"),
        "softplus": (np.logaddexp(0, z), r"$\log(1+e^z)$"),
        "leaky ReLU": (np.maximum(z, SLOPE * z), r"$\max(z,\alpha z)$"),
        "ELU": (np.where(z > 0, z, np.expm1(z)), r"$\alpha(e^z-1)$ for $z\leq 0$"),
    }
    printed = np.where(z > 0, z, np.expm1(z) * z)
    figure, panels = page.panels((2, 3), (3, 2), sharex=True)
    for number, (axes, (name, (h, formula))) in enumerate(zip(panels, shown.items(), strict=True)):
        axes.plot(z, h, color=style.colour(0), linewidth=page.pt(2.6), label=name)
        axes.set_title(name)
        _formula(axes, formula)
        _cross(axes)
        axes.set_ylim(*((-0.42, 1.1), (-2, 1.2))[number] if number < 2 else (-2.6, 4.2))
    panels[-1].plot(z[z <= 0], printed[z <= 0], color=style.colour(1), linestyle=_DASHED, label="ELU as printed")
    across = 2 if page.slim() else 3
    for axes in panels[-across:]:
        axes.set_xlabel("$z$")
    for axes in panels[::across]:
        axes.set_ylabel("$h(z)$")
    legend = [
        Line2D([], [], color=style.colour(0), label="activation function"),
        Line2D([], [], color=style.colour(1), linestyle=_DASHED, label=r"ELU as the slide prints it, $\alpha(e^z-1)z$"),
    ]
    notes = [rf"leaky ReLU with $\alpha={SLOPE}$", r"ELU with $\alpha=1$; for $z>0$ it is $z$"]
    page.finish(figure, "six_activations", notes=notes, legend=legend, room=(3.2, 5.6))
    columns = {"z": z} | {name: h for name, (h, _) in shown.items()} | {"ELU as printed": printed}
    return Drawing(figure, pd.DataFrame(columns))


def relu_and_tanh() -> Drawing:
    """Both in one panel."""
    z = _around_zero(3)
    figure, (axes,) = page.panels((1, 1), (1, 1))
    axes.plot(z, np.maximum(z, 0), color=style.colour(0), linewidth=page.pt(3), label=r"ReLU: $\max(0,z)$")
    axes.plot(z, np.tanh(z), color=style.colour(1), linewidth=page.pt(3), linestyle=_DASHED, label=r"tanh: $\tanh\,z$")
    _cross(axes, "$z$", "$g(z)$")
    axes.set_xlim(-3, 3)
    axes.set_ylim(-1.3, 3.1)
    lines = axes.get_lines()[:2]
    page.finish(figure, "relu_and_tanh", legend=lines)
    return Drawing(figure, pd.DataFrame({"z": z, "relu": np.maximum(z, 0), "tanh": np.tanh(z)}))


def _around_zero(reach: float) -> np.ndarray:
    """From -reach to reach, zero among them: a kink is drawn where it is."""
    return np.linspace(-reach, reach, 201)


def _cross(axes: Axes, x: str = "", y: str = "") -> None:
    """Lines through the origin, and the axes' labels."""
    axes.axhline(0, color=style.muted(), linewidth=page.pt(0.9), zorder=1)
    axes.axvline(0, color=style.muted(), linewidth=page.pt(0.9), zorder=1)
    axes.set_xlabel(x)
    axes.set_ylabel(y)


def _formula(axes: Axes, formula: str) -> None:
    """In the lower right corner, which these functions leave free."""
    axes.text(0.99, 0.03, formula, transform=axes.transAxes, ha="right", va="bottom", fontsize=page.pt(11.5))


def _probability_axis(axes: Axes) -> None:
    axes.set_xlabel(r"probability given to the correct class, $\hat{y}_c$")
    axes.set_xlim(0, 1.02)
