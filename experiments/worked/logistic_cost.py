"""Logistic regression: its unit, the limits of its sigmoid, and its cost in the brackets and signs that slides print.

Lectures: Piñar, "Binary cross-entropy", "Gradient Descent"; Hantehzadeh, "Biological inspirations", "Binary
Classification and Logistic Regression", "Logistic Regression Cost", "Gradient Descent and Derivatives".
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from experiments.worked._formulas import sigmoid
from experiments.worked.finding import Finding

Array = NDArray[np.float64]


ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "sigmoid": sigmoid,
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
    "linear": lambda z: z,
}


def unit(weights: list[float], bias: float, inputs: list[list[float]], activation: str) -> Finding:
    """One unit by its formula, against a Keras Dense layer of one unit.

    Formula: yhat = g(w . x + b), g the activation.

    Args:
        weights: w.
        bias: b.
        inputs: examples, one x each.
        activation: sigmoid, tanh, relu or linear.

    Source: Hantehzadeh, "Biological inspirations", "Binary Classification and Logistic Regression".
    """
    from experiments.backend import keras

    w, x = np.asarray(weights, np.float64), np.asarray(inputs, np.float64)
    z = x @ w + bias
    ours = ACTIVATIONS[activation](z)
    layer = keras.layers.Dense(1, activation=activation)
    layer.build((None, len(w)))
    layer.set_weights([w[:, None].astype(np.float32), np.array([bias], np.float32)])
    theirs = np.asarray(keras.ops.convert_to_numpy(layer(x.astype(np.float32))), np.float64)[:, 0]
    steps = tuple(
        f"x = ({', '.join(f'{v:.6g}' for v in row)}): z = {a:.6g}, {activation}(z) = {b:.6g}, Keras {c:.6g}"
        for row, a, b, c in zip(x, z, ours, theirs, strict=True)
    )
    return Finding({"outputs": ours.tolist()}, steps, bool(np.allclose(ours, theirs, rtol=1e-6, atol=1e-6)))


def probability(weights: list[float], bias: float, inputs: list[list[float]], activation: str = "sigmoid") -> Finding:
    """Whether a unit's output can be a probability, and whether it is the one its formula and Keras give.

    Formula: yhat = sigma(w . x + b), 0 <= yhat <= 1.

    Args:
        weights: w.
        bias: b.
        inputs: examples, one x each.
        activation: as in `unit`.

    Source: Hantehzadeh, "Binary Classification and Logistic Regression".
    """
    found = unit(weights, bias, inputs, activation)
    low, high = min(found.values["outputs"]), max(found.values["outputs"])
    steps = (*found.steps, f"outputs lie between {low:.6g} and {high:.6g}")
    return Finding(
        {**found.values, "smallest": low, "largest": high}, steps, bool(found.holds) and 0 <= low <= high <= 1
    )


def sigmoid_limit(inputs: list[float], limit: float, within: float = 1e-4) -> Finding:
    """Whether the sigmoid of every given z is (but for `within`) the limit that a slide names.

    Formula: sigma(z) = 1 / (1 + e^-z).

    Args:
        inputs: values of z.
        limit: what sigma(z) is said to be.
        within: how far off may still be called the limit.

    Source: Hantehzadeh, "Binary Classification and Logistic Regression".
    """
    outputs: list[float] = sigmoid(np.asarray(inputs, np.float64)).tolist()
    steps = tuple(
        f"sigma({z:.6g}) = {s:.6g}, off {limit:.6g} by {abs(s - limit):.3g}"
        for z, s in zip(inputs, outputs, strict=True)
    )
    return Finding({"outputs": outputs}, steps, all(abs(s - limit) < within for s in outputs))


def printed_cost(
    truth: list[int],
    predicted: list[float],
    brackets: bool = True,
    outer_sign: int = -1,
    inner_sign: int = 1,
) -> Finding:
    """The binary cross-entropy exactly as a slide prints it, against Keras.

    Formula with brackets: outer_sign 1/N sum of inner_sign [y_i ln p_i + (1 - y_i) ln(1 - p_i)]. Without them the sum
    ends at the plus sign: outer_sign 1/N (sum of y_i ln p_i) + (1 - y_i) ln(1 - p_i), where i in the second term is
    bound by nothing; every i is tried.

    Args:
        truth: y, N labels 0 or 1.
        predicted: p, N probabilities of label 1.
        brackets: whether brackets enclose both terms.
        outer_sign: the sign before the sum.
        inner_sign: the sign inside it.

    Source: Piñar, "Binary cross-entropy", "Gradient Descent"; Hantehzadeh, "Logistic Regression Cost", "Gradient
    Descent and Derivatives".
    """
    y, p = np.asarray(truth, np.float64), np.asarray(predicted, np.float64)
    first, second = y * np.log(p), (1 - y) * np.log(1 - p)
    steps = [
        f"i = {i}: y = {a:.6g}, p = {b:.6g}: y ln p = {c + 0:.6g}, (1 - y) ln(1 - p) = {d + 0:.6g}"
        for i, (a, b, c, d) in enumerate(zip(y, p, first, second, strict=True), start=1)
    ]
    if brackets:
        readings = np.array([outer_sign * np.sum(inner_sign * (first + second)) / len(y)])
        steps.append(f"as printed: {readings[0]:.6g}")
    else:
        readings = outer_sign * np.sum(inner_sign * first) / len(y) + second
        steps += [f"as printed, second term for i = {i}: {value:.6g}" for i, value in enumerate(readings, start=1)]
    theirs = float(np.mean(_keras_losses(y, p)))
    steps.append(f"Keras: {theirs:.6g}")
    return Finding(
        {"as printed": readings.tolist(), "Keras": theirs},
        tuple(steps),
        bool(np.allclose(readings, theirs, rtol=1e-6, atol=1e-6)),
    )


def remaining_term(when_1: str, when_0: str) -> Finding:
    """Which term of y ln p + (1 - y) ln(1 - p) is left for each label, on a grid of p.

    Args:
        when_1: the term said to be left for y = 1: "y log p" or "(1-y) log(1-p)".
        when_0: the term said to be left for y = 0.

    Source: Piñar, "Binary cross-entropy" (second slide).
    """
    p = np.linspace(0.01, 0.99, 99)
    steps, stands = [], True
    for y, kept in ((1.0, when_1), (0.0, when_0)):
        terms = {"y log p": y * np.log(p), "(1-y) log(1-p)": (1 - y) * np.log(1 - p)}
        dropped = next(term for name, term in terms.items() if name != kept)
        largest = float(np.max(np.abs(dropped)))
        stands &= bool(np.array_equal(terms[kept], terms["y log p"] + terms["(1-y) log(1-p)"]))
        steps.append(f"y = {y:.6g}: without {kept} the largest magnitude left over p = 0.01 ... 0.99 is {largest:.6g}")
    return Finding({}, tuple(steps), stands)


def mean_of_point_errors(truth: list[int], predicted: list[float], second_sign: int = -1) -> Finding:
    """Whether the total error is the mean of the errors of the points.

    Formula: E_i = -y ln yhat + second_sign (1 - y) ln(1 - yhat), E = -1/m sum of (y ln yhat + (1 - y) ln(1 - yhat)).

    Args:
        truth: y, m labels 0 or 1.
        predicted: yhat, m probabilities.
        second_sign: the sign that the slide prints before the second term of E_i.

    Source: Piñar, "Gradient Descent".
    """
    y, yhat = np.asarray(truth, np.float64), np.asarray(predicted, np.float64)
    points = -y * np.log(yhat) + second_sign * (1 - y) * np.log(1 - yhat)
    total = -np.sum(y * np.log(yhat) + (1 - y) * np.log(1 - yhat)) / len(y)
    steps = (
        f"errors of the points: {', '.join(f'{e:.6g}' for e in points)}; mean {points.mean():.6g}",
        f"total error: {total:.6g}",
    )
    values = {"mean of point errors": float(points.mean()), "total error": float(total)}
    return Finding(values, steps, bool(np.isclose(points.mean(), total, rtol=0, atol=1e-12)))


def quadratic(truth: list[int], predicted: list[float], factor: float = 0.5) -> Finding:
    """The quadratic loss as printed, against this project's `quadratic_cost` and Keras; and why log loss replaces it.

    Formula: L = factor (yhat - y)^2. With yhat = sigma(z) it is not convex in z, the log loss is: second differences
    over z = -6 ... 6 show it.

    Args:
        truth: y, labels 0 or 1.
        predicted: yhat.
        factor: what the slide prints before the square.

    Source: Hantehzadeh, "Logistic Regression Cost".
    """
    from experiments.backend import keras
    from losses import quadratic_cost

    y, yhat = np.asarray(truth, np.float64), np.asarray(predicted, np.float64)
    ours = factor * (yhat - y) ** 2
    package = np.asarray(keras.ops.convert_to_numpy(quadratic_cost(y, yhat)), np.float64)
    half_keras = float(keras.losses.mean_squared_error(y, yhat)) / 2
    z = np.linspace(-6, 6, 241)
    curvature = {
        "quadratic": np.diff((sigmoid(z) - 1) ** 2 / 2, 2).min(),
        "log": np.diff(np.log1p(np.exp(-z)), 2).min(),
    }
    steps = (
        f"L = {', '.join(f'{v:.6g}' for v in ours)}; this project's loss {', '.join(f'{v:.6g}' for v in package)}",
        f"mean {ours.mean():.6g}; half of Keras's mean squared error {half_keras:.6g}",
        f"smallest second difference in z, y = 1: quadratic loss {curvature['quadratic']:.3g} (not convex), "
        f"log loss {curvature['log']:.3g} (convex)",
    )
    values = {"losses": ours.tolist(), "convex in z": bool(curvature["quadratic"] >= 0)}
    same = np.allclose(ours, package, rtol=1e-6) and math.isclose(ours.mean(), half_keras, rel_tol=1e-6)
    return Finding(values, steps, bool(same))


def log_loss(truth: list[int], predicted: list[float], sign: int = -1) -> Finding:
    """The log loss of single examples as printed, against Keras's binary cross-entropy.

    Formula: L = sign (y log yhat + (1 - y) log(1 - yhat)), natural logarithm.

    Args:
        truth: y, labels 0 or 1.
        predicted: yhat, probabilities.
        sign: the sign that the slide prints.

    Source: Hantehzadeh, "Logistic Regression Cost".
    """
    y, yhat = np.asarray(truth, np.float64), np.asarray(predicted, np.float64)
    ours = sign * (y * np.log(yhat) + (1 - y) * np.log(1 - yhat))
    theirs = _keras_losses(y, yhat)
    steps = tuple(
        f"y = {a:.6g}, yhat = {b:.6g}: L = {c:.6g}, Keras {d:.6g}"
        for a, b, c, d in zip(y, yhat, ours, theirs, strict=True)
    )
    return Finding({"losses": ours.tolist()}, steps, bool(np.allclose(ours, theirs, rtol=1e-6, atol=1e-6)))


def close_to_when_good(label: int, close_to: float) -> Finding:
    """What the prediction and the logarithm in the loss come close to as the loss of one example vanishes.

    Formula: y = 1: L = -log(yhat); y = 0: L = -log(1 - yhat). The best yhat on a fine grid of (0, 1) is taken.

    Args:
        label: y.
        close_to: what the slide says that both yhat and the logarithm should be close to.

    Source: Hantehzadeh, "Logistic Regression Cost".
    """
    yhat = np.linspace(0, 1, 100_001)[1:-1]
    inside = yhat if label == 1 else 1 - yhat
    best = int(np.argmin(-np.log(inside)))
    logarithm = float(np.log(inside[best]))
    name = "log(yhat)" if label == 1 else "log(1 - yhat)"
    steps = (
        f"y = {label}: L = -{name} is smallest at yhat = {yhat[best]:.6g}",
        f"there {name} = {logarithm:.3g}; the slide says {close_to:.6g}",
    )
    values = {"yhat": float(yhat[best]), "logarithm": logarithm}
    return Finding(values, steps, abs(yhat[best] - close_to) < 1e-3 and abs(logarithm - close_to) < 1e-3)


def _keras_losses(y: Array, p: Array) -> Array:
    from experiments.backend import keras

    losses = keras.losses.binary_crossentropy(y[:, None], p[:, None])
    return np.asarray(keras.ops.convert_to_numpy(losses), np.float64)
