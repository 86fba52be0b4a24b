"""`sample_weight`: what Keras accepts is accepted and means the same; the rest is refused by name."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

import losses
from tests.losses.loss_menu import ALL, ONE_EACH, batch_for, menu, numpy
from tests.losses.loss_testing import BACKEND, compiled

sizes = st.lists(st.integers(1, 3), min_size=1, max_size=3).map(tuple)


@given(sizes, st.one_of(st.just(()), sizes))
@settings(max_examples=100 if BACKEND == "tensorflow" else 25, deadline=None)
def test_shapes_are_legal_exactly_where_keras_takes_them(shape, weight_shape):
    rng = np.random.default_rng(0)
    y_true, y_pred = rng.normal(size=(2, *shape, 2)).astype("float32")
    weight = rng.uniform(0, 2, weight_shape).astype("float32")
    for reduction in (None, "sum"):
        try:
            theirs = numpy(keras.losses.MeanSquaredError(reduction)(y_true, y_pred, weight))
        except Exception:  # of whatever kind the backend raises
            with pytest.raises(ValueError, match=r"sample_weight: expected a shape that fits the loss, \("):
                losses.QuadraticCost(reduction)(y_true, y_pred, weight)
        else:
            ours = numpy(losses.QuadraticCost(reduction)(y_true, y_pred, weight))
            np.testing.assert_allclose(ours, theirs / 2, rtol=1e-6, atol=1e-7)


@menu(ALL)
@pytest.mark.parametrize("shape", [(15,), (5,), (16, 5), (2, 8), (0,), (3, 16, 2)])
def test_wrong_shape(cls, arguments, shape):
    message = rf"sample_weight: expected a shape that fits the loss, \(16,\), or a number, got shape {shape}"
    with pytest.raises(
        ValueError, match=message.replace(f"{shape}", str(shape).replace("(", r"\(").replace(")", r"\)"))
    ):
        cls(**arguments)(*batch_for(cls), np.ones(shape, "float32"))


@menu(ALL)
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, -1.0])
def test_a_weight_that_is_none(cls, arguments, bad):
    y_true, y_pred = batch_for(cls)
    weight = np.ones(16, "float32")
    weight[3] = bad
    message = r"weights >= 0, got -1 at index \(3,\)" if bad == -1 else rf"finite weights, got {bad} at index \(3,\)"
    for form in (weight, weight.tolist(), ops.convert_to_tensor(weight)):
        with pytest.raises(ValueError, match="sample_weight: expected " + message):
            cls(**arguments)(y_true, y_pred, form)


@menu(ONE_EACH)
def test_a_weight_that_is_none_in_compiled_code(cls, arguments):
    y_true, y_pred = batch_for(cls)
    loss = compiled(cls(**arguments, reduction=None))
    weight = np.ones(16, "float32")
    weight[[2, 5]] = -1, np.nan
    values = numpy(loss(np.asarray(y_true, "float32"), y_pred, weight))
    np.testing.assert_array_equal(np.flatnonzero(np.isnan(values)), [2, 5])
    weight[[2, 5]] = 0, 2
    values = numpy(loss(np.asarray(y_true, "float32"), y_pred, weight))
    expected = numpy(cls(**arguments, reduction=None)(y_true, y_pred, weight))
    np.testing.assert_allclose(values, expected, rtol=1e-5, atol=1e-6)


@menu(ONE_EACH)
@pytest.mark.parametrize("bad", [["a"] * 16, "a", [[1.0], [1.0, 2.0]], [None] * 16, np.ones(16, complex)])
def test_weights_that_are_no_numbers(cls, arguments, bad):
    with pytest.raises(ValueError, match="sample_weight: expected an array of numbers, got"):
        cls(**arguments)(*batch_for(cls), bad)


@menu(ONE_EACH)
def test_forms_of_equal_weights(cls, arguments):
    y_true, y_pred = batch_for(cls)
    loss = cls(**arguments)
    expected = float(loss(y_true, y_pred))
    ones = np.ones(16)
    for form in (1, 1.0, True, [1] * 16, ones, ones > 0, ones.astype("float16"), ones[:, None], ones[:1], np.ones(())):
        assert float(loss(y_true, y_pred, form)) == pytest.approx(expected, rel=1e-6)
    tensor = ops.cast(ones, "bfloat16")
    assert float(loss(y_true, y_pred, tensor)) == pytest.approx(expected, rel=1e-6)


def test_weights_of_a_mask_and_of_examples_multiply():
    if BACKEND == "jax":
        pytest.skip("a JAX array carries no mask outside a model")
    logits = np.random.default_rng(0).normal(size=(2, 3, 4)).astype("float32")
    labels, mask = np.array([[0, 1, 2], [3, 0, 1]]), np.array([[True, True, False], [True, False, False]])
    masked = ops.convert_to_tensor(logits)
    masked._keras_mask = ops.convert_to_tensor(mask)
    each = numpy(losses.focal_crossentropy(labels, logits, from_logits=True))
    for weight in (np.float32([[1], [3]]), np.float32([[1, 2, 3], [4, 5, 6]])):
        total = losses.FocalCrossentropy(from_logits=True, reduction="sum")(labels, masked, weight)
        assert float(total) == pytest.approx(float((each * weight * mask).sum()), rel=1e-6)


def test_eager_evaluate_refuses_what_compiled_evaluate_turns_into_nan():
    rng = np.random.default_rng(0)
    x, y, weight = rng.normal(size=(8, 3)).astype("float32"), rng.integers(0, 3, 8), np.ones(8, "float32")

    def evaluate(**options):
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(3, kernel_initializer="ones")])
        model.compile("sgd", losses.FocalCrossentropy(from_logits=True), **options)
        return model.evaluate(x, y, sample_weight=weight, verbose=0)

    assert evaluate(run_eagerly=True) == pytest.approx(np.log(3) * 4 / 9, rel=1e-6)  # equal scores: p = 1/3
    weight[5] = -1
    with pytest.raises(ValueError, match=r"sample_weight: expected weights >= 0, got -1 at index \(5,\)"):
        evaluate(run_eagerly=True)
    assert np.isnan(evaluate(jit_compile=True))
