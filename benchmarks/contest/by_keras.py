"""Keras contenders: this suite's engine, and `fit` as a user would call it.

Ours goes through `experiments.training.Trainer`, as `relecture run` does: deterministic operations and all. Plain
`fit` gets the arrays, with Keras's own shuffling, and may use what determinism forbids.
"""

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.contest.networks import CLASSES, Data, Network

if TYPE_CHECKING:
    from experiments.training import History

MANY = 32
"""Networks side by side in the `vmap` contender."""


class Ours:
    """The suite's trainer with `engine: auto`."""

    networks = 1

    def __init__(self, network: Network, data: Data, epochs: int):
        from experiments.data.datasets import Dataset, Examples
        from experiments.spec import ExperimentSpec
        from experiments.training import Trainer

        spec = ExperimentSpec.model_validate(
            {
                "title": network.name,
                "dataset": {"name": network.dataset, "scale": "unit", "flatten": not network.convolutional},
                "model": network.model,
                "loss": {"name": "categorical_crossentropy"},
                "optimizer": {"name": "sgd", "learning_rate": network.rate, "momentum": network.momentum},
                "training": {"epochs": epochs, "batch_size": network.batch},
            }
        )
        train, test = Examples(data.x, data.y), Examples(data.x_test, data.y_test)
        names = tuple(str(k) for k in range(CLASSES))
        self.trainer = Trainer(spec, Dataset(train, None, test, names, "benchmark"))
        self.engine = self.trainer.engine.name
        self.log: list[tuple[float, float]] = []
        self._data = data

    def train(self, seed: int) -> float:
        """Train afresh for all epochs; returns the seconds that the epochs took."""
        return sum(self._keep_log(self.trainer.train(seed))["seconds"])

    def _keep_log(self, history: "History") -> dict[str, list[float]]:
        self.log = list(zip(history.columns["loss"], history.columns["accuracy"], strict=True))
        return history.columns

    def accuracy(self) -> float:
        """Test accuracy of the network trained last."""
        return float(np.mean(self.trainer.predict(self._data.x_test).argmax(axis=1) == self._data.y_test))


class OursTogether(Ours):
    """Many networks in one program, on JAX; the first one's accuracy is reported."""

    networks = MANY

    def train(self, seed: int) -> float:
        """Train afresh for all epochs; returns the seconds that the epochs took, for all networks."""
        self.trainer.train_together([seed, *range(1000 + MANY * seed, 1000 + MANY * seed + MANY - 1)])
        return MANY * sum(self._keep_log(self.trainer.train(seed))["seconds"])


class Fit:
    """`model.fit` on arrays, otherwise as Keras is installed."""

    networks = 1
    options: dict[str, Any] = {}  # noqa: RUF012

    def __init__(self, network: Network, data: Data, epochs: int):
        import keras
        from pydantic import TypeAdapter

        from experiments.models import build_model
        from experiments.spec.model import ModelSpec

        self._network, self._data, self._epochs = network, data, epochs
        spec: Any = TypeAdapter(ModelSpec).validate_python(network.model)
        self._build = lambda: build_model(spec, data.x.shape[1:])
        self._labels = np.eye(CLASSES, dtype=np.float32)[data.y]
        self.model = self._build()
        self.model.compile(
            keras.optimizers.SGD(network.rate, momentum=network.momentum),
            "categorical_crossentropy",
            metrics=["accuracy"],
            **self.options,
        )
        self.model.optimizer.build(self.model.trainable_variables)
        self.engine = "fit"
        self.log: list[tuple[float, float]] = []

    def train(self, seed: int) -> float:
        """Train afresh for all epochs; returns the seconds that the epochs took."""
        import keras

        keras.utils.set_random_seed(seed)
        self.model.set_weights(self._build().get_weights())
        for variable in self.model.optimizer.variables:
            if len(variable.shape):  # momentum; the learning rate and the number of updates do not matter here
                variable.assign(np.zeros(variable.shape, np.float32))
        started = time.perf_counter()
        fitted = self.model.fit(
            self._data.x, self._labels, batch_size=self._network.batch, epochs=self._epochs, verbose=0
        )  # shuffles each epoch, trains the last partial batch
        seconds = time.perf_counter() - started
        self.log = list(zip(fitted.history["loss"], fitted.history["accuracy"], strict=True))
        return seconds

    def accuracy(self) -> float:
        """Test accuracy of the network trained last."""
        outputs = self.model.predict(self._data.x_test, batch_size=1000, verbose=0)
        return float(np.mean(outputs.argmax(axis=1) == self._data.y_test))


class FitManySteps(Fit):
    """`fit` with Keras's own means of speed: 50 steps an execution, compiled by XLA."""

    options = {"steps_per_execution": 50, "jit_compile": True}  # noqa: RUF012
