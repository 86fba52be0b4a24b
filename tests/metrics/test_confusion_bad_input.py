"""Bad input to the streaming metric: a ValueError that names the argument, and no trace in the counts."""

import math

import numpy as np
import pytest

from metrics import ConfusionMatrix, ConfusionScore


@pytest.mark.parametrize("num_classes", [1, 0, -3, 2.5, "3", True, None])
def test_bad_num_classes_are_refused(num_classes):
    for make in (ConfusionMatrix, lambda k: ConfusionScore("accuracy", k)):
        with pytest.raises(ValueError, match=r"^num_classes: expected a whole number of at least 2, received"):
            make(num_classes)


def test_bad_constructor_arguments_are_refused():
    with pytest.raises(ValueError, match=r"^score: expected one of accuracy, .*, received 'f1'"):
        ConfusionScore("f1", 3)
    with pytest.raises(ValueError, match=r"^zero_division: expected 0, 1 or NaN, received 0.5"):
        ConfusionScore("macro_f1", 3, zero_division=0.5)
    for K, threshold in ((3, 0.5), (2, 0), (2, 1), (2, 1.5), (2, math.nan)):
        with pytest.raises(ValueError, match=r"^threshold: expected None, or for num_classes=2 a number between"):
            ConfusionMatrix(K, threshold=threshold)


@pytest.mark.parametrize("score", [["a"], None, 3, np.array(["accuracy"]), {"accuracy"}, "Accuracy", ""])
def test_bad_scores_are_refused(score):
    with pytest.raises(ValueError, match=r"^score: expected one of accuracy, .*, received"):
        ConfusionScore(score, 3)


@pytest.mark.parametrize("threshold", ["a", True, [0.5], 0.5j, np.inf, 0, 1])
def test_bad_thresholds_are_refused(threshold):
    with pytest.raises(ValueError, match=r"^threshold: expected None, or for num_classes=2 a number between 0 and 1"):
        ConfusionMatrix(2, threshold=threshold)


def test_thresholds_become_plain_numbers():
    assert ConfusionMatrix(2, threshold=np.float32(0.25)).get_config()["threshold"] == 0.25
    assert type(ConfusionMatrix(2, threshold=np.float32(0.25)).threshold) is float


@pytest.mark.parametrize("axis", ["a", True, 1.0, None, [1]])
def test_bad_axes_of_the_constructor_are_refused(axis):
    with pytest.raises(ValueError, match=r"^axis: expected an integer, received"):
        ConfusionMatrix(3, axis=axis)


@pytest.mark.parametrize("flag", ["from_logits", "sparse_y_pred"])
def test_flags_are_true_or_false(flag):
    for bad in ("no", 0, 1, None, np.array(True)):
        with pytest.raises(ValueError, match=rf"^{flag}: expected True or False, received"):
            ConfusionMatrix(2, **{flag: bad})
        with pytest.raises(ValueError, match=rf"^{flag}: expected True or False, received"):
            ConfusionScore("accuracy", 2, **{flag: bad})
    assert ConfusionMatrix(2, **{flag: np.True_}).get_config()[flag] is True


NO_ARRAYS = {
    "ragged": [[0.0], [1.0, 0.0]],
    "None": None,
    "None inside": [None, 1],
    "text": "ab",
    "texts": ["a", "b"],
    "complex": np.zeros(2, complex),
}


@pytest.mark.parametrize("bad", NO_ARRAYS.values(), ids=NO_ARRAYS)
def test_what_is_no_array_of_numbers_is_refused(bad):
    metric, good = ConfusionMatrix(3), ([0, 1], np.eye(3)[:2], [1.0, 1.0])
    for i, name in enumerate(("y_true", "y_pred", "sample_weight")):
        if name == "sample_weight" and bad is None:
            continue  # no weights
        with pytest.raises(ValueError, match=rf"^{name}: expected (numbers|an array), received"):
            metric.update_state(*good[:i], bad, *good[i + 1 :])
    assert not metric.to_numpy().any()


