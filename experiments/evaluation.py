"""Predictions -> scores: NumPy only, so that scores can be recomputed from records without training."""

from dataclasses import dataclass

import numpy as np

from metrics.scores import SCORES, confusion_matrix


@dataclass(frozen=True)
class Predictions:
    """A trained network's outputs on the test set.

    Attributes:
        y_true: int (N,), class indices; for regression float (N,), values.
        outputs: float32 (N, units), what the output layer gave.
        signed: whether a single unit's sign decides between two classes.
    """

    y_true: np.ndarray
    outputs: np.ndarray
    signed: bool = False

    @property
    def y_pred(self) -> np.ndarray:
        """Predicted class indices, int (N,), by `predicted_classes`."""
        return predicted_classes(self.outputs, signed=self.signed)


@dataclass(frozen=True)
class Scores:
    """What a trial achieved on its test set.

    Attributes:
        confusion: int (K, K), rows truth, columns predictions.
        values: every score of `metrics.SCORES` by name, and `loss`.
    """

    confusion: np.ndarray
    values: dict[str, float]


def training_scores(fitted: Predictions, loss: float) -> dict[str, float]:
    """What a trained network achieves on the examples that it was trained on: train_accuracy and train_loss.

    Unlike the history's columns, which are means over an epoch in which the weights change, these are of the final
    weights, without dropout.
    """
    return {"train_accuracy": float(np.mean(fitted.y_pred == fitted.y_true)), "train_loss": loss}


def probabilities(outputs: np.ndarray, activation: str, sharpness: float = 1.0) -> np.ndarray:
    """Outputs as class probabilities, float64 (N, K).

    Args:
        outputs: (N, units). One unit speaks for class 1, and what it lacks to 1 for class 0.
        activation: of the output layer; the scores of a `linear` one go through a softmax, others are taken as they
            are.
        sharpness: factor on linear scores before the softmax, as a loss may have (LDAM's `scale`).
    """
    values = outputs.astype(np.float64)
    if values.shape[1] == 1:
        return np.hstack([1 - values, values])
    if activation != "linear":
        return values
    powers = np.exp(sharpness * (values - values.max(axis=1, keepdims=True)))
    shares: np.ndarray = powers / powers.sum(axis=1, keepdims=True)
    return shares


def predicted_classes(outputs: np.ndarray, *, signed: bool = False) -> np.ndarray:
    """Outputs (N, units) -> class indices (N,): the largest output; of a single unit, whether it is above 0.5.

    A signed unit means class 1 from 0 on, 0 included: Rosenblatt's step.
    """
    if signed:
        return (outputs[:, 0] >= 0).astype(np.int64)
    if outputs.shape[1] == 1:
        return (outputs[:, 0] > 0.5).astype(np.int64)
    return outputs.argmax(axis=1)


def regression_scores(predictions: Predictions, loss: float) -> dict[str, float]:
    """Scores of values instead of classes, with e = output - truth over the test set.

    mean_squared_error: mean of e^2; mean_absolute_error: mean of |e|; largest_error: the largest |e|; r_squared:
    1 - sum e^2 / sum (truth - mean truth)^2, NaN where the truth never varies.
    """
    truth = predictions.y_true.astype(np.float64)
    error = predictions.outputs[:, 0].astype(np.float64) - truth
    spread = np.sum((truth - truth.mean()) ** 2)
    return {
        "loss": loss,
        "mean_squared_error": float(np.mean(error**2)),
        "mean_absolute_error": float(np.mean(np.abs(error))),
        "largest_error": float(np.max(np.abs(error))),
        "r_squared": float(1 - np.sum(error**2) / spread) if spread > 0 else float("nan"),
    }


def evaluate(predictions: Predictions, num_classes: int, loss: float) -> Scores:
    """Confusion matrix and every score.

    Args:
        predictions: the network's outputs and the truth.
        num_classes: K; classes absent from the test set keep their row and column.
        loss: mean loss on the test set.
    """
    confusion = confusion_matrix(predictions.y_true, predictions.y_pred, num_classes)
    return Scores(confusion, {"loss": loss, **{name: float(score(confusion)) for name, score in SCORES.items()}})
