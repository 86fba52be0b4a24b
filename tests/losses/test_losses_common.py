"""The menu that every loss has to pass: configuration, saving, reductions, precision, forms of labels."""

import inspect
import itertools
import json
import re

import keras
import numpy as np
import pytest
from keras import ops

import losses
from tests.losses.loss_menu import ALL, CLASS_LOSSES, FROM_PROBABILITIES, ONE_EACH, batch_for, menu, numpy
from tests.losses.loss_testing import BACKEND, compiled, compiled_gradient, gradient, one_hot

# ---- as Keras losses -------------------------------------------------------------------------------------


@menu(ALL)
def test_config_round_trip(cls, arguments):
    loss = cls(**arguments, reduction="sum", name="mine", dtype="float32")
    config = loss.get_config()
    assert {"name": "mine", "reduction": "sum", "axis": -1, "dtype": "float32"}.items() <= config.items()
    assert arguments.items() <= config.items()
    again = cls.from_config(config)
    assert again.get_config() == config
    restored = keras.losses.deserialize(keras.losses.serialize(loss))
    assert type(restored) is cls
    assert restored.get_config() == config
    y_true, y_pred = batch_for(cls)
    assert float(restored(y_true, y_pred)) == float(loss(y_true, y_pred))


@menu(ALL)
def test_config_holds_every_constructor_argument(cls, arguments):
    assert set(cls(**arguments).get_config()) == set(inspect.signature(cls.__init__).parameters) - {"self"}


@menu(ALL)
def test_configuration_is_plain_data_from_arrays_too(cls, arguments):
    arrays = {k: np.array(v, "float64") if isinstance(v, list) else v for k, v in arguments.items()}
    config = cls(**arrays).get_config()
    assert config == cls(**arguments).get_config()
    assert json.loads(json.dumps(config)) == config


@menu(ALL)
def test_saved_model_loads_without_custom_objects(cls, arguments, tmp_path):
    y_true, y_pred = batch_for(cls)
    model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(5)])
    model.compile(optimizer="sgd", loss=cls(**arguments))
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert type(loaded.loss) is cls
    assert loaded.loss.get_config() == model.loss.get_config()
    before = model.evaluate(y_pred, y_true, verbose=0)
    assert loaded.evaluate(y_pred, y_true, verbose=0) == pytest.approx(before, rel=1e-6)


@menu(ONE_EACH)
def test_fit_under_jit_learns(cls, arguments):
    keras.utils.set_random_seed(0)
    y_true, x = batch_for(cls)
    model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(5)])
    model.compile(optimizer=keras.optimizers.SGD(0.05), loss=cls(**arguments), jit_compile=True)
    history = model.fit(x, y_true, epochs=5, batch_size=8, verbose=0).history["loss"]
    assert np.all(np.isfinite(history))
    assert history[-1] < history[0]


@menu(ALL)
def test_reductions_and_sample_weight(cls, arguments):
    y_true, y_pred = batch_for(cls)
    weight = np.random.default_rng(1).uniform(0, 2, 16).astype("float32")
    each = numpy(cls(**arguments, reduction=None)(y_true, y_pred))
    assert each.shape == (16,)
    for reduction, plain, weighted in [
        (None, each, each * weight),
        ("none", each, each * weight),
        ("sum", each.sum(), (each * weight).sum()),
        ("mean", each.mean(), (each * weight).mean()),
        ("sum_over_batch_size", each.mean(), (each * weight).mean()),
        ("mean_with_sample_weight", each.mean(), (each * weight).sum() / weight.sum()),
    ]:
        loss = cls(**arguments, reduction=reduction)
        np.testing.assert_allclose(numpy(loss(y_true, y_pred)), plain, rtol=2e-6)
        np.testing.assert_allclose(numpy(loss(y_true, y_pred, weight)), weighted, rtol=2e-6)
        column = numpy(loss(y_true, y_pred, weight[:, None]))  # Keras keeps the column where nothing is reduced
        np.testing.assert_allclose(np.squeeze(column), weighted, rtol=2e-6)
    assert float(cls(**arguments)(y_true, y_pred, np.zeros(16))) == 0
    with pytest.raises(ValueError, match="reduction"):
        cls(**arguments, reduction="average")


@menu(ALL)
@pytest.mark.parametrize("reduction", [None, "sum", "sum_over_batch_size"])
def test_a_batch_without_examples_has_no_loss_as_in_keras(cls, arguments, reduction):
    y_true, y_pred = (x[:0] for x in batch_for(cls))
    loss = cls(**arguments, reduction=reduction)
    theirs = keras.losses.MeanSquaredError(reduction)(y_pred, y_pred)
    for weight in (None, np.ones(0, "float32")):
        assert numpy(loss(y_true, y_pred, weight)).shape == numpy(theirs).shape == (0,)
    assert gradient(lambda x: loss(y_true, x), y_pred).shape == (0, 5)


@menu(ONE_EACH)
def test_compiled_equals_eager(cls, arguments):
    y_true, y_pred = batch_for(cls)
    loss = cls(**arguments)
    y_true = np.asarray(y_true, "float32")
    np.testing.assert_allclose(numpy(compiled(loss)(y_true, y_pred)), numpy(loss(y_true, y_pred)), rtol=1e-5)
    eager = gradient(lambda x: loss(y_true, x), y_pred)
    np.testing.assert_allclose(compiled_gradient(lambda x: loss(y_true, x), y_pred), eager, rtol=1e-4, atol=1e-7)


