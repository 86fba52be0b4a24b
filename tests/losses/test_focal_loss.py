import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from losses import FocalCrossentropy, focal_binary_crossentropy, focal_crossentropy
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
def test_lecture_value_at_p_08(gamma, expected):
    """M-108, M-110: E = -(1 - yhat_c)^gamma log yhat_c, at yhat_c = 0.8."""
    assert float(FocalCrossentropy(gamma=gamma)([0], [[0.8, 0.15, 0.05]])) == pytest.approx(expected, rel=2e-6)


def test_lecture_alpha_balanced_value():
    """M-114: E = -alpha_c (1 - yhat_c)^gamma log yhat_c."""
    loss = FocalCrossentropy(alpha=[0.3, 1, 1], gamma=2)
    assert float(loss([0], [[0.8, 0.1, 0.1]])) == pytest.approx(0.00267772, rel=2e-6)


@pytest.mark.parametrize(
    ("gamma", "factors"),
    [
        (1, [0.9, 0.5, 0.1, 0.01]),
        (2, [0.81, 0.25, 0.01, 1e-4]),
        (5, [0.59049, 0.03125, 1e-5, 1e-10]),  # "unaffected" fails at p = 0.1
    ],
)
def test_modulating_factor(gamma, factors):
    """M-111: (1 - p)^gamma at p = .1, .5, .9, .99."""
    p = np.array([0.1, 0.5, 0.9, 0.99])
    rows = np.stack([p, 1 - p], axis=1).astype("float32")
    focal = ops.convert_to_numpy(focal_crossentropy([0] * 4, rows, gamma=gamma))
    plain = ops.convert_to_numpy(focal_crossentropy([0] * 4, rows, gamma=0))
    np.testing.assert_allclose(focal / plain, factors, rtol=1e-4)


def test_larger_gamma_favours_hard_examples():
    """M-113: FL(.1) / FL(.9) grows ninefold with each step of gamma."""
    ratios = []
    for gamma in range(6):
        hard, easy = focal_crossentropy([0, 0], [[0.1, 0.9], [0.9, 0.1]], gamma=gamma)
        ratios.append(float(hard) / float(easy))
    np.testing.assert_allclose(ratios, np.log(0.1) / np.log(0.9) * 9.0 ** np.arange(6), rtol=1e-4)


def test_gamma_zero_is_cross_entropy_of_the_lecture():
    """M-97, M-112: with gamma = 0 it is -log yhat_c."""
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


# ---- properties ------------------------------------------------------------------------------------------


@given(logits_strategy(-8, 8), gammas, st.integers(-64, 64), st.data())
@settings(max_examples=30, deadline=None)
def test_a_constant_added_to_the_logits_changes_not_a_bit(logits, gamma, constant, data):
    label = data.draw(st.integers(0, logits.shape[1] - 1))
    logits = np.round(logits * 64) / 64  # exact in float32 with the constant added too
    before = focal_crossentropy([label], logits, gamma=gamma, from_logits=True)
    after = focal_crossentropy([label], logits + np.float32(constant), gamma=gamma, from_logits=True)
    assert float(before[0]) == float(after[0])


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
