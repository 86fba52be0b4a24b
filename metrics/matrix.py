"""The confusion matrix as a NumPy array: counting it, reading counts off it, normalising it.

One convention holds in the whole package: C[i, j] is the number of samples of true class i that were predicted
as class j. Rows are truth, columns are predictions, and a class without samples keeps its row and column.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from metrics.arguments import Array, as_array, checked_names, checked_num_classes, checked_zero_division
from metrics.formulas import quotient


class ConfusedPair(NamedTuple):
    """One off-diagonal cell: `samples` samples of class `true` were predicted as class `predicted`."""

    true: int | str
    predicted: int | str
    samples: int | float


def confusion_matrix(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    num_classes: int,
    sample_weight: npt.ArrayLike | None = None,
) -> Array:
    """Count how often each true class is predicted as each class.

        C[i, j] = sum over samples n of w[n] * [y_true[n] = i and y_pred[n] = j]

    Args:
        y_true: class indices 0..K-1, whole numbers of any shape (labels of images or of pixels).
        y_pred: predicted class indices, same shape.
        num_classes: K, at least 2. Classes that do not occur keep a row and a column of zeros.
        sample_weight: nonnegative weights w of the same shape. A sample of weight 0 is left out, whatever its
            labels: that is how to mask.

    Returns:
        int64 (K, K); float64 where sample_weight is given in floats.

    Raises:
        ValueError: for no samples, unequal shapes, labels that are not whole numbers in 0..K-1, weights that
            are negative or not finite.

    Example:
        >>> confusion_matrix([0, 0, 1, 2], [0, 1, 1, 1], num_classes=3)
        array([[1, 1, 0],
               [0, 1, 0],
               [0, 1, 0]])

    Lecture: Cavallaro, performance measures.
    """
    K = checked_num_classes(num_classes)
    true, predicted = as_array("y_true", y_true), as_array("y_pred", y_pred)
    if true.size == 0:
        raise ValueError(f"y_true: expected at least one label, received an array of shape {true.shape}")
    if predicted.shape != true.shape:
        raise ValueError(f"y_pred: expected the shape of y_true, {true.shape}, received {predicted.shape}")
    weight = None if sample_weight is None else _weights(sample_weight, true.shape)
    used = slice(None) if weight is None else weight > 0
    rows, columns = _labels("y_true", true.ravel()[used], K), _labels("y_pred", predicted.ravel()[used], K)
    cells = rows * K + columns
    if weight is None:
        return np.bincount(cells, minlength=K * K).reshape(K, K)
    counted = np.bincount(cells, weights=weight[used], minlength=K * K).reshape(K, K)
    return counted.astype(np.int64) if weight.dtype.kind == "i" else counted


def normalize(
    C: npt.ArrayLike, over: Literal["true", "predicted", "all"] = "true", zero_division: float = 0.0
) -> Array:
    """Turn counts into shares.

        over="true":      C[i, j] / row[i]       (the diagonal is the recall)
        over="predicted": C[i, j] / column[j]    (the diagonal is the precision)
        over="all":       C[i, j] / N

    Args:
        C: counts (K, K), rows truth, columns predictions.
        over: what adds up to 1.
        zero_division: 0, 1 or NaN, the value of 0/0: of the whole row of a class without samples, or of the
            whole column of a class never predicted.

    Returns:
        float64 (K, K).

    Raises:
        ValueError: if C is no confusion matrix or another argument is none of the above.

    Example:
        >>> normalize([[3, 1], [0, 4]], over="true")
        array([[0.75, 0.25],
               [0.  , 1.  ]])

    Reference: scikit-learn, confusion_matrix with normalize. Lecture: Cavallaro, performance measures.
    """
    counts = checked_matrix(C)
    zero_division = checked_zero_division(zero_division)
    if over == "true":
        totals = counts.sum(axis=1, keepdims=True)
    elif over == "predicted":
        totals = counts.sum(axis=0, keepdims=True)
    elif over == "all":
        totals = counts.sum(keepdims=True)
    else:
        raise ValueError(f"over: expected 'true', 'predicted' or 'all', received {over!r}")
    return quotient(np, counts, totals, zero_division)


def most_confused_pairs(C: npt.ArrayLike, n: int, class_names: Sequence[str] | None = None) -> list[ConfusedPair]:
    """List the n largest off-diagonal cells, largest first; equal counts in reading order; no empty cells.

    Args:
        C: counts (K, K), rows truth, columns predictions.
        n: how many pairs at most, at least 1.
        class_names: K names to use instead of class indices.

    Raises:
        ValueError: if C is no confusion matrix, n < 1, or there are not K names.

    Example:
        >>> most_confused_pairs([[9, 1], [4, 6]], n=1, class_names=["cat", "dog"])
        [ConfusedPair(true='dog', predicted='cat', samples=4)]
    """
    counts = errors(C)
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 1:
        raise ValueError(f"n: expected a whole number of at least 1, received {n!r}")
    K = len(counts)
    names: Sequence[int | str] = range(K) if class_names is None else checked_names(class_names, K)
    # A stable sort keeps equal counts in reading order.
    largest = np.argsort(-counts, axis=None, kind="stable")[:n]
    return [
        ConfusedPair(names[cell // K], names[cell % K], counts.flat[cell].item())
        for cell in largest.tolist()
        if counts.flat[cell] > 0
    ]


def checked_matrix(C: npt.ArrayLike) -> Array:
    """Return C as int64 or float64 (K, K), or raise a ValueError that says what is wrong with it."""
    matrix = as_array("C", C)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"C: expected a square array (K, K) of counts, received shape {matrix.shape}")
    if len(matrix) < 2:
        raise ValueError(f"C: expected at least 2 classes, received shape {matrix.shape}")
    if matrix.dtype.kind not in "iuf":
        raise ValueError(f"C: expected integer or float counts, received dtype {matrix.dtype}")
    if not np.isfinite(matrix).all():
        raise ValueError("C: expected finite counts, received NaN or infinity")
    if (matrix < 0).any():
        raise ValueError(f"C: expected counts >= 0, received {matrix.min()}")
    if not matrix.any():
        raise ValueError("C: expected at least one sample, received only zeros")
    return matrix.astype(np.float64 if matrix.dtype.kind == "f" else np.int64)


def errors(C: npt.ArrayLike) -> Array:
    """Return C, checked, with zeros on its diagonal."""
    counts = checked_matrix(C)
    np.fill_diagonal(counts, 0)
    return counts


def checked(C: npt.ArrayLike, zero_division: float) -> tuple[Array, float]:
    """Return the two arguments of a score, C as float64, or raise ValueError."""
    return checked_matrix(C).astype(np.float64), checked_zero_division(zero_division)


def _labels(argument: str, labels: Array, K: int) -> npt.NDArray[np.int64]:
    if labels.dtype.kind not in "biuf":
        raise ValueError(f"{argument}: expected class indices, whole numbers, received dtype {labels.dtype}")
    # A NaN fails every comparison, so it lands here too.
    outside = ~((labels >= 0) & (labels < K) & (labels == np.floor(labels)))
    if outside.any():
        raise ValueError(
            f"{argument}: expected whole numbers from 0 to {K - 1}, received {labels[outside][0]}"
            f" ({outside.sum()} such labels of {labels.size})"
        )
    return labels.astype(np.int64)


def _weights(sample_weight: npt.ArrayLike, shape: tuple[int, ...]) -> Array:
    weight = as_array("sample_weight", sample_weight)
    if weight.shape != shape:
        raise ValueError(f"sample_weight: expected the shape of y_true, {shape}, received {weight.shape}")
    if weight.dtype.kind not in "biuf":
        raise ValueError(f"sample_weight: expected numbers, received dtype {weight.dtype}")
    good = np.isfinite(weight) & (weight >= 0)
    if not good.all():
        raise ValueError(f"sample_weight: expected finite numbers >= 0, received {weight[~good][0]}")
    return weight.ravel().astype(np.float64 if weight.dtype.kind == "f" else np.int64)
