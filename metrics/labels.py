"""From what a model and a data set give to class indices, in `keras.ops`, so that it compiles.

Nothing here raises because of a *value*, which a compiled step cannot do; each reader returns beside the indices
a mask of the entries it could read, and `metrics.confusion` decides what to do about the others. Shapes are
known while compiling, and a wrong one raises ValueError.
"""

from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops

from metrics.arguments import as_array

Shape = tuple[int | None, ...]


class Labels(NamedTuple):
    """Class indices of one argument, with what is needed to say what is wrong with it."""

    index: Any  # int32, one entry a sample; 0 where ok is False
    ok: Any  # bool, same shape
    received: Any  # what stood there; a vector of classes is the last axis
    expected: str


def as_tensor(argument: str, value: Any) -> Any:
    """Convert to a real-valued tensor; lists and NumPy integers never wrap round into the 32 bits of JAX."""
    if value is None or isinstance(value, list | tuple | int | float | str):
        value = as_array(argument, value)
    if isinstance(value, np.ndarray) and value.dtype.kind in "OSUMmc":
        raise ValueError(f"{argument}: expected numbers, received dtype {value.dtype}")
    if isinstance(value, np.ndarray) and value.dtype.kind in "iu" and value.dtype.itemsize == 8:
        # As wrong after clipping as before, if it was out of range: no class index comes near 2^31.
        value = np.clip(value, -1, 2**31 - 1).astype(np.int32)
    tensor = ops.convert_to_tensor(value)
    dtype = keras.backend.standardize_dtype(tensor.dtype)
    if dtype in ("bool", "int8", "uint8", "int16", "uint16"):
        tensor = ops.cast(tensor, "int32")  # where a comparison with the number of classes cannot overflow
    elif "int" not in dtype and "float" not in dtype:
        raise ValueError(f"{argument}: expected numbers, received dtype {dtype}")
    return tensor


def read_predictions(
    y_pred: Any, num_classes: int, axis: int, sparse: bool, from_logits: bool, threshold: float | None
) -> Labels:
    """Find the predicted class of each sample, from a score a class, one score, or (sparse) class indices."""
    y_pred = as_tensor("y_pred", y_pred)
    shape: Shape = tuple(y_pred.shape)
    at = _class_axis("y_pred", shape, axis) if len(shape) > 1 else None
    size = 1 if at is None else shape[at]
    if sparse:
        return _read_indices(_without(y_pred, at) if size == 1 else y_pred, num_classes)
    if at is not None and size == num_classes:
        if threshold is not None:
            raise ValueError(
                f"threshold: expected None where each class has a score, received {threshold}"
                f" for y_pred of shape {shape}"
            )
        index = ops.cast(ops.argmax(y_pred, axis=at), "int32")
        ok = ops.logical_not(ops.any(ops.isnan(y_pred), axis=at))
        return Labels(index, ok, ops.moveaxis(y_pred, at, -1), "scores that are not NaN")
    if len(shape) == 0 or size != 1 or num_classes != 2:
        one = " or of size 1" if num_classes == 2 else ""
        raise ValueError(
            f"y_pred: expected a class axis ({axis}) of size {num_classes}{one}, received shape {shape};"
            " class indices need sparse_y_pred=True"
        )
    return _read_one_score(_without(y_pred, at), from_logits, 0.5 if threshold is None else threshold)


def read_truth(y_true: Any, shape: Shape, num_classes: int, axis: int) -> Labels:
    """Find the true class of each sample, from class indices or one-hot vectors; `shape` is that of the samples."""
    y_true = as_tensor("y_true", y_true)
    received: Shape = tuple(y_true.shape)
    at = None
    if len(received) == len(shape) + 1:
        at = _class_axis("y_true", received, axis)
    samples = received if at is None else received[:at] + received[at + 1 :]
    if not _same(samples, shape) or (at is not None and received[at] not in (1, num_classes)):
        raise ValueError(
            f"y_true: expected class indices of shape {shape}, or one-hot with {num_classes} classes on axis {axis},"
            f" received shape {received}"
        )
    if at is None or received[at] == 1:
        return _read_indices(_without(y_true, at), num_classes)
    # From 0 up, because TensorFlow's max of a batch without samples raises unless it is told where to begin.
    largest = ops.max(y_true, axis=at, keepdims=True, initial=0)
    # Soft labels pass. Zeros throughout, several ones, or a NaN name no class: argmax would invent one.
    owners = ops.sum(ops.cast(ops.equal(y_true, largest), "int32"), axis=at)
    ok = ops.logical_and(ops.equal(owners, 1), ops.greater(_without(largest, at), 0))
    index = ops.cast(ops.argmax(y_true, axis=at), "int32")
    return Labels(index, ok, ops.moveaxis(y_true, at, -1), "one-hot vectors, with one largest entry above 0")


def read_weight(argument: str, weight: Any, like: Any, shape: Shape) -> Any:
    """Spread weights over the samples: a scalar, one a sample, or one for each leading part of the shape."""
    weight = ops.cast(as_tensor(argument, weight), "float32")
    received: Shape = tuple(weight.shape)
    while len(weight.shape) > max(1, len(shape)) and weight.shape[-1] == 1:
        weight = ops.squeeze(weight, axis=-1)
    given: Shape = tuple(weight.shape)
    fits = len(given) <= len(shape) and all(
        g is None or s is None or g == s or (g == 1 and i > 0)
        for i, (g, s) in enumerate(zip(given, shape, strict=False))
    )
    if not fits:
        raise ValueError(
            f"{argument}: expected a scalar or shape {shape}, or its first axes, received shape {received}"
        )
    for _ in range(len(shape) - len(given) if given else 0):
        weight = ops.expand_dims(weight, axis=-1)
    return ops.broadcast_to(weight, ops.shape(like))


def _read_indices(values: Any, num_classes: int) -> Labels:
    ok = ops.logical_and(ops.greater_equal(values, 0), ops.less(values, num_classes))
    if "float" in keras.backend.standardize_dtype(values.dtype):
        ok = ops.logical_and(ok, ops.equal(values, ops.floor(values)))
    index = ops.cast(ops.where(ok, values, ops.zeros_like(values)), "int32")
    return Labels(index, ok, values, f"whole numbers from 0 to {num_classes - 1}")


def _read_one_score(score: Any, from_logits: bool, threshold: float) -> Labels:
    score = ops.cast(score, "float32") if "int" in keras.backend.standardize_dtype(score.dtype) else score
    if from_logits:
        ok, expected = ops.logical_not(ops.isnan(score)), "logits that are not NaN"
        threshold = float(np.log(threshold) - np.log1p(-threshold))
    else:
        # Logits read as probabilities would be cut at the wrong place. A NaN fails both comparisons.
        ok = ops.logical_and(ops.greater_equal(score, 0.0), ops.less_equal(score, 1.0))
        expected = "probabilities from 0 to 1 (from_logits=True reads logits)"
    return Labels(ops.cast(ops.greater(score, threshold), "int32"), ok, score, expected)


def _class_axis(argument: str, shape: Shape, axis: int) -> int:
    at = axis + len(shape) if axis < 0 else axis
    if not 0 < at < len(shape):
        raise ValueError(
            f"axis: expected the class axis of {argument}, behind the batch axis, received {axis} for shape {shape}"
        )
    return at


def _without(tensor: Any, axis: int | None) -> Any:
    return tensor if axis is None else ops.squeeze(tensor, axis=axis)


def _same(a: Shape, b: Shape) -> bool:
    return len(a) == len(b) and all(m is None or n is None or m == n for m, n in zip(a, b, strict=True))
