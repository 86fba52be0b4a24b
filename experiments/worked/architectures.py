"""What a network's architecture alone decides: its state, its boundary, its weights (Cavallaro)."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from experiments.worked import _formulas
from experiments.worked._writing import number, numbers
from experiments.worked.finding import Finding


def state(keeps_state: bool = True) -> Finding:
    """Show the same input twice to Keras's Dense and to its SimpleRNN, and see whether the output stays.

    It holds if the feed-forward layer answers the same and the recurrent one, which begins the second time where the
    first has left it, does not.

    Args:
        keeps_state: whether the recurrent layer keeps its state between the two.

    Lecture: Cavallaro, artificial neural networks, main architectures.
    """
    from experiments.backend import keras

    keras.utils.set_random_seed(1)
    feedforward = keras.layers.Dense(2, "tanh")
    recurrent = keras.layers.SimpleRNN(2, stateful=keeps_state)
    row = np.array([[0.5, -1.0, 2.0]], np.float32)
    still = [keras.ops.convert_to_numpy(feedforward(row)) for _ in range(2)]
    moving = [keras.ops.convert_to_numpy(recurrent(row[:, None, :])) for _ in range(2)]
    same, differs = bool((still[0] == still[1]).all()), bool(np.abs(moving[0] - moving[1]).max() > 1e-6)
    return Finding(
        values={"feed-forward repeats its output": same, "recurrent repeats its output": not differs},
        steps=(
            f"feed-forward: {numbers(still[0])}, then {numbers(still[1])}",
            f"recurrent: {numbers(moving[0])}, then {numbers(moving[1])}",
        ),
        holds=same and differs,
    )


def boundary(hidden: int, networks: int = 20) -> Finding:
    """Trace where networks with drawn weights change their decision, and test whether those points lie on a line.

    Each network maps the plane to one sigmoid output; along 41 horizontal lines the places where the output passes
    0.5 are found by bisection, and a line is fitted through them. It holds if no point of any network lies further
    than 1e-6 from its line.

    Args:
        hidden: tanh units in the hidden layer; 0 for a network of two layers, input and output.
        networks: how many are drawn.

    Lecture: Cavallaro, multilayer perceptron, decision boundaries.
    """
    rng = np.random.default_rng(1)
    farthest, traced = 0.0, 0
    for _ in range(networks):
        points = _crossings(rng, hidden)
        if len(points) < 3:
            continue
        centred = points - points.mean(axis=0)
        normal = np.linalg.svd(centred, full_matrices=False)[2][-1]
        farthest = max(farthest, float(np.abs(centred @ normal).max()))
        traced += 1
    return Finding(
        values={"networks": traced, "largest distance from a line": farthest},
        steps=(
            f"{traced} networks with {hidden or 'no'} hidden units, weights drawn at random",
            f"the point of a boundary that is farthest from the straight line through it: {number(farthest)}",
        ),
        holds=traced > 0 and farthest < 1e-6,
    )


def linear_stack(units: Sequence[int], activation: str = "linear") -> Finding:
    """Compare a stack of Keras's Dense layers with the one affine map that its weights multiply out to.

        W = W_1 W_2 ... W_n,   b = (...(b_1 W_2 + b_2) W_3 + ...) + b_n

    It holds if the outputs agree to 1e-5 for 200 drawn inputs.

    Args:
        units: sizes of the layers, inputs first.
        activation: of all layers.

    Lecture: Cavallaro, activation functions.
    """
    from experiments.backend import keras

    keras.utils.set_random_seed(2)
    model = keras.Sequential(
        [
            keras.Input((units[0],)),
            *(keras.layers.Dense(n, activation, bias_initializer="random_normal") for n in units[1:]),
        ]
    )
    W, b = np.eye(units[0]), np.zeros(units[0])
    for layer in model.layers:
        kernel, bias = layer.get_weights()
        W, b = W @ kernel, b @ kernel + bias
    x = np.random.default_rng(2).normal(size=(200, units[0]))
    stacked = np.asarray(model(x.astype(np.float32)), np.float64)
    apart = float(np.abs(stacked - (x @ W + b)).max())
    return Finding(
        values={"largest difference": apart},
        steps=(
            f"{' - '.join(map(str, units))}, {activation}: its weights multiply out to W = {numbers(W)}, "
            f"b = {numbers(b)}",
            f"largest difference between stack and W x + b for 200 inputs: {apart:.1g}",
        ),
        holds=apart < 1e-5,
    )


def parameters(units: Sequence[int]) -> Finding:
    """Count what a fully connected network has to learn, by formula and by Keras.

        weights: sum n_(l-1) n_l;   biases: sum n_l

    Args:
        units: sizes of the layers, inputs first.

    Lecture: Cavallaro, MLP, training.
    """
    from experiments.backend import keras

    model = keras.Sequential([keras.Input((units[0],)), *(keras.layers.Dense(n) for n in units[1:])])
    pairs = list(pairwise(units))
    weights, biases = sum(m * n for m, n in pairs), sum(units[1:])
    return Finding(
        values={"weights": weights, "biases": biases, "weights and biases": model.count_params()},
        steps=(
            f"weights: {' + '.join(f'{m} x {n}' for m, n in pairs)} = {weights}",
            f"biases: {' + '.join(map(str, units[1:]))} = {biases}",
            f"together {weights + biases}; Keras counts {model.count_params()}",
        ),
    )


def simple_units(units: Sequence[int], activation: str, computed: str = "weighted sum, then activation") -> Finding:
    """Rebuild a Keras network unit by unit, each a weighted sum and a transfer function, and compare the outputs.

    Args:
        units: sizes of the layers, inputs first.
        activation: a name in Keras and in this project's formulas, such as relu or tanh.
        computed: what a unit does: "weighted sum, then activation" as on the slide, or "weighted sum" alone.

    Lecture: Cavallaro, deep learning.
    """
    from experiments.backend import keras

    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.Input((units[0],)), *(keras.layers.Dense(n, activation) for n in units[1:])])
    transfer = _formulas.ACTIVATIONS[activation] if "activation" in computed else _formulas.linear
    x = np.linspace(-1, 1, units[0])
    values = [float(v) for v in x]
    weights = 0
    for layer in model.layers:
        kernel, bias = (np.asarray(w, np.float64) for w in layer.get_weights())
        weights += kernel.size + bias.size
        sums = [bias[j] + sum(v * kernel[i, j] for i, v in enumerate(values)) for j in range(len(bias))]
        values = transfer(np.array(sums)).tolist()
    output = np.asarray(model(x[None].astype(np.float32)), np.float64)[0]
    return Finding(
        values={"adjustable weights": weights, "largest difference": float(np.abs(output - values).max())},
        steps=(
            f"{sum(units[1:])} units of the one kind, {computed}, with {weights} adjustable weights: {numbers(values)}",
            f"Keras: {numbers(output)}",
        ),
        holds=bool(np.abs(output - values).max() < 1e-6),
    )


def _crossings(rng: np.random.Generator, hidden: int) -> np.ndarray:
    """Points in [-3, 3] x [-3, 3] where a drawn network's output passes 0.5, shape (points, 2)."""
    inner, inner_bias = rng.normal(size=(2, hidden)), rng.normal(size=hidden)
    outer, outer_bias = rng.normal(size=hidden or 2), rng.normal()

    def above(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        plane = np.stack([x, y], axis=-1)
        z = (np.tanh(plane @ inner + inner_bias) if hidden else plane) @ outer + outer_bias
        return _formulas.sigmoid(z) >= 0.5

    x, y = np.meshgrid(np.linspace(-3, 3, 121), np.linspace(-3, 3, 41))
    decided = above(x, y)
    rows, columns = np.nonzero(decided[:, :-1] != decided[:, 1:])
    left, right, height = x[rows, columns], x[rows, columns + 1], y[rows, columns]
    on_left = decided[rows, columns]
    for _ in range(45):
        middle = (left + right) / 2
        same = above(middle, height) == on_left
        left, right = np.where(same, middle, left), np.where(same, right, middle)
    return np.column_stack([left, height])
