"""The harmonic mean: crossed ladders, and why it punishes extremes (Cavallaro, harmonic mean)."""

from collections.abc import Callable, Sequence
from math import sqrt
from statistics import harmonic_mean

import numpy as np

from experiments.worked._choosing import chosen
from experiments.worked._writing import number
from experiments.worked.finding import Finding

MEANS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "harmonic": lambda a, b: 2 * a * b / (a + b),
    "geometric": lambda a, b: np.sqrt(a * b),
    "arithmetic": lambda a, b: (a + b) / 2,
}


def crossed_ladders(heights: Sequence[float], share: float, distance: float = 3.0) -> Finding:
    """Intersect two ladders between walls, and compare the height of the crossing with a share of the harmonic mean.

    One ladder leads from (0, 0) to (distance, b), the other from (0, a) to (distance, 0). The crossing is found by
    solving the two line equations; the harmonic mean is Python's.

        h = a b / (a + b) = harmonic mean / 2

    Args:
        heights: a and b, where the ladders touch the walls.
        share: h as a share of the harmonic mean: the slide says one half.
        distance: of the walls.

    Lecture: Cavallaro, harmonic mean (definition).
    """
    a, b = heights
    x, h = np.linalg.solve([[b / distance, -1.0], [-a / distance, -1.0]], [0.0, -a])
    mean = harmonic_mean([a, b])
    return Finding(
        values={"height of the crossing": float(h), "harmonic mean": mean},
        steps=(
            f"ladders y = {number(b / distance)} x and y = {number(a)} - {number(a / distance)} x cross at "
            f"x = {number(x)}, y = {number(h)}",
            f"harmonic mean of {number(a)} and {number(b)}: {number(mean)}; times {number(share)}: "
            f"{number(share * mean)}",
        ),
        holds=bool(abs(h - share * mean) < 1e-9),
    )


def punishes_extremes(high: float, low: float, mean: str = "harmonic") -> Finding:
    """Compare a mean with the arithmetic mean, for one pair and for all pairs of 0.05, 0.10, ..., 1.

    A mean punishes extremes if it lies below the arithmetic mean for every unequal pair, agrees with it for equal
    ones, and falls as a pair with the same sum moves apart.

    Args:
        high: the larger number of the pair that is shown.
        low: the smaller one.
        mean: harmonic, geometric or arithmetic.

    Raises:
        ValueError: no such mean.

    Lecture: Cavallaro, harmonic mean.
    """
    grid = np.linspace(0.05, 1.0, 20)
    a, b = np.meshgrid(grid, grid)
    values = _mean(mean, a, b)
    below = bool((values - (a + b) / 2 < 1e-12)[a == b].all() and (values < (a + b) / 2 - 1e-12)[a != b].all())
    apart = np.linspace(0.0, 0.45, 10)
    falls = bool((np.diff(_mean(mean, 0.5 + apart, 0.5 - apart)) < -1e-12).all())
    shown = float(_mean(mean, np.array(high), np.array(low)))
    return Finding(
        values={"mean": shown, "arithmetic mean": (high + low) / 2, "geometric mean": sqrt(high * low)},
        steps=(
            f"{mean} mean of {number(high)} and {number(low)}: {number(shown)}",
            f"arithmetic mean: {number((high + low) / 2)}; geometric mean: {number(sqrt(high * low))}",
            f"below the arithmetic mean for all unequal pairs of {grid.size} values: {'yes' if below else 'no'}; "
            f"falls as pairs of equal sum move apart: {'yes' if falls else 'no'}",
        ),
        holds=below and falls,
    )


def _mean(name: str, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.asarray(chosen(name, MEANS, "mean")(a, b))
