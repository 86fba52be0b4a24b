"""TensorFlow: a whole epoch as one XLA program, Keras's own train_step over all minibatches.

The networks of the lectures are small, and plain `fit` spends most of an epoch between the steps: fetching a batch,
entering the runtime, collecting logs. Here the training arrays stay with the program, which gathers each minibatch by
the epoch's order. What Keras does at the end of an epoch (metrics, validation, callbacks, history) it still does.
"""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from experiments.aligned import aligned
from experiments.backend import device_name
from experiments.engines.epochs import EVALUATION_BATCH, build_variables, run_epochs
from experiments.engines.feed import Feed


class CompiledEngine:
    """Trains a compiled Keras model, epoch by epoch; programs are kept, so later seeds start at once."""

    name = "compiled"

    def __init__(self, model: keras.Model):
        self.model = model
        self._epoch = _program(model.train_step)
        self._evaluation = _program(model.test_step)
        self._on_device: dict[int, tuple[np.ndarray, tf.Tensor]] = {}

    def fit(self, feed: Feed, callbacks: Sequence[keras.callbacks.Callback]) -> dict[str, list[Any]]:
        """Train as `model.fit` does, with `feed`'s orders; returns what its `History` would hold.

        Callbacks for single batches are not called.
        """
        build_variables(self.model, feed)
        arrays = [self._tensor(a) for a in (feed.x, feed.y, feed.sample_weight) if a is not None]

        def train(order: np.ndarray) -> None:
            self._epoch(arrays, tf.constant(order), feed.batch_size)

        if feed.validation is None:
            return run_epochs(self.model, feed, callbacks, train, None)
        held_out = [self._tensor(a) for a in feed.validation]
        rows = tf.range(len(feed.validation[0]))
        return run_epochs(
            self.model, feed, callbacks, train, lambda: self._evaluation(held_out, rows, EVALUATION_BATCH)
        )

    def _tensor(self, array: np.ndarray) -> tf.Tensor:
        """The array as a tensor, the same for all seeds that are trained on it.

        It shares the array's memory where it can: `tf.constant` would fill as much again, at half a second for MNIST.
        """
        known = self._on_device.get(id(array))
        if known is None or known[0] is not array:
            on_cpu = device_name().startswith("cpu")
            tensor = tf.experimental.dlpack.from_dlpack(aligned(array).__dlpack__()) if on_cpu else tf.constant(array)
            known = self._on_device[id(array)] = (array, tensor)
        return known[1]


def _program(step: Callable[[Any], Any]) -> Callable[[list[tf.Tensor], tf.Tensor, int], None]:
    """One XLA program that applies `step` to the rows of some arrays, in an order, batch by batch."""

    @tf.function(jit_compile=True)
    def run(arrays: list[tf.Tensor], order: tf.Tensor, batch_size: int) -> None:
        full, rest = divmod(int(order.shape[0]), batch_size)

        def one_step(i: tf.Tensor) -> tuple[tf.Tensor]:
            rows = tf.slice(order, [i * batch_size], [batch_size])
            step(tuple(tf.gather(a, rows) for a in arrays))
            return (i + 1,)

        if full:
            tf.while_loop(lambda i: i < full, one_step, (tf.constant(0),), parallel_iterations=1)
        if rest:  # XLA needs fixed shapes: the last, smaller minibatch is a step of its own
            step(tuple(tf.gather(a, order[full * batch_size :]) for a in arrays))

    return run
