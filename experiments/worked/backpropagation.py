"""Backpropagation through the lecture's 2-3-2-1 network, against central differences.

Notation of the slides: I_j^l is what goes into unit j of layer l before its activation, w_ij^l leads from unit i of
layer l to unit j of layer l + 1, and ybar = I_1^4 is the output, without activation. E = (ybar - y)^2.
Lecture: Mollineda, backpropagation, case study.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from experiments.worked._derivatives import gradient
from experiments.worked._formulas import DIFFERENTIABLE, Array
from experiments.worked._writing import number
from experiments.worked.finding import Finding

UNITS = (2, 3, 2, 1)
NETS = 20
TOLERANCE = 1e-6


def third_weights(activations: Sequence[str], factor: float = 2.0) -> Finding:
    """Hold dE/dw_i1^3 = sigma(I_i^3) factor (ybar - y) against central differences.

    Args:
        activations: names of sigma, each tried on 20 random networks.
        factor: printed in front of (ybar - y).
    """
    return _over_networks(
        activations, lambda net: (net.w[2], net.s(net.net[2])[:, None] * factor * (net.output - net.y))
    )


def second_weights(activations: Sequence[str], with_slope: bool = True) -> Finding:
    """Hold dE/dw_ij^2 = sigma(I_i^2) sigma'(I_j^3) w_j1^3 delta_1^4 against central differences.

    Args:
        activations: names of sigma.
        with_slope: whether the printed product has the factor sigma'(I_j^3).
    """

    def printed(net: "_Network") -> tuple[Array, Array]:
        slope = net.slope(net.net[2]) if with_slope else 1.0
        delta = slope * net.w[2][:, 0] * 2 * (net.output - net.y)
        return net.w[1], np.outer(net.s(net.net[1]), delta)

    return _over_networks(activations, printed)


def first_weights(activations: Sequence[str], factor: str, inputs_activated: bool = False) -> Finding:
    """Hold dE/dw_ij^1 = (factor) sigma'(I_j^2) sum over k of w_jk^2 delta_k^3 against central differences.

    Args:
        activations: names of sigma.
        factor: the printed first factor, "sigma(I)" or "I".
        inputs_activated: whether the input units apply sigma; those of an ordinary network pass x on.
    """

    def printed(net: "_Network") -> tuple[Array, Array]:
        first = net.s(net.net[0]) if factor == "sigma(I)" else net.net[0]
        return net.w[0], np.outer(first, net.deltas[0])

    return _over_networks(activations, printed, inputs_activated)


def biases(activations: Sequence[str], factor: float = 1.0) -> Finding:
    """What the slides leave out: dE/db_j^l = factor delta_j^(l+1), for the 6 biases among the 20 parameters.

    Args:
        activations: names of sigma.
        factor: what the bias is multiplied by in the net input: 1.
    """
    found = [_over_networks(activations, _bias_gradients(layer, factor)) for layer in range(3)]
    count = sum(UNITS[1:])
    largest = max(one.values["largest error"] for one in found)
    steps = (
        f"biases: {' + '.join(str(n) for n in UNITS[1:])} = {count}",
        "I_j^(l+1) = sum over i of w_ij^l sigma(I_i^l) + b_j^l, so its derivative by b_j^l is 1",
        "hence dE/db_j^l = delta_j^(l+1)",
        *(f"layer {i + 1}: {step}" for i, one in enumerate(found) for step in one.steps),
    )
    return Finding({"biases": count, "largest error": largest}, steps, all(one.holds for one in found))


def meaning_of_inputs(activations: Sequence[str], meaning: str) -> Finding:
    """Put one meaning of I_l into the case study's gradient of w^2, against central differences.

        dE/dw_ij^2 = sigma(I_i^2) sigma'(I_j^3) w_j1^3 delta_1^4

    Args:
        activations: names of sigma.
        meaning: "output of layer l-1" (what the forward slide says: activation applied) or "net input of layer l".
    """

    def printed(net: "_Network") -> tuple[Array, Array]:
        activated = meaning == "output of layer l-1"
        i2, i3 = (net.s(net.net[1]), net.s(net.net[2])) if activated else (net.net[1], net.net[2])
        return net.w[1], np.outer(net.s(i2), net.slope(i3) * net.w[2][:, 0] * 2 * (net.output - net.y))

    return _over_networks(activations, printed)


def algorithm(units: Sequence[int], activations: Sequence[str], order: str, rate: float = 0.05) -> Finding:
    """The seven steps on a batch: sensitivities in the given order give all gradients, and updates lower the loss.

        delta_L = 2 (output - y) / N
        delta_l = (delta_(l+1) W_l^T) * sigma'(I_l)
        dE/dW_l = sigma(I_l)^T delta_(l+1)

    Gradients are held against central differences; 200 updates must lower the loss in every network.

    Args:
        units: sizes of the layers, input first; linear output, mean squared error over the batch.
        activations: names of sigma, one network each.
        order: "output to input" or "input to output": in which order the sensitivities are computed. Each one
            needs the next, and one not computed yet counts as 0.
        rate: learning rate of the updates.
    """
    steps, largest, lowered = [], 0.0, True
    for name in activations:
        rng = np.random.default_rng(len(units))
        batch = _Batch(*DIFFERENTIABLE[name], rng.normal(size=(8, units[0])), rng.normal(size=(8, units[-1])))
        theta = [rng.normal(size=(a + 1, b)) / np.sqrt(a) for a, b in pairwise(units)]
        error = max(
            float(np.max(np.abs(ours - truth)))
            for ours, truth in zip(batch.gradients(theta, order), batch.numeric_gradients(theta), strict=True)
        )
        before = batch.loss(theta)
        for _ in range(200):
            theta = [p - rate * g for p, g in zip(theta, batch.gradients(theta, order), strict=True)]
        after = batch.loss(theta)
        largest, lowered = max(largest, error), lowered and after < before
        steps.append(f"{name}: largest error of a gradient {number(error)}; loss {number(before)} -> {number(after)}")
    return Finding({"largest error": largest, "loss lowered": lowered}, tuple(steps), largest < TOLERANCE and lowered)


@dataclass(frozen=True)
class _Batch:
    """Examples of a network of any size; its parameters are one array a layer, the biases as the last row."""

    s: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    x: Array
    y: Array

    def forward(self, theta: Sequence[Array]) -> list[Array]:
        """I of every layer, the batch itself first."""
        net = [self.x]
        for layer, p in enumerate(theta):
            net.append((self.s(net[-1]) if layer else net[-1]) @ p[:-1] + p[-1])
        return net

    def loss(self, theta: Sequence[Array]) -> float:
        return float(np.mean(np.sum((self.forward(theta)[-1] - self.y) ** 2, axis=1)))

    def gradients(self, theta: Sequence[Array], order: str) -> list[Array]:
        net, last = self.forward(theta), len(theta)
        delta = [np.zeros_like(values) for values in net]
        for layer in range(last, 0, -1) if order == "output to input" else range(1, last + 1):
            if layer == last:
                delta[layer] = 2 * (net[last] - self.y) / len(self.y)
            else:
                delta[layer] = (delta[layer + 1] @ theta[layer][:-1].T) * self.slope(net[layer])
        inputs = [net[0], *(self.s(values) for values in net[1:last])]
        return [np.vstack([a.T @ d, d.sum(axis=0)]) for a, d in zip(inputs, delta[1:], strict=True)]

    def numeric_gradients(self, theta: Sequence[Array]) -> list[Array]:
        def of_layer(i: int) -> Array:
            return gradient(lambda p: self.loss([*theta[:i], p, *theta[i + 1 :]]), theta[i])

        return [of_layer(i) for i in range(len(theta))]


@dataclass(frozen=True)
class _Network:
    """One random 2-3-2-1 network with one example, and its forward pass."""

    s: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    w: list[Array]
    b: list[Array]
    x: Array
    y: float
    inputs_activated: bool

    @property
    def net(self) -> list[Array]:
        """I^1 to I^4."""
        values = [self.x]
        for layer, (w, b) in enumerate(zip(self.w, self.b, strict=True)):
            values.append((self.s(values[-1]) if layer or self.inputs_activated else values[-1]) @ w + b)
        return values

    @property
    def output(self) -> float:
        return float(self.net[-1][0])

    @property
    def deltas(self) -> list[Array]:
        """delta^2 to delta^4, from the output back."""
        net = self.net
        fourth = np.array([2 * (self.output - self.y)])
        third = self.slope(net[2]) * (self.w[2] @ fourth)
        second = self.slope(net[1]) * (self.w[1] @ third)
        return [second, third, fourth]

    def error(self) -> float:
        return (self.output - self.y) ** 2


def _over_networks(
    activations: Sequence[str],
    printed: Callable[[_Network], tuple[Array, Array]],
    inputs_activated: bool = False,
) -> Finding:
    """Compare a printed gradient with the numeric one; `printed` gives the parameters and their gradient."""
    largest, steps = {}, []
    for name in activations:
        errors = []
        for seed in range(NETS):
            rng = np.random.default_rng(seed)
            w = [rng.normal(size=pair) for pair in pairwise(UNITS)]
            b = [rng.normal(size=n) for n in UNITS[1:]]
            net = _Network(*DIFFERENTIABLE[name], w, b, rng.normal(size=2), float(rng.normal()), inputs_activated)
            parameters, formula = printed(net)
            truth = _numeric(net, parameters)
            errors.append(float(np.max(np.abs(formula - truth))))
            if seed == 0:
                at = int(np.argmax(np.abs(truth)))
                steps.append(f"{name}: printed {number(formula.flat[at])}, numeric {number(truth.flat[at])}")
        largest[name] = max(errors)
        steps.append(f"{name}: largest error over {NETS} networks {number(largest[name])}")
    worst = max(largest.values())
    return Finding({**largest, "largest error": worst}, tuple(steps), worst < TOLERANCE)


def _bias_gradients(layer: int, factor: float) -> Callable[["_Network"], tuple[Array, Array]]:
    return lambda net: (net.b[layer], factor * net.deltas[layer])


def _numeric(net: _Network, parameters: Array) -> Array:
    return gradient(lambda p: _with(net, parameters, p).error(), parameters)


def _with(net: _Network, old: Array, new: Array) -> _Network:
    """The network with one of its arrays exchanged."""
    w, b = ([new if array is old else array for array in arrays] for arrays in (net.w, net.b))
    return _Network(net.s, net.slope, w, b, net.x, net.y, net.inputs_activated)
