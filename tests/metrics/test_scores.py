"""metrics.scores on numbers worked out by hand, its 0/0 rule, and bad input."""

import math

import numpy as np
import pytest

from metrics import scores
from tests.metrics.score_cases import ABSENT, BALANCED_1, MODEL_1, MODEL_2


def test_micro_and_weighted_f1_by_hand():
    C = [[9, 1], [2, 8]]
    assert scores.micro_f1(C) == pytest.approx(17 / 20)
    # F1: 18/21 and 16/19, rows of 10 each
    assert scores.weighted_f1(C) == pytest.approx((18 / 21 + 16 / 19) / 2)
    D = [[2, 0], [1, 3]]  # F1: 4/5 and 6/7; rows 2 and 4
    assert scores.weighted_f1(D) == pytest.approx((2 * 4 / 5 + 4 * 6 / 7) / 6)
    assert scores.macro_f1(D) == pytest.approx((4 / 5 + 6 / 7) / 2)


def test_cohen_kappa_by_hand():
    assert scores.cohen_kappa([[20, 5], [10, 15]]) == pytest.approx(0.4)  # (0.7 - 0.5) / 0.5
    assert scores.cohen_kappa([[1, 1], [1, 1]]) == pytest.approx(0, abs=1e-15)
    assert scores.cohen_kappa([[0, 5], [5, 0]]) == pytest.approx(-1)


def test_matthews_correlation_by_hand():
    assert scores.matthews_correlation([[6, 2], [1, 3]]) == pytest.approx((6 * 3 - 2 * 1) / math.sqrt(7 * 8 * 5 * 4))
    assert scores.matthews_correlation([[0, 5], [5, 0]]) == pytest.approx(-1)
    # s = 6, c = 4, t = (2, 2, 2), p = (3, 2, 1): (24 - 12) / sqrt((36 - 14) (36 - 12))
    C = [[2, 0, 0], [0, 1, 1], [1, 1, 0]]
    assert scores.matthews_correlation([[2, 0, 0], [0, 1, 1], [1, 0, 1]]) == pytest.approx(
        (4 * 6 - (2 * 3 + 2 * 1 + 2 * 2)) / math.sqrt((36 - 14) * (36 - 12))
    )
    assert scores.matthews_correlation(C) == pytest.approx((3 * 6 - 12) / math.sqrt((36 - 14) * (36 - 12)))


@pytest.mark.parametrize("score", scores.SCORES)
def test_a_perfect_matrix_scores_exactly_one(score):
    assert scores.SCORES[score](np.diag([3, 1, 7])) == 1
    assert scores.SCORES[score](np.diag([0.1, 0.2, 0.7, 1e-3, 1 / 3])) == 1


# ---- the 0/0 rule


def test_an_absent_class_stays_and_counts_as_zero():
    assert scores.recall(ABSENT).tolist() == [0.75, pytest.approx(2 / 3), 0]
    assert scores.average_accuracy(ABSENT) == pytest.approx((3 / 4 + 2 / 3) / 3)
    assert scores.macro_precision(ABSENT) == pytest.approx((3 / 5 + 4 / 5) / 3)
    assert scores.macro_f1(ABSENT) == pytest.approx((6 / 9 + 8 / 11) / 3)


def test_zero_division_one_and_nan():
    assert scores.average_accuracy(ABSENT, zero_division=1) == pytest.approx((3 / 4 + 2 / 3 + 1) / 3)
    assert scores.average_accuracy(ABSENT, zero_division=math.nan) == pytest.approx((3 / 4 + 2 / 3) / 2)
    assert np.isnan(scores.f1(ABSENT, zero_division=math.nan)).tolist() == [False, False, True]
    assert scores.weighted_f1(ABSENT, math.nan) == scores.weighted_f1(ABSENT, 0)


def test_f1_of_a_class_with_samples_is_never_a_zero_division():
    C = [[0, 4], [0, 2]]  # class 0: precision 0/0, recall 0
    assert scores.precision(C, zero_division=1).tolist() == [1, pytest.approx(1 / 3)]
    assert scores.f1(C, zero_division=1).tolist() == [0, 0.5]


