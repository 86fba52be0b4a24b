"""Bad input: a ValueError where values can be seen, NaN where they cannot."""

import numpy as np
import pytest

import losses
from tests.losses.loss_menu import (
    ALL,
    CLASS_LOSSES,
    FROM_PROBABILITIES,
    ONE_EACH,
    PAIR_LOSSES,
    batch_for,
    menu,
    numpy,
)
from tests.losses.loss_testing import BACKEND, compiled, compiled_gradient, one_hot

BAD_INDICES = [-1, 5, 255, 1.5, np.nan, np.inf, 2**32 + 1]


@menu(CLASS_LOSSES)
def test_index_that_names_no_class(cls, arguments):
    loss = cls(**arguments, reduction=None)
    message = r"y_true: expected whole class indices from 0 to 4, got .* at example \(1,\)"
    for bad in BAD_INDICES:
        with pytest.raises(ValueError, match=message):
            loss(np.array([0, bad, 2]), np.zeros((3, 5), "float32"))
    # Compiled, such an example's loss and gradient are NaN, and no other's.
    labels = np.float32([0, *BAD_INDICES, 4])
    logits = np.zeros((len(labels), 5), "float32")
    expected = [False] + [True] * len(BAD_INDICES) + [False]
    np.testing.assert_array_equal(np.isnan(numpy(compiled(loss)(labels, logits))), expected)


@menu(ONE_EACH)
def test_gradient_of_a_bad_label_is_nan(cls, arguments):
    y_true, y_pred = batch_for(cls)
    y_true = y_true.astype("float32")
    y_true[3] = np.nan
    # Adding 0 x makes the labels a traced value on both backends, as they are in `fit`.
    loss = cls(**arguments)
    slope = compiled_gradient(lambda x: loss(y_true + 0 * (x[:, 0] if y_true.ndim == 1 else x), x), y_pred)
    np.testing.assert_array_equal(np.isnan(slope).all(axis=1), np.arange(16) == 3)


@menu(CLASS_LOSSES)
def test_row_that_names_no_class(cls, arguments):
    good = [1, 0, 0, 0, 0]
    bad = [[0, 0, 0, 0, 0], [1, 0, 1, 0, 0], [-1, 1, 1, 0, 0], [np.nan, 1, 0, 0, 0], [np.inf, 0, 0, 0, 0]]
    loss = cls(**arguments, reduction=None)
    for row in bad:
        with pytest.raises(ValueError, match=r"y_true: expected"):
            loss(np.float32([good, row]), np.ones((2, 5), "float32"))
    values = numpy(compiled(loss)(np.float32([good, *bad]), np.ones((6, 5), "float32")))
    np.testing.assert_array_equal(np.isnan(values), [False] + [True] * 5)


@menu({name: CLASS_LOSSES[name] for name in ("hinge", "ldam")})
def test_losses_that_need_one_true_class_refuse_soft_labels(cls, arguments):
    rows, logits = np.full((2, 5), 0.2, "float32"), np.ones((2, 5), "float32")
    with pytest.raises(ValueError, match=r"y_true: expected one-hot labels of 0 and 1, got 0\.2"):
        cls(**arguments)(rows, logits)
    assert np.isnan(float(compiled(cls(**arguments))(rows, logits)))


@menu(ALL)
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_predictions_that_are_no_numbers(cls, arguments, bad):
    y_true, y_pred = batch_for(cls)
    y_pred[3, 2] = bad
    loss = cls(**arguments, reduction=None)
    with pytest.raises(ValueError, match=r"y_pred: expected finite .*, got .* at index \(3, 2\)"):
        loss(y_true, y_pred)
    if np.isnan(bad):
        values = numpy(compiled(loss)(np.asarray(y_true, "float32"), y_pred))
        np.testing.assert_array_equal(np.flatnonzero(np.isnan(values)), [3])


