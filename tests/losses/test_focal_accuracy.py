"""Accuracy of the focal losses in both tails, and their own gradient."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from losses import focal_binary_crossentropy, focal_crossentropy
from tests.losses.loss_testing import (
    GAMMAS,
    compiled,
    compiled_gradient,
    focal_reference,
    gammas,
    gradient,
    logits_strategy,
    one_hot,
    plain_focal,
    random_batch,
    softmax_parts,
)

# ---- accuracy --------------------------------------------------------------------------------------------


@given(logits_strategy(-100, 100), gammas, st.data())
@settings(max_examples=60, deadline=None)
def test_value_and_gradient_against_float64(logits, gamma, data):
    label = data.draw(st.integers(0, logits.shape[1] - 1))
    rows = one_hot([label], logits.shape[1])
    value, slope = focal_reference(rows, logits, gamma)
    ours = ops.convert_to_numpy(focal_crossentropy(rows, logits, gamma=gamma, from_logits=True))
    # Below 1e-37 a float32 has no digits left. exp(x) of |x| ~ 100 carries 100 roundings; gamma multiplies them.
    np.testing.assert_allclose(ours, value, rtol=2e-4, atol=1e-36)
    ours = gradient(lambda x: focal_crossentropy(rows, x, gamma=gamma, from_logits=True), logits)
    np.testing.assert_allclose(ours, slope, rtol=2e-4, atol=1e-36)


@pytest.mark.parametrize("gap", [5.0, 15.0, 20.0, 40.0])
@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0])
def test_tail_keeps_its_digits(gap, gamma):
    # p = 1 / (1 + 2 exp(-gap)): at a gap of 20, 1 - p is 4e-9, which 1 - softmax rounds to 0 in float32.
    logits = np.float32([[gap, 0, 0]])
    value, slope = focal_reference(one_hot([0], 3), logits, gamma)
    ours = focal_crossentropy([0], logits, gamma=gamma, from_logits=True)
    np.testing.assert_allclose(ops.convert_to_numpy(ours), value, rtol=2e-6)
    ours = gradient(lambda x: focal_crossentropy([0], x, gamma=gamma, from_logits=True), logits)
    np.testing.assert_allclose(ours, slope, rtol=2e-6)


@pytest.mark.parametrize("gap", [-40.0, -5.0, 5.0, 20.0, 40.0])
@pytest.mark.parametrize("gamma", GAMMAS)
def test_binary_tail_keeps_its_digits(gap, gamma):
    log_p, log_q = softmax_parts([gap, 0.0])
    expected = -np.exp(gamma * log_q[0]) * log_p[0]
    for label, logit in ((1, gap), (0, -gap)):
        x = np.float32([[logit]])
        value = focal_binary_crossentropy([[label]], x, gamma=gamma, from_logits=True)
        assert float(value[0]) == pytest.approx(expected, rel=1e-5, abs=1e-37)
        p, q = np.exp(log_p[0]), np.exp(log_q[0])
        slope = gamma * q**gamma * p * log_p[0] - q ** (gamma + 1)
        ours = gradient(lambda v, y=label: focal_binary_crossentropy([[y]], v, gamma=gamma, from_logits=True), x)
        assert float(ours[0, 0]) == pytest.approx(slope * (1 if label else -1), rel=1e-5, abs=1e-37)


def test_compiled_tails_keep_their_digits():
    # XLA has its own exp, log1p and sigmoid.
    gaps = np.float32([-40, -20, -5, 0, 5, 20, 40])
    column, two = gaps[:, None], np.stack([gaps, 0 * gaps], axis=1)
    zeros = np.zeros(7, "float32")
    expected, slope = focal_reference(one_hot([0] * 7, 2), two, 1.5)

    def binary(x):
        return focal_binary_crossentropy(np.ones((7, 1), "float32"), x, gamma=1.5, from_logits=True)

    def categorical(x):
        return focal_crossentropy(zeros, x, gamma=1.5, from_logits=True)

    np.testing.assert_allclose(ops.convert_to_numpy(compiled(binary)(column)), expected, rtol=1e-5, atol=1e-37)
    np.testing.assert_allclose(ops.convert_to_numpy(compiled(categorical)(two)), expected, rtol=1e-5, atol=1e-37)
    np.testing.assert_allclose(compiled_gradient(binary, column)[:, 0], slope[:, 0], rtol=1e-5, atol=1e-37)
    np.testing.assert_allclose(compiled_gradient(categorical, two), slope, rtol=1e-5, atol=1e-37)


@pytest.mark.parametrize("size", [100.0, 1e4])
@pytest.mark.parametrize("gamma", [0.0, 0.1, 0.5, 1.0, 2.0, 5.0])
def test_extreme_logits_are_finite(size, gamma):
    logits = np.float32([[size, -size, 0], [-size, size, 0], [size, size, -size], [0, 0, 0], [-size, -size, -size]])
    labels, logits = np.repeat(range(3), len(logits)), np.tile(logits, (3, 1))
    expected, expected_slope = focal_reference(one_hot(labels, 3), logits, gamma)
    value = ops.convert_to_numpy(focal_crossentropy(labels, logits, gamma=gamma, from_logits=True))
    np.testing.assert_allclose(value, expected, rtol=1e-5, atol=1e-36)
    for grad in (gradient, compiled_gradient):
        slope = grad(lambda x: focal_crossentropy(labels, x, gamma=gamma, from_logits=True), logits)
        np.testing.assert_allclose(slope, expected_slope, rtol=1e-4, atol=1e-36)
    column = np.float32([[size], [-size], [0.0]])
    for label in (0.0, 1.0, 0.3):
        targets = np.full((3, 1), label, "float32")
        slope = gradient(lambda x, y=targets: focal_binary_crossentropy(y, x, gamma=gamma, from_logits=True), column)
        value = focal_binary_crossentropy(targets, column, gamma=gamma, from_logits=True)
        assert np.all(np.isfinite(slope))
        assert np.all(np.isfinite(ops.convert_to_numpy(value)))
    # A wrong answer by 2 * size costs that much, and pushes as hard as it can.
    assert float(focal_crossentropy([1], [[size, -size]], gamma=gamma, from_logits=True)[0]) == pytest.approx(2 * size)
    slope = gradient(lambda x: focal_crossentropy([1], x, gamma=gamma, from_logits=True), np.float32([[size, -size]]))
    np.testing.assert_allclose(slope, [[1, -1]], rtol=1e-5)


# ---- gradients -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("gamma", [0.0, 1.0, 2.0, 2.5])
def test_second_order_gradient(gamma):
    logits, _, labels = random_batch(4, n=3, spread=1.0)
    rows = one_hot(labels, 5)
    direction = np.random.default_rng(5).normal(size=logits.shape).astype("float32")

    def hessian_times_direction(loss):
        if keras.backend.backend() == "jax":
            import jax

            return gradient(lambda v: direction * jax.grad(lambda u: ops.sum(loss(u)))(v), logits)
        import tensorflow as tf

        def slope(v):
            with tf.GradientTape() as tape:
                tape.watch(v)
                total = tf.reduce_sum(loss(v))
            return direction * tape.gradient(total, v)

        return gradient(slope, logits)

    ours = hessian_times_direction(lambda x: focal_crossentropy(rows, x, gamma=gamma, from_logits=True))
    plain = hessian_times_direction(lambda x: plain_focal(rows, x, gamma))
    np.testing.assert_allclose(ours, plain, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("gamma", [0.5, 2.0])
def test_gradient_of_soft_labels(gamma):
    logits, _, _ = random_batch(6, n=4)
    rows = np.full((4, 5), 0.2, "float32")
    ours = gradient(lambda y: focal_crossentropy(y, logits, gamma=gamma, from_logits=True), rows)
    log_p, log_q = softmax_parts(logits)
    np.testing.assert_allclose(ours, -np.exp(gamma * log_q) * log_p, rtol=1e-4)


@pytest.mark.skipif(keras.backend.backend() == "jax", reason="float64 is off in JAX unless the process asks")
@pytest.mark.parametrize("gamma", GAMMAS)
@pytest.mark.parametrize("from_logits", [False, True])
def test_gradient_by_central_differences_in_float64(gamma, from_logits):
    rng = np.random.default_rng(7)
    x = rng.uniform(0.1, 1, (4, 3))
    rows = rng.dirichlet(np.ones(3), 4)

    def loss(v):
        return focal_crossentropy(rows, v, alpha=[1, 2, 3], gamma=gamma, from_logits=from_logits, label_smoothing=0.1)

    slope = gradient(loss, x)
    for i, j in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[i, j] = 1e-6
        numeric = (float(ops.sum(loss(x + step))) - float(ops.sum(loss(x - step)))) / 2e-6
        assert slope[i, j] == pytest.approx(numeric, rel=1e-6, abs=1e-8)
