"""Gradient descent on one weight, y = x w and L = (y - d)^2, in exact fractions (Cavallaro, backpropagation example).

Numbers come as texts, so that 0.1 is one tenth; the results are exact and turned into floats at the very end.
"""

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from experiments.worked._formulas import sigmoid
from experiments.worked.finding import Finding


def example(slope: str, intercept: str) -> Finding:
    """Recover the training example from the gradient that the slide derives for it, dL/dw = slope * w + intercept.

        d/dw (x w - d)^2 = 2 x^2 w - 2 x d, so x = sqrt(slope / 2) and d = -intercept / (2 x)

    It holds if the loss falls to 0 where that gradient is 0.

    Args:
        slope: printed factor of w.
        intercept: printed constant.

    Lecture: Cavallaro, backpropagation algorithm, example.
    """
    x = float(np.sqrt(float(Fraction(slope) / 2)))
    d = -float(Fraction(intercept)) / (2 * x)
    w = float(-Fraction(intercept) / Fraction(slope))
    loss = (x * w - d) ** 2
    return Finding(
        values={"input": x, "target": d, "best weight": w, "loss at the best weight": loss},
        steps=(
            f"2 x^2 = {slope}, so x = {x:.6g}",
            f"2 x d = {float(-Fraction(intercept)):.6g}, so d = {d:.6g}",
            f"gradient 0 at w = {w:.6g}: y = {x:.6g} x {w:.6g} = {x * w:.6g}, L = {loss:.3g}",
        ),
        holds=loss < 1e-20,
    )


def gradients(x: str, d: str) -> Finding:
    """Differentiate the loss by central differences, which are exact for a parabola in fractions.

        dL/dy of (y - d)^2,  dy/dw of x w,  dL/dw of (x w - d)^2: each as slope and intercept

    It holds if dL/dw is the product of the other two.

    Args:
        x: the input.
        d: the desired output.

    Lecture: Cavallaro, backpropagation algorithm, example.
    """
    x_, d_ = Fraction(x), Fraction(d)
    by_y = _line(lambda y: (y - d_) ** 2)
    by_w = _line(lambda w: (x_ * w - d_) ** 2)
    inner = _line(lambda w: x_ * w)
    return Finding(
        values={
            "dL/dy": [float(c) for c in by_y],
            "dL/dy in w": [float(by_y[0] * x_), float(by_y[1])],
            "dy/dw": float(inner[1]),
            "dL/dw": [float(c) for c in by_w],
        },
        steps=(
            f"dL/dy = {float(by_y[0]):.6g} y {_added(by_y[1])}",
            f"dy/dw = {float(inner[1]):.6g}",
            f"dL/dw = {float(inner[1]):.6g} ({float(by_y[0]):.6g} x {x} w {_added(by_y[1])}) "
            f"= {float(by_w[0]):.6g} w {_added(by_w[1])}",
        ),
        holds=inner[0] == 0 and by_w == (inner[1] * by_y[0] * x_, inner[1] * by_y[1]),
    )


def update_rule(x: str, d: str, rate: str, factor: str, constant: str) -> Finding:
    """Compare a printed update w - rate (factor w - constant) with gradient descent on (x w - d)^2.

        w - rate * dL/dw = (1 - 2 rate x^2) w + 2 rate x d

    Args:
        x: the input.
        d: the desired output.
        rate: printed learning rate.
        factor: printed factor of w.
        constant: printed constant.

    Lecture: Cavallaro, backpropagation algorithm (update of the weight).
    """
    x_, d_, rate_ = Fraction(x), Fraction(d), Fraction(rate)
    slope, intercept = _line(lambda w: (x_ * w - d_) ** 2)
    kept, added = 1 - rate_ * slope, -rate_ * intercept
    printed = (1 - rate_ * Fraction(factor), rate_ * Fraction(constant))
    return Finding(
        values={"factor": float(slope), "constant": float(-intercept), "kept": float(kept), "added": float(added)},
        steps=(
            f"dL/dw = {float(slope):.6g} w {_added(intercept)}",
            f"w - {rate} ({float(slope):.6g} w {_added(intercept)}) = {float(kept):.6g} w {_added(added)}",
            f"as printed: {float(printed[0]):.6g} w {_added(printed[1])}",
        ),
        holds=printed == (kept, added),
    )


def table_row(before: str, x: str = "1.5", d: str = "0.5", rate: str = "0.1") -> Finding:
    """Take one exact step of gradient descent on (x w - d)^2.

        after = before - rate * 2 x (x * before - d)

    Args:
        before: the weight in the left column.
        x: the input.
        d: the desired output.
        rate: learning rate.

    Lecture: Cavallaro, backpropagation algorithm (table).
    """
    w = Fraction(before)
    gradient = 2 * Fraction(x) * (Fraction(x) * w - Fraction(d))
    after = w - Fraction(rate) * gradient
    return Finding(
        values={"after": float(after), "gradient": float(gradient)},
        steps=(
            f"dL/dw = 2 x {x} x ({x} x {before} - {d}) = {float(gradient):.10g}",
            f"{before} - {rate} x {float(gradient):.10g} = {float(after):.10g}",
        ),
    )


