"""Arrays that a backend can use where they lie, without a copy of its own."""

from math import prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

ALIGNMENT = 64
"""Bytes: TensorFlow takes an array as it is if it starts at a multiple of this; NumPy's start at multiples of 16."""


def empty_aligned(shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    """As `np.empty`, in C order, starting at a multiple of `ALIGNMENT`."""
    size = prod(shape) * np.dtype(dtype).itemsize
    room = np.empty(size + ALIGNMENT, np.uint8)
    start = -room.ctypes.data % ALIGNMENT
    return room[start : start + size].view(dtype).reshape(shape)


def aligned(array: NDArray[Any]) -> NDArray[Any]:
    """The array itself if a backend can take it as it is, else a copy that it can."""
    if array.ctypes.data % ALIGNMENT == 0 and array.flags.c_contiguous and array.flags.writeable:
        return array
    copy = empty_aligned(array.shape, array.dtype)
    np.copyto(copy, array)
    return copy
