import pytest

from experiments.worked import chain_rule


def test_rule_takes_the_outer_slope_at_the_inner_value():
    composites = list(chain_rule.COMPOSITES)
    assert chain_rule.rule(composites).holds is True
    found = chain_rule.rule(["(2x + 1)^3"], outer_slope_at="x")
    assert found.holds is False
    # 3 (2x + 1)^2 2 against 3 x^2 2: at x = 2 it is 150 against 24
    assert found.values["largest error"] == pytest.approx(126, abs=1e-3)


def test_the_three_examples():
    assert chain_rule.power_of_affine(slope=2, intercept=1, exponent=3, factor=3, power=2, inner=2).holds is True
    assert chain_rule.sine_of_power(exponent=2, factor=2, power=1).holds is True
    assert chain_rule.power_of_sine(exponent=2, factor=2, power=1).holds is True


def test_wrong_constants_are_caught():
    assert chain_rule.power_of_affine(slope=2, intercept=1, exponent=3, factor=3, power=2, inner=1).holds is False
    assert chain_rule.power_of_affine(slope=2, intercept=1, exponent=3, factor=3, power=3, inner=2).holds is False
    assert chain_rule.sine_of_power(exponent=2, factor=1, power=1).holds is False
    assert chain_rule.power_of_sine(exponent=2, factor=1, power=1).holds is False
