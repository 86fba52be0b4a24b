import pytest

from experiments.worked import capacity


def test_as_many_units_as_points_learn_noise_by_heart():
    found = capacity.learns_by_heart(points=50, hidden=50)
    assert found.values["training errors"] == 0
    assert found.values["accuracy on new points"] == pytest.approx(0.5, abs=0.06)
    assert found.holds is True


def test_few_units_do_not():
    found = capacity.learns_by_heart(points=50, hidden=5)
    assert found.values["training errors"] > 5
    assert found.holds is False
