import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.utils.class_weight import compute_class_weight

from losses import balanced_class_weights, class_counts, effective_number_class_weights

counts_strategy = arrays("int64", st.integers(2, 8), elements=st.integers(1, 200))


def test_lecture_numbers():
    """M-105: alpha_i = n / (k n_i), for 90/9/1 and for MNIST's training set."""
    weights = balanced_class_weights(counts=[90, 9, 1])
    np.testing.assert_allclose(weights, [10 / 27, 100 / 27, 100 / 3], rtol=1e-15)
    mnist = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    printed = [1.0130, 0.8899, 1.0070, 0.9786, 1.0270, 1.1068, 1.0139, 0.9577, 1.0255, 1.0086]
    np.testing.assert_allclose(balanced_class_weights(counts=mnist), printed, atol=5e-5)


@given(counts_strategy)
def test_equal_to_scikit_learn(counts):
    """M-105: scikit-learn's compute_class_weight("balanced") to 1e-12."""
    labels = np.repeat(np.arange(len(counts)), counts)
    theirs = compute_class_weight("balanced", classes=np.arange(len(counts)), y=labels)
    np.testing.assert_allclose(balanced_class_weights(labels), theirs, rtol=1e-12)
    np.testing.assert_allclose(balanced_class_weights(counts=counts), theirs, rtol=1e-12)
    np.testing.assert_allclose(balanced_class_weights(np.eye(len(counts))[labels]), theirs, rtol=1e-12)


@given(counts_strategy)
def test_weight_times_count_is_constant(counts):
    """M-106: alpha_i n_i = n / k for every class."""
    np.testing.assert_allclose(balanced_class_weights(counts=counts) * counts, counts.sum() / len(counts))


@given(counts_strategy, st.sampled_from([0.5, 0.9, 0.99, 0.999, 0.9999]))
def test_effective_number_formula(counts, beta):
    effective = (1 - beta**counts) / (1 - beta)
    expected = (1 / effective) / np.sum(1 / effective) * len(counts)
    weights = effective_number_class_weights(counts=counts, beta=beta)
    np.testing.assert_allclose(weights, expected, rtol=1e-9)
    assert weights.sum() == pytest.approx(len(counts))


def test_effective_number_between_its_limits():
    counts = np.array([1000, 100, 10])
    np.testing.assert_array_equal(effective_number_class_weights(counts=counts, beta=0), [1, 1, 1])
    inverse = balanced_class_weights(counts=counts)
    near_one = effective_number_class_weights(counts=counts, beta=1 - 1e-12)
    np.testing.assert_allclose(near_one, inverse / inverse.sum() * 3, rtol=1e-6)
    huge = effective_number_class_weights(counts=[10**9, 1], beta=0.9999)
    np.testing.assert_allclose(huge[1] / huge[0], 1e4, rtol=1e-6)


def test_counts_of_labels():
    assert class_counts([0, 2, 2, 1]).tolist() == [1, 1, 2]
    assert class_counts(np.array([[0], [2]]), num_classes=4).tolist() == [1, 0, 1, 0]
    assert class_counts([[0, 1, 0], [0, 1, 0]]).tolist() == [0, 2, 0]
    assert class_counts(np.array([0.0, 1.0], "float32")).tolist() == [1, 1]
    assert class_counts([0, 1]).dtype == np.int64


@pytest.mark.parametrize("function", [balanced_class_weights, effective_number_class_weights])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"labels": [0, 2]}, r"labels: expected examples of every class, got none of classes \[1\]"),
        ({"labels": [0, 1], "num_classes": 4}, r"labels: expected examples .* classes \[2, 3\]"),
        ({"counts": [5, 0, 3]}, r"counts: expected examples of every class, got none of classes \[1\]"),
        ({"counts": [5, -1]}, r"counts: expected a vector of two or more finite numbers >= 0"),
        ({"counts": [[5, 1]]}, r"counts: expected a vector"),
        ({"counts": [5, 1], "num_classes": 3}, r"counts: expected 3 entries, one a class, got 2"),
        ({"labels": [0, 1], "counts": [1, 1]}, r"labels, counts: expected one of the two, got both"),
        ({}, r"labels, counts: expected one of the two, got neither"),
        ({"labels": []}, r"labels: expected class indices, got 0 values"),
        ({"labels": [0, -1]}, r"labels: expected whole class indices from 0 to 16777215, got -1 at index 1"),
        ({"labels": [0, 5], "num_classes": 3}, r"labels: expected whole class indices from 0 to 2, got 5 at index 1"),
        ({"labels": [0, 0.5]}, r"labels: .*got 0.5 at index 1"),
        ({"labels": [0, np.nan]}, r"labels: .*got nan at index 1"),
        ({"labels": ["a", "b"]}, r"labels: expected class indices, got 2 values of dtype"),
        ({"labels": [[1, 1], [0, 1]]}, r"labels: expected one-hot rows"),
        ({"labels": np.eye(3), "num_classes": 4}, r"labels: expected one-hot rows of 4 classes, got 3"),
        ({"labels": np.zeros((2, 2, 2))}, r"labels: expected shape"),
        ({"labels": [0, 1], "num_classes": 2.5}, r"num_classes: expected a whole number from 2 to 16777216, got 2.5"),
        ({"labels": [0, 0]}, r"labels: expected at least 2 classes, got class 0 alone"),
        ({"labels": [[0], [1, 2]]}, r"labels: expected class indices or one-hot rows, got \[\[0\], \[1, 2\]\]"),
        ({"counts": [5]}, r"counts: expected a vector of two or more finite numbers >= 0, one a class, got \[5\]"),
        ({"counts": []}, r"counts: expected a vector of two or more"),
        ({"counts": 5}, r"counts: expected a vector of two or more"),
        ({"counts": ["5", "1"]}, r"counts: expected a vector of two or more"),
        ({"counts": [[5], [1, 2]]}, r"counts: expected a vector of two or more"),
        ({"counts": [5, np.inf]}, r"counts: expected a vector of two or more"),
        ({"counts": [5, 1], "num_classes": "a"}, r"num_classes: expected a whole number from 2 to .* got 'a'"),
    ],
)
def test_bad_input(function, arguments, message):
    with pytest.raises(ValueError, match=message):
        function(**arguments)


@pytest.mark.parametrize("num_classes", ["a", np.inf, np.nan, 0, 1, -2, 2.0, True, [2], 10**18])
def test_bad_number_of_classes(num_classes):
    with pytest.raises(ValueError, match="num_classes: expected a whole number from 2 to 16777216, got"):
        class_counts([0], num_classes)


@pytest.mark.parametrize("labels", [[0.0, 1e18], np.array([0, 2**63], "uint64"), [0, 2**24]])
def test_labels_that_would_fill_the_memory(labels):
    with pytest.raises(ValueError, match=r"labels: expected whole class indices from 0 to 16777215, got .* at index 1"):
        class_counts(labels)


@pytest.mark.parametrize("labels", [None, "ab", 0, [None, 1], np.zeros(2, complex)])
def test_labels_that_are_none(labels):
    with pytest.raises(ValueError, match="labels: expected"):
        class_counts(labels)


@pytest.mark.parametrize("beta", [-0.1, 1.0, 1.5, np.nan, True, "0.5", None])
def test_bad_beta(beta):
    with pytest.raises(ValueError, match="beta: expected"):
        effective_number_class_weights(counts=[1, 2], beta=beta)
