"""Activation names of a config -> Keras activations. Three hard sigmoids, because the sources define three."""

from collections.abc import Callable

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="relecture")
def hard_sigmoid_slide(z):  # type: ignore[no-untyped-def]
    """clip((z + 1) / 2, 0, 1): slope 1/2, flat beyond -1 and 1. Lecture: Mollineda, rigid logistic regression."""
    return ops.clip((z + 1.0) / 2.0, 0.0, 1.0)


@keras.saving.register_keras_serializable(package="relecture")
def hard_sigmoid_keras2(z):  # type: ignore[no-untyped-def]
    """clip(0.2 z + 0.5, 0, 1): flat beyond -2.5 and 2.5. Keras 1 and 2."""
    return ops.clip(0.2 * z + 0.5, 0.0, 1.0)


ACTIVATIONS: dict[str, str | Callable] = {
    "linear": "linear",
    "relu": "relu",
    "leaky_relu": "leaky_relu",
    "elu": "elu",
    "selu": "selu",
    "gelu": "gelu",
    "silu": "silu",
    "softplus": "softplus",
    "tanh": "tanh",
    "sigmoid": "sigmoid",
    "softmax": "softmax",
    "hard_sigmoid_slide": hard_sigmoid_slide,
    "hard_sigmoid_keras2": hard_sigmoid_keras2,
    "hard_sigmoid_keras3": "hard_sigmoid",
}
"""Keras 3's own `hard_sigmoid` is clip(z / 6 + 0.5, 0, 1), flat beyond -3 and 3."""
