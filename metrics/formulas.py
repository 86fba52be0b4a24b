"""The scores as formulas of a confusion matrix, written once for NumPy and for Keras.

Every function takes an array namespace `xp` first: `numpy`, or `keras.ops` inside a compiled training
step, whose functions carry the same names. `C` is a float array (K, K), C[i, j] = weight of the samples of
true class i that were predicted as j, and is not checked here: `metrics.scores` does that, with the
documentation of each score. `zero_division` is the value of a quotient 0/0.
"""

from collections.abc import Callable
from typing import Any


def quotient(xp: Any, numerator: Any, denominator: Any, zero_division: float) -> Any:
    """Divide; where the denominator is 0 the answer is `zero_division` (the numerator is 0 there too)."""
    empty = denominator == 0
    return xp.where(empty, zero_division, numerator / xp.where(empty, 1.0, denominator))


def mean_of_defined(xp: Any, values: Any) -> Any:
    """Mean over the entries that are not NaN; NaN if none is left. Only zero_division = NaN makes NaN."""
    defined = xp.logical_not(xp.isnan(values))
    return quotient(
        xp, xp.sum(xp.where(defined, values, 0.0)), xp.sum(xp.where(defined, xp.ones_like(values), 0.0)), float("nan")
    )


def true_positives(xp: Any, C: Any) -> Any:
    """The diagonal."""
    return xp.diagonal(C)


def true_samples(xp: Any, C: Any) -> Any:
    """Row sums: TP + FN."""
    return xp.sum(C, axis=1)


def predicted_samples(xp: Any, C: Any) -> Any:
    """Column sums: TP + FP."""
    return xp.sum(C, axis=0)


def precision(xp: Any, C: Any, zero_division: float) -> Any:
    """TP / (TP + FP)."""
    return quotient(xp, true_positives(xp, C), predicted_samples(xp, C), zero_division)


def recall(xp: Any, C: Any, zero_division: float) -> Any:
    """TP / (TP + FN)."""
    return quotient(xp, true_positives(xp, C), true_samples(xp, C), zero_division)


def f1(xp: Any, C: Any, zero_division: float) -> Any:
    """2 TP / (2 TP + FP + FN): defined also where precision or recall alone is not."""
    return quotient(xp, 2.0 * true_positives(xp, C), true_samples(xp, C) + predicted_samples(xp, C), zero_division)


def wrong(xp: Any, C: Any) -> Any:
    """C with zeros on its diagonal: a class's errors summed alone, never as a difference that rounding spoils."""
    return xp.where(xp.eye(C.shape[0]) > 0, 0.0, C)


def others(xp: Any, values: Any) -> Any:
    """For each class the sum of `values` (K,) over the other classes: exactly 0 where all of those are 0."""
    return xp.sum(xp.where(xp.eye(values.shape[0]) > 0, 0.0, values), axis=1)


def accuracy(xp: Any, C: Any, zero_division: float) -> Any:
    """Trace / sum."""
    right = xp.sum(true_positives(xp, C))
    return quotient(xp, right, right + xp.sum(wrong(xp, C)), zero_division)


def balanced_accuracy(xp: Any, C: Any, zero_division: float) -> Any:
    """Mean recall."""
    return mean_of_defined(xp, recall(xp, C, zero_division))


def macro_precision(xp: Any, C: Any, zero_division: float) -> Any:
    """Mean precision."""
    return mean_of_defined(xp, precision(xp, C, zero_division))


def macro_f1(xp: Any, C: Any, zero_division: float) -> Any:
    """Mean F1."""
    return mean_of_defined(xp, f1(xp, C, zero_division))


def f1_of_macro_averages(xp: Any, C: Any, zero_division: float) -> Any:
    """Harmonic mean of macro precision and macro recall."""
    p, r = macro_precision(xp, C, zero_division), balanced_accuracy(xp, C, zero_division)
    # Both are 0 only if every sample is wrong. That is no missing quotient but the harmonic mean's limit, 0.
    return quotient(xp, 2.0 * p * r, p + r, 0.0)


def micro_f1(xp: Any, C: Any, zero_division: float) -> Any:
    """2 sum TP / (2 sum TP + sum FP + sum FN); each error is one FP and one FN."""
    right = 2.0 * xp.sum(true_positives(xp, C))
    return quotient(xp, right, right + 2.0 * xp.sum(wrong(xp, C)), zero_division)


def weighted_f1(xp: Any, C: Any, zero_division: float) -> Any:
    """Mean F1 weighted by the number of true samples."""
    rows = true_samples(xp, C)
    # A class without samples has no say, even if its F1 is NaN.
    weighted = xp.where(rows == 0, 0.0, rows * f1(xp, C, zero_division))
    return quotient(xp, xp.sum(weighted), xp.sum(rows), zero_division)


def cohen_kappa(xp: Any, C: Any, zero_division: float) -> Any:
    """1 - observed / expected disagreement, which needs no difference of large products."""
    rows = true_samples(xp, C)
    observed = xp.sum(rows) * xp.sum(wrong(xp, C))
    expected = xp.sum(rows * others(xp, predicted_samples(xp, C)))
    return quotient(xp, expected - observed, expected, zero_division)


def matthews_correlation(xp: Any, C: Any, zero_division: float) -> Any:
    """Covariance of truth and prediction over the root of the product of their variances."""
    rows, columns = true_samples(xp, C), predicted_samples(xp, C)
    n = xp.sum(rows)
    # All three divided by n squared, so that the product under the root cannot overflow float32.
    n = xp.where(n == 0, 1.0, n)
    covariance = (xp.sum(columns / n * others(xp, rows)) - xp.sum(wrong(xp, C))) / n
    true_variance = xp.sum(rows / n * others(xp, rows)) / n
    predicted_variance = xp.sum(columns / n * others(xp, columns)) / n
    return quotient(xp, covariance, xp.sqrt(true_variance * predicted_variance), zero_division)


FORMULAS: dict[str, Callable[[Any, Any, float], Any]] = {
    "accuracy": accuracy,
    "balanced_accuracy": balanced_accuracy,
    "macro_precision": macro_precision,
    "macro_recall": balanced_accuracy,
    "macro_f1": macro_f1,
    "f1_of_macro_averages": f1_of_macro_averages,
    "micro_f1": micro_f1,
    "weighted_f1": weighted_f1,
    "cohen_kappa": cohen_kappa,
    "matthews_correlation": matthews_correlation,
}
