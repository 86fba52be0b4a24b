"""Activation functions as the slides print them, held against Keras and against numeric derivatives.

Lectures: Mollineda, linear model and activation function; Cavallaro, introducing non-linearity; Piñar, gradient
descent. Each check takes the constants of the printed formula, so that another formula gives another outcome.
"""

from collections.abc import Callable, Sequence

import numpy as np

from experiments.worked import _formulas
from experiments.worked._derivatives import derivative
from experiments.worked._formulas import Array
from experiments.worked._writing import number, numbers
from experiments.worked.finding import Finding

GRID = np.linspace(-6.0, 6.0, 1201)
SHOWN = (-2.0, -0.5, 0.5, 2.0)
TOLERANCE = 1e-9
FLOAT32 = 1e-6
"""Where TensorFlow keeps a constant, such as a slope, in float32."""


def relu(floor: float = 0.0) -> Finding:
    """Compare max{floor, z} with Keras's relu on [-6, 6].

    Args:
        floor: the constant in the printed maximum.

    Lectures: Mollineda, activation function; Cavallaro, introducing non-linearity.
    """
    return _against_keras("relu", lambda z: np.maximum(floor, z))


def sigmoid(numerator: float = 1.0, added: float = 1.0, exponent: float = -1.0) -> Finding:
    """Compare numerator / (added + e^(exponent z)) with Keras's sigmoid on [-6, 6].

    Lectures: Mollineda, activation function; Cavallaro, introducing non-linearity.
    """
    return _against_keras("sigmoid", lambda z: numerator / (added + np.exp(exponent * z)))


def tanh(factor: float = 2.0, inner: float = 2.0, shift: float = -1.0) -> Finding:
    """Compare factor * sigmoid(inner z) + shift with Keras's tanh on [-6, 6].

    With the defaults this is the identity tanh z = 2 s(2z) - 1.

    Lectures: Mollineda, activation function; Cavallaro, introducing non-linearity.
    """
    return _against_keras("tanh", lambda z: factor * _formulas.sigmoid(inner * z) + shift)


def softplus(added: float = 1.0, exponent: float = 1.0) -> Finding:
    """Compare log(added + e^(exponent z)) with Keras's softplus on [-6, 6].

    Lecture: Cavallaro, introducing non-linearity.
    """
    return _against_keras("softplus", lambda z: np.log(added + np.exp(exponent * z)))


def leaky_relu(slopes: Sequence[float] = (0.01, 0.2, 0.5)) -> Finding:
    """Compare max(z, slope * z) with Keras's leaky ReLU of that negative slope on [-6, 6].

    Args:
        slopes: the maximum is a leaky ReLU only for slopes between 0 and 1.

    Lecture: Cavallaro, introducing non-linearity.
    """
    return _against_keras_for_each(
        "leaky_relu", "negative_slope", slopes, lambda z, slope: np.maximum(z, slope * z), "slope"
    )


def elu(alphas: Sequence[float] = (0.5, 1.0, 2.0), times_z: bool = False) -> Finding:
    """Compare z for z > 0, alpha (e^z - 1) for z <= 0, with Keras's ELU of that alpha on [-6, 6].

    Args:
        alphas: values of alpha to try.
        times_z: whether the lower branch is printed with a further factor z.

    Lecture: Cavallaro, introducing non-linearity.
    """

    def printed(z: Array, alpha: float) -> Array:
        lower = alpha * (np.exp(z) - 1.0) * (z if times_z else 1.0)
        return np.where(z > 0, z, lower)

    return _against_keras_for_each("elu", "alpha", alphas, printed, "alpha")


def hard_sigmoid(shift: float, divisor: float) -> Finding:
    """Compare max(0, min(1, (z + shift) / divisor)) with the hard_sigmoid of the installed Keras on [-6, 6].

    The distances to the hard sigmoid of Keras 2, clip(0.2 z + 0.5), and to the sigmoid are given beside it.

    Lecture: Mollineda, approximate (or rigid) logistic regression.
    """

    def printed(z: Array) -> Array:
        return np.maximum(0.0, np.minimum(1.0, (z + shift) / divisor))

    found = _against_keras("hard_sigmoid", printed)
    to_keras2 = _largest(printed(GRID) - _formulas.hard_sigmoid_keras2(GRID))
    to_sigmoid = _largest(printed(GRID) - _formulas.sigmoid(GRID))
    steps = (
        *found.steps,
        f"the printed slope is 1/{number(divisor)}; Keras 3 has 1/6, Keras 2 has 1/5",
        f"largest difference to Keras 2: {number(to_keras2)}, to the sigmoid: {number(to_sigmoid)}",
    )
    values = {**found.values, "difference to keras 2": to_keras2, "difference to sigmoid": to_sigmoid}
    return Finding(values, steps, found.holds)


