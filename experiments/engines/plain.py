"""Keras's own `fit`, fed minibatches in the trial's order: for convolutions, augmentation and other backends."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from experiments.engines.feed import Feed
from experiments.spec.training import Augmentation


class PlainEngine:
    """Trains a compiled Keras model by `model.fit`."""

    name = "fit"

    def __init__(self, model: keras.Model, augmentation: Augmentation | None = None):
        self.model = model
        self.augmentation = augmentation

    def fit(self, feed: Feed, callbacks: Sequence[keras.callbacks.Callback]) -> dict[str, list[Any]]:
        """Train with `feed`'s orders; returns the history."""
        minibatches = Minibatches(feed, self.augmentation)
        history = self.model.fit(
            minibatches,
            epochs=feed.epochs,
            validation_data=feed.validation,
            validation_batch_size=500,
            shuffle=False,  # Minibatches keeps the order that the seed gives
            callbacks=[keras.callbacks.LambdaCallback(on_epoch_begin=minibatches.start), *callbacks],
            verbose=0,
        )
        return history.history


class Minibatches(keras.utils.PyDataset):
    """The minibatches of each epoch, augmented where asked; deterministic by seed, epoch and batch number."""

    def __init__(self, feed: Feed, augmentation: Augmentation | None):
        super().__init__(workers=1, use_multiprocessing=False, max_queue_size=4)
        self.feed = feed
        self.augmentation = augmentation
        self.start(0)

    def start(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Go to an epoch. Called as a callback: Keras's own `on_epoch_end` also counts its trial run of a batch."""
        self.epoch = epoch
        self.order = self.feed.order(epoch)

    def __len__(self) -> int:
        return self.feed.steps

    def __getitem__(self, i: int) -> tuple[np.ndarray, ...]:
        """Batch number `i` of the current epoch."""
        feed = self.feed
        rows = self.order[i * feed.batch_size : (i + 1) * feed.batch_size]
        x = feed.x[rows]
        if self.augmentation is not None:
            x = augment(x, self.augmentation, np.random.default_rng([feed.seed, self.epoch, i]))
        weight = () if feed.sample_weight is None else (feed.sample_weight[rows],)
        return (x, feed.y[rows], *weight)


def augment(x: np.ndarray, how: Augmentation, rng: np.random.Generator) -> np.ndarray:
    """Random flips and shifts of a batch of images.

    Args:
        x: float (N, H, W, C).
        how: `horizontal_flip` mirrors half of the images; `translate` shifts each by -t..t pixels on both axes,
            the uncovered edge filled by reflection.
        rng: source of every random choice.

    Returns:
        float (N, H, W, C), a new array.
    """
    n, height, width, _ = x.shape
    if how.horizontal_flip:
        flipped = np.less(rng.random((n, 1, 1, 1)), 0.5)
        x = np.where(flipped, x[:, :, ::-1], x)
    t = how.translate
    if t:
        padded = np.pad(x, ((0, 0), (t, t), (t, t), (0, 0)), mode="reflect")
        windows = np.lib.stride_tricks.sliding_window_view(padded, (height, width), axis=(1, 2))
        down, right = rng.integers(0, 2 * t + 1, (2, n))
        x = np.moveaxis(windows[np.arange(n), down, right], 1, -1)
    return np.ascontiguousarray(x)
