"""Which engine trains, and why; what is asked of one that it cannot do."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from experiments.data.datasets import Dataset, Examples
from experiments.engines import choosing
from experiments.engines.choosing import choose_engine
from experiments.training import Trainer
from tests.experiments.training_cases import (
    make_dataset,
    make_spec,
    recipe_of,
)

CNN = {"name": "cnn", "blocks": [{"filters": 4}], "output": {"units": 3, "activation": "softmax"}}


class EachBatch(keras.callbacks.Callback):
    """Counts minibatches."""

    batches = 0

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.batches += 1


class EachValidationBatch(keras.callbacks.Callback):
    """Counts minibatches of validations."""

    batches = 0

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        self.batches += 1


def test_auto_compiles_dense_networks() -> None:
    assert choose_engine(recipe_of(make_spec())).name == "compiled"
    assert choose_engine(recipe_of(make_spec(training={"epochs": 1, "batch_size": 8, "engine": "fit"}))).name == "fit"


def test_auto_leaves_convolutions_on_cpus_to_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("experiments.engines.choosing.device_name", lambda: "cpu:0")
    assert choose_engine(recipe_of(make_spec(model=CNN))).name == "fit"
    monkeypatch.setattr("experiments.engines.choosing.device_name", lambda: "gpu:0")
    by_backend = {"tensorflow": "fit", "jax": "compiled"}
    assert choose_engine(recipe_of(make_spec(model=CNN))).name == by_backend[keras.backend.backend()]


def test_augmentation_is_left_to_fit_and_compiled_refuses_it() -> None:
    training = {"epochs": 1, "batch_size": 8, "augmentation": {"horizontal_flip": True}}
    choice = choose_engine(recipe_of(make_spec(model=CNN, training=training)))
    assert choice.name == "fit"
    assert "augmented" in choice.reason
    with pytest.raises(ValueError, match="compiled is not possible: augmented images"):
        choose_engine(recipe_of(make_spec(model=CNN, training={**training, "engine": "compiled"})))


def test_data_on_disk_are_left_to_fit_which_trains_on_them(tmp_path: Path) -> None:
    data = make_dataset()
    np.save(tmp_path / "x.npy", data.train.x)
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    on_disk = Dataset(Examples(mapped, data.train.y), data.validation, data.test, data.class_names, "made up")
    trainer = Trainer(make_spec(), on_disk)
    assert trainer.engine.name == "fit"
    assert "on disk" in trainer.engine_reason
    in_memory = Trainer(make_spec(training={"epochs": 3, "batch_size": 32, "engine": "fit"}), data)
    assert trainer.train(0).columns["loss"] == in_memory.train(0).columns["loss"]


def test_data_too_big_for_memory_are_left_to_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    x, recipe = make_dataset().train.x, recipe_of(make_spec())
    monkeypatch.setattr(choosing, "memory_limit", lambda: 2.0 * x.nbytes)
    assert "do not fit in memory twice" in choose_engine(recipe, x).reason
    monkeypatch.setattr(choosing, "memory_limit", lambda: 1e12)
    assert choose_engine(recipe, x).name == "compiled"
    monkeypatch.setattr(choosing, "device_memory", lambda: 1.0 * x.nbytes)
    choice = choose_engine(recipe, x)
    assert choice.name == "fit"
    assert "do not fit in the memory of cpu:0" in choice.reason


def test_callbacks_for_single_batches_are_called_by_fit() -> None:
    counter = EachBatch()
    trainer = Trainer(make_spec(), make_dataset(130), callbacks=[counter])
    assert trainer.engine.name == "fit"
    assert "EachBatch" in trainer.engine_reason
    trainer.train(0)
    assert counter.batches == 3 * 5


def test_callbacks_for_batches_of_the_validation_are_called_by_fit() -> None:
    counter = EachValidationBatch()
    trainer = Trainer(make_spec(), make_dataset(130), callbacks=[counter])
    assert "EachValidationBatch" in trainer.engine_reason
    trainer.train(0)
    assert counter.batches == 3


def test_backends_without_a_compiled_engine_use_fit_and_compiled_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keras.backend, "backend", lambda: "torch")
    choice = choose_engine(recipe_of(make_spec()))
    assert choice == ("fit", "there is no compiled engine for the torch backend")
    wish = make_spec(training={"epochs": 1, "batch_size": 8, "engine": "compiled"})
    with pytest.raises(ValueError, match="compiled is not possible: there is no compiled engine for the torch backend"):
        choose_engine(recipe_of(wish))


def test_callbacks_for_epochs_do_not_change_the_engine() -> None:
    seen: list[int] = []
    each_epoch = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(epoch))
    trainer = Trainer(make_spec(), make_dataset(), callbacks=[each_epoch])
    trainer.train(0)
    assert trainer.engine.name == "compiled"
    assert seen == [0, 1, 2]
