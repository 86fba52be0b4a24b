"""The lecture's Keras settings, and what `history` holds after a training (Cavallaro, perceptron and practicals)."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from experiments.worked._writing import number
from experiments.worked.finding import Finding


def perceptron_setting(batch_size: int, epochs: int, classes: int, learning_rate: float = 0.01) -> Finding:
    """Build the perceptron of lecture 3, 784 inputs to softmax, with the printed settings and a bare SGD().

    It holds if SGD() without arguments means plain gradient descent at the given rate, and the model is one layer of
    785 parameters a class.

    Args:
        batch_size: examples an update.
        epochs: of the whole training.
        classes: outputs.
        learning_rate: what SGD() is taken to mean; 0.01 in Keras 2.

    Lecture: Cavallaro, multi output perceptron model.
    """
    from experiments.backend import keras
    from experiments.data.sums import ARRAYS

    samples = ARRAYS["mnist"]["x_train"].shape[0]
    model = keras.Sequential([keras.Input((784,)), keras.layers.Dense(classes, "softmax")])
    rate, momentum = _plain_sgd()
    updates = -(-samples // batch_size)
    last = samples - (updates - 1) * batch_size
    return Finding(
        values={
            "training examples": samples,
            "parameters": model.count_params(),
            "updates an epoch": updates,
            "last batch": last,
            "learning rate": rate,
            "momentum": momentum,
        },
        steps=(
            f"784 x {classes} + {classes} = {model.count_params()} parameters",
            f"{samples} / {batch_size}: {updates} updates an epoch, the last of {last} examples; "
            f"{updates * epochs} updates in {epochs} epochs",
            f"SGD() means learning rate {number(rate)}, momentum {number(momentum)}",
        ),
        holds=model.count_params() == 785 * classes and rate == learning_rate and momentum == 0,
    )


def hidden_layers(hidden: Sequence[int], classes: int, expected: int) -> Finding:
    """Build the network of the practicals, 784 inputs, hidden layers, softmax, in the listing's own style.

    It holds if Keras accepts every line of it, the outputs are probabilities, and Keras counts as many parameters as
    are expected.

    Args:
        hidden: N_HIDDEN of each hidden layer.
        classes: NB_CLASSES.
        expected: number of parameters by hand.

    Lecture: Cavallaro, practicals, add two hidden layers.
    """
    from experiments.backend import keras

    keras.utils.set_random_seed(1)
    model = keras.Sequential()
    model.add(keras.Input((784,)))
    for units in hidden:
        model.add(keras.layers.Dense(units))
        model.add(keras.layers.Activation("relu"))
    model.add(keras.layers.Dense(classes))
    model.add(keras.layers.Activation("softmax"))
    model.compile(loss="categorical_crossentropy", optimizer=keras.optimizers.SGD(), metrics=["accuracy"])
    pictures = np.random.default_rng(1).uniform(size=(5, 784)).astype(np.float32)
    outputs = np.asarray(model(pictures), np.float64)
    are_probabilities = bool((outputs >= 0).all() and np.abs(outputs.sum(axis=1) - 1).max() < 1e-6)
    sizes = [784, *hidden, classes]
    counts = [f"{m} x {n} + {n}" for m, n in pairwise(sizes)]
    return Finding(
        values={
            "hidden layers": len(hidden),
            "parameters": model.count_params(),
            "outputs are probabilities": are_probabilities,
        },
        steps=(
            f"{' + '.join(counts)} = {model.count_params()} parameters",
            f"outputs of five pictures of noise add up to {number(outputs.sum(axis=1).min())} each",
        ),
        holds=model.count_params() == expected and are_probabilities,
    )


def printed_keys(keys: Sequence[str], metric: str, validation_split: float) -> Finding:
    """Train for one epoch on ten random examples and look the printed keys up in `history.history`.

    Args:
        keys: what the listing plots.
        metric: what `compile(metrics=[...])` is given.
        validation_split: what `fit` is given; 0 for no validation data.

    Lecture: Cavallaro, practicals, summarize history for accuracy and loss.
    """
    from experiments.backend import keras

    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, "softmax")])
    model.compile("sgd", "categorical_crossentropy", metrics=[metric], run_eagerly=True, jit_compile=False)
    x = np.random.default_rng(1).normal(size=(10, 2)).astype(np.float32)
    y = np.eye(2, dtype=np.float32)[(x[:, 0] > 0).astype(int)]
    history = model.fit(x, y, batch_size=10, validation_split=validation_split, verbose=0).history
    missing = [key for key in keys if key not in history]
    return Finding(
        values={"keys": sorted(history), "missing keys": missing},
        steps=(
            f"metrics={[metric]}, validation_split={validation_split:g}: history has {', '.join(sorted(history))}",
            *(f"history.history['{key}'] raises KeyError" for key in missing),
        ),
        holds=not missing,
    )


def loader(dataset: str) -> Finding:
    """Look a dataset's loader up in `keras.datasets`, and what its arrays must be.

    Nothing is downloaded: the shapes are those of the arrays whose check sums this project keeps.

    Args:
        dataset: cifar10 or mnist.

    Lecture: Cavallaro, homework.
    """
    from experiments.backend import keras
    from experiments.data.sums import ARRAYS

    shapes = {name: list(array.shape) for name, array in ARRAYS[dataset].items()}
    load = getattr(getattr(keras.datasets, dataset, None), "load_data", None)
    return Finding(
        values=shapes,
        steps=tuple(f"{name}: {' x '.join(map(str, shape))}, uint8" for name, shape in shapes.items()),
        holds=callable(load),
    )


def _plain_sgd() -> tuple[float, float]:
    """Learning rate and momentum of SGD() without arguments."""
    from experiments.backend import keras

    setting = keras.optimizers.SGD().get_config()
    return round(float(setting["learning_rate"]), 7), float(setting["momentum"])
