"""How many parameters a fully connected network has: counted by hand and by Keras.

Formula: a layer of m units on n inputs has n m weights and m biases.
Lecture: Mollineda, multilayer network; backpropagation, case study; parameter table; optimization problem.
"""

from collections.abc import Sequence
from itertools import pairwise

from experiments.worked.finding import Finding


def dense(units: Sequence[int]) -> Finding:
    """Weights, biases and parameters, layer by layer; Keras builds the same network and counts too.

    Args:
        units: the inputs, then the units of every layer.
    """
    from experiments.backend import keras

    network = keras.Sequential([keras.Input((units[0],)), *(keras.layers.Dense(n) for n in units[1:])])
    weights = [n * m for n, m in pairwise(units)]
    biases = list(units[1:])
    parameters = [w + b for w, b in zip(weights, biases, strict=True)]
    counted = [layer.count_params() for layer in network.layers]
    steps = (
        *(
            f"layer {i}: {n} x {m} weights + {m} biases = {w} + {m} = {w + m}; Keras: {c}"
            for i, ((n, m), w, c) in enumerate(zip(pairwise(units), weights, counted, strict=True), start=1)
        ),
        f"units {' + '.join(map(str, units))} = {sum(units)}, without the inputs {sum(units[1:])}",
        f"weights {sum(weights)} + biases {sum(biases)} = {sum(parameters)}; Keras: {network.count_params()}",
    )
    values = {
        "units": list(units),
        "all units": sum(units),
        "units with parameters": sum(layer.units for layer in network.layers),
        "layers": len(network.layers),
        "layer sizes": [layer.units for layer in network.layers],
        "hidden layer sizes": [layer.units for layer in network.layers[:-1]],
        "layer numbers": list(range(1, len(network.layers) + 1)),
        "weights": weights,
        "all weights": sum(weights),
        "biases": biases,
        "all biases": sum(biases),
        "by layer": counted,
        "parameters": network.count_params(),
    }
    return Finding(values, steps, counted == parameters and network.count_params() == sum(parameters))
