"""Columns of trials.csv that a ledger may name, and which side of each is better."""

import re
from typing import Literal

from experiments.ledger.spec import Difference, FromHistory, Quantity
from experiments.problems import nearest
from metrics.scores import SCORES

_HIGHER = (
    *SCORES, "train_accuracy", "minority_recall", "majority_recall", "minority_probability", "majority_probability",
)  # fmt: skip
_LOWER = (
    "loss", "train_loss", "mean_squared_error", "errors", "generalisation_gap", "calibration_gap",
    "distance_to_optimum", "gradient_noise", "epochs_to_level",
)  # fmt: skip
_NEITHER = ("epochs", "parameters", "fit_seconds", "updates")
_CLASS_ACCURACY = re.compile(r"class_accuracy_\d{1,2}")

COLUMNS = (*_HIGHER, *_LOWER, *_NEITHER)


def unknown_column(name: str) -> str:
    """Why a name is no quantity of a trial; empty if it is one."""
    if name in COLUMNS or _CLASS_ACCURACY.fullmatch(name):
        return ""
    known = "; known are " + ", ".join(COLUMNS)
    return f"no trial has the quantity {name!r}{nearest(name, COLUMNS) or known}"


def better_side(quantity: Quantity) -> Literal["greater", "less"] | None:
    """Whether more or less of a quantity is better; None where neither is."""
    if isinstance(quantity, Difference):
        return None
    if isinstance(quantity, FromHistory):
        if quantity.at is None:
            return None
        return "less" if quantity.history.endswith("loss") else "greater"
    if quantity in _HIGHER or _CLASS_ACCURACY.fullmatch(quantity):
        return "greater"
    return "less" if quantity in _LOWER else None
