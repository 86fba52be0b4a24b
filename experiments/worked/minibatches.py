"""Gradients of all, one or some examples: the printed sums, and how noisy estimates are (Cavallaro, BGD, SGD).

A logistic regression on eight examples, small enough to go through every possible mini-batch.
"""

from itertools import combinations

import numpy as np

from experiments.worked._choosing import chosen
from experiments.worked._formulas import sigmoid
from experiments.worked.finding import Finding

X = np.array([[0.2, 1.1], [1.4, -0.6], [-0.9, 0.4], [2.1, 1.3], [-1.5, -0.8], [0.7, -1.9], [-0.3, 2.2], [1.0, 0.5]])
Y = np.array([1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 0.0])
W = np.array([0.3, -0.2])


def averaged_gradient(index: str, batch: int | None = None) -> Finding:
    """Evaluate a printed average of gradients and compare it with the numeric gradient of the batch's mean loss.

        1/B sum_{k=1..B} dL_i/dW  (index "i": the summed term does not depend on k)
        1/B sum_{k=1..B} dL_k/dW  (index "k")

    Args:
        index: the index of the loss inside the printed sum, i or k.
        batch: B, the first so many of the eight examples; all of them by default.

    Raises:
        ValueError: another index.

    Lecture: Cavallaro, batch gradient descent; mini-batch gradient descent.
    """
    size = batch or len(X)
    each = _gradients(W)
    wanted = _numeric_gradient(np.arange(size))
    averages = {
        "i": [sum(each[i] for _ in range(size)) / size for i in range(size)],
        "k": [each[:size].sum(axis=0) / size],
    }
    results = chosen(index, averages, "index")
    apart = [float(np.abs(result - wanted).max()) for result in results]
    name = "dL_k/dW" if index == "k" else "dL_1/dW"
    return Finding(
        values={"largest difference": max(apart), "smallest difference": min(apart)},
        steps=(
            f"1/{size} x the sum over k = 1 to {size} of {name} = {_shown(results[0])}",
            *([f"that is dL_1/dW itself, {_shown(each[0])}: nothing in the sum depends on k"] if index == "i" else []),
            f"numeric gradient of the mean loss: {_shown(wanted)}",
        ),
        holds=max(apart) < 1e-6,
    )


def single_update(gradient: str, example: int = 0, rate: float = 0.5) -> Finding:
    """Compare the printed update after picking one example with Keras's SGD on a batch of that one example.

        W <- W - rate dL/dW    (gradient "full": the loss of all examples, as printed)
        W <- W - rate dL_i/dW  (gradient "single")

    Args:
        gradient: full or single.
        example: i.
        rate: learning rate.

    Raises:
        ValueError: another gradient.

    Lecture: Cavallaro, stochastic gradient descent.
    """
    from experiments.backend import keras

    each = _gradients(W)
    used = chosen(gradient, {"full": each.mean(axis=0), "single": each[example]}, "gradient")
    printed = W - rate * used
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, "sigmoid", use_bias=False)])
    model.set_weights([W[:, None]])
    model.compile(keras.optimizers.SGD(rate), "binary_crossentropy", run_eagerly=True, jit_compile=False)
    model.train_on_batch(X[example : example + 1].astype(np.float32), Y[example : example + 1, None])
    trained = np.asarray(model.get_weights()[0][:, 0], np.float64)
    return Finding(
        values={"difference": float(np.abs(trained - printed).max())},
        steps=(
            f"gradient of {'all examples' if gradient == 'full' else f'example {example + 1}'}: {_shown(used)}",
            f"W - {rate:g} x gradient = {_shown(printed)}",
            f"Keras, batch of one, example {example + 1}: {_shown(trained)}",
        ),
        holds=float(np.abs(trained - printed).max()) < 1e-6,
    )


def single_is_noisy(rate: float = 0.5, batch: int = 1) -> Finding:
    """Go through all batches of a size: how far their gradients lie from the full one, and how often a step hurts.

    The slide holds if some batch's step raises the loss of all examples while the step along the full gradient
    lowers it, and the gradients differ from the full one.

    Args:
        rate: learning rate.
        batch: 1 for stochastic gradient descent.

    Lecture: Cavallaro, stochastic gradient descent.
    """
    gradients, full = _batch_gradients(batch), _gradients(W).mean(axis=0)
    squared = float(((gradients - full) ** 2).sum(axis=1).mean())
    start = _loss(W)
    raised = sum(_loss(W - rate * g) > start for g in gradients)
    straight = _loss(W - rate * full)
    return Finding(
        values={"mean squared distance": squared, "steps that raise the loss": int(raised), "steps": len(gradients)},
        steps=(
            f"full gradient {_shown(full)}; mean squared distance of a batch of {batch}: {squared:.6g}",
            f"loss {start:.6g}; after a step along the full gradient {straight:.6g}",
            f"{raised} of {len(gradients)} steps with a batch of {batch} raise the loss of all examples",
        ),
        holds=squared > 1e-12 and raised > 0 and straight < start,
    )


