"""Losses of two parameters, as surfaces and as contours, with the path of gradient descent."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MaxNLocator
from mpl_toolkits.mplot3d.axes3d import Axes3D

from experiments.figures import style
from experiments.figures.frame import Drawing
from experiments.figures.slides import page, space
from experiments.figures.slides.curves import sigmoid

Loss = Callable[[np.ndarray, np.ndarray], np.ndarray]

X = np.array([-2.0, -1.6, -1.0, -0.5, 0.3, 0.7, 1.2, 1.5, 2.0, 2.2])
Y = np.array([0, 1, 0, 0, 1, 0, 1, 1, 0, 1])
"""One feature, two classes that overlap: the best weights are finite."""
_POCKETS = ((1.2, 0.9, 1.0, 0.9), (-1.3, -0.9, 0.65, 0.7), (1.2, -1.5, -0.5, 0.8))
"""Of the made-up landscape: middle, depth and width of each Gaussian; a negative depth is a hill."""


_COLOURS = "the stronger the colour, the lower"


def logistic_cost(w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Mean cross-entropy over X and Y at weights of any one shape."""
    z = np.multiply.outer(w, X) + np.asarray(b)[..., None]
    # log(1 + exp(z)) - y z is the cross-entropy without overflow.
    return np.asarray((np.logaddexp(0, z) - Y * z).mean(axis=-1))


def logistic_gradient(at: np.ndarray) -> np.ndarray:
    """Derivatives of the cost by w and b: the means of -(y - ŷ) x and -(y - ŷ)."""
    wrong = sigmoid(at[0] * X + at[1]) - Y
    return np.array([(wrong * X).mean(), wrong.mean()])


def landscape(w0: np.ndarray, w1: np.ndarray) -> np.ndarray:
    """A loss with two pockets and a hill."""
    pockets = sum(d * np.exp(-((w0 - a) ** 2 + (w1 - b) ** 2) / s) for a, b, d, s in _POCKETS)
    return np.asarray(0.08 * (w0**2 + w1**2) + 1.2 - pockets)


def landscape_gradient(at: np.ndarray) -> np.ndarray:
    """Derivatives of the landscape by w0 and w1."""
    gradient = 0.16 * at
    for a, b, d, s in _POCKETS:
        away = at - np.array([a, b])
        gradient = gradient + d * np.exp(-(away**2).sum() / s) * 2 * away / s
    return gradient


def walk(
    gradient: Callable[[np.ndarray], np.ndarray], start: tuple[float, float], rate: float, steps: int
) -> np.ndarray:
    """Gradient descent from a point: (steps + 1, 2)."""
    path = [np.array(start)]
    for _ in range(steps):
        path.append(path[-1] - rate * gradient(path[-1]))
    return np.array(path)


def error_surface() -> Drawing:
    """The error of a logistic regression and the way down, at the learning rate of the slide."""
    path = walk(logistic_gradient, (-2.5, 2.5), 0.1, 200)
    figure, over, plan = _two_views()
    w, b = np.linspace(-3.5, 3.5, 61), np.linspace(-3.5, 3.5, 61)
    _surface(over, logistic_cost, w, b, path, low=0.2, high=3.2)
    _contours(plan, logistic_cost, w, b, np.linspace(0.6, 3.4, 15))
    _path(plan, path, every=10)
    _gradient_arrow(plan, path[0], -logistic_gradient(path[0]) * 1.7, r"$-\nabla E$", style.text_colour())
    space.label(over, "weight $w$", "bias $b$")
    plan.set(xlabel="weight $w$", ylabel="bias $b$")
    over.set_title("error $E(w,b)$", fontweight="normal")
    page.finish(
        figure,
        "error_surface",
        subtitle=r"$w'=w-\alpha\,\partial E/\partial w$ and $b'=b-\alpha\,\partial E/\partial b$ with $\alpha=0.1$",
        notes=["mean cross-entropy of ten examples", "200 steps, a point every 10", _COLOURS],
        room=(2.9, 6.2),
    )
    return Drawing(figure, _steps(path, ("w", "b"), logistic_cost))


def loss_landscape() -> Drawing:
    """Pick a start, take the gradient, step against it, repeat."""
    path = walk(landscape_gradient, (0.7, -0.75), 0.35, 12)
    figure, over, plan = _two_views()
    w = np.linspace(-2.5, 2.5, 61)
    _surface(over, landscape, w, w, path, low=0.2, high=2.6)
    _contours(plan, landscape, w, w, np.linspace(0.3, 2.6, 16))
    _path(plan, path, every=1)
    up = landscape_gradient(path[0])
    up = up / np.hypot(*up)
    _gradient_arrow(plan, path[0], up * 0.9, "gradient: steepest ascent", style.text_colour(), below=True)
    plan.annotate("start", path[0], (page.pt(9), page.pt(2)), textcoords="offset points")
    space.label(over, "weight $w_0$", "weight $w_1$")
    plan.set(xlabel="weight $w_0$", ylabel="weight $w_1$")
    over.set_title("loss $L(w_0,w_1)$", fontweight="normal")
    page.finish(
        figure,
        "loss_landscape",
        subtitle=r"$W \leftarrow W-\eta\,\partial L(W)/\partial W$, repeated until nothing changes",
        notes=[r"made-up landscape with two valleys, $\eta=0.35$, 12 steps", _COLOURS],
        room=(2.9, 6.2),
    )
    return Drawing(figure, _steps(path, ("w0", "w1"), landscape))


