"""What is known of a config's dataset before a byte of it is fetched: shapes, classes, counts, identity.

Only `npz` opens a file, and NumPy is imported for it alone, so that `relecture list` stays quick.
"""

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from experiments.data import counting
from experiments.data.errors import UnfitDataError
from experiments.data.sums import ARRAYS
from experiments.spec.dataset import Cifar10, DatasetSpec, Digits, Iris, Npz
from experiments.spec.preparation import DatasetOptions
from experiments.spec.synthetic import Bernoulli, Boolean, Curve, Drawn, Labelled, PlaygroundCircle, Wave

CIFAR10_CLASSES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)
FORMULAS_VERSION = 1
"""Raised when a formula of drawn points changes, so that trials on them are trained again."""
PLAYGROUND_POINTS = 500
MNIST_TRAIN_COUNTS = (5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949)


@dataclass(frozen=True)
class Facts:
    """A dataset as its config asks for it.

    Images always end with a channel axis: MNIST is (28, 28, 1), CIFAR-10 (32, 32, 3), and grey images (N, H, W)
    of an npz become (H, W, 1). With `flatten: true` the shape is the product, (784,) for MNIST.
    """

    example_shape: tuple[int, ...]
    """Of one example, as the model will see it."""
    class_names: tuple[str, ...]
    """In the order of the integer labels; digits for MNIST, and for an npz without names; none for regression."""
    train_examples: int
    """After validation split, imbalance and subset. A close estimate, not a count, in one case: an imbalance
    after a split that is not stratified, because only the labels say how many of each class remain."""
    validation_examples: int
    """0 where there is no validation set."""
    test_examples: int
    raw_bytes: int = 0
    """Of an npz's arrays as they lie in the file, where they stay in memory beside the prepared ones."""

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return len(self.class_names)


def facts(spec: DatasetSpec, folder: Path) -> Facts:
    """Tell shapes, classes and counts of the dataset that a config asks for.

    Args:
        spec: the `dataset:` part of a config.
        folder: the config's folder, from which an npz's path is taken.

    Raises:
        DataError: if the choices cannot be met (a subset larger than the data, an empty class), or an npz
            cannot be read or does not hold what it must.
    """
    raw = _raw_facts(spec, folder)
    pool = sum(raw.counts)
    test = raw.test_examples
    counts, exact = list(raw.counts), raw.exact
    if isinstance(spec, Iris):
        test = pool
        if spec.test.how != "all":
            test = counting.drawn_by(spec.test, pool, "test")
            counts, exact = _after(test, counts), spec.test.how == "stratified"
    pool = sum(counts)
    validation = {"none": 0, "test": test}.get(spec.validation.how, -1)
    if validation < 0:
        validation = counting.drawn_by(spec.validation, pool, "validation")
        counts, exact = _after(validation, counts), exact and spec.validation.how == "stratified"
    if exact:
        counting.refuse_empty(counts, raw.class_names, "the test and validation splits took all")
    if spec.imbalance is not None:
        counts = counting.kept_by_imbalance(counts, spec.imbalance)
        if exact:
            counting.refuse_empty(counts, raw.class_names, f"dataset.imbalance.ratio {spec.imbalance.ratio:g}")
    if spec.subset is not None and (exact or spec.imbalance is None):
        counts = counting.kept_by_subset(counts, spec.subset)
        if exact:
            counting.refuse_empty(counts, raw.class_names, f"dataset.subset {spec.subset} is too small")
    train = sum(counts) if spec.subset is None else min(sum(counts), spec.subset)
    shape = (math.prod(raw.shape),) if spec.flatten else raw.shape
    return Facts(shape, raw.class_names, train, validation, test, raw.raw_bytes)


