import math

import pytest

from experiments.worked import softmax_and_svm

EXAMPLES = [[10, -2, 3], [10, 9, 9], [10, -100, -100]]


def test_softmax_loss():
    found = softmax_and_svm.softmax_loss([3.2, 5.1, -1.7], 0)
    assert found.values["powers"] == pytest.approx([24.5325, 164.0219, 0.1827], abs=5e-5)
    assert found.values["probabilities"] == pytest.approx([0.129983, 0.869050, 0.000968], abs=5e-7)
    assert found.values["loss"] == pytest.approx(2.040355, abs=5e-7)
    assert found.values["loss with log10"] == pytest.approx(0.886, abs=5e-4)
    even = softmax_and_svm.softmax_loss([0, math.log(3)], 0)
    assert even.values["probabilities"] == pytest.approx([0.25, 0.75])


def test_same_best_point():
    assert softmax_and_svm.same_best_point([3.2, 5.1, -1.7], 0).holds is True
    assert softmax_and_svm.same_best_point([3.2, 5.1, -1.7], 0, sign=1).holds is False


def test_against_keras():
    found = softmax_and_svm.against_keras([[3.2, 1.3, 2.2], [5.1, 4.9, 2.5], [-1.7, 2.0, -3.1]], [0, 1, 2])
    assert found.values["each"] == pytest.approx([2.040355, 0.079132, 6.156477], abs=5e-7)
    assert found.holds is True


def test_limits():
    found = softmax_and_svm.limits(3, [-1000, -10, 0, 10, 100])
    assert found.holds is True
    assert found.values["smallest is reached"] is False
    assert found.values["smallest"] == pytest.approx(2 * math.exp(-100))
    assert found.values["largest"] == pytest.approx(1000 + math.log(2))
    assert found.values["at equal scores"] == pytest.approx(math.log(3))


def test_both_losses():
    found = softmax_and_svm.both_losses(EXAMPLES, 0)
    assert found.values["SVM"] == [0, 0, 0]
    assert found.values["softmax"] == pytest.approx([9.17605e-4, 0.551445, 3.378e-48], rel=1e-4)
    assert found.holds is True
    assert softmax_and_svm.both_losses([[0, 5, 0]], 0).values["SVM"] == [7]


def test_jiggle():
    found = softmax_and_svm.jiggle(EXAMPLES, 0, 0.01)
    assert found.values == {"softmax changes": [True, True, True], "SVM changes": [False, True, False]}
    assert found.steps[1].endswith("SVM by 0 ... 0.02")  # the second example stands on the margin
    assert softmax_and_svm.jiggle([[10, 8.9, 8.9]], 0, 0.01).values["SVM changes"] == [False]
