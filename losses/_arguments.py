"""Checks of constructor arguments: each returns plain data that a config can hold, or says what was expected."""

from __future__ import annotations

import math
import sys
from typing import Any

import keras
import numpy as np
from keras import ops

from losses._tensors import concrete

Alpha = float | list[float] | None


def plain(value: Any) -> Any:
    """Return the number in an array or eager tensor without dimensions; anything else as it came."""
    array = value if isinstance(value, (np.ndarray, np.generic)) else None
    if ops.is_tensor(value) or isinstance(value, keras.Variable):
        array = concrete(value)
    return value if array is None or array.ndim else array.item()


def check_number(name: str, value: Any, low: float = -math.inf, high: float = math.inf) -> float:
    """Return `value` as a float, or say which finite number in [low, high] was expected."""
    number = plain(value)
    is_number = isinstance(number, (int, float)) and not isinstance(number, bool)
    # An int may exceed every float; NaN fails the comparison.
    if not is_number or not abs(number) <= sys.float_info.max or not low <= number <= high:
        bounds = [f">= {low:g}"] if low > -math.inf else []
        bounds += [f"<= {high:g}"] if high < math.inf else []
        raise ValueError(f"{name}: expected a finite number {' and '.join(bounds)}".rstrip() + f", got {value!r}")
    return float(number)


def check_flag(name: str, value: Any) -> bool:
    """Return `value` as a bool; a text such as 'no' would count as True."""
    if not isinstance(value, (bool, np.bool_)):
        raise ValueError(f"{name}: expected True or False, got {value!r}")
    return bool(value)


def check_axis(axis: Any) -> int:
    """Return `axis` as an int; True is not an axis."""
    if isinstance(axis, bool) or not isinstance(axis, (int, np.integer)):
        raise ValueError(f"axis: expected an integer, got {axis!r}")
    return int(axis)


def check_vector(name: str, values: Any, minimum: float = 0.0) -> list[float]:
    """Return finite numbers >= minimum, one a class, as a list."""
    array = _numbers(values)
    if array is None or array.ndim != 1 or array.size < 2 or not np.all(np.isfinite(array) & (array >= minimum)):
        bound = f" >= {minimum:g}" if minimum > -math.inf else ""
        raise ValueError(f"{name}: expected a vector of two or more finite numbers{bound}, one a class, got {values!r}")
    return [float(value) for value in array]


def _numbers(values: Any) -> np.ndarray | None:
    """Return a float64 array, None for texts, truth values and rows of unequal length."""
    try:
        array = np.asarray(values)
        return None if array.dtype.kind in "bOSUMmc" else array.astype("float64")
    except (TypeError, ValueError, NotImplementedError):  # the last from TensorFlow's symbolic tensors
        return None


def check_alpha(alpha: Any) -> Alpha:
    """Return class weights as None, a float or a list of floats."""
    if alpha is None:
        return None
    if isinstance(plain(alpha), (int, float)):
        return check_number("alpha", alpha, low=0)
    return check_vector("alpha", alpha)


def check_counts(class_counts: Any) -> np.ndarray:
    """Return examples a class (or priors) as an array; a class without examples has no weight or margin."""
    counts = np.asarray(check_vector("class_counts", class_counts))
    absent = np.flatnonzero(counts == 0).tolist()
    if absent:
        raise ValueError(f"class_counts: expected a positive count for every class, got 0 for classes {absent}")
    return counts
