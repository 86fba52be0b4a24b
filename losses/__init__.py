"""Losses for imbalanced and multiclass problems, drop-in for Keras, on its TensorFlow and JAX backends.

Importing this package registers the classes with Keras, so that a saved model that uses one loads as it is.
"""

from losses.balanced import (
    BalancedBinaryCrossentropy,
    BalancedCrossentropy,
    balanced_binary_crossentropy,
    balanced_crossentropy,
)
from losses.class_weights import balanced_class_weights, class_counts, effective_number_class_weights
from losses.focal import (
    FocalBinaryCrossentropy,
    FocalCrossentropy,
    focal_binary_crossentropy,
    focal_crossentropy,
)
from losses.hinge import MulticlassHinge, multiclass_hinge
from losses.long_tail import LDAM, LogitAdjustedCrossentropy, ldam, logit_adjusted_crossentropy
from losses.perceptron import PerceptronLoss, perceptron_loss
from losses.quadratic import QuadraticCost, quadratic_cost

__all__ = [
    "LDAM",
    "BalancedBinaryCrossentropy",
    "BalancedCrossentropy",
    "FocalBinaryCrossentropy",
    "FocalCrossentropy",
    "LogitAdjustedCrossentropy",
    "MulticlassHinge",
    "PerceptronLoss",
    "QuadraticCost",
    "balanced_binary_crossentropy",
    "balanced_class_weights",
    "balanced_crossentropy",
    "class_counts",
    "effective_number_class_weights",
    "focal_binary_crossentropy",
    "focal_crossentropy",
    "ldam",
    "logit_adjusted_crossentropy",
    "multiclass_hinge",
    "perceptron_loss",
    "quadratic_cost",
]
