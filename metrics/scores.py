"""Scores of a confusion matrix. NumPy only: importing this module loads neither Keras nor TensorFlow.

    C[i, j] = number of samples of true class i predicted as class j; rows are truth, columns predictions.

Every function takes whole or weighted (float) counts of shape (K, K), K >= 2, and raises ValueError for
anything else: another shape, negative or non-finite counts, no sample at all.

The 0/0 rule. A quotient 0/0 (the recall of a class without samples, the precision of a class never predicted)
has the value `zero_division`: 0 by default, as in scikit-learn but without a warning, or 1, or NaN. A class
without samples stays in every mean and so counts with its 0; means leave out what zero_division=NaN makes NaN.
Each function names its own case of 0/0.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from metrics import formulas
from metrics.matrix import ConfusedPair, checked, confusion_matrix, most_confused_pairs, normalize
from metrics.per_class import (
    class_accuracy,
    f1,
    false_negatives,
    false_positives,
    precision,
    producers_accuracy,
    recall,
    true_negatives,
    true_positives,
    users_accuracy,
)

__all__ = [
    "SCORES",
    "ConfusedPair",
    "average_accuracy",
    "class_accuracy",
    "cohen_kappa",
    "confusion_matrix",
    "f1",
    "f1_of_macro_averages",
    "false_negatives",
    "false_positives",
    "macro_f1",
    "macro_precision",
    "macro_recall",
    "matthews_correlation",
    "micro_f1",
    "most_confused_pairs",
    "normalize",
    "overall_accuracy",
    "precision",
    "producers_accuracy",
    "recall",
    "true_negatives",
    "true_positives",
    "users_accuracy",
    "weighted_f1",
]


def overall_accuracy(C: npt.ArrayLike, zero_division: float = 0.0) -> float:
    """Share of all samples that were predicted right: OA = sum C[i, i] / sum C[i, j].

    Args:
        C: counts (K, K), rows truth, columns predictions.
        zero_division: 0, 1 or NaN, taken for uniformity: C has a sample, so there is no 0/0 here.

    Returns: float.
    Raises: ValueError if C is no confusion matrix, or zero_division none of the three.

    Example: the slide cuts this one to 0.547.
        >>> round(overall_accuracy([[100, 80, 10, 10], [0, 9, 0, 1], [0, 1, 8, 1], [0, 1, 0, 9]]), 4)
        0.5478

    Lecture: Cavallaro, performance measures; overall accuracy.
    """
    return float(formulas.accuracy(np, *checked(C, zero_division)))


def average_accuracy(C: npt.ArrayLike, zero_division: float = 0.0) -> float:
    """Mean of the class accuracies, also called balanced accuracy or macro recall: AA = sum CA[i] / K.

    A class without samples counts as 0; scikit-learn's `balanced_accuracy_score` leaves it out, which
    zero_division=NaN does here.

    Args:
        C: counts (K, K), rows truth, columns predictions.
        zero_division: 0, 1 or NaN, the value of 0/0: a class without samples.

    Returns: float.
    Raises: ValueError if C is no confusion matrix, or zero_division none of the three.

    Example:
        >>> average_accuracy([[100, 80, 10, 10], [0, 9, 0, 1], [0, 1, 8, 1], [0, 1, 0, 9]])
        0.775

    Lecture: Cavallaro, performance measures.
    """
    return float(formulas.balanced_accuracy(np, *checked(C, zero_division)))


def macro_recall(C: npt.ArrayLike, zero_division: float = 0.0) -> float:
    """Mean of the K recalls, score = sum R[i] / K: `average_accuracy` under its other name.

    Args:
        C: counts (K, K), rows truth, columns predictions.
        zero_division: 0, 1 or NaN, the value of 0/0: a class without samples.

    Returns: float.
    Raises: ValueError if C is no confusion matrix, or zero_division none of the three.

    Example:
        >>> macro_recall([[9, 1], [2, 6]])
        0.825

    Lecture: Cavallaro, recall of model 1 (macro average).
    """
    return average_accuracy(C, zero_division)


def macro_precision(C: npt.ArrayLike, zero_division: float = 0.0) -> float:
    """Mean of the K precisions: score = sum P[i] / K.

    Args:
        C: counts (K, K), rows truth, columns predictions.
        zero_division: 0, 1 or NaN, the value of 0/0: a class never predicted.

    Returns: float.
    Raises: ValueError if C is no confusion matrix, or zero_division none of the three.

    Example: the slide cuts this one to 0.492.
        >>> round(macro_precision([[100, 80, 10, 10], [0, 9, 0, 1], [0, 1, 8, 1], [0, 1, 0, 9]]), 5)
        0.49298

    Lecture: Cavallaro, precision of model 1 (macro average).
    """
    return float(formulas.macro_precision(np, *checked(C, zero_division)))


def macro_f1(C: npt.ArrayLike, zero_division: float = 0.0) -> float:
    """Mean of the K F1 scores: score = sum F1[i] / K. This is scikit-learn's macro F1, and not the lecture's.

    See `f1_of_macro_averages` for the slide's F1.

    Args:
        C: counts (K, K), rows truth, columns predictions.
        zero_division: 0, 1 or NaN, the value of 0/0: a class neither present nor ever predicted.

    Returns: float.
    Raises: ValueError if C is no confusion matrix, or zero_division none of the three.

    Example:
        >>> round(macro_f1([[100, 80, 10, 10], [0, 9, 0, 1], [0, 1, 8, 1], [0, 1, 0, 9]]), 4)
        0.4992

    Reference: Opitz and Burst 2019, "Macro F1 and Macro F1", where it is the averaged F1.
    """
    return float(formulas.macro_f1(np, *checked(C, zero_division)))


def f1_of_macro_averages(C: npt.ArrayLike, zero_division: float = 0.0) -> float:
    """Harmonic mean of macro precision and macro recall, the lecture's F1.

        P = sum P[i] / K,  R = sum R[i] / K,  score = 2 P R / (P + R)

    It is never below `macro_f1` and can be far above it. Where all is wrong it is 0.

    Args:
        C: counts (K, K), rows truth, columns predictions.
        zero_division: 0, 1 or NaN, the value of 0/0: in P, a class never predicted; in R, one without samples.

    Returns: float.
    Raises: ValueError if C is no confusion matrix, or zero_division none of the three.

    Example: the slide prints 0.601, from P cut to 0.492.
        >>> round(f1_of_macro_averages([[100, 80, 10, 10], [0, 9, 0, 1], [0, 1, 8, 1], [0, 1, 0, 9]]), 4)
        0.6026

    Reference: Opitz and Burst 2019, where it is the F1 of averages. Lecture: Cavallaro, F1 score of model 1.
    """
    return float(formulas.f1_of_macro_averages(np, *checked(C, zero_division)))


def micro_f1(C: npt.ArrayLike, zero_division: float = 0.0) -> float:
    """F1 of the counts of all classes added up; with one label a sample this is the overall accuracy.

        score = 2 sum TP[i] / (2 sum TP[i] + sum FP[i] + sum FN[i])

    Args:
        C: counts (K, K), rows truth, columns predictions.
        zero_division: 0, 1 or NaN, taken for uniformity: C has a sample, so there is no 0/0 here.

    Returns: float.
    Raises: ValueError if C is no confusion matrix, or zero_division none of the three.

    Example:
        >>> micro_f1([[9, 1], [2, 8]])
        0.85

    Reference: Sokolova and Lapalme 2009, A systematic analysis of performance measures for classification tasks.
    """
    return float(formulas.micro_f1(np, *checked(C, zero_division)))


def weighted_f1(C: npt.ArrayLike, zero_division: float = 0.0) -> float:
    """Mean F1 with each class weighted by its number of samples: score = sum row[i] F1[i] / N.

    Args:
        C: counts (K, K), rows truth, columns predictions.
        zero_division: 0, 1 or NaN, taken for uniformity: C has a sample, so there is no 0/0 here.

    Returns: float.
    Raises: ValueError if C is no confusion matrix, or zero_division none of the three.

    Example:
        >>> round(weighted_f1([[198, 2, 0, 0], [7, 1, 0, 2], [0, 8, 1, 1], [2, 3, 4, 1]]), 4)
        0.8617

    Reference: scikit-learn, f1_score with average="weighted".
    """
    return float(formulas.weighted_f1(np, *checked(C, zero_division)))


def cohen_kappa(C: npt.ArrayLike, zero_division: float = 0.0) -> float:
    """Agreement beyond chance: 1 is perfect, 0 is what independent guessing with the same totals gives.

        kappa = (p_o - p_e) / (1 - p_e),  p_o = sum C[i, i] / N,  p_e = sum row[i] column[i] / N^2

    scikit-learn answers NaN to 0/0 unless told otherwise.

    Args:
        C: counts (K, K), rows truth, columns predictions.
        zero_division: 0, 1 or NaN, the value of 0/0: truth and prediction are one and the same single class.

    Returns: float.
    Raises: ValueError if C is no confusion matrix, or zero_division none of the three.

    Example: p_o = 0.7, p_e = 0.5.
        >>> cohen_kappa([[20, 5], [10, 15]])
        0.4

    Reference: Cohen 1960.
    """
    return float(formulas.cohen_kappa(np, *checked(C, zero_division)))


def matthews_correlation(C: npt.ArrayLike, zero_division: float = 0.0) -> float:
    """Correlation of truth and prediction, -1 to 1; for two classes the phi coefficient.

        s = N, c = sum C[i, i], t = rows, p = columns
        score = (c s - t.p) / sqrt((s^2 - p.p) (s^2 - t.t))

    Args:
        C: counts (K, K), rows truth, columns predictions.
        zero_division: 0, 1 or NaN, the value of 0/0: all samples are of one class, or all are predicted as one.

    Returns: float.
    Raises: ValueError if C is no confusion matrix, or zero_division none of the three.

    Example: (6*3 - 1*2) / sqrt(7 * 8 * 5 * 4).
        >>> round(matthews_correlation([[6, 2], [1, 3]]), 4)
        0.4781

    Reference: Matthews 1975; Gorodkin 2004 for K classes.
    """
    return float(formulas.matthews_correlation(np, *checked(C, zero_division)))


SCORES: dict[str, Callable[..., float]] = {
    "accuracy": overall_accuracy,
    "balanced_accuracy": average_accuracy,
    "macro_precision": macro_precision,
    "macro_recall": macro_recall,
    "macro_f1": macro_f1,
    "f1_of_macro_averages": f1_of_macro_averages,
    "micro_f1": micro_f1,
    "weighted_f1": weighted_f1,
    "cohen_kappa": cohen_kappa,
    "matthews_correlation": matthews_correlation,
}
