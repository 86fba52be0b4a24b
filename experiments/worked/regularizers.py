"""What L1, L2, elastic net and max norm do to weights: by formula, and by Keras's own regularizers and constraint.

Lecture: Hantehzadeh, "Weight Regularization".
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.worked.finding import Finding

Array = NDArray[np.float64]

PENALTIES: dict[str, Callable[[Array, float], float]] = {
    "l1": lambda w, strength: strength * float(np.abs(w).sum()),
    "l2": lambda w, strength: strength * float((w**2).sum()),
}


def added_to_loss(
    images: list[list[float]], labels: list[int], weights: list[list[float]], strength: float, sign: int = 1
) -> Finding:
    """The regularised loss as printed, against what Keras minimises for a layer with a kernel_regularizer.

    Formula: L = 1/N sum of L_i + sign * lambda R(W), L_i the multiclass SVM loss of the scores W x_i, R(W) the sum of
    squared weights.

    Args:
        images: x_i, a row an example.
        labels: y_i.
        weights: W, a row a class.
        strength: lambda.
        sign: the sign printed before lambda.

    Source: Hantehzadeh, "Weight Regularization".
    """
    from experiments.backend import keras
    from losses import MulticlassHinge

    x, w = np.asarray(images, np.float64), np.asarray(weights, np.float64)
    scores = x @ w.T
    true = scores[np.arange(len(labels)), labels]
    wrong = np.arange(scores.shape[1]) != np.asarray(labels)[:, None]
    data = float(np.where(wrong, np.maximum(0, scores - true[:, None] + 1), 0).sum() / len(labels))
    penalty = PENALTIES["l2"](w, strength)
    printed = data + sign * penalty

    layer = keras.layers.Dense(len(w), use_bias=False, kernel_regularizer=keras.regularizers.L2(strength))
    model = keras.Sequential([keras.Input((x.shape[1],)), layer])
    layer.set_weights([w.T.astype(np.float32)])
    model.compile(loss=MulticlassHinge(), run_eagerly=True)
    minimised = float(model.test_on_batch(x.astype(np.float32), np.asarray(labels)))
    steps = (
        f"mean SVM loss {data:.6g}; lambda R(W) = {strength:.6g} * {penalty / strength:.6g} = {penalty:.6g}",
        f"as printed: {data:.6g} {'+' if sign > 0 else '-'} {penalty:.6g} = {printed:.6g}; Keras {minimised:.6g}",
    )
    values = {"data loss": data, "penalty": penalty, "total": printed, "Keras": minimised}
    return Finding(values, steps, bool(np.isclose(printed, minimised, rtol=1e-6)))


def penalised(name: str, weights: list[float], strength: float) -> Finding:
    """Whether every one of the given weights is penalised, by formula and by Keras.

    Formula: L1 lambda |w|, L2 lambda w^2.

    Args:
        name: l1 or l2.
        weights: the weights said to be penalised.
        strength: lambda.

    Source: Hantehzadeh, "Weight Regularization".
    """
    by_keras = _keras_penalty(name, strength)
    each = [PENALTIES[name](np.array([w], np.float64), strength) for w in weights]
    theirs = [by_keras(np.array([[w]])) for w in weights]
    steps = [
        f"{name} penalty of w = {w:.6g}: {p:.6g}; Keras {q:.6g}" for w, p, q in zip(weights, each, theirs, strict=True)
    ]
    # The least of (w - a)^2 / 2 + penalty lies at 0 for all |a| <= lambda with L1, and only for a = 0 with L2.
    grid = np.linspace(-1, 1, 20_001)
    a = strength / 2
    best = grid[np.argmin((grid - a) ** 2 / 2 + strength * (np.abs(grid) if name == "l1" else grid**2))]
    steps.append(f"the least of (w - {a:.6g})^2 / 2 + {name} penalty lies at w = {best + 0:.6g}")
    return Finding({"penalties": each, "best weight": float(best)}, tuple(steps), all(p > 0 for p in theirs))


def grows_with_size(name: str, weights: list[float], strength: float) -> Finding:
    """Whether large weights are penalised out of proportion: penalty per unit of weight, from small to large.

    Formula: (penalty of w) / |w|: lambda for L1, lambda |w| for L2.

    Args:
        name: l1 or l2.
        weights: positive weights, ascending.
        strength: lambda.

    Source: Hantehzadeh, "Weight Regularization".
    """
    by_keras = _keras_penalty(name, strength)
    w = np.asarray(weights, np.float64)
    each = np.array([by_keras(np.array([[v]])) for v in w])
    rates = each / w
    steps = tuple(
        f"{name} penalty of w = {v:.6g}: {p:.6g}, per unit of weight {r:.6g}"
        for v, p, r in zip(w, each, rates, strict=True)
    )
    grows = bool(np.all(np.diff(rates) > 1e-6 * rates[:-1]))
    return Finding({"penalties": each.tolist()}, steps, grows)


def elastic_net(weights: list[list[float]], l1: float, l2: float, parts: list[str]) -> Finding:
    """The elastic net's penalty against the sum of the parts that the slide names.

    Formula: l1 * sum of |w| + l2 * sum of w^2, Keras's L1L2.

    Args:
        weights: a matrix.
        l1: strength of the first part.
        l2: strength of the second.
        parts: what the slide adds up: l1, l2.

    Source: Hantehzadeh, "Weight Regularization".
    """
    from experiments.backend import keras

    w = np.asarray(weights, np.float64)
    strengths = {"l1": l1, "l2": l2}
    named = {part: PENALTIES[part](w, strengths[part]) for part in parts}
    whole = float(keras.regularizers.L1L2(l1=l1, l2=l2)(w.astype(np.float32)))
    total = sum(named.values())
    steps = (
        *(f"{part} penalty: {value:.6g}" for part, value in named.items()),
        f"together {total:.6g}; Keras's L1L2 {whole:.6g}",
    )
    return Finding({**named, "together": total}, steps, bool(np.isclose(total, whole, rtol=1e-6)))


def max_norm(weights: list[list[float]], largest: float, axis: int = 0) -> Finding:
    """What max norm does to a unit's incoming weights: Keras's constraint, applied once.

    Formula: each column w becomes w * min(1, c / ||w||); shorter ones stay.

    Args:
        weights: a kernel, a column a unit.
        largest: c.
        axis: the axis over which Keras takes norms; 0 is a unit's incoming weights.

    Source: Hantehzadeh, "Weight Regularization".
    """
    from experiments.backend import keras

    w = np.asarray(weights, np.float64)
    after = np.asarray(
        keras.ops.convert_to_numpy(keras.constraints.MaxNorm(largest, axis=axis)(w.astype(np.float32))), np.float64
    )
    before_norms, norms = np.linalg.norm(w, axis=0), np.linalg.norm(after, axis=0)
    expected = w / np.maximum(1, before_norms / largest)
    steps = tuple(
        f"unit {i}: {_row(w[:, i])}, norm {before_norms[i]:.6g}, becomes {_row(after[:, i])}, norm {norms[i]:.6g}"
        for i in range(w.shape[1])
    )
    bounded = bool(np.all(norms <= largest * (1 + 1e-6)))
    return Finding({"weights": after.tolist()}, steps, bounded and bool(np.allclose(after, expected, atol=1e-6)))


def _keras_penalty(name: str, strength: float) -> Callable[[Array], float]:
    from experiments.backend import keras

    regularizer: Any = {"l1": keras.regularizers.L1, "l2": keras.regularizers.L2}[name](strength)
    return lambda w: float(regularizer(w.astype(np.float32)))


def _row(values: Array) -> str:
    return f"({', '.join(f'{value + 0:.6g}' for value in values)})"
