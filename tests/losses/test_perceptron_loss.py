import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from losses import PerceptronLoss, perceptron_loss
from tests.losses.loss_menu import numpy
from tests.losses.loss_testing import gradient


def test_by_hand():
    values = perceptron_loss([1, -1, 1, -1, 0], [-2.0, 0.5, 3.0, -1.0, 0.25])
    np.testing.assert_array_equal(numpy(values), [2, 0.5, 0, 0, 0.25])
    assert float(PerceptronLoss()([[1.0, -1.0], [1.0, 1.0]], [[-2.0, 1.0], [0.5, 0.5]])) == 0.75


def test_gradient_is_rosenblatts_step():
    """At 0 the unit says class 1: no mistake for +1, a full one for -1."""
    slope = gradient(lambda z: perceptron_loss([1.0, -1.0, 1.0, -1.0, 1.0, -1.0], z), np.float32([-2, 2, 3, -3, 0, 0]))
    np.testing.assert_array_equal(slope, [-1, 1, 0, 0, 0, 1])


@given(st.integers(0, 10**6))
@settings(max_examples=20, deadline=None)
def test_descent_with_rate_1_is_the_perceptron_rule(seed):
    """w += (label - [w x >= 0]) x, example by example, from 0."""
    rng = np.random.default_rng(seed)
    x, label = rng.integers(-3, 4, (8, 3)).astype("float32"), rng.integers(0, 2, 8)
    ours = rule = np.zeros(3, "float32")
    for row, c in zip(x, label, strict=True):
        slope = gradient(lambda z, y=2.0 * c - 1: perceptron_loss([y], z), np.float32([ours @ row]))
        ours = ours - slope[0] * row
        rule = rule + (c - float(rule @ row >= 0)) * row
    np.testing.assert_array_equal(ours, rule)
