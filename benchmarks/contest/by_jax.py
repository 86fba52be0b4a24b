"""JAX without Keras: an epoch as a hand-written `lax.scan`.

On CPUs, XLA's convolutions inside a loop are some 30 times slower than outside: there, convolutional networks are
trained by a Python loop over a jitted update, as anyone who has timed it would.
"""

import time
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from benchmarks.contest.networks import CLASSES, Data, Network, convolutions, initial_weights

Tree = Any


class Jax:
    """One jitted program an epoch; parameters and momentum are carried."""

    networks = 1

    def __init__(self, network: Network, data: Data, epochs: int):
        self._network, self._epochs = network, epochs
        self._x, self._y = jnp.asarray(data.x), jnp.asarray(np.eye(CLASSES, dtype=np.float32)[data.y])
        self._x_test, self._y_test = data.x_test, data.y_test
        self.log: list[tuple[float, float]] = []
        forward = _cnn_forward if network.convolutional else _mlp_forward

        def loss(params: Tree, averages: Tree, x: Any, y: Any, key: Any) -> tuple[Any, Tree]:
            logits, averages = forward(network, params, averages, x, key)
            losses = -jnp.sum(y * jax.nn.log_softmax(logits), axis=-1)
            right = jnp.sum(logits.argmax(-1) == y.argmax(-1))
            return jnp.mean(losses), (averages, jnp.stack([jnp.sum(losses), right.astype(jnp.float32)]))

        def update(state: Tree, x: Any, y: Any) -> Tree:
            params, velocity, averages, key, sums = state
            key, now = jax.random.split(key)
            gradient, (averages, new) = jax.grad(loss, has_aux=True)(params, averages, x, y, now)
            velocity = jax.tree.map(lambda v, g: network.momentum * v - network.rate * g, velocity, gradient)
            return jax.tree.map(jnp.add, params, velocity), velocity, averages, key, sums + new

        @jax.jit
        def epoch(state: Tree, x: Any, y: Any, order: Any) -> Tree:
            full, rest = divmod(len(order), network.batch)

            def step(state: Tree, rows: Any) -> tuple[Tree, None]:
                return update(state, x[rows], y[rows]), None

            state, _ = lax.scan(step, state, order[: full * network.batch].reshape(full, network.batch))
            return update(state, x[order[-rest:]], y[order[-rest:]]) if rest else state

        jitted = jax.jit(update)

        def loop(state: Tree, x: Any, y: Any, order: Any) -> Tree:
            for start in range(0, len(order), network.batch):
                rows = order[start : start + network.batch]
                state = jitted(state, x[rows], y[rows])
            return state

        in_loop = network.convolutional and jax.default_backend() == "cpu"
        self._epoch, self.engine = (loop, "loop") if in_loop else (epoch, "scan")
        self._predict = jax.jit(lambda params, averages, x: forward(network, params, averages, x, None)[0])

    def train(self, seed: int) -> float:
        """Train afresh for all epochs; returns the seconds that the epochs took."""
        network, rng = self._network, np.random.default_rng(seed)
        averages: Tree = ()
        if network.convolutional:
            params, averages = _cnn_start(network, self._x.shape[-1], rng)
        else:
            params = initial_weights(network, self._x.shape[1], seed)
        n, self.log = len(self._x), []
        state = (params, jax.tree.map(jnp.zeros_like, params), averages, jax.random.key(seed))
        started = time.perf_counter()
        for _ in range(self._epochs):
            order = rng.permutation(n).astype(np.int32)
            *state, sums = self._epoch((*state, jnp.zeros(2)), self._x, self._y, order)
            total, right = np.asarray(sums)
            self.log.append((float(total) / n, float(right) / n))
        self._state = jax.block_until_ready(state)
        return time.perf_counter() - started

    def accuracy(self) -> float:
        """Test accuracy of the network trained last."""
        parts = range(0, len(self._x_test), 1000)
        guesses = [self._predict(self._state[0], self._state[2], self._x_test[i : i + 1000]).argmax(-1) for i in parts]
        return float(np.mean(np.concatenate(guesses) == self._y_test))


def _mlp_forward(network: Network, params: Tree, averages: Tree, x: Any, key: Any) -> tuple[Any, Tree]:
    """Logits; dropout where there is a key, that is, in training."""
    for kernel, bias in params[:-1]:
        x = jax.nn.relu(x @ kernel + bias)
        if network.dropout and key is not None:
            key, now = jax.random.split(key)
            kept = 1 - network.dropout
            x = jnp.where(jax.random.bernoulli(now, kept, x.shape), x / kept, 0)
    return x @ params[-1][0] + params[-1][1], averages


def _cnn_start(network: Network, channels: int, rng: np.random.Generator) -> tuple[Tree, Tree]:
    """Parameters, and the running (mean, variance) of each batch norm."""
    layers, averages = [], []
    for spec in convolutions(network):
        k, filters = spec["kernel"], spec["filters"]
        kernel = rng.normal(0, np.sqrt(2 / (k * k * channels)), (k, k, channels, filters)).astype(np.float32)
        layers.append((kernel, np.ones(filters, np.float32), np.zeros(filters, np.float32)))
        averages.append((np.zeros(filters, np.float32), np.ones(filters, np.float32)))
        channels = filters
    head = rng.normal(0, np.sqrt(2 / channels), (channels, CLASSES)).astype(np.float32)
    return (layers, (head, np.zeros(CLASSES, np.float32))), averages


def _cnn_forward(network: Network, params: Tree, averages: Tree, x: Any, key: Any) -> tuple[Any, Tree]:
    """Logits and new averages; the minibatch's own statistics are used where there is a key, that is, in training."""
    layers, (head, bias) = params
    new = []
    for spec, (kernel, scale, shift), (mean, variance) in zip(convolutions(network), layers, averages, strict=True):
        strides, pool = (spec["strides"],) * 2, spec["pool"]
        x = lax.conv_general_dilated(x, kernel, strides, "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))
        if pool > 1:
            window = (1, pool, pool, 1)
            x = lax.reduce_window(x, -jnp.inf, lax.max, window, window, "VALID")
        if key is not None:
            now = jnp.mean(x, (0, 1, 2)), jnp.var(x, (0, 1, 2))
            new.append((0.9 * mean + 0.1 * now[0], 0.9 * variance + 0.1 * now[1]))
            mean, variance = now
        x = jax.nn.relu((x - mean) * lax.rsqrt(variance + 1e-3) * scale + shift)
    return jnp.max(x, (1, 2)) @ head + bias, new or averages
