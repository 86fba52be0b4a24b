"""Do data, model, loss and training fit together? Found before anything is trained, without loading the data."""

from collections.abc import Iterator
from pathlib import Path

from experiments.data.errors import DataError, EmptyClass
from experiments.data.facts import Facts, facts
from experiments.documents import KeyPath
from experiments.spec import DatasetSpec, ExperimentSpec
from experiments.spec.experiment import Recipe
from experiments.spec.loss import BINARY, FROM_LOGITS, SIGNED, SPARSE
from experiments.spec.model import Cnn, ScikitModel

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
        known = _facts(spec.dataset, folder)
        image_shape = _facts(spec.dataset.model_copy(update={"flatten": False}), folder).example_shape
    except DataError as error:
        return [(("dataset",), str(error))]
    if incomplete := list(_parts(spec)):
        return incomplete
    if spec.as_printed:
        return [*_ensemble(spec, known), *_sweep(spec, known)]  # ours, and no part of the script
    findings = [*_model_against_shape(spec, known), *_imbalance(spec, known)]
    if spec.recipe is None:
        findings += _scikit_model(spec, known)
    else:
        findings += [
            *_output_against_classes(spec.recipe, known),
            *_activation_against_loss(spec.recipe),
            *_weights_against_classes(spec.recipe, known),
            *_labels_against_loss(spec.recipe, spec.dataset.labels),
            *_training(spec, spec.recipe, known),
        ]
    findings += [*_metrics(spec, known), *_ensemble(spec, known), *_figures(spec, known, image_shape)]
    return [*findings, *_sweep(spec, known)]


def _facts(spec: DatasetSpec, folder: Path) -> Facts:
    """Facts of the dataset. A class without examples is the outcome of its trials alone, and no fault of the file."""
    try:
        return facts(spec, folder)
    except EmptyClass:
        return facts(spec.model_copy(update={"subset": None, "imbalance": None}), folder)


_EXAMPLES = {
    "loss": "{name: categorical_crossentropy} or {name: binary_crossentropy}",
    "optimizer": "{name: sgd, learning_rate: 0.01}",
    "training": "{epochs: 10, batch_size: 100}",
}


def _parts(spec: ExperimentSpec) -> Iterator[Finding]:
    """A network needs loss, optimizer and training; a scikit-learn model has no use for them."""
    for key, example in _EXAMPLES.items():
        given = getattr(spec, key) is not None
        if isinstance(spec.model, ScikitModel) and given:
            how = f"{spec.model.name} is fitted by scikit-learn's own method and takes no {key}"
            yield (key,), f"{how}; remove it, or set it to null in a variant"
        if not isinstance(spec.model, ScikitModel) and not given:
            yield (key,), f"missing; a {spec.model.name} needs it, such as {example}"


def _scikit_model(spec: ExperimentSpec, known: Facts) -> Iterator[Finding]:
    if spec.dataset.labels != "auto":
        message = f"scikit-learn's models take classes as they are; expected auto, got {spec.dataset.labels}"
        yield ("dataset", "labels"), message
    if not known.class_names:
        message = f"{spec.model.name} tells classes apart, and the dataset has values; expected a network"
        yield ("model", "name"), message
    if spec.save_model:
        yield ("save_model",), "only networks are saved; expected false"


def _output_against_classes(recipe: Recipe, known: Facts) -> Iterator[Finding]:
    units, classes, loss = recipe.model.output.units, len(known.class_names), recipe.loss.name
    here = ("model", "output", "units")
    one_is_enough = classes == 2 and loss in EITHER_WAY
    if not known.class_names:
        if loss not in EITHER_WAY:
            yield ("loss", "name"), f"the dataset has values; expected one of {', '.join(EITHER_WAY)}, got {loss}"
        if units != 1:
            yield here, f"expected 1 unit for the dataset's values, got {units}"
    elif loss in BINARY or loss in SIGNED:
        if classes != 2:
            yield ("loss", "name"), f"{loss} is for two classes, and the dataset has {classes}"
        elif units != 1:
            yield here, f"expected 1 unit for {loss}, got {units}"
    elif units != classes and not (one_is_enough and units == 1):
        yield here, f"expected {classes} units, one for each class of the dataset, got {units}"


def _activation_against_loss(recipe: Recipe) -> Iterator[Finding]:
    activation, loss = recipe.model.output.activation, recipe.loss.name
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


def _weights_against_classes(recipe: Recipe, known: Facts) -> Iterator[Finding]:
    classes = len(known.class_names)
    given = {
        ("loss", "alpha"): getattr(recipe.loss, "alpha", None),
        ("training", "class_weight"): recipe.training.class_weight,
    }
    for path, weights in given.items():
        if isinstance(weights, list) and len(weights) != classes:
            yield path, f"expected {classes} weights, one for each class, got {len(weights)}"


def _labels_against_loss(recipe: Recipe, labels: str) -> Iterator[Finding]:
    loss = recipe.loss.name
    if labels == "one_hot" and (loss in SPARSE or recipe.model.output.units == 1):
        yield ("dataset", "labels"), f"expected integer (or auto) for {loss}, got one_hot"
    if labels == "signed" and (recipe.model.output.units != 1 or loss not in (*EITHER_WAY, *SIGNED)):
        expected = ", ".join((*sorted(SIGNED), *EITHER_WAY))
        yield ("dataset", "labels"), f"signed labels are for one output unit under one of {expected}"
    if labels == "integer" and loss not in SPARSE and recipe.model.output.units > 1:
        yield ("dataset", "labels"), f"expected one_hot (or auto) for {loss}, got integer"


