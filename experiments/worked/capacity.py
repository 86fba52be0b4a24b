"""Enough hidden units learn any labels by heart.

Lecture: Mollineda, backpropagation, learning goal.
"""

import numpy as np

from experiments.worked._writing import number
from experiments.worked.finding import Finding


def learns_by_heart(points: int, hidden: int) -> Finding:
    """Whether a network with one hidden layer can label random points without error, though the labels are noise.

    The hidden weights are drawn at random, tanh units; the output weights solve the least squares problem on labels
    -1 and +1, which has residual 0 where there are as many units as points. New points get labels by chance, too, so
    nothing can be learned about them.

    Args:
        points: training points in the plane.
        hidden: units of the hidden layer.
    """
    rng = np.random.default_rng(0)
    x, labels = rng.uniform(-1.0, 1.0, (points, 2)), rng.choice([-1.0, 1.0], points)
    new_x, new_labels = rng.uniform(-1.0, 1.0, (1000, 2)), rng.choice([-1.0, 1.0], 1000)
    w, b = rng.normal(scale=20.0, size=(2, hidden)), rng.uniform(-20.0, 20.0, hidden)
    output, *_ = np.linalg.lstsq(np.tanh(x @ w + b), labels, rcond=None)
    errors = int((np.sign(np.tanh(x @ w + b) @ output) != labels).sum())
    right = float((np.sign(np.tanh(new_x @ w + b) @ output) == new_labels).mean())
    steps = (
        f"{points} points with labels by chance, {hidden} hidden units, {4 * hidden} parameters",
        f"training errors: {errors}",
        f"right on 1,000 new points: {number(right)}, no better than a coin",
    )
    return Finding({"training errors": errors, "accuracy on new points": right}, steps, errors == 0)
