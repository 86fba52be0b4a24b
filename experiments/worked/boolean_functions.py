"""OR, XOR and what lines can tell apart (Cavallaro, perceptron and multilayer perceptron slides)."""

from collections.abc import Callable
from itertools import product

import numpy as np

from experiments.worked._formulas import sigmoid
from experiments.worked.finding import Finding

CORNERS = [[0, 0], [1, 0], [0, 1], [1, 1]]
FUNCTIONS = {"or": lambda a, b: int(a or b), "xor": lambda a, b: int(a != b)}
ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "step": lambda z: np.heaviside(z, 1.0),
    "sigmoid": sigmoid,
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
    "bump": lambda z: np.exp(-(z**2)),
}


def truth_table(function: str, inputs: list[list[int]], separable: bool) -> Finding:
    """Compute a truth table, and by linear programming whether one line divides its ones from its zeros.

    Args:
        function: or, xor.
        inputs: the input pairs in the slide's order.
        separable: what the slide says of the line.

    Lecture: Cavallaro, perceptron, OR problem and XOR problem.
    """
    outputs = [FUNCTIONS[function](a, b) for a, b in inputs]
    line = _dividing_line(np.array(inputs, float), np.array(outputs))
    found = "no line divides ones from zeros (the linear program has no solution)"
    if line is not None:
        found = f"divided by {line[0]:.6g} + {line[1]:.6g} x1 + {line[2]:.6g} x2 = 0"
    steps = [f"{a} {function.upper()} {b} = {output}" for (a, b), output in zip(inputs, outputs, strict=True)]
    return Finding({"output": outputs}, (*steps, found), (line is not None) == separable)


def perceptron_rule(weights: list[float], at_or_above: int, below: int, function: str) -> Finding:
    """Apply a printed decision rule to g = w_0 + w_1 x_1 + w_2 x_2 and compare with a Boolean function.

    Args:
        weights: w_0, w_1, w_2.
        at_or_above: the output printed for g >= 0.
        below: the output printed for g < 0.
        function: or, xor: what the unit is for.

    Lecture: Cavallaro, perceptron, algorithm and OR problem.
    """
    sums = [weights[0] + weights[1] * a + weights[2] * b for a, b in CORNERS]
    outputs = [at_or_above if g >= 0 else below for g in sums]
    truth = [FUNCTIONS[function](a, b) for a, b in CORNERS]
    return Finding(
        values={"sums": sums, "outputs": outputs, function: truth},
        steps=tuple(
            f"g({a}, {b}) = {g:.6g}: output {output}, {function.upper()} is {wanted}"
            for (a, b), g, output, wanted in zip(CORNERS, sums, outputs, truth, strict=True)
        ),
        holds=outputs == truth,
    )


def or_inequalities(relation: str) -> Finding:
    """Test whether the slide's conclusions on the OR weights follow from their conditions, and only from them.

        w_0 + w_2 >= 0      therefore   w_2 > -w_0         (as printed, relation ">")
        w_0 + w_1 >= 0      therefore   w_1 > -w_0
        w_0 + w_1 + w_2 >= 0  therefore   w_1 + w_2 > -w_0

    Tried with every w_0, w_1, w_2 among -2, -1.5, ..., 2, all exact in binary.

    Args:
        relation: the printed one of the conclusions, ">" or ">=".

    Lecture: Cavallaro, perceptron, OR problem.
    """
    grid = np.linspace(-2, 2, 9)
    w0, w1, w2 = (axis.ravel() for axis in np.meshgrid(grid, grid, grid, indexing="ij"))
    concludes = {">": np.greater, ">=": np.greater_equal}[relation]
    wrong = np.zeros(w0.size, bool)
    for terms in (w2, w1, w1 + w2):
        wrong |= (w0 + terms >= 0) != concludes(terms, -w0)
    solves = (w0 < 0) & (w0 + w1 >= 0) & (w0 + w2 >= 0) & (w0 + w1 + w2 >= 0)
    excluded = solves & wrong
    steps = [f"conditions and conclusions agree for {w0.size - wrong.sum()} of {w0.size} triples of weights"]
    if excluded.any():
        steps.append(f"{excluded.sum()} of the {solves.sum()} triples that solve OR are excluded")
    if ((w0 == -1) & (w1 == 1) & (w2 == 1) & excluded).any():
        steps.append("w = (-1, 1, 1): g = -1, 0, 0, 1, so the outputs are 0, 1, 1, 1 as wanted, yet 1 > 1 is false")
    return Finding(
        values={
            "triples": int(w0.size),
            "triples judged wrongly": int(wrong.sum()),
            "solutions excluded": int(excluded.sum()),
        },
        steps=tuple(steps),
        holds=not wrong.any(),
    )


