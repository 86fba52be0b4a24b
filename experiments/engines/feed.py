"""What an engine is given: arrays, batch size, and the order of the examples, the same for every engine."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Feed:
    """The training data of one trial, and how to go through it.

    Attributes:
        x: float32 (N, ...), examples.
        y: (N, ...), labels in the loss's form.
        sample_weight: float32 (N,), or None for equal weights.
        validation: (x, y) to evaluate after each epoch, or None.
        batch_size: examples a minibatch; the last one of an epoch may be smaller.
        epochs: most epochs to train.
        shuffle: draw a new order each epoch.
        seed: the trial's seed; orders and augmentation follow from it.
    """

    x: np.ndarray
    y: np.ndarray
    sample_weight: np.ndarray | None
    validation: tuple[np.ndarray, np.ndarray] | None
    batch_size: int
    epochs: int
    shuffle: bool
    seed: int

    @property
    def steps(self) -> int:
        """Minibatches an epoch, the last partial one included."""
        return -(-len(self.x) // self.batch_size)

    def order(self, epoch: int) -> np.ndarray:
        """The order of the examples in an epoch: int32 (N,).

        A function of seed and epoch alone, so that every engine, and a resumed run, sees the same minibatches.
        """
        if not self.shuffle:
            return np.arange(len(self.x), dtype=np.int32)
        return np.random.default_rng([self.seed, epoch]).permutation(len(self.x)).astype(np.int32)
