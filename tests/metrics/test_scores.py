"""metrics.scores on numbers worked out by hand, the lecture's among them, and on properties."""

import math
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn import metrics as sk

from metrics import scores
from metrics.formulas import FORMULAS

BALANCED_1 = np.array([[10, 0, 0, 0], [0, 5, 3, 2], [0, 1, 8, 1], [0, 1, 0, 9]])
BALANCED_2 = np.array([[8, 2, 0, 0], [1, 7, 0, 2], [0, 0, 9, 1], [2, 3, 0, 5]])
EIGHTY = np.array([[9, 1, 0, 0], [1, 15, 3, 1], [5, 0, 24, 1], [0, 4, 1, 15]])
MODEL_1 = np.array([[100, 80, 10, 10], [0, 9, 0, 1], [0, 1, 8, 1], [0, 1, 0, 9]])
MODEL_2 = np.array([[198, 2, 0, 0], [7, 1, 0, 2], [0, 8, 1, 1], [2, 3, 4, 1]])
ABSENT = np.array([[3, 1, 0], [2, 4, 0], [0, 0, 0]])  # class 2 has no sample and is never predicted

counts = st.integers(2, 6).flatmap(
    # Few and small cells, so that absent classes are the rule.
    lambda k: arrays(np.int64, (k, k), elements=st.one_of(st.just(0), st.integers(0, 9)))
)
matrices = counts.filter(lambda C: C.any())
zero_divisions = st.sampled_from([0.0, 1.0, math.nan])


def labels(C):
    """The samples that a matrix counts."""
    cells = np.repeat(np.arange(C.size), C.ravel())
    return cells // len(C), cells % len(C)


def cut(value, digits):
    return float(Decimal(value).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_DOWN))


# ---- the lecture's tables (claims C-109 to C-140)


def test_symbolic_table_totals_and_accuracies():  # C-109 to C-111
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
def test_which_model_performs_better(C, accuracy, precisions, recalls, macro_f1):  # C-112, C-113, C-120
    assert C.sum(axis=1).tolist() == [10, 10, 10, 10]
    assert scores.overall_accuracy(C) == accuracy
    np.testing.assert_allclose(scores.precision(C), precisions, rtol=1e-15)
    np.testing.assert_allclose(scores.recall(C), recalls, rtol=1e-15)
    assert scores.macro_f1(C) == pytest.approx(macro_f1, abs=5e-5)


def test_true_positives_of_the_lecture():  # C-115
    assert scores.true_positives(BALANCED_1).tolist() == [10, 5, 8, 9]


def test_true_negatives_false_positives_false_negatives_of_the_lecture():  # C-116 to C-118
    assert EIGHTY.sum(axis=1).tolist() == [10, 20, 30, 20]
    assert scores.true_negatives(EIGHTY).tolist() == [64, 55, 46, 58]
    assert scores.false_positives(EIGHTY).tolist() == [6, 5, 4, 2]
    assert scores.false_negatives(EIGHTY).tolist() == [1, 5, 6, 5]


def test_overall_accuracy_is_cut_not_rounded_on_the_slide():  # C-119
    assert scores.overall_accuracy(EIGHTY) == 63 / 80
    assert cut(63 / 80, 2) == 0.78
    assert round(63 / 80, 2) == 0.79


def test_accuracy_on_imbalanced_data():  # C-121 to C-123, C-139: the slide prints 0.547 and 0.87
    assert MODEL_1.sum(axis=1).tolist() == MODEL_2.sum(axis=1).tolist() == [200, 10, 10, 10]
    assert scores.overall_accuracy(MODEL_1) == pytest.approx(126 / 230, rel=1e-15)
    assert round(scores.overall_accuracy(MODEL_1), 4) == 0.5478
    assert cut(scores.overall_accuracy(MODEL_1), 3) == 0.547
    assert scores.overall_accuracy(MODEL_2) == pytest.approx(201 / 230, rel=1e-15)
    assert round(scores.overall_accuracy(MODEL_2), 4) == 0.8739


def test_class_1_is_the_class_that_model_1_finds_worst():  # C-124: the slide says "very accurate for class 1"
    assert scores.recall(MODEL_1).argmin() == 0
    assert scores.recall(MODEL_1)[0] == 0.5
    assert scores.precision(MODEL_1)[0] == 1


def test_average_accuracies_on_imbalanced_data():  # C-125, C-134, C-135
    np.testing.assert_allclose(scores.recall(MODEL_1), [0.5, 0.9, 0.8, 0.9], rtol=1e-15)
    np.testing.assert_allclose(scores.recall(MODEL_2), [0.99, 0.1, 0.1, 0.1], rtol=1e-15)
    assert scores.average_accuracy(MODEL_1) == pytest.approx(0.775, rel=1e-15)
    assert scores.average_accuracy(MODEL_2) == pytest.approx(0.3225, rel=1e-15)