def limit(start: str, x: str = "1.5", d: str = "0.5", rate: str = "0.1", updates: int = 200) -> Finding:
    """Repeat the step and see where it leads. It holds if the last ten weights agree to 1e-12.

    Each step multiplies the distance to the limit by 1 - 2 rate x^2; it converges only if that is between -1 and 1.

    Args:
        start: the first weight.
        x: the input.
        d: the desired output.
        rate: learning rate.
        updates: number of steps.

    Lecture: Cavallaro, backpropagation algorithm (last line of the table).
    """
    x_, d_, rate_ = float(x), float(d), float(rate)
    weights = [float(start)]
    for _ in range(updates):
        weights.append(weights[-1] - rate_ * 2 * x_ * (x_ * weights[-1] - d_))
    settled = max(weights[-10:]) - min(weights[-10:]) < 1e-12
    shown = f"{weights[-1]:.6f}"
    first = next(i for i, w in enumerate(weights) if f"{w:.6f}" == shown)
    return Finding(
        values={"limit": weights[-1], "updates": first, "output": x_ * weights[-1]},
        steps=(
            f"each step multiplies the distance to the limit by 1 - 2 x {rate} x {x}^2 = {1 - 2 * rate_ * x_**2:.6g}",
            f"after {updates} steps w = {weights[-1]:.10g}, y = {x_ * weights[-1]:.6g}"
            if settled
            else f"after {updates} steps w = {weights[-1]:.6g}: it does not settle",
            f"w rounds to {shown} from step {first} on" if settled else f"limit if there were one: {d_ / x_:.6g}",
        ),
        holds=settled,
    )


def descent_step(rate: float, sign: int = -1, sigma: float = 0.05) -> Finding:
    """Compare one step of the printed algorithm with one step of Keras's SGD on a small network.

        1. W drawn from N(0, sigma^2);  4. W <- W + sign * rate * dL/dW

    The gradient is worked out by hand, for a sigmoid layer under squared error; Keras trains on the same batch.
    It holds if the weights agree to 1e-6 and 100,000 drawn weights have mean 0 and standard deviation sigma,
    each within 2 %.

    Args:
        rate: learning rate eta.
        sign: -1 where the slide subtracts the gradient, 1 where it adds it.
        sigma: standard deviation of the first weights.

    Lecture: Cavallaro, backpropagation algorithm (five steps).
    """
    from experiments.backend import keras

    drawn = np.asarray(keras.initializers.RandomNormal(stddev=sigma, seed=1)((100_000,)))
    layer = keras.layers.Dense(2, "sigmoid", kernel_initializer=keras.initializers.RandomNormal(stddev=sigma, seed=2))
    model = keras.Sequential([keras.Input((3,)), layer])
    model.compile(keras.optimizers.SGD(rate), "mean_squared_error", run_eagerly=True, jit_compile=False)
    x = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]], np.float32)
    d = np.array([[1.0, 0.0], [0.0, 1.0]], np.float32)
    before, bias = (np.asarray(w, np.float64) for w in layer.get_weights())
    y = sigmoid(x @ before + bias)
    gradient = x.T @ (2 * (y - d) / d.size * y * (1 - y))
    printed = before + sign * rate * gradient
    model.train_on_batch(x, d)
    apart = float(np.abs(layer.get_weights()[0] - printed).max())
    return Finding(
        values={"mean": float(drawn.mean()), "standard deviation": float(drawn.std()), "difference": apart},
        steps=(
            f"100,000 weights drawn: mean {drawn.mean():.2g}, standard deviation {drawn.std():.3g}",
            f"one weight: {before[0, 0]:.6g} {'+' if sign > 0 else '-'} {rate:g} x ({gradient[0, 0]:.6g}) "
            f"= {printed[0, 0]:.6g}",
            f"Keras's SGD: {layer.get_weights()[0][0, 0]:.6g}",
        ),
        holds=bool(apart < 1e-6 and abs(drawn.mean()) < 0.02 * sigma and abs(drawn.std() - sigma) < 0.02 * sigma),
    )


def _added(value: Fraction) -> str:
    return f"{'-' if value < 0 else '+'} {abs(float(value)):.6g}"


def _line(function: Callable[[Fraction], Fraction]) -> tuple[Fraction, Fraction]:
    """Slope and intercept of a parabola's or line's derivative, from exact central differences."""

    def derivative(at: int) -> Fraction:
        return (function(Fraction(at) + 1) - function(Fraction(at) - 1)) / 2

    return derivative(1) - derivative(0), derivative(0)
