"""Multiclass hinge loss in the sum form of Weston and Watkins."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from losses._arguments import check_axis, check_flag, check_number
from losses._shared import ClassLoss, class_labels, class_scores
from losses._tensors import Tensor


def multiclass_hinge(
    y_true: Any,
    y_pred: Any,
    margin: float = 1.0,
    squared: bool = False,
    average: bool = False,
    include_true_class: bool = False,
    axis: int = -1,
) -> Tensor:
    """Return the hinge loss of each example; `MulticlassHinge` says the arguments in full.

        loss = sum over j != c of max(0, s[j] - s[c] + margin),  s the scores, c the true class

    Call: y_true int (N,) or one-hot (N, K); y_pred float (N, K) -> float (N,).
    Raises: ValueError as the class does.

    Example:
        >>> f"{float(multiclass_hinge([2], [[2.2, 2.5, -3.1]])[0]):.1f}"
        '12.9'

    Reference: Weston and Watkins 1999. Lecture: Hantehzadeh, multiclass SVM loss.
    """
    margin = check_number("margin", margin, low=0)
    squared, average = check_flag("squared", squared), check_flag("average", average)
    include_true_class = check_flag("include_true_class", include_true_class)
    axis = check_axis(axis)
    scores = class_scores(y_pred, axis, from_logits=True)
    true_class = class_labels(y_true, scores, axis, hard=True)
    true_score = ops.sum(true_class * scores, axis=axis, keepdims=True)
    violations = ops.relu(scores - true_score + margin)
    if squared:
        violations = ops.square(violations)
    if not include_true_class:
        violations = violations * (1 - true_class)
    total = ops.sum(violations, axis=axis)
    terms = scores.shape[axis] - (0 if include_true_class else 1)
    return total / terms if average else total


@keras.saving.register_keras_serializable(package="relecture")
class MulticlassHinge(ClassLoss):
    """Asks the true class's score to exceed each other score by a margin.

    Formula, with scores s and c the true class:

        loss = sum over j != c of max(0, s[j] - s[c] + margin)

    keras.losses.CategoricalHinge is another loss: it takes the worst wrong class in place of their sum.
    The gradient where a margin is met exactly is 0.

    Args:
        margin: how far the true score has to lead, >= 0.
        squared: whether each max(0, .) is squared.
        average: whether to divide by the number of terms, K - 1 (K with include_true_class).
        include_true_class: whether j = c takes part too, which adds the constant margin (its square if squared).
        axis: the class axis of y_pred.
        reduction: how the examples' losses are put together, as in every Keras loss.
        name: name of the loss.
        dtype: dtype of the loss; 16-bit predictions are computed in float32 whatever it is.
    Call: y_true int (N,) or (N, 1), or one-hot (N, K); y_pred scores, float (N, K) -> float (N,) before reduction.
        Further dimensions may stand on either side of the class axis.
    Raises: ValueError if margin < 0, K = 1, shapes disagree, y_pred is not finite, a label names no class or more
        than one, or a sample weight is negative or not finite. In a compiled function such an example's loss and
        gradient are NaN.

    Example:
        >>> scores = [[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]]  # cat, car, frog
        >>> [f"{float(value):.1f}" for value in MulticlassHinge(reduction=None)([0, 1, 2], scores)]
        ['2.9', '0.0', '12.9']
        >>> f"{float(MulticlassHinge()([0, 1, 2], scores)):.4f}"
        '5.2667'

    Reference: Weston and Watkins 1999, Support vector machines for multi-class pattern recognition.
    Lecture: Hantehzadeh, multiclass SVM loss (prints 10.9 for the frog, having left out the margin).
    """

    def __init__(
        self,
        margin: float = 1.0,
        squared: bool = False,
        average: bool = False,
        include_true_class: bool = False,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "multiclass_hinge",
        dtype: Any = None,
    ) -> None:
        super().__init__(axis=axis, reduction=reduction, name=name, dtype=dtype)
        self.margin = check_number("margin", margin, low=0)
        self.squared = check_flag("squared", squared)
        self.average = check_flag("average", average)
        self.include_true_class = check_flag("include_true_class", include_true_class)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the loss of each example."""
        return multiclass_hinge(
            y_true, y_pred, self.margin, self.squared, self.average, self.include_true_class, self.axis
        )

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "margin": self.margin,
            "squared": self.squared,
            "average": self.average,
            "include_true_class": self.include_true_class,
        }
