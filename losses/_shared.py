"""What the losses share: their base classes, and the forms of predictions, labels and sample weights.

Values are checked only where they can be seen (eagerly); inside a compiled function the checks vanish from
the program, and a bad label, prediction or sample weight turns the loss into NaN instead.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from losses._arguments import check_axis
from losses._tensors import (
    Shape,
    Tensor,
    agree,
    along_axis,
    as_float,
    as_tensor,
    check_finite,
    concrete,
    first,
    nan_unless,
    static_shape,
    without_axis,
)

# Rows of soft labels written in bfloat16 add up to one only to about three digits.
ROW_SUM_TOLERANCE = 0.01
HALF = ("float16", "bfloat16")


# ---- predictions -----------------------------------------------------------------------------------------


def class_scores(y_pred: Any, axis: int, from_logits: bool) -> Tensor:
    """Return logits or class probabilities as a checked float tensor with K >= 2 classes on `axis`."""
    y_pred = as_float("y_pred", y_pred)
    shape = static_shape("y_pred", y_pred)
    without_axis(shape, axis)
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
    # Converted at once: JAX would first wrap a 64-bit index round into 32 bits.
    labels = ops.cast(as_tensor("y_true", y_true, y_pred.dtype), y_pred.dtype)
    shape, wanted = static_shape("y_true", labels), static_shape("y_pred", y_pred)
    axis %= len(wanted)
    lead = without_axis(wanted, axis)
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


# ---- sample weights --------------------------------------------------------------------------------------


def checked_weight(sample_weight: Any, shape: Shape, dtype: str) -> Tensor:
    """Return the weights of a loss of `shape`; one below 0 that cannot be seen becomes NaN."""
    weight = as_tensor("sample_weight", sample_weight, dtype)
    given = static_shape("sample_weight", weight)
    if not keras_multiplies(shape, given):
        raise ValueError(f"sample_weight: expected a shape that fits the loss, {shape}, or a number, got shape {given}")
    values = concrete(weight)
    if values is None:
        weight = ops.cast(weight, dtype)
        return weight + nan_unless(weight >= 0, weight)
    check_finite("sample_weight", values, "weights")
    if np.any(values < 0):
        where = first(values < 0)
        raise ValueError(f"sample_weight: expected weights >= 0, got {float(values[where]):g} at index {where}")
    return weight


def keras_multiplies(values: Shape, weight: Shape) -> bool:
    """Whether Keras can multiply a loss by weights: NumPy's rule, after a last axis of size 1 was made to match."""
    longer, shorter = (values, weight) if len(values) > len(weight) else (weight, values)
    if len(longer) == len(shorter) + 1 and longer[-1] == 1:
        # Beside a vector the vector becomes a column, elsewhere the last axis goes.
        longer, shorter = (longer, (*shorter, 1)) if len(shorter) == 1 else (longer[:-1], shorter)
    pairs = zip(reversed(longer), reversed(shorter), strict=False)
    return all(a is None or b is None or a == b or 1 in (a, b) for a, b in pairs)


# ---- base classes ----------------------------------------------------------------------------------------


class AxisLoss(keras.losses.Loss):
    """A Keras loss along one axis, whose configuration keeps `axis` and `dtype` too."""

    def __init__(self, axis: int, reduction: str | None, name: str | None, dtype: Any) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.axis = check_axis(axis)

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Tensor:
        """Return the reduced loss of one batch."""
        # Before Keras converts them, which names no argument where it fails.
        y_true, y_pred = as_tensor("y_true", y_true, self.dtype), as_tensor("y_pred", y_pred, self.dtype)
        if sample_weight is not None:
            sample_weight = checked_weight(sample_weight, self.unreduced_shape(y_true, y_pred), self.dtype)
        return super().__call__(y_true, y_pred, sample_weight)

    def unreduced_shape(self, y_true: Tensor, y_pred: Tensor) -> Shape:
        """Return the shape of the loss before reduction, None for sizes not known yet."""
        return without_axis(static_shape("y_pred", y_pred), self.axis)

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
