import math

import pytest

from experiments.worked import errors


def test_absolute_and_squared_errors_are_distances_and_the_difference_is_not():
    assert errors.is_distance(["absolute", "squared"]).holds is True
    assert errors.is_distance(["absolute", "difference"]).holds is False


def test_only_the_difference_can_be_negative():
    assert errors.never_negative(["absolute", "squared"]).holds is True
    found = errors.never_negative(["difference", "absolute"])
    assert found.holds is False
    assert found.values["smallest difference error"] < -1


def test_local_error_keeps_its_sign():
    found = errors.local_error([0, 1], [0.5, 0.25])
    assert found.values["local errors"] == [-0.5, 0.75]
    assert found.holds is False
    assert errors.local_error([0, 1], [0.5, 0.25], error="absolute").holds is True
    assert errors.local_error([1], [0.25]).holds is True  # too low a prediction alone would not show it


def test_mean_errors_by_hand():
    truth, predicted = [1, 2, 3, 4], [1.5, 1.5, 2, 6]
    squared = errors.mean_squared_error(truth, predicted)  # (0.25 + 0.25 + 1 + 4) / 4
    assert squared.values["E"] == pytest.approx(1.375)
    assert squared.holds is True
    absolute = errors.mean_absolute_error(truth, predicted)  # (0.5 + 0.5 + 1 + 2) / 4
    assert absolute.values["MAE"] == absolute.values["exchanged"] == 1.0
    assert absolute.holds is True


def test_wrong_means_are_caught():
    assert errors.mean_squared_error([1, 2], [2, 3], exponent=1).holds is False
    assert errors.mean_squared_error([1, 2], [2, 3], exponent=4).holds is False
    assert errors.mean_absolute_error([1, 2], [0, 1], absolute=False).holds is False


def test_cross_entropy_is_natural():
    found = errors.cross_entropy([0, 1, 0], [0.2, 0.7, 0.1])
    assert found.values["E"] == pytest.approx(-math.log(0.7))
    assert found.holds is True
    assert errors.cross_entropy([0, 1, 0], [0.2, 0.7, 0.1], base="10").holds is False


def test_three_classes():
    found = errors.loss_of_three_classes([0.5, 0.25, 0.25], ["snake", "fish", "bear"])
    assert found.values["E of a snake"] == pytest.approx(math.log(2))
    assert found.values["E of a bear"] == pytest.approx(math.log(4))
    assert found.values["E of equal outputs"] == pytest.approx(1.098612, abs=5e-7)
    assert found.holds is True
