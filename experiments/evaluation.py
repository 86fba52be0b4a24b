"""Predictions -> scores: NumPy only, so that scores can be recomputed from records without training."""

from dataclasses import dataclass

import numpy as np

from metrics.scores import SCORES, confusion_matrix


@dataclass(frozen=True)
class Predictions:
    """A trained network's outputs on the test set.

    Attributes:
        y_true: int (N,), class indices.
        outputs: float32 (N, units), what the output layer gave.
    """

    y_true: np.ndarray
    outputs: np.ndarray

    @property
    def y_pred(self) -> np.ndarray:
        """Predicted class indices, int (N,): the largest output, or output > 0.5 of a single unit."""
        return predicted_classes(self.outputs)


@dataclass(frozen=True)
class Scores:
    """What a trial achieved on its test set.

    Attributes:
        confusion: int (K, K), rows truth, columns predictions.
        values: every score of `metrics.SCORES` by name, and `loss`.
    """

    confusion: np.ndarray
    values: dict[str, float]


def predicted_classes(outputs: np.ndarray) -> np.ndarray:
    """Outputs (N, units) -> class indices (N,)."""
    if outputs.shape[1] == 1:
        return (outputs[:, 0] > 0.5).astype(np.int64)
    return outputs.argmax(axis=1)


def evaluate(predictions: Predictions, num_classes: int, loss: float) -> Scores:
    """Confusion matrix and every score.

    Args:
        predictions: the network's outputs and the truth.
        num_classes: K; classes absent from the test set keep their row and column.
        loss: mean loss on the test set.
    """
    confusion = confusion_matrix(predictions.y_true, predictions.y_pred, num_classes)
    return Scores(confusion, {"loss": loss, **{name: float(score(confusion)) for name, score in SCORES.items()}})
