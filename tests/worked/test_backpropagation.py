import numpy as np
import pytest

from experiments.worked import backpropagation as b

SIGMAS = ["sigmoid", "tanh", "relu"]


def test_gradients_of_the_last_two_layers():
    assert b.third_weights(SIGMAS).holds is True
    assert b.third_weights(SIGMAS, factor=1).holds is False  # that of half the squared error
    assert b.second_weights(SIGMAS).holds is True
    assert b.second_weights(["sigmoid", "tanh"], with_slope=False).holds is False


def test_first_factor_of_the_first_layer():
    assert b.first_weights(SIGMAS, factor="sigma(I)").holds is False
    assert b.first_weights(SIGMAS, factor="I").holds is True
    # The printed formula is that of a network whose input units apply sigma.
    assert b.first_weights(SIGMAS, factor="sigma(I)", inputs_activated=True).holds is True
    assert b.first_weights(SIGMAS, factor="I", inputs_activated=True).holds is False


def test_biases():
    found = b.biases(SIGMAS)
    assert found.holds is True
    assert found.values["biases"] == 6
    assert b.biases(SIGMAS, factor=-1).holds is False


def test_net_input_is_the_meaning_that_works():
    assert b.meaning_of_inputs(SIGMAS, meaning="net input of layer l").holds is True
    found = b.meaning_of_inputs(SIGMAS, meaning="output of layer l-1")
    assert found.holds is False
    # ReLU twice is ReLU once, so it alone would not tell the meanings apart.
    assert found.values["relu"] < 1e-6 < found.values["sigmoid"]


@pytest.mark.parametrize("units", [[2, 3, 2, 1], [3, 4, 2], [2, 1]])
def test_recursion_runs_from_output_to_input(units):
    assert b.algorithm(units, SIGMAS, order="output to input").holds is True


def test_recursion_in_the_other_order_fails():
    assert b.algorithm([2, 3, 2, 1], SIGMAS, order="input to output").holds is False


def test_too_large_a_rate_does_not_lower_the_loss():
    with np.errstate(all="ignore"):
        assert b.algorithm([2, 3, 2, 1], ["relu"], order="output to input", rate=50).holds is False


def test_forward_and_backward_by_hand():
    # 1-1-1, linear units: output = 3 (2 x + 1) - 1 = 8 at x = 1; E = (8 - 5)^2, dE/d(second weight) = 2 * 3 * 3.
    batch = b._Batch(lambda z: z, np.ones_like, np.array([[1.0]]), np.array([[5.0]]))
    theta = [np.array([[2.0], [1.0]]), np.array([[3.0], [-1.0]])]
    assert batch.loss(theta) == 9
    first, second = batch.gradients(theta, "output to input")
    assert second.ravel().tolist() == [18, 6]
    assert first.ravel().tolist() == [18, 18]  # 6 * 3 * x, 6 * 3
