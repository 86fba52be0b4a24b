"""The softmax function: the slides' formula, its tables, its order, and when it saturates.

Lecture: Mollineda, activation function, softmax (normalized exponential function).
"""

from collections.abc import Sequence

import numpy as np

from experiments.worked import _formulas
from experiments.worked._writing import number, numbers
from experiments.worked.finding import Finding

TOLERANCE = 1e-9


def table(z: Sequence[float]) -> Finding:
    """Every cell of the slide's table: e^z_i, their sum, s(z)_i = e^z_i / sum, and the sum of those.

    Args:
        z: the activations.
    """
    activations = np.asarray(z, float)
    exponentials = np.exp(activations)
    total = float(exponentials.sum())
    s = exponentials / total
    steps = (
        *(f"e^{number(value)} = {number(e)}" for value, e in zip(activations, exponentials, strict=True)),
        f"sum of the exponentials: {number(total)}",
        *(f"{number(e)} / {number(total)} = {number(p)}" for e, p in zip(exponentials, s, strict=True)),
        f"sum of the softmax: {number(s.sum())}",
    )
    values = {
        "exponentials": exponentials.tolist(),
        "sum of exponentials": total,
        "softmax": s.tolist(),
        "sum of softmax": float(s.sum()),
    }
    return Finding(values, steps)


def formula(exponent_sign: int = 1, vectors: int = 200) -> Finding:
    """Compare s_i = e^z_i / sum e^z_k with Keras's softmax; s must lie in [0, 1]^K and add up to 1.

    Args:
        exponent_sign: of z in the printed exponents.
        vectors: how many random vectors, of 2 to 10 entries.
    """
    from experiments.backend import keras

    rng = np.random.default_rng(0)
    largest, off_one, inside = 0.0, 0.0, True
    for k in range(vectors):
        z = rng.normal(scale=3.0, size=2 + k % 9)
        e = np.exp(exponent_sign * z)
        s = e / e.sum()
        truth = keras.ops.convert_to_numpy(keras.activations.softmax(keras.ops.convert_to_tensor(z[None, :])))[0]
        largest = max(largest, float(np.max(np.abs(s - truth))))
        off_one = max(off_one, abs(float(s.sum()) - 1.0))
        inside = inside and bool(((s >= 0) & (s <= 1)).all())
    steps = (
        f"last vector z = {numbers(z)}",
        f"formula {numbers(s)}, Keras {numbers(truth)}",
        f"largest difference over {vectors} vectors: {number(largest)}",
        f"farthest of a sum from 1: {number(off_one)}; all entries in [0, 1]: {'yes' if inside else 'no'}",
    )
    holds = largest < TOLERANCE and off_one < TOLERANCE and inside
    return Finding({"largest difference": largest, "farthest sum from 1": off_one}, steps, holds)


def keeps_order(z: Sequence[float], vectors: int = 1000) -> Finding:
    """Whether z_i < z_j gives s_i < s_j, for all pairs of the slide's vector and of random ones.

    Args:
        z: the slide's vector.
        vectors: how many random vectors of 5 entries. Entries far below the largest would round to equal zeros,
            so they are drawn with a spread of 3.
    """
    random = np.random.default_rng(0).normal(scale=3.0, size=(vectors, len(z)))
    every = np.vstack([np.asarray(z, float)[None, :], random])
    s = _formulas.softmax(every)
    below = every[:, :, None] < every[:, None, :]
    kept = s[:, :, None] < s[:, None, :]
    broken = int((below & ~kept).sum())
    steps = (
        f"z = {numbers(z)}, s = {numbers(s[0])}",
        f"pairs with z_i < z_j: {int(below.sum())}; of these s_i >= s_j in {broken}",
    )
    return Finding({"pairs out of order": broken}, steps, broken == 0)


def saturates(vectors: Sequence[Sequence[float]], far: float, threshold: float = 0.99) -> Finding:
    """Whether one output takes all (at least `threshold`) wherever the smallest z is far below the largest.

    Args:
        vectors: vectors to try.
        far: how large a difference of largest and smallest counts as far.
        threshold: share of the largest output that counts as all.
    """
    steps, failures = [], 0
    gaps, shares = [], []
    for z in vectors:
        s = _formulas.softmax(np.asarray(z, float))
        ordered = np.sort(np.asarray(z, float))
        spread, gap = float(ordered[-1] - ordered[0]), float(ordered[-1] - ordered[-2])
        gaps.append(gap)
        shares.append(float(s.max()))
        failures += int(spread >= far and s.max() < threshold)
        differences = f"largest - smallest = {number(spread)}, largest - second = {number(gap)}"
        steps.append(f"z = {numbers(z)}: {differences}, s = {numbers(s)}")
    steps.append(f"vectors whose largest and smallest are {number(far)} apart without saturation: {failures}")
    return Finding({"largest outputs": shares, "gaps to the second": gaps}, tuple(steps), bool(failures == 0))


def reinforces_largest(z: Sequence[float]) -> Finding:
    """Whether softmax gives the largest entry a larger lead over the second than the entries themselves have.

        s_1 / s_2 = e^(z_1 - z_2), against z_1 / z_2

    Args:
        z: a vector whose two largest entries are positive.
    """
    ordered = np.sort(np.asarray(z, float))[::-1]
    s = np.sort(_formulas.softmax(ordered))[::-1]
    raw, lead = float(ordered[0] / ordered[1]), float(s[0] / s[1])
    steps = (
        f"largest two: {number(ordered[0])} / {number(ordered[1])} = {number(raw)}",
        f"after softmax: {number(s[0])} / {number(s[1])} = {number(lead)} = e^{number(ordered[0] - ordered[1])}",
    )
    return Finding({"ratio before": raw, "ratio after": lead}, steps, bool(lead > raw))
