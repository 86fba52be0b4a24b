"""Activation functions and their derivatives in float64: the formulas that several topics compute with."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def linear(z: Array) -> Array:
    """Z."""
    return z


def linear_slope(z: Array) -> Array:
    """1."""
    return np.ones_like(z)


def relu(z: Array) -> Array:
    """max(0, z)."""
    return np.maximum(0.0, z)


def relu_slope(z: Array) -> Array:
    """1 for z > 0, else 0."""
    return np.where(z > 0, 1.0, 0.0)


def sigmoid(z: Array | float) -> Array:
    """1 / (1 + e^-z), written so that no exponential overflows; an array of no dimension for a number."""
    e = np.exp(-np.abs(z))
    return np.asarray(np.where(np.asarray(z) >= 0, 1.0, e) / (1.0 + e))


def sigmoid_slope(z: Array) -> Array:
    """s(z) (1 - s(z)) = e^-|z| / (1 + e^-|z|)^2, which does not lose 1 - s to rounding."""
    e = np.exp(-np.abs(z))
    return e / (1.0 + e) ** 2


def tanh(z: Array) -> Array:
    """Tanh z."""
    return np.tanh(z)


def tanh_slope(z: Array) -> Array:
    """1 - tanh(z)^2."""
    return 1.0 - np.tanh(z) ** 2


def step(z: Array) -> Array:
    """1 for z >= 0, else 0."""
    return np.where(z >= 0, 1.0, 0.0)


def hard_sigmoid_slide(z: Array) -> Array:
    """clip((z + 1) / 2, 0, 1)."""
    return np.clip((z + 1.0) / 2.0, 0.0, 1.0)


def hard_sigmoid_keras2(z: Array) -> Array:
    """clip(0.2 z + 0.5, 0, 1)."""
    return np.clip(0.2 * z + 0.5, 0.0, 1.0)


def hard_sigmoid_keras3(z: Array) -> Array:
    """clip(z / 6 + 0.5, 0, 1)."""
    return np.clip(z / 6.0 + 0.5, 0.0, 1.0)


def softmax(z: Array) -> Array:
    """e^z_i / sum e^z_k along the last axis, shifted by the largest entry so that nothing overflows."""
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "linear": linear,
    "relu": relu,
    "sigmoid": sigmoid,
    "tanh": tanh,
    "step": step,
    "hard_sigmoid_slide": hard_sigmoid_slide,
    "hard_sigmoid_keras2": hard_sigmoid_keras2,
    "hard_sigmoid_keras3": hard_sigmoid_keras3,
    "softmax": softmax,
}
"""Formulas by the names that the configs use."""

DIFFERENTIABLE: dict[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "linear": (linear, linear_slope),
    "relu": (relu, relu_slope),
    "sigmoid": (sigmoid, sigmoid_slope),
    "tanh": (tanh, tanh_slope),
}
"""Formula and derivative, for backpropagation."""
