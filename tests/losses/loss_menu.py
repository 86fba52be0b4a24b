"""Every loss with one or more sets of arguments, for the tests that all of them share."""

import pytest
from keras import ops

import losses
from tests.losses.loss_testing import random_batch

COUNTS = [50, 20, 10, 5, 1]
ALPHA = [0.5, 1.0, 1.5, 2.0, 3.0]
# Over K = 5 classes, from logits or scores.
CLASS_LOSSES = {
    "balanced": (losses.BalancedCrossentropy, {"alpha": ALPHA, "from_logits": True}),
    "focal": (losses.FocalCrossentropy, {"alpha": ALPHA, "gamma": 1.5, "from_logits": True}),
    "focal_smoothed": (losses.FocalCrossentropy, {"from_logits": True, "label_smoothing": 0.1}),
    "hinge": (losses.MulticlassHinge, {"margin": 0.7, "squared": True}),
    "hinge_mean": (losses.MulticlassHinge, {"average": True, "include_true_class": True}),
    "logit_adjusted": (losses.LogitAdjustedCrossentropy, {"class_counts": COUNTS, "tau": 1.3}),
    "ldam": (losses.LDAM, {"class_counts": COUNTS, "max_margin": 0.4, "scale": 3.0, "alpha": ALPHA}),
}
FROM_PROBABILITIES = {
    "balanced": (losses.BalancedCrossentropy, {"alpha": ALPHA}),
    "focal": (losses.FocalCrossentropy, {"gamma": 0.5}),
    "logit_adjusted": (losses.LogitAdjustedCrossentropy, {"class_counts": COUNTS, "from_logits": False}),
}
PAIR_LOSSES = {
    "binary_balanced": (losses.BalancedBinaryCrossentropy, {"alpha": [1.0, 4.0], "from_logits": True}),
    "binary_focal": (losses.FocalBinaryCrossentropy, {"apply_class_balancing": True, "from_logits": True}),
    "quadratic": (losses.QuadraticCost, {}),
    "perceptron": (losses.PerceptronLoss, {}),
}
ALL = CLASS_LOSSES | PAIR_LOSSES
ONE_EACH = {name: case for name, case in ALL.items() if name not in ("focal_smoothed", "hinge_mean")}


def menu(losses_by_name):
    return pytest.mark.parametrize(
        ("cls", "arguments"), [pytest.param(*case, id=name) for name, case in losses_by_name.items()]
    )


def batch_for(cls, seed=0):
    logits, _, labels = random_batch(seed, spread=1.0)
    if cls in {case[0] for case in PAIR_LOSSES.values()}:
        return (logits > 0).astype("float32"), logits[::-1].copy()
    return labels, logits


def numpy(x):
    return ops.convert_to_numpy(x)
