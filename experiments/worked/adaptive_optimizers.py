"""The four optimizers of the slide: each paper's update, step by step, against Keras on a parabola.

All of them minimise f(t) = t^2 from t = 1 with the gradient 2t.
Lecture: Piñar, "Optimizations algorithms".
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from experiments.worked.finding import Finding


def adadelta(learning_rate: float, rho: float = 0.95, epsilon: float = 1e-6, steps: int = 20) -> Finding:
    """Adadelta as published against Keras.

    Formula: G = rho G + (1 - rho) g^2; d = -sqrt(D + eps)/sqrt(G + eps) g; D = rho D + (1 - rho) d^2; t = t + alpha d.

    Args:
        learning_rate: alpha; the paper has none, that is 1.
        rho: decay of both averages.
        epsilon: eps.
        steps: how many updates.

    Source: Zeiler 2012 (arXiv 1212.5701), algorithm 1. Piñar, "Optimizations algorithms".
    """

    def paper() -> Iterator[float]:
        t, squares, moves = 1.0, 0.0, 0.0
        while True:
            gradient = 2 * t
            squares = rho * squares + (1 - rho) * gradient**2
            move = -np.sqrt(moves + epsilon) / np.sqrt(squares + epsilon) * gradient
            moves = rho * moves + (1 - rho) * move**2
            t += learning_rate * move
            yield t

    return _compared("Adadelta", paper(), steps, {"learning_rate": learning_rate, "rho": rho, "epsilon": epsilon})


def adagrad(learning_rate: float, start: float = 0.0, keras_start: float | None = None, steps: int = 20) -> Finding:
    """AdaGrad as published, in its diagonal form, against Keras.

    Formula: G = G + g^2; t = t - alpha g / sqrt(G + eps), eps = 1e-7.

    Args:
        learning_rate: alpha.
        start: G before the first update; the paper's is 0, Keras's default 0.1.
        keras_start: the same for Keras, if it shall differ.
        steps: how many updates.

    Source: Duchi, Hazan and Singer 2011 (JMLR 12), figure 1. Piñar, "Optimizations algorithms".
    """
    epsilon = 1e-7

    def paper() -> Iterator[float]:
        t, squares = 1.0, start
        while True:
            gradient = 2 * t
            squares += gradient**2
            t -= learning_rate * gradient / np.sqrt(squares + epsilon)
            yield t

    settings = {
        "learning_rate": learning_rate,
        "initial_accumulator_value": start if keras_start is None else keras_start,
        "epsilon": epsilon,
    }
    return _compared("Adagrad", paper(), steps, settings)


def adam(learning_rate: float, beta_1: float = 0.9, beta_2: float = 0.999, steps: int = 20) -> Finding:
    """Adam as published against Keras.

    Formula: m = beta_1 m + (1 - beta_1) g; v = beta_2 v + (1 - beta_2) g^2; both divided by 1 - beta^k at step k;
    t = t - alpha m / (sqrt(v) + eps), eps = 1e-8.

    Args:
        learning_rate: alpha.
        beta_1: decay of the gradient's average.
        beta_2: decay of its square's.
        steps: how many updates.

    Source: Kingma and Ba 2014 (arXiv 1412.6980), algorithm 1. Piñar, "Optimizations algorithms".
    """
    epsilon = 1e-8

    def paper() -> Iterator[float]:
        t, mean, square, k = 1.0, 0.0, 0.0, 0
        while True:
            k += 1
            gradient = 2 * t
            mean = beta_1 * mean + (1 - beta_1) * gradient
            square = beta_2 * square + (1 - beta_2) * gradient**2
            t -= learning_rate * mean / (1 - beta_1**k) / (np.sqrt(square / (1 - beta_2**k)) + epsilon)
            yield t

    settings = {"learning_rate": learning_rate, "beta_1": beta_1, "beta_2": beta_2, "epsilon": epsilon}
    return _compared("Adam", paper(), steps, settings)


def stochastic_gradient_descent(learning_rate: float, steps: int = 20, biased: bool = False) -> Finding:
    """Plain gradient descent against Keras, and the stochastic gradient's mean against the full gradient.

    Formula: t = t - alpha g. The gradient of a randomly drawn example is the full one on average: tried with
    E = mean of (w x_i - y_i)^2 over 50 random points, all single examples averaged.

    Args:
        learning_rate: alpha.
        steps: how many updates.
        biased: draw only examples of positive x, which stochastic descent must not do.

    Source: Robbins and Monro 1951. Piñar, "Optimizations algorithms".
    """

    def paper() -> Iterator[float]:
        t = 1.0
        while True:
            t -= learning_rate * 2 * t
            yield t

    found = _compared("SGD", paper(), steps, {"learning_rate": learning_rate})
    rng = np.random.default_rng(4)
    x, y, w = rng.normal(size=50), rng.normal(size=50), 0.5
    full = float(2 * (w * x - y) @ x / len(x))
    single = 2 * (w * x - y) * x
    mean = float((single[x > 0] if biased else single).mean())
    line = (
        f"gradients of single examples: from {single.min():.6g} to {single.max():.6g}, mean {mean:.6g}; full {full:.6g}"
    )
    unbiased = bool(np.isclose(mean, full, rtol=0, atol=1e-12))
    return Finding(found.values, (*found.steps, line), bool(found.holds) and unbiased)


def known_name(name: str) -> Finding:
    """Whether an optimizer is known by the name that a slide gives it: Keras's own names are searched.

    Args:
        name: the printed name; spaces and capitals do not matter.

    Source: Piñar, "Optimizations algorithms".
    """
    from experiments.backend import keras

    classes = [
        entry
        for entry in vars(keras.optimizers).values()
        if isinstance(entry, type) and issubclass(entry, keras.optimizers.Optimizer)
    ]
    known = sorted({entry.__name__ for entry in classes} - {"Optimizer"})
    asked = name.replace(" ", "").lower()
    steps = (
        f"Keras knows {', '.join(known)}",
        f"{name}: {'among' if asked in map(str.lower, known) else 'not among'} them",
    )
    return Finding({}, steps, asked in map(str.lower, known))


def _compared(keras_name: str, paper: Iterator[float], steps: int, settings: dict[str, Any]) -> Finding:
    from experiments.backend import keras

    build = getattr(keras.optimizers, keras_name)
    optimizer = build(**settings)
    variable = keras.Variable(1.0)
    optimizer.build([variable])
    ours, theirs = [], []
    for _ in range(steps):
        optimizer.apply([2 * variable.value], [variable])
        theirs.append(float(variable))
        ours.append(next(paper))
    default = float(f"{float(build().learning_rate):.6g}")  # float32 would show as 0.0010000000474974513
    worst = float(np.max(np.abs(np.subtract(ours, theirs))))
    lines = (
        f"t = 1, {', '.join(f'{key} {value:.6g}' for key, value in settings.items())}",
        *(f"step {k}: paper {ours[k - 1]:.6g}, Keras {theirs[k - 1]:.6g}" for k in (1, 2, steps)),
        f"largest difference over {steps} steps: {worst:.3g}",
        f"Keras's default learning rate: {default:.6g}",
    )
    values = {"t by the paper": ours[-1], "t by Keras": theirs[-1], "default rate of Keras": default}
    return Finding(values, lines, worst < 1e-5)