def test_precision_of_model_1():  # C-130 to C-132: the slide prints 0.492
    assert scores.true_positives(MODEL_1).tolist() == [100, 9, 8, 9]
    assert scores.false_positives(MODEL_1).tolist() == [0, 82, 10, 12]
    assert scores.false_negatives(MODEL_1).tolist() == [100, 1, 2, 1]
    np.testing.assert_allclose(scores.precision(MODEL_1), [1, 9 / 91, 8 / 18, 9 / 21], rtol=1e-15)
    exact = (1 + Fraction(9, 91) + Fraction(8, 18) + Fraction(9, 21)) / 4
    assert scores.macro_precision(MODEL_1) == pytest.approx(float(exact), rel=1e-15)
    assert round(scores.macro_precision(MODEL_1), 5) == 0.49298
    assert cut(scores.macro_precision(MODEL_1), 3) == 0.492


def test_average_without_its_parentheses_is_another_number():  # C-133
    p, r = scores.precision(MODEL_1), scores.recall(MODEL_1)
    assert p[0] + p[1] + p[2] + p[3] / 4 == pytest.approx(1.650488, abs=5e-7)
    assert r[0] + r[1] + r[2] + r[3] / 4 == pytest.approx(2.425, abs=5e-7)


def test_f1_of_the_slide_is_that_of_macro_averages():  # C-136, C-137, C-139: the slide prints 0.601
    exact = (1 + Fraction(9, 91) + Fraction(8, 18) + Fraction(9, 21)) / 4
    f1 = 2 * exact * Fraction(775, 1000) / (exact + Fraction(775, 1000))
    assert scores.f1_of_macro_averages(MODEL_1) == pytest.approx(float(f1), rel=1e-15)
    assert round(scores.f1_of_macro_averages(MODEL_1), 4) == 0.6026
    assert cut(2 * 0.492 * 0.775 / (0.492 + 0.775), 3) == 0.601
    assert scores.macro_f1(MODEL_1) == pytest.approx(0.49924, abs=5e-6)


def test_f1_of_model_2():  # C-138: the slide prints 0.342, which neither definition gives
    assert scores.f1_of_macro_averages(MODEL_2) == pytest.approx(0.344399, abs=5e-7)
    assert scores.macro_f1(MODEL_2) == pytest.approx(0.333124, abs=5e-7)


def test_f1_and_accuracy_rank_the_two_models_differently():  # C-140
    for score in (scores.macro_f1, scores.f1_of_macro_averages, scores.average_accuracy):
        assert score(MODEL_1) > score(MODEL_2)
    assert scores.overall_accuracy(MODEL_1) < scores.overall_accuracy(MODEL_2)


@given(matrices)
def test_f1_is_the_harmonic_mean(C):  # C-126 to C-128
    p, r = scores.precision(C), scores.recall(C)
    both = (p > 0) & (r > 0)
    f1 = scores.f1(C)[both]
    np.testing.assert_allclose(f1, 2 / (1 / p[both] + 1 / r[both]), rtol=1e-14)
    assert (f1 <= np.sqrt(p * r)[both] * (1 + 1e-14)).all()
    assert (f1 <= ((p + r) / 2)[both] * (1 + 1e-14)).all()


# ---- more numbers by hand


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


# ---- properties


SKLEARN = {
    "accuracy": lambda t, p, k, z: sk.accuracy_score(t, p),
    "balanced_accuracy": lambda t, p, k, z: sk.recall_score(t, p, labels=k, average="macro", zero_division=z),
    "macro_precision": lambda t, p, k, z: sk.precision_score(t, p, labels=k, average="macro", zero_division=z),
    "macro_recall": lambda t, p, k, z: sk.recall_score(t, p, labels=k, average="macro", zero_division=z),
    "macro_f1": lambda t, p, k, z: sk.f1_score(t, p, labels=k, average="macro", zero_division=z),
    "micro_f1": lambda t, p, k, z: sk.f1_score(t, p, labels=k, average="micro", zero_division=z),
    "weighted_f1": lambda t, p, k, z: sk.f1_score(t, p, labels=k, average="weighted", zero_division=z),
    "cohen_kappa": lambda t, p, k, z: sk.cohen_kappa_score(t, p, labels=k, replace_undefined_by=z),
    "matthews_correlation": lambda t, p, k, z: sk.matthews_corrcoef(t, p),
}


