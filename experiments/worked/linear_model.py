"""Affine maps, the line they divide the plane by, and networks as compositions of them, against Keras.

Lecture: Mollineda, linear model and fully connected multilayer networks.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from experiments.worked._formulas import ACTIVATIONS
from experiments.worked._writing import number, numbers, plus
from experiments.worked.finding import Finding

TOLERANCE = 1e-9


def affine(weights: Sequence[float], bias: float, x: Sequence[float], first: int = 1) -> Finding:
    """Compare z = sum over i = first..d of w_i x_i + b with Keras's Dense(1).

    Args:
        weights: w_1 ... w_d.
        bias: b.
        x: x_1 ... x_d.
        first: the printed lower end of the sum.

    Lecture: Mollineda, affine/linear transformation.
    """
    w, inputs = np.asarray(weights, float), np.asarray(x, float)
    terms = w[first - 1 :] * inputs[first - 1 :]
    z = float(terms.sum() + bias)
    truth = float(_dense([w[:, None]], [np.array([bias])], ["linear"], inputs[None, :])[0, 0])
    products = [f"{number(a)} x {number(b)}" for a, b in zip(w[first - 1 :], inputs[first - 1 :], strict=True)]
    steps = (
        f"z = {plus([*products, number(bias)])} = {number(z)}",
        f"Keras's Dense(1): {number(truth)}",
    )
    return Finding({"z": z, "keras": truth}, steps, abs(z - truth) < TOLERANCE)


def compact(weights: Sequence[float], bias: float, x: Sequence[float], x0: float = 1.0) -> Finding:
    """Compare z = sum over i = 0..d of w_i x_i, the bias as w_0, with w^T x + b.

    Args:
        weights: w_1 ... w_d.
        bias: b, which becomes w_0.
        x: x_1 ... x_d.
        x0: the input that the bias is multiplied by.

    Lecture: Mollineda, affine transformation, compact notation.
    """
    w, inputs = np.array([bias, *weights], float), np.array([x0, *x], float)
    z, truth = float(w @ inputs), float(np.dot(weights, x) + bias)
    steps = (
        f"w = {numbers(w)}, x = {numbers(inputs)}: w^T x = {number(z)}",
        f"with the bias apart: {number(np.dot(weights, x))} + {number(bias)} = {number(truth)}",
    )
    return Finding({"z": z, "with the bias apart": truth}, steps, abs(z - truth) < TOLERANCE)


def half_planes(
    weights: Sequence[float], bias: float, slope: float, intercept: float, points: Sequence[Sequence[float]]
) -> Finding:
    """Whether z = w^T x + b changes its sign exactly at the line x2 = slope x1 + intercept.

    Tried on 1,000 points of the plane: z must be 0 on the line and have opposite signs a little above and below it.

    Args:
        weights: w_1, w_2.
        bias: b.
        slope: of the line.
        intercept: of the line.
        points: points whose z is shown.

    Lecture: Mollineda, affine/linear transformation, linear division of space.
    """
    w = np.asarray(weights, float)
    x1 = np.linspace(-5.0, 5.0, 1000)
    z = {shift: np.stack([x1, slope * x1 + intercept + shift], axis=1) @ w + bias for shift in (-1e-6, 0.0, 1e-6, 5.0)}
    on_line = bool(np.abs(z[0.0]).max() < TOLERANCE)
    opposite = bool((np.sign(z[1e-6]) == -np.sign(z[-1e-6])).all() and (np.sign(z[5.0]) == np.sign(z[1e-6])).all())
    shown = np.asarray(points, float) @ w + bias
    steps = (
        *(f"z{numbers(point)} = {number(value)}" for point, value in zip(points, shown, strict=True)),
        f"on x2 = {plus([f'{number(slope)} x1', number(intercept)])}: largest |z| is {number(np.abs(z[0.0]).max())}",
        f"just above the line z = {number(z[1e-6][0])}, just below z = {number(z[-1e-6][0])}",
    )
    return Finding({"z": shown.tolist()}, steps, on_line and opposite)


def level_line(
    activation: str, level: float, weights: Sequence[float], bias: float, slope: float, intercept: float
) -> Finding:
    """Whether g(w^T x + b) crosses a level exactly on the line x2 = slope x1 + intercept.

    For 41 values of x1 the crossing is found by bisection over x2, without use of the line.

    Args:
        activation: name of g in `_formulas.ACTIVATIONS`.
        level: 0.5 for a sigmoid; any value between 0 and 1 for the step.
        weights: w_1, w_2.
        bias: b.
        slope: of the line.
        intercept: of the line.

    Lecture: Mollineda, Perceptron, logistic regression, rigid logistic regression (surfaces over the plane).
    """
    g = ACTIVATIONS[activation]
    x1 = np.linspace(-5.0, 5.0, 41)
    low, high = np.full_like(x1, -50.0), np.full_like(x1, 50.0)

    def above(x2: np.ndarray) -> np.ndarray:
        return g(weights[0] * x1 + weights[1] * x2 + bias) >= level

    start = above(low)
    for _ in range(60):
        middle = (low + high) / 2
        same = above(middle) == start
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    distance = float(np.max(np.abs(low - (slope * x1 + intercept))))
    grid = np.stack(np.meshgrid(x1, x1), axis=-1).reshape(-1, 2)
    h = g(grid @ np.asarray(weights, float) + bias)
    steps = (
        f"h lies between {number(h.min())} and {number(h.max())} on [-5, 5] x [-5, 5]",
        f"x1 = {number(x1[0])}: h crosses {number(level)} at x2 = {number(low[0])}; "
        f"the line has {number(slope * x1[0] + intercept)}",
        f"x1 = {number(x1[-1])}: at x2 = {number(low[-1])}; the line has {number(slope * x1[-1] + intercept)}",
        f"largest distance over {x1.size} values of x1: {number(distance)}",
    )
    values = {"lowest": float(h.min()), "highest": float(h.max()), "distance": distance}
    return Finding(values, steps, distance < 1e-6)


def activated(activations: Sequence[str], order: Sequence[str]) -> Finding:
    """Compare a unit that applies the printed steps in the printed order with Keras's Dense(1, activation=g).

    Formula: h = g(z) = g(w^T x), on 200 random weights and inputs.

    Args:
        activations: names of g: relu, sigmoid, tanh.
        order: "affine" and "activation", in the order in which the slide applies them.

    Lecture: Mollineda, activation function; summary.
    """
    rng = np.random.default_rng(0)
    x, w, b = rng.normal(size=(200, 3)), rng.normal(size=(3, 1)), rng.normal(size=1)
    largest, steps = {}, []
    for name in activations:
        h = x
        for part in order:
            h = h @ w + b if part == "affine" else ACTIVATIONS[name](h)
        truth = _dense([w], [b], [name], x)
        largest[name] = float(np.max(np.abs(h - truth)))
        steps.append(
            f"{name}: z = {number((x @ w + b)[0, 0])}, h = {number(h[0, 0])}, Keras {number(truth[0, 0])}; "
            f"largest difference of {len(x)}: {number(largest[name])}"
        )
    return Finding(largest, tuple(steps), max(largest.values()) < TOLERANCE)


def composition(units: Sequence[int], innermost_first: Sequence[int], activation: str, output: str) -> Finding:
    """Compare f(x) = g*(w_k^T g(... g(w_1^T x))) with a Keras Sequential of the same weights, without biases.

    Args:
        units: size of the input, then of every layer; equal sizes let the layers be taken in any order.
        innermost_first: layers in the order in which the printed formula applies them, from the inside out.
        activation: g of all layers but the last.
        output: g* of the last.

    Lecture: Mollineda, linear model.
    """
    rng = np.random.default_rng(0)
    w = [rng.normal(size=pair) for pair in pairwise(units)]
    x = rng.normal(size=(50, units[0]))
    names = [activation] * (len(w) - 1) + [output]
    f = x
    for place, layer in enumerate(innermost_first):
        f = ACTIVATIONS[names[place]](f @ w[layer - 1])
    truth = _dense(w, [None] * len(w), names, x)
    largest = float(np.max(np.abs(f - truth)))
    steps = (
        f"layers {units}, weights drawn from a normal distribution, x = {numbers(x[0])}",
        f"f(x) = {numbers(f[0])}",
        f"Keras: {numbers(truth[0])}; largest difference over {len(x)} inputs: {number(largest)}",
    )
    return Finding({"largest difference": largest}, steps, largest < TOLERANCE)


def layer_shapes(units: Sequence[int], rows: str, columns: str) -> Finding:
    """Whether I_{l+1} = g(W_l I_l) has the sizes that the slide gives, and equals Keras's layers.

    Keras keeps the transpose: a kernel has one row an input and one column a unit.

    Args:
        units: H_0 (the input), H_1, ...
        rows: what the slide says W_l has a row for: "unit" (H_l rows) or "input" (H_{l-1} rows).
        columns: what it has a column for.

    Lecture: Mollineda, fully connected multilayer networks.
    """
    rng = np.random.default_rng(0)
    kernels = [rng.normal(size=pair) for pair in pairwise(units)]
    x = rng.normal(size=units[0])
    truth = _dense(kernels, [None] * len(kernels), ["sigmoid"] * len(kernels), x[None, :])[0]
    column, steps = x[:, None], []
    for number_of_layer, kernel in enumerate(kernels, start=1):
        inputs, outputs = kernel.shape
        size = {"unit": outputs, "input": inputs}
        shape = (size[rows], size[columns])
        steps.append(f"layer {number_of_layer}: W is {shape[0]} x {shape[1]}, I is {inputs} x 1")
        if shape != (outputs, inputs):
            steps.append(f"its product with I would have to be {outputs} x 1: the sizes do not fit")
            return Finding({"sizes fit": False}, tuple(steps), False)
        column = ACTIVATIONS["sigmoid"](kernel.T @ column)
    largest = float(np.max(np.abs(column[:, 0] - truth)))
    steps.append(f"output {numbers(column)}, Keras with transposed kernels {numbers(truth)}")
    return Finding({"sizes fit": True, "largest difference": largest}, tuple(steps), largest < TOLERANCE)


def log_odds(weights: Sequence[float], bias: float, level: float = 0.5) -> Finding:
    """Why logistic regression is a linear classifier: log(h / (1 - h)) = w^T x + b, so h >= 1/2 where that is >= 0.

    Checked on 1,000 random points.

    Args:
        weights: w.
        bias: b.
        level: the h from which on class 1 is predicted.

    Lecture: Mollineda, logistic regression: a linear decision boundary.
    """
    x = np.random.default_rng(0).uniform(-3.0, 3.0, size=(1000, len(weights)))
    z = x @ np.asarray(weights, float) + bias
    h = ACTIVATIONS["sigmoid"](z)
    odds = np.log(h / (1.0 - h))
    largest = float(np.max(np.abs(odds - z)))
    agree = bool(((h >= level) == (z >= 0)).all())
    steps = (
        "h / (1 - h) = e^z, so log(h / (1 - h)) = z = w^T x + b: the log-odds are affine in x",
        f"x = {numbers(x[0])}: z = {number(z[0])}, h = {number(h[0])}, log(h / (1 - h)) = {number(odds[0])}",
        f"largest difference over {len(x)} points: {number(largest)}",
        f"h >= {number(level)} exactly where z >= 0: {'yes' if agree else 'no'}; z = 0 is a hyperplane",
    )
    return Finding({"log-odds are affine": largest < 1e-9, "boundary is z = 0": agree}, steps, largest < 1e-9 and agree)


def _dense(kernels: list, biases: list, activations: Sequence[str], x: np.ndarray) -> np.ndarray:
    """Outputs of a Keras Sequential in float64 with the given weights; no bias where it is None."""
    from experiments.backend import keras

    layers = [
        keras.layers.Dense(kernel.shape[1], activation=name, use_bias=bias is not None, dtype="float64")
        for kernel, bias, name in zip(kernels, biases, activations, strict=True)
    ]
    network = keras.Sequential([keras.Input((x.shape[1],), dtype="float64"), *layers])
    network.set_weights([w for pair in zip(kernels, biases, strict=True) for w in pair if w is not None])
    return np.asarray(keras.ops.convert_to_numpy(network(x)))
