"""metrics.scores on random matrices with absent classes: scikit-learn's numbers, and what no matrix may change."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn import metrics as sk

from metrics import scores
from metrics.formulas import FORMULAS
from tests.metrics.score_cases import matrices, zero_divisions


def labels(C):
    """The samples that a matrix counts."""
    cells = np.repeat(np.arange(C.size), C.ravel())
    return cells // len(C), cells % len(C)


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
def test_counts_of_outcomes_add_up(C):
    """C-114: TP + FN is the row, TP + FP the column, all four the total."""
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


@given(matrices)
def test_f1_is_the_harmonic_mean(C):
    """C-126, C-128: 2 P R / (P + R), never above the geometric and the arithmetic mean."""
    p, r = scores.precision(C), scores.recall(C)
    both = (p > 0) & (r > 0)
    f1 = scores.f1(C)[both]
    np.testing.assert_allclose(f1, 2 / (1 / p[both] + 1 / r[both]), rtol=1e-14)
    assert (f1 <= np.sqrt(p * r)[both] * (1 + 1e-14)).all()
    assert (f1 <= ((p + r) / 2)[both] * (1 + 1e-14)).all()
