"""The streaming Keras metric in eager calls: forms of input, weights, reset, names and configs."""

import math
import re

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from keras import ops

import metrics
from metrics import ConfusionMatrix, ConfusionScore, scores

JAX = keras.backend.backend() == "jax"

TRUE = np.array([0, 2, 1, 2, 0, 1])
SCORES_3 = np.array(
    [[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.2, 0.5, 0.3], [0.1, 0.1, 0.8], [0.3, 0.4, 0.3], [0.9, 0.05, 0.05]],
    np.float32,
)
PREDICTED = SCORES_3.argmax(axis=1)
EXPECTED = [[1, 1, 0], [1, 1, 0], [0, 1, 1]]


def counted(y_true, y_pred, sample_weight=None, num_classes=3, **arguments):
    metric = ConfusionMatrix(num_classes, **arguments)
    metric.update_state(y_true, y_pred, sample_weight)
    np.testing.assert_allclose(np.asarray(metric.result()), metric.to_numpy(), rtol=1e-7)
    return metric.to_numpy().tolist()


# ---- forms of input


@pytest.mark.parametrize(
    "y_true",
    [TRUE, TRUE.tolist(), TRUE[:, None], np.eye(3)[TRUE], np.eye(3, dtype=bool)[TRUE], np.eye(3)[TRUE] * 0.8 + 0.2 / 3]
    + [TRUE.astype(dtype) for dtype in ("float32", "float16", "int8", "uint8", "int32", "uint32", "uint64")],
)
@pytest.mark.parametrize("y_pred", [SCORES_3, np.log(SCORES_3), SCORES_3.tolist(), SCORES_3.astype("float16")])
def test_truth_and_scores(y_true, y_pred):
    assert counted(y_true, y_pred) == EXPECTED


@pytest.mark.parametrize("y_true", [TRUE, TRUE[:, None], np.eye(3)[TRUE]])
@pytest.mark.parametrize("y_pred", [PREDICTED, PREDICTED[:, None], PREDICTED.astype("float32"), PREDICTED.tolist()])
def test_class_indices(y_true, y_pred):
    assert counted(y_true, y_pred, sparse_y_pred=True) == EXPECTED


def test_tensors_of_the_backend():
    assert counted(ops.convert_to_tensor(TRUE), ops.convert_to_tensor(SCORES_3)) == EXPECTED
    assert counted(TRUE, ops.cast(SCORES_3, "bfloat16")) == EXPECTED


@pytest.mark.parametrize(
    "y_true", [[1, 0, 1, 0], [[1], [0], [1], [0]], [[0, 1], [1, 0], [0, 1], [1, 0]], [1.0, 0, 1, 0]]
)
@pytest.mark.parametrize("shape", [(4,), (4, 1)])
def test_one_score_a_sample(y_true, shape):
    probability = np.reshape([0.9, 0.6, 0.3, 0.5], shape)  # 0.5 is not above the threshold: class 0
    assert counted(y_true, probability, num_classes=2) == [[1, 1], [1, 1]]
    assert counted(y_true, probability, num_classes=2, threshold=0.2) == [[0, 2], [0, 2]]
    assert counted(y_true, probability, num_classes=2, threshold=0.6) == [[2, 0], [1, 1]]
    logit = np.reshape([2.0, 0.4, -1.0, -0.1], shape)
    assert counted(y_true, logit, num_classes=2, from_logits=True) == [[1, 1], [1, 1]]
    # sigmoid(0.4) = 0.599 is below 0.6
    assert counted(y_true, logit, num_classes=2, from_logits=True, threshold=0.6) == [[2, 0], [1, 1]]


def test_two_scores_a_sample_are_compared_not_cut():
    assert counted([0, 1], [[0.1, 0.2], [2.0, 3.0]], num_classes=2) == [[0, 1], [0, 1]]


def test_equal_scores_go_to_the_first_class():
    assert counted([1], [[0.4, 0.4, 0.2]]) == [[0, 0, 0], [1, 0, 0], [0, 0, 0]]


def test_label_maps_and_class_axis():
    maps = np.stack([TRUE, TRUE[::-1]]).reshape(2, 2, 3)
    pixels = np.stack([SCORES_3, SCORES_3[::-1]]).reshape(2, 2, 3, 3)
    twice = (2 * np.array(EXPECTED)).tolist()
    first = np.moveaxis(pixels, -1, 1)
    for y_true in (maps, maps[..., None], np.eye(3)[maps]):
        assert counted(y_true, pixels) == twice
    for y_true in (maps, maps[:, None], np.moveaxis(np.eye(3)[maps], -1, 1)):
        assert counted(y_true, first, axis=1) == twice
        assert counted(y_true, first, axis=-3) == twice
    assert counted(maps, pixels.argmax(-1), sparse_y_pred=True) == twice


# ---- weights


def test_sample_weight_by_hand():
    assert counted(TRUE, SCORES_3, [1, 2, 3, 0.5, 0.25, 4]) == [[1, 0.25, 0], [4, 3, 0], [0, 2, 0.5]]


