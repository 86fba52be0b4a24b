import itertools

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from losses import FocalBinaryCrossentropy, FocalCrossentropy, focal_binary_crossentropy, focal_crossentropy
from tests.losses.loss_testing import (
    GAMMAS,
    focal_reference,
    gammas,
    gradient,
    logits_strategy,
    one_hot,
    random_batch,
)

# ---- numbers by hand -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("gamma", "expected"), [(0, 0.2231436), (1, 0.0446287), (2, 0.00892574), (5, 0.0000714059)])
def test_lecture_value_at_p_08(gamma, expected):  # M-108
    assert float(FocalCrossentropy(gamma=gamma)([0], [[0.8, 0.15, 0.05]])) == pytest.approx(expected, rel=2e-6)


def test_lecture_alpha_balanced_value():  # M-114
    loss = FocalCrossentropy(alpha=[0.3, 1, 1], gamma=2)
    assert float(loss([0], [[0.8, 0.1, 0.1]])) == pytest.approx(0.00267772, rel=2e-6)


@pytest.mark.parametrize("gamma", [1, 2, 5])
def test_modulating_factor(gamma):  # M-111: (1 - p)^gamma at p = .1, .5, .9, .99
    p = np.array([0.1, 0.5, 0.9, 0.99])
    rows = np.stack([p, 1 - p], axis=1).astype("float32")
    focal = ops.convert_to_numpy(focal_crossentropy([0] * 4, rows, gamma=gamma))
    plain = ops.convert_to_numpy(focal_crossentropy([0] * 4, rows, gamma=0))
    np.testing.assert_allclose(focal / plain, (1 - p) ** gamma, rtol=1e-4)


def test_larger_gamma_favours_hard_examples():  # M-113
    ratios = []
    for gamma in range(6):
        hard, easy = focal_crossentropy([0, 0], [[0.1, 0.9], [0.9, 0.1]], gamma=gamma)
        ratios.append(float(hard) / float(easy))
    assert ratios == sorted(ratios)
    assert ratios[2] == pytest.approx(np.log(0.1) / np.log(0.9) * 81, rel=1e-4)


def test_gamma_zero_is_cross_entropy_of_the_lecture():  # M-97, M-99, M-100, M-112
    rows = [[0.05, 0.05, 0.8, 0.05, 0.05], [0.2] * 5]
    values = ops.convert_to_numpy(focal_crossentropy([2, 2], rows, gamma=0))
    np.testing.assert_allclose(values, [-np.log(0.8), np.log(5)], rtol=1e-6)


def test_two_equal_logits():
    # p = 1/2 each: (1/2)^2 log 2; gradient of -(1-p)^2 log p by hand: p(1-p)(2(1-p) log p - (1-p)^2 / p)
    value = focal_crossentropy([0], [[3.0, 3.0]], gamma=2, from_logits=True)
    assert float(value[0]) == pytest.approx(np.log(2) / 4, rel=1e-6)
    slope = gradient(lambda x: focal_crossentropy([0], x, gamma=2, from_logits=True), np.float32([[3, 3]]))
    by_hand = 0.25 * (2 * 0.5 * np.log(0.5) - 0.25 / 0.5)
    np.testing.assert_allclose(slope, [[by_hand, -by_hand]], rtol=1e-6)


def test_binary_by_hand():
    values = focal_binary_crossentropy([[1], [0]], [[0.8], [0.8]], True, 0.25, 2.0)
    np.testing.assert_allclose(
        ops.convert_to_numpy(values), [0.25 * 0.04 * -np.log(0.8), 0.75 * 0.64 * -np.log(0.2)], rtol=1e-5
    )


# ---- against Keras ---------------------------------------------------------------------------------------


