"""Logistic regression's optimum, and how noisy the gradients are on the way to it: NumPy and scikit-learn."""

import numpy as np

from experiments.data.synthetic import sigmoid


def optimum(x: np.ndarray, y: np.ndarray, *, with_bias: bool) -> np.ndarray:
    """The weights of least mean cross-entropy without penalty, the bias last: float (F,) or (F + 1,).

    scikit-learn finds it by Newton's method to a gradient of 1e-10. Of data that a line separates there is none: the
    weights then grow without end.

    Args:
        x: float (N, F), the training examples.
        y: int (N,), 0 or 1.
        with_bias: whether there is one.
    """
    from sklearn.linear_model import LogisticRegression

    best = LogisticRegression(C=np.inf, fit_intercept=with_bias, solver="newton-cholesky", tol=1e-10).fit(x, y)
    weights: np.ndarray = np.concatenate([best.coef_[0], best.intercept_]) if with_bias else best.coef_[0]
    return weights


def distance_to_optimum(weights: np.ndarray, bias: float | None, x: np.ndarray, y: np.ndarray) -> float:
    """Largest |parameter - optimal one| of a sigmoid unit, see `optimum`.

    Args:
        weights: float (F,).
        bias: its bias, or None where it has none.
        x: float (N, F), the training examples.
        y: int (N,), 0 or 1.
    """
    trained = weights if bias is None else np.append(weights, bias)
    return float(np.abs(trained - optimum(x, y, with_bias=bias is not None)).max())


def mean_cross_entropy(weights: np.ndarray, bias: float, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The cost of a sigmoid unit at many weights at once: mean of log(1 + exp(z)) - y z, with z = w x + b.

    Args:
        weights: float (M, F).
        bias: the same for all.
        x: float (N, F), the training examples.
        y: int (N,), 0 or 1.

    Returns:
        float (M,).
    """
    z = weights @ x.T + bias
    cost: np.ndarray = np.mean(np.logaddexp(0, z) - y * z, axis=1)
    return cost


def gradient_noise(weights: np.ndarray, bias: float | None, x: np.ndarray, y: np.ndarray, batch_size: int) -> float:
    """Mean squared distance of a minibatch's gradient from the whole training set's, at these weights.

    Formula, for minibatches of B of the N examples drawn without replacement, with g_i an example's gradient and
    S^2 = sum_i |g_i - mean g|^2 / (N - 1):

        E |g_B - mean g|^2 = S^2 / B * (1 - B / N)

    Args:
        weights: float (F,), of one sigmoid unit under binary cross-entropy.
        bias: its bias, or None where it has none.
        x: float (N, F), the training examples.
        y: int (N,), 0 or 1.
        batch_size: B, from 1 to N; more counts as N.
    """
    inputs = x if bias is None else np.hstack([x, np.ones((len(x), 1))])
    error = sigmoid(x @ weights + (0.0 if bias is None else bias)) - y
    gradients = error[:, None] * inputs
    n, b = len(x), min(batch_size, len(x))
    spread = float(np.sum((gradients - gradients.mean(axis=0)) ** 2)) / max(n - 1, 1)
    return spread / b * (1 - b / n)
