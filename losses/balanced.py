"""Cross-entropy with a weight for each class, over K classes and for one probability."""

from __future__ import annotations

from typing import Any

import keras

from losses._arguments import check_alpha, check_axis, check_flag, check_number
from losses._binary import PairLoss, binary_alpha, binary_terms, mean_over
from losses._shared import ClassLoss
from losses._tensors import Tensor
from losses.focal import focal_crossentropy


def balanced_crossentropy(
    y_true: Any,
    y_pred: Any,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
    *,
    alpha: Any = None,
) -> Tensor:
    """Return the class-weighted cross-entropy of each example; `BalancedCrossentropy` says the arguments in full.

        loss = -alpha[c] * log(p[c]),  p the probabilities, c the true class

    Call: y_true int (N,) or rows (N, K); y_pred float (N, K) -> float (N,).
    Raises: ValueError as the class does.

    Example:
        >>> values = balanced_crossentropy([0, 1], [[0.8, 0.2], [0.9, 0.1]], alpha=[1, 10])
        >>> [f"{float(value):.4f}" for value in values]
        ['0.2231', '23.0259']

    Reference: King and Zeng 2001, the weighted likelihood. Lecture: Mollineda, balanced cross entropy.
    """
    return focal_crossentropy(y_true, y_pred, alpha, 0.0, from_logits, label_smoothing, axis)


def balanced_binary_crossentropy(
    y_true: Any,
    y_pred: Any,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
    *,
    alpha: Any = None,
) -> Tensor:
    """Return the mean over `axis` of the weighted terms; `BalancedBinaryCrossentropy` says the arguments in full.

        loss = w * -(y log(p) + (1 - y) log(1 - p)),  w = y alpha[1] + (1 - y) alpha[0]

    Call: y_true (N, D) in [0, 1]; y_pred float (N, D) -> float (N,).
    Raises: ValueError as the class does.

    Example:
        >>> values = balanced_binary_crossentropy([[1], [0]], [[0.8], [0.9]], alpha=[1, 10])
        >>> [f"{float(value):.4f}" for value in values]
        ['2.2314', '2.3026']

    Reference: King and Zeng 2001, the weighted likelihood. Lecture: Mollineda, balanced cross entropy.
    """
    terms = binary_terms(y_true, y_pred, binary_alpha(alpha), 0.0, from_logits, label_smoothing)
    return mean_over(terms, check_axis(axis))


@keras.saving.register_keras_serializable(package="relecture")
class BalancedCrossentropy(ClassLoss):
    """Cross-entropy in which each class has its own weight.

    Formula, with p = softmax(logits) and c the true class:

        loss = -alpha[c] * log(p[c])

    and, for a row y of soft or smoothed labels, the sum of y[c] times this over all classes c.
    alpha = None is plain cross-entropy; alpha = balanced_class_weights(labels) makes every class count the same.
    Without label smoothing it is `fit(class_weight=...)` written into the loss, where it also holds in
    `evaluate` and for validation data.

    The constructor's words, their order and their defaults are those of keras.losses.CategoricalCrossentropy;
    alpha comes on top and goes by name.

    Label smoothing and a vector alpha follow `axis`. Keras divides the smoothing by the size of the last dimension
    whatever `axis` is, so with smoothing the two differ where the class axis is not the last.

    Args:
        from_logits: whether y_pred holds logits rather than probabilities.
        label_smoothing: share of each label spread evenly over the K classes, in [0, 1].
        axis: the class axis of y_pred.
        reduction: how the examples' losses are put together, as in every Keras loss.
        name: name of the loss.
        dtype: dtype of the loss; 16-bit predictions are computed in float32 whatever it is.
        alpha: weights of the classes, shape (K,), one number for all of them, or None for all ones.
    Call: y_true int (N,) or (N, 1), or rows (N, K) that add up to 1; y_pred float (N, K) -> float (N,) before
        reduction. Further dimensions may stand on either side of the class axis.
    Raises: ValueError if alpha has not K entries >= 0, K = 1, shapes disagree, y_pred is not finite, a label names
        no class, or a sample weight is negative or not finite. In a compiled function such an example's loss and
        gradient are NaN.
    Gradient: reverse mode, to any order; JAX's forward mode (jvp, jacfwd) raises from logits.

    Example:
        >>> loss = BalancedCrossentropy(alpha=[0.5, 0.5, 5.0], reduction=None)
        >>> values = loss([0, 2], [[0.8, 0.1, 0.1], [0.1, 0.1, 0.8]])
        >>> [f"{float(value):.4f}" for value in values]
        ['0.1116', '1.1157']

    Reference: King and Zeng 2001, Logistic regression in rare events data, the weighted likelihood.
    Lecture: Mollineda, balanced cross entropy.
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "balanced_crossentropy",
        dtype: Any = None,
        *,
        alpha: Any = None,
    ) -> None:
        super().__init__(axis=axis, reduction=reduction, name=name, dtype=dtype)
        self.alpha = check_alpha(alpha)
        self.from_logits = check_flag("from_logits", from_logits)
        self.label_smoothing = check_number("label_smoothing", label_smoothing, low=0, high=1)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the loss of each example."""
        return balanced_crossentropy(
            y_true, y_pred, self.from_logits, self.label_smoothing, self.axis, alpha=self.alpha
        )

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "alpha": self.alpha,
            "from_logits": self.from_logits,
            "label_smoothing": self.label_smoothing,
        }


