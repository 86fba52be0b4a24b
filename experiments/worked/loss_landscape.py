"""Squared errors, where they are smallest, and how gradient descent moves on a loss (Cavallaro, loss optimization)."""

from collections.abc import Sequence

import numpy as np

from experiments.worked._writing import number, numbers
from experiments.worked.finding import Finding

X = np.array([-1.0, 0.5, 1.5, 2.0])
D = np.array([-1.5, 1.0, 2.0, 5.0])
"""Four examples for a network y = w x."""


def squared_error(outputs: Sequence[float], targets: Sequence[float], name: str) -> Finding:
    """Evaluate the printed (1/N) sum (y_i - d_i)^2 and hold it against the quantity by whose name the slide calls it.

    Args:
        outputs: y_i.
        targets: d_i.
        name: "sum of squared errors" or "mean squared error".

    Lecture: Cavallaro, MLP, backpropagation algorithm.
    """
    from experiments.backend import keras

    squares = [(y - d) ** 2 for y, d in zip(outputs, targets, strict=True)]
    printed = sum(squares) / len(squares)
    library = float(keras.losses.mean_squared_error(np.array(targets, "float64"), np.array(outputs, "float64")))
    named = {"sum of squared errors": sum(squares), "mean squared error": library}
    return Finding(
        values={"formula": printed, **named},
        steps=(
            f"squares: {numbers(squares)}",
            f"as printed: 1/{len(squares)} x {number(sum(squares))} = {number(printed)}; "
            f"Keras's mean squared error: {number(library)}",
            f"sum of squared errors: {number(sum(squares))}",
        ),
        holds=abs(printed - named[name]) < 1e-6,
    )


def same_minimum(factors: Sequence[float]) -> Finding:
    """Test whether weighing each example's loss by a factor leaves the best weight where it is.

        argmin_w sum_i L_i   against   argmin_w sum_i factor_i L_i,   L_i = (w x_i - d_i)^2

    Both are searched on a grid of 40,001 weights; least squares gives the first independently.

    Args:
        factors: one for each of the four examples; 1/4 each for the mean.

    Lecture: Cavallaro, loss optimization.
    """
    grid = np.linspace(-2, 6, 40_001)
    losses = (grid[:, None] * X - D) ** 2
    of_sum, of_weighted = (float(grid[total.argmin()]) for total in (losses.sum(axis=1), losses @ np.array(factors)))
    exact = float(np.linalg.lstsq(X[:, None], D, rcond=None)[0][0])
    return Finding(
        values={"of the sum": of_sum, "with the factors": of_weighted, "least squares": exact},
        steps=(
            f"smallest sum at w = {number(of_sum)} (least squares: {number(exact)})",
            f"smallest with factors {numbers(factors)} at w = {number(of_weighted)}",
        ),
        holds=of_sum == of_weighted and abs(of_sum - exact) < 2e-4,
    )


def steepest_direction(sign: int) -> Finding:
    """Compare the gradient's direction with the best of 3,600 small steps around a point of a landscape.

        L(w_0, w_1) = sin(w_0) cos(w_1) + w_0^2 / 10 + w_1^2 / 5, at (0.7, -1.1)

    Args:
        sign: 1 if the slide says that the loss rises most along the gradient, -1 if it says that it falls most.

    Lecture: Cavallaro, loss optimization.
    """
    w = np.array([0.7, -1.1])
    gradient = np.array([np.cos(w[0]) * np.cos(w[1]) + w[0] / 5, -np.sin(w[0]) * np.sin(w[1]) + 2 * w[1] / 5])
    angles = np.arange(3600) * 2 * np.pi / 3600
    around = w[:, None] + 1e-4 * np.stack([np.cos(angles), np.sin(angles)])
    best = angles[np.argmax(sign * _landscape(around))]
    along = np.arctan2(gradient[1], gradient[0])
    apart = float(np.degrees(abs((best - along + np.pi) % (2 * np.pi) - np.pi)))
    return Finding(
        values={"angle between them": apart},
        steps=(
            f"gradient at {numbers(w)}: {numbers(gradient)}, {number(np.degrees(along) % 360)} degrees",
            f"of 3,600 steps the {'highest' if sign > 0 else 'lowest'} leads to {number(np.degrees(best))} degrees",
            f"angle between them: {apart:.3f} degrees",
        ),
        holds=apart < 0.1,
    )


def three_rates(small: float, stable: float, large: float, start: float = 4.0, updates: int = 400) -> Finding:
    """Descend from one start with a small, a stable and a large learning rate on a bowl with a narrow dent.

        f(w) = w^2 / 10 - 0.3 exp(-50 (w - 3)^2): smallest at 0, a local minimum near 3

    The slide holds if the small rate ends in the dent, the stable one at the bottom, and the large one beyond bounds.

    Args:
        small: learning rate.
        stable: learning rate.
        large: learning rate.
        start: first w.
        updates: steps, for the small rate as for the others.

    Lecture: Cavallaro, loss functions (learning rate).
    """
    ends, steps = {}, []
    for name, rate in (("small", small), ("stable", stable), ("large", large)):
        w = start
        for _ in range(updates):
            if abs(w) > 1e6:
                break
            w -= rate * _slope(w)
        ends[name] = _where(w)
        steps.append(f"{name} rate {number(rate)}, from {number(start)}: {ends[name]}, w = {number(w)}")
    wanted = {"small": "in the local minimum", "stable": "at the lowest point", "large": "diverged"}
    return Finding(dict(ends), tuple(steps), ends == wanted)


def _slope(w: float) -> float:
    return float(w / 5 + 30 * (w - 3) * np.exp(-50 * (w - 3) ** 2))


def _where(w: float) -> str:
    if abs(w) > 1e6:
        return "diverged"
    if abs(_slope(w)) > 1e-3:
        return "still moving"
    return "at the lowest point" if abs(w) < 0.1 else "in the local minimum"


def _landscape(w: np.ndarray) -> np.ndarray:
    return np.asarray(np.sin(w[0]) * np.cos(w[1]) + w[0] ** 2 / 10 + w[1] ** 2 / 5)
