"""A confusion matrix that adds up over batches, as a Keras metric, and every score as one too.

    import keras
    from metrics import ConfusionMatrix, ConfusionScore

    model.compile("sgd", loss, metrics=["accuracy", ConfusionScore("macro_f1", 10), ConfusionMatrix(10)])
    model.fit(x, y, callbacks=[keras.callbacks.EarlyStopping("val_macro_f1")])

Why counts are kept in parts. A float32 sum stops growing at 2^24, JAX has no int64 by default, and TensorFlow
keeps int32 variables off the GPU. So each cell is three float32 numbers, whole blocks of 2^20, whole units
below 2^20, and a fraction below 1 for weights, with carries between them. Each part stays where float32 is
exact, on every backend and device: a count is exact up to 2^44.

What a compiled step does about wrong values. A label out of range, a truth row that is not one-hot, a NaN score or a
negative weight raises ValueError where values can be seen (eager calls). Compiled code cannot raise, so there
such samples are counted apart: they never enter a cell, the result is NaN from then on until
`reset_state`, and `to_numpy` raises.
"""

from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

# Keras has no public name for this; on JAX the mask is no attribute of the array.
from keras.src.backend import get_keras_mask

from metrics.arguments import checked_axis, checked_flag, checked_num_classes, checked_threshold, checked_zero_division
from metrics.formulas import FORMULAS
from metrics.labels import Labels, read_predictions, read_truth, read_weight

BLOCK = 2**20
LARGEST_UPDATE = 2**30  # of weight, so that sums of whole weights stay within int32


