"""Rosenblatt's rule as a loss, so that gradient descent is the perceptron algorithm."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from losses._arguments import check_axis
from losses._binary import OutputLoss, mean_of_outputs, paired
from losses._tensors import Tensor, check_finite, concrete, nan_unless


def perceptron_loss(y_true: Any, y_pred: Any, axis: int = -1) -> Tensor:
    """Return how far each output lies on the wrong side of zero, averaged over `axis`; see `PerceptronLoss`.

        loss = max(0, -y z)

    Call: y_true and y_pred of shape (N, D) -> float (N,); of shape (N,) -> float (N,).
    Raises: ValueError as the class does.

    Example:
        >>> [f"{float(value):.1f}" for value in perceptron_loss([1.0, -1.0, 1.0], [-2.0, 0.5, 3.0])]
        ['2.0', '0.5', '0.0']

    Reference: Rosenblatt 1958. Lecture: Cavallaro, perceptron algorithm.
    """
    axis = check_axis(axis)
    y, z = paired(y_true, y_pred)
    check_finite("y_true", concrete(y), "labels")
    check_finite("y_pred", concrete(z), "outputs")
    # The step is a constant to the gradient: an output of exactly 0 means class 1, and is a mistake for the other.
    mistake = ops.cast(z >= 0, z.dtype) - ops.cast(y > 0, z.dtype) + nan_unless(ops.equal(y, y), z)
    return mean_of_outputs(ops.stop_gradient(mistake) * z, axis)


@keras.saving.register_keras_serializable(package="relecture")
class PerceptronLoss(OutputLoss):
    """The perceptron criterion: nothing for an output on the right side of zero, else its distance from zero.

    Formula, with z the output of a linear unit and y = -1 or +1 (0 is read as -1):

        loss = max(0, -y z),    d loss / dz = [z >= 0] - [y > 0]

    At z = 0 the criterion has no derivative; the one taken is that of Rosenblatt's step, which puts z = 0 into class
    1. So SGD with learning rate 1 and one example a batch, started at zero, is his rule to the letter:
    w += (label - [w x >= 0]) x, with labels 0 and 1.

    Args:
        reduction: how the examples' losses are put together, as in every Keras loss.
        name: name of the loss.
        dtype: dtype of the loss; 16-bit predictions are computed in float32 whatever it is.
        axis: the axis to average over.
    Call: y_true and y_pred float (N, D), or (N,), one number an example -> float (N,) before reduction.
    Raises: ValueError if shapes disagree, a value is not finite, or a sample weight is negative; in a compiled
        function the loss is NaN instead.

    Example:
        >>> f"{float(PerceptronLoss()([[1.0], [-1.0]], [[-2.0], [-3.0]])):.1f}"
        '1.0'

    Reference: Rosenblatt 1958, The perceptron; Bishop 2006, eq. 4.54.
    Lecture: Cavallaro, perceptron algorithm.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "perceptron",
        dtype: Any = None,
        *,
        axis: int = -1,
    ) -> None:
        super().__init__(axis=axis, reduction=reduction, name=name, dtype=dtype)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the loss of each example."""
        return perceptron_loss(y_true, y_pred, self.axis)