def _training(spec: ExperimentSpec, recipe: Recipe, known: Facts) -> Iterator[Finding]:
    validated, training = spec.dataset.validation.how != "none", recipe.training
    stopping = training.early_stopping
    if stopping and stopping.monitor.endswith("accuracy") and not known.class_names:
        message = f"the dataset has values; expected loss or val_loss, got {stopping.monitor}"
        yield ("training", "early_stopping", "monitor"), message
    below = training.stop_below
    if below and below.monitor == "val_loss" and spec.dataset.validation.how in ("none", "test"):
        message = "val_loss needs validation data of their own; set dataset.validation"
        yield ("training", "stop_below", "monitor"), message
    updates = training.snapshots is not None and training.snapshots.of == "updates"
    if updates and training.engine == "compiled":
        yield ("training", "engine"), "expected fit (or auto) for snapshots of updates, got compiled"
    if stopping and stopping.monitor.startswith("val_") and not validated:
        message = f"{stopping.monitor} needs validation data; set dataset.validation"
        yield ("training", "early_stopping", "monitor"), message
    if stopping and stopping.monitor.startswith("val_") and spec.dataset.validation.how == "test":
        message = "would choose the epoch by test data; expected dataset.validation with a fraction of its own"
        yield ("training", "early_stopping", "monitor"), message
    if training.engine == "compiled" and (isinstance(recipe.model, Cnn) or training.augmentation):
        what = "augmentation" if training.augmentation else "a cnn"
        yield ("training", "engine"), f"expected fit (or auto) for {what}, got compiled"
    if training.augmentation and len(known.example_shape) != 3:
        yield (
            ("training", "augmentation"),
            f"augmentation is for images, and an example is {known.example_shape}",
        )


def _sweep(spec: ExperimentSpec, known: Facts) -> Iterator[Finding]:
    if spec.sweep is None:
        return
    name = spec.sweep.metric.name
    if isinstance(spec.model, ScikitModel):
        yield ("sweep", "metric"), f"a {spec.model.name} is not trained in epochs, so no run of it gives {name}"
    elif name == "val_accuracy" and not known.class_names:
        yield ("sweep", "metric", "name"), "the dataset has values; expected val_loss, got val_accuracy"


def _imbalance(spec: ExperimentSpec, known: Facts) -> Iterator[Finding]:
    classes = len(known.class_names)
    if spec.dataset.imbalance:
        for i, minority in enumerate(spec.dataset.imbalance.minority):
            if minority >= classes:
                message = f"expected a class from 0 to {classes - 1}, got {minority}"
                yield ("dataset", "imbalance", "minority", i), message


OF_VALUES = ("mean_squared_error", "mean_absolute_error", "largest_error", "r_squared")
OF_BOTH = ("train_loss", "epochs", "updates")


def _metrics(spec: ExperimentSpec, known: Facts) -> Iterator[Finding]:
    for i, metric in enumerate(spec.metrics):
        if metric in OF_VALUES and known.class_names:
            yield ("metrics", i), f"{metric} is of values, and the dataset has classes"
        if metric not in (*OF_VALUES, *OF_BOTH) and not known.class_names:
            yield ("metrics", i), f"{metric} is of classes, and the dataset has values; expected {', '.join(OF_VALUES)}"
    if "epochs_to_level" in spec.metrics and spec.accuracy_level is None:
        yield ("metrics", spec.metrics.index("epochs_to_level")), "epochs_to_level needs accuracy_level, such as 0.9"


def _ensemble(spec: ExperimentSpec, known: Facts) -> Iterator[Finding]:
    """The networks of all seeds are judged by the mean of their probabilities."""
    if spec.ensemble and not known.class_names:
        yield ("ensemble",), "is of classes, and the dataset has values; expected false"
    elif spec.ensemble and spec.signed:
        yield ("ensemble",), "is a mean of probabilities, and signed outputs are none; expected false"


def _figures(spec: ExperimentSpec, known: Facts, image_shape: tuple[int, ...]) -> Iterator[Finding]:
    shape = known.example_shape
    for i, figure in enumerate(spec.figures):
        if figure in OF_THE_PLANE and (shape != (2,) or not known.class_names):
            yield ("figures", i), f"{figure} needs classes and two features, and an example is {shape}"
        if figure in OF_IMAGES and len(image_shape) != 3:
            yield ("figures", i), f"{figure} needs images, and an example is {image_shape}"
        if figure == "weight_histograms" and not spec.save_model:
            yield ("figures", i), "weight_histograms needs the trained models; set save_model: true"
        if figure == "function_fit" and (shape != (1,) or known.class_names):
            yield ("figures", i), "function_fit needs values of one feature; see dataset: {name: curve}"
        if figure == "predicted_distributions" and spec.signed:
            yield ("figures", i), f"{figure} needs probabilities, and signed outputs are none"
        if figure in OF_CLASSES and not known.class_names:
            yield ("figures", i), f"{figure} needs classes, and the dataset has values"
        if figure == "calibration" and known.classes != 2:
            yield ("figures", i), f"calibration needs two classes, and the dataset has {known.classes}"


OF_THE_PLANE = ("decision_regions", "decision_snapshots", "unit_maps")
OF_IMAGES = ("misclassified", "sample_grid")
OF_CLASSES = ("confusion_matrix", "class_recalls", "predicted_distributions", "accuracy_against_size",
              "accuracy_against_time")  # fmt: skip