NAN = math.nan
BAD_VALUES = {
    "true too large": (
        (3, [0, 3], [[1, 0, 0]] * 2),
        r"^y_true: expected whole numbers from 0 to 2, received 3 at sample",
    ),
    "true negative": ((3, [0, -1], [[1, 0, 0]] * 2), r"^y_true: expected whole numbers from 0 to 2, received -1"),
    "true beyond 32 bits": ((3, [0, 2**32], [[1, 0, 0]] * 2), r"^y_true: expected whole numbers from 0 to 2"),
    "true fraction": ((3, [0, 0.5], [[1, 0, 0]] * 2), r"^y_true: expected whole numbers from 0 to 2, received 0.5"),
    "true NaN": ((3, [0, NAN], [[1, 0, 0]] * 2), r"^y_true: expected whole numbers from 0 to 2, received nan"),
    "true no class": ((3, [[0, 0, 0]], [[1, 0, 0]]), r"^y_true: expected one-hot vectors.*received \[0, 0, 0\]"),
    "true two classes": ((3, [[0, 1, 1]], [[1, 0, 0]]), r"^y_true: expected one-hot vectors.*received \[0, 1, 1\]"),
    "true NaN vector": ((3, [[0, NAN, 1]], [[1, 0, 0]]), r"^y_true: expected one-hot vectors"),
    "NaN score": ((3, [0], [[1, NAN, 0]]), r"^y_pred: expected scores that are not NaN, received \[1.0, nan, 0.0\]"),
    "NaN single score": ((2, [0], [[NAN]]), r"^y_pred: expected probabilities from 0 to 1 .*, received nan"),
    "logit as probability": ((2, [0], [1.5]), r"^y_pred: expected probabilities from 0 to 1 .*, received 1.5"),
    "weight negative": (
        (2, [0, 1], [0.5, 0.5], [1.0, -1.0]),
        r"^sample_weight: expected finite numbers.*received -1.0",
    ),
    "weight NaN": ((2, [0, 1], [0.5, 0.5], [1.0, NAN]), r"^sample_weight: expected finite numbers.*received nan"),
    "weight infinite": ((2, [0, 1], [0.5, 0.5], [1.0, math.inf]), r"^sample_weight: expected finite numbers"),
    "weights too large": ((2, [0, 1], [0.5, 0.5], [2.0**29] * 2), r"^sample_weight: expected a total below 2\*\*30"),
}


@pytest.mark.parametrize(("arguments", "message"), BAD_VALUES.values(), ids=BAD_VALUES)
def test_bad_values_are_refused_and_leave_no_trace(arguments, message):
    K, *inputs = arguments
    metric = ConfusionMatrix(K)
    metric.update_state([1], [[0.0, 1.0, 0.5][:K]])
    before = metric.to_numpy()
    with pytest.raises(ValueError, match=message):
        metric.update_state(*inputs)
    np.testing.assert_array_equal(metric.to_numpy(), before)


def test_bad_class_index_predictions_are_refused():
    metric = ConfusionMatrix(3, sparse_y_pred=True)
    for wrong in (3, -1, 0.5, NAN):
        with pytest.raises(ValueError, match=r"^y_pred: expected whole numbers from 0 to 2, received"):
            metric.update_state([0], [wrong])


BAD_SHAPES = {
    "scores of too many classes": (
        (3, [0], np.ones((1, 4))),
        r"^y_pred: expected a class axis \(-1\) of size 3, received",
    ),
    "class indices unannounced": ((3, [0, 1], [0, 1]), r"^y_pred: .* class indices need sparse_y_pred=True"),
    "class indices unannounced, K = 2": (
        (2, [[0, 1]], [[0, 1, 1]]),
        r"^y_pred: expected a class axis \(-1\) of size 2 or",
    ),
    "scalar": ((2, 0, 0.5), r"^y_pred: expected a class axis"),
    "truth too short": ((3, [0], np.ones((2, 3))), r"^y_true: expected class indices of shape \(2,\), or one-hot"),
    "one-hot too wide": ((3, np.eye(4)[:2], np.ones((2, 3))), r"^y_true: expected class indices of shape \(2,\)"),
    "truth of another rank": ((3, np.ones((2, 1, 1)), np.ones((2, 3))), r"^y_true: expected class indices of shape"),
    "weight too short": ((2, [0, 1], [0.1, 0.2], [1.0]), r"^sample_weight: expected a scalar or shape \(2,\)"),
    "weight a class": (
        (3, [0, 1], np.ones((2, 3)), np.ones((2, 3))),
        r"^sample_weight: expected a scalar or shape \(2,\)",
    ),
    "text": ((3, ["a"], np.ones((1, 3))), r"^y_true: expected numbers, received dtype <U1"),
}


@pytest.mark.parametrize(("arguments", "message"), BAD_SHAPES.values(), ids=BAD_SHAPES)
def test_bad_shapes_are_refused(arguments, message):
    K, *inputs = arguments
    with pytest.raises(ValueError, match=message):
        ConfusionMatrix(K).update_state(*inputs)


def test_threshold_with_two_scores_is_refused():
    with pytest.raises(ValueError, match=r"^threshold: expected None where each class has a score, received 0.3"):
        ConfusionMatrix(2, threshold=0.3).update_state([0], [[0.5, 0.5]])


@pytest.mark.parametrize("axis", [0, -2, 2, -3])
def test_bad_axes_are_refused(axis):
    with pytest.raises(ValueError, match=r"^axis: expected the class axis of y_pred, behind the batch axis, received"):
        ConfusionMatrix(3, axis=axis).update_state([0, 1, 2], np.eye(3))