@menu(ALL)
@pytest.mark.parametrize("half", ["float16", "bfloat16"])
def test_mixed_precision(cls, arguments, half):
    y_true, y_pred = batch_for(cls)
    exact = cls(**arguments, reduction=None)
    rounded = ops.cast(y_pred, half)
    expected = numpy(exact(y_true, ops.cast(rounded, "float32")))
    # 16-bit predictions, as a mixed policy gives them: computed in float32, so nothing more is lost.
    np.testing.assert_array_equal(numpy(exact(y_true, rounded)), expected)
    # A 16-bit loss rounds once, at the end.
    loss = cls(**arguments, reduction=None, dtype=half)
    values = loss(y_true, rounded)
    assert keras.backend.standardize_dtype(values.dtype) == half
    np.testing.assert_allclose(
        numpy(ops.cast(values, "float32")), expected, rtol=1e-3 if half == "float16" else 1e-2, atol=1e-6
    )
    extreme = ops.cast(np.tile(np.float32([[50, -50, 0, 25, -25]]), (16, 1)), half)  # squares fit into float16
    assert np.all(np.isfinite(numpy(ops.cast(loss(y_true, extreme), "float32"))))


def test_class_indices_survive_a_16_bit_loss():
    # bfloat16 has no 257: it would be class 256.
    logits = np.zeros((1, 300), "float32")
    logits[0, 256] = 9
    loss = losses.FocalCrossentropy(from_logits=True, gamma=0, dtype="bfloat16")
    assert float(loss(np.array([257]), logits)) > 5
    assert float(loss(np.array([256]), logits)) < 0.1


@pytest.mark.skipif(BACKEND == "jax", reason="float64 is off in JAX unless the process asks")
@menu(ALL)
def test_float64(cls, arguments):
    y_true, y_pred = batch_for(cls)
    precise = cls(**arguments, dtype="float64")(y_true, y_pred.astype("float64"))
    assert keras.backend.standardize_dtype(precise.dtype) == "float64"
    assert float(precise) == pytest.approx(float(cls(**arguments)(y_true, y_pred)), rel=1e-5)


@menu(CLASS_LOSSES)
def test_masked_steps_do_not_count(cls, arguments):
    labels, logits = batch_for(cls)
    masked = ops.convert_to_tensor(logits)
    mask = np.arange(16) < 10
    masked._keras_mask = ops.convert_to_tensor(mask) if BACKEND == "tensorflow" else None
    if BACKEND == "jax":
        pytest.skip("a JAX array carries no mask outside a model")
    assert float(cls(**arguments)(labels, masked)) == pytest.approx(
        float(cls(**arguments)(labels[:10], logits[:10])), rel=1e-5
    )


# ---- labels and axes -------------------------------------------------------------------------------------


@menu(CLASS_LOSSES)
def test_sparse_equals_one_hot(cls, arguments):
    labels, logits = batch_for(cls)
    loss = cls(**arguments, reduction=None)
    expected = numpy(loss(one_hot(labels, 5), logits))
    forms = [labels, labels[:, None], labels.tolist(), labels.astype("uint8"), labels.astype("float32")]
    for form in [*forms, ops.convert_to_tensor(labels.astype("int32")), one_hot(labels, 5).astype(bool)]:
        np.testing.assert_array_equal(numpy(loss(form, logits)), expected)


@menu(CLASS_LOSSES)
@pytest.mark.parametrize("axis", [1, 2, -1, -2])
def test_class_axis_anywhere(cls, arguments, axis):
    rng = np.random.default_rng(2)
    logits = rng.normal(size=(3, 4, 5)).astype("float32")
    labels = rng.integers(0, 5, (3, 4))
    expected = numpy(cls(**arguments, reduction=None)(labels, logits))
    moved = np.moveaxis(logits, -1, axis)
    loss = cls(**arguments, axis=axis, reduction=None)
    for y_true in (labels, np.expand_dims(labels, axis), one_hot(labels, 5, axis)):
        np.testing.assert_allclose(numpy(loss(y_true, moved)), expected, rtol=1e-5, atol=1e-7)


@menu(CLASS_LOSSES)
@pytest.mark.parametrize("size", [100.0, 1e4])
def test_extreme_scores_are_finite(cls, arguments, size):
    logits = np.float32(list(itertools.product([-size, 0, size], repeat=5)))
    labels = np.arange(len(logits)) % 5
    loss = cls(**arguments, reduction=None)
    assert np.all(np.isfinite(numpy(loss(labels, logits))))
    assert np.all(np.isfinite(gradient(lambda x: loss(labels, x), logits)))


@menu(FROM_PROBABILITIES)
def test_certain_probabilities_are_finite(cls, arguments):
    rows = np.eye(5, dtype="float32")
    loss = cls(**arguments, reduction=None)
    for labels in (np.arange(5), (np.arange(5) + 1) % 5):
        assert np.all(np.isfinite(numpy(loss(labels, rows))))
        assert np.all(np.isfinite(gradient(lambda x, y=labels: loss(y, x), rows)))


@pytest.mark.parametrize("name", losses.__all__)
def test_public_names(name):
    thing = getattr(losses, name)
    if isinstance(thing, type):
        assert keras.saving.get_registered_name(thing) == f"relecture>{name}"
        assert not hasattr(keras.losses, name), f"{name} could be mistaken for Keras's"
    # A formula, the shapes, what is raised, an example for doctest, and the source.
    for part in (r"= ", r"\((N|K),", r"Raises: ValueError", r"Example:\n +>>> ", r"(Reference|Lecture): "):
        assert re.search(part, thing.__doc__), f"{name}: its docstring lacks {part}"
