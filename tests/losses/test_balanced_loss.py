import itertools

import keras
import numpy as np
import pytest
from keras import ops

from losses import (
    BalancedBinaryCrossentropy,
    BalancedCrossentropy,
    FocalBinaryCrossentropy,
    balanced_binary_crossentropy,
    balanced_class_weights,
    balanced_crossentropy,
)
from tests.losses.loss_testing import gradient, one_hot, random_batch, softmax


def test_lecture_scenarios():  # M-99, M-100: natural logarithm, so 1.61 where the slide prints 0.70
    rows = [[0.05, 0.05, 0.8, 0.05, 0.05], [0.2] * 5]
    values = ops.convert_to_numpy(balanced_crossentropy([2, 2], rows))
    np.testing.assert_allclose(values, [0.2231436, 1.6094379], rtol=1e-6)


def test_only_the_true_class_counts():  # M-101
    slope = gradient(lambda x: balanced_crossentropy([1], x, from_logits=True), np.float32([[0.3, 1.2, -0.7]]))
    np.testing.assert_allclose(slope, softmax(np.array([[0.3, 1.2, -0.7]])) - [[0, 1, 0]], rtol=1e-5)
    assert float(balanced_crossentropy([1], [[0.0, 1.0]])[0]) == pytest.approx(0, abs=2e-7)


def test_weight_of_the_true_class():  # M-103
    alpha = [0.5, 1.0, 4.0]
    values = balanced_crossentropy([0, 1, 2], [[0.8, 0.1, 0.1]] * 3, alpha)
    by_hand = [0.5 * -np.log(0.8), -np.log(0.1), 4 * -np.log(0.1)]
    np.testing.assert_allclose(ops.convert_to_numpy(values), by_hand, rtol=1e-6)


def test_equals_class_weight_of_fit():  # M-103: one step at rate 0 reports the loss
    logits, _, labels = random_batch(0, n=6, classes=3)
    weights = balanced_class_weights(labels, num_classes=3) if len(set(labels)) == 3 else np.array([1.0, 2, 3])
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(3, kernel_initializer="identity")])

    def reported(loss, **fit):
        model.compile(keras.optimizers.SGD(0.0), loss)
        return model.fit(logits, labels, batch_size=6, verbose=0, **fit).history["loss"][0]

    plain = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    theirs = reported(plain, class_weight=dict(enumerate(weights.tolist())))
    ours = reported(BalancedCrossentropy(weights, from_logits=True))
    assert ours == pytest.approx(theirs, rel=1e-6)


@pytest.mark.parametrize("from_logits", [False, True])
def test_agrees_with_keras(from_logits):
    for seed, smoothing in itertools.product(range(4), [0.0, 0.1, 1.0]):
        logits, probabilities, labels = random_batch(seed, spread=2.0)
        y_pred = logits if from_logits else probabilities
        rows = one_hot(labels, 5)
        theirs = keras.losses.CategoricalCrossentropy(from_logits, label_smoothing=smoothing, reduction=None)
        ours = BalancedCrossentropy(None, from_logits, smoothing, reduction=None)
        np.testing.assert_allclose(
            ops.convert_to_numpy(ours(rows, y_pred)), ops.convert_to_numpy(theirs(rows, y_pred)), rtol=1e-6, atol=1e-6
        )
        alpha = np.array([1, 2, 3, 4, 5.0])
        weighted = theirs(rows, y_pred, alpha[labels])
        if not smoothing:
            ours = BalancedCrossentropy(alpha, from_logits, reduction=None)
            np.testing.assert_allclose(
                ops.convert_to_numpy(ours(labels, y_pred)), ops.convert_to_numpy(weighted), rtol=2e-6, atol=1e-6
            )


@pytest.mark.parametrize("from_logits", [False, True])
@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_binary_agrees_with_keras(from_logits, smoothing):
    rng = np.random.default_rng(0)
    y_true = rng.integers(0, 2, (6, 4))
    y_pred = (rng.uniform(-3, 3, (6, 4)) if from_logits else rng.uniform(0, 1, (6, 4))).astype("float32")
    theirs = keras.losses.BinaryCrossentropy(from_logits, label_smoothing=smoothing, reduction=None)(y_true, y_pred)
    ours = BalancedBinaryCrossentropy(None, from_logits, smoothing, reduction=None)(y_true, y_pred)
    np.testing.assert_allclose(ops.convert_to_numpy(ours), ops.convert_to_numpy(theirs), rtol=1e-6, atol=1e-6)
    for alpha in (0.3, [2.0, 0.5]):
        focal = FocalBinaryCrossentropy(True, alpha, 0.0, from_logits, smoothing, reduction=None)(y_true, y_pred)
        ours = BalancedBinaryCrossentropy(alpha, from_logits, smoothing, reduction=None)(y_true, y_pred)
        np.testing.assert_array_equal(ops.convert_to_numpy(ours), ops.convert_to_numpy(focal))


def test_binary_is_two_classes():
    logit = np.float32([[-2], [0.5], [3]])
    two = np.concatenate([np.zeros_like(logit), logit], axis=1)
    labels = np.array([1, 0, 1])
    binary = balanced_binary_crossentropy(labels[:, None], logit, [2.0, 5.0], from_logits=True)
    multi = balanced_crossentropy(labels, two, [2.0, 5.0], from_logits=True)
    np.testing.assert_allclose(ops.convert_to_numpy(binary), ops.convert_to_numpy(multi), rtol=1e-6)
