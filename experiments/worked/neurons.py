"""Threshold units: when they fire, what their bias is, and how many neurons a brain has (Cavallaro, neuron slides)."""

from itertools import product
from math import log10

import numpy as np

from experiments.worked.finding import Finding

COUNT_WORDS = {"one": 1.0, "thousand": 1e3, "million": 1e6, "billion": 1e9}


def number_of_neurons(exponent: int, unit: str, counted: float = 8.6e10) -> Finding:
    """Hold a printed number of neurons, 10^exponent of a count word, against a counted one.

    It holds if both are of the same order: less than a factor of ten apart.

    Args:
        exponent: of the printed power of ten.
        unit: the word after the power: one, thousand, million or billion.
        counted: neurons of a human brain as counted by Azevedo et al. 2009: 86 billion.

    Lecture: Cavallaro, neuron.
    """
    printed = 10.0**exponent * COUNT_WORDS[unit]
    apart = abs(log10(printed / counted))
    return Finding(
        values={"neurons": printed, "counted": counted},
        steps=(
            f"10^{exponent} x {COUNT_WORDS[unit]:g} = {printed:g}",
            f"counted: {counted:g}",
            f"they differ by a factor of 10^{apart:.2f}",
        ),
        holds=apart < 1,
    )


def threshold_rule(fires_above: str, weights: list[float], threshold: float, truth: list[int]) -> Finding:
    """Compare a printed firing rule with the step function, and its unit with a truth table.

        y = 1 if sum w_i x_i > T, else 0

    The rule is evaluated on all half-integer inputs and thresholds between -2 and 2 and compared with NumPy's
    Heaviside function that is 0 at 0; the unit's four outputs are compared with the truth table.

    Args:
        fires_above: the printed comparison, ">" or ">=".
        weights: two weights.
        threshold: T of the unit.
        truth: its outputs for 00, 10, 01, 11.

    Lecture: Cavallaro, artificial neuron.
    """
    inputs = np.array([(0, 0), (1, 0), (0, 1), (1, 1)], float)
    outputs = _fires(inputs @ weights, threshold, fires_above).astype(int).tolist()
    grid = np.linspace(-2, 2, 9)
    sums, thresholds = (values.ravel() for values in np.meshgrid(grid, grid))
    fired = _fires(sums, thresholds, fires_above)
    other = _fires(sums, thresholds, ">=" if fires_above == ">" else ">")
    step = np.heaviside(sums - thresholds, 0.0) == 1
    differing = fired != other
    return Finding(
        values={
            "outputs": outputs,
            "cases": int(fired.size),
            "cases that differ from the other comparison": int(differing.sum()),
            "all of them on the threshold": bool((sums == thresholds)[differing].all()),
        },
        steps=(
            *(
                f"{weights[0]:g} x {a:g} + {weights[1]:g} x {b:g} = {weights[0] * a + weights[1] * b:g}, "
                f"threshold {threshold:g}: {output}"
                for (a, b), output in zip(inputs, outputs, strict=True)
            ),
            f"> and >= disagree in {differing.sum()} of {fired.size} cases, where the sum is the threshold itself",
        ),
        holds=bool((fired == step).all()) and outputs == truth,
    )


def bias_as_weight(sign: int) -> Finding:
    """Test whether a weight w_0 = sign * theta on an input of +1 replaces the threshold theta.

        sum w_i x_i >= theta   if and only if   w_0 * 1 + sum w_i x_i >= 0

    Both rules decide all inputs 00, 10, 01, 11 with weights and thresholds -2, -1, 0, 1, 2.

    Args:
        sign: 1 where the slide prints w_0 = theta, -1 for w_0 = -theta.

    Lecture: Cavallaro, perceptron, architecture and bias.
    """
    cases = list(product((0, 1), (0, 1), range(-2, 3), range(-2, 3), range(-2, 3)))
    wrong = [case for case in cases if _rules_differ(*case, sign=sign)]
    name = "theta" if sign > 0 else "-theta"
    steps = [f"w_0 = {name} decides like the threshold in {len(cases) - len(wrong)} of {len(cases)} cases"]
    if wrong:
        x1, x2, w1, w2, theta = max(wrong, key=lambda case: (case[2:] == (1, 1, 1), case))
        total = w1 * x1 + w2 * x2
        steps += [
            f"x = ({x1}, {x2}), w = ({w1}, {w2}), theta = {theta}: the sum {total} "
            f"{'reaches' if total >= theta else 'does not reach'} {theta},",
            f"but with w_0 = {sign * theta}: {sign * theta} + {total} = {sign * theta + total} "
            f"{'>=' if sign * theta + total >= 0 else '<'} 0",
        ]
    return Finding(
        values={"cases": len(cases), "cases decided otherwise": len(wrong)},
        steps=tuple(steps),
        holds=not wrong,
    )


def _rules_differ(x1: int, x2: int, w1: int, w2: int, theta: int, *, sign: int) -> bool:
    total = w1 * x1 + w2 * x2
    return (total >= theta) != (sign * theta + total >= 0)


def _fires(sums: np.ndarray, threshold: float | np.ndarray, comparison: str) -> np.ndarray:
    return np.asarray({">": np.greater, ">=": np.greater_equal}[comparison](sums, threshold))
