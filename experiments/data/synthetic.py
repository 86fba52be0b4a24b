"""Points drawn by a formula, NumPy only. The formulas stand in `experiments.spec.synthetic`, beside their keys."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from experiments.data.facts import PLAYGROUND_POINTS
from experiments.spec.synthetic import (
    Bernoulli,
    Boolean,
    Circles,
    Curve,
    Drawn,
    Islands,
    Labelled,
    Moons,
    PlaygroundCircle,
    Spirals,
    Wave,
)

Rng = np.random.Generator
Drawing = tuple[NDArray[np.float64], NDArray[np.int64] | NDArray[np.float32]]
"""Points (N, F), and classes (N,) or values (N,)."""

_TRAINING, _TEST = 1, 2
_CORNERS = np.array([[0, 0], [1, 0], [0, 1], [1, 1]], dtype=np.float64)
_TABLES = {"or": [0, 1, 1, 1], "and": [0, 0, 0, 1], "xor": [0, 1, 1, 0], "nand": [1, 1, 1, 0]}
_RADIUS = 5.0
"""Of the Playground's circle."""


def draw(spec: Drawn) -> tuple[Drawing, Drawing]:
    """Training and test examples of a config.

    Each set has a random stream of its own, so that the number of training examples leaves the test set alone.
    """
    if isinstance(spec, Boolean):
        table = _CORNERS, np.array(_TABLES[spec.function], dtype=np.int64)
        return table, table
    if isinstance(spec, PlaygroundCircle):
        x, y = _playground_circle(spec, np.random.default_rng([spec.data_seed, _TRAINING]))
        training = PLAYGROUND_POINTS * spec.train_percent // 100
        return (x[:training], y[:training]), (x[training:], y[training:])
    if isinstance(spec, Bernoulli | Curve | Labelled):
        return _draw(spec, spec.examples, _TRAINING), _draw(spec, spec.test_examples, _TEST)
    raise TypeError(f"no formula for {spec!r}")


def curve(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """The function that `Curve` has fitted."""
    return np.sin(2 * np.pi * x) + np.sin(6 * np.pi * x) / 2


def sigmoid(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 / (1 + exp(-z)), without overflow."""
    half: NDArray[np.float64] = 0.5 * (1 + np.tanh(0.5 * z))
    return half


def _draw(spec: Bernoulli | Curve | Labelled, examples: int, stream: int) -> Drawing:
    random = np.random.default_rng([spec.data_seed, stream])
    if isinstance(spec, Bernoulli):
        x = random.standard_normal((examples, len(spec.weights)))
        chance = sigmoid(x @ np.array(spec.weights) + spec.bias)
        return x, (random.random(examples) < chance).astype(np.int64)
    if isinstance(spec, Curve):
        x = random.uniform(-1, 1, (examples, 1))
        return x, (curve(x[:, 0]) + spec.noise * random.standard_normal(examples)).astype(np.float32)
    places = _PLACES[type(spec)]
    sizes = [examples - examples // 2, examples // 2]
    x = np.concatenate([places(spec, k, size, random) for k, size in enumerate(sizes)])
    y = np.repeat([0, 1], sizes)
    for k in (0, 1):
        turned = random.permutation(sizes[k])[: round(spec.flip * sizes[k])]
        y[turned + k * sizes[0]] = 1 - k
    order = random.permutation(examples)
    return x[order], y[order]


def _moons(spec: Moons, k: int, size: int, random: Rng) -> NDArray[np.float64]:
    t = random.uniform(0, np.pi, size)
    x = [np.cos(t), np.sin(t)] if k == 0 else [1 - np.cos(t), 0.5 - np.sin(t)]
    return np.stack(x, axis=1) + spec.noise * random.standard_normal((size, 2))


def _circles(spec: Circles, k: int, size: int, random: Rng) -> NDArray[np.float64]:
    t = random.uniform(0, 2 * np.pi, size)
    x = (1.0 if k == 0 else spec.factor) * np.stack([np.cos(t), np.sin(t)], axis=1)
    return x + spec.noise * random.standard_normal((size, 2))


def _spirals(spec: Spirals, k: int, size: int, random: Rng) -> NDArray[np.float64]:
    r = np.sqrt(random.random(size))
    t = 2 * np.pi * spec.turns * r + np.pi * k
    return np.stack([r * np.cos(t), r * np.sin(t)], axis=1) + spec.noise * random.standard_normal((size, 2))


def _islands(spec: Islands, k: int, size: int, random: Rng) -> NDArray[np.float64]:
    return _rejected(lambda x: on_island(x) == k, 3.0, size, random)


def on_island(x: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether points (N, 2) lie in class 1 of `Islands`."""

    def nearer(radius: float, *centre: float) -> NDArray[np.bool_]:
        return np.asarray(np.hypot(*(x - np.array(centre)).T) < radius)

    crescent = nearer(1.7, -1, 0) & ~nearer(1.2, -0.3, 0)
    return np.asarray(nearer(0.8, 1.7, 1.7) | nearer(0.6, 1.8, -1.8) | crescent)


def _wave(spec: Wave, k: int, size: int, random: Rng) -> NDArray[np.float64]:
    return _rejected(lambda x: (x[:, 1] > np.sin(np.pi * x[:, 0])) == k, 2.0, size, random)


def _rejected(
    wanted: Callable[[NDArray[np.float64]], NDArray[np.bool_]], half: float, size: int, random: Rng
) -> NDArray[np.float64]:
    """Uniform points of the square [-half, half]^2, those kept that are wanted."""
    kept = np.empty((0, 2))
    while len(kept) < size:
        x = random.uniform(-half, half, (4 * size, 2))
        kept = np.concatenate([kept, x[wanted(x)]])
    return kept[:size]


_PLACES: dict[type, Callable[..., NDArray[np.float64]]] = {
    Moons: _moons,
    Circles: _circles,
    Spirals: _spirals,
    Islands: _islands,
    Wave: _wave,
}


def _playground_circle(spec: PlaygroundCircle, random: Rng) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    half = PLAYGROUND_POINTS // 2
    r = np.concatenate([random.uniform(0, 0.5 * _RADIUS, half), random.uniform(0.7 * _RADIUS, _RADIUS, half)])
    t = random.uniform(0, 2 * np.pi, 2 * half)
    x = np.stack([r * np.sin(t), r * np.cos(t)], axis=1)
    moved = x + spec.noise * random.uniform(-_RADIUS, _RADIUS, x.shape)
    y = (np.hypot(*moved.T) < 0.5 * _RADIUS).astype(np.int64)
    order = random.permutation(2 * half)
    return x[order], y[order]
