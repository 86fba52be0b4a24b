"""The linear score function f(x) = W x + b: scores that some W gives, and what the bias depends on.

Lecture: Hantehzadeh, "Loss functions", "Suppose: 3 training examples, 3 classes".
"""

import numpy as np
from numpy.typing import NDArray

from experiments.worked.finding import Finding


def score_table(table: list[list[float]], images: list[list[float]]) -> Finding:
    """Whether there is a W that gives the printed scores for some images, and what they classify.

    Formula: f(x, W) = W x; W solved by least squares from the images.

    Args:
        table: scores, a row a class, a column an image.
        images: a vector an image.

    Source: Hantehzadeh, "Suppose: 3 training examples, 3 classes".
    """
    s, x = np.asarray(table, np.float64), np.asarray(images, np.float64)
    w = np.linalg.lstsq(x, s.T, rcond=None)[0].T
    scores = w @ x.T
    picked = np.argmax(scores, axis=0)
    steps = (
        *(f"W, class {k}: {_row(row)}" for k, row in enumerate(w)),
        *(f"image {i}: W x = {_row(column)}, largest for class {picked[i]}" for i, column in enumerate(scores.T)),
    )
    return Finding({"scores": scores.tolist(), "predicted": picked.tolist()}, steps)


def bias_from_input(
    weights: list[list[float]], bias: list[float], inputs: list[list[float]], activation: str = "linear"
) -> Finding:
    """Whether what a Keras layer adds to W x is worked out from the input: f(x) - W x is compared for several x.

    Formula: f(x) = W x + b.

    Args:
        weights: W, a row a class.
        bias: b.
        inputs: several x.
        activation: of the layer; the slide's score function has none.

    Source: Hantehzadeh, "Loss functions".
    """
    from experiments.backend import keras

    w, x = np.asarray(weights, np.float64), np.asarray(inputs, np.float64)
    layer = keras.layers.Dense(len(w), activation=activation)
    layer.build((None, x.shape[1]))
    layer.set_weights([w.T.astype(np.float32), np.asarray(bias, np.float32)])
    outputs = np.asarray(keras.ops.convert_to_numpy(layer(x.astype(np.float32))), np.float64)
    constants = outputs - x @ w.T
    steps = tuple(
        f"x = {_row(one)}: f(x) = {_row(f)}, f(x) - W x = {_row(c)}"
        for one, f, c in zip(x, outputs, constants, strict=True)
    )
    return Finding({"constants": constants.tolist()}, steps, not np.allclose(constants, constants[0], atol=1e-5))


def _row(values: NDArray[np.float64]) -> str:
    return f"({', '.join(f'{value + 0:.6g}' for value in values)})"
