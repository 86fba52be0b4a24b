import math

import pytest

from experiments.worked import focal


def test_formula_by_hand():
    found = focal.formula(gammas=[0, 2], probabilities=[0.8])
    assert found.values["losses"] == [
        pytest.approx([-math.log(0.8)]),
        pytest.approx([-0.04 * math.log(0.8)]),  # 0.2^2
    ]
    assert found.holds is True
    assert focal.formula(gammas=[2], probabilities=[0.8], of_rest=False).holds is False


def test_weights_multiply():
    found = focal.formula(gammas=[2], probabilities=[0.8], alpha=[0.3, 1, 1])
    assert found.values["losses"][0] == pytest.approx([0.00267772], abs=1e-8)
    assert found.holds is True


def test_factor():
    found = focal.factor(gammas=[1, 2], hard=[0.1, 0.01], easy=[0.99])
    assert found.values["hard"] == [pytest.approx([0.9, 0.99]), pytest.approx([0.81, 0.9801])]
    assert found.values["easy"] == [pytest.approx([0.01]), pytest.approx([0.0001])]
    assert found.holds is True
    assert focal.factor(gammas=[5], hard=[0.1], easy=[0.99]).holds is True  # 0.9^5 = 0.59, still nearer to 1
    assert focal.factor(gammas=[5], hard=[0.1], easy=[0.99], close=0.1).holds is False
    assert focal.factor(gammas=[5], hard=[0.1, 0.3], easy=[0.99]).holds is False  # 0.7^5 = 0.17
    assert focal.factor(gammas=[1], hard=[0.1], easy=[0.99, 0.4]).holds is False


def test_gamma_zero_is_cross_entropy():
    assert focal.reduces_to_cross_entropy(0).holds is True
    assert focal.reduces_to_cross_entropy(1).holds is False


def test_focus_grows_by_the_same_factor():
    found = focal.focus(gammas=[0, 1, 2], hard=0.1, easy=0.9)
    ratios = found.values["ratios"]
    assert ratios[0] == pytest.approx(math.log(0.1) / math.log(0.9))
    assert [ratios[1] / ratios[0], ratios[2] / ratios[1]] == pytest.approx([9, 9])  # 0.9 / 0.1
    assert found.holds is True
    assert focal.focus(gammas=[0, 1, 2], hard=0.9, easy=0.1).holds is False
