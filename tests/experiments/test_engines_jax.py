"""JAX: networks trained side by side are those trained alone, and TensorFlow is never imported.

Run by `KERAS_BACKEND=jax pytest tests/experiments`; skipped on other backends.
"""

import os
import subprocess
import sys
from dataclasses import replace
from typing import Any

import keras
import numpy as np
import pytest

from experiments.training import Trainer
from tests.experiments.training_cases import assert_same, make_dataset, make_spec, weights_of

pytestmark = pytest.mark.skipif(keras.backend.backend() != "jax", reason="needs KERAS_BACKEND=jax")

OUTPUT = {"units": 3, "activation": "softmax"}
MODELS = {
    "plain": {"name": "mlp", "hidden": [8], "output": OUTPUT},
    "dropout and batch norm": {
        "name": "mlp", "hidden": [16], "dropout": 0.5, "batch_norm": True, "output": OUTPUT,
    },
}  # fmt: skip


def one_by_one(spec: Any, data: Any, seeds: list[int]) -> dict[int, tuple[list[np.ndarray], dict[str, list[float]]]]:
    trainer, results = Trainer(spec, data), {}
    for seed in seeds:
        history = trainer.train(seed)
        results[seed] = (weights_of(trainer), history.columns)
    return results


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
@pytest.mark.parametrize("n", [128, 130])
def test_each_network_side_by_side_is_the_one_trained_alone(model: dict[str, Any], n: int) -> None:
    training = {"epochs": 3, "batch_size": 32, "class_weight": "balanced"}
    spec, data, seeds = make_spec(model=model, training=training), make_dataset(n), [0, 1, 7]
    alone = one_by_one(spec, data, seeds)
    trainer = Trainer(spec, data)
    trainer.train_together(seeds)
    for seed in (7, 0, 1):
        history = trainer.train(seed)
        assert trainer.networks_at_once == 3
        weights, columns = alone[seed]
        assert_same(weights_of(trainer), weights, tolerance=1e-5)
        assert set(history.columns) == set(columns)
        for name in set(columns) - {"seconds"}:
            np.testing.assert_allclose(history.columns[name], columns[name], rtol=1e-4, atol=1e-5, err_msg=name)


def test_networks_side_by_side_differ_from_each_other() -> None:
    trainer = Trainer(make_spec(), make_dataset())
    trainer.train_together([0, 1])
    trainer.train(0)
    first = weights_of(trainer)[0]
    trainer.train(1)
    assert np.abs(weights_of(trainer)[0] - first).max() > 0.01


def test_handed_out_networks_predict_as_themselves() -> None:
    spec, data = make_spec(), make_dataset()
    alone, together = Trainer(spec, data), Trainer(spec, data)
    together.train_together([3, 4])
    for seed in (3, 4):
        alone.train(seed)
        together.train(seed)
        np.testing.assert_allclose(together.predict(data.test.x), alone.predict(data.test.x), atol=1e-5)


def test_groups_follow_the_room_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    spec, data = make_spec(), make_dataset()
    trainer = Trainer(spec, data)
    assert trainer.engine.room(trainer._feed(0)) > 1000
    monkeypatch.setattr(trainer.engine, "room", lambda feed: 2)
    trainer.train_together([0, 1, 2])
    at_once = []
    for seed in (0, 1, 2):
        trainer.train(seed)
        at_once.append(trainer.facts["networks_at_once"])
    assert at_once == [2, 2, 1]
    alone = Trainer(spec, data)
    alone.train(2)
    assert_same(weights_of(trainer), weights_of(alone), tolerance=1e-5)


def test_a_diverged_network_does_not_stop_its_neighbours() -> None:
    """Only the seed whose loss leaves the finite numbers ends early."""
    spec, data = make_spec(), make_dataset()
    trainer = Trainer(spec, data)
    original = trainer._start_afresh

    def poisoned(seed: int) -> None:
        original(seed)
        if seed == 1:
            weights = trainer.model.get_weights()
            trainer.model.set_weights([np.full_like(w, np.nan) for w in weights])

    trainer._start_afresh = poisoned  # type: ignore[method-assign]
    trainer.train_together([0, 1])
    healthy, ill = trainer.train(0), trainer.train(1)
    assert ill.diverged
    assert ill.epochs == 1
    assert healthy.epochs == 3
    assert not healthy.diverged


def test_expected_seeds_are_trained_one_by_one_on_cpus_and_under_early_stopping(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stopping = {"epochs": 3, "batch_size": 32, "early_stopping": {"patience": 2}}
    cases = [({}, "cpu:0", 1), ({}, "gpu:0", 2), ({"training": stopping}, "gpu:0", 1)]
    for changes, device, at_once in cases:
        monkeypatch.setattr("experiments.training.device_name", lambda device=device: device)
        trainer = Trainer(make_spec(**changes), make_dataset())
        trainer.expect([0, 1])
        trainer.train(0)
        assert trainer.networks_at_once == at_once, (changes, device)


def test_networks_that_may_stop_early_are_not_trained_side_by_side() -> None:
    for more in ({"early_stopping": {"patience": 2}}, {"stop_below": {"value": 0.1}}):
        trainer = Trainer(make_spec(training={"epochs": 3, "batch_size": 32, **more}), make_dataset())
        with pytest.raises(ValueError, match="one at a time: each may stop before the others"):
            trainer.train_together([0, 1])
    watched = Trainer(make_spec(), make_dataset(), callbacks=[keras.callbacks.Callback()])
    with pytest.raises(ValueError, match="one at a time: callbacks look at each"):
        watched.train_together([0, 1])
    plain = Trainer(make_spec(training={"epochs": 3, "batch_size": 32, "engine": "fit"}), make_dataset())
    with pytest.raises(ValueError, match="one at a time: the engine is fit"):
        plain.train_together([0, 1])


def test_a_validation_set_is_optional_side_by_side() -> None:
    data = replace(make_dataset(), validation=None)
    trainer = Trainer(make_spec(), data)
    trainer.train_together([0, 1])
    assert set(trainer.train(1).columns) == {"loss", "accuracy", "seconds"}


def test_training_on_jax_never_imports_tensorflow() -> None:
    script = """
import sys
from tests.experiments.training_cases import make_dataset, make_spec
from experiments.training import Trainer
trainer = Trainer(make_spec(), make_dataset())
trainer.train(0)
trainer.predict(trainer.dataset.test.x)
found = sorted(name for name in sys.modules if name.split(".")[0] == "tensorflow")
assert not found, found[:5]
"""
    environment = {**os.environ, "KERAS_BACKEND": "jax"}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_networks_trained_ahead_are_not_those_of_another_learning_rate() -> None:
    def spec(rate: float) -> Any:
        return make_spec(optimizer={"name": "sgd", "learning_rate": rate})

    data = make_dataset()
    shared, alone = Trainer(spec(0.1), data), Trainer(spec(0.01), data)
    shared.train_together([3, 4])
    shared.train(4)
    assert shared.retune(spec(0.01))
    assert shared.train(3).columns["loss"] == alone.train(3).columns["loss"]
    assert_same(weights_of(shared), weights_of(alone))
