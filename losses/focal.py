"""Focal cross-entropy over K classes and for one probability (Lin et al. 2017)."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from losses._arguments import Alpha, check_alpha, check_axis, check_flag, check_number
from losses._binary import PairLoss, binary_alpha, binary_terms, mean_over
from losses._shared import ClassLoss, class_labels, class_scores
from losses._softmax import focal_terms
from losses._tensors import Tensor, along_axis


def focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    alpha: Any = None,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Tensor:
    """Return the focal cross-entropy of each example; `FocalCrossentropy` says the arguments in full.

        loss = -alpha[c] * (1 - p[c]) ** gamma * log(p[c]),  p the probabilities, c the true class

    Call: y_true int (N,) or rows (N, K); y_pred float (N, K) -> float (N,).
    Raises: ValueError as the class does.

    Example:
        >>> values = focal_crossentropy([0, 1], [[0.8, 0.2], [0.9, 0.1]], gamma=1)
        >>> [f"{float(value):.4f}" for value in values]
        ['0.0446', '2.0723']

    Reference: Lin et al. 2017, eq. 4 and 5. Lecture: Mollineda, focal cross entropy.
    """
    gamma = check_number("gamma", gamma, low=0)
    smoothing = check_number("label_smoothing", label_smoothing, low=0, high=1)
    axis, alpha, from_logits = check_axis(axis), check_alpha(alpha), check_flag("from_logits", from_logits)
    y_pred = class_scores(y_pred, axis, from_logits)
    weights = class_labels(y_true, y_pred, axis)
    classes = y_pred.shape[axis]
    if smoothing:
        weights = weights * (1 - smoothing) + smoothing / classes
    weights = weigh(weights, alpha, axis)
    return ops.sum(weights * focal_terms(y_pred, gamma, axis, from_logits), axis=axis)


def weigh(labels: Tensor, alpha: Alpha, axis: int) -> Tensor:
    """Return alpha[c] * labels[c]."""
    if alpha is None:
        return labels
    if isinstance(alpha, float):
        return labels * alpha
    if len(alpha) != labels.shape[axis]:
        raise ValueError(f"alpha: expected {labels.shape[axis]} weights, one a class, got {len(alpha)}")
    return labels * along_axis(alpha, labels, axis)


def focal_binary_crossentropy(
    y_true: Any,
    y_pred: Any,
    apply_class_balancing: bool = False,
    alpha: Any = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Tensor:
    """Return the mean over `axis` of the binary focal terms; `FocalBinaryCrossentropy` says the arguments in full.

        loss = w * (1 - p_t) ** gamma * -(y log(p) + (1 - y) log(1 - p)),  p_t = y p + (1 - y) (1 - p)

    Call: y_true (N, D) in [0, 1]; y_pred float (N, D) -> float (N,).
    Raises: ValueError as the class does.

    Example:
        >>> values = focal_binary_crossentropy([[1], [0]], [[0.8], [0.9]], gamma=1)
        >>> [f"{float(value):.4f}" for value in values]
        ['0.0446', '2.0723']

    Reference: Lin et al. 2017, eq. 5. Lecture: Mollineda, alpha-balanced focal cross entropy.
    """
    alpha = balancing_alpha(alpha, check_flag("apply_class_balancing", apply_class_balancing))
    weights = alpha if apply_class_balancing else None
    terms = binary_terms(y_true, y_pred, weights, gamma, from_logits, label_smoothing)
    return mean_over(terms, check_axis(axis))


def balancing_alpha(alpha: Any, apply_class_balancing: bool) -> Alpha:
    """Return alpha as `binary_alpha` does; there has to be one where it is asked for."""
    if alpha is None and apply_class_balancing:
        raise ValueError("alpha: expected a weight for apply_class_balancing=True, got None")
    return binary_alpha(alpha, used=apply_class_balancing)


@keras.saving.register_keras_serializable(package="relecture")
class FocalCrossentropy(ClassLoss):
    """Cross-entropy that turns down examples already classified well.

    Formula, with p = softmax(logits) and c the true class:

        loss = -alpha[c] * (1 - p[c]) ** gamma * log(p[c])

    and, for a row y of soft or smoothed labels, the sum of y[c] times this over all classes c.
    gamma = 0 with alpha = None is plain cross-entropy; gamma > 0 with alpha is the alpha-balanced focal loss.

    The constructor's words and their order are those of keras.losses.CategoricalFocalCrossentropy. One default
    differs: alpha is None (all ones) where Keras has 0.25. That number weighs the rare class of the paper's
    two-class detector; the same for every class it only divides the loss, and so the learning rate, by four.

    Label smoothing and a vector alpha follow `axis`. Keras takes both along the last dimension whatever `axis` is,
    so with either the two differ where the class axis is not the last.

    From logits, value and gradient are exact to rounding for any finite logits, p near 0 or 1 included (Keras
    clips p to 1e-7 first, after which the gradient is zero). From probabilities the clipping is Keras's.
    A model that ends in a softmax layer gives probabilities; end it in logits for the accurate form. (Behind such a
    layer keras.losses.CategoricalCrossentropy finds the logits on TensorFlow, so there gamma = 0 equals it for
    p > 1e-7 only.)

    Args:
        alpha: weights of the classes, shape (K,), one number for all of them, or None for all ones.
        gamma: focusing exponent, >= 0.
        from_logits: whether y_pred holds logits rather than probabilities.
        label_smoothing: share of each label spread evenly over the K classes, in [0, 1].
        axis: the class axis of y_pred.
        reduction: how the examples' losses are put together, as in every Keras loss.
        name: name of the loss.
        dtype: dtype of the loss; 16-bit predictions are computed in float32 whatever it is.
    Call: y_true int (N,) or (N, 1), or rows (N, K) that add up to 1; y_pred float (N, K) -> float (N,) before
        reduction. Further dimensions may stand on either side of the class axis.
    Raises: ValueError if gamma < 0, alpha has not K entries >= 0, K = 1, shapes disagree, y_pred is not finite,
        a label names no class, or a sample weight is negative or not finite. In a compiled function, where values
        cannot be looked at, such an example's loss and gradient are NaN, even at sample_weight 0: give an example
        to be left out a class that exists.
    Gradient: reverse mode, to any order; JAX's forward mode (jvp, jacfwd) raises from logits.

    Example:
        >>> loss = FocalCrossentropy(gamma=2.0)
        >>> f"{float(loss([0], [[0.8, 0.1, 0.1]])):.8f}"
        '0.00892574'
        >>> balanced = FocalCrossentropy(alpha=[0.3, 1.0, 1.0], gamma=2.0)
        >>> f"{float(balanced([0], [[0.8, 0.1, 0.1]])):.8f}"
        '0.00267772'
        >>> f"{float(FocalCrossentropy(from_logits=True)([1], [[1e4, 0.0]])):.1f}"
        '10000.0'

    Reference: Lin et al. 2017, Focal loss for dense object detection, eq. 4 and 5.
    Lecture: Mollineda, focal cross entropy and its alpha-balanced form.
    """

    def __init__(
        self,
        alpha: Any = None,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "focal_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(axis=axis, reduction=reduction, name=name, dtype=dtype)
        self.alpha = check_alpha(alpha)
        self.gamma = check_number("gamma", gamma, low=0)
        self.from_logits = check_flag("from_logits", from_logits)
        self.label_smoothing = check_number("label_smoothing", label_smoothing, low=0, high=1)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the loss of each example."""
        return focal_crossentropy(
            y_true, y_pred, self.alpha, self.gamma, self.from_logits, self.label_smoothing, self.axis
        )

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "alpha": self.alpha,
            "gamma": self.gamma,
            "from_logits": self.from_logits,
            "label_smoothing": self.label_smoothing,
        }


