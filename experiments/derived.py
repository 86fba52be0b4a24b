"""Columns that follow from a record. They are computed when asked for, so records of long ago have them, too."""

import numpy as np
import pandas as pd

from experiments.evaluation import probabilities
from experiments.records import Record
from experiments.spec import ExperimentSpec
from experiments.spec.loss import LargeMargin
from metrics.scores import class_accuracy

BINS = 10
"""Of the reliability diagram."""

LEAST_IN_BIN = 100
"""Examples a bin needs to count: of fewer, chance alone moves the share by five hundredths."""

MOST_CLASSES = 20
"""Classes up to which each has a column of its own."""


def derived_scores(record: Record) -> dict[str, float]:
    """What a completed record's scores, history, confusion matrix and predictions say beyond what it states.

    - errors: wrong test examples.
    - generalisation_gap: train_accuracy - accuracy; absent where the record has no train_accuracy.
    - class_accuracy_<k>: share of class k's test examples that are right, up to 20 classes; NaN for a class without.
    - minority_recall, majority_recall: mean class accuracy over the classes that an imbalanced training set has fewer
      examples of than on average, and over the others.
    - minority_probability, majority_probability: mean predicted probability of the true class over those classes'
      test examples; NaN where outputs are signed, and so no probabilities.
    - updates: steps of the optimizer, epochs * examples / batch size, each epoch's rounded up; where asked for.
    - calibration_gap: see `calibration_gap`; where asked for, and outputs are probabilities of two classes.
    - epochs_to_level: first epoch whose training accuracy is at least the config's `accuracy_level`; NaN if none is.

    Returns:
        By name; empty for a trial that has not completed.
    """
    if record.outcome != "completed":
        return {}
    found = _updates(record)
    if "accuracy" not in record.scores:
        return found
    confusion = record.confusion
    per_class = class_accuracy(confusion, zero_division=np.nan)
    found |= {"errors": float(confusion.sum() - np.trace(confusion))}
    if "train_accuracy" in record.scores:
        found["generalisation_gap"] = record.scores["train_accuracy"] - record.scores["accuracy"]
    if len(per_class) <= MOST_CLASSES:
        found |= {f"class_accuracy_{k}": float(value) for k, value in enumerate(per_class)}
    minority = minority_classes(record)
    if minority is not None:
        found |= _by_rarity(record, per_class, minority)
    if "calibration_gap" in record.trial.spec.metrics:
        chance = chance_of_class_1(record)
        found["calibration_gap"] = (
            float("nan") if chance is None else calibration_gap(record.predictions.y_true, chance)
        )
    level = record.trial.spec.accuracy_level
    if level is not None:
        reached = record.history["epoch"][record.history["accuracy"] >= level]
        found["epochs_to_level"] = float(reached.iloc[0]) if len(reached) else float("nan")
    return found


def _updates(record: Record) -> dict[str, float]:
    training = record.trial.spec.training
    if training is None or "updates" not in record.trial.spec.metrics:
        return {}
    steps = -(-record.environment["training_examples"] // training.batch_size)
    return {"updates": float(steps * record.environment["epochs"])}


def chance_of_class_1(record: Record) -> np.ndarray | None:
    """Predicted probability of class 1 for each test example, float64 (N,); None where outputs are none of two."""
    if record.trial.spec.signed or record.trial.spec.output_activation == "linear" or len(record.class_names) != 2:
        return None
    return class_probabilities(record.predictions.outputs, record.trial.spec)[:, 1]


def calibration_bins(truth: np.ndarray, chance: np.ndarray, bins: int = BINS) -> pd.DataFrame:
    """Predicted probabilities against observed shares, in bins of equal width on [0, 1].

    Args:
        truth: int (N,), 0 or 1.
        chance: float (N,), predicted probability of class 1.
        bins: how many.

    Returns:
        One row a bin that has examples: bin, n, predicted (mean probability), observed (share of class 1), error
        (standard error of the share if the predictions are right, sqrt(sum p (1 - p)) / n).
    """
    which = np.minimum((chance * bins).astype(int), bins - 1)
    table = pd.DataFrame({"bin": which, "chance": chance, "truth": truth, "variance": chance * (1 - chance)})
    groups = table.groupby("bin")
    found = groups.agg(n=("truth", "size"), predicted=("chance", "mean"), observed=("truth", "mean")).reset_index()
    return found.assign(error=np.sqrt(groups["variance"].sum().to_numpy()) / found["n"])


def calibration_gap(truth: np.ndarray, chance: np.ndarray, bins: int = BINS) -> float:
    """Largest |mean predicted probability - observed share| over the bins with at least 100 examples."""
    found = calibration_bins(truth, chance, bins)
    full = found[found["n"] >= LEAST_IN_BIN]
    return float((full["predicted"] - full["observed"]).abs().max())


def minority_classes(record: Record) -> np.ndarray | None:
    """Which classes have fewer training examples than the mean of all, bool (K,); None for a balanced config."""
    counts = np.asarray(record.environment.get("class_counts", ()))
    if record.trial.spec.dataset.imbalance is None or counts.size == 0 or counts.min() == counts.max():
        return None
    fewer: np.ndarray = counts < counts.mean()
    return fewer


def class_probabilities(outputs: np.ndarray, spec: ExperimentSpec) -> np.ndarray:
    """A trained network's outputs as probabilities, float64 (N, K), in the sense in which its loss took them.

    Signed outputs are none, whatever they look like: one of 0 lies between the classes, not in class 0.
    """
    sharpness = spec.loss.scale if isinstance(spec.loss, LargeMargin) else 1.0
    return probabilities(outputs, spec.output_activation, sharpness)


def _by_rarity(record: Record, per_class: np.ndarray, minority: np.ndarray) -> dict[str, float]:
    guess = record.predictions
    rare = minority[guess.y_true]
    of_truth = np.full(len(rare), np.nan)
    if not record.trial.spec.signed:
        of_truth = class_probabilities(guess.outputs, record.trial.spec)[np.arange(len(rare)), guess.y_true]
    return {
        "minority_recall": float(np.nanmean(per_class[minority])),
        "majority_recall": float(np.nanmean(per_class[~minority])),
        "minority_probability": float(of_truth[rare].mean()),
        "majority_probability": float(of_truth[~rare].mean()),
    }
