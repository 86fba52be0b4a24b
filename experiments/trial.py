"""One trial: data, model, fit, predict, evaluate. Imports Keras, so only what trains may import it."""

import sys
import time
import traceback
from pathlib import Path
from typing import Any

import numpy as np

from experiments.backend import device_name
from experiments.data.datasets import Dataset, load_dataset
from experiments.data.progress import Progress as FetchProgress
from experiments.environment import describe_environment
from experiments.evaluation import Predictions, evaluate
from experiments.records import Result, Trial
from experiments.spec import DatasetSpec, ExperimentSpec
from experiments.training import OnEpoch, Trainer

GRID = 200
"""Points along each axis of a decision map."""


class Workshop:
    """Data and compiled program of the variant in hand, kept from one seed to the next."""

    def __init__(self, configs: Path, cache: Path, fetching: FetchProgress | None = None):
        self._configs, self._cache, self._fetching = configs, cache, fetching
        self._dataset: tuple[DatasetSpec, Dataset] | None = None
        self._trainer: tuple[ExperimentSpec, Trainer] | None = None

    def dataset(self, spec: DatasetSpec) -> Dataset:
        """The data of a config; loaded once for all variants that share it."""
        if self._dataset is None or self._dataset[0] != spec:
            self._dataset = (spec, load_dataset(spec, self._configs, cache=self._cache, progress=self._fetching))
        return self._dataset[1]

    def trainer(self, spec: ExperimentSpec) -> Trainer:
        """The compiled model of a variant."""
        if self._trainer is None or self._trainer[0] != spec:
            self._trainer = None  # let go of the old model before the new one is built
            self._trainer = (spec, Trainer(spec, self.dataset(spec.dataset)))
        return self._trainer[1]


def run_trial(trial: Trial, workshop: Workshop, on_epoch: OnEpoch | None = None) -> Result:
    """Train and judge one network.

    A trial that breaks is a result too, with the outcome `failed` and the error's message; one whose loss leaves the
    finite numbers has the outcome `diverged`. Neither stops the trials after it.

    Raises:
        DataError: the data cannot be had, or do not fit the config.
    """
    environment = {**describe_environment(), "device": device_name()}
    workshop.dataset(trial.spec.dataset)  # data that cannot be had stop the run: that is no outcome of a training
    try:
        return _train_and_evaluate(trial, workshop, on_epoch, environment)
    except (MemoryError, OSError):
        if trial.spec.as_printed:  # an error of a script as printed is final, so it must be the script's
            raise
        return _failed(environment)
    except Exception:  # whatever the library raises is this trial's outcome
        return _failed(environment)


def _failed(environment: dict[str, Any]) -> Result:
    """The result of a trial whose exception is being handled."""
    error = sys.exception()
    message = f"{type(error).__name__}: {_first_lines(str(error))}"
    return Result("failed", environment, error=message, traceback=traceback.format_exc())


def _train_and_evaluate(
    trial: Trial, workshop: Workshop, on_epoch: OnEpoch | None, environment: dict[str, Any]
) -> Result:
    started = time.perf_counter()
    dataset = workshop.dataset(trial.spec.dataset)
    trainer = workshop.trainer(trial.spec)
    ready = time.perf_counter()
    history = trainer.train(trial.seed, on_epoch)
    trained = time.perf_counter()
    outputs = trainer.predict(dataset.test.x)
    environment |= {
        "engine": trainer.engine.name,
        "parameters": trainer.model.count_params(),
        "epochs": history.epochs,
        "training_examples": len(dataset.train.y),
        "test_examples": len(dataset.test.y),
        "seconds": {
            "prepare": round(ready - started, 3),
            "fit": round(trained - ready, 3),
            "predict": round(time.perf_counter() - trained, 3),
        },
    }
    if history.diverged or not np.all(np.isfinite(outputs)):
        error = f"the loss left the finite numbers in epoch {history.epochs}"
        return Result("diverged", environment, error=error, history=history.columns)

    predictions = Predictions(dataset.test.y, outputs)
    loss = trainer.loss_of(dataset.test.y, outputs)
    scores = evaluate(predictions, len(dataset.class_names), loss)
    return Result(
        "completed",
        environment,
        scores=scores.values,
        confusion=scores.confusion,
        class_names=dataset.class_names,
        history=history.columns,
        predictions=predictions,
        decision_grid=_decision_grid(trainer, dataset),
        save_model=trainer.model.save if trial.spec.save_model else None,
    )


def _decision_grid(trainer: Trainer, dataset: Dataset) -> dict[str, np.ndarray] | None:
    """The network's outputs over the plane, where the data lie in one."""
    if dataset.train.x.shape[1:] != (2,):
        return None
    points = np.concatenate([dataset.train.x, dataset.test.x])
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.1 * (high - low)
    x1, x2 = np.linspace(low - margin, high + margin, GRID, dtype=np.float32).T
    plane = np.stack(np.meshgrid(x1, x2), axis=-1).reshape(-1, 2)
    return {"x1": x1, "x2": x2, "outputs": trainer.predict(plane)}


def _first_lines(message: str, limit: int = 500) -> str:
    text = " ".join(message.split())
    return text if len(text) <= limit else text[: limit - 3] + "..."
