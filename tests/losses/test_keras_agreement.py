"""Where Keras has the same loss: the same words in the same places, and the same numbers to 1e-6."""

import inspect

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import losses
from tests.losses.loss_menu import numpy
from tests.losses.loss_testing import BACKEND, GAMMAS, gradient, one_hot, softmax

many = settings(max_examples=60 if BACKEND == "tensorflow" else 25, deadline=None)
REDUCTIONS = [None, "none", "sum", "mean", "sum_over_batch_size", "mean_with_sample_weight"]
# Few shapes, because JAX compiles every operation anew for each.
SHAPES = [(6, 4), (2, 3, 4), (3, 2, 2, 3)]


def assert_equal(ours, theirs):
    np.testing.assert_allclose(numpy(ours), numpy(theirs), rtol=1e-6, atol=1e-6)


@st.composite
def words(draw, *names):
    """Constructor arguments that both understand."""
    values = {
        "from_logits": st.booleans(),
        "label_smoothing": st.sampled_from([0.0, 0.1, 0.5, 1.0]),
        "reduction": st.sampled_from(REDUCTIONS),
        "gamma": st.sampled_from(GAMMAS),
        "apply_class_balancing": st.booleans(),
    }
    return {name: draw(values[name]) for name in names}


@st.composite
def weights(draw, rng, shape):
    """None, one number, one weight an example, a column of them, one weight an entry."""
    forms = {"none": None, "number": (), "each": shape, "column": (*shape, 1), "first": (shape[0],) + (1,) * len(shape)}
    form = forms[draw(st.sampled_from(sorted(forms)))]
    return None if form is None else rng.uniform(0, 2, form[: len(shape) + 1]).astype("float32")


@st.composite
def class_problems(draw):
    """Labels (indices and rows, the rows now and then soft) and predictions, with the class axis last."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = draw(st.sampled_from(SHAPES))
    logits = rng.uniform(-4, 4, shape).astype("float32")
    labels = rng.integers(0, shape[-1], shape[:-1])
    rows = one_hot(labels, shape[-1])
    if draw(st.booleans()):
        rows = (0.7 * rows + 0.3 * softmax(rng.normal(size=shape))).astype("float32")
    return rng, labels, rows, logits, draw(weights(rng, shape[:-1]))


def predictions(logits, from_logits):
    # Rows of probabilities need not add up to one: both rescale them.
    return logits if from_logits else (1.7 * softmax(logits)).astype("float32")


@given(class_problems(), words("from_logits", "label_smoothing", "reduction", "gamma"), st.data())
@many
def test_focal_crossentropy(problem, arguments, data):
    rng, _, rows, logits, weight = problem
    K = logits.shape[-1]
    arguments["alpha"] = data.draw(st.sampled_from([0.25, 1.0, rng.uniform(0, 3, K).tolist()]))
    y_pred = predictions(logits, arguments["from_logits"])
    theirs = keras.losses.CategoricalFocalCrossentropy(**arguments)
    assert_equal(losses.FocalCrossentropy(**arguments)(rows, y_pred, weight), theirs(rows, y_pred, weight))


@given(class_problems(), words("from_logits", "label_smoothing", "reduction"))
@many
def test_balanced_crossentropy_without_weights_and_focal_with_gamma_0(problem, arguments):
    """M-97, M-112: gamma = 0 is Keras's cross-entropy."""
    _, _, rows, logits, weight = problem
    y_pred = predictions(logits, arguments["from_logits"])
    theirs = keras.losses.CategoricalCrossentropy(**arguments)(rows, y_pred, weight)
    assert_equal(losses.BalancedCrossentropy(**arguments)(rows, y_pred, weight), theirs)
    assert_equal(losses.FocalCrossentropy(gamma=0, **arguments)(rows, y_pred, weight), theirs)


@given(class_problems(), words("from_logits", "reduction"))
@many
def test_balanced_crossentropy_is_keras_with_the_weights_of_the_labels(problem, arguments):
    """M-103: E = -alpha_c log yhat_c."""
    rng, labels, _, logits, _ = problem
    alpha = rng.uniform(0, 3, logits.shape[-1])
    y_pred = predictions(logits, arguments["from_logits"])
    if arguments["reduction"] == "mean_with_sample_weight":  # divides by weights, which alpha is not
        arguments["reduction"] = "sum"
    rows = one_hot(labels, logits.shape[-1])
    theirs = keras.losses.CategoricalCrossentropy(**arguments)(rows, y_pred, alpha[labels])
    assert_equal(losses.BalancedCrossentropy(alpha=alpha, **arguments)(labels, y_pred), theirs)


