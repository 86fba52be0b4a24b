"""Softmax loss of the lecture's scores, its limits, and how it and the SVM loss answer small changes of the scores.

Lecture: Hantehzadeh, "Softmax", "Softmax vs SVM".
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from experiments.worked.finding import Finding

Array = NDArray[np.float64]


def softmax_loss(scores: list[float], label: int) -> Finding:
    """From scores to probabilities to the loss, as the slide's columns do.

    Formula: p_j = e^{s_j} / sum of e^{s_k}; L = -ln p_y.

    Args:
        scores: s, one a class.
        label: y, the true class.

    Source: Hantehzadeh, "Softmax".
    """
    s = np.asarray(scores, np.float64)
    powers = np.exp(s)
    p = powers / powers.sum()
    loss = _softmax_loss(s, label)
    steps = (
        *(f"e^{_number(a)} = {b:.6g}, / {powers.sum():.6g} = {c:.6g}" for a, b, c in zip(s, powers, p, strict=True)),
        f"L = -ln {p[label]:.6g} = {loss:.6g}",
        f"with the logarithm to base 10 it would be {loss / math.log(10):.6g}",
    )
    values = {
        "powers": powers.tolist(),
        "sum": float(powers.sum()),
        "probabilities": p.tolist(),
        "loss": loss,
        "loss with log10": loss / math.log(10),
    }
    return Finding(values, steps)


def same_best_point(scores: list[float], label: int, sign: int = -1) -> Finding:
    """Whether the greatest log likelihood and the least loss lie at the same scores, on a grid around the given ones.

    Formula: log likelihood ln p_y; loss sign * ln p_y, the slide's sign is -1. The scores of the true class and of the
    next one are varied by -3 ... 3.

    Args:
        scores: s.
        label: y.
        sign: the sign of the loss.

    Source: Hantehzadeh, "Softmax".
    """
    s, other = np.asarray(scores, np.float64), (label + 1) % len(scores)
    points, likelihood = [], []
    for a in np.linspace(-3, 3, 25):
        for b in np.linspace(-3, 3, 25):
            moved = s.copy()
            moved[label] += a
            moved[other] += b
            points.append(moved)
            likelihood.append(-_softmax_loss(moved, label))
    # The loss is taken from the probabilities themselves, not by turning the likelihoods' sign.
    losses = [sign * math.log(math.exp(m[label]) / np.exp(m).sum()) for m in points]
    most, least = int(np.argmax(likelihood)), int(np.argmin(losses))
    steps = (
        f"of {len(points)} score vectors the log likelihood is greatest at {_row(points[most])}: "
        f"{likelihood[most]:.6g}",
        f"the loss is least at {_row(points[least])}: {losses[least]:.6g}",
    )
    return Finding({"same point": most == least}, steps, most == least)


def against_keras(table: list[list[float]], labels: list[int]) -> Finding:
    """The printed softmax loss of each example against Keras's sparse categorical cross-entropy from logits.

    Formula: L = -log(e^{s_y} / sum of e^{s_j}); also on 50 random examples.

    Args:
        table: scores, a row a class, a column an example.
        labels: the true class of each example.

    Source: Hantehzadeh, "Softmax".
    """
    from experiments.backend import keras

    def printed(s: Array, label: int) -> float:
        return float(-np.log(np.exp(s[label]) / np.sum(np.exp(s))))

    rng = np.random.default_rng(12)
    columns = np.hstack([np.asarray(table, np.float64), rng.normal(scale=3, size=(len(table), 50))])
    classes = np.append(labels, rng.integers(0, len(table), 50))
    ours = np.array([printed(s, label) for s, label in zip(columns.T, classes, strict=True)])
    theirs = np.asarray(
        keras.ops.convert_to_numpy(
            keras.losses.sparse_categorical_crossentropy(classes, columns.T.astype(np.float32), from_logits=True)
        ),
        np.float64,
    )
    steps = [
        f"scores {_row(column)}, true class {label}: L = {a:.6g}, Keras {b:.6g}"
        for column, label, a, b in zip(columns.T, labels, ours, theirs, strict=False)
    ]
    steps.append(f"largest difference over {len(ours)} examples: {np.max(np.abs(ours - theirs)):.3g}")
    return Finding(
        {"each": ours[: len(labels)].tolist()}, tuple(steps), bool(np.allclose(ours, theirs, rtol=1e-6, atol=1e-6))
    )


def limits(classes: int, leads: list[float]) -> Finding:
    """The least and the largest softmax loss: what happens as the true class leads, or trails, by ever more.

    Args:
        classes: K; the K - 1 wrong classes have score 0.
        leads: scores of the true class, ascending.

    Source: Hantehzadeh, "Softmax", its question.
    """
    scores = [np.append(lead, np.zeros(classes - 1)) for lead in leads]
    losses = [_softmax_loss(s, 0) for s in scores]
    zero = _softmax_loss(np.zeros(classes), 0)
    steps = (
        *(f"true class ahead by {lead:.6g}: L = {loss:.6g}" for lead, loss in zip(leads, losses, strict=True)),
        f"all scores equal: L = ln {classes} = {zero:.6g}",
    )
    values = {
        "smallest": losses[-1],
        "smallest is reached": losses[-1] == 0,
        "largest": losses[0],
        "at equal scores": zero,
    }
    falls = all(b < a for a, b in pairwise(losses))
    return Finding(values, steps, falls and losses[-1] > 0)


def both_losses(examples: list[list[float]], label: int) -> Finding:
    """Both losses of the slide's score vectors.

    Args:
        examples: score vectors.
        label: the true class of all of them.

    Source: Hantehzadeh, "Softmax vs SVM".
    """
    from experiments.backend import keras
    from losses import multiclass_hinge

    rows = [np.asarray(s, np.float64) for s in examples]
    softmax, svm = [_softmax_loss(s, label) for s in rows], [_svm_loss(s, label) for s in rows]
    package = keras.ops.convert_to_numpy(multiclass_hinge([label] * len(rows), np.asarray(rows, np.float32)))
    steps = tuple(
        f"scores {_row(s)}: softmax {a:.6g}, SVM {b:.6g} (this project's loss {c:.6g})"
        for s, a, b, c in zip(rows, softmax, svm, package, strict=True)
    )
    return Finding({"softmax": softmax, "SVM": svm}, steps, bool(np.allclose(svm, package, atol=1e-5)))


def jiggle(examples: list[list[float]], label: int, by: float) -> Finding:
    """How both losses answer a small change of single scores.

    Args:
        examples: score vectors.
        label: the true class of all of them.
        by: how much each score is raised and lowered, one at a time.

    Source: Hantehzadeh, "Softmax vs SVM", its question.
    """
    steps, softmax_moves, svm_moves = [], [], []
    for scores in examples:
        s = np.asarray(scores, np.float64)
        softmax, svm = [], []
        for j in range(len(s)):
            for change in (by, -by):
                moved = s.copy()
                moved[j] += change
                # The difference of two losses near 1e-48 is exact enough: both are computed without cancellation.
                softmax.append(_softmax_loss(moved, label) - _softmax_loss(s, label))
                svm.append(_svm_loss(moved, label) - _svm_loss(s, label))
        softmax_moves.append(all(d != 0 for d in softmax))
        svm_moves.append(any(abs(d) > 1e-12 for d in svm))
        steps.append(
            f"scores {_row(s)}, each +-{by:.6g}: softmax changes by {min(softmax):.3g} ... {max(softmax):.3g}, "
            f"SVM by {min(svm) + 0:.3g} ... {max(svm) + 0:.3g}"
        )
    return Finding({"softmax changes": softmax_moves, "SVM changes": svm_moves}, tuple(steps))


def _softmax_loss(s: Array, label: int) -> float:
    gaps = np.delete(s - s[label], label)
    largest = gaps.max()
    if largest > 0:
        return float(largest + np.log(np.exp(gaps - largest).sum() + np.exp(-largest)))
    # ln(1 + sum of e^{s_j - s_y}) keeps a loss of 1e-48, where -ln p would be 0.
    return float(np.log1p(np.exp(gaps).sum()))


def _svm_loss(s: Array, label: int) -> float:
    return float(np.sum(np.maximum(0, np.delete(s - s[label], label) + 1)))


def _number(value: float) -> str:
    return f"({value:.6g})" if value < 0 else f"{value:.6g}"


def _row(values: Sequence[float] | Array) -> str:
    return f"[{', '.join(f'{value:.6g}' for value in values)}]"
