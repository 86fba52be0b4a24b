import numpy as np
import pytest

from experiments.worked import mnist_facts


@pytest.fixture
def tiny(monkeypatch):
    """Four pictures of 2 x 3 pixels for training and one for the test, of three classes."""
    arrays = {
        "x_train": np.array([[[0, 255, 7], [1, 2, 3]]] * 4, np.uint8),
        "y_train": np.array([0, 2, 1, 2], np.uint8),
        "x_test": np.zeros((1, 2, 3), np.uint8),
        "y_test": np.array([1], np.uint8),
    }
    monkeypatch.setattr(mnist_facts, "_mnist", lambda: arrays)
    return arrays


def test_description(tiny):
    values = mnist_facts.description().values
    assert (values["training images"], values["test images"], values["classes"]) == (4, 1, 3)
    assert (values["height"], values["width"], values["grey"]) == (2, 3, True)
    assert values["training images by class"] == [1, 1, 2]


def test_black_and_white_is_not_grey(tiny):
    tiny["x_train"] = np.where(tiny["x_train"] > 5, 255, 0).astype(np.uint8)
    assert mnist_facts.description().values["grey"] is False


@pytest.mark.usefixtures("tiny")
def test_flattened():
    found = mnist_facts.flattened(rows=4, columns=6, divisor=255)
    assert found.values == {"rows": 4, "columns": 6, "lowest": 0, "highest": 1}
    assert found.holds is True
    assert mnist_facts.flattened(rows=4, columns=6, divisor=256).holds is False
    assert mnist_facts.flattened(rows=4, columns=7, divisor=255).holds is False
    assert mnist_facts.flattened(rows=6, columns=4, divisor=255).holds is False  # fits, but mixes pictures


@pytest.mark.usefixtures("tiny")
def test_pairs():
    found = mnist_facts.pairs()
    assert found.values == {"pairs": 4, "inputs": 6, "outputs": 3}
    assert found.holds is True
    assert mnist_facts.pairs(highest=0.5).holds is False