@given(class_problems(), words("from_logits", "label_smoothing", "gamma"), st.data())
@many
def test_smoothing_and_alpha_follow_the_axis(problem, arguments, data):
    """Keras takes them along the last axis whatever `axis` says: its answer with the class axis moved there is ours."""
    rng, _, rows, logits, weight = problem
    axis = data.draw(st.integers(-logits.ndim, logits.ndim - 1))
    arguments["reduction"] = data.draw(st.sampled_from([None, "sum"]))
    arguments["alpha"] = rng.uniform(0, 3, logits.shape[-1]).tolist()
    y_pred = predictions(logits, arguments["from_logits"])
    theirs = keras.losses.CategoricalFocalCrossentropy(**arguments)(rows, y_pred, weight)
    moved = [np.moveaxis(x, -1, axis) for x in (rows, y_pred)]
    assert_equal(losses.FocalCrossentropy(axis=axis, **arguments)(*moved, weight), theirs)
    # Without either of them Keras's own `axis` does the same.
    arguments |= {"alpha": 0.7, "label_smoothing": 0.0}
    theirs = keras.losses.CategoricalFocalCrossentropy(axis=axis, **arguments)(*moved, weight)
    assert_equal(losses.FocalCrossentropy(axis=axis, **arguments)(*moved, weight), theirs)


def test_keras_smooths_along_the_last_axis():
    """What the docstring says of Keras; once it follows `axis` too, the docstring has to say so."""
    rows, logits = one_hot([0, 1], 3).T, np.zeros((3, 2), "float32")
    theirs = keras.losses.CategoricalCrossentropy(True, 0.3, axis=0, reduction=None)(rows, logits)
    ours = losses.BalancedCrossentropy(True, 0.3, axis=0, reduction=None)(rows, logits)
    np.testing.assert_allclose(numpy(ours), np.log(3) * np.ones(2), rtol=1e-6)
    np.testing.assert_allclose(numpy(theirs), np.log(3) * (0.7 + 3 * 0.3 / 2) * np.ones(2), rtol=1e-6)


