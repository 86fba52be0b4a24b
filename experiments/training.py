"""Compile a variant's model once, then train it anew for each seed."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import keras
import numpy as np

from experiments.backend import seed_everything
from experiments.data.datasets import Dataset
from experiments.engines.compiled import CompiledEngine
from experiments.engines.feed import Feed
from experiments.engines.plain import PlainEngine
from experiments.models import build_model
from experiments.objectives import class_weights, labels_for, make_loss, make_optimizer
from experiments.spec import ExperimentSpec
from experiments.spec.model import Cnn
from experiments.spec.training import Training

OnEpoch = Callable[[int, dict[str, float]], None]


@dataclass(frozen=True)
class History:
    """What happened in training: one value an epoch of the loss, each metric, and the seconds taken."""

    columns: dict[str, list[float]]

    @property
    def epochs(self) -> int:
        """Epochs trained."""
        return len(self.columns["loss"])

    @property
    def diverged(self) -> bool:
        """Whether the loss left the finite numbers."""
        return not np.all(np.isfinite(self.columns["loss"]))


class Trainer:
    """The networks of one variant: same data, same program, one training for each seed.

    Building, tracing and compiling cost more than a short training; they are done once, and each seed then starts from
    freshly drawn weights put into the same model.
    """

    def __init__(self, spec: ExperimentSpec, dataset: Dataset):
        self.spec, self.dataset = spec, dataset
        train, classes = dataset.train, len(dataset.class_names)
        counts = np.bincount(train.y, minlength=classes)
        self._example_shape = train.x.shape[1:]
        self._y = self._labels(train.y)
        self._sample_weight = _sample_weight(spec.training, train.y, counts)
        self._validation = None
        if dataset.validation is not None:
            self._validation = (dataset.validation.x, self._labels(dataset.validation.y))
        steps = -(-len(train.x) // spec.training.batch_size)

        self.model = build_model(spec.model, self._example_shape)
        self.loss = make_loss(spec.loss, counts)
        optimizer = make_optimizer(spec.optimizer, steps, spec.training.epochs)
        if spec.optimizer.weight_decay:
            vectors = [v for v in self.model.trainable_variables if len(v.shape) == 1]
            optimizer.exclude_from_weight_decay(var_list=vectors)
        self.model.compile(optimizer=optimizer, loss=self.loss, metrics=["accuracy"])
        optimizer.build(self.model.trainable_variables)
        self._fresh_optimizer = [keras.ops.convert_to_numpy(v) for v in optimizer.variables]
        self.engine = _ENGINES[choose_engine(spec)](self.model, spec.training)

    def train(self, seed: int, on_epoch: OnEpoch | None = None) -> History:
        """Train from weights drawn with `seed`; afterwards `model` is the trained network."""
        self._start_afresh(seed)
        training = self.spec.training
        feed = Feed(
            self.dataset.train.x,
            self._y,
            self._sample_weight,
            self._validation,
            training.batch_size,
            training.epochs,
            training.shuffle,
            seed,
        )
        clock = _Clock(on_epoch)
        callbacks: list[keras.callbacks.Callback] = [clock]
        if training.early_stopping:
            stopping = training.early_stopping
            callbacks.append(
                keras.callbacks.EarlyStopping(
                    monitor=stopping.monitor,
                    patience=stopping.patience,
                    min_delta=stopping.min_delta,
                    restore_best_weights=stopping.restore_best_weights,
                )
            )
        columns = self.engine.fit(feed, callbacks)
        return History({**columns, "seconds": clock.seconds})

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Outputs of the trained network, float32 (N, units)."""
        return np.asarray(self.model.predict(x, batch_size=1000, verbose=0), dtype=np.float32)

    def loss_of(self, y: np.ndarray, outputs: np.ndarray) -> float:
        """Mean loss of outputs against class indices, penalties on weights not included."""
        return float(self.loss(self._labels(y), outputs))

    def _labels(self, y: np.ndarray) -> np.ndarray:
        spec = self.spec
        return labels_for(
            spec.loss.name, spec.model.output.units, y, len(self.dataset.class_names), form=spec.dataset.labels
        )

    def _start_afresh(self, seed: int) -> None:
        """New weights, dropout streams and optimizer state, as if model and optimizer had just been built."""
        seed_everything(seed)
        fresh = build_model(self.spec.model, self._example_shape)
        for old, new in zip(_state(self.model), _state(fresh), strict=True):
            old.assign(new)
        for variable, value in zip(self.model.optimizer.variables, self._fresh_optimizer, strict=True):
            variable.assign(value)


class _Clock(keras.callbacks.Callback):
    """Times each epoch, tells the outside, and ends a training whose loss is no longer a number."""

    def __init__(self, on_epoch: OnEpoch | None):
        super().__init__()
        self.seconds: list[float] = []
        self._on_epoch = on_epoch

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._start = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self.seconds.append(time.perf_counter() - self._start)
        logs = logs or {}
        if self._on_epoch:
            self._on_epoch(epoch + 1, logs)
        if not np.isfinite(logs.get("loss", 0.0)):
            self.model.stop_training = True


def choose_engine(spec: ExperimentSpec) -> Literal["compiled", "fit"]:
    """The engine that `training.engine: auto` means.

    Dense networks are compiled (5 to 7 times faster than `fit` on two cores); convolutions are left to `fit`, because
    XLA's CPU convolutions are slower than oneDNN's; so are augmented images, which are made outside the program, and
    backends other than TensorFlow.
    """
    if spec.training.engine != "auto":
        return spec.training.engine
    dense = not isinstance(spec.model, Cnn)
    return "compiled" if dense and keras.backend.backend() == "tensorflow" else "fit"


_ENGINES: dict[str, Callable[[keras.Model, Training], CompiledEngine | PlainEngine]] = {
    "compiled": lambda model, training: CompiledEngine(model),
    "fit": lambda model, training: PlainEngine(model, training.augmentation),
}


def _sample_weight(training: Training, y: np.ndarray, counts: np.ndarray) -> np.ndarray | None:
    weights = class_weights(training.class_weight, counts)
    return None if weights is None else np.asarray(weights, dtype=np.float32)[y]


def _state(model: keras.Model) -> list[keras.Variable]:
    """Weights and the state of random layers."""
    generators = [layer.seed_generator for layer in model.layers if hasattr(layer, "seed_generator")]
    return [*model.weights, *(generator.state for generator in generators)]
