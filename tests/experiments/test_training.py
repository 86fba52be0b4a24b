"""Training: both engines do what Keras's fit does, and a seed decides everything.

The same menu on every backend: `KERAS_BACKEND=jax pytest tests/experiments/test_training.py`.
"""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from experiments.aligned import empty_aligned
from experiments.engines.plain import PlainEngine
from experiments.loading import load_experiment
from experiments.training import Trainer
from experiments.trial import Workshop
from metrics import ConfusionMatrix
from tests.experiments.conftest import IRIS
from tests.experiments.training_cases import (
    assert_same,
    compiled_engine,
    feed_of,
    make_dataset,
    make_spec,
    network,
    weights_of,
)


@pytest.mark.parametrize(("n", "batch_size"), [(128, 32), (130, 32), (20, 32)], ids=["whole", "rest", "one batch"])
@pytest.mark.parametrize("weighted", [False, True])
def test_compiled_epoch_equals_keras_fit_on_the_same_minibatches(n: int, batch_size: int, weighted: bool) -> None:
    feed = feed_of(n, batch_size, weighted)
    ours, theirs = network(), network()
    history = compiled_engine(ours).fit(feed, [])
    order = feed.order(0)
    weight = None if feed.sample_weight is None else feed.sample_weight[order]
    expected = theirs.fit(
        feed.x[order],
        feed.y[order],
        sample_weight=weight,
        batch_size=batch_size,
        shuffle=False,
        epochs=1,
        verbose=0,
        validation_data=feed.validation,
    ).history
    assert_same(ours.get_weights(), theirs.get_weights(), tolerance=1e-5)
    assert set(history) == set(expected)
    for name, values in expected.items():
        np.testing.assert_allclose(history[name], values, rtol=1e-4, atol=1e-5, err_msg=name)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="JAX takes its own copy")
def test_tensorflow_takes_aligned_arrays_as_they_are_and_copies_of_others() -> None:
    engine = compiled_engine(network())
    whole = empty_aligned((9, 3), np.float32)
    whole[:] = np.arange(27).reshape(9, 3)
    shared, own = engine._tensor(whole), engine._tensor(whole[1:])
    assert engine._tensor(whole) is shared
    whole[:] = -1
    assert (shared.numpy() == -1).all()
    np.testing.assert_array_equal(own.numpy(), np.arange(3, 27).reshape(8, 3))


def test_engines_agree_over_several_epochs() -> None:
    feed = feed_of(130, 32, epochs=3)
    compiled, plain = network(), network()
    one, other = compiled_engine(compiled).fit(feed, []), PlainEngine(plain).fit(feed, [])
    assert_same(compiled.get_weights(), plain.get_weights(), tolerance=1e-4)
    np.testing.assert_allclose(one["val_loss"], other["val_loss"], atol=1e-4)