def test_constructor_words_are_keras_words():
    import inspect

    def words(cls):
        return list(inspect.signature(cls.__init__).parameters)

    def defaults(cls):
        return {name: p.default for name, p in inspect.signature(cls.__init__).parameters.items()}

    assert words(FocalCrossentropy) == words(keras.losses.CategoricalFocalCrossentropy)
    assert words(FocalBinaryCrossentropy) == words(keras.losses.BinaryFocalCrossentropy)
    differing = {"name", "alpha"}
    ours, theirs = defaults(FocalCrossentropy), defaults(keras.losses.CategoricalFocalCrossentropy)
    assert {name for name in ours if ours[name] != theirs[name]} == differing
    ours, theirs = defaults(FocalBinaryCrossentropy), defaults(keras.losses.BinaryFocalCrossentropy)
    assert {name for name in ours if ours[name] != theirs[name]} == {"name"}


@pytest.mark.parametrize("from_logits", [False, True])
@pytest.mark.parametrize("alpha", [0.25, [0.1, 0.2, 0.5, 2.0, 1.0]])
def test_agrees_with_keras_categorical(from_logits, alpha):
    cases = itertools.product(GAMMAS, [0.0, 0.2], [None, "sum", "sum_over_batch_size", "mean_with_sample_weight"])
    for seed, (gamma, smoothing, reduction) in enumerate(cases):
        logits, probabilities, labels = random_batch(seed, spread=1.5)
        rows = one_hot(labels, 5)
        weight = np.random.default_rng(seed).uniform(0, 2, 16).astype("float32")
        y_pred = logits if from_logits else probabilities * 2  # Keras rescales rows to a sum of one
        arguments = {
            "alpha": alpha,
            "gamma": gamma,
            "from_logits": from_logits,
            "label_smoothing": smoothing,
            "reduction": reduction,
        }
        theirs = keras.losses.CategoricalFocalCrossentropy(**arguments)
        ours = FocalCrossentropy(**arguments)
        for sample_weight in (None, weight):
            np.testing.assert_allclose(
                ops.convert_to_numpy(ours(rows, y_pred, sample_weight)),
                ops.convert_to_numpy(theirs(rows, y_pred, sample_weight)),
                rtol=2e-6,
                atol=1e-6,
                err_msg=str(arguments),
            )


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2])
def test_agrees_with_keras_on_every_axis(axis):
    rng = np.random.default_rng(1)
    y_pred = rng.uniform(0.05, 1, (3, 4, 5)).astype("float32")
    classes = y_pred.shape[axis]
    labels = rng.integers(0, classes, np.delete(y_pred.shape, axis))
    rows = one_hot(labels, classes, axis)
    for from_logits in (False, True):
        theirs = keras.losses.categorical_focal_crossentropy(
            rows, y_pred, alpha=0.7, from_logits=from_logits, axis=axis
        )
        ours = focal_crossentropy(rows, y_pred, alpha=0.7, from_logits=from_logits, axis=axis)
        sparse = focal_crossentropy(labels, y_pred, alpha=0.7, from_logits=from_logits, axis=axis)
        np.testing.assert_allclose(ops.convert_to_numpy(ours), ops.convert_to_numpy(theirs), atol=1e-6)
        np.testing.assert_array_equal(ops.convert_to_numpy(ours), ops.convert_to_numpy(sparse))


@pytest.mark.parametrize("from_logits", [False, True])
@pytest.mark.parametrize("balancing", [False, True])
def test_agrees_with_keras_binary(from_logits, balancing):
    cases = itertools.product(GAMMAS, [0.0, 0.2], [None, "sum", "sum_over_batch_size"], [-1, 0])
    for seed, (gamma, smoothing, reduction, axis) in enumerate(cases):
        rng = np.random.default_rng(seed)
        y_true = rng.integers(0, 2, (6, 4))
        y_pred = rng.uniform(-3, 3, (6, 4)) if from_logits else rng.uniform(0, 1, (6, 4))
        y_pred = y_pred.astype("float32")
        arguments = (balancing, 0.3, gamma, from_logits, smoothing, axis, reduction)  # positions are Keras's too
        theirs = keras.losses.BinaryFocalCrossentropy(*arguments)
        ours = FocalBinaryCrossentropy(*arguments)
        weight = rng.uniform(0, 2, 6 if axis == -1 else 4).astype("float32")
        for sample_weight in (None, weight):
            np.testing.assert_allclose(
                ops.convert_to_numpy(ours(y_true, y_pred, sample_weight)),
                ops.convert_to_numpy(theirs(y_true, y_pred, sample_weight)),
                rtol=2e-6,
                atol=1e-6,
                err_msg=str(arguments),
            )


