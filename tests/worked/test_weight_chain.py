import math

import pytest

from experiments.worked import weight_chain

SIX = ["scale", "square", "sine", "sigmoid", "exponential", "tanh"]


@pytest.mark.parametrize("outer", ["sine", "exponential", "sigmoid", "tanh", "scale"])
@pytest.mark.parametrize("inner", ["square", "sine", "tanh"])
def test_chain_rule(outer, inner):
    assert weight_chain.chain_rule(outer, inner, "g").holds is True


def test_outer_derivative_at_the_wrong_place():
    found = weight_chain.chain_rule("sine", "square", "x")
    assert found.holds is False
    assert found.values["largest difference"] > 1


def test_long_chain_by_hand():
    found = weight_chain.long_chain(["square", "exponential"], [0, 1], x=0.5)  # 2 x e^(x^2)
    assert found.values["product"] == pytest.approx(math.exp(0.25))
    assert found.holds is True


def test_every_factor_counts():
    assert weight_chain.long_chain(SIX, [0, 1, 2, 3, 4, 5]).holds is True
    for missing in range(6):
        assert weight_chain.long_chain(SIX, [i for i in range(6) if i != missing]).holds is False


def test_first_weight_by_hand():
    # a0 = 2 * 1 * 3 * 0.5 * 1 = 3, a0 - d = 2, gradient = 2 * 3 * 0.5 * 1 * 2 * 2 = 12
    found = weight_chain.first_weight([1.0, 3.0, 0.5, 1.0], source=2.0, target=1.0, rate=0.01)
    assert found.values["printed update"] == pytest.approx(0.88)
    assert found.values["gradient"] == pytest.approx(12)
    assert found.holds is True


@pytest.mark.parametrize("units", ["sigmoid", "tanh"])
def test_units_that_are_not_linear_need_their_derivatives(units):
    assert weight_chain.first_weight([0.7, -0.4, 0.9, 1.2], 1.5, 0.5, 0.1, units).holds is False
