"""metrics.scores on the lecture's tables: claims C-109 to C-140, and where the slides print something else."""

from decimal import ROUND_DOWN, Decimal
from fractions import Fraction

import numpy as np
import pytest

from metrics import scores
from tests.metrics.score_cases import BALANCED_1, BALANCED_2, EIGHTY, MODEL_1, MODEL_2


def cut(value, digits):
    return float(Decimal(value).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_DOWN))


def test_symbolic_table_totals_and_accuracies():
    """C-109 overall, C-110 class and average accuracy, C-111 user's accuracy, on a table of primes."""
    C = np.array([[2, 3, 5], [7, 11, 13], [17, 19, 23]])
    np.testing.assert_allclose(scores.class_accuracy(C), [2 / 10, 11 / 31, 23 / 59], rtol=1e-15)
    np.testing.assert_allclose(scores.users_accuracy(C), [2 / 26, 11 / 33, 23 / 41], rtol=1e-15)
    assert scores.overall_accuracy(C) == 36 / 100
    assert scores.average_accuracy(C) == pytest.approx(
        float((Fraction(2, 10) + Fraction(11, 31) + Fraction(23, 59)) / 3), rel=1e-15
    )


@pytest.mark.parametrize(
    ("C", "accuracy", "precisions", "recalls", "macro_f1"),
    [
        (BALANCED_1, 0.8, [1, 5 / 7, 8 / 11, 9 / 12], [1, 0.5, 0.8, 0.9], 0.7921),
        (BALANCED_2, 0.725, [8 / 11, 7 / 12, 1, 5 / 8], [0.8, 0.7, 0.9, 0.5], 0.7253),
    ],
    ids=["model 1", "model 2"],
)
def test_which_model_performs_better(C, accuracy, precisions, recalls, macro_f1):
    """C-112, C-113, C-120: 0.8 and 0.725, so model 1."""
    assert C.sum(axis=1).tolist() == [10, 10, 10, 10]
    assert scores.overall_accuracy(C) == accuracy
    np.testing.assert_allclose(scores.precision(C), precisions, rtol=1e-15)
    np.testing.assert_allclose(scores.recall(C), recalls, rtol=1e-15)
    assert scores.macro_f1(C) == pytest.approx(macro_f1, abs=5e-5)


def test_true_positives_of_the_lecture():
    """C-115: the diagonal of model 1."""
    assert scores.true_positives(BALANCED_1).tolist() == [10, 5, 8, 9]


def test_true_negatives_of_the_lecture():
    """C-116: TN of class 1 is 64, of class 4 is 58."""
    assert EIGHTY.sum() == 80
    assert EIGHTY.sum(axis=1).tolist() == [10, 20, 30, 20]
    assert scores.true_negatives(EIGHTY).tolist() == [64, 55, 46, 58]


def test_false_positives_of_the_lecture():
    """C-117: column sum without the diagonal; class 1 has the cells 1, 5, 0, class 2 the cells 1, 0, 4."""
    assert scores.false_positives(EIGHTY).tolist() == [1 + 5 + 0, 1 + 0 + 4, 4, 2]


def test_false_negatives_of_the_lecture():
    """C-118: row sum without the diagonal; class 1 has 1, class 4 has 5."""
    assert scores.false_negatives(EIGHTY).tolist() == [1, 5, 6, 5]


def test_overall_accuracy_is_cut_not_rounded_on_the_slide():
    """C-119: 63/80 is 0.7875, printed 0.78."""
    assert scores.overall_accuracy(EIGHTY) == 63 / 80
    assert cut(63 / 80, 2) == 0.78
    assert round(63 / 80, 2) == 0.79


def test_rows_of_the_imbalanced_tables():
    """C-121: 200 samples of class 1, 10 each of the others."""
    assert MODEL_1.sum(axis=1).tolist() == MODEL_2.sum(axis=1).tolist() == [200, 10, 10, 10]


def test_accuracy_of_model_1():
    """C-122, C-139: (100 + 9 + 8 + 9) / 230 = 0.5478; the slide cuts it to 0.547."""
    assert scores.overall_accuracy(MODEL_1) == pytest.approx(126 / 230, rel=1e-15)
    assert round(scores.overall_accuracy(MODEL_1), 4) == 0.5478
    assert cut(scores.overall_accuracy(MODEL_1), 3) == 0.547


def test_accuracy_of_model_2():
    """C-123, C-139: 201/230 = 0.8739, printed 0.87."""
    assert scores.overall_accuracy(MODEL_2) == pytest.approx(201 / 230, rel=1e-15)
    assert round(scores.overall_accuracy(MODEL_2), 4) == 0.8739


def test_class_1_is_the_class_that_model_1_finds_worst():
    """C-124: the slide says "very accurate for class 1"."""
    assert scores.recall(MODEL_1).argmin() == 0
    assert scores.recall(MODEL_1)[0] == 0.5
    assert scores.precision(MODEL_1)[0] == 1


