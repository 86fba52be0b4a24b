import pytest

from experiments.worked import loss_landscape


def test_formula_is_the_mean():
    outputs, targets = [1.0, 2.0, 0.5], [0.0, 2.5, 1.0]  # squares 1, 0.25, 0.25
    found = loss_landscape.squared_error(outputs, targets, "sum of squared errors")
    assert found.values["formula"] == 0.5
    assert found.values["sum of squared errors"] == 1.5
    assert found.holds is False
    assert loss_landscape.squared_error(outputs, targets, "mean squared error").holds is True
    assert loss_landscape.squared_error([1.0], [3.0], "sum of squared errors").holds is True  # N = 1


def test_only_equal_factors_keep_the_minimum():
    found = loss_landscape.same_minimum([0.25] * 4)
    assert found.values["of the sum"] == pytest.approx(2.0)  # (1.5 + 0.5 + 3 + 10) / (1 + 0.25 + 2.25 + 4)
    assert found.holds is True
    assert loss_landscape.same_minimum([1, 2, 3, 4]).holds is False


def test_gradient_points_uphill():
    found = loss_landscape.steepest_direction(1)
    assert found.holds is True
    assert found.values["angle between them"] < 0.1
    downhill = loss_landscape.steepest_direction(-1)
    assert downhill.holds is False
    assert downhill.values["angle between them"] == pytest.approx(180, abs=0.1)


def test_three_rates():
    found = loss_landscape.three_rates(small=0.01, stable=1.0, large=11.0)
    assert found.values == {"small": "in the local minimum", "stable": "at the lowest point", "large": "diverged"}
    assert found.holds is True


@pytest.mark.parametrize(
    ("small", "stable", "large"),
    [
        (1.0, 1.0, 11.0),  # not stuck
        (0.01, 0.01, 11.0),  # not arrived
        (0.01, 1.0, 9.0),  # converges: the bowl's curvature is 1/5, the bound 10
    ],
)
def test_rates_that_do_otherwise(small, stable, large):
    assert loss_landscape.three_rates(small, stable, large).holds is False