def test_every_score_but_the_lectures_own_is_compared_with_scikit_learn():
    assert set(scores.SCORES) - set(SKLEARN) == {"f1_of_macro_averages"}
    assert set(scores.SCORES) == set(FORMULAS)


@given(matrices, zero_divisions)
def test_scores_agree_with_scikit_learn(C, zero_division):
    true, predicted = labels(C)
    K = range(len(C))
    for name, reference in SKLEARN.items():
        if name in ("cohen_kappa", "matthews_correlation") and np.count_nonzero(C) == 1:
            continue  # scikit-learn warns of a single label; test_one_class_only has the value
        z = 0.0 if name == "matthews_correlation" else zero_division
        expected = reference(true, predicted, K, z)
        np.testing.assert_allclose(scores.SCORES[name](C, z), expected, rtol=1e-12, atol=1e-12, err_msg=name)


@given(matrices, zero_divisions)
def test_per_class_scores_agree_with_scikit_learn(C, z):
    true, predicted = labels(C)
    p, r, f, _support = sk.precision_recall_fscore_support(true, predicted, labels=range(len(C)), zero_division=z)
    np.testing.assert_allclose(scores.precision(C, z), p, rtol=1e-14)
    np.testing.assert_allclose(scores.recall(C, z), r, rtol=1e-14)
    np.testing.assert_allclose(scores.f1(C, z), f, rtol=1e-14)
    several = sk.multilabel_confusion_matrix(true, predicted, labels=range(len(C)))
    assert scores.true_negatives(C).tolist() == several[:, 0, 0].tolist()
    assert scores.false_positives(C).tolist() == several[:, 0, 1].tolist()
    assert scores.false_negatives(C).tolist() == several[:, 1, 0].tolist()
    assert scores.true_positives(C).tolist() == several[:, 1, 1].tolist()


@given(matrices)
def test_nan_leaves_out_what_balanced_accuracy_score_leaves_out(C):
    assume((C.sum(axis=1) > 0).sum() > 0)
    rows = C.sum(axis=1)
    present = rows > 0
    expected = (np.diag(C)[present] / rows[present]).mean()
    assert scores.average_accuracy(C, zero_division=math.nan) == pytest.approx(expected, rel=1e-14)


@given(matrices, st.data())
def test_permuting_classes_permutes_scores(C, data):
    order = np.array(data.draw(st.permutations(range(len(C)))))
    D = C[np.ix_(order, order)]
    for per_class in (
        scores.precision, scores.recall, scores.f1, scores.true_positives, scores.true_negatives,
        scores.false_positives, scores.false_negatives,
    ):  # fmt: skip
        np.testing.assert_array_equal(per_class(D), per_class(C)[order])
    for name, score in scores.SCORES.items():
        assert score(D) == pytest.approx(score(C), rel=1e-12, abs=1e-12), name


@given(matrices)
def test_transposing_swaps_precision_and_recall(C):
    np.testing.assert_array_equal(scores.precision(C), scores.recall(C.T))
    for name in ("accuracy", "macro_f1", "micro_f1", "f1_of_macro_averages", "cohen_kappa", "matthews_correlation"):
        assert scores.SCORES[name](C) == pytest.approx(scores.SCORES[name](C.T), rel=1e-12, abs=1e-12), name


@given(matrices)
def test_counts_of_outcomes_add_up(C):  # C-114
    tp, tn = scores.true_positives(C), scores.true_negatives(C)
    fp, fn = scores.false_positives(C), scores.false_negatives(C)
    np.testing.assert_array_equal(tp + fn, C.sum(axis=1))
    np.testing.assert_array_equal(tp + fp, C.sum(axis=0))
    np.testing.assert_array_equal(tp + tn + fp + fn, C.sum())
    assert all(x.dtype == np.int64 for x in (tp, tn, fp, fn))


@given(matrices, st.sampled_from([0.0, 1.0]))
def test_ranges_and_relations(C, z):
    values = {name: score(C, z) for name, score in scores.SCORES.items()}
    for name, value in values.items():
        lowest = -1 if name in ("cohen_kappa", "matthews_correlation") else 0
        assert lowest - 1e-12 <= value <= 1 + 1e-12, name
        assert type(value) is float
    assert values["micro_f1"] == pytest.approx(values["accuracy"], rel=1e-14)
    assert values["f1_of_macro_averages"] >= values["macro_f1"] - 1e-12


@given(matrices, st.floats(1e-6, 1e6))
def test_only_proportions_matter(C, factor):
    for name, score in scores.SCORES.items():
        assert score(C * factor) == pytest.approx(score(C), rel=1e-10, abs=1e-10), name


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


@pytest.mark.parametrize("zero_division", [0.5, -1, "warn", None, math.inf])
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
