"""The streaming Keras metric in eager calls: input forms, exactness, invariances, configs, bad input."""

import math

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from metrics import ConfusionMatrix, ConfusionScore, scores
from metrics.scores import SCORES, confusion_matrix

JAX = keras.backend.backend() == "jax"
RTOL = 2e-5 if JAX else 1e-12  # float32 there

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


def test_weights_of_images_reach_their_pixels():
    maps, predicted = np.array([[[0, 1]], [[1, 1]]]), np.array([[[0, 0]], [[1, 1]]])
    for weight in ([1, 3], [[1], [3]], [[[1]], [[3]]], [[[1, 1]], [[3, 3]]]):
        assert counted(maps, predicted, np.array(weight), 2, sparse_y_pred=True) == [[1, 0], [1, 6]]


def test_weight_zero_leaves_a_sample_out_whatever_it_holds():
    assert counted([0, 255, 1], [[1, 0], [1, 0], [math.nan, 1]], [1, 0, 0], 2) == [[1, 0], [0, 0]]


# ---- exactness


def blocks(value):
    return value // 2**20, value % 2**20


@pytest.mark.parametrize("start", [2**24, 2**24 - 1, 2**31 - 1, 2**32 + 5, 2**43 + 1])
def test_counts_are_exact_beyond_float32_and_int32(start):
    metric = ConfusionMatrix(2, sparse_y_pred=True)
    state = np.zeros((3, 2, 2), np.float32)
    state[:2, 1, 0] = blocks(start)
    metric.counts.assign(state)
    for _ in range(3):
        metric.update_state([1, 1, 0], [0, 0, 0])
    assert metric.to_numpy().tolist() == [[3, 0], [start + 6, 0]]
    if not JAX:
        assert np.asarray(metric.result()).tolist() == [[3, 0], [start + 6, 0]]
    np.testing.assert_allclose(np.asarray(metric.result()), metric.to_numpy(), rtol=1e-7)


def test_a_float32_count_would_have_stopped():
    assert np.float32(2**24) + np.float32(1) == np.float32(2**24)


@pytest.mark.parametrize("weight", [1.0, 2.0, 12345.0, 2.0**20 - 1, 2.0**29 + 1024])
def test_whole_weights_are_exact(weight):
    metric = ConfusionMatrix(2, sparse_y_pred=True)
    for _ in range(5):
        metric.update_state([1, 0], [1, 0], [weight, 1.0])
    assert metric.to_numpy().tolist() == [[5, 0], [0, 5 * float(np.float32(weight))]]


def test_fractions_are_kept_where_a_float32_count_would_have_stopped():
    metric = ConfusionMatrix(2, sparse_y_pred=True)
    state = np.zeros((3, 2, 2), np.float32)
    state[:2, 0, 0] = blocks(2**24 - 8)
    metric.counts.assign(state)
    metric.update_state(np.zeros(4096), np.zeros(4096), np.full(4096, 0.25))
    metric.update_state([0], [0], [0.5])
    assert metric.to_numpy()[0, 0] == 2**24 - 8 + 1024 + 0.5


def test_small_weights_keep_their_precision():
    metric = ConfusionMatrix(2, sparse_y_pred=True)
    for _ in range(100):
        metric.update_state([0] * 10, [0] * 10, [1e-9] * 10)
    assert metric.to_numpy()[0, 0] == pytest.approx(1e-6, rel=1e-5)


# ---- invariances, and agreement with the NumPy side


batches = st.integers(2, 4).flatmap(
    lambda k: st.tuples(
        st.just(k),
        st.lists(st.tuples(st.integers(0, k - 1), st.integers(0, k - 1), st.integers(0, 12)), min_size=2, max_size=12),
    )
)


@settings(max_examples=8 if JAX else 25, deadline=None)  # JAX compiles for every new shape
@given(batches, st.data())
def test_batch_splits_and_order_never_change_a_metric(drawn, data):
    K, rows = drawn
    true, predicted, quarters = np.array(rows).T
    weight = quarters / 4  # exact in float32, so that equality may be asked for
    expected = confusion_matrix(true, predicted, K, weight)
    shuffled = data.draw(st.permutations(range(len(rows))))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(rows) - 1), max_size=3)))
    metric = ConfusionMatrix(K, sparse_y_pred=True)
    for part in np.split(np.array(shuffled), cuts):
        metric.update_state(true[part], predicted[part], weight[part])
    np.testing.assert_array_equal(metric.to_numpy(), expected)
    np.testing.assert_array_equal(np.asarray(metric.result()), expected)


@settings(max_examples=4 if JAX else 8, deadline=None)
@given(batches, st.sampled_from([0.0, 1.0, math.nan]))
def test_every_score_equals_its_numpy_function(drawn, zero_division):
    K, rows = drawn
    true, predicted, _ = np.array(rows).T
    C = confusion_matrix(true, predicted, K)
    for name, score in SCORES.items():
        metric = ConfusionScore(name, K, sparse_y_pred=True, zero_division=zero_division)
        metric.update_state(true, predicted)
        result = metric.result()
        assert result.shape == ()
        np.testing.assert_allclose(
            float(result), score(C, zero_division), rtol=RTOL, atol=1e-6 if JAX else 1e-14, err_msg=name
        )


def test_lecture_model_1_as_a_stream():
    C = np.array([[100, 80, 10, 10], [0, 9, 0, 1], [0, 1, 8, 1], [0, 1, 0, 9]])
    cells = np.repeat(np.arange(16), C.ravel())
    values = {}
    for name in SCORES:
        metric = ConfusionScore(name, 4, sparse_y_pred=True)
        for part in np.array_split(cells, 7):
            metric.update_state(part // 4, part % 4)
        values[name] = round(float(metric.result()), 4)
    assert values["accuracy"] == values["micro_f1"] == 0.5478
    assert values["balanced_accuracy"] == values["macro_recall"] == 0.775
    assert (values["macro_f1"], values["f1_of_macro_averages"], values["macro_precision"]) == (0.4992, 0.6026, 0.493)


def test_score_with_large_injected_counts():
    metric = ConfusionScore("matthews_correlation", 2)
    counts = np.array([[6, 2], [1, 3]]) * 2**36
    metric.counts.assign(np.stack([*blocks(counts), 0 * counts]).astype(np.float32))
    assert float(metric.result()) == pytest.approx(16 / math.sqrt(7 * 8 * 5 * 4), rel=1e-6)


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


def test_half_precision_results_are_computed_wide():
    metric = ConfusionScore("accuracy", 2, sparse_y_pred=True, dtype="float16")
    state = np.zeros((3, 2, 2), np.float32)
    state[:2, 0, 0] = blocks(3 * 10**6)
    state[:2, 0, 1] = blocks(10**6)
    metric.counts.assign(state)
    assert float(metric.result()) == 0.75


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


# ---- bad input


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


def test_the_package_offers_what_it_says():
    import metrics

    assert metrics.macro_f1 is scores.macro_f1
    for name in metrics.__all__:
        assert getattr(metrics, name) is not None
        assert name in dir(metrics)
    with pytest.raises(AttributeError, match=r"module 'metrics' has no attribute 'auc'"):
        _ = metrics.auc
