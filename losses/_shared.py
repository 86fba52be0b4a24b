"""What the losses share: argument checks, the forms of labels, and their base class.

Values are checked only where they can be seen (eagerly); inside a compiled function the checks vanish from
the program and a bad label or prediction turns the loss into NaN instead.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

Tensor = Any
Alpha = float | list[float] | None

# Rows of soft labels written in bfloat16 add up to one only to about three digits.
ROW_SUM_TOLERANCE = 0.01
HALF = ("float16", "bfloat16")


# ---- arguments -------------------------------------------------------------------------------------------


def check_number(name: str, value: Any, low: float = -math.inf, high: float = math.inf) -> float:
    """Return `value` as a float, or say which finite number in [low, high] was expected."""
    is_number = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value) or not low <= value <= high:
        bounds = [f">= {low:g}"] if low > -math.inf else []
        bounds += [f"<= {high:g}"] if high < math.inf else []
        raise ValueError(f"{name}: expected a finite number {' and '.join(bounds)}".rstrip() + f", got {value!r}")
    return float(value)


def check_axis(axis: Any) -> int:
    """Return `axis` as an int; True is not an axis."""
    if isinstance(axis, bool) or not isinstance(axis, (int, np.integer)):
        raise ValueError(f"axis: expected an integer, got {axis!r}")
    return int(axis)


def check_vector(name: str, values: Any, minimum: float = 0.0) -> list[float]:
    """Return finite numbers >= minimum, one a class, as a list that a config can hold."""
    try:
        array = np.asarray(values, dtype="float64")
    except (TypeError, ValueError):
        array = np.full((), np.nan)
    if array.ndim != 1 or array.size < 2 or not np.all(np.isfinite(array)) or np.any(array < minimum):
        raise ValueError(
            f"{name}: expected a vector of two or more finite numbers >= {minimum:g}, one a class, got {values!r}"
        )
    return [float(value) for value in array]


def check_alpha(alpha: Any) -> Alpha:
    """Return class weights as None, a float or a list of floats."""
    if alpha is None:
        return None
    if isinstance(alpha, (int, float, np.number)):
        return check_number("alpha", alpha, low=0)
    return check_vector("alpha", alpha)


def check_counts(class_counts: Any) -> np.ndarray:
    """Return examples a class (or priors) as an array; a class without examples has no weight or margin."""
    counts = np.asarray(check_vector("class_counts", class_counts))
    absent = np.flatnonzero(counts == 0).tolist()
    if absent:
        raise ValueError(f"class_counts: expected a positive count for every class, got 0 for classes {absent}")
    return counts


# ---- tensors ---------------------------------------------------------------------------------------------


def concrete(x: Tensor) -> np.ndarray | None:
    """Return the values of an eager tensor, None for the placeholder of a traced or differentiated one."""
    if keras.config.backend() == "tensorflow" and not hasattr(x, "numpy"):
        return None
    try:
        return ops.convert_to_numpy(x)
    except TypeError:  # what JAX's tracers raise
        return None


def static_shape(name: str, x: Tensor) -> tuple[int | None, ...]:
    """Return the shape known before running, None for the sizes that are not."""
    try:
        return tuple(x.shape)
    except ValueError as error:
        raise ValueError(f"{name}: expected a tensor of known rank, got one of unknown rank") from error


def agree(a: tuple[int | None, ...], b: tuple[int | None, ...]) -> bool:
    """Whether two shapes can be the same, None standing for any size."""
    return len(a) == len(b) and all(x is None or y is None or x == y for x, y in zip(a, b, strict=True))


def as_float(x: Any) -> Tensor:
    """Return a float32 or float64 tensor; halves and integers become float32 (or floatx, where wider)."""
    x = ops.convert_to_tensor(x)
    dtype = keras.backend.standardize_dtype(x.dtype)
    if dtype in ("float32", "float64"):
        return x
    return ops.cast(x, "float64" if keras.config.floatx() == "float64" else "float32")


def along_axis(vector: Sequence[float] | np.ndarray, like: Tensor, axis: int) -> Tensor:
    """Return `vector` as a tensor that broadcasts along the class axis of `like`."""
    shape = [1] * len(like.shape)
    shape[axis] = len(vector)
    return ops.convert_to_tensor(np.reshape(np.asarray(vector, "float64"), shape), dtype=like.dtype)


def nan_unless(valid: Tensor, like: Tensor) -> Tensor:
    """Return 0 where `valid`, else NaN: added to a value, it spoils what must not pass for a number."""
    zero = ops.zeros((), dtype=like.dtype)
    return ops.where(valid, zero, ops.full((), np.nan, dtype=like.dtype))


def first(bad: np.ndarray) -> tuple[int, ...]:
    """Return the index of the first True."""
    return tuple(int(i) for i in np.argwhere(bad)[0])


def check_finite(name: str, values: np.ndarray | None, what: str) -> None:
    """Refuse NaN and infinities, where values can be seen."""
    if values is not None and not np.all(np.isfinite(values)):
        where = first(~np.isfinite(values))
        raise ValueError(f"{name}: expected finite {what}, got {values[where]} at index {where}")


# ---- predictions -----------------------------------------------------------------------------------------


def class_scores(y_pred: Any, axis: int, from_logits: bool) -> Tensor:
    """Return logits or class probabilities as a checked float tensor with K >= 2 classes on `axis`."""
    y_pred = as_float(y_pred)
    shape = static_shape("y_pred", y_pred)
    if not -len(shape) <= axis < len(shape):
        raise ValueError(f"axis: expected a dimension of y_pred, got {axis} for y_pred of shape {shape}")
    classes = shape[axis]
    if classes is None:
        raise ValueError(f"y_pred: expected a fixed number of classes on axis {axis}, got shape {shape}")
    if classes < 2:
        raise ValueError(
            f"y_pred: expected at least 2 classes on axis {axis}, got shape {shape}; "
            "for one output an example use a binary loss"
        )
    values = concrete(y_pred)
    check_finite("y_pred", values, "logits" if from_logits else "probabilities")
    if values is not None and not from_logits:
        if np.any(values < 0):
            where = first(values < 0)
            raise ValueError(
                f"y_pred: expected probabilities >= 0, got {values[where]} at index {where}; "
                "set from_logits=True where y_pred holds logits"
            )
        if np.any(values.sum(axis=axis) == 0):
            where = first(values.sum(axis=axis) == 0)
            raise ValueError(f"y_pred: expected probabilities of positive sum, got all zeros at index {where}")
    return y_pred


# ---- labels ----------------------------------------------------------------------------------------------


def class_labels(y_true: Any, y_pred: Tensor, axis: int, hard: bool = False) -> Tensor:
    """Return labels in the shape and dtype of `y_pred`: class indices become one-hot, soft rows stay.

    `hard` asks for exactly one 1 a row. A row that names no class is a ValueError where values can be seen and
    all NaN where they cannot.
    """
    labels = ops.convert_to_tensor(y_true, dtype=y_pred.dtype)
    shape, wanted = static_shape("y_true", labels), static_shape("y_pred", y_pred)
    axis %= len(wanted)
    lead = wanted[:axis] + wanted[axis + 1 :]
    column = (*wanted[:axis], 1, *wanted[axis + 1 :])
    sparse = agree(shape, lead) or (agree(shape, column) and shape[axis] == 1)
    if not sparse and not agree(shape, wanted):
        raise ValueError(
            f"y_true: expected class indices of shape {lead} or {column}, or one row a label of shape {wanted}, "
            f"got shape {shape}"
        )
    # A size unknown until the program runs could broadcast by mistake; a reshape fails instead.
    size = ops.shape(y_pred)
    if sparse:
        labels = ops.reshape(labels, (*size[:axis], 1, *size[axis + 1 :]))
        return _one_hot(labels, y_pred, axis)
    if None in shape or None in wanted:
        labels = ops.reshape(labels, size)
    return _label_rows(labels, axis, hard)


def _one_hot(index: Tensor, y_pred: Tensor, axis: int) -> Tensor:
    classes = y_pred.shape[axis]
    values = concrete(index)
    if values is not None:
        bad = ~((values >= 0) & (values < classes) & (values == np.floor(values)))
        if np.any(bad):
            where = first(bad)
            raise ValueError(
                f"y_true: expected whole class indices from 0 to {classes - 1}, "
                f"got {values[where]:g} at example {where[:axis] + where[axis + 1 :]}"
            )
    hot = ops.cast(ops.equal(index, along_axis(np.arange(classes), y_pred, axis)), y_pred.dtype)
    # An index that names no class gives an all-zero row, which would pass for a loss of 0.
    valid = ops.logical_and(index >= 0, ops.logical_and(index < classes, ops.equal(index, ops.floor(index))))
    return hot + nan_unless(valid, hot)


def _label_rows(labels: Tensor, axis: int, hard: bool) -> Tensor:
    values = concrete(labels)
    if values is not None:
        check_finite("y_true", values, "labels")
        bad = (values != 0) & (values != 1) if hard else (values < 0)
        if np.any(bad):
            where = first(bad)
            expected = "one-hot labels of 0 and 1" if hard else "label rows of entries >= 0"
            raise ValueError(f"y_true: expected {expected}, got {values[where]:g} at index {where}")
        total = values.sum(axis=axis)
        bad = np.abs(total - 1) > ROW_SUM_TOLERANCE
        if np.any(bad):
            where = first(bad)
            raise ValueError(f"y_true: expected label rows that add up to 1, got a sum of {total[where]:g} at {where}")
    entry = ops.logical_or(ops.equal(labels, 0), ops.equal(labels, 1)) if hard else labels >= 0
    labels = labels + nan_unless(entry, labels)
    total = ops.sum(labels, axis=axis, keepdims=True)
    return labels + nan_unless(ops.abs(total - 1) <= ROW_SUM_TOLERANCE, labels)


# ---- base classes ----------------------------------------------------------------------------------------


class AxisLoss(keras.losses.Loss):
    """A Keras loss along one axis, whose configuration keeps `axis` and `dtype` too."""

    def __init__(self, axis: int, reduction: str | None, name: str | None, dtype: Any) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.axis = check_axis(axis)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "axis": self.axis, "dtype": self.dtype}


class ClassLoss(AxisLoss):
    """A loss over K classes."""

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Tensor:
        """Return the reduced loss of one batch."""
        if self.dtype in HALF:
            # Keras casts labels to the loss's dtype, and bfloat16 would make class 257 class 256.
            y_true = class_labels(y_true, class_scores(y_pred, self.axis, from_logits=True), self.axis)
        return super().__call__(y_true, y_pred, sample_weight)
