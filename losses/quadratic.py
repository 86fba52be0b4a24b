"""The quadratic cost that logistic regression would have without a better idea."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from losses._arguments import check_axis
from losses._binary import OutputLoss, mean_of_outputs, paired
from losses._tensors import Tensor, check_finite, concrete


def quadratic_cost(y_true: Any, y_pred: Any, axis: int = -1) -> Tensor:
    """Return half the squared error, averaged over `axis`; `QuadraticCost` says the arguments in full.

        loss = 1/2 (yhat - y) ** 2

    Call: y_true and y_pred of shape (N, D) -> float (N,); of shape (N,) -> float (N,).
    Raises: ValueError as the class does.

    Example:
        >>> [f"{float(value):.3f}" for value in quadratic_cost([1.0, 0.0], [0.8, 0.5])]
        ['0.020', '0.125']

    Reference: Nielsen 2015, chapter 1, eq. 6. Lecture: Hantehzadeh, logistic regression cost.
    """
    axis = check_axis(axis)
    y_true, y_pred = paired(y_true, y_pred)
    check_finite("y_true", concrete(y_true), "targets")
    check_finite("y_pred", concrete(y_pred), "predictions")
    return mean_of_outputs(ops.square(y_pred - y_true) / 2, axis)


@keras.saving.register_keras_serializable(package="relecture")
class QuadraticCost(OutputLoss):
    """Half the squared error: half of keras.losses.MeanSquaredError.

    Formula, with yhat the prediction:

        loss = 1/2 (yhat - y) ** 2

    averaged over `axis`. Behind a sigmoid it is not convex in the logit, which is why log loss replaces it.
    The constructor's words stand in the order of keras.losses.MeanSquaredError; `axis` goes by name.

    Args:
        reduction: how the examples' losses are put together, as in every Keras loss.
        name: name of the loss.
        dtype: dtype of the loss; 16-bit predictions are computed in float32 whatever it is.
        axis: the axis to average over.
    Call: y_true and y_pred float (N, D), or (N,), one number an example -> float (N,) before reduction.
    Raises: ValueError if shapes disagree, a value is not finite, or a sample weight is negative; in a compiled
        function the loss is NaN instead.

    Example:
        >>> f"{float(QuadraticCost()([[1.0], [0.0]], [[0.8], [0.5]])):.4f}"
        '0.0725'

    Reference: Nielsen 2015, Neural networks and deep learning, chapter 1, eq. 6.
    Lecture: Hantehzadeh, logistic regression cost.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "quadratic_cost",
        dtype: Any = None,
        *,
        axis: int = -1,
    ) -> None:
        super().__init__(axis=axis, reduction=reduction, name=name, dtype=dtype)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the loss of each example."""
        return quadratic_cost(y_true, y_pred, self.axis)