def hard_sigmoid_range(shift: float, divisor: float, open_interval: bool = True) -> Finding:
    """Whether max(0, min(1, (z + shift) / divisor)) stays between 0 and 1, or strictly between them.

    Args:
        shift: added to z in the printed formula.
        divisor: of the printed formula.
        open_interval: whether the slide prints (0, 1), without its ends, or [0, 1].

    Lecture: Mollineda, approximate (or rigid) logistic regression.
    """
    h = np.maximum(0.0, np.minimum(1.0, (GRID + shift) / divisor))
    lowest, highest = float(h.min()), float(h.max())
    within = lowest > 0.0 and highest < 1.0 if open_interval else lowest >= 0.0 and highest <= 1.0
    steps = (
        f"lowest value on [-6, 6]: {number(lowest)}, taken at {int((h == lowest).sum())} of {h.size} points",
        f"highest value: {number(highest)}, taken at {int((h == highest).sum())} points",
        f"all values in {'(0, 1)' if open_interval else '[0, 1]'}: {'yes' if within else 'no'}",
    )
    return Finding({"lowest": lowest, "highest": highest}, steps, within)


def sigmoid_range(exponent: float = -1.0, reach: float = 700.0) -> Finding:
    """Whether 1 / (1 + e^(exponent z)) stays in (0, 1) and its derivative is nowhere 0.

    In float64 the sigmoid rounds to 1 from z = 37 on, so both are decided by logarithms, which do not round away:
    log s = -log(1 + e^(exponent z)), log(1 - s) = exponent z + log s, and s' = -exponent s (1 - s).

    Args:
        exponent: the factor of z in the exponent.
        reach: z runs from -reach to reach.

    Lecture: Mollineda, logistic regression.
    """
    z = np.linspace(-reach, reach, 2001)
    log_s = -np.logaddexp(0.0, exponent * z)
    log_rest = -np.logaddexp(0.0, -exponent * z)
    inside = bool(np.isfinite(log_s).all() and np.isfinite(log_rest).all() and (np.exp(log_s + log_rest) > 0).all())
    near = np.linspace(-6.0, 6.0, 121)
    slope = derivative(lambda x: 1.0 / (1.0 + np.exp(exponent * x)), near)
    never_flat = bool(exponent != 0 and (np.exp(log_s + log_rest) > 0).all() and (np.abs(slope) > 0).all())
    steps = (
        f"s'(0) = {number(slope[60])} by central differences",
        f"at z = {number(reach)}: log s = {number(log_s[-1])}, log(1 - s) = {number(log_rest[-1])}",
        f"both finite, so neither s nor 1 - s is 0: {'yes' if inside else 'no'}",
        f"log(s (1 - s)) = {number(log_s[-1] + log_rest[-1])}; smallest |s'| on [-6, 6]: {number(np.abs(slope).min())}",
        "rounded to float32, 1 - s is 0 from z = 17 on: a matter of arithmetic, not of the formula",
    )
    return Finding({"slope at 0": float(slope[60])}, steps, inside and never_flat)


def sigmoid_derivative(square: int = 2) -> Finding:
    """Compare e^-x / (1 + e^-x)^2 and s(x) (1 - s(x)) with the numeric derivative of the sigmoid on [-8, 8].

    Args:
        square: the exponent of the printed denominator.

    Lectures: Piñar, gradient descent; Mollineda, logistic regression.
    """
    x = np.linspace(-8.0, 8.0, 1601)
    truth = derivative(_formulas.sigmoid, x)
    quotient = np.exp(-x) / (1.0 + np.exp(-x)) ** square
    s = _formulas.sigmoid(x)
    errors = _largest(quotient - truth), _largest(s * (1.0 - s) - truth)
    steps = (
        f"x = 1: e^-1 / (1 + e^-1)^{square} = {number(np.exp(-1) / (1 + np.exp(-1)) ** square)}",
        f"s(1) (1 - s(1)) = {number(s[900])} x {number(1 - s[900])} = {number(s[900] * (1 - s[900]))}",
        f"numeric derivative at 1: {number(truth[900])}",
        f"largest difference on [-8, 8]: {number(errors[0])} for the quotient, {number(errors[1])} for the product",
        f"largest slope: {number(truth.max())} at x = {number(x[truth.argmax()])}",
    )
    values = {"difference of quotient": errors[0], "difference of product": errors[1], "maximum": float(truth.max())}
    return Finding(values, steps, max(errors) < 1e-8)


