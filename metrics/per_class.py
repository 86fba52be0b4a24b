"""What a confusion matrix says of each class. The convention and the 0/0 rule are those of `metrics.scores`."""

import numpy as np
import numpy.typing as npt

from metrics import formulas
from metrics.arguments import Array
from metrics.matrix import checked, checked_matrix, errors


def true_positives(C: npt.ArrayLike) -> Array:
    """Count, per class i, the samples of class i predicted as i: TP[i] = C[i, i].

    Args:
        C: counts (K, K), rows truth, columns predictions.

    Returns: (K,), int64 for whole counts, else float64.
    Raises: ValueError if C is no confusion matrix.

    Example:
        >>> true_positives([[10, 0, 0, 0], [0, 5, 3, 2], [0, 1, 8, 1], [0, 1, 0, 9]])
        array([10,  5,  8,  9])

    Lecture: Cavallaro, true positive.
    """
    return np.diagonal(checked_matrix(C)).copy()


def true_negatives(C: npt.ArrayLike) -> Array:
    """Count, per class i, the samples of other classes not predicted as i.

        TN[i] = N - row[i] - column[i] + C[i, i]

    Args:
        C: counts (K, K), rows truth, columns predictions.

    Returns: (K,), int64 for whole counts, else float64.
    Raises: ValueError if C is no confusion matrix.

    Example:
        >>> true_negatives([[9, 1, 0, 0], [1, 15, 3, 1], [5, 0, 24, 1], [0, 4, 1, 15]])
        array([64, 55, 46, 58])

    Lecture: Cavallaro, true negative.
    """
    C = checked_matrix(C)
    # Float counts may leave a rounding error below 0.
    return np.maximum(C.sum() - C.sum(axis=1) - C.sum(axis=0) + np.diagonal(C), 0)


def false_positives(C: npt.ArrayLike) -> Array:
    """Count, per class i, the samples of other classes predicted as i: FP[i] = column[i] - C[i, i].

    Args:
        C: counts (K, K), rows truth, columns predictions.

    Returns: (K,), int64 for whole counts, else float64.
    Raises: ValueError if C is no confusion matrix.

    Example:
        >>> false_positives([[9, 1, 0, 0], [1, 15, 3, 1], [5, 0, 24, 1], [0, 4, 1, 15]])
        array([6, 5, 4, 2])

    Lecture: Cavallaro, false positive.
    """
    return errors(C).sum(axis=0)


def false_negatives(C: npt.ArrayLike) -> Array:
    """Count, per class i, the samples of class i predicted as another: FN[i] = row[i] - C[i, i].

    Args:
        C: counts (K, K), rows truth, columns predictions.

    Returns: (K,), int64 for whole counts, else float64.
    Raises: ValueError if C is no confusion matrix.

    Example:
        >>> false_negatives([[9, 1, 0, 0], [1, 15, 3, 1], [5, 0, 24, 1], [0, 4, 1, 15]])
        array([1, 5, 6, 5])

    Lecture: Cavallaro, false negative.
    """
    return errors(C).sum(axis=1)


def precision(C: npt.ArrayLike, zero_division: float = 0.0) -> Array:
    """Share of right predictions among the predictions of each class, (K,): P[i] = C[i, i] / column[i].

    Remote sensing calls it the user's accuracy.

    Args:
        C: counts (K, K), rows truth, columns predictions.
        zero_division: 0, 1 or NaN, the value of 0/0: a class never predicted.

    Returns: float64 (K,).
    Raises: ValueError if C is no confusion matrix, or zero_division none of the three.

    Example:
        >>> precision([[100, 80, 10, 10], [0, 9, 0, 1], [0, 1, 8, 1], [0, 1, 0, 9]]).round(4)
        array([1.    , 0.0989, 0.4444, 0.4286])

    Lecture: Cavallaro, precision of model 1 (macro average).
    """
    return formulas.precision(np, *checked(C, zero_division))


