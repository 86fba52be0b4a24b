"""What the loss tests share: gradients and compilation on either backend, and float64 references."""

import keras
import numpy as np
from hypothesis import strategies as st

BACKEND = keras.backend.backend()
GAMMAS = [0.0, 0.5, 1.0, 1.5, 2.0, 5.0]
gammas = st.sampled_from(GAMMAS)


def logits_strategy(low, high):
    return st.integers(2, 6).flatmap(
        lambda k: st.lists(st.floats(low, high, width=32), min_size=k, max_size=k).map(
            lambda row: np.array([row], "float32")
        )
    )


def gradient(function, x):
    """d sum(function(x)) / dx as NumPy, by the backend's reverse mode."""
    if BACKEND == "jax":
        import jax

        return np.asarray(jax.grad(lambda v: keras.ops.sum(function(v)))(jax.numpy.asarray(x)))
    import tensorflow as tf

    x = tf.convert_to_tensor(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        total = tf.reduce_sum(function(x))
    return tape.gradient(total, x).numpy()


def compiled(function):
    """The function compiled by XLA: values inside cannot be looked at."""
    if BACKEND == "jax":
        import jax

        return jax.jit(function)
    import tensorflow as tf

    return tf.function(function, jit_compile=True)


def compiled_gradient(function, x):
    if BACKEND == "jax":
        import jax

        return np.asarray(jax.jit(jax.grad(lambda v: keras.ops.sum(function(v))))(jax.numpy.asarray(x)))
    import tensorflow as tf

    @tf.function(jit_compile=True)
    def run(v):
        with tf.GradientTape() as tape:
            tape.watch(v)
            total = tf.reduce_sum(function(v))
        return tape.gradient(total, v)

    return run(tf.convert_to_tensor(x)).numpy()


def one_hot(labels, classes, axis=-1):
    return np.moveaxis(np.eye(classes, dtype="float32")[np.asarray(labels)], -1, axis)


def random_batch(seed, n=16, classes=5, spread=3.0):
    """Logits, probabilities and class indices."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, spread, (n, classes)).astype("float32")
    return logits, softmax(logits).astype("float32"), rng.integers(0, classes, n)


def softmax(x):
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def softmax_parts(logits):
    """log p and log(1 - p) of each class in float64, from differences of logits only: exact in both tails."""
    x = np.asarray(logits, "float64")
    others = x[..., None, :] - x[..., :, None]  # [.., c, j] = x_j - x_c
    np.einsum("...ii->...i", others)[...] = -np.inf
    log_odds = np.logaddexp.reduce(others, axis=-1)  # log of (1 - p_c) / p_c
    return -np.logaddexp(0, log_odds), -np.logaddexp(0, -log_odds)


def focal_reference(rows, logits, gamma, alpha=1.0):
    """Value and gradient (with respect to the logits) of the focal loss in float64, example by example."""
    log_p, log_q = softmax_parts(logits)
    p, q = np.exp(log_p), np.exp(log_q)
    weights = np.asarray(rows, "float64") * alpha
    value = -np.sum(weights * np.exp(gamma * log_q) * log_p, axis=-1)
    # p df/dp = (1 - p)^gamma (-1 + gamma p log(p) / (1 - p)), where log(p) / (1 - p) -> -1 at p = 1.
    ratio = np.where(log_q > -40, log_p / np.maximum(q, 1e-18), -1)
    slope = weights * np.exp(gamma * log_q) * (-1 + gamma * p * ratio)
    others = slope.sum(-1, keepdims=True) - slope
    return value, slope * q - p * others


def plain_focal(rows, logits, gamma):
    """The focal loss as a reader would first write it, for the backend to differentiate."""
    log_p = keras.ops.log_softmax(logits)
    return -keras.ops.sum(rows * keras.ops.power(1 - keras.ops.exp(log_p), gamma) * log_p, axis=-1)
