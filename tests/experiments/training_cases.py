"""Small datasets, configs and networks for tests of training."""

from typing import Any

import keras
import numpy as np

from experiments.data.datasets import Dataset, Examples
from experiments.engines.choosing import Choice, open_engine
from experiments.engines.feed import Feed
from experiments.spec import ExperimentSpec
from experiments.spec.experiment import Recipe
from experiments.spec.training import Training
from experiments.training import Trainer


def make_dataset(n: int = 130, features: int = 6, classes: int = 3, seed: int = 0) -> Dataset:
    """Noisy clusters, one a class."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, classes, n + 40)
    x = (rng.normal(size=(n + 40, features)) + 1.5 * np.eye(classes, features)[y]).astype(np.float32)
    train, test = Examples(x[:n], y[:n]), Examples(x[n:], y[n:])
    return Dataset(train, test, test, tuple("abcdefghij"[:classes]), "made up")


def make_spec(**changes: Any) -> ExperimentSpec:
    spec: dict[str, Any] = {
        "title": "test",
        "dataset": {"name": "mnist"},
        "model": {"name": "mlp", "hidden": [8], "output": {"units": 3, "activation": "softmax"}},
        "loss": {"name": "categorical_crossentropy"},
        "optimizer": {"name": "sgd", "learning_rate": 0.1, "momentum": 0.9},
        "training": {"epochs": 3, "batch_size": 32},
    }
    return ExperimentSpec.model_validate({**spec, **changes})


def recipe_of(spec: ExperimentSpec) -> Recipe:
    assert spec.recipe is not None
    return spec.recipe


def weights_of(trainer: Trainer) -> list[np.ndarray]:
    return [np.array(w) for w in trainer.model.get_weights()]


def assert_same(a: list[np.ndarray], b: list[np.ndarray], tolerance: float = 0.0) -> None:
    for one, other in zip(a, b, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=tolerance)


def compiled_engine(model: keras.Model) -> Any:
    """The backend's engine of one program an epoch."""
    return open_engine(Choice("compiled", "test"), model, Training(epochs=1, batch_size=32))


def network() -> keras.Model:
    keras.utils.set_random_seed(1)
    layers = [keras.layers.Dense(8, "tanh"), keras.layers.BatchNormalization(), keras.layers.Dense(3, "softmax")]
    model = keras.Sequential([keras.Input((6,)), *layers])
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), "categorical_crossentropy", metrics=["accuracy"])
    return model


def feed_of(n: int, batch_size: int, weighted: bool = False, epochs: int = 1) -> Feed:
    data = make_dataset(n)
    one_hot = np.eye(3, dtype=np.float32)
    weight = np.linspace(0.5, 2, n, dtype=np.float32) if weighted else None
    held_out = (data.test.x, one_hot[data.test.y])
    return Feed(data.train.x, one_hot[data.train.y], weight, held_out, batch_size, epochs, shuffle=True, seed=5)
