"""Tensors of either backend: conversion under an argument's name, values where they can be seen, NaN elsewhere."""

from __future__ import annotations

import reprlib
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

Tensor = Any
Shape = tuple[int | None, ...]


def concrete(x: Tensor) -> np.ndarray | None:
    """Return the values of an eager tensor, None for the placeholder of a traced or differentiated one."""
    if keras.config.backend() == "tensorflow":
        # np.asarray of the tensor itself fails for a bfloat16 without dimensions.
        return np.asarray(x.numpy()) if hasattr(x, "numpy") else None
    try:
        return ops.convert_to_numpy(x)
    except TypeError:  # what JAX's tracers raise
        return None


def as_tensor(name: str, x: Any, dtype: str | None = None) -> Tensor:
    """Return real numbers as a tensor, a tensor as it is: Keras keeps a mask on the very object."""
    tensor = x if ops.is_tensor(x) else _converted(x, dtype)
    kind = "" if tensor is None else keras.backend.standardize_dtype(tensor.dtype)
    if kind != "bool" and "int" not in kind and "float" not in kind:
        raise ValueError(f"{name}: expected an array of numbers, got {described(x)}")
    return tensor


def _converted(x: Any, dtype: str | None) -> Tensor | None:
    """Return a tensor, None for what is no array of numbers."""
    if x is None or isinstance(x, str) or (isinstance(x, np.ndarray) and x.dtype.kind in "OSUMmc"):
        return None
    try:
        return ops.convert_to_tensor(x) if dtype is None else ops.convert_to_tensor(x, dtype=dtype)
    except (TypeError, ValueError):  # texts, rows of unequal length, None among the entries
        return None


def described(x: Any) -> str:
    """Return what an error message says of a value: shape and dtype of an array, else a short repr."""
    if hasattr(x, "shape") and hasattr(x, "dtype"):
        dtype = x.dtype if isinstance(x, np.ndarray) else keras.backend.standardize_dtype(x.dtype)
        return f"shape {tuple(x.shape)} of dtype {dtype}"
    return reprlib.repr(x)


def as_float(name: str, x: Any) -> Tensor:
    """Return a float32 or float64 tensor; halves and integers become float32 (or floatx, where wider)."""
    x = as_tensor(name, x)
    dtype = keras.backend.standardize_dtype(x.dtype)
    if dtype in ("float32", "float64"):
        return x
    return ops.cast(x, "float64" if keras.config.floatx() == "float64" else "float32")


def static_shape(name: str, x: Tensor) -> Shape:
    """Return the shape known before running, None for the sizes that are not."""
    try:
        return tuple(x.shape)
    except ValueError as error:
        raise ValueError(f"{name}: expected a tensor of known rank, got one of unknown rank") from error


def agree(a: Shape, b: Shape) -> bool:
    """Whether two shapes can be the same, None standing for any size."""
    return len(a) == len(b) and all(x is None or y is None or x == y for x, y in zip(a, b, strict=True))


def without_axis(shape: Shape, axis: int) -> Shape:
    """Return the shape that a sum over `axis` leaves."""
    if not -len(shape) <= axis < len(shape):
        raise ValueError(f"axis: expected a dimension of y_pred, got {axis} for y_pred of shape {shape}")
    axis %= len(shape)
    return shape[:axis] + shape[axis + 1 :]


def along_axis(vector: Sequence[float] | np.ndarray, like: Tensor, axis: int) -> Tensor:
    """Return `vector` as a tensor that broadcasts along the class axis of `like`."""
    shape = [1] * len(like.shape)
    shape[axis] = len(vector)
    return ops.convert_to_tensor(np.reshape(np.asarray(vector, "float64"), shape), dtype=like.dtype)


def nan_unless(valid: Tensor, like: Tensor) -> Tensor:
    """Return 0 where `valid`, else NaN: added to a value, it spoils what must not pass for a number."""
    zero = ops.zeros((), dtype=like.dtype)
    return ops.where(valid, zero, ops.full((), np.nan, dtype=like.dtype))


def first(bad: np.ndarray) -> tuple[int, ...]:
    """Return the index of the first True."""
    return tuple(int(i) for i in np.argwhere(bad)[0])


def check_finite(name: str, values: np.ndarray | None, what: str) -> None:
    """Refuse NaN and infinities, where values can be seen."""
    if values is not None and not np.all(np.isfinite(values)):
        where = first(~np.isfinite(values))
        raise ValueError(f"{name}: expected finite {what}, got {values[where]} at index {where}")