@keras.saving.register_keras_serializable(package="relecture")
class ConfusionMatrix(keras.metrics.Metric):
    """Count, over all batches, how often each true class is predicted as each class.

        C[i, j] = sum over samples n of w[n] * [y_true[n] = i and y_pred[n] = j]

    Rows are truth, columns are predictions, and classes that do not occur stay. `result()` is the matrix, so
    that `evaluate` returns it and `fit`'s history lists one an epoch; for a number to watch, use `ConfusionScore`.

    Args:
        num_classes: K, at least 2.
        from_logits: matters only for one score a sample (K = 2): whether it is a logit or a probability. Of K
            scores the largest wins, be they logits or probabilities; of equal ones the first.
        threshold: probability above which one score a sample means class 1; None is 0.5. Only for K = 2
            with one score a sample.
        sparse_y_pred: True if y_pred holds class indices, not scores.
        axis: the class axis of y_pred, and of y_true where it is one-hot.
        name: the metric's name.
        dtype: of the result; counts are kept apart from it. None is float64, on JAX float32, in which a count
            above 2^24 is rounded: `to_numpy` is exact everywhere.

    Call: y_pred float (N, ..., K), or for K = 2 also (N, ..., 1) or (N,), or class indices; y_true class indices
        (N, ...) or (N, ..., 1), or one-hot (N, ..., K); sample_weight scalar, (N,) or (N, ...) -> float (K, K).
        Weights are float32; whole ones are counted exactly, fractions to float32's precision in each update.
        A sample of weight 0 or masked by Keras is left out, whatever its labels.
    Raises: ValueError for num_classes < 2, shapes that do not fit, and, in eager calls, labels out of range,
        truth that is not one-hot, NaN scores, one score outside 0..1 without from_logits, weights that are negative
        or not finite or add up to 2^30 in one update. In compiled code the result is NaN instead.

    Example:
        >>> metric = ConfusionMatrix(num_classes=3)
        >>> metric.update_state([0, 2], [[0.7, 0.2, 0.1], [0.1, 0.6, 0.3]])
        >>> metric.update_state([[0, 1, 0]], [[0.0, 1.0, 0.0]])
        >>> metric.to_numpy()
        array([[1., 0., 0.],
               [0., 1., 0.],
               [0., 1., 0.]])

    Lecture: Cavallaro, performance measures.
    """

    def __init__(
        self,
        num_classes: int,
        from_logits: bool = False,
        threshold: float | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
        name: str = "confusion_matrix",
        dtype: Any = None,
    ) -> None:
        # JAX has float64 only if told to; elsewhere it keeps every count whole.
        self._wide = "float32" if keras.backend.backend() == "jax" else "float64"
        super().__init__(name=name, dtype=dtype or self._wide)
        self._given_dtype = dtype and self.dtype
        if self.dtype == "float64":
            self._wide = "float64"
        self.num_classes = checked_num_classes(num_classes)
        self.from_logits = checked_flag("from_logits", from_logits)
        self.threshold = checked_threshold(threshold, self.num_classes)
        self.sparse_y_pred = checked_flag("sparse_y_pred", sparse_y_pred)
        self.axis = checked_axis(axis)
        shape = (3, self.num_classes, self.num_classes)
        self.counts = self.add_variable(shape, "zeros", dtype="float32", name="blocks_units_fractions")
        self.invalid = self.add_variable((), "zeros", dtype="float32", name="invalid")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch."""
        K = self.num_classes
        predicted = read_predictions(y_pred, K, self.axis, self.sparse_y_pred, self.from_logits, self.threshold)
        shape = tuple(predicted.index.shape)
        true = read_truth(y_true, shape, K, self.axis)
        like = predicted.index
        used, weight_ok = ops.ones_like(like, dtype="bool"), ops.ones_like(like, dtype="bool")
        weight = None
        if sample_weight is not None:
            weight = read_weight("sample_weight", sample_weight, like, shape)
            used = ops.not_equal(weight, 0)  # NaN included, so that it is reported
            weight_ok = ops.logical_and(ops.greater_equal(weight, 0), ops.less(weight, LARGEST_UPDATE))
        mask = get_keras_mask(y_pred)
        if mask is not None:
            used = ops.logical_and(used, ops.not_equal(read_weight("mask of y_pred", mask, like, shape), 0))

        bad = [ops.logical_and(used, ops.logical_not(ok)) for ok in (true.ok, predicted.ok, weight_ok)]
        counted = ops.logical_and(used, ops.logical_not(ops.any(ops.stack(bad), axis=0)))
        problems = [ops.sum(ops.cast(b, "int32")) for b in bad]
        if weight is not None:
            weight = ops.where(counted, weight, 0.0)
            too_much = ops.greater_equal(ops.sum(weight), LARGEST_UPDATE)
            weight = ops.where(too_much, 0.0, weight)
            problems.append(ops.cast(too_much, "int32"))
        problems = ops.stack(problems)
        _raise_if_visible(problems, bad, true, predicted, sample_weight)
        self._add(ops.where(counted, true.index * K + predicted.index, 0), counted, weight)
        self.invalid.assign(self.invalid + ops.cast(ops.sum(problems), "float32"))

    def _add(self, cell: Any, counted: Any, weight: Any) -> None:
        """Add 1, or its weight, for each counted sample at its flat cell of the matrix."""
        size = self.num_classes**2
        cell = ops.reshape(cell, [-1])
        blocks, units, fractions = (ops.reshape(part, [-1]) for part in ops.unstack(self.counts.value, 3))
        # Whole weights are summed in int32, where a batch of images with over 2^24 pixels is exact too.
        if weight is None:
            new = ops.segment_sum(ops.reshape(ops.cast(counted, "int32"), [-1]), cell, size)
        else:
            weight = ops.reshape(weight, [-1])
            whole = ops.floor(weight)
            fractions = fractions + ops.segment_sum(weight - whole, cell, size)
            carried = ops.floor(fractions)
            fractions = fractions - carried
            new = ops.segment_sum(ops.cast(whole, "int32"), cell, size) + ops.cast(carried, "int32")
        units = units + ops.cast(ops.mod(new, BLOCK), "float32")
        filled = ops.floor(units / BLOCK)
        blocks = blocks + ops.cast(ops.floor_divide(new, BLOCK), "float32") + filled
        parts = ops.stack([blocks, units - filled * BLOCK, fractions])
        self.counts.assign(ops.reshape(parts, self.counts.shape))

    def _matrix(self) -> Any:
        blocks, units, fractions = ops.unstack(ops.cast(self.counts.value, self._wide), 3)
        return ops.where(self.invalid.value > 0, np.nan, blocks * BLOCK + (units + fractions))

    def result(self) -> Any:
        """Return the matrix (K, K), NaN throughout if a compiled update met a wrong value."""
        return ops.cast(self._matrix(), self.dtype)

    def to_numpy(self) -> npt.NDArray[np.float64]:
        """Return the matrix (K, K) as it was counted, exact to 2^44 on every backend; not in compiled code.

        Raises: ValueError if a compiled update met a wrong value.
        """
        invalid = float(np.asarray(self.invalid.value))
        if invalid:
            raise ValueError(
                f"{self.name}: expected class indices from 0 to {self.num_classes - 1}, scores that are not NaN and"
                f" weights >= 0, received {invalid:.0f} samples of another kind in compiled updates;"
                " update_state outside compiled code names them"
            )
        blocks, units, fractions = np.asarray(self.counts.value).astype(np.float64)
        return blocks * BLOCK + units + fractions

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            "num_classes": self.num_classes,
            "from_logits": self.from_logits,
            "threshold": self.threshold,
            "sparse_y_pred": self.sparse_y_pred,
            "axis": self.axis,
            "name": self.name,
            "dtype": self._given_dtype,
        }


@keras.saving.register_keras_serializable(package="relecture")
class ConfusionScore(ConfusionMatrix):
    """One score of `metrics.scores.SCORES` over all batches: of the whole matrix, never a mean of batch scores.

    Its value is a scalar, so `fit` shows it, history keeps it, and EarlyStopping and ModelCheckpoint can watch
    it (greater is better for all of them).

    Args:
        score: accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1, f1_of_macro_averages,
            micro_f1, weighted_f1, cohen_kappa or matthews_correlation.
        num_classes, from_logits, threshold, sparse_y_pred, axis, dtype: as for `ConfusionMatrix`.
        zero_division: 0, 1 or NaN, the value of 0/0, as in `metrics.scores`; also the value before any sample.
        name: None is the score's name.

    Call: as for `ConfusionMatrix` -> float ().
    Raises: ValueError as there, and for another score or zero_division.

    Example: one of three samples of class 0 found, the one of class 1 found: (1/3 + 1) / 2.
        >>> metric = ConfusionScore("balanced_accuracy", num_classes=2)
        >>> metric.update_state([0, 0], [0.9, 0.2])
        >>> metric.update_state([0, 1], [0.8, 0.6])
        >>> round(float(metric.result()), 4)
        0.6667

    Lecture: Cavallaro, performance measures; F1 score is a good metric when data is imbalanced.
    """

    _direction = "up"  # what Keras callbacks in mode "auto" ask

    def __init__(
        self,
        score: str,
        num_classes: int,
        from_logits: bool = False,
        threshold: float | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
        zero_division: float = 0.0,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        if not isinstance(score, str) or score not in FORMULAS:
            raise ValueError(f"score: expected one of {', '.join(FORMULAS)}, received {score!r}")
        super().__init__(num_classes, from_logits, threshold, sparse_y_pred, axis, name or score, dtype)
        self.score = score
        self.zero_division = checked_zero_division(zero_division)

    def result(self) -> Any:
        """Return the score (), NaN if a compiled update met a wrong value."""
        value = FORMULAS[self.score](ops, self._matrix(), self.zero_division)
        return ops.cast(ops.where(self.invalid.value > 0, np.nan, value), self.dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {"score": self.score, **super().get_config(), "zero_division": self.zero_division}


def _raise_if_visible(problems: Any, bad: list[Any], true: Labels, predicted: Labels, weight: Any) -> None:
    """Raise ValueError for the first problem, unless compiled code is being traced, where none can be seen."""
    try:
        numbers = np.asarray(problems)
    except (NotImplementedError, TypeError):  # a symbolic tensor of TensorFlow; a tracer of JAX
        return
    if not numbers.any():
        return
    which = int(np.flatnonzero(numbers)[0])
    if which == 3:
        raise ValueError("sample_weight: expected a total below 2**30 in one update, received more")
    argument, expected, received = (
        ("y_true", true.expected, true.received),
        ("y_pred", predicted.expected, predicted.received),
        ("sample_weight", f"finite numbers from 0 to {LARGEST_UPDATE}", weight),
    )[which]
    position = tuple(int(i) for i in np.argwhere(np.asarray(bad[which]))[0])
    value = np.asarray(received)
    if value.ndim >= len(position):
        value = value[position]
    raise ValueError(
        f"{argument}: expected {expected}, received {value.tolist()} at sample {position}"
        f" ({numbers[which]} such samples in this update)"
    )
