"""Categorical cross-entropy: the formula, the slide's two tables, its zero, and the loss of a data set.

Formula: E(y, p) = -sum over i of y_i log p_i, with the natural logarithm, as in Keras; for a one-hot y it is -log p_c.
Lecture: Mollineda, loss function; optimization problem.
"""

from collections.abc import Sequence
from math import log

import numpy as np

from experiments.worked import _formulas
from experiments.worked._derivatives import gradient
from experiments.worked._writing import number, numbers
from experiments.worked.finding import Finding


def table(target: Sequence[float], prediction: Sequence[float]) -> Finding:
    """The slide's column -y_i log p_i and its sum, computed by this project's loss and in both usual logarithms.

    Args:
        target: y, one-hot.
        prediction: p.
    """
    y, p = np.asarray(target, float), np.asarray(prediction, float)
    terms = [-float(a) * log(b) + 0.0 for a, b in zip(y, p, strict=True)]
    loss = _library_loss(y, p)
    decimal = sum(terms) / log(10.0)
    c = int(np.argmax(y))
    steps = (
        *(f"-{number(a)} log {number(b)} = {number(t)}" for a, b, t in zip(y, p, terms, strict=True)),
        f"sum = -log {number(p[c])} = {number(sum(terms))}; categorical cross-entropy of the library: {number(loss)}",
        f"with the logarithm of base 10 it would be {number(decimal)}",
    )
    values = {"terms": terms, "loss": loss, "loss by decimal logarithm": decimal}
    return Finding(values, steps, abs(sum(terms) - loss) < 1e-6)


def formula(base: str = "e", cases: int = 200) -> Finding:
    """Compare -sum y_i log p_i and -log p_c with Keras's categorical cross-entropy on random one-hot targets.

    Args:
        base: of the logarithm, "e" or "10".
        cases: how many random targets and predictions, of 10 classes.
    """
    from experiments.backend import keras

    rng = np.random.default_rng(0)
    p = _formulas.softmax(rng.normal(size=(cases, 10)))
    c = rng.integers(10, size=cases)
    y = np.eye(10)[c]
    scale = 1.0 if base == "e" else log(10.0)
    summed, single = -(y * np.log(p)).sum(axis=1) / scale, -np.log(p[np.arange(cases), c]) / scale
    convert = keras.ops.convert_to_tensor
    truth = keras.ops.convert_to_numpy(keras.losses.categorical_crossentropy(convert(y), convert(p)))
    largest = float(max(np.max(np.abs(summed - truth)), np.max(np.abs(single - truth))))
    steps = (
        f"class {c[0]}, p_c = {number(p[0, c[0]])}: the sum gives {number(summed[0])}, -log p_c {number(single[0])}",
        f"Keras: {number(truth[0])}",
        f"largest difference over {cases} cases: {number(largest)}",
    )
    return Finding({"largest difference": largest}, steps, largest < 1e-6)


def grows_with_difference(target: Sequence[float]) -> Finding:
    """Whether the loss is 0 for p = y, and grows as p moves away from y.

    p runs from y towards the classes that are not y's, in 20 steps; the loss at equality is compared with 0.

    Args:
        target: y, one-hot or soft.
    """
    y = np.asarray(target, float)
    other = 1.0 - y
    other /= other.sum()
    losses = []
    for share in np.linspace(0.0, 0.95, 20):
        p = (1.0 - share) * y + share * other
        losses.append(float(-(y[y > 0] * np.log(p[y > 0])).sum()) + 0.0)
    growing = bool((np.diff(losses) > 0).all())
    steps = (
        f"y = p = {numbers(y)}: L = {number(losses[0])}",
        f"p moved by 5 %: L = {number(losses[1])}; by 50 %: {number(losses[10])}; by 95 %: {number(losses[-1])}",
        f"growing all the way: {'yes' if growing else 'no'}",
    )
    values = {"loss of equals": losses[0], "loss of opposites": losses[-1]}
    return Finding(values, steps, growing and abs(losses[0]) < 1e-12)


