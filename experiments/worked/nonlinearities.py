"""What an activation function costs (Cavallaro, rectified linear unit)."""

from collections.abc import Callable, Sequence
from functools import partial
from timeit import repeat

import numpy as np

from experiments.worked.finding import Finding

FUNCTIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "relu": lambda z: np.maximum(z, 0.0),
    "tanh": np.tanh,
    "sigmoid": lambda z: 1.0 / (1.0 + np.exp(-z)),
}


def cheaper(name: str, others: Sequence[str], factor: float = 2.0) -> Finding:
    """Time an activation function of 20,000 numbers against others, the fastest of a hundred short runs each.

    Load hardly moves the fastest of many short runs.

    It holds if each of the others takes at least `factor` times as long. Seconds are not given: they are the
    machine's, not the lecture's.

    Args:
        name: relu, tanh or sigmoid: the one that is said to be cheap.
        others: those that it is compared with.
        factor: how many times as long they must take.

    Lecture: Cavallaro, rectified linear unit.
    """
    z = np.random.default_rng(1).normal(size=20_000)
    seconds = {n: min(repeat(partial(FUNCTIONS[n], z), number=1, repeat=100)) for n in (name, *others)}
    dearer = {n: seconds[n] >= factor * seconds[name] for n in others}
    return Finding(
        values={f"{n} takes {factor:g} times as long": found for n, found in dearer.items()},
        steps=tuple(
            f"{n} takes {'at least' if found else 'less than'} {factor:g} times as long as {name}"
            for n, found in dearer.items()
        ),
        holds=all(dearer.values()),
    )
