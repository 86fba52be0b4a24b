import math

import numpy as np
import pytest

from experiments.worked import _formulas, activations


@pytest.mark.parametrize("check", [activations.relu, activations.sigmoid, activations.tanh, activations.softplus])
def test_slide_formulas_are_keras_functions(check):
    found = check()
    assert found.holds is True
    assert found.values["largest difference"] < 1e-14


@pytest.mark.parametrize(
    ("check", "other"),
    [
        (activations.relu, {"floor": 0.1}),
        (activations.sigmoid, {"exponent": 1}),  # falls instead of rising
        (activations.sigmoid, {"added": 2}),
        (activations.tanh, {"inner": 1}),
        (activations.tanh, {"shift": 0}),
        (activations.softplus, {"added": 0}),  # log(e^z) = z
        (activations.leaky_relu, {"slopes": [1.5]}),  # max takes the wrong branch
        (activations.elu, {"times_z": True}),
        (activations.hard_sigmoid, {"shift": 1, "divisor": 2}),
    ],
)
def test_other_formulas_are_not(check, other):
    assert check(**other).holds is False


def test_differences_by_hand():
    # At z = -6 the factor z turns -alpha (1 - e^-6) into 6 alpha (1 - e^-6); the distance is seven times that.
    found = activations.elu(alphas=[1.0], times_z=True)
    assert found.values["largest difference"] == pytest.approx(7 * (1 - math.exp(-6)))
    assert activations.elu(alphas=[0.5, 1.0]).holds is True
    assert activations.leaky_relu(slopes=[1.5]).values["largest difference"] == pytest.approx(3.0)  # at 6: 9 and 6
    assert activations.leaky_relu(slopes=[0.01, 0.2]).holds is True


def test_three_hard_sigmoids():
    slide = activations.hard_sigmoid(shift=1, divisor=2)
    assert slide.values["largest difference"] == pytest.approx(1 / 3)  # at 1: 1 and 2/3
    assert slide.values["difference to keras 2"] == pytest.approx(0.3)  # at 1: 1 and 0.7
    assert slide.values["difference to sigmoid"] == pytest.approx(1 - 1 / (1 + math.exp(-1)))  # at 1
    assert activations.hard_sigmoid(shift=3, divisor=6).holds is True


def test_hard_sigmoid_reaches_its_ends():
    found = activations.hard_sigmoid_range(shift=1, divisor=2)
    assert (found.values["lowest"], found.values["highest"], found.holds) == (0, 1, False)
    assert activations.hard_sigmoid_range(shift=1, divisor=2, open_interval=False).holds is True
    assert activations.hard_sigmoid_range(shift=10, divisor=20).holds is True  # a ramp not cut off on [-6, 6]


def test_sigmoid_is_strictly_inside_and_nowhere_flat():
    assert activations.sigmoid_range().holds is True
    assert activations.sigmoid_range(exponent=0).holds is False  # constant 1/2


def test_sigmoid_derivative():
    found = activations.sigmoid_derivative()
    assert found.holds is True
    assert found.values["maximum"] == pytest.approx(0.25)
    assert activations.sigmoid_derivative(square=1).holds is False


def test_step():
    found = activations.step([-1, -0.0, 0, 1], at_or_above=1, below=0, at_zero=1)
    assert (found.values["outputs"], found.holds) == ([0, 1, 1, 1], True)
    assert activations.step([-1, 0, 1], at_or_above=1, below=0, at_zero=0).holds is False
    assert activations.step([-1, 0, 1], at_or_above=1, below=-1, at_zero=1).holds is False


def test_step_has_no_derivative_at_its_jump():
    found = activations.step_derivative([-1, 0, 1])
    assert (found.values["derivative is 0"], found.holds) == ([True, False, True], False)
    assert activations.step_derivative([-1, 0.5]).holds is True


def test_derivatives_of_the_shared_formulas():
    z = np.array([-2.0, -0.3, 0.4, 3.0])
    for name, (g, slope) in _formulas.DIFFERENTIABLE.items():
        numeric = (g(z + 1e-6) - g(z - 1e-6)) / 2e-6
        assert slope(z) == pytest.approx(numeric, abs=1e-8), name


def test_shared_sigmoid_does_not_overflow():
    assert _formulas.sigmoid(np.array([-1000.0, 0.0, 1000.0])).tolist() == [0, 0.5, 1]
    assert _formulas.softmax(np.array([1000.0, 1000.0])).tolist() == [0.5, 0.5]
