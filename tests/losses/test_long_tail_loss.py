import keras
import numpy as np
import pytest
from keras import ops

from losses import LDAM, LogitAdjustedCrossentropy, balanced_crossentropy, ldam, logit_adjusted_crossentropy
from tests.losses.loss_testing import gradient, random_batch, softmax

COUNTS = np.array([500, 100, 20, 5, 1])


@pytest.mark.parametrize("tau", [0.0, 0.5, 1.0, 2.0])
def test_logit_adjustment_formula(tau):
    # Menon et al., in their pairwise form: log(1 + sum over j != c of (pi_j / pi_c)^tau exp(f_j - f_c))
    logits, _, labels = random_batch(0)
    priors = COUNTS / COUNTS.sum()
    expected = []
    for f, c in zip(logits.astype("float64"), labels, strict=True):
        others = [j for j in range(5) if j != c]
        expected.append(np.log1p(sum((priors[j] / priors[c]) ** tau * np.exp(f[j] - f[c]) for j in others)))
    for given in (COUNTS, priors, COUNTS * 7.0):
        ours = ops.convert_to_numpy(logit_adjusted_crossentropy(labels, logits, given, tau))
        np.testing.assert_allclose(ours, expected, rtol=2e-6)


def test_equal_classes_and_tau_zero_are_plain_cross_entropy():
    logits, _, labels = random_batch(1)
    plain = ops.convert_to_numpy(balanced_crossentropy(labels, logits, from_logits=True))
    for loss in (
        LogitAdjustedCrossentropy([3] * 5, reduction=None),
        LogitAdjustedCrossentropy(COUNTS, 0, reduction=None),
    ):
        np.testing.assert_allclose(ops.convert_to_numpy(loss(labels, logits)), plain, rtol=1e-5, atol=1e-7)


def test_adjustment_of_probabilities_is_bayes_rule():
    _, probabilities, labels = random_batch(2, spread=1.0)
    ours = logit_adjusted_crossentropy(labels, probabilities, COUNTS, from_logits=False)
    posterior = probabilities * COUNTS
    posterior = posterior / posterior.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(
        ops.convert_to_numpy(ours), -np.log(posterior[np.arange(16), labels]), rtol=1e-5, atol=1e-6
    )


def test_trained_scores_are_those_of_balanced_data():
    # With no input but a bias, the minimiser under tau = 1 is f = 0: no class is preferred, however rare.
    labels = np.repeat([0, 1, 2], [60, 30, 10])
    slope = gradient(
        lambda f: ops.mean(logit_adjusted_crossentropy(labels, ops.tile(f, (100, 1)), [60, 30, 10])),
        np.zeros((1, 3), "float32"),
    )
    np.testing.assert_allclose(slope, 0, atol=1e-6)


@pytest.mark.parametrize(("max_margin", "scale"), [(0.5, 30.0), (0.5, 1.0), (0.0, 2.0), (2.0, 3.0)])
def test_ldam_formula(max_margin, scale):
    rng = np.random.default_rng(3)
    cosines, labels = rng.uniform(-1, 1, (16, 5)), rng.integers(0, 5, 16)
    # Cao et al.: margins C / n_j^(1/4), C such that the largest is max_margin.
    margins = 1 / COUNTS**0.25
    margins = margins * max_margin / margins.max()
    z = cosines.copy()
    z[np.arange(16), labels] -= margins[labels]
    expected = -np.log(softmax(scale * z)[np.arange(16), labels])
    ours = ldam(labels, cosines.astype("float32"), COUNTS, max_margin, scale)
    np.testing.assert_allclose(ops.convert_to_numpy(ours), expected, rtol=1e-4, atol=1e-6)
    alpha = np.array([1, 2, 3, 4, 5.0])
    ours = ldam(labels, cosines.astype("float32"), COUNTS, max_margin, scale, alpha)
    np.testing.assert_allclose(ops.convert_to_numpy(ours), alpha[labels] * expected, rtol=1e-4, atol=1e-6)


def test_ldam_defaults_are_the_papers():
    loss = LDAM([16, 1])
    assert (loss.max_margin, loss.scale) == (0.5, 30.0)
    # The rare class leads by its margin of 1/2, the frequent one by its 1/4.
    np.testing.assert_allclose(float(loss([1], [[0.0, 0.5]])), np.log(2), rtol=1e-6)
    np.testing.assert_allclose(float(loss([0], [[0.25, 0.0]])), np.log(2), rtol=1e-6)


def test_ldam_without_margin_is_plain_cross_entropy():
    logits, _, labels = random_batch(4)
    theirs = keras.losses.sparse_categorical_crossentropy(labels, logits, from_logits=True)
    ours = ldam(labels, logits, COUNTS, max_margin=0, scale=1)
    np.testing.assert_allclose(ops.convert_to_numpy(ours), ops.convert_to_numpy(theirs), rtol=1e-5, atol=1e-6)
