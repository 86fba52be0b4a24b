"""Do data, model, loss and training fit together? Found before anything is trained, without loading the data."""

from collections.abc import Iterator
from pathlib import Path

from experiments.data.errors import DataError
from experiments.data.facts import Facts, facts
from experiments.documents import KeyPath
from experiments.spec import ExperimentSpec
from experiments.spec.loss import BINARY, FROM_LOGITS, SPARSE
from experiments.spec.model import Cnn

Finding = tuple[KeyPath, str]

SQUASHING = ("sigmoid", "hard_sigmoid_slide", "hard_sigmoid_keras2", "hard_sigmoid_keras3")
EITHER_WAY = ("mean_squared_error", "mean_absolute_error", "quadratic_cost")
"""Losses for one unit over two classes as well as one unit a class."""


def check_spec(spec: ExperimentSpec, folder: Path) -> list[Finding]:
    """The misfits of one resolved config, each with the key to change.

    An `as_printed` experiment is a lecture's script to the letter: its misfits are its point, so there are none,
    but for data that cannot be read.
    """
    try:
        known = facts(spec.dataset, folder)
        image_shape = facts(spec.dataset.model_copy(update={"flatten": False}), folder).example_shape
    except DataError as error:
        return [(("dataset",), str(error))]
    if spec.as_printed:
        return []
    return [
        *_output_against_classes(spec, known),
        *_activation_against_loss(spec),
        *_model_against_shape(spec, known),
        *_weights_against_classes(spec, known),
        *_labels_against_loss(spec),
        *_training(spec, known),
        *_figures(spec, known.example_shape, image_shape),
    ]


def _output_against_classes(spec: ExperimentSpec, known: Facts) -> Iterator[Finding]:
    units, classes, loss = spec.model.output.units, len(known.class_names), spec.loss.name
    here = ("model", "output", "units")
    one_is_enough = classes == 2 and (loss in BINARY or loss in EITHER_WAY)
    if loss in BINARY:
        if classes != 2:
            yield ("loss", "name"), f"{loss} is for two classes, and the dataset has {classes}"
        elif units != 1:
            yield here, f"expected 1 unit for {loss}, got {units}"
    elif units != classes and not (one_is_enough and units == 1):
        yield here, f"expected {classes} units, one for each class of the dataset, got {units}"


def _activation_against_loss(spec: ExperimentSpec) -> Iterator[Finding]:
    activation, loss = spec.model.output.activation, spec.loss.name
    if loss in FROM_LOGITS:
        fitting: tuple[str, ...] = ("linear",)
    elif loss in BINARY:
        fitting = SQUASHING
    elif loss.endswith("crossentropy"):
        fitting = ("softmax",)
    else:
        return
    if activation not in fitting:
        expected = " or ".join(fitting)
        yield ("model", "output", "activation"), f"expected {expected} for the loss {loss}, got {activation}"


def _model_against_shape(spec: ExperimentSpec, known: Facts) -> Iterator[Finding]:
    shape = known.example_shape
    if not isinstance(spec.model, Cnn):
        if len(shape) != 1:
            yield (
                ("dataset", "flatten"),
                f"expected true: a {spec.model.name} takes vectors, and an example is {shape}",
            )
        return
    if len(shape) != 3:
        yield ("model", "name"), f"cnn takes images (height, width, channels), and an example is {shape}"
        return
    height, width, _ = shape
    for i, block in enumerate(spec.model.blocks):
        height, width = -(-height // block.strides), -(-width // block.strides)
        if min(height, width) < block.pool:
            message = f"pool {block.pool} does not fit the {height} x {width} that is left here"
            yield ("model", "blocks", i, "pool"), message
            return
        height, width = height // block.pool, width // block.pool


def _weights_against_classes(spec: ExperimentSpec, known: Facts) -> Iterator[Finding]:
    classes = len(known.class_names)
    given = {
        ("loss", "alpha"): getattr(spec.loss, "alpha", None),
        ("training", "class_weight"): spec.training.class_weight,
    }
    for path, weights in given.items():
        if isinstance(weights, list) and len(weights) != classes:
            yield path, f"expected {classes} weights, one for each class, got {len(weights)}"


def _labels_against_loss(spec: ExperimentSpec) -> Iterator[Finding]:
    labels, loss = spec.dataset.labels, spec.loss.name
    if labels == "one_hot" and (loss in SPARSE or spec.model.output.units == 1):
        yield ("dataset", "labels"), f"expected integer (or auto) for {loss}, got one_hot"
    if labels == "integer" and loss not in SPARSE and spec.model.output.units > 1:
        yield ("dataset", "labels"), f"expected one_hot (or auto) for {loss}, got integer"


def _training(spec: ExperimentSpec, known: Facts) -> Iterator[Finding]:
    validated = spec.dataset.validation.how != "none"
    stopping = spec.training.early_stopping
    if stopping and stopping.monitor.startswith("val_") and not validated:
        message = f"{stopping.monitor} needs validation data; set dataset.validation"
        yield ("training", "early_stopping", "monitor"), message
    if stopping and stopping.monitor.startswith("val_") and spec.dataset.validation.how == "test":
        message = "would choose the epoch by test data; expected dataset.validation with a fraction of its own"
        yield ("training", "early_stopping", "monitor"), message
    if spec.training.engine == "compiled" and (isinstance(spec.model, Cnn) or spec.training.augmentation):
        what = "augmentation" if spec.training.augmentation else "a cnn"
        yield ("training", "engine"), f"expected fit (or auto) for {what}, got compiled"
    if spec.sweep and spec.dataset.validation.how in ("none", "test"):
        message = "a sweep chooses by validation data; expected dataset.validation with a fraction of its own"
        yield ("sweep", "metric"), message
    if spec.training.augmentation and len(known.example_shape) != 3:
        yield (
            ("training", "augmentation"),
            f"augmentation is for images, and an example is {known.example_shape}",
        )
    classes = len(known.class_names)
    if spec.dataset.imbalance:
        for i, minority in enumerate(spec.dataset.imbalance.minority):
            if minority >= classes:
                message = f"expected a class from 0 to {classes - 1}, got {minority}"
                yield ("dataset", "imbalance", "minority", i), message


def _figures(spec: ExperimentSpec, shape: tuple[int, ...], image_shape: tuple[int, ...]) -> Iterator[Finding]:
    for i, figure in enumerate(spec.figures):
        if figure == "decision_regions" and shape != (2,):
            yield ("figures", i), f"decision_regions needs two features, and an example is {shape}"
        if figure in ("misclassified", "sample_grid") and len(image_shape) != 3:
            yield ("figures", i), f"{figure} needs images, and an example is {image_shape}"
