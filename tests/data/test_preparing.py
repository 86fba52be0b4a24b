"""Scaling: by hand, against scikit-learn, and for data that trip a careless formula."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.datasets import load_iris
from sklearn.preprocessing import StandardScaler

from experiments.data import preparing
from experiments.data.errors import DataError


class TestStandard:
    def test_by_hand(self) -> None:
        x = np.array([[1.0, 10], [2, 10], [3, 10], [99, 99]])
        scaling = preparing.measure(x, np.arange(3), "standard")
        np.testing.assert_allclose(scaling.mean, [2, 10], rtol=1e-15)
        np.testing.assert_allclose(scaling.deviation, [np.sqrt(2 / 3), 1], rtol=1e-15)
        scaled = preparing.standardised(x, scaling, "x")
        assert scaled.dtype == np.float32
        np.testing.assert_array_equal(scaled[:, 1], [0, 0, 0, 89])

    def test_iris_agrees_with_the_lecture_and_scikit_learn(self) -> None:
        x = load_iris().data
        scaling = preparing.measure(x, np.arange(150), "standard")
        np.testing.assert_allclose(scaling.mean[:2], [5.84333, 3.05733], atol=5e-6)
        np.testing.assert_allclose(scaling.deviation[:2], [0.82530, 0.43441], atol=5e-6)
        theirs = StandardScaler().fit(x)
        np.testing.assert_allclose(scaling.mean, theirs.mean_, rtol=0, atol=1e-12)
        np.testing.assert_allclose(scaling.deviation, theirs.scale_, rtol=0, atol=1e-12)

    @settings(deadline=None, max_examples=50)
    @given(
        arrays(np.float64, st.tuples(st.integers(1, 30), st.integers(1, 4)), elements=st.floats(-1e6, 1e6, width=32))
    )
    def test_agrees_with_numpy_in_any_pieces(self, x: np.ndarray) -> None:
        whole = preparing.measure(x, np.arange(len(x)), "standard")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(preparing, "PIECE_CELLS", 7)
            pieces = preparing.measure(x, np.arange(len(x)), "standard")
        np.testing.assert_allclose(whole.mean, pieces.mean, rtol=1e-12, atol=1e-9)
        np.testing.assert_allclose(whole.mean, x.mean(axis=0), rtol=1e-9, atol=1e-9)
        deviation = x.std(axis=0)
        varies = np.ptp(x, axis=0) > 0
        np.testing.assert_allclose(whole.deviation[varies], deviation[varies], rtol=1e-6, atol=1e-9)
        assert np.all(whole.deviation[~varies] == 1)

    def test_a_constant_that_sums_inexactly_is_still_constant(self) -> None:
        x = np.full((3, 1), 0.1)
        assert x.mean() != 0.1  # what a careless formula would divide by
        scaling = preparing.measure(x, np.arange(3), "standard")
        assert scaling.deviation.tolist() == [1]
        assert preparing.standardised(x, scaling, "x").tolist() == [[0], [0], [0]]

    def test_far_from_zero(self) -> None:
        x = 1e9 + np.array([[0.0], [1], [2]])
        scaling = preparing.measure(x, np.arange(3), "standard")
        np.testing.assert_allclose(scaling.deviation, np.sqrt(2 / 3), rtol=1e-9)

    def test_per_pixel_and_colour_of_images(self) -> None:
        x = np.random.default_rng(0).integers(0, 256, (20, 3, 4, 2), np.uint8)
        scaling = preparing.measure(x, np.arange(20), "standard")
        np.testing.assert_allclose(scaling.mean, x.mean(axis=0), rtol=1e-12)
        np.testing.assert_allclose(scaling.deviation, x.std(axis=0), rtol=1e-12)
        rows = np.array([1, 4, 7])
        some = preparing.measure(x, rows, "standard")
        np.testing.assert_allclose(some.mean, x[rows].mean(axis=0), rtol=1e-12)

    def test_result_is_rounded_once(self) -> None:
        x = np.random.default_rng(0).normal(size=(50, 3))
        scaling = preparing.measure(x, np.arange(50), "standard")
        exact = ((x - scaling.mean) / scaling.deviation).astype(np.float32)
        np.testing.assert_array_equal(preparing.standardised(x, scaling, "x"), exact)

    def test_overflow_is_told(self) -> None:
        scaling = preparing.measure(np.array([[1e-30], [2e-30]]), np.arange(2), "standard")
        with pytest.raises(DataError, match=r"own.npz: scaled values are too large for float32"):
            preparing.standardised(np.array([[1e30]]), scaling, "own.npz")


class TestChannelStandard:
    def test_one_number_a_colour(self) -> None:
        x = np.random.default_rng(0).integers(0, 256, (20, 3, 4, 3), np.uint8)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(preparing, "PIECE_CELLS", 100)
            scaling = preparing.measure(x, np.arange(20), "channel_standard")
        np.testing.assert_allclose(scaling.mean, np.broadcast_to(x.mean(axis=(0, 1, 2)), (3, 4, 3)), rtol=1e-12)
        np.testing.assert_allclose(scaling.deviation, np.broadcast_to(x.std(axis=(0, 1, 2)), (3, 4, 3)), rtol=1e-12)
        scaled = preparing.standardised(x, scaling, "x").astype(np.float64)
        np.testing.assert_allclose(scaled.mean(axis=(0, 1, 2)), 0, atol=1e-6)
        np.testing.assert_allclose(scaled.std(axis=(0, 1, 2)), 1, atol=1e-6)


class TestUnit:
    @pytest.mark.parametrize("dtype", ["u1", "i8", "f8", "f4"])
    def test_bits_are_those_of_the_lecture(self, dtype: str) -> None:
        fraction = 0 if np.dtype(dtype).kind in "ui" else 0.1
        pixels = (np.arange(256) * (1 - fraction)).astype(dtype).reshape(-1, 1)
        before = pixels.copy()
        scaled = preparing.unit(pixels)
        assert scaled.dtype == np.float32
        np.testing.assert_array_equal(scaled, pixels.astype("float32") / 255)
        np.testing.assert_array_equal(pixels, before)

    def test_refused(self) -> None:
        def check(*values: float) -> None:
            preparing.refuse_unless_pixels([np.zeros((1, 2)), np.array([values])], "own.npz")

        check(0.5, 1.5)
        with pytest.raises(DataError, match=r"own.npz: scale: unit expects pixels from 0 to 255, got 0 to 256"):
            check(1, 256)
        with pytest.raises(DataError, match="got -1 to 3"):
            check(-1, 3)
        with pytest.raises(DataError, match="within 0 to 1 already"):
            check(0.5, 1)
        preparing.refuse_unless_pixels([np.array([[0, 1]])], "integers 0 and 1 may be pixels")


@given(st.sets(st.integers(0, 30), min_size=1))
def test_taken_is_fancy_indexing(rows: set[int]) -> None:
    x = np.arange(31 * 2).reshape(31, 2)
    ascending = np.array(sorted(rows))
    np.testing.assert_array_equal(preparing.taken(x, ascending), x[ascending])
