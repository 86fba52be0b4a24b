import pytest

from experiments.worked import class_weights


def test_formula_by_hand():
    found = class_weights.formula([90, 9, 1])
    assert found.values["weights"] == pytest.approx([100 / 270, 100 / 27, 100 / 3])
    assert found.holds is True
    assert class_weights.formula([90, 9, 1], with_classes=False).holds is False


def test_inverse_proportion():
    found = class_weights.inversely_proportional([90, 9, 1])
    assert found.values["products"] == pytest.approx([100 / 3] * 3)
    assert found.holds is True
    assert class_weights.inversely_proportional([90, 9, 1], power=0.5).holds is False


def test_balanced_loss_is_keras_class_weight():
    batch = {"alpha": [0.5, 1.0, 4.0], "labels": [0, 0, 1, 0, 2, 1]}
    assert class_weights.balanced_loss(**batch).holds is True
    assert class_weights.balanced_loss(**batch, weighted=False).holds is False


def test_share_of_the_majority():
    found = class_weights.loss_share([95, 5])
    assert found.values == {"share of the majority": 0.95, "share when balanced": pytest.approx(0.5)}
    assert found.holds is True
    assert class_weights.loss_share([50, 50]).holds is False
