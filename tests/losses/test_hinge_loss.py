import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from losses import MulticlassHinge, multiclass_hinge
from tests.losses.loss_menu import numpy
from tests.losses.loss_testing import gradient

# Hantehzadeh's table: rows are the images cat, car, frog; columns the scores of cat, car, frog (H-24).
SCORES = np.float32([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]])
LABELS = [0, 1, 2]


@pytest.mark.parametrize(
    ("scale", "image", "terms"),
    [
        pytest.param(1, 0, [2.9, -3.9], id="H-26 cat"),
        pytest.param(1, 1, [-2.6, -1.9], id="H-27 car"),
        pytest.param(1, 2, [6.3, 6.6], id="H-28 frog"),
        pytest.param(2, 1, [-6.2, -4.8], id="H-37 car, W doubled"),
    ],
)
def test_terms_of_the_lecture(scale, image, terms):
    """H-26, H-27, H-28, H-37: s_j - s_y + 1 of each wrong class, seen below 0 too by a margin larger by 20."""
    wrong = [j for j in range(3) if j != image]
    pairs = scale * SCORES[image][[[image, j] for j in wrong]]
    np.testing.assert_allclose(numpy(multiclass_hinge([0, 0], pairs, margin=21)) - 20, terms, atol=5e-6)
    np.testing.assert_allclose(numpy(multiclass_hinge([0, 0], pairs)), np.maximum(terms, 0), atol=2e-6)


@pytest.mark.parametrize(
    ("arguments", "each", "mean"),
    [
        pytest.param({}, [2.9, 0, 12.9], 5.266667, id="H-25 to H-30"),
        # 10.9 and 4.6 on the slide: the frog's terms have lost their margin, the cat's has not.
        pytest.param({"margin": 0}, [1.9, 0, 10.9], 12.8 / 3, id="H-28 slide"),
        pytest.param({"include_true_class": True}, [3.9, 1, 13.9], 6.266667, id="H-31"),
        pytest.param({"average": True}, [1.45, 0, 6.45], 2.633333, id="H-32"),
        pytest.param(
            {"average": True, "include_true_class": True}, [1.3, 1 / 3, 13.9 / 3], 18.8 / 9, id="H-31 and H-32"
        ),
        pytest.param({"squared": True}, [8.41, 0, 83.25], 30.553333, id="H-33"),
        pytest.param(
            {"squared": True, "include_true_class": True, "margin": 2}, [19.21, 4, 115.05], 138.26 / 3, id="all at once"
        ),
    ],
)
def test_lecture_table(arguments, each, mean):
    """H-24 to H-33: the losses of cat, car and frog, and their mean."""
    np.testing.assert_allclose(
        numpy(MulticlassHinge(**arguments, reduction=None)(LABELS, SCORES)), each, rtol=2e-6, atol=1e-6
    )
    assert float(MulticlassHinge(**arguments)(LABELS, SCORES)) == pytest.approx(mean, rel=2e-6)


def test_mean_over_all_three_classes():
    """H-32: 1.755556 if the two terms are divided by 3."""
    assert float(MulticlassHinge()(LABELS, SCORES)) / 3 == pytest.approx(1.755556, rel=1e-6)


def test_mean_of_the_slide():
    """H-29: 4.6 is the mean of 2.9, 0 and the frog's 10.9 without its margin."""
    cat, car, _ = numpy(multiclass_hinge(LABELS, SCORES))
    frog = numpy(multiclass_hinge(LABELS, SCORES, margin=0))[2]
    assert (cat + car + frog) / 3 == pytest.approx(4.6, rel=1e-6)


def test_twice_the_weights():
    """H-37, H-38: doubling W leaves only the losses that are zero."""
    values = numpy(multiclass_hinge(LABELS, 2 * SCORES))
    np.testing.assert_allclose(values, [4.8, 0, 23.8], rtol=2e-6)
    assert values.mean() == pytest.approx(9.533333, rel=1e-6)


def test_weights_without_loss_are_not_unique():
    """H-36: W with L = 0 on a separable toy; so is every multiple of it from 1 on, and no smaller one."""
    x, W = np.float32([[1, 0], [0, 1], [-1, -1]]), np.float32([[1, 0, -1], [0, 1, -1]])
    for factor, total in ((1, 0), (2, 0), (7.5, 0), (0.5, 0.5 * 2 + 0)):
        scores = factor * x @ W
        assert float(MulticlassHinge(reduction="sum")([0, 1, 2], scores)) == pytest.approx(total, abs=1e-6), factor


def test_scores_of_zero():
    """H-35: C - 1 = 2 for every example."""
    np.testing.assert_array_equal(numpy(multiclass_hinge([0, 1, 2], np.zeros((3, 3)))), [2, 2, 2])


def test_smallest_and_largest():
    """H-34: 0 is attained; there is no largest, the loss grows linearly."""
    assert float(multiclass_hinge([0], [[1.0, 0.0, 0.0]])[0]) == 0
    for size in (1e3, 1e6, 1e9):
        assert float(multiclass_hinge([0], [[-size, 0.0, 0.0]])[0]) == pytest.approx(2 * (size + 1), rel=1e-6)


def test_is_not_the_worst_class_alone():
    """H-25: Keras's categorical hinge is the maximum, 6.6 for the frog."""

    worst = keras.losses.categorical_hinge(np.eye(3, dtype="float32"), SCORES)
    np.testing.assert_allclose(numpy(worst), [2.9, 0, 6.6], atol=1e-6)


@given(st.integers(0, 10**6), st.sampled_from([0.0, 0.5, 1.0]), st.booleans(), st.booleans(), st.booleans())
@settings(max_examples=40, deadline=None)
def test_against_a_loop(seed, margin, squared, average, include):
    """H-25: the sum over j != y of max(0, s_j - s_y + margin), term by term."""
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
