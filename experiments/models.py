"""`model:` of a config -> keras.Model, uncompiled."""

from collections.abc import Iterator
from typing import Any

import keras
from keras import layers

from experiments.activations import ACTIVATIONS
from experiments.spec.model import Block, Cnn, Initializer, Layers, Mlp, NetworkSpec, Perceptron

BATCH_NORM_MOMENTUM = 0.9
"""Keras's 0.99 needs some 500 updates before its averages can be trusted; a short training has fewer."""


def build_model(spec: NetworkSpec, example_shape: tuple[int, ...]) -> keras.Model:
    """Build the network that a config describes.

    Weights are drawn from Keras's global seed: seed it first for a repeatable model.

    Args:
        spec: the model part of a config.
        example_shape: shape of one example: (features,) or (height, width, channels).

    Returns:
        An uncompiled Sequential model; output float (N, spec.output.units).
    """
    body = _convolutional(spec) if isinstance(spec, Cnn) else _dense(spec)
    return keras.Sequential([keras.Input(example_shape), *body, *_output(spec)], name=spec.name)


def _dense(spec: NetworkSpec) -> Iterator[layers.Layer]:
    if not isinstance(spec, Mlp):
        return
    for units in spec.hidden:
        yield layers.Dense(units, use_bias=not spec.batch_norm, **_kernel(spec))
        if spec.batch_norm:
            yield layers.BatchNormalization(momentum=BATCH_NORM_MOMENTUM)
        yield layers.Activation(ACTIVATIONS[spec.activation])
        if spec.dropout:
            yield layers.Dropout(spec.dropout)


def _convolutional(spec: Cnn) -> Iterator[layers.Layer]:
    for block in spec.blocks:
        yield from _block(spec, block)
    yield {
        "flatten": layers.Flatten,
        "average": layers.GlobalAveragePooling2D,
        "max": layers.GlobalMaxPooling2D,
    }[spec.reduce]()
    for units in spec.dense:
        if spec.dropout:
            yield layers.Dropout(spec.dropout)
        yield layers.Dense(units, activation=ACTIVATIONS[spec.activation], **_kernel(spec))
    if spec.dropout:
        yield layers.Dropout(spec.dropout)


def _block(spec: Cnn, block: Block) -> Iterator[layers.Layer]:
    for i in range(block.convolutions):
        yield layers.Conv2D(
            block.filters,
            block.kernel_size,
            strides=block.strides if i == 0 else 1,
            padding="same",
            use_bias=not spec.batch_norm,
            **_kernel(spec, inputs=(0, 1, 2)),
        )
        if i == block.convolutions - 1 and block.pool > 1:
            # Before the activation, which then has a quarter of the work; relu and the like give the same either way.
            yield layers.MaxPooling2D(block.pool)
        if spec.batch_norm:
            yield layers.BatchNormalization(momentum=BATCH_NORM_MOMENTUM)
        yield layers.Activation(ACTIVATIONS[spec.activation])
    if block.dropout:
        yield layers.Dropout(block.dropout)


def _output(spec: Layers) -> Iterator[layers.Layer]:
    activation = ACTIVATIONS[spec.output.activation]
    with_bias = spec.bias if isinstance(spec, Perceptron) else True
    yield layers.Dense(spec.output.units, activation=activation, use_bias=with_bias, **_kernel(spec))


def _kernel(spec: Layers, inputs: tuple[int, ...] = (0,)) -> dict[str, Any]:
    """Initialisers, penalty and constraint of a layer in whose kernel the `inputs` axes lead into one unit.

    New objects each time, since Keras draws once from each.
    """
    penalty = spec.kernel_regularizer
    return {
        "kernel_initializer": _initializer(spec.kernel_initializer),
        "bias_initializer": keras.initializers.Constant(spec.bias_start) if spec.bias_start else "zeros",
        "kernel_regularizer": keras.regularizers.L1L2(penalty.l1, penalty.l2) if penalty else None,
        "kernel_constraint": keras.constraints.MaxNorm(spec.max_norm, axis=list(inputs)) if spec.max_norm else None,
    }


def _initializer(spec: Initializer) -> keras.initializers.Initializer:
    if spec.stddev is None:
        return keras.initializers.get(spec.name)
    if spec.name == "random_uniform":
        return keras.initializers.RandomUniform(-spec.stddev, spec.stddev)
    return keras.initializers.RandomNormal(stddev=spec.stddev)
