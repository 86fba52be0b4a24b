"""What Keras's Dropout does to a layer's outputs: how many it drops, what becomes of the rest, and of the weights.

Lectures: Piñar, "Why dropout?", "What does dropout = 0.2 mean?"; Hantehzadeh, "Weight Regularization".
"""

import numpy as np
from numpy.typing import NDArray

from experiments.worked.finding import Finding


def share_dropped(rate: float, units: int = 1000, examples: int = 1000) -> Finding:
    """What a dropout rate means, measured on ones.

    Formula: in training each output is 0 with probability `rate`, else divided by 1 - rate, so that the mean stays;
    at prediction nothing changes. A new mask is drawn at every step.

    Args:
        rate: the rate.
        units: outputs of an example.
        examples: examples in the batch.

    Source: Piñar, "What does dropout = 0.2 mean?".
    """
    from experiments.backend import keras

    layer = keras.layers.Dropout(rate, seed=1)
    ones = np.ones((examples, units), np.float32)
    first, second = (keras.ops.convert_to_numpy(layer(ones, training=True)) for _ in range(2))
    predicting = keras.ops.convert_to_numpy(layer(ones, training=False))
    dropped, kept = float(np.mean(first == 0)), np.unique(first[first != 0])
    mean = float(first.mean(dtype=np.float64))
    unchanged, new_mask = bool(np.array_equal(predicting, ones)), not np.array_equal(first, second)
    values = {
        "share of zeros": dropped,
        "kept outputs become": [float(v) for v in kept],
        "mean": mean,
        "unchanged when predicting": unchanged,
        "new mask at each step": new_mask,
    }
    steps = (
        f"rate {rate:.6g}, {examples * units} ones: share of zeros {dropped:.6g}",
        f"the others become {', '.join(f'{v:.6g}' for v in kept)}; 1/(1 - {rate:.6g}) = {1 / (1 - rate):.6g}",
        f"mean {mean:.6g}",
        f"when predicting, outputs are {'unchanged' if unchanged else 'changed'}",
        f"the next step draws {'another' if new_mask else 'the same'} mask",
    )
    scaled = bool(np.allclose(kept, 1 / (1 - rate), rtol=1e-6))
    return Finding(values, steps, abs(dropped - rate) < 0.005 and scaled and unchanged)


def drops_single_weights(method: str, rate: float = 0.5, inputs: int = 6, units: int = 8) -> Finding:
    """Whether a method ignores single weights, or whole units with all their weights.

    The layer's outputs are y_k = sum over i of x_i w_ik. Feeding one input at a time through the method shows which
    w_ik act in one training step: a unit dropped takes all weights w_i1 ... w_iK with it.

    Args:
        method: dropout (Keras, on the inputs x) or dropconnect (a mask on the weights).
        rate: share dropped.
        inputs: how many x_i.
        units: how many y_k.

    Source: Hantehzadeh, "Weight Regularization". Wan et al. 2013 for DropConnect.
    """
    acting = {"dropout": _after_dropout, "dropconnect": _after_dropconnect}[method](rate, inputs, units)
    whole = int(np.sum(np.all(acting == 0, axis=1)))
    partly = int(np.sum(np.any(acting == 0, axis=1))) - whole
    steps = (
        f"{method}, rate {rate:.6g}: {int(np.sum(acting == 0))} of {inputs * units} weights do not act",
        f"inputs with none of their {units} weights acting: {whole}",
        f"inputs with some acting and some not: {partly}",
    )
    return Finding({"units dropped whole": whole, "units with single weights dropped": partly}, steps, partly > 0)


def _after_dropout(rate: float, inputs: int, units: int) -> NDArray[np.float64]:
    from experiments.backend import keras

    # The mask is that of one training step for all rows of the batch, so each row shows one input's weights under it.
    one_step = keras.layers.Dropout(rate, noise_shape=(1, inputs), seed=3)
    dense = keras.layers.Dense(units, use_bias=False, kernel_initializer="ones")
    outputs = dense(one_step(np.eye(inputs, dtype=np.float32), training=True))
    return np.asarray(keras.ops.convert_to_numpy(outputs), np.float64)


def _after_dropconnect(rate: float, inputs: int, units: int) -> NDArray[np.float64]:
    kept = np.random.default_rng(3).random((inputs, units)) >= rate
    return kept / (1 - rate)