@menu(FROM_PROBABILITIES)
def test_logits_passed_for_probabilities(cls, arguments):
    loss = cls(**arguments, reduction=None)
    with pytest.raises(ValueError, match=r"y_pred: expected probabilities >= 0, got -2.0 .*from_logits=True"):
        loss([0], [[3.0, -2.0, 1.0, 0.0, 0.0]])
    assert np.isnan(numpy(compiled(loss)(np.float32([0]), np.float32([[3, -2, 1, 0, 0]])))).all()
    with pytest.raises(ValueError, match="y_pred: expected probabilities of positive sum"):
        loss([0], [[0.0, 0.0, 0.0, 0.0, 0.0]])


@menu({name: PAIR_LOSSES[name] for name in ("binary_balanced", "binary_focal")})
def test_binary_values_out_of_range(cls, arguments):
    logits = np.zeros((2, 1), "float32")
    loss = cls(**arguments, reduction=None)
    for bad in (-1, 2, np.nan):
        with pytest.raises(ValueError, match=r"y_true: expected"):
            loss([[0], [bad]], logits)
        values = numpy(compiled(loss)(np.float32([[0], [bad]]), logits))
        np.testing.assert_array_equal(np.isnan(values), [False, True])
    loss = cls(**(arguments | {"from_logits": False}), reduction=None)
    for bad in (-0.1, 1.1):
        with pytest.raises(ValueError, match=r"y_pred: expected probabilities in \[0, 1\], got .*from_logits=True"):
            loss([[0], [1]], [[0.5], [bad]])
        assert np.isnan(numpy(compiled(loss)(np.float32([[0], [1]]), np.float32([[0.5], [bad]])))[1])


@menu(CLASS_LOSSES)
@pytest.mark.parametrize("shape", [(2,), (4,), (3, 4), (3, 2, 5), (5, 3), (3, 5, 1), ()])
def test_shapes_that_disagree(cls, arguments, shape):
    with pytest.raises(ValueError, match=r"y_true: expected class indices of shape \(3,\) or \(3, 1\), or one row"):
        cls(**arguments)(np.zeros(shape, "float32"), np.zeros((3, 5), "float32"))


@menu(PAIR_LOSSES)
@pytest.mark.parametrize("shape", [(2, 5), (3, 4), (3,), (5,), (3, 5, 1, 1), ()])
def test_pairs_of_shapes_that_disagree(cls, arguments, shape):
    with pytest.raises(ValueError, match=r"y_true: expected the shape of y_pred, .* got .* for y_pred of shape"):
        cls(**arguments)(np.zeros(shape, "float32"), np.zeros((3, 5), "float32"))


@menu(PAIR_LOSSES)
def test_a_column_beside_a_vector_does_not_broadcast(cls, arguments):
    y_true, y_pred = np.float32([0, 1, 1]), np.float32([[0.1], [0.2], [0.3]])
    expected = numpy(cls(**arguments, reduction=None)(y_true[:, None], y_pred))
    assert expected.shape == (3,)
    np.testing.assert_array_equal(numpy(cls(**arguments, reduction=None)(y_true, y_pred)), expected)
    np.testing.assert_array_equal(numpy(cls(**arguments, reduction=None)(y_true[:, None], y_pred[:, 0])), expected)


@menu(CLASS_LOSSES)
def test_one_class(cls, arguments):
    with pytest.raises(ValueError, match=r"y_pred: expected at least 2 classes on axis -1, got shape \(3, 1\)"):
        cls(**arguments)([0, 0, 0], np.zeros((3, 1), "float32"))


@menu(ALL)
def test_axis_outside_the_predictions(cls, arguments):
    message = r"axis: expected a dimension of y_pred, got {} for y_pred of shape \(16, 5\)"
    for axis in (2, -3):
        loss = cls(**arguments, axis=axis)
        for weight in (None, np.ones(16)):
            with pytest.raises(ValueError, match=message.format(axis)):
                loss(*batch_for(cls), weight)


NO_NUMBERS = {
    "None": None,
    "text": "cat",
    "texts": ["cat", "dog", "cat"],
    "array of texts": np.array(["0", "1", "0"]),
    "ragged": [[0.0, 1.0], [1.0], [0.0, 1.0]],
    "None inside": [0, None, 1],
    "objects": np.array([0, None, 1], dtype=object),
    "complex": np.zeros(3, complex),
    "mapping": {"y": [0, 1, 0]},
}


