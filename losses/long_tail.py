"""Losses for long-tailed data that change the logits, not the weights: logit adjustment and LDAM."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from losses._arguments import check_alpha, check_axis, check_counts, check_flag, check_number
from losses._shared import ClassLoss, class_labels, class_scores
from losses._softmax import clipped_probabilities, focal_terms
from losses._tensors import Tensor, along_axis
from losses.focal import focal_crossentropy, weigh


def logit_adjusted_crossentropy(
    y_true: Any,
    y_pred: Any,
    class_counts: Any,
    tau: float = 1.0,
    from_logits: bool = True,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Tensor:
    """Return the logit-adjusted loss of each example; `LogitAdjustedCrossentropy` says the arguments in full.

        loss = -log softmax(f + tau * log(pi))[c],  pi = class_counts / sum(class_counts), c the true class

    Call: y_true int (N,) or rows (N, K); y_pred float (N, K) -> float (N,).
    Raises: ValueError as the class does.

    Example:
        >>> f"{float(logit_adjusted_crossentropy([1], [[0.0, 0.0]], class_counts=[90, 10])[0]):.4f}"
        '2.3026'

    Reference: Menon et al. 2021, the adjusted softmax cross-entropy.
    """
    counts = check_counts(class_counts)
    tau = check_number("tau", tau, low=0)
    axis, from_logits = check_axis(axis), check_flag("from_logits", from_logits)
    scores = class_scores(y_pred, axis, from_logits)
    logits = scores if from_logits else ops.log(clipped_probabilities(scores, axis))
    check_length(counts, logits, axis)
    adjusted = logits + along_axis(tau * np.log(counts / counts.sum()), logits, axis)
    return focal_crossentropy(y_true, adjusted, gamma=0.0, from_logits=True, label_smoothing=label_smoothing, axis=axis)


def ldam(
    y_true: Any,
    y_pred: Any,
    class_counts: Any,
    max_margin: float = 0.5,
    scale: float = 30.0,
    alpha: Any = None,
    axis: int = -1,
) -> Tensor:
    """Return the label-distribution-aware margin loss of each example; `LDAM` says the arguments in full.

        loss = -alpha[c] * log softmax(scale * (f - margin[c] * onehot(c)))[c]

    Call: y_true int (N,) or one-hot (N, K); y_pred float (N, K) -> float (N,).
    Raises: ValueError as the class does.

    Example:
        >>> f"{float(ldam([1], [[0.0, 0.5]], class_counts=[16, 1], scale=1)[0]):.4f}"  # margins 0.25, 0.5
        '0.6931'

    Reference: Cao et al. 2019, section 3.2.
    """
    counts = check_counts(class_counts)
    max_margin = check_number("max_margin", max_margin, low=0)
    scale = check_number("scale", scale, low=0)
    axis, alpha = check_axis(axis), check_alpha(alpha)
    scores = class_scores(y_pred, axis, from_logits=True)
    check_length(counts, scores, axis)
    labels = class_labels(y_true, scores, axis, hard=True)
    margins = max_margin * (counts / counts.min()) ** -0.25
    logits = scale * (scores - labels * along_axis(margins, scores, axis))
    return ops.sum(weigh(labels, alpha, axis) * focal_terms(logits, 0.0, axis, from_logits=True), axis=axis)


def check_length(counts: np.ndarray, scores: Tensor, axis: int) -> None:
    """Refuse class_counts of another length than the class axis."""
    if len(counts) != scores.shape[axis]:
        raise ValueError(f"class_counts: expected {scores.shape[axis]} counts, one a class, got {len(counts)}")


@keras.saving.register_keras_serializable(package="relecture")
class LogitAdjustedCrossentropy(ClassLoss):
    """Cross-entropy whose minimiser ranks classes as balanced data would.

    Formula, with logits f, priors pi = class_counts / sum(class_counts), c the true class:

        loss = -log softmax(f + tau * log(pi))[c]

    The frequent classes get a head start in training, so f need not learn it; predict with argmax of f as it is.
    tau = 0 is plain cross-entropy; tau = 1 is consistent for the balanced error.

    Args:
        class_counts: examples a class in the training data, or priors, shape (K,), > 0; only ratios matter.
        tau: strength of the adjustment, >= 0.
        from_logits: whether y_pred holds logits, which the method adjusts and which are therefore the default, unlike
            in Keras's losses; probabilities are clipped, as Keras does, and their logs taken.
        label_smoothing: share of each label spread evenly over the K classes, in [0, 1].
        axis: the class axis of y_pred.
        reduction: how the examples' losses are put together, as in every Keras loss.
        name: name of the loss.
        dtype: dtype of the loss; 16-bit predictions are computed in float32 whatever it is.
    Call: y_true int (N,) or (N, 1), or rows (N, K) that add up to 1; y_pred float (N, K) -> float (N,) before
        reduction. Further dimensions may stand on either side of the class axis.
    Raises: ValueError if tau < 0, a class has no examples, class_counts has not K entries, K = 1, shapes disagree,
        y_pred is not finite, a label names no class, or a sample weight is negative or not finite. In a compiled
        function such an example's loss and gradient are NaN.
    Gradient: reverse mode, to any order; JAX's forward mode (jvp, jacfwd) raises.

    Example:
        >>> loss = LogitAdjustedCrossentropy(class_counts=[90, 10], reduction=None)
        >>> [f"{float(value):.4f}" for value in loss([0, 1], [[0.0, 0.0], [0.0, 0.0]])]
        ['0.1054', '2.3026']

    Reference: Menon et al. 2021, Long-tail learning via logit adjustment, the adjusted softmax cross-entropy.
    Lecture: none; for the imbalanced data of Mollineda's.
    """

    def __init__(
        self,
        class_counts: Any,
        tau: float = 1.0,
        from_logits: bool = True,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "logit_adjusted_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(axis=axis, reduction=reduction, name=name, dtype=dtype)
        self.class_counts = check_counts(class_counts).tolist()
        self.tau = check_number("tau", tau, low=0)
        self.from_logits = check_flag("from_logits", from_logits)
        self.label_smoothing = check_number("label_smoothing", label_smoothing, low=0, high=1)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the loss of each example."""
        return logit_adjusted_crossentropy(
            y_true, y_pred, self.class_counts, self.tau, self.from_logits, self.label_smoothing, self.axis
        )

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "class_counts": self.class_counts,
            "tau": self.tau,
            "from_logits": self.from_logits,
            "label_smoothing": self.label_smoothing,
        }