def recall(C: npt.ArrayLike, zero_division: float = 0.0) -> Array:
    """Share of each class's samples that were found, (K,): R[i] = C[i, i] / row[i].

    The lecture's class accuracy (CA) and producer's accuracy are the same number.

    Args:
        C: counts (K, K), rows truth, columns predictions.
        zero_division: 0, 1 or NaN, the value of 0/0: a class without samples.

    Returns: float64 (K,).
    Raises: ValueError if C is no confusion matrix, or zero_division none of the three.

    Example:
        >>> recall([[100, 80, 10, 10], [0, 9, 0, 1], [0, 1, 8, 1], [0, 1, 0, 9]])
        array([0.5, 0.9, 0.8, 0.9])

    Lecture: Cavallaro, recall of model 1 (macro average).
    """
    return formulas.recall(np, *checked(C, zero_division))


def class_accuracy(C: npt.ArrayLike, zero_division: float = 0.0) -> Array:
    """Recall under the lecture's name, (K,): CA[i] = C[i, i] / row[i].

    Args:
        C: counts (K, K), rows truth, columns predictions.
        zero_division: 0, 1 or NaN, the value of 0/0: a class without samples.

    Returns: float64 (K,).
    Raises: ValueError if C is no confusion matrix, or zero_division none of the three.

    Example:
        >>> class_accuracy([[9, 1], [2, 6]])
        array([0.9 , 0.75])

    Lecture: Cavallaro, performance measures.
    """
    return recall(C, zero_division)


def producers_accuracy(C: npt.ArrayLike, zero_division: float = 0.0) -> Array:
    """Recall under remote sensing's name, (K,): of the reference pixels of a class, the share mapped as it.

        PA[i] = C[i, i] / row[i]

    Args:
        C: counts (K, K), rows truth, columns predictions.
        zero_division: 0, 1 or NaN, the value of 0/0: a class without samples.

    Returns: float64 (K,).
    Raises: ValueError if C is no confusion matrix, or zero_division none of the three.

    Example:
        >>> producers_accuracy([[9, 1], [2, 6]])
        array([0.9 , 0.75])

    Reference: Congalton 1991. Lecture: Cavallaro, performance measures (class-specific accuracy).
    """
    return recall(C, zero_division)


def users_accuracy(C: npt.ArrayLike, zero_division: float = 0.0) -> Array:
    """Precision under remote sensing's name, (K,): of the pixels mapped as a class, the share that are it.

        UA[i] = C[i, i] / column[i]

    Args:
        C: counts (K, K), rows truth, columns predictions.
        zero_division: 0, 1 or NaN, the value of 0/0: a class never predicted.

    Returns: float64 (K,).
    Raises: ValueError if C is no confusion matrix, or zero_division none of the three.

    Example:
        >>> users_accuracy([[9, 1], [3, 4]])
        array([0.75, 0.8 ])

    Reference: Congalton 1991. Lecture: Cavallaro, performance measures.
    """
    return precision(C, zero_division)


def f1(C: npt.ArrayLike, zero_division: float = 0.0) -> Array:
    """Harmonic mean of precision and recall of each class, (K,).

        F1[i] = 2 P[i] R[i] / (P[i] + R[i]) = 2 TP[i] / (2 TP[i] + FP[i] + FN[i])

    The form in counts is used: it is defined also where P or R alone is 0/0.

    Args:
        C: counts (K, K), rows truth, columns predictions.
        zero_division: 0, 1 or NaN, the value of 0/0: a class neither present nor ever predicted.

    Returns: float64 (K,).
    Raises: ValueError if C is no confusion matrix, or zero_division none of the three.

    Example:
        >>> f1([[100, 80, 10, 10], [0, 9, 0, 1], [0, 1, 8, 1], [0, 1, 0, 9]]).round(4)
        array([0.6667, 0.1782, 0.5714, 0.5806])

    Lecture: Cavallaro, F1 score; harmonic mean.
    """
    return formulas.f1(np, *checked(C, zero_division))
