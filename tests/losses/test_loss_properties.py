"""Properties that hold whatever the numbers: every loss on drawn scores and labels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import losses
from tests.losses.loss_menu import ALL, CLASS_LOSSES, PAIR_LOSSES, menu, numpy
from tests.losses.loss_testing import gammas, gradient, one_hot, plain_focal

N, K = 4, 5  # one shape, because JAX compiles every operation anew for each
some = settings(max_examples=20, deadline=None)
labels = arrays("int64", N, elements=st.integers(0, K - 1))
mild = arrays("float32", (N, K), elements=st.floats(-8, 8, width=32))
extreme = arrays(
    "float32",
    (N, K),
    elements=st.one_of(st.sampled_from([-1e4, -100.0, 0.0, 100.0, 1e4]), st.floats(-1e4, 1e4, width=32)),
)
BINARY = {name: case for name, case in PAIR_LOSSES.items() if name.startswith("binary")}


def each(cls, arguments, **more):
    return cls(**(arguments | more), reduction=None)


@menu(CLASS_LOSSES)
@given(logits=mild, index=labels)
@some
def test_sparse_labels_equal_one_hot_rows(cls, arguments, logits, index):
    loss = each(cls, arguments)
    np.testing.assert_array_equal(numpy(loss(index, logits)), numpy(loss(one_hot(index, K), logits)))


@menu(CLASS_LOSSES)
@given(logits=mild, index=labels, constant=arrays("float32", (N, 1), elements=st.floats(-8, 8, width=32)))
@some
def test_a_constant_added_to_the_logits_changes_nothing(cls, arguments, logits, index, constant):
    loss = each(cls, arguments)
    # The sums round at 16, to 1e-6; squares of violations up to 17 make that 17 times larger.
    np.testing.assert_allclose(numpy(loss(index, logits + constant)), numpy(loss(index, logits)), rtol=1e-5, atol=5e-5)


@menu(CLASS_LOSSES)
@given(logits=extreme, index=labels)
@some
def test_value_and_gradient_of_any_logits_are_finite(cls, arguments, logits, index):
    loss = each(cls, arguments)
    assert np.all(np.isfinite(numpy(loss(index, logits))))
    assert np.all(np.isfinite(gradient(lambda x: loss(index, x), logits)))


@menu(BINARY)
@given(
    logits=extreme,
    y_true=arrays("float32", (N, K), elements=st.one_of(st.sampled_from([0, 1]), st.floats(0, 1, width=32))),
)
@some
def test_value_and_gradient_of_any_binary_logits_are_finite(cls, arguments, logits, y_true):
    loss = each(cls, arguments)
    assert np.all(np.isfinite(numpy(loss(y_true, logits))))
    assert np.all(np.isfinite(gradient(lambda x: loss(y_true, x), logits)))


@menu({name: case for name, case in CLASS_LOSSES.items() if "alpha" in case[1]} | BINARY)
@given(logits=mild, index=labels)
@some
def test_unit_class_weights_change_nothing(cls, arguments, logits, index):
    binary = cls in (losses.BalancedBinaryCrossentropy, losses.FocalBinaryCrossentropy)
    plain = {"apply_class_balancing": False} if cls is losses.FocalBinaryCrossentropy else {"alpha": None}
    y_true = one_hot(index, K) if binary else index
    expected = numpy(each(cls, arguments, **plain)(y_true, logits))
    forms = ([1, 1], np.ones(2)) if binary else (1, 1.0, [1] * K, np.ones(K))
    for alpha in forms:
        np.testing.assert_array_equal(numpy(each(cls, arguments, alpha=alpha)(y_true, logits)), expected)


@menu(ALL)
@given(logits=mild, index=labels)
@some
def test_unit_sample_weights_change_nothing(cls, arguments, logits, index):
    y_true = index if cls in {case[0] for case in CLASS_LOSSES.values()} else one_hot(index, K)
    loss = cls(**arguments)
    np.testing.assert_array_equal(numpy(loss(y_true, logits, np.ones(N))), numpy(loss(y_true, logits)))


@menu(CLASS_LOSSES)
@given(logits=mild, index=labels, order=st.permutations(range(K)))
@some
def test_permuting_classes_changes_nothing(cls, arguments, logits, index, order):
    permuted = {k: [v[i] for i in order] if isinstance(v, list) else v for k, v in arguments.items()}
    before, after = each(cls, arguments), each(cls, permuted)  # new class i is old class order[i]
    values = numpy(after(np.argsort(order)[index], logits[:, order]))
    np.testing.assert_allclose(values, numpy(before(index, logits)), rtol=5e-6, atol=1e-6)


@menu(CLASS_LOSSES)
@given(logits=mild, index=labels, order=st.permutations(range(N)))
@some
def test_each_example_has_its_own_loss(cls, arguments, logits, index, order):
    loss = each(cls, arguments)
    # Not to the last bit: vector instructions round by where a number lies.
    np.testing.assert_allclose(
        numpy(loss(index[order], logits[order])), numpy(loss(index, logits))[order], rtol=1e-6, atol=1e-9
    )


@given(mild, labels, gammas, st.sampled_from([0.0, 0.2]), arrays("float32", N, elements=st.floats(-2, 2, width=32)))
@settings(max_examples=40, deadline=None)
def test_own_gradient_is_autodiff_of_the_formula(logits, index, gamma, smoothing, upstream):
    logits = logits / 4  # further out 1 - exp(log_p) has no digits left, which is why the loss has its own gradient
    rows = one_hot(index, K) * np.float32(1 - smoothing) + np.float32(smoothing / K)

    def ours(x):
        return upstream * losses.focal_crossentropy(index, x, None, gamma, True, smoothing)

    slope = gradient(lambda x: upstream * plain_focal(rows, x, gamma), logits)
    np.testing.assert_allclose(gradient(ours, logits), slope, rtol=1e-4, atol=5e-6)


@pytest.mark.parametrize("gamma", [0.0, 2.0])
@given(logits=mild, index=labels)
@some
def test_gradient_adds_up_to_zero_over_the_classes(gamma, logits, index):
    slope = gradient(lambda x: losses.focal_crossentropy(index, x, gamma=gamma, from_logits=True), logits)
    assert np.all(np.abs(slope.sum(axis=1)) <= 1e-5 * np.abs(slope).sum(axis=1) + 1e-36)
