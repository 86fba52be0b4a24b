"""What happens between epochs: the clock, the stop below a threshold, snapshots."""

import time
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from experiments.spec.training import Snapshots, StopBelow

OnEpoch = Callable[[int, dict[str, float]], None]

MOST_WEIGHTS = 1000
"""Parameters up to which a snapshot keeps the weights."""


class Clock(keras.callbacks.Callback):
    """Times each epoch, tells the outside, and ends a training whose loss is no longer a number."""

    def __init__(self, on_epoch: OnEpoch | None):
        super().__init__()
        self.seconds: list[float] = []
        self._on_epoch = on_epoch

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Start the epoch's time."""
        self._start = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Take the epoch's time."""
        self.seconds.append(time.perf_counter() - self._start)
        logs = logs or {}
        if self._on_epoch:
            self._on_epoch(epoch + 1, logs)
        if not np.isfinite(logs.get("loss", 0.0)):
            self.model.stop_training = True


class Threshold(keras.callbacks.Callback):
    """Ends the training after the first epoch whose value lies below the threshold."""

    def __init__(self, stop: StopBelow):
        super().__init__()
        self._stop = stop

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Compare the epoch's value with the threshold."""
        if (logs or {}).get(self._stop.monitor, np.inf) < self._stop.value:
            self.model.stop_training = True


class Album(keras.callbacks.Callback):
    """Keeps what the network was at chosen epochs: outputs over the data's plane, and the weights of a small one."""

    def __init__(self, chosen: Snapshots, grid: np.ndarray | None):
        """Choose.

        Args:
            chosen: the epochs; 0 is before training.
            grid: float32 (M, features), points to ask the network at; None for data that lie in no plane.
        """
        super().__init__()
        self._chosen, self._grid = chosen, grid
        self._pictures: dict[int, dict[str, np.ndarray]] = {}

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Look at the network as it was drawn."""
        self._pictures = {}
        self._look(0)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Look at the network after an epoch."""
        self._look(epoch + 1)

    def arrays(self) -> dict[str, np.ndarray]:
        """The snapshots: `at` int (S,), the epochs; `outputs` float16 (S, M, units); `weights` float32 (S, P)."""
        kinds = next(iter(self._pictures.values()), {})
        stacked = {kind: np.stack([picture[kind] for picture in self._pictures.values()]) for kind in kinds}
        return {"at": np.array(list(self._pictures), dtype=np.int64), **stacked}

    def _look(self, number: int) -> None:
        if not self._chosen.includes(number):
            return
        picture = {}
        if self._grid is not None:
            picture["outputs"] = np.asarray(self.model.predict_on_batch(self._grid), np.float16)
        if self.model.count_params() <= MOST_WEIGHTS:
            picture["weights"] = weights_of(self.model)
        self._pictures[number] = picture


class PathAlbum(keras.callbacks.Callback):
    """Keeps a small network's weights after every update. Acts on batches, so only `fit` can call it."""

    def __init__(self, chosen: Snapshots):
        super().__init__()
        self._chosen = chosen
        self._weights: dict[int, np.ndarray] = {}

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Note where the path begins."""
        self._updates, self._weights = 0, {}
        self._note()

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Note where an update led."""
        self._updates += 1
        self._note()

    def arrays(self) -> dict[str, np.ndarray]:
        """The path: `at` int (S,), numbers of updates; `weights` float32 (S, P)."""
        return {"at": np.array(list(self._weights), np.int64), "weights": np.stack(list(self._weights.values()))}

    def _note(self) -> None:
        if self._chosen.includes(self._updates):
            self._weights[self._updates] = weights_of(self.model)


def weights_of(model: keras.Model) -> np.ndarray:
    """All weights of a network in one row, float32 (P,): layer by layer, kernel (inputs x units) before bias."""
    return np.concatenate([np.ravel(w) for w in model.get_weights()]).astype(np.float32)
