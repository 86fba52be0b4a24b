import math

import numpy as np
import pytest

from experiments.worked import cross_entropy, mnist_facts


@pytest.fixture
def few_digits(monkeypatch):
    """Forty made-up pictures in the form of MNIST."""
    rng = np.random.default_rng(0)
    arrays = {
        "x_train": rng.integers(256, size=(40, 28, 28), dtype=np.uint8),
        "y_train": (np.arange(40) % 10).astype(np.uint8),
    }
    monkeypatch.setattr(mnist_facts, "_mnist", lambda: arrays)


def test_table_takes_the_natural_logarithm():
    found = cross_entropy.table([0, 0, 1, 0, 0], [0.05, 0.05, 0.80, 0.05, 0.05])
    assert found.values["terms"] == pytest.approx([0, 0, -math.log(0.8), 0, 0])
    assert found.values["loss"] == pytest.approx(0.2231436, abs=1e-6)
    assert found.values["loss by decimal logarithm"] == pytest.approx(0.0969100)
    assert found.holds is True


def test_formula():
    assert cross_entropy.formula(base="e").holds is True
    assert cross_entropy.formula(base="10").holds is False


def test_loss_of_equals():
    found = cross_entropy.grows_with_difference([0, 0, 1, 0, 0])
    assert found.values["loss of equals"] == 0
    assert found.holds is True
    soft = cross_entropy.grows_with_difference([0.5, 0.5, 0])
    assert soft.values["loss of equals"] == pytest.approx(math.log(2))
    assert soft.holds is False


def test_only_the_true_class_counts():
    prediction = [0.1, 0.7, 0.2]
    assert cross_entropy.only_true_class(prediction, true_class=1, claimed=1).values["contributing"] == [1]
    assert cross_entropy.only_true_class(prediction, true_class=1, claimed=1).holds is True
    assert cross_entropy.only_true_class(prediction, true_class=1, claimed=0).holds is False


@pytest.mark.usefixtures("few_digits")
def test_mean_loss_divides_by_the_examples():
    assert cross_entropy.mean_loss(examples=40, divisor=40).holds is True
    assert cross_entropy.mean_loss(examples=40, divisor=10).holds is False


@pytest.mark.usefixtures("few_digits")
def test_untrained_networks_guess():
    found = cross_entropy.untrained([784, 8, 10], examples=40)
    assert found.values["log of classes"] == pytest.approx(2.302585)
    assert found.values["initial loss"] > 0
    # Ten outputs guess among ten: against two classes that is far off.
    assert cross_entropy.untrained([784, 8, 10], classes=2, examples=40).holds is False
