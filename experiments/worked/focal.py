"""Focal cross-entropy: the printed formula against Keras and this project's loss, and what its factor does.

Formula: E = -alpha_c (1 - p_c)^gamma log p_c. Lecture: Mollineda, focal cross entropy.
"""

from collections.abc import Sequence

import numpy as np

from experiments.worked._writing import number, numbers
from experiments.worked.finding import Finding


def formula(
    gammas: Sequence[float],
    probabilities: Sequence[float],
    alpha: Sequence[float] | None = None,
    of_rest: bool = True,
) -> Finding:
    """Compare the printed formula with Keras's categorical focal cross-entropy and with this project's.

    Args:
        gammas: exponents to try.
        probabilities: values of p_c; the rest is spread evenly over two other classes.
        alpha: weights of the three classes, class 0 being the true one; none for the unweighted formula.
        of_rest: whether the printed factor is (1 - p_c)^gamma, rather than p_c^gamma.
    """
    from experiments.backend import keras
    from losses import focal_crossentropy

    convert = keras.ops.convert_to_tensor
    p = np.array([[q, (1 - q) / 2, (1 - q) / 2] for q in probabilities], float)
    y = np.tile([1.0, 0.0, 0.0], (len(p), 1))
    weights = [1.0, 1.0, 1.0] if alpha is None else list(alpha)
    largest, losses, steps = 0.0, [], []
    for gamma in gammas:
        factor = ((1 - p[:, 0]) if of_rest else p[:, 0]) ** gamma
        loss = -weights[0] * factor * np.log(p[:, 0])
        library = keras.losses.categorical_focal_crossentropy(
            convert(y), convert(p), alpha=convert(np.array(weights)), gamma=float(gamma)
        )
        theirs = keras.ops.convert_to_numpy(library)
        ours = keras.ops.convert_to_numpy(focal_crossentropy(y, p, alpha=weights, gamma=float(gamma)))
        largest = max(largest, float(np.max(np.abs(loss - theirs))), float(np.max(np.abs(loss - ours))))
        losses.append(loss.tolist())
        steps.append(f"gamma = {number(gamma)}, p_c = {numbers(p[:, 0])}: E = {numbers(loss)}, Keras {numbers(theirs)}")
    steps.append(f"largest difference to Keras and to FocalCrossentropy: {number(largest)}")
    return Finding({"losses": losses, "largest difference": largest}, tuple(steps), largest < 1e-7)


def factor(gammas: Sequence[float], hard: Sequence[float], easy: Sequence[float], close: float = 0.5) -> Finding:
    """Whether (1 - p_c)^gamma is close to 1 for hard examples and close to 0 for easy ones.

    Args:
        gammas: exponents to try.
        hard: p_c of misclassified examples.
        easy: p_c of well classified ones.
        close: how near to 1, or to 0, counts as close; one half is the most generous, nearer to one than to the other.
    """
    hard_factors = [[(1 - p) ** gamma for p in hard] for gamma in gammas]
    easy_factors = [[(1 - p) ** gamma for p in easy] for gamma in gammas]
    steps = tuple(
        f"gamma = {number(gamma)}: factor {numbers(h)} at p_c = {numbers(hard)}, {numbers(e)} at {numbers(easy)}"
        for gamma, h, e in zip(gammas, hard_factors, easy_factors, strict=True)
    )
    kept = all(factor > 1 - close for row in hard_factors for factor in row)
    cut = all(factor < close for row in easy_factors for factor in row)
    return Finding({"hard": hard_factors, "easy": easy_factors}, steps, kept and cut)


def reduces_to_cross_entropy(gamma: float) -> Finding:
    """Whether the focal loss with this gamma is the cross-entropy, exactly.

    Args:
        gamma: 0 on the slide.
    """
    p = np.linspace(0.01, 1.0, 100)
    plain, focal = -np.log(p), -((1 - p) ** gamma) * np.log(p)
    largest = float(np.max(np.abs(focal - plain)))
    at = 24
    steps = (
        f"p_c = {number(p[at])}: (1 - {number(p[at])})^{number(gamma)} = {number((1 - p[at]) ** gamma)}",
        f"focal loss {number(focal[at])}, cross-entropy {number(plain[at])}",
        f"largest difference on [0.01, 1]: {number(largest)}",
    )
    return Finding({"largest difference": largest}, steps, largest == 0.0)


def focus(gammas: Sequence[float], hard: float, easy: float) -> Finding:
    """Whether the loss of a hard example outweighs that of an easy one more and more as gamma grows.

    Args:
        gammas: exponents in ascending order.
        hard: p_c of the hard example.
        easy: p_c of the easy one.
    """
    ratios = [((1 - hard) ** g * np.log(hard)) / ((1 - easy) ** g * np.log(easy)) for g in gammas]
    steps = tuple(
        f"gamma = {number(g)}: loss at p_c = {number(hard)} is {number(ratio)} times that at {number(easy)}"
        for g, ratio in zip(gammas, ratios, strict=True)
    )
    growing = bool((np.diff(ratios) > 0).all())
    return Finding({"ratios": [float(ratio) for ratio in ratios]}, steps, growing)
