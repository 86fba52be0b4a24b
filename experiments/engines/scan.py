"""JAX: a whole epoch as one `lax.scan` over Keras's own stateless train_step; TensorFlow is never imported.

On JAX a Keras step is a function from (state, minibatch) to the next state, and the scan carries that state: weights,
batch-norm averages, dropout streams, optimizer slots and metric sums. Because it is a function, `vmap` makes of the
same step a program that trains several seeds side by side: see `ScanEngine.fit_together`.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import keras
import numpy as np

from experiments.backend import device_memory
from experiments.engines.epochs import EVALUATION_BATCH, build_variables, metric_results, run_epochs
from experiments.engines.feed import Feed

State = tuple[list[jax.Array], ...]
"""Values of a model's variables, in the groups that its steps take."""
Step = Callable[[State, Any], tuple[Any, State]]


class ScanEngine:
    """Trains a compiled Keras model, epoch by epoch; programs are kept, so later seeds start at once."""

    name = "compiled"

    def __init__(self, model: keras.Model):
        self.model = model
        self._epoch = jax.jit(_program(model.train_step), static_argnames="batch_size")
        self._evaluation = jax.jit(_program(model.test_step), static_argnames="batch_size")
        self._epochs = _side_by_side(model.train_step, orders=True)
        self._evaluations = _side_by_side(model.test_step, orders=False)
        self._on_device: dict[int, tuple[np.ndarray, jax.Array]] = {}

    def fit(self, feed: Feed, callbacks: Sequence[keras.callbacks.Callback]) -> dict[str, list[Any]]:
        """Train as `model.fit` does, with `feed`'s orders; returns what its `History` would hold.

        Callbacks for single batches are not called.
        """
        build_variables(self.model, feed)
        arrays = [self._array(a) for a in (feed.x, feed.y, feed.sample_weight) if a is not None]

        def train(order: np.ndarray) -> None:
            variables = _training_variables(self.model)
            _assign(variables, self._epoch(_values(variables), arrays, order, batch_size=feed.batch_size))

        if feed.validation is None:
            return run_epochs(self.model, feed, callbacks, train, None)
        held_out = [self._array(a) for a in feed.validation]
        rows = np.arange(len(feed.validation[0]), dtype=np.int32)

        def validate() -> None:
            variables = _testing_variables(self.model)
            _assign(variables, self._evaluation(_values(variables), held_out, rows, batch_size=EVALUATION_BATCH))

        return run_epochs(self.model, feed, callbacks, train, validate)

    def fit_together(
        self, feeds: Sequence[Feed], states: Sequence[State], callbacks: Sequence[keras.callbacks.Callback]
    ) -> list[tuple[dict[str, list[Any]], State]]:
        """Train several networks side by side, in one program; each as `fit` would have trained it alone.

        Args:
            feeds: one a network; they differ in their seeds, hence orders, only.
            states: one a network: its variables' values before training, as `state` gives them.
            callbacks: told of each epoch, for all networks in common: logs are means over those whose numbers are
                finite, and `stop_training` stops them all.

        Returns:
            One a network: its history's columns, and its state after training, for `restore`.
        """
        model, first, networks = self.model, feeds[0], len(feeds)
        build_variables(model, first)
        arrays = [self._array(a) for a in (first.x, first.y, first.sample_weight) if a is not None]
        state: State = tuple(_stack(group) for group in zip(*states, strict=True))
        no_sums = _stack([[v.value for v in model.metrics_variables]] * networks)
        columns: list[dict[str, list[Any]]] = [{} for _ in feeds]

        events = keras.callbacks.CallbackList(callbacks, model=model, epochs=first.epochs, steps=first.steps)
        model.stop_training = False
        events.on_train_begin()
        for number in range(first.epochs):
            events.on_epoch_begin(number)
            orders = np.stack([feed.order(number) for feed in feeds])
            *values, sums = self._epochs((*state, no_sums), arrays, orders, batch_size=first.batch_size)
            state = tuple(values)
            logs = self._results(sums, networks)
            if first.validation is not None:
                rows = np.arange(len(first.validation[0]), dtype=np.int32)
                held_out = [self._array(a) for a in first.validation]
                *_, sums = self._evaluations((state[0], state[1], no_sums), held_out, rows, batch_size=EVALUATION_BATCH)
                for log, tested in zip(logs, self._results(sums, networks), strict=True):
                    log |= {f"val_{name}": value for name, value in tested.items()}
            for history, log in zip(columns, logs, strict=True):
                for name, value in log.items():
                    history.setdefault(name, []).append(value)
            finite = [log for log in logs if np.isfinite(log["loss"])] or logs
            events.on_epoch_end(number, {name: np.mean([log[name] for log in finite], axis=0) for name in logs[0]})
            if model.stop_training:
                break
        events.on_train_end()
        ends = jax.device_get(state)
        return [(columns[i], tuple([values[i] for values in group] for group in ends)) for i in range(networks)]

    def room(self, feed: Feed) -> int:
        """How many networks at once `fit_together` has memory for: an estimate on the safe side, at least one.

        A network needs its state three times (before and after an update, and the gradient) and the outputs of its
        layers for a minibatch, forward, backward and once in passing. Two thirds of what the data leave are given out.
        """
        data = sum(a.nbytes for a in (feed.x, feed.y, *(feed.validation or ())))
        state = sum(v.nbytes for group in self.state() for v in group)
        outputs = sum(int(np.prod(layer.output.shape[1:])) for layer in self.model.layers)
        batch = max(feed.batch_size, EVALUATION_BATCH if feed.validation else 0)
        return max(1, int(2 / 3 * (device_memory() - data) / (3 * state + 3 * 4 * batch * outputs)))

    def state(self) -> State:
        """The values of weights, random streams and optimizer, now."""
        return tuple([np.array(v.value) for v in group] for group in _training_variables(self.model)[:-1])

    def restore(self, state: State) -> None:
        """Put values that `state` or `fit_together` gave into the model."""
        _assign(_training_variables(self.model)[:-1], state)

    def _results(self, metrics: list[jax.Array], networks: int) -> list[dict[str, Any]]:
        """What the metrics say of each network; their sums are stacked along the first axis."""
        stacked, results = jax.device_get(metrics), []
        for i in range(networks):
            _assign([self.model.metrics_variables], ([values[i] for values in stacked],))
            results.append(metric_results(self.model))
        return results

    def _array(self, array: np.ndarray) -> jax.Array:
        """The array on the device, put there once however many seeds are trained on it."""
        known = self._on_device.get(id(array))
        if known is None or known[0] is not array:
            known = self._on_device[id(array)] = (array, jnp.asarray(array))
        return known[1]


