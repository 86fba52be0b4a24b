"""Binary cross-entropy terms, weighted and focal, in log-space where logits are given."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from losses._arguments import Alpha, check_flag, check_number, check_vector, plain
from losses._shared import AxisLoss
from losses._softmax import safe_power
from losses._tensors import (
    Shape,
    Tensor,
    agree,
    as_float,
    as_tensor,
    check_finite,
    concrete,
    first,
    nan_unless,
    static_shape,
    without_axis,
)


def binary_alpha(alpha: Any, used: bool = True) -> Alpha:
    """Return the weight of class 1 (class 0 has the rest to one), or the weights of classes 0 and 1.

    One that is not `used` only has to be numbers: Keras looks at it no closer either.
    """
    if alpha is None:
        return None
    if isinstance(plain(alpha), (int, float)):
        return check_number("alpha", alpha, *((0, 1) if used else ()))
    pair = check_vector("alpha", alpha, 0 if used else -np.inf)
    if len(pair) != 2:
        raise ValueError(f"alpha: expected the weight of class 1, or weights of classes 0 and 1, got {alpha!r}")
    return pair


def paired(y_true: Any, y_pred: Any) -> tuple[Tensor, Tensor]:
    """Return labels and predictions as float tensors of one shape.

    Where one has a last axis of size 1 more than the other, Keras's rule holds: beside (N, 1) a vector (N,) becomes
    (N, 1); with more dimensions that axis goes.
    """
    y_pred = as_float("y_pred", y_pred)
    y_true = ops.cast(as_tensor("y_true", y_true, y_pred.dtype), y_pred.dtype)
    shape, wanted = static_shape("y_true", y_true), static_shape("y_pred", y_pred)
    if len(shape) == len(wanted) - 1 and wanted[-1] == 1:
        if len(shape) == 1:
            y_true, shape = ops.expand_dims(y_true, -1), (*shape, 1)
        else:
            y_pred, wanted = ops.squeeze(y_pred, -1), wanted[:-1]
    elif len(wanted) == len(shape) - 1 and shape[-1] == 1:
        if len(wanted) == 1:
            y_pred, wanted = ops.expand_dims(y_pred, -1), (*wanted, 1)
        else:
            y_true, shape = ops.squeeze(y_true, -1), shape[:-1]
    if not agree(shape, wanted) or not shape:
        raise ValueError(
            f"y_true: expected the shape of y_pred, one dimension or more, got {shape} for y_pred of shape {wanted}"
        )
    # Sizes unknown until the program runs could broadcast by mistake; a reshape fails instead.
    return (ops.reshape(y_true, ops.shape(y_pred)) if None in shape + wanted else y_true), y_pred


def binary_terms(
    y_true: Any,
    y_pred: Any,
    alpha: float | list[float] | None,
    gamma: float,
    from_logits: bool,
    label_smoothing: float,
) -> Tensor:
    """Return w (1 - p_t)^gamma times the cross-entropy of every entry of y_pred."""
    from_logits = check_flag("from_logits", from_logits)
    gamma = check_number("gamma", gamma, low=0)
    smoothing = check_number("label_smoothing", label_smoothing, low=0, high=1)
    y, x = paired(y_true, y_pred)
    check_unit_interval("y_true", y, "labels")
    if from_logits:
        check_finite("y_pred", concrete(x), "logits")
    else:
        check_unit_interval("y_pred", x, "probabilities", "; set from_logits=True where y_pred holds logits")
    y = y + nan_unless(ops.logical_and(y >= 0, y <= 1), y)
    if smoothing:
        y = y * (1 - smoothing) + smoothing / 2

    if from_logits:
        # Each side from its own sigmoid: 1 - p would be 0 for every logit above 17.
        p, q = ops.sigmoid(x), ops.sigmoid(-x)
        crossentropy = y * ops.softplus(-x) + (1 - y) * ops.softplus(x)
    else:
        p = x + nan_unless(ops.logical_and(x >= 0, x <= 1), x)
        q = 1 - p
        epsilon = keras.config.epsilon()
        kept = ops.clip(p, epsilon, 1 - epsilon)
        crossentropy = -(y * ops.log(kept) + (1 - y) * ops.log(1 - kept))
    if gamma != 0:
        crossentropy = safe_power(y * q + (1 - y) * p, gamma) * crossentropy
    if alpha is None:
        return crossentropy
    weight_0, weight_1 = (1 - alpha, alpha) if isinstance(alpha, float) else alpha
    return (y * weight_1 + (1 - y) * weight_0) * crossentropy


def check_unit_interval(name: str, x: Tensor, what: str, hint: str = "") -> None:
    """Refuse what lies outside [0, 1], where values can be seen."""
    values = concrete(x)
    if values is not None:
        check_finite(name, values, what)
        if np.any((values < 0) | (values > 1)):
            where = first((values < 0) | (values > 1))
            raise ValueError(f"{name}: expected {what} in [0, 1], got {values[where]:g} at index {where}{hint}")


def mean_over(terms: Tensor, axis: int) -> Tensor:
    """Return the mean over an axis that exists."""
    without_axis(static_shape("y_pred", terms), axis)
    return ops.mean(terms, axis=axis)


class PairLoss(AxisLoss):
    """A loss that compares labels and predictions entry by entry and averages over `axis`."""

    def unreduced_shape(self, y_true: Tensor, y_pred: Tensor) -> Shape:
        """Return the shape of the loss before reduction, None for sizes not known yet."""
        return super().unreduced_shape(*paired(y_true, y_pred))


def mean_of_outputs(cost: Tensor, axis: int) -> Tensor:
    """Return the mean over `axis`, but a vector, one number an example, as it is."""
    return cost if len(cost.shape) == 1 else mean_over(cost, axis)


class OutputLoss(PairLoss):
    """A PairLoss that ends in `mean_of_outputs`."""

    def unreduced_shape(self, y_true: Tensor, y_pred: Tensor) -> Shape:
        """Return the shape of the loss before reduction, None for sizes not known yet."""
        shape = tuple(paired(y_true, y_pred)[1].shape)
        return shape if len(shape) == 1 else super().unreduced_shape(y_true, y_pred)