@pytest.mark.parametrize("zero_division", [0.0, 1.0, math.nan])
def test_one_class_only(zero_division):
    C = [[5, 0], [0, 0]]
    for score in (scores.cohen_kappa, scores.matthews_correlation):
        np.testing.assert_equal(score(C, zero_division), zero_division)
    assert scores.cohen_kappa([[0.1, 0.2], [0, 0]]) == 0
    # Fractions whose order of summation matters must not turn a zero variance into rounding noise.
    noisy = np.zeros((9, 9))
    noisy[0] = np.arange(1, 10) / 7
    np.testing.assert_equal(scores.matthews_correlation(noisy, zero_division), zero_division)
    np.testing.assert_equal(scores.matthews_correlation(noisy.T, zero_division), zero_division)


def test_all_wrong_is_zero_and_no_zero_division():
    C = [[0, 3], [4, 0]]
    for zero_division in (0, 1, math.nan):
        assert scores.f1_of_macro_averages(C, zero_division) == 0
        assert scores.macro_f1(C, zero_division) == 0


def test_counts_as_large_as_they_get():
    C = MODEL_1 * 2**40
    for name, score in scores.SCORES.items():
        assert score(C) == pytest.approx(score(MODEL_1), rel=1e-12), name


def test_synonyms():
    for C in (BALANCED_1, MODEL_2, ABSENT):
        np.testing.assert_array_equal(scores.class_accuracy(C), scores.recall(C))
        np.testing.assert_array_equal(scores.producers_accuracy(C), scores.recall(C))
        np.testing.assert_array_equal(scores.users_accuracy(C), scores.precision(C))
        assert scores.macro_recall(C) == scores.average_accuracy(C)


# ---- bad input

BAD_MATRICES = {
    "vector": ([1, 2], "square"),
    "not square": ([[1, 2, 3], [4, 5, 6]], "square"),
    "ragged": ([[1, 2], [3]], "unequal length"),
    "stack": (np.ones((2, 2, 2)), "square"),
    "one class": ([[5]], "at least 2 classes"),
    "no class": (np.zeros((0, 0)), "at least 2 classes"),
    "negative": ([[1, -2], [3, 4]], r"counts >= 0, received -2"),
    "NaN": ([[1, math.nan], [3, 4]], "finite"),
    "infinite": ([[1, math.inf], [3, 4]], "finite"),
    "no sample": (np.zeros((3, 3)), "at least one sample"),
    "text": ([["a", "b"], ["c", "d"]], "integer or float"),
    "complex": (np.ones((2, 2), complex), "integer or float"),
}
FUNCTIONS = [
    getattr(scores, name) for name in scores.__all__ if name not in ("SCORES", "ConfusedPair", "confusion_matrix")
]


@pytest.mark.parametrize(("C", "message"), BAD_MATRICES.values(), ids=BAD_MATRICES)
def test_bad_matrices_are_refused(C, message):
    for function in FUNCTIONS:
        arguments = (C, 1) if function is scores.most_confused_pairs else (C,)
        with pytest.raises(ValueError, match=rf"^C: expected .*{message}|^C: expected .*received .*{message}"):
            function(*arguments)


@pytest.mark.parametrize("zero_division", [0.5, -1, "warn", None, math.inf, True, [0], np.array([0, 1])])
def test_bad_zero_division_is_refused(zero_division):
    for function in (*scores.SCORES.values(), scores.precision, scores.recall, scores.f1):
        with pytest.raises(ValueError, match=r"^zero_division: expected 0, 1 or NaN, received"):
            function(MODEL_1, zero_division)


def test_inputs_are_not_changed_and_lists_do():
    C = MODEL_1.copy()
    for function in FUNCTIONS:
        arguments = (1,) if function is scores.most_confused_pairs else ()
        np.testing.assert_equal(function(C, *arguments), function(MODEL_1.tolist(), *arguments))
    np.testing.assert_array_equal(C, MODEL_1)
