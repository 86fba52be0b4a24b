import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from losses import MulticlassHinge, multiclass_hinge
from tests.losses.loss_testing import gradient

# Hantehzadeh's table: rows are the images cat, car, frog; columns the scores of cat, car, frog (H-24).
SCORES = np.float32([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]])
LABELS = [0, 1, 2]


@pytest.mark.parametrize(
    ("arguments", "each"),
    [
        ({}, [2.9, 0, 12.9]),  # H-26 to H-28; the slide's 10.9 has no margin:
        ({"margin": 0}, [1.9, 0, 10.9]),
        ({"include_true_class": True}, [3.9, 1, 13.9]),  # H-31
        ({"average": True}, [1.45, 0, 6.45]),  # H-32, two wrong classes
        ({"average": True, "include_true_class": True}, [1.3, 1 / 3, 13.9 / 3]),
        ({"squared": True}, [8.41, 0, 83.25]),  # H-33
        ({"squared": True, "include_true_class": True, "margin": 2}, [15.21 + 4, 4, 53.29 + 57.76 + 4]),
    ],
)
def test_lecture_table(arguments, each):
    values = MulticlassHinge(**arguments, reduction=None)(LABELS, SCORES)
    np.testing.assert_allclose(ops.convert_to_numpy(values), each, rtol=2e-6, atol=1e-6)
    assert float(MulticlassHinge(**arguments)(LABELS, SCORES)) == pytest.approx(np.mean(each), rel=2e-6)  # H-29, H-30


def test_twice_the_weights():  # H-37, H-38
    values = ops.convert_to_numpy(multiclass_hinge(LABELS, 2 * SCORES))
    np.testing.assert_allclose(values, [4.8, 0, 23.8], rtol=2e-6)


def test_scores_of_zero():  # H-35
    np.testing.assert_array_equal(ops.convert_to_numpy(multiclass_hinge([0, 1, 2], np.zeros((3, 3)))), [2, 2, 2])


def test_smallest_and_largest():  # H-34
    assert float(multiclass_hinge([0], [[1.0, 0.0, 0.0]])[0]) == 0
    assert float(multiclass_hinge([0], [[-1e6, 0.0, 0.0]])[0]) == pytest.approx(2e6, rel=1e-5)


def test_is_not_the_worst_class_alone():
    import keras

    worst = keras.losses.categorical_hinge(np.eye(3, dtype="float32"), SCORES)
    np.testing.assert_allclose(ops.convert_to_numpy(worst), [2.9, 0, 6.6], atol=1e-6)


@given(st.integers(0, 10**6), st.sampled_from([0.0, 0.5, 1.0]), st.booleans(), st.booleans(), st.booleans())
@settings(max_examples=40, deadline=None)
def test_against_a_loop(seed, margin, squared, average, include):
    rng = np.random.default_rng(seed)
    k = int(rng.integers(2, 6))
    scores = rng.integers(-20, 20, k) / 4  # exact in float32
    c = int(rng.integers(0, k))
    terms = [max(0.0, scores[j] - scores[c] + margin) for j in range(k) if include or j != c]
    terms = [t * t for t in terms] if squared else terms
    expected = sum(terms) / len(terms) if average else sum(terms)
    ours = multiclass_hinge([c], scores[None].astype("float32"), margin, squared, average, include)
    assert float(ours[0]) == pytest.approx(expected, rel=1e-6)


def test_gradient_by_hand():
    # Cat: only car violates. Car: nothing does. Frog: both do.
    slope = gradient(lambda x: multiclass_hinge(LABELS, x), SCORES)
    np.testing.assert_array_equal(slope, [[-1, 1, 0], [0, 0, 0], [1, 1, -2]])
    squared = gradient(lambda x: multiclass_hinge(LABELS, x, squared=True), SCORES)
    np.testing.assert_allclose(squared, [[-5.8, 5.8, 0], [0, 0, 0], [12.6, 13.2, -25.8]], rtol=1e-5)
    met = gradient(lambda x: multiclass_hinge([0], x), np.float32([[1, 0]]))  # the margin met exactly
    np.testing.assert_array_equal(met, [[0, 0]])


def test_adding_a_constant_changes_nothing():
    before = ops.convert_to_numpy(multiclass_hinge(LABELS, np.round(SCORES * 4) / 4))
    after = ops.convert_to_numpy(multiclass_hinge(LABELS, np.round(SCORES * 4) / 4 + 64))
    np.testing.assert_array_equal(before, after)
