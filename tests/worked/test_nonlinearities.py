"""What activation functions cost, counted."""

import numpy as np
import pytest

from experiments.worked import nonlinearities


def test_operations_are_those_of_the_formula_in_order():
    assert nonlinearities.operations("sigmoid") == [np.negative, np.exp, np.add, np.divide]
    assert nonlinearities.operations("relu") == [np.maximum]


def test_cutting_off_needs_no_exponential():
    found = nonlinearities.without_exponentials("relu", ["tanh", "sigmoid"])
    assert found.holds is True
    assert found.values == {
        "costly operations of relu": 0,
        "costly operations of tanh": 1,
        "costly operations of sigmoid": 1,
    }


def test_it_fails_where_the_cheap_one_is_the_costly_one():
    assert nonlinearities.without_exponentials("sigmoid", ["tanh"]).holds is False
    assert nonlinearities.without_exponentials("relu", ["relu"]).holds is False


def test_what_is_counted_is_what_it_is_called():
    z = np.array([-2.0, 0.0, 2.0])
    assert nonlinearities.FUNCTIONS["relu"](z).tolist() == [0, 0, 2]
    assert nonlinearities.FUNCTIONS["sigmoid"](z) == pytest.approx((1 + np.tanh(z / 2)) / 2)
