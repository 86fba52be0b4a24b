import numpy as np
import pytest

from experiments.worked._derivatives import derivative, gradient
from experiments.worked._writing import number, numbers, plus


def test_derivative_and_gradient():
    assert derivative(lambda x: x**3, np.array([2.0])) == pytest.approx([12], abs=1e-7)
    theta = np.array([[1.0, 2.0], [3.0, 4.0]])
    slopes = gradient(lambda t: float(t[0, 0] * t[1, 1] + t[0, 1] ** 2), theta)
    assert slopes == pytest.approx(np.array([[4.0, 4.0], [0.0, 1.0]]), abs=1e-7)
    assert theta.tolist() == [[1, 2], [3, 4]]  # not written into


def test_numbers_as_a_board_shows_them():
    assert number(0.2231435513) == "0.223144"
    assert number(-0.0) == "0"
    assert numbers([1, 2.5]) == "(1, 2.5)"
    assert plus(["2 x 3", "-1 x 4", "1"]) == "2 x 3 - 1 x 4 + 1"