@menu(ONE_EACH)
@pytest.mark.parametrize("bad", NO_NUMBERS.values(), ids=NO_NUMBERS)
def test_what_is_no_array_of_numbers(cls, arguments, bad):
    y_true, y_pred = batch_for(cls)
    for half in ({}, {"dtype": "bfloat16"}):
        loss = cls(**arguments, **half)
        with pytest.raises(ValueError, match="y_true: expected an array of numbers, got"):
            loss(bad, y_pred)
        with pytest.raises(ValueError, match="y_pred: expected an array of numbers, got"):
            loss(y_true, bad)


@pytest.mark.parametrize("bad", NO_NUMBERS.values(), ids=NO_NUMBERS)
def test_what_is_no_array_of_numbers_to_the_functions(bad):
    functions = {
        losses.focal_crossentropy: {},
        losses.balanced_crossentropy: {},
        losses.focal_binary_crossentropy: {},
        losses.balanced_binary_crossentropy: {},
        losses.multiclass_hinge: {},
        losses.quadratic_cost: {},
        losses.perceptron_loss: {},
        losses.logit_adjusted_crossentropy: {"class_counts": [1, 2]},
        losses.ldam: {"class_counts": [1, 2]},
    }
    assert {f.__name__ for f in functions} == {name for name in losses.__all__ if name.islower()} - {
        "balanced_class_weights", "class_counts", "effective_number_class_weights",
    }  # fmt: skip
    for function, arguments in functions.items():
        with pytest.raises(ValueError, match="y_true: expected an array of numbers, got"):
            function(bad, np.ones((3, 2), "float32"), **arguments)
        with pytest.raises(ValueError, match="y_pred: expected an array of numbers, got"):
            function(np.ones(3), bad, **arguments)


def test_the_message_shows_what_came():
    with pytest.raises(ValueError, match=r"y_true: expected an array of numbers, got shape \(3,\) of dtype <U1"):
        losses.focal_crossentropy(np.array(["0", "1", "0"]), np.ones((3, 2)))
    with pytest.raises(ValueError, match=r"y_true: expected an array of numbers, got \[\[0\], \[1, 2\]\]$"):
        losses.focal_crossentropy([[0], [1, 2]], np.ones((2, 2)))


@pytest.mark.skipif(BACKEND != "tensorflow", reason="only TensorFlow has shapes unknown before the program runs")
@menu(CLASS_LOSSES)
def test_sizes_unknown_before_running_do_not_broadcast(cls, arguments):
    import tensorflow as tf

    loss = cls(**arguments, reduction=None)

    def signature(*shape):
        return tf.TensorSpec(shape, "float32")

    rows = tf.function(loss, input_signature=[signature(None, None), signature(None, 5)])
    indices = tf.function(loss, input_signature=[signature(None), signature(None, 5)])
    labels, logits = batch_for(cls)
    expected = numpy(loss(labels, logits))
    np.testing.assert_allclose(rows(one_hot(labels, 5), logits).numpy(), expected, rtol=1e-5)
    np.testing.assert_allclose(indices(labels.astype("float32"), logits).numpy(), expected, rtol=1e-5)
    for run, y_true in ((rows, np.ones((16, 1), "float32")), (rows, one_hot([0], 5)), (indices, np.ones(1, "float32"))):
        with pytest.raises(tf.errors.InvalidArgumentError):
            run(y_true, logits)
    unknown = tf.function(loss, input_signature=[tf.TensorSpec(None, "float32"), signature(None, 5)])
    with pytest.raises(ValueError, match="y_true: expected a tensor of known rank"):
        unknown(one_hot(labels, 5), logits)
    open_classes = tf.function(loss, input_signature=[signature(None, 5), signature(None, None)])
    with pytest.raises(ValueError, match="y_pred: expected a fixed number of classes"):
        open_classes(one_hot(labels, 5), logits)
