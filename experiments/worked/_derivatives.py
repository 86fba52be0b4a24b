"""Numeric derivatives in float64, the independent truth that printed derivatives are held against."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

STEP = 1e-6
"""Rounding and truncation together stay below 1e-8 for the functions of the slides."""


def derivative(f: Callable[[NDArray[np.float64]], NDArray[np.float64]], x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Central difference (f(x + h) - f(x - h)) / 2h of a function that works entry by entry."""
    return (f(x + STEP) - f(x - STEP)) / (2 * STEP)


def gradient(f: Callable[[NDArray[np.float64]], float], theta: NDArray[np.float64]) -> NDArray[np.float64]:
    """Central differences of a function of an array, one entry at a time, in the array's shape."""
    result = np.empty_like(theta)
    for index in np.ndindex(theta.shape):
        there, here = theta.copy(), theta.copy()
        there[index] += STEP
        here[index] -= STEP
        result[index] = (f(there) - f(here)) / (2 * STEP)
    return result
