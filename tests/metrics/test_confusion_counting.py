"""What the streaming metric counts: exactly, whatever the batches, and the same as the NumPy functions."""

import math

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics import ConfusionMatrix, ConfusionScore
from metrics.scores import SCORES, confusion_matrix

JAX = keras.backend.backend() == "jax"
RTOL = 2e-5 if JAX else 1e-12  # float32 there

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


def test_half_precision_results_are_computed_wide():
    metric = ConfusionScore("accuracy", 2, sparse_y_pred=True, dtype="float16")
    state = np.zeros((3, 2, 2), np.float32)
    state[:2, 0, 0] = blocks(3 * 10**6)
    state[:2, 0, 1] = blocks(10**6)
    metric.counts.assign(state)
    assert float(metric.result()) == 0.75


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
