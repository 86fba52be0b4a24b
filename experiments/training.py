"""Compile a variant's model once, then train it anew for each seed."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from experiments.backend import device_name, seed_everything
from experiments.data.datasets import Dataset
from experiments.engines.choosing import choose_engine, open_engine
from experiments.engines.epochs import EVALUATION_BATCH
from experiments.engines.feed import Feed
from experiments.models import build_model
from experiments.objectives import class_weights, labels_for, make_loss, make_optimizer
from experiments.spec import ExperimentSpec
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

    Attributes:
        model: the network trained last.
        engine: what trains it; its `name` is `compiled` or `fit`, and `engine_reason` says why.
        networks_at_once: how many networks the last training trained side by side.
    """

    def __init__(self, spec: ExperimentSpec, dataset: Dataset, callbacks: Sequence[keras.callbacks.Callback] = ()):
        """Build and compile the model.

        Args:
            spec: the experiment or variant.
            dataset: its data.
            callbacks: called in every training. One that acts on single batches makes `fit` the engine.
        """
        self.spec, self.dataset, self.networks_at_once = spec, dataset, 1
        self._callbacks = callbacks
        self._expected: list[int] = []
        self._trained: dict[int, tuple[History, Any]] = {}
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
        choice = choose_engine(spec, train.x, callbacks)
        self.engine, self.engine_reason = open_engine(choice, self.model, spec.training), choice.reason

    def expect(self, seeds: Sequence[int]) -> None:
        """Name seeds that `train` will be asked for, so that it may train them side by side.

        It does where the engine can (JAX), an accelerator is at hand, and no network may stop before the others. Each
        network is the one that it would be alone, but for rounding (1e-7 an update). CPUs gain nothing: 5 networks of
        784-64-64-64-10 side by side took as long as one after another.
        """
        alike = self.spec.training.early_stopping is None and not self._callbacks
        if alike and hasattr(self.engine, "fit_together") and not device_name().startswith("cpu"):
            self._expected = list(dict.fromkeys(seeds))

    def train(self, seed: int, on_epoch: OnEpoch | None = None) -> History:
        """Train from weights drawn with `seed`; afterwards `model` is the trained network."""
        if seed in self._expected and seed not in self._trained:
            self.train_together([s for s in self._expected if s not in self._trained], on_epoch)
        if seed in self._trained:
            history, state = self._trained.pop(seed)
            self._expected.remove(seed)
            self.engine.restore(state)
            return history
        self.networks_at_once = 1
        self._start_afresh(seed)
        clock = _Clock(on_epoch)
        callbacks: list[keras.callbacks.Callback] = [clock, *self._callbacks]
        if stopping := self.spec.training.early_stopping:
            callbacks.append(
                keras.callbacks.EarlyStopping(
                    monitor=stopping.monitor,
                    patience=stopping.patience,
                    min_delta=stopping.min_delta,
                    restore_best_weights=stopping.restore_best_weights,
                )
            )
        columns = self.engine.fit(self._feed(seed), callbacks)
        return History({**columns, "seconds": clock.seconds})

    def train_together(self, seeds: Sequence[int], on_epoch: OnEpoch | None = None) -> None:
        """Train networks side by side, as many at a time as memory allows, for `train` to hand out by seed.

        Needs an engine with `fit_together`. A network's `seconds` are its share of the time.
        """
        if not hasattr(self.engine, "fit_together"):
            raise ValueError(f"the engine {self.engine.name} ({self.engine_reason}) trains one network at a time")
        self._expected = list(dict.fromkeys([*self._expected, *seeds]))
        room = self.engine.room(self._feed(seeds[0]))
        for start in range(0, len(seeds), room):
            group = seeds[start : start + room]
            self.networks_at_once = len(group)
            states = []
            for seed in group:
                self._start_afresh(seed)
                states.append(self.engine.state())
            clock = _Clock(on_epoch)
            trained = self.engine.fit_together([self._feed(seed) for seed in group], states, [clock])
            seconds = [s / len(group) for s in clock.seconds]
            for seed, (columns, state) in zip(group, trained, strict=True):
                self._trained[seed] = (_ended({**columns, "seconds": seconds}), state)

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Outputs of the trained network, float32 (N, units)."""
        # `predict` would set up a data pipeline each time, which takes longer than these networks do.
        parts = [self.model.predict_on_batch(x[i : i + EVALUATION_BATCH]) for i in range(0, len(x), EVALUATION_BATCH)]
        return np.concatenate(parts).astype(np.float32)

    def loss_of(self, y: np.ndarray, outputs: np.ndarray) -> float:
        """Mean loss of outputs against class indices, penalties on weights not included."""
        return float(self.loss(self._labels(y), outputs))

    def _feed(self, seed: int) -> Feed:
        training = self.spec.training
        return Feed(
            self.dataset.train.x,
            self._y,
            self._sample_weight,
            self._validation,
            training.batch_size,
            training.epochs,
            training.shuffle,
            seed,
        )

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


def _ended(columns: dict[str, list[float]]) -> History:
    """The history up to the epoch in which the loss left the finite numbers, where a training alone would end."""
    finite = np.isfinite(columns["loss"])
    epochs = len(finite) if finite.all() else int(finite.argmin()) + 1
    return History({name: values[:epochs] for name, values in columns.items()})


def _sample_weight(training: Training, y: np.ndarray, counts: np.ndarray) -> np.ndarray | None:
    weights = class_weights(training.class_weight, counts)
    return None if weights is None else np.asarray(weights, dtype=np.float32)[y]


def _state(model: keras.Model) -> list[keras.Variable]:
    """Weights and the state of random layers."""
    generators = [layer.seed_generator for layer in model.layers if hasattr(layer, "seed_generator")]
    return [*model.weights, *(generator.state for generator in generators)]