@pytest.mark.parametrize("weight", [1, 1.0, [1] * 6, np.ones((6, 1)), np.ones(6, bool), np.ones(6, "float16")])
def test_unit_weights_change_nothing(weight):
    assert counted(TRUE, SCORES_3, weight) == EXPECTED


@settings(max_examples=20, deadline=None)
@given(arrays("int64", (2, 6), elements=st.integers(0, 2)), st.booleans())
def test_drawn_labels_with_unit_weights(drawn, sparse):
    true, predicted = drawn
    y_pred = predicted if sparse else np.eye(3)[predicted]
    for weight in (np.ones(6), 1, np.ones((6, 1), bool)):
        assert counted(true, y_pred, weight, sparse_y_pred=sparse) == counted(true, y_pred, sparse_y_pred=sparse)


def test_weights_of_images_reach_their_pixels():
    maps, predicted = np.array([[[0, 1]], [[1, 1]]]), np.array([[[0, 0]], [[1, 1]]])
    for weight in ([1, 3], [[1], [3]], [[[1]], [[3]]], [[[1, 1]], [[3, 3]]]):
        assert counted(maps, predicted, np.array(weight), 2, sparse_y_pred=True) == [[1, 0], [1, 6]]


def test_weight_zero_leaves_a_sample_out_whatever_it_holds():
    assert counted([0, 255, 1], [[1, 0], [1, 0], [math.nan, 1]], [1, 0, 0], 2) == [[1, 0], [0, 0]]


@pytest.mark.parametrize("y_true", [np.zeros(0, int), np.zeros((0, 1)), np.zeros((0, 3))])
@pytest.mark.parametrize("weight", [None, np.ones(0)])
def test_a_batch_without_samples_counts_nothing(y_true, weight):
    assert not np.any(counted(y_true, np.zeros((0, 3), "float32"), weight))


# ---- the life of a metric


def test_reset_and_empty_state():
    metric, score = ConfusionMatrix(3), ConfusionScore("macro_f1", 3)
    for m in (metric, score):
        assert not np.asarray(m.result()).any()
        m.update_state(TRUE, SCORES_3)
        assert np.asarray(m.result()).any()
        m.reset_state()
        assert not np.asarray(m.result()).any()
    assert math.isnan(float(ConfusionScore("macro_f1", 3, zero_division=math.nan).result()))


def test_names_and_dtypes():
    wide = "float32" if JAX else "float64"
    assert (ConfusionMatrix(2).name, ConfusionScore("cohen_kappa", 2).name) == ("confusion_matrix", "cohen_kappa")
    assert ConfusionScore("cohen_kappa", 2, name="kappa").name == "kappa"
    assert keras.backend.standardize_dtype(ConfusionMatrix(2).result().dtype) == wide
    assert keras.backend.standardize_dtype(ConfusionMatrix(2, dtype="float16").result().dtype) == "float16"
    for metric in (ConfusionMatrix(2, dtype="float16"), ConfusionScore("accuracy", 2, dtype="bfloat16")):
        assert {keras.backend.standardize_dtype(v.dtype) for v in metric.variables} == {"float32"}


@pytest.mark.parametrize(
    "metric",
    [
        ConfusionMatrix(3),
        ConfusionMatrix(2, True, 0.3, False, 1, "mine", "float32"),
        ConfusionMatrix(5, sparse_y_pred=True),
        ConfusionScore("macro_f1", 3),
        ConfusionScore("cohen_kappa", 2, True, 0.3, False, 1, 1.0, "mine", "float32"),
        ConfusionScore("accuracy", 4, zero_division=math.nan),
    ],
)
def test_config_round_trip(metric):
    again = type(metric).from_config(metric.get_config())
    np.testing.assert_equal(again.get_config(), metric.get_config())
    stored = keras.saving.serialize_keras_object(metric)
    assert stored["registered_name"] == f"relecture>{type(metric).__name__}"
    restored = keras.saving.deserialize_keras_object(stored)
    assert type(restored) is type(metric)
    np.testing.assert_equal(restored.get_config(), metric.get_config())
    assert restored.dtype == metric.dtype


def test_default_dtype_is_not_frozen_into_the_config():
    assert ConfusionMatrix(3).get_config()["dtype"] is None


def test_the_package_offers_what_it_says():
    assert metrics.macro_f1 is scores.macro_f1
    for name in metrics.__all__:
        assert getattr(metrics, name) is not None
        assert name in dir(metrics)
    with pytest.raises(AttributeError, match=r"module 'metrics' has no attribute 'auc'"):
        _ = metrics.auc


@pytest.mark.parametrize(
    "name", sorted({*scores.__all__, "ConfusionMatrix", "ConfusionScore"} - {"SCORES", "ConfusedPair"})
)
def test_docstrings_are_complete(name):
    # Shapes, what is raised, an example for doctest; for counts and scores the formula and its source.
    parts = [r"\(K|-> float \(\)|Returns: float", r"Raises:\s+ValueError", r"Example:.*\n +>>> "]
    if name not in ("ConfusionScore", "most_confused_pairs"):
        parts += [r"= |over=", r"(Reference|Lecture): "]
    for part in parts:
        assert re.search(part, getattr(metrics, name).__doc__), f"{name}: its docstring lacks {part}"
