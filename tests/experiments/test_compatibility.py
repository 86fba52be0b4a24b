"""Parts of a config that are valid alone and do not go together."""

import pytest

from experiments.loading import load_experiment
from tests.experiments.conftest import IRIS, MNIST, WriteConfig, problems_of


def test_misfits_of_a_network_and_its_data(write_config: WriteConfig) -> None:
    def one(*changes: tuple[str, str]) -> str:
        (problem,) = problems_of(write_config(*changes, text=MNIST))
        return problem.split(": ", 1)[1]

    assert one(("units: 10", "units: 64")) == (
        "model.output.units: expected 10 units, one for each class of the dataset, got 64"
    )
    assert one(("flatten: true, ", "")).startswith("dataset.flatten: expected true: a mlp takes vectors")
    assert one(("activation: softmax", "activation: relu")).startswith("model.output.activation: expected softmax")
    assert one(("name: categorical_cross", "alpha: [1, 2], name: focal_cross")).startswith(
        "loss.alpha: expected 10 weights"
    )
    assert one(("scale: unit", "scale: unit, labels: integer")).startswith("dataset.labels: expected one_hot")
    assert one(("epochs: 2", "early_stopping: {patience: 3}, epochs: 2")).startswith(
        "training.early_stopping.monitor: val_loss needs validation data"
    )


def test_no_compiled_engine_for_convolutions(write_config: WriteConfig) -> None:
    cnn = ("name: mlp\n  hidden: [16, 8]", "name: cnn\n  blocks: [{filters: 4}]")
    changes = [cnn, ("flatten: true, ", ""), ("epochs: 2", "epochs: 2, engine: compiled")]
    (problem,) = problems_of(write_config(*changes, text=MNIST))
    assert problem.endswith("training.engine: expected fit (or auto) for a cnn, got compiled")


def test_a_script_as_printed_may_misfit(write_config: WriteConfig) -> None:
    path = write_config(("units: 10", "units: 64"), ("title:", "as_printed: true\ntitle:"), text=MNIST)
    assert load_experiment(path).spec.model.output.units == 64


def test_figures_and_metrics_that_need_more_say_so(write_config: WriteConfig) -> None:
    extra = "metrics: [accuracy, epochs_to_level]\nfigures: [learning_curves, weight_histograms]\n"
    problems = problems_of(write_config(text=MNIST + extra))
    assert [p.split(": ", 1)[1] for p in problems] == [
        "metrics[1]: epochs_to_level needs accuracy_level, such as 0.9",
        "figures[1]: weight_histograms needs the trained models; set save_model: true",
    ]
    load_experiment(write_config(text=MNIST + extra + "save_model: true\naccuracy_level: 0.9\n"))


SIGNED = IRIS.replace("scale: standard", "scale: standard\n  labels: signed").replace(
    "binary_crossentropy", "mean_squared_error"
)
VALUES = """\
title: A curve
dataset: {name: curve}
model: {name: mlp, hidden: [4], output: {units: 1, activation: linear}}
loss: {name: mean_squared_error}
optimizer: {name: sgd, learning_rate: 0.1}
training: {epochs: 1, batch_size: 10}
metrics: [mean_squared_error]
"""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (SIGNED.replace("sigmoid", "tanh"), "is a mean of probabilities, and signed outputs are none; expected false"),
        (VALUES, "is of classes, and the dataset has values; expected false"),
    ],
)
def test_an_ensemble_is_of_probabilities_of_classes(text: str, message: str, write_config: WriteConfig) -> None:
    load_experiment(write_config(text=text))
    (problem,) = problems_of(write_config(text=text + "ensemble: true\n"))
    assert problem.endswith(f": ensemble: {message}")
    (problem,) = problems_of(write_config(text=text + "as_printed: true\nensemble: true\n"))
    assert problem.endswith(f": ensemble: {message}")
    load_experiment(write_config(text=MNIST + "ensemble: true\n"))


def test_distributions_of_probabilities_are_not_drawn_of_signed_outputs(write_config: WriteConfig) -> None:
    text = SIGNED.replace("sigmoid", "tanh") + "figures: [predicted_distributions]\n"
    (problem,) = problems_of(write_config(text=text))
    assert problem.endswith("figures[0]: predicted_distributions needs probabilities, and signed outputs are none")
