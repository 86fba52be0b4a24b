import pytest

from experiments.worked import gradient_descent


def test_small_rates_end_at_the_minimum():
    found = gradient_descent.descend([0.01, 0.1])
    assert found.holds is True
    assert found.values["after 50 steps"] == pytest.approx([0.98**50, 0.8**50])


def test_stopping_rule_halts_at_once_where_the_loss_does_not_fall():
    found = gradient_descent.descend([1.0, 1.1])
    assert found.values["solutions"] == [1.0, 1.0]
    assert found.values["after 50 steps"] == pytest.approx([1.0, 1.2**50])
    assert found.holds is False


def test_steps_along_the_gradient_go_nowhere():
    assert gradient_descent.descend([0.1], sign=1).holds is False


@pytest.mark.parametrize("curvature", [0.5, 2.0, 8.0])
def test_thresholds_are_one_and_two_over_the_curvature(curvature):
    found = gradient_descent.rate_thresholds(curvature)
    assert found.values["oscillates above"] == pytest.approx(1 / curvature)
    assert found.values["diverges above"] == pytest.approx(2 / curvature)
    assert found.holds is True


def test_minibatches_are_keras_updates():
    found = gradient_descent.minibatches(examples=20, batch_size=5, epochs=2)
    assert (found.values["updates"], found.holds) == (8, True)
    assert gradient_descent.minibatches(examples=20, batch_size=5, epochs=2, sign=1).holds is False


def test_a_remainder_is_one_more_batch():
    assert gradient_descent.minibatches(examples=12, batch_size=5, epochs=1).values["updates"] == 3
