"""Counting, normalising and reading the confusion matrix (NumPy)."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk

from metrics.scores import ConfusedPair, confusion_matrix, most_confused_pairs, normalize, precision, recall

samples = st.integers(2, 5).flatmap(
    lambda k: st.tuples(
        st.just(k),
        st.lists(st.tuples(st.integers(0, k - 1), st.integers(0, k - 1), st.integers(0, 5)), min_size=1, max_size=30),
    )
)


def test_by_hand():
    C = confusion_matrix([0, 0, 1, 2, 2, 2], [0, 1, 1, 0, 2, 2], num_classes=4)
    assert C.tolist() == [[1, 1, 0, 0], [0, 1, 0, 0], [1, 0, 2, 0], [0, 0, 0, 0]]
    assert C.dtype == np.int64


@given(samples)
def test_agrees_with_scikit_learn(drawn):
    K, rows = drawn
    true, predicted, weight = np.array(rows).T
    np.testing.assert_array_equal(
        confusion_matrix(true, predicted, K), sk.confusion_matrix(true, predicted, labels=range(K))
    )
    weight[0] += 1  # scikit-learn refuses nothing but zeros
    weighted = confusion_matrix(true, predicted, K, sample_weight=weight / 4)
    expected = sk.confusion_matrix(true, predicted, labels=range(K), sample_weight=weight / 4)
    np.testing.assert_array_equal(weighted, expected)
    assert weighted.dtype == np.float64
    whole = confusion_matrix(true, predicted, K, sample_weight=weight)
    assert whole.dtype == np.int64
    np.testing.assert_array_equal(whole, weighted * 4)


@given(samples, st.randoms())
def test_order_changes_nothing_and_unit_weights_neither(drawn, random):
    K, rows = drawn
    true, predicted, _ = np.array(rows).T
    C = confusion_matrix(true, predicted, K)
    random.shuffle(rows)
    true, predicted, _ = np.array(rows).T
    np.testing.assert_array_equal(confusion_matrix(true, predicted, K), C)
    np.testing.assert_array_equal(confusion_matrix(true, predicted, K, np.ones(len(rows))), C)


def test_label_maps_floats_and_unsigned_labels():
    true, predicted = np.array([[[0, 1]], [[1, 1]]]), np.array([[[0, 0]], [[1, 0]]])
    expected = [[1, 0], [2, 1]]
    assert confusion_matrix(true, predicted, 2).tolist() == expected
    assert confusion_matrix(true.astype(np.float32), predicted.astype(np.uint8), 2).tolist() == expected
    assert confusion_matrix(true.astype(bool), predicted.astype(bool), np.int64(2)).tolist() == expected


def test_weight_zero_leaves_a_sample_out_whatever_its_label():
    assert confusion_matrix([0, -1, 1], [0, 0, 99], 2, sample_weight=[1.0, 0, 0]).tolist() == [[1, 0], [0, 0]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([], [], 2), "^y_true: expected at least one label"),
        (([0, 1], [0], 2), r"^y_pred: expected the shape of y_true, \(2,\), received \(1,\)"),
        (([0, 2], [0, 1], 2), r"^y_true: expected whole numbers from 0 to 1, received 2 \(1 such labels of 2\)"),
        (([0, 1], [0, -1], 2), "^y_pred: expected whole numbers from 0 to 1, received -1"),
        (([0.5, 1], [0, 1], 2), "^y_true: expected whole numbers from 0 to 1, received 0.5"),
        (([0, math.nan], [0, 1], 2), "^y_true: expected whole numbers from 0 to 1, received nan"),
        ((["a", "b"], [0, 1], 2), "^y_true: expected class indices"),
        (([0], [0], 1), "^num_classes: expected a whole number of at least 2, received 1"),
        (([0], [0], 2.0), "^num_classes: expected a whole number of at least 2, received 2.0"),
        (([0], [0], True), "^num_classes: expected"),
        (([0, 1], [0, 1], 2, [1.0]), r"^sample_weight: expected the shape of y_true, \(2,\), received \(1,\)"),
        (([0, 1], [0, 1], 2, [1.0, -1.0]), "^sample_weight: expected finite numbers >= 0, received -1"),
        (([0, 1], [0, 1], 2, [1.0, math.nan]), "^sample_weight: expected finite numbers >= 0, received nan"),
        (([0, 1], [0, 1], 2, ["1", "1"]), "^sample_weight: expected numbers"),
        (([[0], [1, 0]], [0, 1], 2), "^y_true: expected an array, received rows of unequal length"),
        (([0, 1], [[0], [1, 0]], 2), "^y_pred: expected an array, received rows of unequal length"),
        (([0, 1], [0, 1], 2, [[1], [1, 1]]), "^sample_weight: expected an array, received rows of unequal length"),
        ((None, [0, 1], 2), "^y_true: expected an array, received None"),
        (([0, 1], None, 2), "^y_pred: expected an array, received None"),
        (([None, 1], [0, 1], 2), "^y_true: expected class indices, whole numbers, received dtype object"),
    ],
)
def test_bad_input_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        confusion_matrix(*arguments)


def test_normalize_by_hand():
    C = [[3, 1, 0], [2, 2, 0], [0, 0, 0]]
    assert normalize(C).tolist() == [[0.75, 0.25, 0], [0.5, 0.5, 0], [0, 0, 0]]
    np.testing.assert_allclose(normalize(C, "predicted"), [[0.6, 1 / 3, 0], [0.4, 2 / 3, 0], [0, 0, 0]], rtol=1e-15)
    assert normalize(C, over="all").tolist() == [[3 / 8, 1 / 8, 0], [2 / 8, 2 / 8, 0], [0, 0, 0]]
    assert normalize(C, zero_division=1)[2].tolist() == [1, 1, 1]
    assert np.isnan(normalize(C, "predicted", math.nan)).sum(axis=0).tolist() == [0, 0, 3]


@given(samples)
def test_normalize_agrees_with_scikit_learn_and_with_precision_and_recall(drawn):
    K, rows = drawn
    true, predicted, _ = np.array(rows).T
    C = confusion_matrix(true, predicted, K)
    for over, name in (("true", "true"), ("predicted", "pred"), ("all", "all")):
        expected = sk.confusion_matrix(true, predicted, labels=range(K), normalize=name)
        np.testing.assert_allclose(normalize(C, over), expected, rtol=1e-15)
    np.testing.assert_array_equal(np.diag(normalize(C, "true")), recall(C))
    np.testing.assert_array_equal(np.diag(normalize(C, "predicted")), precision(C))


def test_normalize_refuses_another_total():
    with pytest.raises(ValueError, match=r"^over: expected 'true', 'predicted' or 'all', received 'rows'"):
        normalize([[1, 0], [0, 1]], over="rows")


def test_most_confused_pairs_by_hand():
    C = [[100, 80, 10, 10], [0, 9, 0, 1], [0, 1, 8, 1], [0, 1, 0, 9]]
    pairs = most_confused_pairs(C, 4)
    # Equal counts (10, 10 and the four ones) in reading order.
    assert pairs == [(0, 1, 80), (0, 2, 10), (0, 3, 10), (1, 3, 1)]
    assert isinstance(pairs[0], ConfusedPair)
    assert len(most_confused_pairs(C, 100)) == 7  # every cell that is not empty
    assert most_confused_pairs(C, 1, ["corn", "wheat", "oats", "rye"]) == [("corn", "wheat", 80)]
    assert most_confused_pairs(np.diag([1, 2]), 3) == []
    assert most_confused_pairs([[1, 0.5], [0.25, 1]], 1) == [(0, 1, 0.5)]


@pytest.mark.parametrize("n", [0, -1, 1.5, True, "2"])
def test_most_confused_pairs_refuses_a_bad_n(n):
    with pytest.raises(ValueError, match=r"^n: expected a whole number of at least 1, received"):
        most_confused_pairs([[1, 1], [1, 1]], n)


@pytest.mark.parametrize("names", [["a"], ["a", "b", "c"], "ab", b"ab", 3, {"a", "b"}, {"a": 0, "b": 1}])
def test_most_confused_pairs_refuses_a_wrong_number_of_names(names):
    with pytest.raises(ValueError, match=r"^class_names: expected 2 names"):
        most_confused_pairs([[1, 1], [1, 1]], 1, names)
