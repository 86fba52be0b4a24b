"""Which rows train, validate and test. Rows keep the order in which they lie; chance only picks them.

Every random choice draws from its own generator, seeded by the config's `split_seed` and the choice's purpose,
so that changing one choice leaves the others as they were.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.data import counting
from experiments.spec.dataset import DatasetSpec, Iris
from experiments.spec.preparation import Split

Rows = NDArray[np.intp]

PURPOSES = {"test": 1, "validation": 2, "imbalance": 3, "subset": 4}


@dataclass(frozen=True)
class Choice:
    """Ascending row numbers into the training arrays (for Iris: into all examples)."""

    pool: Rows
    """Training examples before validation, imbalance and subset take their share."""
    train: Rows
    validation: Rows | None
    """None if there is none, and if the test examples serve."""
    test: Rows | None
    """None if the dataset has a test set of its own."""


def choose(spec: DatasetSpec, labels: NDArray[np.int64], class_names: Sequence[str]) -> Choice:
    """Follow a config: test split (Iris only), validation split, imbalance, subset, in this order.

    Args:
        spec: the `dataset:` part of a config.
        labels: (N,) class of every row that may train.
        class_names: one a class.

    Raises:
        DataError: if a split leaves one side empty, a class loses its last training example, or the subset
            asks for more than there is.
    """
    everything = np.arange(len(labels))
    pool, test, validation = everything, None, None
    if isinstance(spec, Iris):
        test = everything
        if spec.test.how != "all":
            test = draw(spec.test, labels, _random(spec, "test"), "test")
            pool = np.setdiff1d(everything, test, assume_unique=True)
    train = pool
    if spec.validation.how == "test":
        validation = test
    elif spec.validation.how != "none":
        validation = pool[draw(spec.validation, labels[pool], _random(spec, "validation"), "validation")]
        train = np.setdiff1d(pool, validation, assume_unique=True)
    train = _thin(spec, train, labels, class_names)
    return Choice(pool, train, validation, test)


def draw(split: Split, labels: NDArray[np.int64], random: np.random.Generator, key: str) -> Rows:
    """Pick the rows that a split with a fraction takes, ascending.

    Raises:
        DataError: if either side would be empty; `key` is the config's key to name.
    """
    rows = len(labels)
    drawn = counting.drawn_by(split, rows, key)
    if split.how == "last":
        return np.arange(rows - drawn, rows)
    if split.how == "shuffled":
        return np.sort(random.permutation(rows)[:drawn])
    return keep(labels, counting.proportional(drawn, np.bincount(labels).tolist()), random)


def keep(labels: NDArray[np.int64], counts: Sequence[int], random: np.random.Generator) -> Rows:
    """Pick counts[k] rows of each class k at random, ascending.

    Every class is permuted whole, so that asking for more of a class only adds to what fewer would pick.
    """
    picked = [random.permutation(np.flatnonzero(labels == k))[:count] for k, count in enumerate(counts)]
    return np.sort(np.concatenate(picked))


def _thin(spec: DatasetSpec, train: Rows, labels: NDArray[np.int64], class_names: Sequence[str]) -> Rows:
    def counts() -> list[int]:
        found: list[int] = np.bincount(labels[train], minlength=len(class_names)).tolist()
        return found

    counting.refuse_empty(counts(), class_names, "the test and validation splits took all")
    if spec.imbalance is not None:
        kept = counting.kept_by_imbalance(counts(), spec.imbalance)
        counting.refuse_empty(kept, class_names, f"dataset.imbalance.ratio {spec.imbalance.ratio:g}")
        train = train[keep(labels[train], kept, _random(spec, "imbalance"))]
    if spec.subset is not None:
        kept = counting.kept_by_subset(counts(), spec.subset)
        counting.refuse_empty(kept, class_names, f"dataset.subset {spec.subset} is too small")
        train = train[keep(labels[train], kept, _random(spec, "subset"))]
    return train


def _random(spec: DatasetSpec, purpose: str) -> np.random.Generator:
    return np.random.default_rng([spec.split_seed, PURPOSES[purpose]])
