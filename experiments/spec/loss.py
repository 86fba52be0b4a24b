"""The `loss:` part of a config: Keras's losses and this project's, by name."""

from typing import Annotated, Literal

from pydantic import Field

from experiments.spec.fields import Alpha, BalancingWeights, NonNegative, Positive, Rate, Spec


class Plain(Spec):
    """Keras losses without options that a lecture uses."""

    name: Literal["mean_squared_error", "mean_absolute_error", "categorical_hinge"]


class CrossEntropy(Spec):
    """-sum_i y_i log p_i, over one-hot labels."""

    name: Literal["categorical_crossentropy"]
    label_smoothing: Rate = 0.0


class SparseCrossEntropy(Spec):
    """-log p_c, over integer labels."""

    name: Literal["sparse_categorical_crossentropy"]


class BinaryCrossEntropy(Spec):
    """-(y log p + (1-y) log(1-p)), one output unit."""

    name: Literal["binary_crossentropy"]
    label_smoothing: Rate = 0.0


class Balanced(Spec):
    """-alpha_c log p_c; alpha `balanced` is n / (k n_c)."""

    name: Literal["balanced_crossentropy"]
    alpha: BalancingWeights = "balanced"
    label_smoothing: Rate = 0.0


class Focal(Spec):
    """-alpha_c (1 - p_c)^gamma log p_c."""

    name: Literal["focal_crossentropy"]
    gamma: NonNegative = 2.0
    alpha: Alpha = None
    label_smoothing: Rate = 0.0


class FocalBinary(Spec):
    """The focal loss of one sigmoid unit."""

    name: Literal["focal_binary_crossentropy"]
    gamma: NonNegative = 2.0
    alpha: Annotated[float, Field(gt=0, lt=1)] | None = None
    label_smoothing: Rate = 0.0


class Hinge(Spec):
    """Sum over the wrong classes of max(0, s_j - s_c + margin) (Weston-Watkins)."""

    name: Literal["multiclass_hinge"]
    margin: Positive = 1.0
    squared: bool = False
    average: bool = False


class Quadratic(Spec):
    """1/2 (yhat - y)^2."""

    name: Literal["quadratic_cost"]


class Perceptron(Spec):
    """Rosenblatt's criterion, max(0, -y z) of a linear unit's output z and y = -1 or +1; z >= 0 is class 1."""

    name: Literal["perceptron"]


class LogitAdjusted(Spec):
    """Cross-entropy of logits + tau log prior (Menon et al. 2021); class counts from the training set."""

    name: Literal["logit_adjusted_crossentropy"]
    tau: NonNegative = 1.0


class LargeMargin(Spec):
    """Label-distribution-aware margin loss (Cao et al. 2019); class counts from the training set."""

    name: Literal["ldam"]
    max_margin: Positive = 0.5
    scale: Positive = 30.0


LossSpec = Annotated[
    Plain | CrossEntropy | SparseCrossEntropy | BinaryCrossEntropy | Balanced | Focal | FocalBinary | Hinge | Quadratic
    | Perceptron | LogitAdjusted | LargeMargin,
    Field(discriminator="name"),
]  # fmt: skip

SPARSE = frozenset({"sparse_categorical_crossentropy"})
"""Losses that take integer labels; all other losses over several classes take one-hot."""

BINARY = frozenset({"binary_crossentropy", "focal_binary_crossentropy"})
"""Losses of one output unit and labels 0 and 1."""

SIGNED = frozenset({"perceptron"})
"""Losses of one output unit and labels -1 and +1: the output's sign decides."""

FROM_LOGITS = frozenset({"perceptron", "multiclass_hinge", "logit_adjusted_crossentropy", "ldam"})
"""Losses of raw scores: the output layer must be linear."""