def line_crossings(weights: list[float], function: str) -> Finding:
    """Find where the line w_0 + w_1 x_1 + w_2 x_2 = 0 crosses the axes, and whether it divides the four points.

    Args:
        weights: w_0, w_1, w_2.
        function: or, xor: whose ones must lie on the line's positive side.

    Lecture: Cavallaro, perceptron, OR problem (picture).
    """
    w0, w1, w2 = weights
    truth = [FUNCTIONS[function](a, b) for a, b in CORNERS]
    divides = [int(w0 + w1 * a + w2 * b >= 0) for a, b in CORNERS] == truth
    return Finding(
        values={"x1": -w0 / w1, "x2": -w0 / w2},
        steps=(
            f"x2 = 0: x1 = {-w0:.6g} / {w1:.6g} = {-w0 / w1:.6g}",
            f"x1 = 0: x2 = {-w0:.6g} / {w2:.6g} = {-w0 / w2:.6g}",
        ),
        holds=divides,
    )


def shattering(degree: int, dimension: int) -> Finding:
    """Count the labelings that curves of a degree realise, and so bound their VC dimension, by linear programming.

    Lines (degree 1) shatter three points if all 8 labelings can be divided. Four points in the plane, no three on
    a line, lie in one of two ways: as corners of a quadrilateral or as a triangle with a point inside; if neither
    can be shattered, no four points can.

    Args:
        degree: 1 for lines, 2 for conics.
        dimension: the VC dimension that is expected.

    Reference: Vapnik and Chervonenkis 1971. Lecture: Cavallaro, different models.
    """
    sets = {
        "three points": [[0, 0], [1, 0], [0, 1]],
        "four corners": CORNERS,
        "triangle and inner point": [[0, 0], [3, 0], [0, 3], [1, 1]],
    }
    counts = {name: _labelings(np.array(points, float), degree) for name, points in sets.items()}
    three = counts["three points"] == 8
    four = max(counts["four corners"], counts["triangle and inner point"]) == 16
    found = 4 if four else 3 if three else 2
    steps = [f"{name}: {count} of {2 ** len(sets[name])} labelings" for name, count in counts.items()]
    steps.append(f"VC dimension {'at least ' if four else ''}{found}")
    return Finding({**counts, "VC dimension": found}, tuple(steps), found == dimension)


def perceptron_convergence(epochs: int = 100) -> Finding:
    """Train Rosenblatt's perceptron on all 16 Boolean functions of two inputs, and compare with linear programming.

        w <- w + (y - output) (1, x_1, x_2), from w = 0, examples in the order 00, 10, 01, 11

    It holds if exactly the separable functions are learned without error.

    Args:
        epochs: passes over the four examples before a function counts as not learned.

    Reference: Rosenblatt 1958. Lecture: Cavallaro, perceptron, algorithm.
    """
    points = np.array(CORNERS, float)
    learned, separable = [], []
    for labels in product((0, 1), repeat=4):
        learned.append(_train(points, np.array(labels), epochs)[1] == 0)
        separable.append(_dividing_line(points, np.array(labels)) is not None)
    or_weights, _, or_epochs = _train(points, np.array([0, 1, 1, 1]), epochs)
    _, xor_errors, _ = _train(points, np.array([0, 1, 1, 0]), epochs)
    return Finding(
        values={
            "separable functions": sum(separable),
            "learned functions": sum(learned),
            "weights for OR": or_weights.tolist(),
            "epochs for OR": or_epochs,
            "errors for XOR": xor_errors,
        },
        steps=(
            f"OR: no error in epoch {or_epochs}, w = ({', '.join(f'{w:g}' for w in or_weights)})",
            f"XOR: {xor_errors} errors in epoch {epochs}",
            f"learned: {sum(learned)} of 16 functions; separable: {sum(separable)} of 16",
        ),
        holds=learned == separable,
    )


