"""Weights of classes from how often each occurs, for `alpha` or for Keras's `class_weight`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from losses._arguments import check_number, check_vector
from losses._tensors import described

# More classes than any data set has: a label or K beyond it is a mistake that would fill the memory.
MOST_CLASSES = 2**24


def class_counts(labels: Any, num_classes: int | None = None) -> np.ndarray:
    """Return how many examples each class has: n[i] = number of labels that are i.

    Args:
        labels: class indices (N,) or (N, 1), or one-hot rows (N, K).
        num_classes: K; the width of the rows, or the largest index plus one, if None.
    Returns: int array (K,), zero for a class that does not occur.
    Raises: ValueError for labels that are no class indices below K, for none at all, and for K < 2.

    Example:
        >>> class_counts([0, 2, 2], num_classes=4).tolist()
        [1, 0, 2, 0]

    Lecture: Mollineda, class weights, whose n_i these are.
    """
    array = _label_array(labels)
    if num_classes is not None:
        num_classes = _checked_num_classes(num_classes)
    if array.ndim == 2 and array.shape[1] > 1:
        if not (np.isin(array, (0, 1)).all() and (array.sum(axis=1) == 1).all()):
            raise ValueError(
                f"labels: expected one-hot rows, got shape {array.shape} without exactly one 1 in each row"
            )
        if num_classes not in (None, array.shape[1]):
            raise ValueError(f"labels: expected one-hot rows of {num_classes} classes, got {array.shape[1]}")
        return array.sum(axis=0).astype("int64")
    if array.ndim > 2 or array.ndim == 0:
        raise ValueError(f"labels: expected shape (N,), (N, 1) or (N, K), got {array.shape}")
    array = array.reshape(-1)
    bad = ~np.isfinite(array) | (array < 0) | (array != np.floor(array)) | (array >= (num_classes or MOST_CLASSES))
    if bad.any():
        where = int(np.flatnonzero(bad)[0])
        raise ValueError(
            f"labels: expected whole class indices from 0 to {(num_classes or MOST_CLASSES) - 1}, "
            f"got {array[where]} at index {where}"
        )
    n = np.bincount(array.astype("int64"), minlength=num_classes or 0)
    if len(n) < 2:
        raise ValueError("labels: expected at least 2 classes, got class 0 alone: give num_classes to say how many")
    return n


def _label_array(labels: Any) -> np.ndarray:
    try:
        array = np.asarray(labels)
    except ValueError:  # rows of unequal length
        raise ValueError(f"labels: expected class indices or one-hot rows, got {described(labels)}") from None
    if array.size == 0 or array.dtype.kind not in "biuf":
        raise ValueError(f"labels: expected class indices, got {array.size} values of dtype {array.dtype}")
    return array


def _checked_num_classes(num_classes: Any) -> int:
    is_integer = isinstance(num_classes, (int, np.integer)) and not isinstance(num_classes, bool)
    if not is_integer or not 2 <= num_classes <= MOST_CLASSES:
        raise ValueError(f"num_classes: expected a whole number from 2 to {MOST_CLASSES}, got {num_classes!r}")
    return int(num_classes)


def balanced_class_weights(labels: Any = None, *, counts: Any = None, num_classes: int | None = None) -> np.ndarray:
    """Return the weights that give every class the same total: scikit-learn's "balanced".

    Formula, with n examples, k classes, n[i] examples of class i:

        weight[i] = n / (k n[i])

    Args:
        labels: class indices (N,) or (N, 1), or one-hot rows (N, K); or give `counts`.
        counts: examples a class, shape (K,).
        num_classes: K, where the labels need not show the last class.
    Returns: float64 array (K,). For Keras: `fit(class_weight=dict(enumerate(weights)))`.
    Raises: ValueError if a class has no examples (its weight would be infinite), K < 2, or the labels are no classes.

    Example:
        >>> balanced_class_weights(counts=[90, 9, 1]).round(5).tolist()
        [0.37037, 3.7037, 33.33333]
        >>> balanced_class_weights([0, 0, 0, 1]).round(5).tolist()
        [0.66667, 2.0]

    Reference: King and Zeng 2001, Logistic regression in rare events data.
    Lecture: Mollineda, class weights.
    """
    n = _present(labels, counts, num_classes)
    return n.sum() / (len(n) * n)


def effective_number_class_weights(
    labels: Any = None, *, counts: Any = None, num_classes: int | None = None, beta: float = 0.999
) -> np.ndarray:
    """Return weights by the effective number of samples, which counts near-duplicates less.

    Formula, with k classes, n[i] examples of class i:

        effective[i] = (1 - beta ** n[i]) / (1 - beta)
        weight[i]    = k (1 / effective[i]) / sum over j of (1 / effective[j])

    so that the weights add up to k. beta = 0 weighs all classes alike; beta -> 1 tends to 1 / n[i].

    Args:
        labels: class indices (N,) or (N, 1), or one-hot rows (N, K); or give `counts`.
        counts: examples a class, shape (K,).
        num_classes: K, where the labels need not show the last class.
        beta: in [0, 1); 0.9, 0.99, 0.999 and 0.9999 are the paper's.
    Returns: float64 array (K,).
    Raises: ValueError if a class has no examples, K < 2, beta is outside [0, 1), or the labels are no classes.

    Example:
        >>> effective_number_class_weights(counts=[1, 2], beta=0.5).round(6).tolist()  # 1 and 1.5 effective samples
        [1.2, 0.8]

    Reference: Cui et al. 2019, Class-balanced loss based on effective number of samples, proposition 1 and section 4.
    Lecture: none; for the imbalanced data of Mollineda's.
    """
    n = _present(labels, counts, num_classes)
    beta = check_number("beta", beta, low=0)
    if beta >= 1:
        raise ValueError(f"beta: expected a number in [0, 1), got {beta!r}")
    if beta == 0:
        return np.ones(len(n))
    # 1 - beta ** n without the cancellation that beta near 1 brings; 1 - beta drops out of the ratio.
    weights = -1 / np.expm1(n * math.log(beta))
    return weights * len(n) / weights.sum()


def _present(labels: Any, counts: Any, num_classes: int | None) -> np.ndarray:
    """Return counts as floats, all of them positive."""
    if (labels is None) == (counts is None):
        raise ValueError("labels, counts: expected one of the two, got " + ("neither" if labels is None else "both"))
    if labels is not None:
        n = class_counts(labels, num_classes).astype("float64")
    else:
        n = np.asarray(check_vector("counts", counts))
        if num_classes is not None and len(n) != _checked_num_classes(num_classes):
            raise ValueError(f"counts: expected {num_classes} entries, one a class, got {len(n)}")
    absent = np.flatnonzero(n == 0).tolist()
    if absent:
        raise ValueError(
            f"{'labels' if counts is None else 'counts'}: expected examples of every class, got none of classes "
            f"{absent}: leave the class out, or choose its weight by hand"
        )
    return n
