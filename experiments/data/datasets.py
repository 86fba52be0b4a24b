"""From a config's `dataset:` to arrays ready for a network."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.data import cache as store
from experiments.data import npz, preparing, sources, splits
from experiments.data.errors import DataError, UnfitDataError
from experiments.data.facts import CIFAR10_CLASSES, class_names_of, fingerprint
from experiments.data.progress import Progress, silent
from experiments.spec.dataset import DatasetSpec, Iris, Npz
from experiments.spec.synthetic import Drawn

__all__ = ["DataError", "Dataset", "Examples", "load_dataset"]

IRIS_CLASSES = ("setosa", "versicolor", "virginica")
IRIS_FEATURES = ("sepal_length", "sepal_width", "petal_length", "petal_width")


@dataclass(frozen=True)
class Examples:
    """Some examples and their classes, or for regression their values."""

    x: NDArray[np.float32]
    """(N, F), or (N, H, W, C): images always end with a channel axis. C order."""
    y: NDArray[np.int64] | NDArray[np.float32]
    """(N,) class indices from 0; for regression values."""

    def __len__(self) -> int:
        return len(self.y)


@dataclass(frozen=True)
class Dataset:
    """What a trial trains, validates and tests on."""

    train: Examples
    validation: Examples | None
    """With `validation: test` the very object that `test` is."""
    test: Examples
    class_names: tuple[str, ...]
    """None for regression."""
    fingerprint: str
    """Identity of the raw bytes; `facts.fingerprint` gives the same without loading."""

    @property
    def is_regression(self) -> bool:
        """Whether examples have values instead of classes."""
        return not self.class_names


def load_dataset(spec: DatasetSpec, folder: Path, *, cache: Path, progress: Progress | None = None) -> Dataset:
    """Load a dataset and prepare it as its config says.

    Classes and features are chosen first; then come the test split (Iris has no test set of its own), the
    validation split, the imbalance, the subset, the scale and the flattening. Imbalance and subset change the
    training examples only. Rows keep their order. The numbers behind `scale: standard` come from the training
    examples that are left at the end (`scale_from: train`), or (`scale_from: all`) from every example before any
    split: for Iris all of the chosen classes, the test examples included, as the lecture does; for datasets with
    a test set of their own all training and validation examples, never the test set.

    Args:
        spec: the `dataset:` part of a config.
        folder: the config's folder, from which an npz's path is taken.
        cache: the folder of fetched data.
        progress: told how fetching goes.

    Raises:
        DataError: if the data cannot be had; an UnfitDataError if they do not fit the config.
    """
    raw = _raw(spec, folder, cache, progress or silent)
    classes = raw.y.astype(np.int64, copy=False) if raw.class_names else np.zeros(len(raw.y), np.int64)
    rows = splits.choose(spec, classes, raw.class_names or ("any",))
    scaling = _scaling(spec, raw, rows)

    def examples(x: NDArray[Any], y: NDArray[Any]) -> Examples:
        scaled = _scaled(spec, x, scaling, raw.where)
        return Examples(scaled.reshape(len(scaled), -1) if spec.flatten else scaled, y)

    def chosen(which: NDArray[np.intp]) -> Examples:
        return examples(preparing.taken(raw.x, which), raw.y[which])

    if raw.x_test is not None and raw.y_test is not None:
        test = examples(raw.x_test, raw.y_test)
    else:
        test = chosen(rows.test if rows.test is not None else rows.pool)
    validation = chosen(rows.validation) if rows.validation is not None else None
    if spec.validation.how == "test":
        validation = test
    return Dataset(chosen(rows.train), validation, test, raw.class_names, raw.fingerprint)


@dataclass(frozen=True)
class _Raw:
    """Arrays as they come: x uint8 images or numbers of any type, y (N,)."""

    x: NDArray[Any]
    y: NDArray[Any]
    x_test: NDArray[Any] | None
    y_test: NDArray[Any] | None
    class_names: tuple[str, ...]
    fingerprint: str
    where: str
    """For messages: the dataset or the file."""


def _raw(spec: DatasetSpec, folder: Path, cache: Path, progress: Progress) -> _Raw:
    if isinstance(spec, Iris):
        return _iris(spec, fingerprint(spec, folder))
    if isinstance(spec, Drawn):
        from experiments.data import synthetic

        training, test = synthetic.draw(spec)
        return _Raw(*training, *test, class_names_of(spec), fingerprint(spec, folder), spec.name)
    if isinstance(spec, Npz):
        path = folder / spec.path
        own = npz.load(path, spec.class_names)
        return _Raw(own.x_train, own.y_train, own.x_test, own.y_test, own.class_names, own.sha256, str(path))
    arrays = sources.obtain(spec.name, cache, progress)
    x_train, x_test = arrays["x_train"], arrays["x_test"]
    if spec.name == "mnist":
        x_train, x_test = x_train[..., np.newaxis], x_test[..., np.newaxis]
    y_train, y_test = (arrays[name].reshape(-1).astype(np.int64) for name in ("y_train", "y_test"))
    names = tuple("0123456789") if spec.name == "mnist" else CIFAR10_CLASSES
    return _Raw(x_train, y_train, x_test, y_test, names, fingerprint(spec, folder), spec.name)


def _iris(spec: Iris, identity: str) -> _Raw:
    from sklearn.datasets import load_iris

    x, y = load_iris(return_X_y=True)
    wrong = store.mismatch("iris", {"x": x, "y": y})
    if wrong is not None:
        raise DataError(f"iris: the installed scikit-learn does not hold the published data: {wrong}")
    columns = [IRIS_FEATURES.index(feature) for feature in spec.features]
    numbers = {IRIS_CLASSES.index(name): k for k, name in enumerate(spec.classes)}
    of_chosen = np.isin(y, list(numbers))
    labels = np.array([numbers[k] for k in y[of_chosen].tolist()], np.int64)
    return _Raw(x[of_chosen][:, columns], labels, None, None, tuple(spec.classes), identity, "iris")


def _scaling(spec: DatasetSpec, raw: _Raw, rows: splits.Choice) -> preparing.Scaling | None:
    """Check that the scale suits the data, and measure what it needs."""
    if spec.scale == "unit":
        arrays = [raw.x] if raw.x_test is None else [raw.x, raw.x_test]
        preparing.refuse_unless_pixels(arrays, raw.where)
    if spec.scale not in ("standard", "channel_standard"):
        return None
    if spec.scale == "channel_standard" and raw.x.ndim == 2:
        raise UnfitDataError(f"{raw.where}: scale: channel_standard needs images, got {raw.x.shape[1]} features")
    which = rows.train if spec.scale_from == "train" else np.arange(len(raw.x))
    return preparing.measure(raw.x, which, spec.scale)


def _scaled(spec: DatasetSpec, x: NDArray[Any], scaling: preparing.Scaling | None, where: str) -> NDArray[np.float32]:
    if scaling is not None:
        return preparing.standardised(x, scaling, where)
    return preparing.unit(x) if spec.scale == "unit" else preparing.plain(x)
