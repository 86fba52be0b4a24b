"""One trial: data, model, fit, predict, evaluate. Imports Keras, so only what trains may import it."""

import sys
import time
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from experiments.backend import THREADS, device_name
from experiments.classical import ScikitTrainer
from experiments.data.datasets import Dataset, load_dataset
from experiments.data.errors import EmptyClass
from experiments.data.progress import Progress as FetchProgress
from experiments.demands import MOST_FITTED, scores_of_weights
from experiments.environment import describe_environment
from experiments.evaluation import Predictions, evaluate, regression_scores, training_scores
from experiments.memory import shortage
from experiments.optimum import distance_to_optimum, gradient_noise
from experiments.plane import plane_of
from experiments.records import Result, Trial
from experiments.spec import DatasetSpec, ExperimentSpec
from experiments.spec.model import ScikitModel
from experiments.training import OnEpoch, Trainer

GRID = 200
"""Points along each axis of a decision map."""


class Workshop:
    """Data and compiled program of the variant in hand, kept for the next seed, or the next learning rate."""

    def __init__(self, configs: Path, cache: Path, fetching: FetchProgress | None = None):
        self.configs, self._cache, self._fetching = configs, cache, fetching
        self._dataset: tuple[DatasetSpec, Dataset] | None = None
        self._trainer: Trainer | ScikitTrainer | None = None
        self._planned: list[Trial] = []

    def expect(self, trials: Iterable[Trial]) -> None:
        """Name the trials to come, so that their networks may be trained side by side where that is faster."""
        self._planned = list(trials)

    def dataset(self, spec: DatasetSpec) -> Dataset:
        """The data of a config; loaded once for all variants that share it."""
        if self._dataset is None or self._dataset[0] != spec:
            self._dataset = (spec, load_dataset(spec, self.configs, cache=self._cache, progress=self._fetching))
        return self._dataset[1]

    def trainer(self, spec: ExperimentSpec) -> Trainer | ScikitTrainer:
        """What trains the models of a variant; a network is compiled once."""
        trainer = self._trainer
        if trainer is not None and trainer.spec == spec:
            return trainer
        if not (isinstance(trainer, Trainer) and trainer.retune(spec)):
            self._trainer = trainer = None  # let go of the old model before the new one is built
            of_its_kind = ScikitTrainer if isinstance(spec.model, ScikitModel) else Trainer
            self._trainer = trainer = of_its_kind(spec, self.dataset(spec.dataset))
        if isinstance(trainer, Trainer):
            trainer.expect([trial.seed for trial in self._planned if trial.spec == spec])
        return trainer


def run_trial(trial: Trial, workshop: Workshop, on_epoch: OnEpoch | None = None) -> Result:
    """Train and judge one network.

    A trial that breaks is a result too, with the outcome `failed` and the error's message; one whose loss leaves the
    finite numbers has the outcome `diverged`. Neither stops the trials after it.

    Raises:
        DataError: the data cannot be had, or do not fit the config. Where a class is left without training examples,
            that is the trial's outcome, and no other trial's.
    """
    environment = {**describe_environment(), "device": device_name(), "threads": THREADS}
    if message := shortage(trial.spec, workshop.configs):
        return Result("failed", environment, error=message)
    try:
        workshop.dataset(trial.spec.dataset)
    except EmptyClass:  # of this trial's settings; data that cannot be had at all stop the run instead
        return _failed(environment)
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
        "engine": trainer.engine_name,
        "parameters": trainer.parameters,
        "epochs": history.epochs or None,
        **trainer.facts,
        "training_examples": len(dataset.train.y),
        "test_examples": len(dataset.test.y),
        "seconds": {
            "prepare": round(ready - started, 3),
            "fit": round(trained - ready, 3),
            "predict": round(time.perf_counter() - trained, 3),
        },
    }
    if trial.spec.dataset.imbalance is not None:
        environment["class_counts"] = np.bincount(dataset.train.y, minlength=len(dataset.class_names)).tolist()
    if history.diverged or not np.all(np.isfinite(outputs)):
        error = "outputs of the trained model on the test set are not finite"
        if history.diverged:
            error = f"the loss left the finite numbers in epoch {history.epochs}"
        return Result("diverged", environment, error=error, history=history.columns)

    predictions = Predictions(dataset.test.y, outputs, trial.spec.signed)
    loss = trainer.loss_of(dataset.test.y, outputs)
    if dataset.is_regression:
        confusion, values = None, regression_scores(predictions, loss)
    else:
        scores = evaluate(predictions, len(dataset.class_names), loss)
        confusion, values = scores.confusion, scores.values
    return Result(
        "completed",
        environment,
        scores={**values, **_scores_in_training(trainer, dataset), **_scores_of_weights(trainer, dataset)},
        confusion=confusion,
        class_names=dataset.class_names,
        history=history.columns,
        predictions=predictions,
        decision_grid=_decision_grid(trainer, dataset),
        snapshots=trainer.snapshots,
        save_model=trainer.model.save if trial.spec.save_model else None,
    )


def _scores_in_training(trainer: Trainer | ScikitTrainer, dataset: Dataset) -> dict[str, float]:
    """Scores on the training examples, where there are not so many of them that it would take long."""
    train = dataset.train
    if len(train) > MOST_FITTED:
        return {}
    outputs = trainer.predict(train.x)
    loss = trainer.loss_of(train.y, outputs)
    if dataset.is_regression:
        return {"train_loss": loss}
    return training_scores(Predictions(train.y, outputs, trainer.spec.signed), loss)


def _scores_of_weights(trainer: Trainer | ScikitTrainer, dataset: Dataset) -> dict[str, float]:
    """Scores that need the trained weights, where the config asks for them."""
    asked = scores_of_weights(trainer.spec)
    if not asked or isinstance(trainer, ScikitTrainer):
        return {}
    kernel, *rest = (np.asarray(w, np.float64).ravel() for w in trainer.model.get_weights())
    bias = float(rest[0][0]) if rest else None
    x, y = dataset.train.x.astype(np.float64), dataset.train.y
    found = {}
    if "distance_to_optimum" in asked:
        found["distance_to_optimum"] = distance_to_optimum(kernel, bias, x, y)
    if "gradient_noise" in asked:
        batch = trainer.recipe.training.batch_size
        found["gradient_noise"] = gradient_noise(kernel, bias, x, y, batch)
    return found


def _decision_grid(trainer: Trainer | ScikitTrainer, dataset: Dataset) -> dict[str, np.ndarray] | None:
    """The model's outputs over the plane or line, where the data lie in one."""
    plane = plane_of(dataset, GRID)
    if plane is None:
        return None
    axes, grid = plane
    return {**axes, "outputs": trainer.predict(grid)}


def _first_lines(message: str, limit: int = 500) -> str:
    text = " ".join(message.split())
    return text if len(text) <= limit else text[: limit - 3] + "..."
