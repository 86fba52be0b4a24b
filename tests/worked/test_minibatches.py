import numpy as np
import pytest

from experiments.worked import minibatches


@pytest.mark.parametrize("batch", [None, 4])
def test_index_of_the_sum(batch):
    printed = minibatches.averaged_gradient("i", batch)
    assert printed.holds is False
    assert printed.values["smallest difference"] > 0.1  # no choice of i makes it right
    assert minibatches.averaged_gradient("k", batch).holds is True


def test_index_does_not_matter_for_one_example():
    assert minibatches.averaged_gradient("i", 1).holds is True


def test_update_uses_the_picked_example():
    assert minibatches.single_update("full").holds is False
    for example in (0, 3):
        assert minibatches.single_update("single", example).holds is True


def test_unknown_choices_are_refused():
    with pytest.raises(ValueError, match="index: expected i or k, got 'j'"):
        minibatches.averaged_gradient("j")
    with pytest.raises(ValueError, match="gradient: expected full or single, got 'batch'"):
        minibatches.single_update("batch")


def test_single_gradients_are_noisy_and_the_full_one_is_not():
    found = minibatches.single_is_noisy()
    assert found.holds is True
    assert 0 < found.values["steps that raise the loss"] < found.values["steps"] == 8
    full = minibatches.single_is_noisy(batch=8)
    assert full.values["mean squared distance"] == pytest.approx(0)
    assert full.holds is False
    assert minibatches.single_is_noisy(rate=1e-6).values["mean squared distance"] == pytest.approx(
        found.values["mean squared distance"]
    )


def test_estimates_spread_as_theory_says():
    found = minibatches.estimate_of_gradient([1, 2, 4, 8])
    assert found.holds is True
    spread = found.values["mean squared distance"]
    # (N - B) / (N - 1) / B for N = 8: 1, 3/7, 1/7, 0
    assert spread == pytest.approx([spread[0], spread[0] * 3 / 7, spread[0] / 7, 0])
    assert minibatches.estimate_of_gradient([1, 2, 4, 8], shuffled=False).holds is False


def test_larger_batches_allow_larger_rates():
    found = minibatches.largest_stable_rate([1, 2, 4, 8])
    assert found.holds is True
    x = minibatches.X[:, 0]
    # All examples: 2 / s with s = 2 mean(x^2); one: 2 mean(s) / mean(s^2) with s = 2 x^2.
    assert found.values["largest rate"][-1] == pytest.approx(1 / np.mean(x**2))
    assert found.values["largest rate"][0] == pytest.approx(np.mean(x**2) / np.mean(x**4))
    assert minibatches.largest_stable_rate([8, 1]).holds is False


def test_updates():
    found = minibatches.updates_per_epoch(60000, {"batch": 60000, "stochastic": 1, "mini-batch": 128})
    assert found.values == {"batch": 1, "stochastic": 60000, "mini-batch": 469}
    assert "last sees 96" in found.steps[-1]
    assert found.holds is True


@pytest.mark.parametrize(
    "sizes",
    [
        {"batch": 1},
        {"batch": 59999},
        {"stochastic": 2},
        {"stochastic": 60000},
        {"mini-batch": 1},
        {"mini-batch": 60000},
    ],
)
def test_names_that_do_not_fit(sizes):
    assert minibatches.updates_per_epoch(60000, sizes).holds is False