@keras.saving.register_keras_serializable(package="relecture")
class FocalBinaryCrossentropy(PairLoss):
    """Binary cross-entropy that turns down examples already classified well.

    Formula, with p = sigmoid(logit), y the label in [0, 1], p_t = y p + (1 - y) (1 - p):

        loss = w * (1 - p_t) ** gamma * -(y log(p) + (1 - y) log(1 - p))
        w    = y alpha + (1 - y) (1 - alpha) with apply_class_balancing, else 1

    averaged over `axis`. Label smoothing moves y towards 1/2 first: y (1 - s) + s / 2.

    The constructor's words, their order and their defaults are those of keras.losses.BinaryFocalCrossentropy.
    From logits, value and gradient are exact to rounding for any finite logits; from probabilities the clipping
    is Keras's.

    Args:
        apply_class_balancing: whether to weigh the classes by alpha.
        alpha: weight of class 1, in [0, 1]; class 0 has 1 - alpha. Or the pair (weight of 0, weight of 1). Any
            number will do where apply_class_balancing is off, as in Keras.
        gamma: focusing exponent, >= 0.
        from_logits: whether y_pred holds logits rather than probabilities.
        label_smoothing: how far labels move towards 1/2, in [0, 1].
        axis: the axis to average over.
        reduction: how the examples' losses are put together, as in every Keras loss.
        name: name of the loss.
        dtype: dtype of the loss; 16-bit predictions are computed in float32 whatever it is.
    Call: y_true (N, D) or, with D = 1, (N,); y_pred float (N, D) -> float (N,) before reduction. With both of
        shape (N,) the mean is over the examples, as in Keras: use (N, 1) where each has its sample_weight.
    Raises: ValueError if gamma < 0, alpha is outside its range, shapes disagree, y_pred is not finite or no
        probability, a label lies outside [0, 1], or a sample weight is negative or not finite. In a compiled
        function such an entry's loss is NaN.

    Example:
        >>> loss = FocalBinaryCrossentropy(apply_class_balancing=True, alpha=0.25, gamma=2.0)
        >>> f"{float(loss([[1]], [[0.8]])):.6f}"  # 0.25 * 0.2 ** 2 * -log(0.8)
        '0.002231'

    Reference: Lin et al. 2017, Focal loss for dense object detection, eq. 5.
    Lecture: Mollineda, alpha-balanced focal cross entropy.
    """

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: Any = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "focal_binary_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(axis=axis, reduction=reduction, name=name, dtype=dtype)
        self.apply_class_balancing = check_flag("apply_class_balancing", apply_class_balancing)
        self.alpha = balancing_alpha(alpha, self.apply_class_balancing)
        self.gamma = check_number("gamma", gamma, low=0)
        self.from_logits = check_flag("from_logits", from_logits)
        self.label_smoothing = check_number("label_smoothing", label_smoothing, low=0, high=1)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the loss of each example."""
        return focal_binary_crossentropy(
            y_true,
            y_pred,
            self.apply_class_balancing,
            self.alpha,
            self.gamma,
            self.from_logits,
            self.label_smoothing,
            self.axis,
        )

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "apply_class_balancing": self.apply_class_balancing,
            "alpha": self.alpha,
            "gamma": self.gamma,
            "from_logits": self.from_logits,
            "label_smoothing": self.label_smoothing,
        }
