"""The chain rule and the slide's three examples, against central differences.

Lecture: Mollineda, backpropagation, fundamentals: chain rule.
"""

from collections.abc import Callable, Sequence

import numpy as np

from experiments.worked._derivatives import derivative
from experiments.worked._formulas import Array
from experiments.worked._writing import number
from experiments.worked.finding import Finding

X = np.linspace(-2.0, 2.0, 401)
TOLERANCE = 1e-5

COMPOSITES: dict[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "(2x + 1)^3": (lambda u: u**3, lambda x: 2 * x + 1),
    "sin(x^2)": (np.sin, lambda x: x**2),
    "sin(x)^2": (lambda u: u**2, np.sin),
}
"""Outer function f and inner function g of f(g(x))."""


def rule(composites: Sequence[str], outer_slope_at: str = "g(x)") -> Finding:
    """Whether f'(g(x)) g'(x) is the derivative of f(g(x)), all three derivatives by central differences.

    Args:
        composites: names out of `COMPOSITES`.
        outer_slope_at: where the printed rule takes f': at "g(x)", or at "x".
    """
    largest, steps = 0.0, []
    for name in composites:
        f, g = COMPOSITES[name]
        inner = g(X) if outer_slope_at == "g(x)" else X
        product = derivative(f, inner) * derivative(g, X)
        truth = _derivative_of_composite(f, g)
        error = float(np.max(np.abs(product - truth)))
        largest = max(largest, error)
        steps.append(
            f"{name} at x = 1: f' = {number(derivative(f, inner)[300])}, g' = {number(derivative(g, X)[300])}, "
            f"product {number(product[300])}; numeric {number(truth[300])}; largest error {number(error)}"
        )
    return Finding({"largest error": largest}, tuple(steps), largest < TOLERANCE)


def power_of_affine(slope: float, intercept: float, exponent: int, factor: float, power: int, inner: float) -> Finding:
    """Hold factor (slope x + intercept)^power * inner against the derivative of (slope x + intercept)^exponent."""
    return _compared(
        f"({slope:g}x + {intercept:g})^{exponent}",
        lambda x: (slope * x + intercept) ** exponent,
        f"{factor:g} ({slope:g}x + {intercept:g})^{power} {inner:g}",
        lambda x: factor * (slope * x + intercept) ** power * inner,
    )


def sine_of_power(exponent: int, factor: float, power: int) -> Finding:
    """Hold cos(x^exponent) * factor * x^power against the derivative of sin(x^exponent)."""
    return _compared(
        f"sin(x^{exponent})",
        lambda x: np.sin(x**exponent),
        f"cos(x^{exponent}) {factor:g}x^{power}",
        lambda x: np.cos(x**exponent) * factor * x**power,
    )


def power_of_sine(exponent: int, factor: float, power: int) -> Finding:
    """Hold factor * sin(x)^power * cos(x) against the derivative of sin(x)^exponent."""
    return _compared(
        f"sin(x)^{exponent}",
        lambda x: np.sin(x) ** exponent,
        f"{factor:g} sin(x)^{power} cos(x)",
        lambda x: factor * np.sin(x) ** power * np.cos(x),
    )


def _derivative_of_composite(f: Callable[[Array], Array], g: Callable[[Array], Array]) -> Array:
    return derivative(lambda x: f(g(x)), X)


def _compared(function: str, f: Callable[[Array], Array], formula: str, printed: Callable[[Array], Array]) -> Finding:
    truth = derivative(f, X)
    error = float(np.max(np.abs(printed(X) - truth)))
    steps = (
        f"derivative of {function} printed as {formula}",
        f"at x = 1: formula {number(printed(X)[300])}, numeric {number(truth[300])}",
        f"at x = -1.5: formula {number(printed(X)[50])}, numeric {number(truth[50])}",
        f"largest error on [-2, 2]: {number(error)}",
    )
    return Finding({"largest error": error}, steps, error < TOLERANCE)