def test_average_accuracies_on_imbalanced_data():
    """C-125 for model 2, C-135 for model 1: averages of the recalls."""
    np.testing.assert_allclose(scores.recall(MODEL_1), [0.5, 0.9, 0.8, 0.9], rtol=1e-15)
    np.testing.assert_allclose(scores.recall(MODEL_2), [0.99, 0.1, 0.1, 0.1], rtol=1e-15)
    assert scores.average_accuracy(MODEL_1) == pytest.approx(0.775, rel=1e-15)
    assert scores.average_accuracy(MODEL_2) == pytest.approx(0.3225, rel=1e-15)


def test_counts_of_model_1():
    """C-130: TP 100 9 8 9, FP 0 82 10 12."""
    assert scores.true_positives(MODEL_1).tolist() == [100, 9, 8, 9]
    assert scores.false_positives(MODEL_1).tolist() == [0, 82, 10, 12]


def test_precision_of_model_1():
    """C-131: 1, 9/91, 8/18, 9/21."""
    np.testing.assert_allclose(scores.precision(MODEL_1), [1, 9 / 91, 8 / 18, 9 / 21], rtol=1e-15)


def test_average_precision_of_model_1():
    """C-132: 0.49298; the slide cuts it to 0.492."""
    exact = (1 + Fraction(9, 91) + Fraction(8, 18) + Fraction(9, 21)) / 4
    assert scores.macro_precision(MODEL_1) == pytest.approx(float(exact), rel=1e-15)
    assert round(scores.macro_precision(MODEL_1), 5) == 0.49298
    assert cut(scores.macro_precision(MODEL_1), 3) == 0.492


def test_recall_of_model_1():
    """C-134: FN 100 1 2 1; recall 100/200, 9/10, 8/10, 9/10. C-135: average 0.775."""
    assert scores.false_negatives(MODEL_1).tolist() == [100, 1, 2, 1]
    np.testing.assert_allclose(scores.recall(MODEL_1), [100 / 200, 9 / 10, 8 / 10, 9 / 10], rtol=1e-15)
    assert scores.macro_recall(MODEL_1) == pytest.approx(0.775, rel=1e-15)


def test_average_without_its_parentheses_is_another_number():
    """C-133: P(1)+P(2)+P(3)+P(4)/4, as printed, is no average."""
    p, r = scores.precision(MODEL_1), scores.recall(MODEL_1)
    assert p[0] + p[1] + p[2] + p[3] / 4 == pytest.approx(1.650488, abs=5e-7)
    assert r[0] + r[1] + r[2] + r[3] / 4 == pytest.approx(2.425, abs=5e-7)


def test_f1_of_the_slide_is_that_of_macro_averages():
    """C-136: 0.6026, where the slide has 0.601 from cut inputs. C-137: harmonic mean of macro P and macro R. C-139."""
    exact = (1 + Fraction(9, 91) + Fraction(8, 18) + Fraction(9, 21)) / 4
    f1 = 2 * exact * Fraction(775, 1000) / (exact + Fraction(775, 1000))
    assert scores.f1_of_macro_averages(MODEL_1) == pytest.approx(float(f1), rel=1e-15)
    assert round(scores.f1_of_macro_averages(MODEL_1), 4) == 0.6026
    assert cut(2 * 0.492 * 0.775 / (0.492 + 0.775), 3) == 0.601
    assert scores.macro_f1(MODEL_1) == pytest.approx(0.49924, abs=5e-6)


def test_f1_of_model_2():
    """C-138: the slide prints 0.342, which neither definition gives."""
    assert scores.f1_of_macro_averages(MODEL_2) == pytest.approx(0.344399, abs=5e-7)
    assert scores.macro_f1(MODEL_2) == pytest.approx(0.333124, abs=5e-7)


def test_f1_and_accuracy_rank_the_two_models_differently():
    """C-140: F1 and average accuracy prefer model 1, accuracy model 2."""
    for score in (scores.macro_f1, scores.f1_of_macro_averages, scores.average_accuracy):
        assert score(MODEL_1) > score(MODEL_2)
    assert scores.overall_accuracy(MODEL_1) < scores.overall_accuracy(MODEL_2)


def test_harmonic_mean_punishes_extreme_values():
    """C-128: of precision 1 and recall 0.1 the F1 is 0.1818, where the arithmetic mean is 0.55."""
    C = [[1, 9], [0, 5]]
    assert (scores.precision(C)[0], scores.recall(C)[0]) == (1, 0.1)
    assert scores.f1(C)[0] == pytest.approx(2 / 11, rel=1e-15)
    assert round(scores.f1(C)[0], 4) == 0.1818


def test_ladders_cross_at_half_the_harmonic_mean():
    """C-127: ladders of heights P and R against opposite walls cross at h = P R / (P + R) = F1 / 2."""
    C = [[6, 2], [3, 9]]
    P, R = scores.precision(C)[0], scores.recall(C)[0]
    # Where P (1 - x) = R x, x the share of the way across.
    assert pytest.approx(scores.f1(C)[0] / 2, rel=1e-15) == P * (1 - P / (P + R))


def test_f1_surface():
    """C-129: along recall, at precision 1/2, F1 rises from 0 to 2/3."""
    found = [scores.f1([[n, 20 - n], [n, 20]])[0] for n in range(21)]
    np.testing.assert_allclose(found, [2 * 0.5 * r / (0.5 + r) for r in np.arange(21) / 20], rtol=1e-14)
