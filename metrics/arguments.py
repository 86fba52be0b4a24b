"""Checks of arguments: each returns plain data, or raises ValueError with what was expected and what came."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def checked_num_classes(num_classes: int) -> int:
    """Return num_classes as int if it is one and at least 2, else raise ValueError."""
    if isinstance(num_classes, bool) or not isinstance(num_classes, int | np.integer) or num_classes < 2:
        raise ValueError(f"num_classes: expected a whole number of at least 2, received {num_classes!r}")
    return int(num_classes)


def checked_zero_division(zero_division: float) -> float:
    """Return zero_division as float if it is 0, 1 or NaN, else raise ValueError."""
    is_number = isinstance(zero_division, int | float | np.number) and not isinstance(zero_division, bool)
    if not is_number or not (zero_division in (0, 1) or zero_division != zero_division):
        raise ValueError(f"zero_division: expected 0, 1 or NaN, received {zero_division!r}")
    return float(zero_division)


def checked_names(class_names: Sequence[str], K: int) -> list[str]:
    """Return the K class names as a list of strings, or raise ValueError."""
    # A set has no order, and the letters of a text are no names.
    is_list = hasattr(class_names, "__getitem__") and not isinstance(class_names, str | bytes | Mapping)
    names = list(class_names) if is_list else []
    if len(names) != K:
        raise ValueError(f"class_names: expected {K} names, one a class, received {class_names!r}")
    return [str(name) for name in names]


def checked_flag(argument: str, value: bool) -> bool:
    """Return True or False, or raise ValueError: a text such as 'no' would count as True."""
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"{argument}: expected True or False, received {value!r}")
    return bool(value)


def checked_axis(axis: int) -> int:
    """Return axis as int, or raise ValueError; True is not an axis."""
    if isinstance(axis, bool) or not isinstance(axis, int | np.integer):
        raise ValueError(f"axis: expected an integer, received {axis!r}")
    return int(axis)


def checked_threshold(threshold: float | None, K: int) -> float | None:
    """Return the threshold of one score a sample as float, or None, else raise ValueError."""
    if threshold is None:
        return None
    is_number = isinstance(threshold, int | float | np.number) and not isinstance(threshold, bool | np.complexfloating)
    if not is_number or K != 2 or not 0 < threshold < 1:
        raise ValueError(
            "threshold: expected None, or for num_classes=2 a number between 0 and 1,"
            f" received {threshold!r} for num_classes={K}"
        )
    return float(threshold)


def as_array(argument: str, value: Any) -> Array:
    """Return an array, or raise ValueError for None and for rows of unequal length."""
    if value is None:
        raise ValueError(f"{argument}: expected an array, received None")
    try:
        return np.asarray(value)
    except ValueError:
        raise ValueError(f"{argument}: expected an array, received rows of unequal length") from None
