import math

import pytest

from experiments.worked import logistic_cost


def test_unit_by_hand():
    found = logistic_cost.unit([2, -1], 1, [[0, 0], [0, 1], [-1, 0]], "relu")  # z = 1, 0, -1
    assert found.values["outputs"] == [1, 0, 0]
    assert found.holds is True


def test_only_a_bounded_activation_gives_probabilities():
    arguments = {"weights": [2, -1], "bias": 1, "inputs": [[0, 1], [3, 0], [-3, 0]]}  # z = 0, 7, -5
    found = logistic_cost.probability(**arguments)
    assert found.holds is True
    assert found.values["outputs"] == pytest.approx([0.5, 0.99908895, 0.00669285], abs=1e-8)
    assert logistic_cost.probability(**arguments, activation="tanh").holds is False
    assert logistic_cost.probability(**arguments, activation="linear").holds is False


def test_sigmoid_limits():
    found = logistic_cost.sigmoid_limit([10, 20], 1)
    assert found.holds is True
    assert 1 - found.values["outputs"][0] == pytest.approx(4.5398e-5, rel=1e-4)
    assert logistic_cost.sigmoid_limit([-10, -20], 0).holds is True
    small = logistic_cost.sigmoid_limit([0.01, -20], 0)
    assert small.values["outputs"][0] == pytest.approx(0.50249998, abs=1e-8)
    assert small.holds is False


# -(ln 0.9 + ln 0.8 + ln 0.6 + ln 0.3) / 4
COST = {"truth": [1, 0, 1, 0], "predicted": [0.9, 0.2, 0.6, 0.7]}


def test_cost_with_brackets():
    found = logistic_cost.printed_cost(**COST)
    assert found.values["as printed"] == pytest.approx([0.510826], abs=5e-7)
    assert found.holds is True


def test_cost_without_brackets():
    found = logistic_cost.printed_cost(**COST, brackets=False)
    first = -(math.log(0.9) + math.log(0.6)) / 4
    assert found.values["as printed"] == pytest.approx([first, first + math.log(0.8), first, first + math.log(0.3)])
    assert found.holds is False


def test_two_minus_signs_make_the_cost_negative():
    found = logistic_cost.printed_cost(**COST, inner_sign=-1)
    assert found.values["as printed"] == pytest.approx([-0.510826], abs=5e-7)
    assert found.holds is False
    assert logistic_cost.printed_cost(**COST, outer_sign=1, inner_sign=-1).holds is True


def test_remaining_term():
    assert logistic_cost.remaining_term("y log p", "(1-y) log(1-p)").holds is True
    assert logistic_cost.remaining_term("(1-y) log(1-p)", "y log p").holds is False
    assert logistic_cost.remaining_term("y log p", "y log p").holds is False


def test_mean_of_point_errors():
    found = logistic_cost.mean_of_point_errors(**COST)
    assert found.values["mean of point errors"] == pytest.approx(0.510826, abs=5e-7)
    assert found.holds is True
    assert logistic_cost.mean_of_point_errors(**COST, second_sign=1).holds is False


def test_quadratic():
    found = logistic_cost.quadratic([1, 0], [0.8, 0.5])
    assert found.values["losses"] == pytest.approx([0.02, 0.125])
    assert found.values["convex in z"] is False
    assert found.holds is True
    assert logistic_cost.quadratic([1, 0], [0.8, 0.5], factor=1.0).holds is False


def test_log_loss():
    found = logistic_cost.log_loss([1, 0], [0.8, 0.5])
    assert found.values["losses"] == pytest.approx([0.223144, 0.693147], abs=5e-7)
    assert found.holds is True
    assert logistic_cost.log_loss([1, 0], [0.8, 0.5], sign=1).holds is False


def test_close_to_when_good():
    assert logistic_cost.close_to_when_good(0, 0.0).holds is True
    found = logistic_cost.close_to_when_good(1, 1.0)
    assert found.values["yhat"] == pytest.approx(1, abs=1e-4)
    assert found.values["logarithm"] == pytest.approx(0, abs=1e-4)
    assert found.holds is False
