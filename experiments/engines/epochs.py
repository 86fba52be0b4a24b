"""What every compiled engine shares: Keras's bookkeeping around epochs that run as one program each."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np

from experiments.engines.feed import Feed

EVALUATION_BATCH = 1000
"""Examples a batch in validation; it decides speed and memory, not results."""

_BATCH_HOOKS = (
    "on_batch_begin",
    "on_batch_end",
    "on_train_batch_begin",
    "on_train_batch_end",
    "on_test_batch_begin",
    "on_test_batch_end",
)


def run_epochs(
    model: keras.Model,
    feed: Feed,
    callbacks: Sequence[keras.callbacks.Callback],
    train: Callable[[np.ndarray], None],
    validate: Callable[[], None] | None,
) -> dict[str, list[Any]]:
    """Do what `model.fit` does around the epochs: metrics, validation, epoch callbacks, history.

    Args:
        model: compiled; its variables hold the state before and after each call of `train` and `validate`.
        feed: gives the number of epochs and the order of each.
        callbacks: told of epochs and validations. Hooks for single batches are never called: see `batch_callbacks`.
        train: trains one epoch over the examples in the given order, int32 (N,), and updates the model's metrics.
        validate: updates the model's metrics with the validation data, if there are any.

    Returns:
        One value an epoch of each of `fit`'s history columns.
    """
    history = keras.callbacks.History()
    events = keras.callbacks.CallbackList([*callbacks, history], model=model, epochs=feed.epochs, steps=feed.steps)
    model.stop_training = False
    events.on_train_begin()
    logs: dict[str, Any] = {}
    for epoch in range(feed.epochs):
        events.on_epoch_begin(epoch)
        model.reset_metrics()
        train(feed.order(epoch))
        logs = metric_results(model)
        if validate is not None:
            events.on_test_begin()
            model.reset_metrics()
            validate()
            tested = metric_results(model)
            events.on_test_end(tested)
            logs |= {f"val_{name}": value for name, value in tested.items()}
        events.on_epoch_end(epoch, logs)
        if model.stop_training:
            break
    model.optimizer.finalize_variable_values(model.trainable_weights)
    events.on_train_end(logs)
    return history.history


def build_variables(model: keras.Model, feed: Feed) -> None:
    """Have Keras create the variables of optimizer, loss and metrics, which no compiled program may do.

    `_symbolic_build` is private, and what Keras's own trainers call on every backend: shapes alone decide. Its public
    equivalent, `test_on_batch`, traces and compiles a program (on JAX: seconds) to the same end.
    """
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    weight = () if feed.sample_weight is None else (feed.sample_weight[:1],)
    model._symbolic_build(data_batch=(feed.x[:1], feed.y[:1], *weight))
    model.reset_metrics()


def batch_callbacks(callbacks: Sequence[keras.callbacks.Callback]) -> list[str]:
    """Names of the callbacks that act on single batches, which only `fit` can call."""

    def acts_on_batches(callback: keras.callbacks.Callback) -> bool:
        kind, base = type(callback), keras.callbacks.Callback
        return any(h in vars(callback) or getattr(kind, h) is not getattr(base, h) for h in _BATCH_HOOKS)

    return [type(callback).__name__ for callback in callbacks if acts_on_batches(callback)]


def metric_results(model: keras.Model) -> dict[str, Any]:
    """What the model's metrics say now: numbers, and arrays of those that are no number, as in `fit`'s history."""
    results = {name: keras.ops.convert_to_numpy(value) for name, value in model.get_metrics_result().items()}
    return {name: value if value.ndim else float(value) for name, value in results.items()}