def fingerprint(spec: DatasetSpec, folder: Path) -> str:
    """Name the raw bytes behind a dataset: 64 hexadecimal digits.

    For Iris, MNIST and CIFAR-10 it is derived from the sums that their arrays must have, and so known without
    them; for an npz it is the SHA-256 of the file; for drawn points it names formula and numbers. Choices such as a
    subset or a scale are not part of it: they stand in the config.

    Raises:
        UnfitDataError: if an npz cannot be read.
    """
    if isinstance(spec, Npz):
        from experiments.data import npz

        return npz.file_sum(folder / spec.path)
    if isinstance(spec, Drawn):
        own = set(type(spec).model_fields) - set(DatasetOptions.model_fields)
        formula = {"version": FORMULAS_VERSION, **spec.model_dump(mode="json", include=own)}
        return hashlib.sha256(json.dumps(formula, sort_keys=True).encode()).hexdigest()
    lines = [f"{name} {array.sha256}\n" for name, array in sorted(ARRAYS[spec.name].items())]
    return hashlib.sha256("".join([f"{spec.name}\n", *lines]).encode()).hexdigest()


@dataclass(frozen=True)
class _RawFacts:
    """Before any split: the training examples by class (for Iris: all), and the test set's size."""

    shape: tuple[int, ...]
    class_names: tuple[str, ...]
    counts: Sequence[int]
    test_examples: int
    exact: bool = True
    """Whether the counts by class are known, and not only their sum."""
    raw_bytes: int = 0


def _raw_facts(spec: DatasetSpec, folder: Path) -> _RawFacts:
    if isinstance(spec, Iris):
        return _RawFacts((len(spec.features),), tuple(spec.classes), [50] * len(spec.classes), 0)
    if isinstance(spec, Digits):
        return _RawFacts((28, 28, 1), tuple("0123456789"), MNIST_TRAIN_COUNTS, 10_000)
    if isinstance(spec, Cifar10):
        return _RawFacts((32, 32, 3), CIFAR10_CLASSES, [5_000] * 10, 10_000)
    if isinstance(spec, Drawn):
        return _drawn_facts(spec)
    from experiments.data import npz

    outline = npz.outline(folder / spec.path, spec.class_names)
    if spec.scale == "channel_standard" and len(outline.shape) == 1:
        features = outline.shape[0]
        raise UnfitDataError(f"{folder / spec.path}: scale: channel_standard needs images, got {features} features")
    copied = spec.scale != "none" or not outline.float32
    raw_bytes = outline.stored_bytes if copied else 0
    counts, test = outline.train_counts, outline.test_examples
    return _RawFacts(outline.shape, outline.class_names, counts, test, raw_bytes=raw_bytes)


def _drawn_facts(spec: Drawn) -> _RawFacts:
    names = class_names_of(spec)
    match spec:
        case Boolean():
            ones = {"or": 3, "and": 1, "xor": 2, "nand": 3}[spec.function]
            return _RawFacts((2,), names, [4 - ones, ones], 4)
        case PlaygroundCircle():
            training = PLAYGROUND_POINTS * spec.train_percent // 100
            halves = [training - training // 2, training // 2]
            return _RawFacts((2,), names, halves, PLAYGROUND_POINTS - training, exact=False)
        case Bernoulli():
            halves = [spec.examples - spec.examples // 2, spec.examples // 2]
            return _RawFacts((len(spec.weights),), names, halves, spec.test_examples, exact=False)
        case Curve():
            return _RawFacts((1,), names, [spec.examples], spec.test_examples)
        case Labelled():
            return _RawFacts((2,), names, labelled_counts(spec.examples, spec.flip), spec.test_examples)
    raise TypeError(f"no facts of {spec!r}")


def class_names_of(spec: Drawn) -> tuple[str, ...]:
    """What the classes of drawn points are called; none for a curve."""
    match spec:
        case Curve():
            return ()
        case Wave():
            return ("red", "green")
        case PlaygroundCircle():
            return ("-1", "+1")
    return ("0", "1")


def labelled_counts(examples: int, flip: float) -> list[int]:
    """Labels of class 0 and class 1 among so many points, a share of each class's flipped."""
    sizes = [examples - examples // 2, examples // 2]
    turned = [round(flip * size) for size in sizes]
    return [sizes[0] - turned[0] + turned[1], sizes[1] - turned[1] + turned[0]]


def _after(drawn: int, counts: Sequence[int]) -> list[int]:
    shares = counting.proportional(drawn, counts)
    return [count - share for count, share in zip(counts, shares, strict=True)]