def only_true_class(prediction: Sequence[float], true_class: int, claimed: int) -> Finding:
    """Whether only one entry of p moves the loss, and whether the loss is smallest, 0, where that entry is 1.

    Args:
        prediction: p.
        true_class: c.
        claimed: the entry that the slide says contributes.
    """
    p, y = np.asarray(prediction, float), np.eye(len(prediction))[true_class]
    slopes = gradient(lambda q: float(-(y * np.log(q)).sum()), p)
    moved = [i for i, slope in enumerate(slopes) if abs(slope) > 1e-9]
    grid = np.linspace(0.01, 1.0, 100)
    smallest = float(grid[np.argmin(-np.log(grid))])
    steps = (
        f"derivatives of the loss by p: {numbers(slopes.round(9))}",
        f"entries that contribute: {', '.join(str(i) for i in moved)}",
        f"-log p_c is smallest at p_c = {number(smallest)}: -log 1 = {number(-log(1.0))}",
    )
    return Finding({"contributing": moved}, steps, moved == [claimed] and smallest == 1.0)


def mean_loss(examples: int = 60000, divisor: int = 60000) -> Finding:
    """Compare L(W) = -(1 / N) sum over i, j of y_ij log p_ij with Keras's mean categorical cross-entropy.

    The targets are MNIST's training labels; the predictions are those of random scores.

    Args:
        examples: how many training labels are summed over.
        divisor: the printed N.
    """
    from experiments.backend import keras
    from experiments.worked.mnist_facts import _mnist

    y = np.eye(10)[np.asarray(_mnist()["y_train"][:examples])]
    p = _formulas.softmax(np.random.default_rng(0).normal(size=y.shape))
    total = float(-(y * np.log(p)).sum())
    loss = total / divisor
    truth = float(keras.losses.CategoricalCrossentropy(dtype="float64")(y, p))
    steps = (
        f"sum over {len(y)} digits and 10 classes: {number(total)}",
        f"divided by {divisor}: {number(loss)}; Keras: {number(truth)}",
    )
    return Finding({"loss": loss, "keras": truth}, steps, abs(loss - truth) < 1e-5)


def untrained(units: Sequence[int], classes: int = 10, examples: int = 1000) -> Finding:
    """The loss before training is near log K: an untrained network spreads its probability over all K classes.

    Args:
        units: sizes of the network, input first; Keras's default weights, ReLU, softmax.
        classes: K.
        examples: how many digits of MNIST are evaluated.
    """
    from experiments.backend import keras
    from experiments.worked.mnist_facts import _mnist

    data = _mnist()
    x = np.asarray(data["x_train"][:examples], np.float32).reshape(examples, -1) / 255
    hidden = [
        keras.layers.Dense(n, activation="relu", kernel_initializer=_glorot(i)) for i, n in enumerate(units[1:-1])
    ]
    output = keras.layers.Dense(units[-1], activation="softmax", kernel_initializer=_glorot(len(units)))
    network = keras.Sequential([keras.Input((units[0],)), *hidden, output])
    p = keras.ops.convert_to_numpy(network(x))
    loss = float(-np.log(p[np.arange(examples), np.asarray(data["y_train"][:examples])]).mean())
    steps = (
        f"log {classes} = {number(log(classes))}",
        f"mean loss of {examples} digits before training: {number(loss)}",
    )
    return Finding({"initial loss": loss, "log of classes": log(classes)}, steps, abs(loss - log(classes)) < 0.25)


def _glorot(seed: int) -> object:
    from experiments.backend import keras

    return keras.initializers.GlorotUniform(seed=seed)


def _library_loss(y: np.ndarray, p: np.ndarray) -> float:
    """The loss of one example by this project's cross-entropy."""
    from losses import balanced_crossentropy

    return float(balanced_crossentropy(y[None, :], p[None, :])[0])