def cost_bowl() -> Drawing:
    """The convex cost, and a cut through it with tangents: the derivative is their slope."""
    path = walk(logistic_gradient, (3.3, -3.0), 0.5, 60)
    figure, over, cut = _two_views()
    w, b = np.linspace(-4, 4, 61), np.linspace(-4, 4, 61)
    _surface(over, logistic_cost, w, b, path, low=0.2, high=3.2)
    space.label(over, "weight $w$", "bias $b$")
    over.set_title("cost $C(w,b)$", fontweight="normal")

    line = np.linspace(-4, 5, 200)
    cut.plot(
        line, logistic_cost(line, np.zeros_like(line)), color=style.colour(0), linewidth=page.pt(2.8), label="cost"
    )
    touched = []
    for at, words, side in ((-2.8, (10, 4), "left"), (-0.5, (-10, -14), "right"), (3.2, (-10, 6), "right")):
        cost = float(logistic_cost(np.array(at), np.array(0.0)))
        slope = float(logistic_gradient(np.array([at, 0.0]))[0])
        ends = np.array([at - 1.0, at + 1.0])
        cut.plot(ends, cost + slope * (ends - at), color=style.colour(1), linewidth=page.pt(2.4), label="tangent")
        cut.plot(at, cost, "o", color=style.colour(1), markersize=page.pt(7), zorder=4)
        cut.annotate(
            f"slope {slope:+.2f}".replace("-", "−"), (at, cost), [page.pt(w) for w in words],
            textcoords="offset points", ha=side,
        )  # fmt: skip
        touched.append((at, cost, slope))
    cut.set_xlabel("weight $w$, with $b=0$")
    cut.set_ylabel("cost $C(w,0)$")
    cut.set_xlim(-4, 5)
    cut.set_ylim(0, 3.6)
    page.finish(
        figure,
        "cost_bowl",
        subtitle=r"$C(w,b)=-\frac{1}{m}\Sigma_i\left[\,y^{(i)}\,\log\,\hat{y}^{(i)}+(1-y^{(i)})\,\log(1-\hat{y}^{(i)})\,\right]$",
        notes=[
            "where the slope is negative a larger weight costs less",
            r"path: gradient descent with $\alpha=0.5$, 60 steps",
        ],
        room=(2.9, 6.2),
    )
    return Drawing(figure, pd.DataFrame(touched, columns=["w", "cost", "slope"]).assign(b=0.0))


def _two_views() -> tuple[Figure, Axes3D, Axes]:
    figure = page.new_page()
    shape = (2, 1) if page.slim() else (1, 2)
    engine = figure.get_layout_engine()
    if page.slim() and isinstance(engine, ConstrainedLayoutEngine):
        engine.set(hspace=0.12)  # labels of the upper panel hang below its box
    return figure, space.panel(figure, (*shape, 1), elevation=34, azimuth=-60, zoom=1.02), figure.add_subplot(*shape, 2)


def _surface(
    axes: Axes3D, loss: Loss, x: np.ndarray, y: np.ndarray, path: np.ndarray, *, low: float, high: float
) -> None:
    space.surface(axes, x, y, loss(*np.meshgrid(x, y)), space.depth(), low=low, high=high)
    # Lifted a little, else the surface swallows the line here and there.
    axes.plot(
        path[:, 0], path[:, 1], loss(path[:, 0], path[:, 1]) + 0.02 * (high - low), color=style.colour(1),
        linewidth=page.pt(3), zorder=10, label="path",
    )  # fmt: skip
    for axis in (axes.xaxis, axes.yaxis, axes.zaxis):
        axis.set_major_locator(MaxNLocator(4))


def _contours(axes: Axes, loss: Loss, x: np.ndarray, y: np.ndarray, levels: np.ndarray) -> None:
    heights = loss(*np.meshgrid(x, y))
    axes.contourf(x, y, heights, levels=levels, cmap=space.depth(), extend="both")
    axes.contour(x, y, heights, levels=levels, colors=[style.muted()], linewidths=page.pt(0.6))
    axes.grid(visible=False)


def _path(axes: Axes, path: np.ndarray, *, every: int) -> None:
    axes.plot(path[:, 0], path[:, 1], color=style.colour(1), linewidth=page.pt(2.4), label="path", zorder=4)
    shown = path[::every]
    axes.plot(
        shown[:, 0], shown[:, 1], "o", color=style.colour(1), markeredgecolor=style.ground(), markersize=page.pt(6.5),
        label="iterates", zorder=5,
    )  # fmt: skip
    axes.plot(*path[-1], "*", color=style.colour(1), markeredgecolor=style.ground(), markersize=page.pt(16), zorder=6)


def _gradient_arrow(
    axes: Axes, at: np.ndarray, by: np.ndarray, words: str, colour: str, *, below: bool = False
) -> None:
    end = at + by
    axes.annotate(
        "", end, at, zorder=7,
        arrowprops={"arrowstyle": "-|>", "color": colour, "linewidth": page.pt(2.2), "mutation_scale": page.pt(16),
                    "shrinkA": 0, "shrinkB": 0},
    )  # fmt: skip
    axes.annotate(
        words, end, (page.pt(4), page.pt(-4 if below else 4)), textcoords="offset points", zorder=7,
        va="top" if below else "bottom", ha="right" if below else "left",
    )  # fmt: skip


def _steps(path: np.ndarray, names: tuple[str, str], loss: Loss) -> pd.DataFrame:
    columns = {"step": range(len(path)), names[0]: path[:, 0], names[1]: path[:, 1]}
    return pd.DataFrame(columns | {"loss": loss(path[:, 0], path[:, 1])})