def test_certain_probabilities_are_clipped_as_in_keras():
    rows, y_pred = one_hot([0, 1], 2), np.float32([[1, 0], [1, 0]])
    for gamma in GAMMAS:
        theirs = keras.losses.categorical_focal_crossentropy(rows, y_pred, alpha=1.0, gamma=gamma)
        ours = focal_crossentropy(rows, y_pred, gamma=gamma)
        np.testing.assert_allclose(ops.convert_to_numpy(ours), ops.convert_to_numpy(theirs), rtol=1e-6)
        assert np.all(np.isfinite(gradient(lambda x, g=gamma: focal_crossentropy(rows, x, gamma=g), y_pred)))


@given(logits_strategy(-20, 20), st.data())
@settings(max_examples=30, deadline=None)
def test_gamma_zero_is_keras_cross_entropy(logits, data):
    label = data.draw(st.integers(0, logits.shape[1] - 1))
    theirs = keras.losses.sparse_categorical_crossentropy(np.array([label]), logits, from_logits=True)
    ours = focal_crossentropy([label], logits, gamma=0, from_logits=True)
    assert float(ours[0]) == pytest.approx(float(theirs[0]), rel=1e-6, abs=1e-6)


# ---- properties ------------------------------------------------------------------------------------------


@given(logits_strategy(-8, 8), gammas, st.integers(-64, 64), st.data())
@settings(max_examples=30, deadline=None)
def test_a_constant_added_to_the_logits_changes_nothing(logits, gamma, constant, data):
    label = data.draw(st.integers(0, logits.shape[1] - 1))
    logits = np.round(logits * 64) / 64  # exact in float32 with the constant added too
    before = focal_crossentropy([label], logits, gamma=gamma, from_logits=True)
    after = focal_crossentropy([label], logits + np.float32(constant), gamma=gamma, from_logits=True)
    assert float(before[0]) == float(after[0])


@given(logits_strategy(-50, 50), gammas, st.data())
@settings(max_examples=30, deadline=None)
def test_gradient_adds_up_to_zero(logits, gamma, data):
    label = data.draw(st.integers(0, logits.shape[1] - 1))
    slope = gradient(lambda x: focal_crossentropy([label], x, gamma=gamma, from_logits=True), logits)
    assert abs(slope.sum()) <= 1e-5 * np.abs(slope).sum() + 1e-36  # float32 has fewer digits below


@pytest.mark.parametrize("gamma", [0.0, 2.0])
def test_unit_weights_change_nothing(gamma):
    logits, _, labels = random_batch(8)
    plain = ops.convert_to_numpy(focal_crossentropy(labels, logits, gamma=gamma, from_logits=True))
    for alpha in (1, 1.0, [1] * 5, np.ones(5), np.float32(1)):
        weighted = focal_crossentropy(labels, logits, alpha=alpha, gamma=gamma, from_logits=True)
        np.testing.assert_array_equal(ops.convert_to_numpy(weighted), plain)


def test_logits_and_their_probabilities_agree():
    logits, probabilities, labels = random_batch(9, spread=1.5)
    for gamma in GAMMAS:
        np.testing.assert_allclose(
            ops.convert_to_numpy(focal_crossentropy(labels, logits, gamma=gamma, from_logits=True)),
            ops.convert_to_numpy(focal_crossentropy(labels, probabilities, gamma=gamma)),
            rtol=1e-4,
            atol=1e-6,
        )


def test_smoothed_soft_labels_are_the_sum_over_classes():
    logits, _, labels = random_batch(10)
    alpha = np.array([1, 2, 3, 4, 5.0])
    rows = one_hot(labels, 5) * 0.9 + 0.1 / 5
    expected, _ = focal_reference(rows, logits, 2.0, alpha)
    ours = focal_crossentropy(labels, logits, alpha, 2.0, from_logits=True, label_smoothing=0.1)
    np.testing.assert_allclose(ours, expected, rtol=1e-5)
