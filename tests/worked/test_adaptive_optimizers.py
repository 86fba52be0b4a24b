import math

import pytest

from experiments.worked import adaptive_optimizers


def test_first_step_of_adadelta():
    # G = 0.05 * 4; d = -sqrt(1e-6) / sqrt(0.2 + 1e-6) * 2
    found = adaptive_optimizers.adadelta(1.0, steps=2)
    assert (
        found.steps[1]
        == f"step 1: paper {1 - 2e-3 / math.sqrt(0.200001):.6g}, Keras {1 - 2e-3 / math.sqrt(0.200001):.6g}"
    )


def test_adadelta():
    found = adaptive_optimizers.adadelta(1.0)
    assert found.values["t by the paper"] == pytest.approx(0.909471, abs=1e-6)
    assert found.values["default rate of Keras"] == 0.001
    assert found.holds is True
    assert adaptive_optimizers.adadelta(0.001).values["t by Keras"] == pytest.approx(0.9999, abs=1e-4)


def test_adagrad_starts_from_nothing_in_the_paper():
    found = adaptive_optimizers.adagrad(0.1)
    assert found.values["t by the paper"] == pytest.approx(0.376576, abs=1e-6)
    assert found.holds is True
    other = adaptive_optimizers.adagrad(0.1, keras_start=0.1)
    assert other.values["t by Keras"] == pytest.approx(0.378726, abs=1e-5)
    assert other.holds is False


def test_adam():
    found = adaptive_optimizers.adam(0.1)
    assert found.values["t by the paper"] == pytest.approx(-0.271154, abs=1e-6)
    assert found.holds is True
    assert found.steps[1].startswith("step 1: paper 0.9,")  # the first step has the length alpha


def test_gradient_descent():
    found = adaptive_optimizers.stochastic_gradient_descent(0.1)
    assert found.values["t by the paper"] == pytest.approx(0.8**20)
    assert found.holds is True
    assert adaptive_optimizers.stochastic_gradient_descent(0.1, biased=True).holds is False


def test_names():
    for name in ("ADADELTA", "Adam", "Adagrad", "SGD"):
        assert adaptive_optimizers.known_name(name).holds is True
    assert adaptive_optimizers.known_name("ADAGRADIENT").holds is False
