"""The optimizers' update rules as printed, beside Keras's own steps on L(t) = t^2.

Lecture: Mollineda, optimizer (sgd + momentum + weight decay); summary.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from experiments.worked._writing import number, numbers
from experiments.worked.finding import Finding


def sgd(rate: float, steps: int = 20, sign: int = -1, start: float = 1.0) -> Finding:
    """Compare t_(i+1) = t_i + sign rate L'(t_i) with Keras's SGD.

    Args:
        rate: learning rate.
        steps: how many.
        sign: printed in front of the rate.
        start: t_0.
    """
    from experiments.backend import keras

    path = [start]
    for _ in range(steps):
        path.append(path[-1] + sign * rate * 2 * path[-1])
    return _beside_keras(path, keras.optimizers.SGD(rate))


def momentum(rate: float, momentum: float, steps: int = 5, sign: int = -1, start: float = 1.0) -> Finding:
    """Compare v_i = momentum v_(i-1) + sign rate L'(t_i), t_(i+1) = t_i + v_i with Keras's SGD with momentum.

    Args:
        rate: learning rate.
        momentum: factor of the last velocity.
        steps: how many.
        sign: printed in front of the rate.
        start: t_0.
    """
    from experiments.backend import keras

    path, velocity = [start], 0.0
    for _ in range(steps):
        velocity = momentum * velocity + sign * rate * 2 * path[-1]
        path.append(path[-1] + velocity)
    return _beside_keras(path, keras.optimizers.SGD(rate, momentum=momentum))


def decayed_rate(rate: float, decay: float, iterations: Sequence[int], recursive: bool) -> Finding:
    """Compare the printed decay of the learning rate with Keras's InverseTimeDecay, which is what SGD(decay=) did.

        recursive: rate <- rate / (1 + decay iteration), again and again
        not recursive: rate_i = rate_0 / (1 + decay iteration)

    Args:
        rate: the rate at the start.
        decay: of the printed formula.
        iterations: updates at which the rates are compared.
        recursive: whether the formula, read literally, puts the decayed rate in again.
    """
    from experiments.backend import keras

    schedule = keras.optimizers.schedules.InverseTimeDecay(rate, 1, decay)
    after, current = {0: rate}, rate
    for iteration in range(1, max(iterations) + 1):
        current = (current if recursive else rate) / (1 + decay * iteration)
        after[iteration] = current
    printed = [after[i] for i in iterations]
    truth = [float(schedule(i)) for i in iterations]
    steps = [
        f"after {i} updates: the formula gives {number(ours)}, Keras {number(theirs)}"
        for i, ours, theirs in zip(iterations, printed, truth, strict=True)
    ]
    halved = next((i for i, value in after.items() if value <= rate / 2), None)
    if halved is not None:
        steps.append(f"the formula has halved the rate after {halved} updates")
    same = all(abs(a - b) < 1e-5 * b for a, b in zip(printed, truth, strict=True))
    return Finding({"printed formula": printed, "keras": truth}, tuple(steps), same)


def named(name: str, rate: float, decay: float, steps: int = 10) -> Finding:
    """Whether the printed formula, rate_i = rate / (1 + decay i), does what Keras does under the printed name.

    Both take steps on L = 0, whose gradient is 0 everywhere: weight decay shrinks the weight all the same, a decaying
    learning rate does not.

    Args:
        name: "weight decay" or "learning rate decay".
        rate: learning rate.
        decay: of the printed formula.
        steps: how many.
    """
    from experiments.backend import keras

    optimizer = {
        "weight decay": lambda: keras.optimizers.SGD(rate, weight_decay=decay),
        "learning rate decay": lambda: keras.optimizers.SGD(
            keras.optimizers.schedules.InverseTimeDecay(rate, 1, decay)
        ),
    }[name]()
    weight = keras.Variable(1.0)
    t = 1.0
    for i in range(steps):
        t -= rate / (1 + decay * i) * 0.0
        optimizer.apply([keras.ops.zeros(())], [weight])
    keras_weight = float(keras.ops.convert_to_numpy(weight.value))
    lines = (
        f"{steps} steps with gradient 0 from a weight of 1, rate {number(rate)}, decay {number(decay)}",
        f"printed formula: the weight is {number(t)}",
        f"Keras's {name}: the weight is {number(keras_weight)}",
    )
    return Finding({"weight by formula": t, "weight by keras": keras_weight}, lines, abs(t - keras_weight) < 1e-6)


def same_gradient(names: Sequence[str]) -> Finding:
    """Whether one and the same gradient leads optimizers to different steps: a gradient is not yet an update.

    Args:
        names: out of sgd, momentum, adam; two steps of rate 0.1 are taken.
    """
    from experiments.backend import keras

    makers = {
        "sgd": lambda: keras.optimizers.SGD(0.1),
        "momentum": lambda: keras.optimizers.SGD(0.1, momentum=0.9),
        "adam": lambda: keras.optimizers.Adam(0.1),
    }
    ends = []
    for name in names:
        weight, optimizer = keras.Variable(1.0), makers[name]()
        for _ in range(2):
            optimizer.apply([keras.ops.convert_to_tensor(2.0)], [weight])
        ends.append(float(keras.ops.convert_to_numpy(weight.value)))
    lines = tuple(
        f"{name}: two steps with the gradient 2 lead from 1 to {number(end)}"
        for name, end in zip(names, ends, strict=True)
    )
    distinct = len({round(end, 6) for end in ends}) == len(names)
    return Finding({"weights": ends}, lines, distinct and len(names) > 1)


def _beside_keras(path: Sequence[float], optimizer: Any) -> Finding:
    from experiments.backend import keras

    weight = keras.Variable(path[0])
    theirs = [path[0]]
    for _ in path[1:]:
        optimizer.apply([2 * weight.value], [weight])
        theirs.append(float(keras.ops.convert_to_numpy(weight.value)))
    largest = float(np.max(np.abs(np.subtract(path, theirs))))
    lines = (
        f"formula: {numbers(path[:6])}",
        f"Keras: {numbers(theirs[:6])}",
        f"largest difference over {len(path) - 1} steps: {number(largest)}",
    )
    return Finding({"path": list(path), "largest difference": largest}, lines, largest < 1e-6)
