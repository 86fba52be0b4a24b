"""The chain rule, and the update of an early weight in a chain of units (Cavallaro, chain rule; several layers)."""

from collections.abc import Callable
from math import prod

import numpy as np

from experiments.worked._formulas import DIFFERENTIABLE
from experiments.worked.finding import Finding

STEP = 1e-6
"""Of the central differences: their error is about 1e-10 here."""

FUNCTIONS: dict[str, tuple[Callable, Callable]] = {
    "square": (lambda t: t * t, lambda t: 2 * t),
    "sine": (np.sin, np.cos),
    "exponential": (np.exp, np.exp),
    "sigmoid": DIFFERENTIABLE["sigmoid"],
    "tanh": (np.tanh, lambda t: 1 / np.cosh(t) ** 2),
    "scale": (lambda t: 0.8 * t + 0.1, lambda t: 0.8 + 0 * t),
    "linear": (lambda t: t, lambda t: 1 + 0 * t),
}
"""Names -> function and derivative, worked out by hand."""


def chain_rule(outer: str, inner: str, outer_at: str) -> Finding:
    """Compare the printed g'(x) f'(...) with the numeric derivative of f(g(x)), at five places.

    Args:
        outer: f, one of the names in FUNCTIONS.
        inner: g.
        outer_at: where the slide takes f': at "g" (of x), or at "x".

    Lecture: Cavallaro, chain rule of differentiation.
    """
    (f, df), (g, dg) = FUNCTIONS[outer], FUNCTIONS[inner]
    x = np.array([-1.2, -0.3, 0.4, 0.9, 1.7])
    printed = dg(x) * df(g(x) if outer_at == "g" else x)
    measured = np.asarray(_derivative(lambda t: f(g(t)), x))
    apart = float(np.abs(printed - measured).max())
    return Finding(
        values={"largest difference": apart},
        steps=tuple(
            f"x = {a:g}: g' = {dg(a):.6g}, f' = {df(g(a) if outer_at == 'g' else a):.6g}, product {p:.6g}; "
            f"measured {m:.6g}"
            for a, p, m in zip(x, printed, measured, strict=True)
        ),
        holds=apart < 1e-6,
    )


def long_chain(innermost_first: list[str], factors: list[int], x: float = 0.7) -> Finding:
    """Compare the printed product of partial derivatives with the numeric derivative of the whole chain.

    Args:
        innermost_first: the functions k, j, i, h, g, f by the names in FUNCTIONS.
        factors: which of them the printed product has, counted from the innermost, 0.
        x: where the derivative is taken.

    Lecture: Cavallaro, chain rule of differentiation.
    """
    places = [x]
    for name in innermost_first:
        places.append(FUNCTIONS[name][0](places[-1]))
    partial = [float(FUNCTIONS[name][1](at)) for name, at in zip(innermost_first, places, strict=False)]
    printed = prod(partial[i] for i in factors)

    def whole(t: float) -> float:
        for name in innermost_first:
            t = FUNCTIONS[name][0](t)
        return t

    measured = float(_derivative(whole, x))
    return Finding(
        values={"product": printed, "derivative": measured},
        steps=(
            *(f"{name}: slope {partial[i]:.6g} at {places[i]:.6g}" for i, name in enumerate(innermost_first)),
            f"{' x '.join(f'{partial[i]:.6g}' for i in factors)} = {printed:.6g}",
            f"measured: {measured:.6g}",
        ),
        holds=abs(printed - measured) < 1e-6,
    )


def first_weight(weights: list[float], source: float, target: float, rate: float, units: str = "linear") -> Finding:
    """Compare the printed update of the first weight of a chain with one from a numeric gradient.

        a3 = h(a4 w3), a2 = h(a3 w2), a1 = h(a2 w1), a0 = h(a1 w0), L = (a0 - d)^2
        w3' = w3 - rate * a4 w2 w1 w0 2 (a0 - d)

    Args:
        weights: w3, w2, w1, w0.
        source: a4, what enters the chain.
        target: d.
        rate: learning rate.
        units: h, one of the names in FUNCTIONS; the slide's formula has no derivative of h.

    Lecture: Cavallaro, backpropagation algorithm generalized to several layers.
    """
    h = FUNCTIONS[units][0]
    w3, w2, w1, w0 = weights

    def output(first: float) -> float:
        a = source
        for w in (first, w2, w1, w0):
            a = float(h(a * w))
        return a

    gradient = float(_derivative(lambda w: (output(w) - target) ** 2, w3))
    product = source * w2 * w1 * w0 * 2 * (output(w3) - target)
    printed, measured = w3 - rate * product, w3 - rate * gradient
    return Finding(
        values={"printed update": printed, "update by the numeric gradient": measured, "gradient": gradient},
        steps=(
            f"a0 = {output(w3):.6g}, a0 - d = {output(w3) - target:.6g}",
            f"{source:g} x {w2:g} x {w1:g} x {w0:g} x 2 x ({output(w3) - target:.6g}) = {product:.6g}",
            f"dL/dw3 measured: {gradient:.6g}",
            f"w3' = {w3:g} - {rate:g} x ({product:.6g}) = {printed:.6g}; by the measured gradient {measured:.6g}",
        ),
        holds=abs(printed - measured) < 1e-6,
    )


def _derivative(function: Callable, at: float | np.ndarray) -> float | np.ndarray:
    return (function(at + STEP) - function(at - STEP)) / (2 * STEP)