@keras.saving.register_keras_serializable(package="relecture")
class LDAM(ClassLoss):
    """Cross-entropy in which rare classes have to be right by a wider margin.

    Formula, with scores f, counts n and c the true class:

        margin[j] = max_margin * (n[j] / min(n)) ** (-1/4)
        loss      = -alpha[c] * log softmax(scale * (f - margin[c] * onehot(c)))[c]

    The scores are meant to be cosines: the last layer's weights and inputs both of unit length, no bias. With
    max_margin = 0 and scale = 1 it is plain cross-entropy.

    Args:
        class_counts: examples a class in the training data, shape (K,), > 0; only ratios matter.
        max_margin: margin of the rarest class, >= 0.
        scale: factor on the scores, >= 0; cosines alone leave the softmax too flat.
        alpha: weights of the classes, shape (K,), one number, or None. The paper turns them on late in training.
        axis: the class axis of y_pred.
        reduction: how the examples' losses are put together, as in every Keras loss.
        name: name of the loss.
        dtype: dtype of the loss; 16-bit predictions are computed in float32 whatever it is.
    Call: y_true int (N,) or (N, 1), or one-hot (N, K); y_pred scores, float (N, K) -> float (N,) before reduction.
        Further dimensions may stand on either side of the class axis.
    Raises: ValueError if max_margin or scale < 0, a class has no examples, class_counts or alpha has not K entries,
        K = 1, shapes disagree, y_pred is not finite, a label names no class or more than one, or a sample weight
        is negative or not finite. In a compiled function such an example's loss and gradient are NaN.
    Gradient: reverse mode, to any order; JAX's forward mode (jvp, jacfwd) raises.

    Example:
        >>> loss = LDAM(class_counts=[16, 1], max_margin=0.5, scale=1.0)  # margins 0.25 and 0.5
        >>> f"{float(loss([1], [[0.0, 0.5]])):.4f}"  # log(2): the lead of 0.5 is the margin
        '0.6931'

    Reference: Cao et al. 2019, Learning imbalanced datasets with label-distribution-aware margin loss, section 3.2.
    Lecture: none; for the imbalanced data of Mollineda's.
    """

    def __init__(
        self,
        class_counts: Any,
        max_margin: float = 0.5,
        scale: float = 30.0,
        alpha: Any = None,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "ldam",
        dtype: Any = None,
    ) -> None:
        super().__init__(axis=axis, reduction=reduction, name=name, dtype=dtype)
        self.class_counts = check_counts(class_counts).tolist()
        self.max_margin = check_number("max_margin", max_margin, low=0)
        self.scale = check_number("scale", scale, low=0)
        self.alpha = check_alpha(alpha)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the loss of each example."""
        return ldam(y_true, y_pred, self.class_counts, self.max_margin, self.scale, self.alpha, self.axis)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "class_counts": self.class_counts,
            "max_margin": self.max_margin,
            "scale": self.scale,
            "alpha": self.alpha,
        }
