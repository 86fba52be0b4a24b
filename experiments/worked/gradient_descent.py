"""Gradient descent step by step: the update rule, its stopping rule, learning rates, mini-batches.

Lecture: Mollineda, backpropagation, fundamentals: gradient descent; training a neural network (mini-batches).
"""

from collections.abc import Callable, Sequence
from math import ceil

import numpy as np

from experiments.worked._writing import number, numbers
from experiments.worked.finding import Finding


def descend(rates: Sequence[float], start: float = 1.0, curvature: float = 2.0, sign: int = -1) -> Finding:
    """Run the printed method on L(t) = curvature t^2 / 2, whose minimum is 0 at t = 0, until its own rule stops it.

        t_(i+1) = t_i + sign rate L'(t_i), repeated as long as L(t_(i+1)) < L(t_i); the solution is t_i

    It holds if the solution is within 1e-6 of the minimum for every rate.

    Args:
        rates: learning rates.
        start: t_0.
        curvature: L''.
        sign: printed in front of the rate.
    """
    ends, after_50, steps = [], [], []
    for rate in rates:
        path = [float(start)]
        # The rule alone ends it: at the latest when squares underflow to 0.
        while _loss(following := path[-1] + sign * rate * curvature * path[-1], curvature) < _loss(path[-1], curvature):
            path.append(following)
        factor = 1.0 + sign * rate * curvature
        ends.append(path[-1])
        after_50.append(float(start) * factor**50)
        steps.append(
            f"rate {number(rate)}: t_1 = {number(start * factor)}, t_50 = {number(after_50[-1])} without the rule; "
            f"the rule stops after {len(path) - 1} steps at t = {number(path[-1])}"
        )
    reached = all(abs(t) < 1e-6 for t in ends)
    return Finding({"solutions": ends, "after 50 steps": after_50}, tuple(steps), reached)


def rate_thresholds(curvature: float) -> Finding:
    """Where gradient descent on curvature t^2 / 2 turns from steady to oscillating, and from that to diverging.

    Found by bisection on runs of 40 steps, and held against theory: 1 / curvature and 2 / curvature.

    Lecture: Mollineda, effect of the learning coefficient.
    """

    def path(rate: float) -> np.ndarray:
        return (1.0 - rate * curvature) ** np.arange(40)

    def last_rate(good: Callable[[np.ndarray], bool]) -> float:
        low, high = 0.0, 10.0 / curvature
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if good(path(middle)) else (low, middle)
        return low

    steady = last_rate(lambda t: bool((t >= 0).all()))
    shrinking = last_rate(lambda t: bool(abs(t[-1]) < abs(t[0])))
    expected = 1 / curvature, 2 / curvature
    steps = (
        f"t_(i+1) = (1 - {number(curvature)} rate) t_i",
        f"no change of sign up to a rate of {number(steady)}; 1 / {number(curvature)} = {number(expected[0])}",
        f"smaller after 40 steps up to a rate of {number(shrinking)}; 2 / {number(curvature)} = {number(expected[1])}",
        *(
            f"rate {number(rate)}: {numbers(path(rate)[:6])}"
            for rate in (0.2 / curvature, 1.6 / curvature, 2.2 / curvature)
        ),
    )
    values = {"oscillates above": steady, "diverges above": shrinking}
    near = abs(steady - expected[0]) < 1e-6 and abs(shrinking - expected[1]) < 1e-6
    return Finding(values, steps, near)


def minibatches(examples: int, batch_size: int, epochs: int, sign: int = -1) -> Finding:
    """Run the printed mini-batch loop beside Keras's train_on_batch, and count the updates.

        for epoch = 1..K, for batch = 1..N/batch_size: w(t+1) = w(t) + sign rate gradient

    A linear unit under squared error, the same batches for both.

    Args:
        examples: N.
        batch_size: examples a batch.
        epochs: K.
        sign: printed in front of the learning rate.
    """
    from experiments.backend import keras

    rng, rate = np.random.default_rng(0), 0.1
    x = rng.normal(size=(examples, 2))
    y = x @ np.array([[1.0], [-2.0]]) + 0.5
    w, b = rng.normal(size=(2, 1)), np.zeros(1)
    layer = keras.layers.Dense(1, dtype="float64")
    network = keras.Sequential([keras.Input((2,), dtype="float64"), layer])
    network.compile(keras.optimizers.SGD(rate), "mean_squared_error", run_eagerly=True)
    layer.set_weights([w, b])
    updates = 0
    for _ in range(epochs):
        order = rng.permutation(examples)
        for start in range(0, examples, batch_size):
            rows = order[start : start + batch_size]
            error = x[rows] @ w + b - y[rows]
            w = w + sign * rate * 2 * x[rows].T @ error / len(rows)
            b = b + sign * rate * 2 * error.mean(axis=0)
            network.train_on_batch(x[rows], y[rows])
            updates += 1
    keras_w, keras_b = layer.get_weights()
    difference = float(max(np.max(np.abs(w - keras_w)), np.max(np.abs(b - keras_b))))
    expected = epochs * ceil(examples / batch_size)
    steps = (
        f"{epochs} epochs of {examples} / {batch_size} = {number(examples / batch_size)} batches: {updates} updates",
        f"w = {numbers(w)}, b = {numbers(b)} by the loop",
        f"w = {numbers(keras_w)}, b = {numbers(keras_b)} by Keras, iterations {int(network.optimizer.iterations)}",
        f"largest difference {number(difference)}",
    )
    same = difference < 1e-6 and updates == expected == int(network.optimizer.iterations)
    return Finding({"updates": updates, "largest difference": difference}, steps, same)


def _loss(t: float, curvature: float) -> float:
    return curvature * t * t / 2
