"""The gradient of logistic regression's error, line by line, against central differences.

Throughout yhat = sigma(W . x + b) and E = -y ln yhat - (1 - y) ln(1 - yhat) for one point. Random cases are drawn once,
with a fixed seed; central differences are taken in float64 with a step of 1e-5.
Lectures: Piñar, "Gradient Descent"; Hantehzadeh, "Gradient Descent and Derivatives".
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from experiments.worked._formulas import sigmoid
from experiments.worked.finding import Finding

Array = NDArray[np.float64]

CASES = 200
STEP = 1e-5


def one_step(learning_rate: float, sign: int = -1) -> Finding:
    """Whether one step of gradient descent on one point makes its prediction better, in 200 random cases.

    Formula: w' = w + sign * alpha dE/dw, b' = b + sign * alpha dE/db.

    Args:
        learning_rate: alpha.
        sign: what the slide prints before alpha.

    Source: Piñar, "Gradient Descent".
    """
    better = 0
    steps: list[str] = []
    for w, b, x, y in _cases():
        gradient = np.append(_residual_gradient(w, b, x, y), -(y - sigmoid(w @ x + b)))
        w_new, b_new = w + sign * learning_rate * gradient[:-1], b + sign * learning_rate * gradient[-1]
        before, after = _error(w, b, x, y), _error(w_new, b_new, x, y)
        better += after < before
        if not steps:
            steps.append(
                f"w = {_row(w)}, b = {b:.6g}, x = {_row(x)}, y = {y:.6g}: "
                f"yhat = {sigmoid(w @ x + b):.6g}, E = {before:.6g}"
            )
            steps.append(
                f"gradient {_row(gradient)}, alpha = {learning_rate:.6g}: w' = {_row(w_new)}, b' = {b_new:.6g}"
            )
            steps.append(f"yhat = {sigmoid(w_new @ x + b_new):.6g}, E = {after:.6g}")
    steps.append(f"E is smaller after the step in {better} of {CASES} random cases")
    return Finding({"cases": CASES, "better": better}, tuple(steps), better == CASES)


def gradient_of_a_point(sign: int = -1, last: float = 1.0) -> Finding:
    """The gradient of one point's error as printed, against central differences.

    Formula: grad E = sign (y - yhat)(x_1, ..., x_n, last), by w_1 ... w_n and b.

    Args:
        sign: what the slide prints in front.
        last: the entry that the slide prints for the bias.

    Source: Piñar, "Gradient Descent".
    """

    def printed(w: Array, b: float, x: Array, y: float) -> Array:
        return sign * (y - sigmoid(w @ x + b)) * np.append(x, last)

    return _against_differences(printed, _numeric_gradient)


def derivative_by_bias(sign: int = -1) -> Finding:
    """The derivative by the bias as printed, against central differences.

    Formula: dE/db = sign (y - yhat).

    Args:
        sign: what the slide prints in front.

    Source: Piñar, "Gradient Descent".
    """

    def printed(w: Array, b: float, x: Array, y: float) -> Array:
        return np.array([sign * (y - sigmoid(w @ x + b))])

    def numeric(w: Array, b: float, x: Array, y: float) -> Array:
        return _numeric_gradient(w, b, x, y)[-1:]

    return _against_differences(printed, numeric)


def sigmoid_derivative(denominator_power: int = 2) -> Finding:
    """Every printed form of the sigmoid's derivative against central differences, over x = -8 ... 8.

    Formula: sigma'(x) = e^-x / (1 + e^-x)^power = 1/(1 + e^-x) * e^-x/(1 + e^-x) = sigma(x)(1 - sigma(x)).

    Args:
        denominator_power: the power that the slide prints.

    Source: Piñar, "Gradient Descent".
    """
    x = np.linspace(-8, 8, 1601)
    e, s = np.exp(-x), sigmoid(x)
    numeric = (sigmoid(x + STEP) - sigmoid(x - STEP)) / (2 * STEP)
    forms = {
        f"e^-x / (1 + e^-x)^{denominator_power}": e / (1 + e) ** denominator_power,
        "1/(1 + e^-x) * e^-x/(1 + e^-x)": 1 / (1 + e) * e / (1 + e),
        "sigma(x)(1 - sigma(x))": s * (1 - s),
    }
    worst = {name: float(np.max(np.abs(form - numeric))) for name, form in forms.items()}
    steps = [f"{name}: off the central difference by at most {off:.3g}" for name, off in worst.items()]
    top = int(np.argmax(numeric))
    steps.append(f"largest value {numeric[top]:.6g}, at x = {x[top]:.3g}")
    return Finding({"largest": float(numeric[top])}, tuple(steps), max(worst.values()) < 1e-8)


def derivative_of_prediction(factor: str = "x_j") -> Finding:
    """Each line of the derivative of yhat by w_j, against central differences.

    Formula: sigma(z)(1 - sigma(z)) dz/dw_j = yhat(1 - yhat) dz/dw_j = yhat(1 - yhat) x_j, z = W . x + b.

    Args:
        factor: what the slide is left with at the end: x_j, w_j or 1.

    Source: Piñar, "Gradient Descent".
    """

    def lines(w: Array, b: float, x: Array, y: float) -> Array:
        z = float(w @ x + b)
        inner = _central(lambda v: np.array([v @ x + b]), w)[:, 0]
        last = {"x_j": x, "w_j": w, "1": np.ones_like(x)}[factor]
        yhat = sigmoid(z)
        return np.stack([sigmoid(z) * (1 - sigmoid(z)) * inner, yhat * (1 - yhat) * inner, yhat * (1 - yhat) * last])

    def numeric(w: Array, b: float, x: Array, y: float) -> Array:
        slope = _central(lambda v: np.array([sigmoid(v @ x + b)]), w)[:, 0]
        return np.stack([slope] * 3)

    return _against_differences(lines, numeric)


def chain_of_lines(last_but_one: list[int], last: int = -1) -> Finding:
    """Each of the six lines that lead to dE/dw_j, against central differences.

    Formula, D the derivative by w_j: D[-y ln yhat - (1 - y) ln(1 - yhat)]; -y D ln yhat - (1 - y) D ln(1 - yhat);
    -y/yhat D yhat - (1 - y)/(1 - yhat) D(1 - yhat); the same with D yhat = yhat(1 - yhat) x_j and
    D(1 - yhat) = -yhat(1 - yhat) x_j; -+ y(1 - yhat) x_j +- (1 - y) yhat x_j; -+ (y - yhat) x_j.

    Args:
        last_but_one: the two signs of the fifth line.
        last: the sign of the sixth.

    Source: Piñar, "Gradient Descent".
    """

    def lines(w: Array, b: float, x: Array, y: float) -> Array:
        def by_w(f: Callable[[float], float]) -> Array:
            return _central(lambda v: np.array([f(float(sigmoid(v @ x + b)))]), w)[:, 0]

        yhat = float(sigmoid(w @ x + b))
        slope = yhat * (1 - yhat) * x
        return np.stack(
            [
                by_w(lambda p: -y * np.log(p) - (1 - y) * np.log(1 - p)),
                -y * by_w(np.log) - (1 - y) * by_w(lambda p: np.log(1 - p)),
                -y / yhat * by_w(lambda p: p) - (1 - y) / (1 - yhat) * by_w(lambda p: 1 - p),
                -y / yhat * slope - (1 - y) / (1 - yhat) * -1 * slope,
                last_but_one[0] * y * (1 - yhat) * x + last_but_one[1] * (1 - y) * yhat * x,
                last * (y - yhat) * x,
            ]
        )

    def numeric(w: Array, b: float, x: Array, y: float) -> Array:
        return np.stack([_numeric_gradient(w, b, x, y)[:-1]] * 6)

    return _against_differences(lines, numeric)


def set_of_points(points: list[float], label: int, weight: float = 0.5, bias: float = -0.2) -> Finding:
    """The printed gradient for "a set of points (x_1, ..., x_n)", against the gradient of their total error.

    Printed: (-(y - yhat) x_1, ..., -(y - yhat) x_n, -(y - yhat)), one entry a point and one for the bias. The total
    error of n points with one feature each has two derivatives, by w and by b: each the mean over the points.

    Args:
        points: x_1 ... x_n, points of one feature each.
        label: y of all of them.
        weight: w.
        bias: b.

    Source: Piñar, "Gradient Descent", its end.
    """
    x = np.asarray(points, np.float64)
    residual = -(label - sigmoid(weight * x + bias))
    printed = np.append(residual * x, residual[-1])

    def total(v: Array) -> Array:
        return np.array([np.mean([_error(v[:1], float(v[1]), x[i : i + 1], label) for i in range(len(x))])])

    numeric = _central(total, np.array([weight, bias]))[:, 0]
    same = printed.shape == numeric.shape and bool(np.allclose(printed, numeric, atol=1e-8))
    steps = (
        f"{len(x)} points {_row(x)}, y = {label}, w = {weight:.6g}, b = {bias:.6g}",
        f"as printed: {_row(printed)}, {len(printed)} entries",
        f"central differences of the total error by w and b: {_row(numeric)}, {len(numeric)} entries",
        f"means of -(y - yhat) x and -(y - yhat) over the points: {np.mean(residual * x):.6g}, {np.mean(residual):.6g}",
    )
    return Finding({"entries printed": len(printed), "entries of the gradient": len(numeric)}, steps, same)


def is_convex(features: list[list[float]], labels: list[int], cost: str = "log") -> Finding:
    """Whether the cost C(w, b) of a training set is convex: no negative eigenvalue of its Hessian at 200 random (w, b).

    Formula of the log loss: H = 1/m sum of yhat(1 - yhat) (x, 1)(x, 1)^T. The Hessian is taken by central differences.

    Args:
        features: m examples.
        labels: m labels 0 or 1.
        cost: log, or quadratic for 1/2 (yhat - y)^2.

    Source: Hantehzadeh, "Gradient Descent and Derivatives".
    """
    x, y = np.asarray(features, np.float64), np.asarray(labels, np.float64)
    design = np.column_stack([x, np.ones(len(x))])

    def gradient(v: Array) -> Array:
        yhat = sigmoid(design @ v)
        slope = yhat - y if cost == "log" else (yhat - y) * yhat * (1 - yhat)
        return np.asarray(design.T @ slope / len(y), np.float64)

    rng = np.random.default_rng(11)
    smallest = min(
        float(np.linalg.eigvalsh((hessian + hessian.T) / 2)[0])
        for hessian in (_central(gradient, v) for v in rng.normal(scale=2, size=(CASES, design.shape[1])))
    )
    steps = (f"smallest eigenvalue of the Hessian over {CASES} random (w, b): {smallest:.3g}",)
    return Finding({"smallest eigenvalue": smallest}, steps, smallest > -1e-8)


def _cases() -> list[tuple[Array, float, Array, float]]:
    rng = np.random.default_rng(2)
    return [
        (rng.normal(size=3), float(rng.normal()), rng.normal(size=3), float(rng.integers(0, 2))) for _ in range(CASES)
    ]


def _against_differences(
    printed: Callable[[Array, float, Array, float], Array],
    numeric: Callable[[Array, float, Array, float], Array],
) -> Finding:
    worst = 0.0
    steps: list[str] = []
    for w, b, x, y in _cases():
        ours, truth = printed(w, b, x, y), numeric(w, b, x, y)
        worst = max(worst, float(np.max(np.abs(ours - truth))))
        if not steps:
            steps.append(f"w = {_row(w)}, b = {b:.6g}, x = {_row(x)}, y = {y:.6g}: yhat = {sigmoid(w @ x + b):.6g}")
            for line, (a, c) in enumerate(zip(np.atleast_2d(ours), np.atleast_2d(truth), strict=True), start=1):
                steps.append(f"printed, line {line}: {_row(a)}; central differences: {_row(c)}")
    steps.append(f"largest difference over {CASES} random cases: {worst:.3g}")
    return Finding({"largest difference": worst}, tuple(steps), worst < 1e-8)


def _error(w: Array, b: float, x: Array, y: float) -> float:
    yhat = sigmoid(w @ x + b)
    return float(-y * np.log(yhat) - (1 - y) * np.log(1 - yhat))


def _residual_gradient(w: Array, b: float, x: Array, y: float) -> Array:
    return np.asarray(-(y - sigmoid(w @ x + b)) * x, np.float64)


def _central(f: Callable[[Array], Array], at: Array) -> Array:
    """Central differences: one row for each entry of `at`."""
    rows = []
    for i in range(len(at)):
        step = np.zeros_like(at)
        step[i] = STEP
        rows.append((f(at + step) - f(at - step)) / (2 * STEP))
    return np.stack(rows)


def _numeric_gradient(w: Array, b: float, x: Array, y: float) -> Array:
    return _central(lambda v: np.array([_error(v[:-1], float(v[-1]), x, y)]), np.append(w, b))[:, 0]


def _row(values: Array) -> str:
    return f"({', '.join(f'{value + 0:.6g}' for value in values)})"
