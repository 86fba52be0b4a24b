"""Compile a variant's model once, then train it anew for each seed, and for each learning rate."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from experiments.backend import device_name, seed_everything
from experiments.callbacks import Album, Clock, OnEpoch, PathAlbum, Threshold
from experiments.data.datasets import Dataset
from experiments.engines.choosing import choose_engine, open_engine
from experiments.engines.epochs import EVALUATION_BATCH
from experiments.engines.feed import Feed
from experiments.models import build_model
from experiments.objectives import class_weights, labels_for, make_loss, make_optimizer
from experiments.plane import plane_of
from experiments.spec import ExperimentSpec
from experiments.spec.training import Training

SNAPSHOT_GRID = 200
"""Points along each axis of a snapshot's map."""


@dataclass(frozen=True)
class History:
    """What happened in training: one value an epoch of the loss, each metric, and the seconds taken."""

    columns: dict[str, list[float]]

    @property
    def epochs(self) -> int:
        """Epochs trained; 0 where the method knows none."""
        return len(self.columns.get("loss", ()))

    @property
    def diverged(self) -> bool:
        """Whether the loss left the finite numbers."""
        return not np.all(np.isfinite(self.columns.get("loss", ())))


class Trainer:
    """The networks of one variant, or of several that differ in the learning rate: one program, a training each.

    Building, tracing and compiling cost more than a short training; they are done once, and each seed then starts from
    freshly drawn weights put into the same model. A constant learning rate is a variable of the program, so variants
    that differ in nothing else share it too: see `retune`.

    Attributes:
        model: the network trained last.
        engine: what trains it; its `name` is `compiled` or `fit`, and `engine_reason` says why.
        networks_at_once: how many networks were trained side by side when `model` was.
    """

    def __init__(self, spec: ExperimentSpec, dataset: Dataset, callbacks: Sequence[keras.callbacks.Callback] = ()):
        """Build and compile the model.

        Args:
            spec: the experiment or variant.
            dataset: its data.
            callbacks: called in every training. One that acts on single batches makes `fit` the engine.
        """
        recipe = spec.recipe
        if recipe is None:
            raise ValueError("expected a network with loss, optimizer and training")
        self.spec, self.recipe, self.dataset, self.networks_at_once = spec, recipe, dataset, 1
        self._callbacks = [*callbacks]
        self._album = self._open_album()
        self._expected: list[int] = []
        self._trained: dict[int, tuple[History, Any, int]] = {}
        train, classes = dataset.train, len(dataset.class_names)
        counts = np.zeros(0) if dataset.is_regression else np.bincount(train.y, minlength=classes)
        self._example_shape = train.x.shape[1:]
        self._y = self._labels(train.y)
        self._sample_weight = _sample_weight(recipe.training, train.y, counts)
        self._validation = None
        if dataset.validation is not None:
            self._validation = (dataset.validation.x, self._labels(dataset.validation.y))
        steps = -(-len(train.x) // recipe.training.batch_size)

        self.model = build_model(recipe.model, self._example_shape)
        self.loss = make_loss(recipe.loss, counts)
        optimizer = make_optimizer(recipe.optimizer, steps, recipe.training.epochs)
        if recipe.optimizer.weight_decay:
            vectors = [v for v in self.model.trainable_variables if len(v.shape) == 1]
            optimizer.exclude_from_weight_decay(var_list=vectors)
        self.model.compile(optimizer=optimizer, loss=self.loss, metrics=self._metrics())
        optimizer.build(self.model.trainable_variables)
        self._fresh_optimizer = [keras.ops.convert_to_numpy(v) for v in optimizer.variables]
        choice = choose_engine(recipe, train.x, self._callbacks)
        self.engine, self.engine_reason = open_engine(choice, self.model, recipe.training), choice.reason

    @property
    def engine_name(self) -> str:
        """What trains the network."""
        return str(self.engine.name)

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return int(self.model.count_params())

    @property
    def facts(self) -> dict[str, Any]:
        """What else a record keeps of the training."""
        return {"engine_reason": self.engine_reason, "networks_at_once": self.networks_at_once}

    def retune(self, spec: ExperimentSpec) -> bool:
        """Take over another variant if it differs in nothing but a constant learning rate.

        Returns:
            Whether it does; the next training is the one that a `Trainer` of that variant would give, to the bit.
        """
        if spec.recipe is None or not _same_but_rate(self.spec, spec):
            return False
        self.spec, self.recipe = spec, spec.recipe
        self._expected, self._trained = [], {}
        optimizer = self.model.optimizer
        place = next(i for i, v in enumerate(optimizer.variables) if v is optimizer.learning_rate)
        optimizer.learning_rate = spec.recipe.optimizer.learning_rate
        self._fresh_optimizer[place] = keras.ops.convert_to_numpy(optimizer.learning_rate)
        return True

    def expect(self, seeds: Sequence[int]) -> None:
        """Name seeds that `train` will be asked for, so that it may train them side by side.

        It does where the engine can (JAX), an accelerator is at hand, and no network may stop before the others. Each
        network is the one that it would be alone, but for rounding (1e-7 an update). CPUs gain nothing: 5 networks of
        784-64-64-64-10 side by side took as long as one after another.
        """
        if self._why_alone() is None and not device_name().startswith("cpu"):
            self._expected = list(dict.fromkeys(seeds))

    def train(self, seed: int, on_epoch: OnEpoch | None = None) -> History:
        """Train from weights drawn with `seed`; afterwards `model` is the trained network."""
        if seed in self._expected and seed not in self._trained:
            self.train_together([s for s in self._expected if s not in self._trained], on_epoch)
        if seed in self._trained:
            history, state, self.networks_at_once = self._trained.pop(seed)
            self._expected.remove(seed)
            self.engine.restore(state)
            return history
        self.networks_at_once = 1
        self._start_afresh(seed)
        clock = Clock(on_epoch)
        callbacks: list[keras.callbacks.Callback] = [clock, *self._callbacks]
        if stopping := self.recipe.training.early_stopping:
            callbacks.append(
                keras.callbacks.EarlyStopping(
                    monitor=stopping.monitor,
                    patience=stopping.patience,
                    min_delta=stopping.min_delta,
                    restore_best_weights=stopping.restore_best_weights,
                )
            )
        if stop := self.recipe.training.stop_below:
            callbacks.append(Threshold(stop))
        columns = self.engine.fit(self._feed(seed), callbacks)
        return History({**columns, "seconds": clock.seconds})

    def train_together(self, seeds: Sequence[int], on_epoch: OnEpoch | None = None) -> None:
        """Train networks side by side, as many at a time as memory allows, for `train` to hand out by seed.

        A network's `seconds` are its share of the time.

        Raises:
            ValueError: the engine trains one network at a time, or something watches over each network.
        """
        if reason := self._why_alone():
            raise ValueError(f"networks are trained one at a time: {reason}")
        self._expected = list(dict.fromkeys([*self._expected, *seeds]))
        room = self.engine.room(self._feed(seeds[0]))
        for start in range(0, len(seeds), room):
            group = seeds[start : start + room]
            states = []
            for seed in group:
                self._start_afresh(seed)
                states.append(self.engine.state())
            clock = Clock(on_epoch)
            trained = self.engine.fit_together([self._feed(seed) for seed in group], states, [clock])
            seconds = [s / len(group) for s in clock.seconds]
            for seed, (columns, state) in zip(group, trained, strict=True):
                self._trained[seed] = (_ended({**columns, "seconds": seconds}), state, len(group))

    def _why_alone(self) -> str | None:
        """Why networks cannot be trained side by side; None if they can."""
        if not hasattr(self.engine, "fit_together"):
            return f"the engine is {self.engine.name} ({self.engine_reason})"
        training = self.recipe.training
        if training.early_stopping is not None or training.stop_below is not None:
            return "each may stop before the others"
        if self._callbacks:
            return "callbacks look at each"
        return None

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Outputs of the trained network, float32 (N, units)."""
        # `predict` would set up a data pipeline each time, which takes longer than these networks do.
        parts = [self.model.predict_on_batch(x[i : i + EVALUATION_BATCH]) for i in range(0, len(x), EVALUATION_BATCH)]
        return np.concatenate(parts).astype(np.float32)

    def loss_of(self, y: np.ndarray, outputs: np.ndarray) -> float:
        """Mean loss of outputs against class indices, penalties on weights not included."""
        return float(self.loss(self._labels(y), outputs))

    @property
    def snapshots(self) -> dict[str, np.ndarray] | None:
        """What the network trained last was at the epochs that the config chose, as records keep it."""
        return None if self._album is None else {**self._axes, **self._album.arrays()}

    def _open_album(self) -> Album | PathAlbum | None:
        chosen, self._axes = self.recipe.training.snapshots, dict[str, np.ndarray]()
        if chosen is None:
            return None
        if chosen.of == "updates":
            album: Album | PathAlbum = PathAlbum(chosen)
        else:
            plane = plane_of(self.dataset, SNAPSHOT_GRID)
            self._axes, grid = plane if plane is not None else ({}, None)
            album = Album(chosen, grid)
        self._callbacks.append(album)
        return album

    def _metrics(self) -> list[Any]:
        """What `history.csv` shows beside the loss."""
        if self.dataset.is_regression:
            return []
        # Keras's accuracy takes labels of 0 and 1 and splits at one half.
        return [keras.metrics.MeanMetricWrapper(_same_side, name="accuracy")] if self.spec.signed else ["accuracy"]

    def _feed(self, seed: int) -> Feed:
        training = self.recipe.training
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
        units, classes = self.recipe.model.output.units, len(self.dataset.class_names)
        return labels_for(self.recipe.loss.name, units, y, classes, form=self.spec.dataset.labels)

    def _start_afresh(self, seed: int) -> None:
        """New weights, dropout streams and optimizer state, as if model and optimizer had just been built."""
        seed_everything(seed)
        fresh = build_model(self.recipe.model, self._example_shape)
        for old, new in zip(_state(self.model), _state(fresh), strict=True):
            old.assign(new)
        for variable, value in zip(self.model.optimizer.variables, self._fresh_optimizer, strict=True):
            variable.assign(value)


def _same_but_rate(one: ExperimentSpec, other: ExperimentSpec) -> bool:
    """Whether two variants have all in common but a learning rate that stays constant; a schedule is compiled in."""
    if one.optimizer is None or other.optimizer is None or one.optimizer.decay is not None:
        return False
    same = other.optimizer.model_copy(update={"learning_rate": one.optimizer.learning_rate})
    return one == other.model_copy(update={"optimizer": same})


def _same_side(y_true, y_pred):  # type: ignore[no-untyped-def]
    """1 where label and output lie on the same side of zero, which itself belongs to the positive one."""
    return keras.ops.cast(keras.ops.equal(y_true >= 0, y_pred >= 0), "float32")


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
