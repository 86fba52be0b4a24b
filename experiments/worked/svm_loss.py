"""The multiclass SVM loss of the lecture's cat, car and frog: by hand, and with this project's `multiclass_hinge`.

Tables of scores have a row a class and a column an example, as on the slides.
Lecture: Hantehzadeh, "Loss functions" to "With W twice as large".
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from experiments.worked.finding import Finding

Array = NDArray[np.float64]

ORDINALS = ("first", "second", "third", "fourth")


def hinge_terms(scores: list[float], label: int, margin: float = 1.0, scale: float = 1.0) -> Finding:
    """One example's loss, term by term.

    Formula: L = sum over j != y of max(0, s_j - s_y + margin).

    Args:
        scores: s, one a class.
        label: y, the true class.
        margin: what is added to each difference.
        scale: factor on all scores, as if W were that much larger.

    Source: Hantehzadeh, "Multiclass SVM loss", "With W twice as large".
    """
    s = scale * np.asarray(scores, np.float64)
    values: dict[str, Any] = {"scores": s.tolist()}
    steps, terms = [], []
    others = [j for j in range(len(s)) if j != label]
    for name, j in zip(ORDINALS, others, strict=False):
        inside = float(s[j] - s[label] + margin)
        terms.append(max(0.0, inside))
        values[f"{name} argument"], values[f"{name} term"] = inside, terms[-1]
        steps.append(
            f"max(0, {_number(s[j])} - {_number(s[label])} + {_number(margin)}) = max(0, {inside:.6g}) = "
            f"{terms[-1]:.6g}"
        )
    values["loss"] = sum(terms)
    package = float(_package_losses(s[:, None], [label], margin=margin)[0])
    steps.append(
        f"L = {' + '.join(f'{t:.6g}' for t in terms)} = {values['loss']:.6g}; this project's loss {package:.6g}"
    )
    return Finding(values, tuple(steps), _same(values["loss"], package))


def full_loss(table: list[list[float]], labels: list[int], margin: float = 1.0, average: bool = True) -> Finding:
    """The loss of a training set, from its scores, against this project's `MulticlassHinge`.

    Formula: L = 1/N sum of L_i; the sum alone without `average`.

    Args:
        table: scores, a row a class, a column an example.
        labels: the true class of each example.
        margin: as in `hinge_terms`.
        average: whether the slide divides by N.

    Source: Hantehzadeh, "Full training loss".
    """
    from experiments.backend import keras
    from losses import MulticlassHinge

    s = np.asarray(table, np.float64)
    each = _losses(s, labels, margin=margin)
    mean = float(each.mean() if average else each.sum())
    package = float(keras.ops.convert_to_numpy(MulticlassHinge(margin=margin)(np.asarray(labels), s.T)))
    divided = f" / {len(each)}" if average else ""
    steps = (f"L = ({_row(each, ' + ')}){divided} = {mean:.6g}; this project's loss {package:.6g}",)
    return Finding({"each": each.tolist(), "full loss": mean}, steps, _same(mean, package))


def definition(margin: float = 1.0, term: str = "sum") -> Finding:
    """Whether the printed loss does what the multiclass SVM asks for, on 500 random score vectors.

    It is zero exactly where the true class leads every other by the margin, it equals this project's loss, and it
    grows by one with each wrong class's score beyond the margin.

    Args:
        margin: what the slide adds.
        term: sum over the wrong classes, or worst, their largest alone, as Keras's categorical_hinge has it.

    Source: Hantehzadeh, "Multiclass SVM loss".
    """
    from experiments.backend import keras

    rng = np.random.default_rng(9)
    s, labels = rng.normal(scale=2, size=(4, 500)), rng.integers(0, 4, 500)
    true = s[labels, np.arange(500)]
    wrong = np.arange(4)[:, None] != labels
    terms = np.where(wrong, np.maximum(0, s - true + margin), 0)
    printed = terms.sum(axis=0) if term == "sum" else terms.max(axis=0)
    led_by_one = np.all(~wrong | (true - s >= 1), axis=0)
    zero_where_led = bool(np.array_equal(printed == 0, led_by_one))
    package = _package_losses(s, labels.tolist())
    keras_says = np.asarray(
        keras.ops.convert_to_numpy(keras.losses.categorical_hinge(np.eye(4)[labels], s.T)), np.float64
    )
    steps = (
        f"zero in {int(np.sum(printed == 0))} cases, the true class leads by 1 in {int(led_by_one.sum())}; "
        f"the same cases: {'yes' if zero_where_led else 'no'}",
        f"largest difference to this project's loss {np.max(np.abs(printed - package)):.3g}",
        f"Keras's categorical_hinge, which takes the worst wrong class alone, differs in "
        f"{int(np.sum(np.abs(printed - keras_says) > 1e-4))} of 500 cases",
    )
    return Finding({}, steps, zero_where_led and bool(np.allclose(printed, package, atol=1e-5)))


def changed_loss(
    table: list[list[float]],
    labels: list[int],
    include_true_class: bool = False,
    average: bool = False,
    squared: bool = False,
    scale: float = 1.0,
) -> Finding:
    """What becomes of the losses under a change of the formula, and whether the same W stays best.

    If the changed loss is a straight function of the loss (tried on 500 random score vectors), both have the same
    minimisers.

    Args:
        table: scores, a row a class, a column an example.
        labels: the true class of each example.
        include_true_class: whether the sum runs over j = y too.
        average: whether the terms' mean is taken in place of their sum.
        squared: whether each term is squared.
        scale: factor on all scores, as if W were that much larger.

    Source: Hantehzadeh, questions 1 to 3 on the multiclass SVM loss, "With W twice as large".
    """
    change = {"include_true_class": include_true_class, "average": average, "squared": squared}
    s = np.asarray(table, np.float64)
    before, after = _losses(s, labels), _losses(scale * s, labels, **change)
    package = _package_losses(scale * s, labels, **change)
    rng = np.random.default_rng(10)
    random, classes = rng.normal(scale=2, size=(len(s), 500)), rng.integers(0, len(s), 500).tolist()
    plain, changed = _losses(random, classes), _losses(scale * random, classes, **change)
    slope, intercept = np.polyfit(plain, changed, 1)
    straight = bool(np.allclose(slope * plain + intercept, changed, atol=1e-9))
    steps = (
        f"losses before: {_row(before)}; mean {before.mean():.6g}",
        f"losses now: {_row(after)}; mean {after.mean():.6g}; this project's loss {_row(package)}",
        f"over random scores the new loss is {slope:.6g} L + {intercept + 0:.3g}: the same W is best"
        if straight
        else "over random scores the new loss is no straight function of L: another W may be best",
    )
    values = {"each": after.tolist(), "mean": float(after.mean()), "same W is best": straight}
    return Finding(values, steps, _same(after, package))


def zero_scores(classes: int) -> Finding:
    """The loss while W is near 0 and all scores are about 0: a first check of any implementation.

    Formula: L = (K - 1) max(0, 0 - 0 + 1) = K - 1.

    Args:
        classes: K.

    Source: Hantehzadeh, questions on the multiclass SVM loss; asked by the course that the slides follow.
    """
    losses = _losses(np.zeros((classes, classes)), list(range(classes)))
    steps = (f"{classes} classes, all scores 0: L = {_row(losses)}",)
    return Finding({"loss": float(losses[0])}, steps, _same(losses, np.full(classes, classes - 1.0)))


def smallest_and_largest(scores: list[float], label: int, factors: list[float]) -> Finding:
    """The least loss there is, and how the loss grows with the scores.

    Args:
        scores: s, of an example that the classifier gets wrong.
        label: y.
        factors: what the scores are multiplied with, ascending.

    Source: Hantehzadeh, question 4 on the multiclass SVM loss.
    """
    s = np.asarray(scores, np.float64)
    right = np.full(len(s), s.max())
    right[label] += 1
    least = float(_losses(right[:, None], [label])[0])
    grown = [float(_losses(factor * s[:, None], [label])[0]) for factor in factors]
    steps = (
        f"scores {_row(right)}, the true class ahead by the margin: L = {least:.6g}; no term can be below 0",
        *(
            f"{factor:.6g} times the scores {_row(s)}: L = {loss:.6g}"
            for factor, loss in zip(factors, grown, strict=True)
        ),
    )
    slopes = np.diff(grown) / np.diff(factors)
    unbounded = slopes[0] > 0 and slopes[-1] >= slopes[0] * (1 - 1e-9)  # a straight line upwards never levels off
    return Finding({"smallest": least, "largest": "unbounded" if unbounded else "bounded"}, steps)


def is_unique(
    images: list[list[float]], labels: list[int], weights: list[list[float]], factors: list[float]
) -> Finding:
    """Whether only one W has the loss 0: W and its multiples are tried on separable images.

    Args:
        images: x_i.
        labels: y_i.
        weights: W, a row a class.
        factors: multiples of W to try.

    Source: Hantehzadeh, "There is a bug with the loss".
    """
    x, w = np.asarray(images, np.float64), np.asarray(weights, np.float64)
    losses = [float(_losses(factor * w @ x.T, labels).mean()) for factor in factors]
    zero = [factor for factor, loss in zip(factors, losses, strict=True) if loss == 0]
    steps = tuple(f"{factor:.6g} W: L = {loss:.6g}" for factor, loss in zip(factors, losses, strict=True))
    return Finding({"unique": len(zero) < 2, "multiples with loss 0": zero}, steps)


def _losses(
    s: Array,
    labels: Sequence[int],
    margin: float = 1.0,
    include_true_class: bool = False,
    average: bool = False,
    squared: bool = False,
) -> Array:
    found = []
    for column, label in zip(s.T, labels, strict=True):
        terms = [max(0.0, x - column[label] + margin) for j, x in enumerate(column) if include_true_class or j != label]
        terms = [term**2 for term in terms] if squared else terms
        found.append(sum(terms) / (len(terms) if average else 1))
    return np.array(found)


def _package_losses(s: Array, labels: Sequence[int], **change: Any) -> Array:
    from experiments.backend import keras
    from losses import multiclass_hinge

    losses = multiclass_hinge(np.asarray(labels), s.T.astype(np.float32), **change)
    return np.asarray(keras.ops.convert_to_numpy(losses), np.float64)


def _same(a: ArrayLike, b: ArrayLike) -> bool:
    # This project's losses are computed in float32.
    return bool(np.allclose(a, b, rtol=2e-6, atol=2e-6))


def _number(value: float) -> str:
    return f"({value:.6g})" if value < 0 else f"{value:.6g}"


def _row(values: Array, between: str = ", ") -> str:
    return between.join(f"{value:.6g}" for value in values)
