"""What a config asks of a trained model beyond its predictions: a record that lacks it is not finished.

Metrics, `save_model` and the like are no part of a trial's identity. Most scores follow from a record whenever they are
asked for (`derived`); those here need the model, which is gone, so the trial has to be trained again.
"""

from experiments.records import Record
from experiments.spec import ExperimentSpec
from experiments.spec.experiment import Recipe
from experiments.spec.model import Perceptron

MOST_FITTED = 100_000
"""Training examples up to which every trained model is judged on them, too."""

_NEEDS = {
    "train_accuracy": "train_accuracy",
    "generalisation_gap": "train_accuracy",
    "train_loss": "train_loss",
}
"""Metrics that follow from scores on the training examples -> the score."""


def scores_of_weights(spec: ExperimentSpec) -> set[str]:
    """The scores of trained weights that a config asks for and its model has: those of logistic regression."""
    if spec.recipe is None or not _is_logistic_unit(spec.recipe):
        return set()
    return {"distance_to_optimum", "gradient_noise"}.intersection(spec.metrics)


def lacking(record: Record) -> set[str]:
    """What the config asks for by now, and a completed record has not: scores, or `model.keras`.

    Only what a new training gives is named: no score on more training examples than `MOST_FITTED`, for instance.
    """
    if record.outcome != "completed":
        return set()
    spec = record.trial.spec
    asked = scores_of_weights(spec)
    if record.environment.get("training_examples", 0) <= MOST_FITTED:
        asked |= {_NEEDS[metric] for metric in spec.metrics if metric in _NEEDS}
    if not record.class_names:  # of values
        asked.discard("train_accuracy")
    found = asked - record.scores.keys()
    return found | {"model.keras"} if spec.save_model and not record.has_model else found


def _is_logistic_unit(recipe: Recipe) -> bool:
    """Whether the network is one sigmoid unit under cross-entropy: logistic regression."""
    alone = isinstance(recipe.model, Perceptron) and recipe.model.output.units == 1
    return alone and recipe.model.output.activation == "sigmoid" and recipe.loss.name == "binary_crossentropy"
