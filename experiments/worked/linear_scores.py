"""The linear score function f(x) = W x + b: its scores as the losses use them, and what the bias depends on.

Lecture: Hantehzadeh, "Loss functions", "Suppose: 3 training examples, 3 classes".
"""

import numpy as np
from numpy.typing import NDArray

from experiments.worked.finding import Finding


def scores_in_losses(terms: list[list[list[float]]], labels: list[int]) -> Finding:
    """Put the table of scores together from the terms s_j - s_y of the printed losses, image by image.

    It holds if every term of an image names the same score for its true class.

    Args:
        terms: for each image the printed s_j and s_y of each wrong class j, in the order of the classes.
        labels: true class of each image.

    Source: Hantehzadeh, "Suppose: 3 training examples, 3 classes" and the slides of losses after it.
    """
    columns, steps, agree = [], [], True
    for image, (pairs, label) in enumerate(zip(terms, labels, strict=True)):
        wrong, true = zip(*pairs, strict=True)
        agree &= len(set(true)) == 1
        column = np.insert(wrong, label, true[0])
        columns.append(column)
        steps.append(
            f"image {image}, true class {label}: its terms have the scores {_row(column)}, largest for class "
            f"{np.argmax(column)}"
        )
    scores = np.stack(columns, axis=1)
    return Finding({"scores": scores.tolist(), "predicted": np.argmax(scores, axis=0).tolist()}, tuple(steps), agree)


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