def step(points: Sequence[float], at_or_above: int, below: int, at_zero: int) -> Finding:
    """Evaluate g(z) = at_or_above for z >= 0, below for z < 0, against NumPy's Heaviside function.

    Args:
        points: where to evaluate; -0.0 counts as 0.
        at_or_above: printed value of the upper branch.
        below: printed value of the lower branch.
        at_zero: what the slide's branches give at z = 0.

    Lecture: Mollineda, Perceptron.
    """
    z = np.asarray(points, float)
    outputs = [at_or_above if value >= 0 else below for value in z]
    truth = np.heaviside(z, at_zero).astype(int).tolist()
    steps = tuple(f"g({value:g}) = {output}" for value, output in zip(z, outputs, strict=True))
    return Finding({"outputs": outputs, "heaviside": truth}, steps, outputs == truth and set(outputs) <= {0, 1})


def step_derivative(points: Sequence[float]) -> Finding:
    """Whether the step function has the derivative 0 at each of the points, by one-sided difference quotients.

    The derivative is 0 where both (g(z + h) - g(z)) / h and (g(z) - g(z - h)) / h tend to 0 as h does.

    Lecture: Mollineda, Perceptron.
    """
    shrinking = (1e-1, 1e-3, 1e-6)
    zero, steps = [], []
    for z in points:
        here, h = float(z >= 0), np.array(shrinking)
        right, left = (_formulas.step(z + h) - here) / h, (here - _formulas.step(z - h)) / h
        zero.append(right[-1] == 0 and left[-1] == 0)
        steps.append(f"z = {number(z)}, h = 0.1, 0.001, 1e-6: from the right {numbers(right)}, left {numbers(left)}")
    return Finding({"derivative is 0": zero}, tuple(steps), all(zero))


def _against_keras(name: str, printed: Callable[[Array], Array]) -> Finding:
    from experiments.backend import keras

    return _compared(name, printed, getattr(keras.activations, name))


def _against_keras_for_each(
    name: str, argument: str, constants: Sequence[float], printed: Callable[[Array, float], Array], symbol: str
) -> Finding:
    from experiments.backend import keras

    function = getattr(keras.activations, name)

    def with_constant(c: float) -> Finding:
        label = f"{name}, {symbol} = {c:g}"
        return _compared(label, lambda z: printed(z, c), lambda z: function(z, **{argument: c}))

    found = [with_constant(c) for c in constants]
    largest = max(one.values["largest difference"] for one in found)
    return Finding(
        {"largest difference": largest}, tuple(step for one in found for step in one.steps), largest < FLOAT32
    )


def _compared(name: str, printed: Callable[[Array], Array], library: Callable) -> Finding:
    from experiments.backend import keras

    ours = printed(GRID)
    theirs = keras.ops.convert_to_numpy(library(keras.ops.convert_to_tensor(GRID, dtype="float64")))
    largest = _largest(ours - theirs)
    where = float(GRID[np.argmax(np.abs(ours - theirs))])
    shown = [int(np.argmin(np.abs(GRID - z))) for z in SHOWN]
    steps = (
        f"z = {numbers(GRID[shown])}: the formula gives {numbers(ours[shown])}",
        f"Keras's {name}: {numbers(theirs[shown])}",
        f"largest difference at {GRID.size} points of [-6, 6]: {number(largest)}"
        + (f", at z = {number(where)}" if largest > FLOAT32 else ""),
    )
    return Finding({"largest difference": largest}, steps, largest < TOLERANCE)


def _largest(differences: Array) -> float:
    return float(np.max(np.abs(differences)))
