import keras
import numpy as np
from keras import ops

from losses import QuadraticCost, quadratic_cost
from tests.losses.loss_testing import gradient


def test_half_the_squared_error():
    """H-18: L = 1/2 (yhat - y)^2."""
    values = ops.convert_to_numpy(quadratic_cost([1, 0, 1], [0.8, 0.5, 1.0]))
    np.testing.assert_allclose(values, [0.02, 0.125, 0], atol=1e-8)


def test_half_of_keras_mean_squared_error():
    rng = np.random.default_rng(0)
    y_true, y_pred = rng.normal(size=(2, 6, 4)).astype("float32")
    weight = rng.uniform(size=6).astype("float32")
    theirs = keras.losses.MeanSquaredError()(y_true, y_pred, weight)
    np.testing.assert_allclose(float(QuadraticCost()(y_true, y_pred, weight)), float(theirs) / 2, rtol=1e-6)
    assert quadratic_cost(y_true, y_pred, axis=0).shape == (4,)


def test_gradient_is_the_error():
    slope = gradient(lambda x: quadratic_cost([1.0, 0.0], x), np.float32([0.8, 0.5]))
    np.testing.assert_allclose(slope, [-0.2, 0.5], rtol=1e-6)


def test_is_not_convex_in_the_logit():
    """H-18: which is why log loss replaces it."""
    z = np.linspace(-6, 6, 241)
    cost = ops.convert_to_numpy(quadratic_cost(np.zeros(241), (1 / (1 + np.exp(-z))).astype("float32")))
    curvature = np.diff(cost.astype("float64"), 2)
    assert curvature.min() < -1e-5
    assert curvature.max() > 1e-5


def test_weights_of_a_vector_belong_to_its_entries():
    loss = QuadraticCost(reduction="sum")
    assert float(loss([1.0, 0.0], [0.0, 2.0], sample_weight=[1.0, 0.5])) == 0.5 + 1.0
