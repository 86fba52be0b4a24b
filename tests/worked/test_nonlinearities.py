import numpy as np
import pytest

from experiments.worked import nonlinearities


def test_cutting_off_is_cheaper_than_exponentials():
    assert nonlinearities.cheaper("relu", ["tanh", "sigmoid"]).holds is True
    found = nonlinearities.cheaper("sigmoid", ["relu"])
    assert found.holds is False
    assert found.values == {"relu takes 2 times as long": False}


def test_what_is_timed_is_what_it_is_called():
    z = np.array([-2.0, 0.0, 2.0])
    assert nonlinearities.FUNCTIONS["relu"](z).tolist() == [0, 0, 2]
    assert nonlinearities.FUNCTIONS["sigmoid"](z) == pytest.approx((1 + np.tanh(z / 2)) / 2)