class Listener(keras.callbacks.Callback):
    """Writes down what it is told: the hook, and the names and values in its logs."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[tuple[str, dict[str, float]]] = []

    def on_train_begin(self, logs: Any = None) -> None:
        self.heard.append(("train begins", dict(logs or {})))

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.heard.append((f"epoch {epoch} begins", dict(logs or {})))

    def on_test_begin(self, logs: Any = None) -> None:
        self.heard.append(("test begins", dict(logs or {})))

    def on_test_end(self, logs: Any = None) -> None:
        self.heard.append(("test ends", dict(logs or {})))

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.heard.append((f"epoch {epoch} ends", dict(logs or {})))

    def on_train_end(self, logs: Any = None) -> None:
        self.heard.append(("train ends", dict(logs or {})))


def test_history_and_callbacks_are_those_of_fit() -> None:
    """Matrices among the metrics, a learning rate set between epochs, and what callbacks are told when."""
    feed, seen = feed_of(130, 32, epochs=2), []
    for engine in (compiled_engine, PlainEngine):
        model, listener = network(), Listener()
        model.compile(keras.optimizers.SGD(0.1), "categorical_crossentropy", metrics=["accuracy", ConfusionMatrix(3)])
        slower = keras.callbacks.LearningRateScheduler(lambda epoch: 0.1 / (1 + epoch))
        seen.append((engine(model).fit(feed, [slower, listener]), listener.heard, model.get_weights()))
    (history, heard, weights), (their_history, they_heard, their_weights) = seen
    assert_same(weights, their_weights, tolerance=1e-5)
    assert list(history) == list(their_history)
    assert history["learning_rate"] == pytest.approx([0.1, 0.05])
    assert np.sum(history["confusion_matrix"], axis=(1, 2)).tolist() == [130, 130]
    assert [hook for hook, _ in heard] == [hook for hook, _ in they_heard]
    for (hook, logs), (_, their_logs) in zip(heard, they_heard, strict=True):
        assert list(logs) == list(their_logs), hook
        for name, value in their_logs.items():
            np.testing.assert_allclose(logs[name], value, atol=1e-5, err_msg=f"{hook}: {name}")


def test_engines_agree_under_schedule_penalties_weights_and_early_stopping() -> None:
    data, results = make_dataset(130), []
    changes = {
        "model": {
            "name": "mlp", "hidden": [8], "batch_norm": True, "kernel_regularizer": {"l2": 0.01},
            "output": {"units": 3, "activation": "softmax"},
        },
        "optimizer": {
            "name": "adam", "learning_rate": 0.1, "decay": {"name": "one_cycle"}, "weight_decay": 0.01,
            "clip_norm": 0.5,
        },
        "loss": {"name": "focal_crossentropy", "alpha": "balanced", "gamma": 2.0},
    }  # fmt: skip
    for engine in ("compiled", "fit"):
        training = {"epochs": 30, "batch_size": 32, "engine": engine, "class_weight": "balanced"}
        training |= {"early_stopping": {"patience": 1}}
        trainer = Trainer(make_spec(training=training, **changes), data)
        results.append((trainer.train(1).columns, weights_of(trainer)))
    (history, weights), (their_history, their_weights) = results
    assert 1 < len(history["loss"]) < 30
    for name in set(their_history) - {"seconds"}:
        np.testing.assert_allclose(history[name], their_history[name], rtol=1e-3, atol=1e-3, err_msg=name)
    assert_same(weights, their_weights, tolerance=1e-3)


def test_every_epoch_has_its_own_order_and_every_example_once() -> None:
    feed = feed_of(130, 32)
    first, second = feed.order(0), feed.order(1)
    assert sorted(first) == sorted(second) == list(range(130))
    assert not np.array_equal(first, second)
    assert np.array_equal(first, feed_of(130, 32).order(0))


@pytest.mark.parametrize("engine", ["compiled", "fit"])
def test_a_seed_decides_weights_and_history(engine: str) -> None:
    spec = make_spec(training={"epochs": 3, "batch_size": 32, "engine": engine})
    data = make_dataset()
    trainer = Trainer(spec, data)
    first = trainer.train(3)
    first_weights = weights_of(trainer)
    trainer.train(4)
    assert not np.array_equal(weights_of(trainer)[0], first_weights[0])
    again = trainer.train(3)
    assert_same(weights_of(trainer), first_weights)
    assert again.columns["loss"] == first.columns["loss"]

    fresh = Trainer(spec, data)
    fresh.train(3)
    assert_same(weights_of(fresh), first_weights)


def test_dropout_and_batch_norm_start_afresh_with_each_seed() -> None:
    output = {"units": 3, "activation": "softmax"}
    model = {"name": "mlp", "hidden": [16], "dropout": 0.5, "batch_norm": True, "output": output}
    trainer = Trainer(make_spec(model=model), make_dataset())
    trainer.train(0)
    once = weights_of(trainer)
    trainer.train(0)
    assert_same(weights_of(trainer), once)


@pytest.mark.parametrize("name", ["adam", "adagrad", "adadelta", "rmsprop"])
def test_optimizer_state_starts_afresh_with_each_seed(name: str) -> None:
    trainer = Trainer(make_spec(optimizer={"name": name, "learning_rate": 0.1}), make_dataset())
    trainer.train(0)
    once = weights_of(trainer)
    trainer.train(0)
    assert_same(weights_of(trainer), once)


RATED = [{"name": "sgd", "momentum": 0.9}, {"name": "adam", "weight_decay": 0.01}, {"name": "rmsprop"}]


@pytest.mark.parametrize("engine", ["compiled", "fit"])
@pytest.mark.parametrize("optimizer", RATED, ids=lambda optimizer: str(optimizer["name"]))
def test_a_learning_rate_taken_over_gives_the_bits_of_its_own_trainer(engine: str, optimizer: dict[str, Any]) -> None:
    def spec(rate: float) -> Any:
        training = {"epochs": 2, "batch_size": 32, "engine": engine}
        return make_spec(optimizer={**optimizer, "learning_rate": rate}, training=training)

    data = make_dataset()
    shared, alone = Trainer(spec(0.1), data), Trainer(spec(0.003), data)
    before = shared.train(3).columns["loss"]
    assert shared.retune(spec(0.003))
    assert shared.train(3).columns["loss"] == alone.train(3).columns["loss"]
    assert_same(weights_of(shared), weights_of(alone))
    assert shared.spec == alone.spec
    assert shared.model.optimizer.get_config()["learning_rate"] == pytest.approx(0.003)
    assert shared.retune(spec(0.1))
    assert shared.train(3).columns["loss"] == before


@pytest.mark.parametrize(
    "change",
    [
        {"optimizer": {"name": "sgd", "learning_rate": 0.1, "momentum": 0.5}},
        {"optimizer": {"name": "sgd", "learning_rate": 0.1, "momentum": 0.9, "decay": {"name": "cosine"}}},
        {"optimizer": {"name": "adam", "learning_rate": 0.1}},
        {"training": {"epochs": 3, "batch_size": 16}},
        {"loss": {"name": "focal_crossentropy"}},
    ],
    ids=lambda change: str(next(iter(change.values()))),
)
def test_whatever_else_differs_needs_a_trainer_of_its_own(change: dict[str, Any]) -> None:
    trainer, spec = Trainer(make_spec(), make_dataset()), make_spec()
    assert not trainer.retune(make_spec(**change))
    assert trainer.spec == spec
    assert not Trainer(make_spec(**change), make_dataset()).retune(spec)


def test_variants_of_other_learning_rates_share_a_trainer_and_others_do_not(tmp_path: Path) -> None:
    variants = "variants: {faster: {optimizer.learning_rate: 0.5}, larger: {training.batch_size: 20}}\n"
    (tmp_path / "example.yaml").write_text(IRIS + variants)
    specs = load_experiment(tmp_path / "example.yaml").variants
    workshop = Workshop(tmp_path, tmp_path / "cache")
    base = workshop.trainer(specs["base"])
    assert workshop.trainer(specs["faster"]) is base
    assert base.spec == specs["faster"]
    assert workshop.trainer(specs["larger"]) is not base


def test_a_schedule_is_compiled_in() -> None:
    def spec(rate: float) -> Any:
        return make_spec(optimizer={"name": "sgd", "learning_rate": rate, "decay": {"name": "cosine"}})

    assert not Trainer(spec(0.1), make_dataset()).retune(spec(0.01))


def test_inverse_time_decay_is_per_update() -> None:
    optimizer = {"name": "sgd", "learning_rate": 0.5, "decay": {"name": "inverse_time", "rate": 0.1}}
    trainer = Trainer(make_spec(optimizer=optimizer), make_dataset(128))
    trainer.train(0)
    assert int(trainer.model.optimizer.iterations) == 12
    assert float(trainer.model.optimizer.learning_rate) == pytest.approx(0.5 / (1 + 0.1 * 12))


def test_one_cycle_rises_and_falls_to_zero() -> None:
    from experiments.objectives import Triangular

    rates = [float(Triangular(1.0, 10, 0.2)(t)) for t in range(11)]
    assert rates == pytest.approx([0.5, 1.0, 1.0, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125, 0.0])


def test_early_stopping_restores_the_best_epoch() -> None:
    training = {"epochs": 60, "batch_size": 32, "early_stopping": {"patience": 2}}
    optimizer = {"name": "sgd", "learning_rate": 1.0, "momentum": 0.9}
    trainer = Trainer(make_spec(training=training, optimizer=optimizer), make_dataset(60))
    history = trainer.train(0)
    assert 3 <= history.epochs < 60
    best = min(history.columns["val_loss"])
    assert best == history.columns["val_loss"][-3]
    held_out = trainer.dataset.test
    assert trainer.loss_of(held_out.y, trainer.predict(held_out.x)) == pytest.approx(best, rel=1e-5)


def test_class_weights_reach_the_loss() -> None:
    data = make_dataset()
    plain = Trainer(make_spec(), data).train(0).columns["loss"]
    training = {"epochs": 3, "batch_size": 32, "class_weight": [2.0, 2.0, 2.0]}
    doubled = Trainer(make_spec(training=training), data).train(0).columns["loss"]
    assert doubled[0] == pytest.approx(2 * plain[0], rel=0.2)
    assert doubled[0] != pytest.approx(plain[0], rel=0.2)


def test_divergence_ends_the_training() -> None:
    optimizer = {"name": "sgd", "learning_rate": 1e30}
    loss = {"name": "mean_squared_error"}
    model = {"name": "mlp", "hidden": [8], "output": {"units": 3, "activation": "linear"}}
    trainer = Trainer(make_spec(optimizer=optimizer, loss=loss, model=model), make_dataset())
    history = trainer.train(0)
    assert history.diverged
    assert history.epochs < 3


def test_learning_beats_chance() -> None:
    trainer = Trainer(make_spec(training={"epochs": 20, "batch_size": 32}), make_dataset(500))
    history = trainer.train(0)
    assert history.columns["loss"][-1] < 0.7 * history.columns["loss"][0]
    test = trainer.dataset.test
    assert np.mean(trainer.predict(test.x).argmax(axis=1) == test.y) > 0.6


def test_the_dropout_stream_goes_on_from_minibatch_to_minibatch() -> None:
    """As in fit: were the stream frozen into the program, each minibatch would drop the same units."""
    streams = []
    for engine in ("compiled", "fit"):
        model = {"name": "mlp", "hidden": [16], "dropout": 0.5, "output": {"units": 3, "activation": "softmax"}}
        training = {"epochs": 1, "batch_size": 32, "engine": engine}
        trainer = Trainer(make_spec(model=model, training=training), make_dataset(130))
        trainer.train(0)
        (dropout,) = [layer for layer in trainer.model.layers if isinstance(layer, keras.layers.Dropout)]
        streams.append(keras.ops.convert_to_numpy(dropout.seed_generator.state))
    assert np.array_equal(*streams)
