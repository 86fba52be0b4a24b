"""Softmax in log-space: the focal term of every class, accurate in value and gradient for any finite logits."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from losses._tensors import Tensor, nan_unless


def tiny(x: Tensor) -> float:
    """Return the smallest normal number of the tensor's dtype."""
    return float(np.finfo(keras.backend.standardize_dtype(x.dtype)).tiny)


def clipped_probabilities(y_pred: Tensor, axis: int) -> Tensor:
    """Return probabilities that add up to one, kept off 0 and 1 by epsilon, as Keras does."""
    y_pred = y_pred + nan_unless(y_pred >= 0, y_pred)
    epsilon = keras.config.epsilon()
    return ops.clip(y_pred / ops.sum(y_pred, axis=axis, keepdims=True), epsilon, 1 - epsilon)


def safe_power(base: Tensor, exponent: float) -> Tensor:
    """Return base ** exponent for base >= 0, with the gradient 0 at base = 0 where the true one is infinite."""
    if exponent == 0:
        return ops.ones_like(base)
    if exponent >= 1:
        return ops.power(base, exponent)
    positive = base >= tiny(base)
    # NaN is not positive, and has to come through.
    kept = ops.logical_or(positive, ops.isnan(base))
    return ops.where(kept, ops.power(ops.where(kept, base, 1.0), exponent), 0.0)


def focal_terms(y_pred: Tensor, gamma: float, axis: int, from_logits: bool) -> Tensor:
    """Return -(1 - p) ** gamma * log(p) for every class."""
    if not from_logits:
        p = clipped_probabilities(y_pred, axis)
        return -safe_power(1 - p, gamma) * ops.log(p)
    return _focal_terms_from_logits(y_pred, gamma, axis)


def _focal_terms_from_logits(logits: Tensor, gamma: float, axis: int) -> Tensor:
    """Focal terms with their own gradient: accurate for p near 0 and near 1, and faster than autodiff's.

    With n the number of largest logits (n > 1 only in a tie) and z = logits - max, the softmax's denominator is
    1 + r, r = (n - 1) + sum of exp(z) over the others. Then log p = z - log1p(r), and 1 - p is r / (1 + r) for a
    largest logit: nothing is subtracted from a number close to it, so p = 1 - 1e-30 still has its 1e-30.

    With f(p) a term and g = upstream * p * f'(p), the gradient is g (1 - p) - p * (sum of the others' g), where
    p f'(p) = -(1 - p)^gamma + gamma * p * log(p) * (1 - p)^(gamma - 1).
    """

    @ops.custom_gradient
    def terms(logits: Tensor) -> tuple[Tensor, Any]:
        # TensorFlow's max of a batch without examples raises unless it is told where to begin.
        z = logits - ops.max(logits, axis=axis, keepdims=True, initial=-np.inf)
        largest = ops.equal(z, 0)
        e = ops.exp(z)
        ties = ops.sum(ops.cast(largest, z.dtype), axis=axis, keepdims=True) - 1
        r = ops.sum(ops.where(largest, ops.zeros_like(e), e), axis=axis, keepdims=True) + ties
        log_p = z - ops.log1p(r)
        scale = 1 / (1 + r)
        p = e * scale
        rest = ops.where(largest, r, 1 + r - e) * scale
        weight = safe_power(rest, gamma)

        def grad(*args: Tensor, upstream: Tensor = None) -> Tensor:
            if upstream is None:
                (upstream,) = args
            if gamma == 0:
                slope = weight
            elif gamma >= 1:
                slope = weight - gamma * p * log_p * safe_power(rest, gamma - 1)
            else:
                # (1 - p)^(gamma - 1) is infinite at p = 1; its product with log p is not: -log p / (1 - p) -> 1.
                near_one = rest < tiny(rest)
                ratio = ops.where(near_one, 1.0, -log_p / ops.where(near_one, 1.0, rest))
                slope = weight * (1 + gamma * p * ratio)
            g = -upstream * slope
            return g * rest - p * (ops.sum(g, axis=axis, keepdims=True) - g)

        return -weight * log_p, grad

    return terms(logits)