def estimate_of_gradient(batch_sizes: list[int], shuffled: bool = True) -> Finding:
    """Compare the mean and the spread of all mini-batch gradients with what sampling theory says.

        mean = full gradient,  mean squared distance = S^2 / B * (N - B) / (N - 1),
        S^2 = mean squared distance of single gradients

    A contiguous segment of a random permutation is any subset with the same probability, so all subsets of size B
    are gone through; without shuffling only the segments of the data's own order occur.

    Args:
        batch_sizes: B, divisors of the eight examples.
        shuffled: whether the examples are shuffled first.

    Lecture: Cavallaro, mini-batch gradient descent.
    """
    count, full = len(X), _gradients(W).mean(axis=0)
    single = float(((_gradients(W) - full) ** 2).sum(axis=1).mean())
    steps, found, holds = [f"S^2 = {single:.6g}"], [], True
    for size in batch_sizes:
        gradients = _batch_gradients(size, shuffled)
        squared = float(((gradients - full) ** 2).sum(axis=1).mean())
        theory = single / size * (count - size) / (count - 1)
        bias = float(np.abs(gradients.mean(axis=0) - full).max())
        found.append(squared)
        holds &= bias < 1e-12 and abs(squared - theory) < 1e-12
        steps.append(
            f"B = {size}: {len(gradients)} batches, mean off by {bias:.1g}, mean squared distance {squared:.6g}, "
            f"theory {single:.6g} / {size} x {count - size} / {count - 1} = {theory:.6g}"
        )
    return Finding({"mean squared distance": found}, tuple(steps), holds)


def largest_stable_rate(batch_sizes: list[int]) -> Finding:
    """Find the largest learning rate at which descent on one weight stays bounded in the mean square, by batch size.

    Least squares with one weight, examples x = first column of X: a batch multiplies the distance to the optimum by
    1 - rate s_B with s_B = 2 mean(x^2) over the batch, so that the mean square falls while

        rate < 2 E[s_B] / E[s_B^2],  E over all batches of that size.

    The slide holds if every larger batch allows a larger rate.

    Args:
        batch_sizes: increasing.

    Lecture: Cavallaro, mini-batches while training.
    """
    rates, steps = [], []
    for size in batch_sizes:
        rows = np.array(list(combinations(X[:, 0], size)))
        slopes = 2 * (rows**2).mean(axis=1)
        rates.append(float(2 * slopes.mean() / (slopes**2).mean()))
        steps.append(f"B = {size}: rate below 2 x {slopes.mean():.6g} / {(slopes**2).mean():.6g} = {rates[-1]:.6g}")
    return Finding({"largest rate": rates}, tuple(steps), bool((np.diff(rates) > 0).all()))


def updates_per_epoch(samples: int, batch_sizes: dict[str, int]) -> Finding:
    """Cut an epoch into batches and tell the three procedures apart by how much an update sees.

    Batch descent sees all examples in an update, stochastic descent one, mini-batch descent more than one in each
    but the last update, and never all. It holds if each printed batch size does what its name says.

    Args:
        samples: size of the training set.
        batch_sizes: names batch, stochastic, mini-batch -> examples an update.

    Lecture: Cavallaro, mini-batches while training.
    """
    sees = {
        "batch": lambda sizes: sizes == [samples],
        "stochastic": lambda sizes: set(sizes) == {1} and len(sizes) == samples,
        "mini-batch": lambda sizes: len(sizes) > 1 and sizes[0] > 1,
    }
    updates, steps, holds = {}, [], True
    for name, size in batch_sizes.items():
        sizes = [min(size, samples - start) for start in range(0, samples, size)]
        updates[name] = len(sizes)
        holds &= sees[name](sizes)
        steps.append(f"{name}: {samples} / {size}, rounded up = {len(sizes)} updates; the last sees {sizes[-1]}")
    return Finding(updates, tuple(steps), holds)


def _gradients(w: np.ndarray) -> np.ndarray:
    """dL_k/dW of each example: (p - y) x, shape (8, 2)."""
    return (sigmoid(X @ w) - Y)[:, None] * X


def _loss(w: np.ndarray, rows: np.ndarray | None = None) -> float:
    z, y = X @ w, Y
    each = np.logaddexp(0, z) - y * z
    return float((each if rows is None else each[rows]).mean())


def _numeric_gradient(rows: np.ndarray) -> np.ndarray:
    steps = 1e-5 * np.eye(2)
    return np.array([(_loss(W + step, rows) - _loss(W - step, rows)) / 2e-5 for step in steps])


def _batch_gradients(size: int, shuffled: bool = True) -> np.ndarray:
    """Mean gradients of all batches of a size, shape (batches, 2)."""
    each = _gradients(W)
    rows = combinations(range(len(X)), size) if shuffled else _segments(size)
    return np.array([each[list(batch)].mean(axis=0) for batch in rows])


def _segments(size: int) -> list[range]:
    return [range(start, start + size) for start in range(0, len(X), size)]


def _shown(vector: np.ndarray) -> str:
    return f"({', '.join(f'{value:.6g}' for value in vector)})"
