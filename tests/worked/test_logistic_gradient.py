import pytest

from experiments.worked import logistic_gradient


def test_one_step_down_helps_and_up_does_not():
    assert logistic_gradient.one_step(0.1).values == {"cases": 200, "better": 200}
    assert logistic_gradient.one_step(0.1).holds is True
    up = logistic_gradient.one_step(0.1, sign=1)
    assert up.values["better"] == 0
    assert up.holds is False


def test_gradient_of_a_point():
    assert logistic_gradient.gradient_of_a_point().holds is True
    assert logistic_gradient.gradient_of_a_point(sign=1).holds is False
    assert logistic_gradient.gradient_of_a_point(last=0.0).holds is False
    assert logistic_gradient.derivative_by_bias().holds is True
    assert logistic_gradient.derivative_by_bias(sign=1).holds is False


def test_sigmoid_derivative():
    found = logistic_gradient.sigmoid_derivative()
    assert found.holds is True
    assert found.values["largest"] == pytest.approx(0.25, abs=1e-9)
    assert logistic_gradient.sigmoid_derivative(denominator_power=1).holds is False


def test_derivative_of_prediction():
    assert logistic_gradient.derivative_of_prediction().holds is True
    assert logistic_gradient.derivative_of_prediction("w_j").holds is False
    assert logistic_gradient.derivative_of_prediction("1").holds is False


def test_every_line_of_the_chain_counts():
    assert logistic_gradient.chain_of_lines([-1, 1]).holds is True
    assert logistic_gradient.chain_of_lines([1, 1]).holds is False
    assert logistic_gradient.chain_of_lines([-1, -1]).holds is False
    assert logistic_gradient.chain_of_lines([-1, 1], last=1).holds is False


def test_the_gradient_has_an_entry_for_each_weight_not_for_each_point():
    found = logistic_gradient.set_of_points([0.5, 1.0, 2.0], 1)
    assert found.values == {"entries printed": 4, "entries of the gradient": 2}
    assert found.holds is False
    assert logistic_gradient.set_of_points([0.5], 1).holds is True


def test_log_loss_is_convex_and_quadratic_loss_is_not():
    features, labels = [[0.5], [1.0], [-1.0], [2.0]], [1, 0, 0, 1]
    assert logistic_gradient.is_convex(features, labels).holds is True
    assert logistic_gradient.is_convex(features, labels, cost="quadratic").holds is False
