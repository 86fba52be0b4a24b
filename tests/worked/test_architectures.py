import pytest

from experiments.worked import architectures


def test_state():
    found = architectures.state()
    assert found.values == {"feed-forward repeats its output": True, "recurrent repeats its output": False}
    assert found.holds is True
    assert architectures.state(keeps_state=False).holds is False


def test_boundary_is_straight_without_hidden_units_only():
    assert architectures.boundary(hidden=0).holds is True
    bent = architectures.boundary(hidden=3)
    assert bent.holds is False
    assert bent.values["largest distance from a line"] > 0.1


@pytest.mark.parametrize(("activation", "collapses"), [("linear", True), ("tanh", False), ("relu", False)])
def test_linear_stack(activation, collapses):
    assert architectures.linear_stack([2, 12, 6, 1], activation).holds is collapses


def test_parameters():
    found = architectures.parameters([10, 20, 5])
    assert found.values == {"weights": 300, "biases": 25, "weights and biases": 325}
    assert architectures.parameters([784, 64, 64, 64, 10]).values["weights and biases"] == 59210


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_simple_units(activation):
    found = architectures.simple_units([4, 5, 3, 2], activation)
    assert found.values["adjustable weights"] == 25 + 18 + 8
    assert found.holds is True
    assert architectures.simple_units([4, 5, 3, 2], activation, computed="weighted sum").holds is False
