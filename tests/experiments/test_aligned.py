"""Arrays that a backend takes as they are."""

import numpy as np
import pytest

from experiments.aligned import ALIGNMENT, aligned, empty_aligned


@pytest.mark.parametrize("shape", [(1,), (7, 5), (1000, 784), ()])
@pytest.mark.parametrize("dtype", ["float32", "int64", "bool"])
def test_an_empty_array_starts_where_it_should(shape: tuple[int, ...], dtype: str) -> None:
    array = empty_aligned(shape, dtype)
    assert array.ctypes.data % ALIGNMENT == 0
    assert (array.shape, array.dtype) == (shape, np.dtype(dtype))
    assert array.flags.c_contiguous
    assert array.flags.writeable


def test_what_is_aligned_is_taken_as_it_is() -> None:
    array = empty_aligned((4, 16), np.float32)
    assert aligned(array) is array
    assert aligned(array[1:]).base is array.base  # rows of 64 bytes


def test_what_is_not_is_copied() -> None:
    whole = empty_aligned((9, 3), np.float32)
    whole[:] = np.arange(27).reshape(9, 3)
    frozen = whole.copy()
    frozen.flags.writeable = False
    for array in (whole[1:], whole[:, ::2], whole.T, frozen):
        copy = aligned(array)
        assert copy.ctypes.data % ALIGNMENT == 0
        assert not np.shares_memory(copy, array)
        np.testing.assert_array_equal(copy, array)