@keras.saving.register_keras_serializable(package="relecture")
class BalancedBinaryCrossentropy(PairLoss):
    """Binary cross-entropy in which each of the two classes has its own weight.

    Formula, with p = sigmoid(logit) and y the label in [0, 1]:

        loss = w * -(y log(p) + (1 - y) log(1 - p)),    w = y alpha[1] + (1 - y) alpha[0]

    averaged over `axis`. Label smoothing moves y towards 1/2 first: y (1 - s) + s / 2. It is
    FocalBinaryCrossentropy with gamma = 0. The constructor's words, their order and their defaults are those of
    keras.losses.BinaryCrossentropy; alpha comes on top and goes by name.

    Args:
        from_logits: whether y_pred holds logits rather than probabilities.
        label_smoothing: how far labels move towards 1/2, in [0, 1].
        axis: the axis to average over.
        reduction: how the examples' losses are put together, as in every Keras loss.
        name: name of the loss.
        dtype: dtype of the loss; 16-bit predictions are computed in float32 whatever it is.
        alpha: the pair (weight of class 0, weight of class 1); or one number in [0, 1], the weight of class 1,
            class 0 then having 1 - alpha; or None for ones.
    Call: y_true (N, D) or, with D = 1, (N,); y_pred float (N, D) -> float (N,) before reduction. With both of
        shape (N,) the mean is over the examples, as in Keras: use (N, 1) where each has its sample_weight.
    Raises: ValueError if alpha is outside its range, shapes disagree, y_pred is not finite or no probability, a
        label lies outside [0, 1], or a sample weight is negative or not finite. In a compiled function such an
        entry's loss is NaN.

    Example:
        >>> loss = BalancedBinaryCrossentropy(alpha=[1.0, 5.0])
        >>> f"{float(loss([[1]], [[0.8]])):.4f}"  # 5 * -log(0.8)
        '1.1157'

    Reference: King and Zeng 2001, Logistic regression in rare events data, the weighted likelihood.
    Lecture: Mollineda, balanced cross entropy.
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "balanced_binary_crossentropy",
        dtype: Any = None,
        *,
        alpha: Any = None,
    ) -> None:
        super().__init__(axis=axis, reduction=reduction, name=name, dtype=dtype)
        self.alpha = binary_alpha(alpha)
        self.from_logits = check_flag("from_logits", from_logits)
        self.label_smoothing = check_number("label_smoothing", label_smoothing, low=0, high=1)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the loss of each example."""
        return balanced_binary_crossentropy(
            y_true, y_pred, self.from_logits, self.label_smoothing, self.axis, alpha=self.alpha
        )

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "alpha": self.alpha,
            "from_logits": self.from_logits,
            "label_smoothing": self.label_smoothing,
        }
