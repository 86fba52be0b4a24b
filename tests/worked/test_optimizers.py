import math

import pytest

from experiments.worked import optimizers


def test_sgd_path_by_hand():
    found = optimizers.sgd(rate=0.1, steps=3)
    assert found.values["path"] == pytest.approx([1, 0.8, 0.64, 0.512])
    assert found.holds is True
    assert optimizers.sgd(rate=0.1, steps=3, sign=1).holds is False


def test_momentum_path_by_hand():
    # v = -0.2, then 0.9 (-0.2) - 0.2 (0.8) = -0.34, then 0.9 (-0.34) - 0.2 (0.46) = -0.398
    found = optimizers.momentum(rate=0.1, momentum=0.9, steps=3)
    assert found.values["path"] == pytest.approx([1, 0.8, 0.46, 0.062])
    assert found.holds is True
    assert optimizers.momentum(rate=0.1, momentum=0.9, steps=3, sign=1).holds is False


def test_recursive_decay_compounds():
    found = optimizers.decayed_rate(rate=0.01, decay=1e-6, iterations=[3000], recursive=True)
    # log of the product of 1 / (1 + d i) is about -d times the sum of i
    assert found.values["printed formula"] == pytest.approx([0.01 * math.exp(-1e-6 * 3000 * 3001 / 2)], rel=0.01)
    assert found.holds is False


def test_decay_of_the_first_rate_is_what_keras_does():
    found = optimizers.decayed_rate(rate=0.01, decay=1e-6, iterations=[600, 3000], recursive=False)
    assert found.values["printed formula"] == pytest.approx([0.01 / 1.0006, 0.01 / 1.003])
    assert found.holds is True
    assert optimizers.decayed_rate(rate=0.01, decay=0.0, iterations=[10], recursive=True).holds is True


def test_weight_decay_is_not_a_decay_of_the_rate():
    found = optimizers.named("weight decay", rate=0.01, decay=0.01)
    assert found.values["weight by keras"] == pytest.approx((1 - 1e-4) ** 10, abs=1e-6)
    assert found.holds is False
    assert optimizers.named("learning rate decay", rate=0.01, decay=0.01).holds is True


def test_one_gradient_many_steps():
    found = optimizers.same_gradient(["sgd", "momentum", "adam"])
    assert found.values["weights"][:2] == pytest.approx([1 - 0.2 - 0.2, 1 - 0.2 - 0.38])
    assert found.holds is True
    assert optimizers.same_gradient(["sgd", "sgd"]).holds is False
