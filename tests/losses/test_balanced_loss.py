import keras
import numpy as np
import pytest

from losses import (
    BalancedCrossentropy,
    FocalBinaryCrossentropy,
    balanced_binary_crossentropy,
    balanced_class_weights,
    balanced_crossentropy,
)
from tests.losses.loss_menu import numpy
from tests.losses.loss_testing import gradient, random_batch, softmax


def test_curve_of_the_lecture():
    """M-98: -log(yhat_c) falls from infinity to 0, by a factor of ten in yhat_c the same ln 10 each time."""
    p = np.array([0.001, 0.01, 0.1, 0.5, 1.0])
    values = numpy(balanced_crossentropy([0] * 5, np.stack([p, 1 - p], axis=1).astype("float32")))
    np.testing.assert_allclose(values, [6.907755, 4.605170, 2.302585, 0.693147, 0], rtol=2e-6, atol=2e-7)


def test_favorable_scenario():
    """M-99: -ln 0.8 = 0.22; the slide's 0.10 is -log10 0.8 = 0.0969."""
    value = float(balanced_crossentropy([2], [[0.05, 0.05, 0.8, 0.05, 0.05]])[0])
    assert value == pytest.approx(0.2231436, rel=1e-6)
    assert round(value / np.log(10), 2) == 0.10


def test_unfavorable_scenario():
    """M-100: -ln 0.2 = 1.61; the slide's 0.70 is -log10 0.2."""
    value = float(balanced_crossentropy([2], [[0.2] * 5])[0])
    assert value == pytest.approx(1.6094379, rel=1e-6)
    assert round(value / np.log(10), 2) == 0.70


def test_only_the_true_class_counts():
    """M-101: how the rest is spread over the other classes changes nothing; -log 1 = 0 is the smallest loss."""
    for other in ([0.4, 0.5, 0.1], [0.0, 0.5, 0.5], [0.25, 0.5, 0.25]):
        assert float(balanced_crossentropy([1], [other])[0]) == pytest.approx(np.log(2), rel=1e-6)
    assert float(balanced_crossentropy([1], [[0.0, 1.0]])[0]) == pytest.approx(0, abs=2e-7)


def test_gradient_is_prediction_minus_truth():
    slope = gradient(lambda x: balanced_crossentropy([1], x, from_logits=True), np.float32([[0.3, 1.2, -0.7]]))
    np.testing.assert_allclose(slope, softmax(np.array([[0.3, 1.2, -0.7]])) - [[0, 1, 0]], rtol=1e-5)


def test_weight_of_the_true_class():
    """M-103, M-104: E = -alpha_c log yhat_c; the curves differ by the factor alpha_c alone."""
    values = balanced_crossentropy([0, 1, 2], [[0.8, 0.1, 0.1]] * 3, alpha=[0.5, 1.0, 4.0])
    by_hand = [0.5 * -np.log(0.8), -np.log(0.1), 4 * -np.log(0.1)]
    np.testing.assert_allclose(numpy(values), by_hand, rtol=1e-6)


def test_equals_class_weight_of_fit():
    """M-103: one step at rate 0 on 6 samples reports the same loss as Keras's class_weight."""
    logits, _, _ = random_batch(0, n=6, classes=3)
    labels = np.array([0, 0, 0, 1, 1, 2])
    weights = balanced_class_weights(labels)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(3, kernel_initializer="identity")])

    def reported(loss, **fit):
        model.compile(keras.optimizers.SGD(0.0), loss)
        return model.fit(logits, labels, batch_size=6, verbose=0, **fit).history["loss"][0]

    plain = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    theirs = reported(plain, class_weight=dict(enumerate(weights.tolist())))
    ours = reported(BalancedCrossentropy(from_logits=True, alpha=weights))
    assert ours == pytest.approx(theirs, rel=1e-6)
    assert ours != pytest.approx(reported(plain), rel=1e-3)


def test_balanced_weights_give_every_class_the_same_say():
    """Of 8 + 2 examples each at p = 1/2 the rare class's total is that of the frequent one."""
    labels = [0] * 8 + [1] * 2
    values = numpy(balanced_crossentropy(labels, [[0.5, 0.5]] * 10, alpha=balanced_class_weights(labels)))
    np.testing.assert_allclose([values[:8].sum(), values[8:].sum()], [5 * np.log(2)] * 2, rtol=1e-6)


@pytest.mark.parametrize("alpha", [0.3, [2.0, 0.5]])
@pytest.mark.parametrize("from_logits", [False, True])
def test_binary_is_the_focal_one_with_gamma_0(alpha, from_logits):
    rng = np.random.default_rng(0)
    y_true, y_pred = rng.integers(0, 2, (6, 4)), rng.uniform(0, 1, (6, 4)).astype("float32")
    focal = FocalBinaryCrossentropy(True, alpha, 0.0, from_logits, 0.2, reduction=None)(y_true, y_pred)
    ours = balanced_binary_crossentropy(y_true, y_pred, from_logits, 0.2, alpha=alpha)
    np.testing.assert_array_equal(numpy(ours), numpy(focal))


def test_binary_weighted_by_hand():
    ours = balanced_binary_crossentropy([[1], [0], [0.5]], [[0.8], [0.8], [0.8]], alpha=[2.0, 5.0])
    by_hand = [5 * -np.log(0.8), 2 * -np.log(0.2), 3.5 * -(np.log(0.8) + np.log(0.2)) / 2]
    np.testing.assert_allclose(numpy(ours), by_hand, rtol=1e-6)


def test_binary_is_two_classes():
    logit = np.float32([[-2], [0.5], [3]])
    two = np.concatenate([np.zeros_like(logit), logit], axis=1)
    labels = np.array([1, 0, 1])
    binary = balanced_binary_crossentropy(labels[:, None], logit, from_logits=True, alpha=[2.0, 5.0])
    multi = balanced_crossentropy(labels, two, from_logits=True, alpha=[2.0, 5.0])
    np.testing.assert_allclose(numpy(binary), numpy(multi), rtol=1e-6)