def _program(step: Step) -> Callable[..., State]:
    """A function that applies `step` to the rows of some arrays, in an order, batch by batch."""

    def run(state: State, arrays: list[jax.Array], order: jax.Array, batch_size: int) -> State:
        full, rest = divmod(order.shape[0], batch_size)

        def one_step(state: State, rows: jax.Array) -> tuple[State, None]:
            # Every index is in bounds; were each checked, an epoch of a small network would take twice as long on CPUs.
            _, state = step(state, tuple(a.at[rows].get(mode="promise_in_bounds") for a in arrays))
            return state, None

        state, _ = jax.lax.scan(one_step, state, order[: full * batch_size].reshape(full, batch_size))
        if rest:  # shapes are fixed: the last, smaller minibatch is a step of its own
            state, _ = one_step(state, order[full * batch_size :])
        return state

    return run


def _side_by_side(step: Step, *, orders: bool) -> Callable[..., State]:
    """A program over stacked states at once; they share the arrays, and the order unless each has its own."""
    run = _program(step)

    def together(states: State, arrays: list[jax.Array], order: jax.Array, batch_size: int) -> State:
        one: Callable[..., State] = partial(run, batch_size=batch_size)
        return tuple(jax.vmap(one, in_axes=(0, None, 0 if orders else None))(states, arrays, order))

    return jax.jit(together, static_argnames="batch_size")


def _stack(networks: Sequence[list[Any]]) -> list[jax.Array]:
    return [jnp.stack(values) for values in zip(*networks, strict=True)]


def _training_variables(model: keras.Model) -> list[list[keras.Variable]]:
    """The groups that Keras's `train_step` takes on JAX."""
    return [
        model.trainable_variables,
        model.non_trainable_variables,
        model.optimizer.variables,
        model.metrics_variables,
    ]


def _testing_variables(model: keras.Model) -> list[list[keras.Variable]]:
    """The groups that Keras's `test_step` takes on JAX."""
    return [model.trainable_variables, model.non_trainable_variables, model.metrics_variables]


def _values(groups: list[list[keras.Variable]]) -> State:
    return tuple([variable.value for variable in group] for group in groups)


def _assign(groups: list[list[keras.Variable]], state: State) -> None:
    for variables, values in zip(groups, state, strict=True):
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)