@st.composite
def pair_problems(draw):
    """Labels in [0, 1], logits or probabilities, an axis to average over, and weights."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = draw(st.sampled_from(SHAPES))
    y_true = rng.integers(0, 2, shape).astype("float32")
    if draw(st.booleans()):
        y_true = (0.8 * y_true + 0.2 * rng.uniform(size=shape)).astype("float32")
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    weight = draw(weights(rng, tuple(np.delete(shape, axis))))
    return y_true, rng.uniform(-4, 4, shape).astype("float32"), axis, weight


@given(
    pair_problems(),
    words("from_logits", "label_smoothing", "reduction", "gamma", "apply_class_balancing"),
    st.floats(0, 1, width=16),
)
@many
def test_focal_binary_crossentropy(problem, arguments, alpha):
    y_true, logits, axis, weight = problem
    arguments |= {"alpha": alpha, "axis": axis}
    y_pred = logits if arguments["from_logits"] else (1 / (1 + np.exp(-logits))).astype("float32")
    theirs = keras.losses.BinaryFocalCrossentropy(**arguments)
    assert_equal(losses.FocalBinaryCrossentropy(**arguments)(y_true, y_pred, weight), theirs(y_true, y_pred, weight))


@given(pair_problems(), words("from_logits", "label_smoothing", "reduction"))
@many
def test_balanced_binary_crossentropy(problem, arguments):
    """H-19: L = -(y log yhat + (1-y) log(1-yhat))."""
    y_true, logits, axis, weight = problem
    y_pred = logits if arguments["from_logits"] else (1 / (1 + np.exp(-logits))).astype("float32")
    theirs = keras.losses.BinaryCrossentropy(axis=axis, **arguments)(y_true, y_pred, weight)
    assert_equal(losses.BalancedBinaryCrossentropy(axis=axis, **arguments)(y_true, y_pred, weight), theirs)
    focal = losses.FocalBinaryCrossentropy(gamma=0, axis=axis, **arguments)(y_true, y_pred, weight)
    assert_equal(focal, theirs)


@pytest.mark.parametrize(
    "shapes", [((6,), (6, 1)), ((6, 1), (6,)), ((2, 3), (2, 3, 1)), ((2, 3, 1), (2, 3)), ((6,), (6,))]
)
@pytest.mark.parametrize("reduction", [None, "sum", "mean"])
def test_a_last_axis_of_size_1_is_read_as_keras_reads_it(shapes, reduction):
    rng = np.random.default_rng(0)
    y_true, y_pred = rng.integers(0, 2, shapes[0]), rng.uniform(size=shapes[1]).astype("float32")
    theirs = keras.losses.BinaryFocalCrossentropy(reduction=reduction)(y_true, y_pred)
    assert_equal(losses.FocalBinaryCrossentropy(reduction=reduction)(y_true, y_pred), theirs)
    theirs = keras.losses.BinaryCrossentropy(reduction=reduction)(y_true, y_pred)
    assert_equal(losses.BalancedBinaryCrossentropy(reduction=reduction)(y_true, y_pred), theirs)


def test_certain_probabilities_are_clipped_as_in_keras():
    rows, y_pred = one_hot([0, 1], 2), np.float32([[1, 0], [1, 0]])
    for gamma in GAMMAS:
        theirs = keras.losses.categorical_focal_crossentropy(rows, y_pred, alpha=1.0, gamma=gamma)
        assert_equal(losses.focal_crossentropy(rows, y_pred, gamma=gamma), theirs)
        slope = gradient(lambda x, g=gamma: losses.focal_crossentropy(rows, x, gamma=g), y_pred)
        assert np.all(np.isfinite(slope))


# ---- words and places ------------------------------------------------------------------------------------

# Ours, Keras's, and the defaults that differ.
TWINS = [
    (losses.FocalCrossentropy, keras.losses.CategoricalFocalCrossentropy, {"name", "alpha"}),
    (losses.FocalBinaryCrossentropy, keras.losses.BinaryFocalCrossentropy, {"name"}),
    (losses.BalancedCrossentropy, keras.losses.CategoricalCrossentropy, {"name"}),
    (losses.BalancedBinaryCrossentropy, keras.losses.BinaryCrossentropy, {"name"}),
    (losses.QuadraticCost, keras.losses.MeanSquaredError, {"name"}),
    (losses.focal_crossentropy, keras.losses.categorical_focal_crossentropy, {"alpha"}),
    (losses.focal_binary_crossentropy, keras.losses.binary_focal_crossentropy, set()),
    (losses.balanced_crossentropy, keras.losses.categorical_crossentropy, set()),
    (losses.balanced_binary_crossentropy, keras.losses.binary_crossentropy, set()),
]


@pytest.mark.parametrize(("ours", "theirs", "differing"), TWINS, ids=lambda x: getattr(x, "__name__", None))
def test_words_places_and_defaults_are_keras_own(ours, theirs, differing):
    ours_by_name, theirs_by_name = (inspect.signature(f).parameters for f in (ours, theirs))
    extra = list(ours_by_name)[len(theirs_by_name) :]
    assert list(ours_by_name)[: len(theirs_by_name)] == list(theirs_by_name)
    assert all(ours_by_name[name].kind is inspect.Parameter.KEYWORD_ONLY for name in extra)
    assert {n for n, p in theirs_by_name.items() if ours_by_name[n].default != p.default} == differing


def test_the_default_that_differs_is_explained():
    said = " ".join(losses.FocalCrossentropy.__doc__.split())
    assert "One default differs: alpha is None (all ones) where Keras has 0.25. That number weighs" in said


@pytest.mark.parametrize(
    ("ours", "theirs", "arguments"),
    [
        ("FocalCrossentropy", "CategoricalFocalCrossentropy", (0.3, 1.5, True, 0.1, -1, "sum", "mine", "float32")),
        (
            "FocalBinaryCrossentropy",
            "BinaryFocalCrossentropy",
            (True, 0.3, 1.5, True, 0.1, 0, "sum", "mine", "float32"),
        ),
        ("BalancedCrossentropy", "CategoricalCrossentropy", (True, 0.1, -1, "sum", "mine", "float32")),
        ("BalancedBinaryCrossentropy", "BinaryCrossentropy", (True, 0.1, 0, "sum", "mine", "float32")),
    ],
)
def test_only_the_name_changes_in_user_code(ours, theirs, arguments):
    rows, logits = one_hot([0, 2, 1], 3), np.random.default_rng(0).normal(size=(3, 3)).astype("float32")
    before, after = getattr(keras.losses, theirs)(*arguments), getattr(losses, ours)(*arguments)
    assert_equal(after(rows, logits, np.float32([1, 0, 2])), before(rows, logits, np.float32([1, 0, 2])))
    assert (after.name, after.reduction, after.dtype) == (before.name, before.reduction, before.dtype)