def xor_by_layers(hidden: list[list[float]], output: list[float]) -> Finding:
    """Evaluate a network of threshold units, two inputs, one hidden layer, one output, on XOR.

    Args:
        hidden: for each hidden unit its bias and two weights.
        output: bias and one weight for each hidden unit.

    Lecture: Cavallaro, multilayer perceptron, XOR problem.
    """
    steps, outputs = [], []
    for a, b in CORNERS:
        fired = [int(w0 + w1 * a + w2 * b >= 0) for w0, w1, w2 in hidden]
        total = output[0] + float(np.dot(output[1:], fired))
        outputs.append(int(total >= 0))
        steps.append(f"({a}, {b}): hidden units {fired}, output sum {total:.6g}: {outputs[-1]}")
    return Finding({"outputs": outputs}, tuple(steps), outputs == [0, 1, 1, 0])


def single_neuron(activations: list[str], at_least: float = 0.5) -> Finding:
    """Search one neuron y = h(w_1 x_1 + w_2 x_2 + b) that computes XOR, for each activation h.

    All weights and biases -2, -1.5, ..., 2 are tried; the neuron says 1 where y >= at_least. The slide holds if no
    activation is found with which it works. "bump" is h(z) = exp(-z^2), which rises and falls again; the others
    only rise, so that their ones fill a half-plane.

    Args:
        activations: step, sigmoid, tanh, relu, bump.
        at_least: the output from which a neuron says 1.

    Lecture: Cavallaro, perceptron with non linear activation functions.
    """
    grid = np.linspace(-2, 2, 9)
    weights = np.array(list(product(grid, grid, grid)))
    sums = weights[:, :2] @ np.array(CORNERS, float).T + weights[:, 2:]
    steps, solved = [], []
    for name in activations:
        values = ACTIVATIONS[name](sums)
        right = ((values >= at_least) == [False, True, True, False]).all(axis=1)
        if not right.any():
            steps.append(f"{name}: no weights found")
            continue
        # Of the solutions the simplest to write down: 1, 1, -1 if it is among them.
        best = np.flatnonzero(right)[np.abs(weights[right] - [1, 1, -1]).sum(axis=1).argmin()]
        w1, w2, bias = weights[best]
        solved.append(name)
        steps.append(
            f"{name}, w = ({w1:g}, {w2:g}), b = {bias:g}: y = {', '.join(f'{v:.3g}' for v in values[best])}, "
            "so 0, 1, 1, 0: XOR by one neuron"
        )
    return Finding({"activations that solve XOR": solved}, tuple(steps), not solved)


def _train(points: np.ndarray, labels: np.ndarray, epochs: int) -> tuple[np.ndarray, int, int]:
    """Return the weights, the errors of the last epoch, and how many epochs it took."""
    weights, errors, passed = np.zeros(3), 0, 0
    while passed < epochs:
        passed, errors = passed + 1, 0
        for x, label in zip(points, labels, strict=True):
            example = np.array([1.0, *x])
            error = label - int(weights @ example >= 0)
            weights = weights + error * example
            errors += abs(error)
        if errors == 0:
            break
    return weights, int(errors), passed


def _labelings(points: np.ndarray, degree: int) -> int:
    """How many labelings of the points a curve of the degree can divide."""
    if degree == 2:
        x, y = points.T
        points = np.column_stack([points, x * x, x * y, y * y])
    return sum(_dividing_line(points, np.array(labels)) is not None for labels in product((0, 1), repeat=len(points)))


def _dividing_line(points: np.ndarray, labels: np.ndarray) -> np.ndarray | None:
    """Bias and weights of a plane with a margin of 1 on either side, or None if the linear program has no solution."""
    from scipy.optimize import linprog

    signs = np.where(labels == 1, 1.0, -1.0)
    sides = -signs[:, None] * np.column_stack([np.ones(len(points)), points])
    result = linprog(np.zeros(sides.shape[1]), A_ub=sides, b_ub=-np.ones(len(points)), bounds=(None, None))
    return result.x if result.status == 0 else None
