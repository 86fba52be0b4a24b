"""The settings that the lecture's scripts print, given to the installed Keras: what it accepts, builds and does.

Lecture: Mollineda, approximate perceptron script; case study, simplified script and hyperparameters.
"""

import warnings
from collections.abc import Mapping, Sequence
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np

from experiments.worked import _formulas
from experiments.worked._writing import number, numbers
from experiments.worked.finding import Finding


def sgd_accepts(arguments: Mapping[str, float]) -> Finding:
    """Give the printed arguments to Keras's SGD, one at a time and together; none may be refused or ignored.

    Args:
        arguments: name -> value, as the script prints them.
    """
    together = _sgd(arguments)
    single = {name: _sgd({name: value}) for name, value in arguments.items()}
    refused = [name for name, outcome in single.items() if outcome != "accepted"]
    steps = (
        *(f"SGD({name}={number(arguments[name])}): {outcome}" for name, outcome in single.items()),
        f"all together: {together}",
    )
    return Finding({"refused or ignored": refused}, steps, together == "accepted" and not refused)


def training_settings(
    learning_rate: float, momentum: float, epochs: int, batch_size: int, validation_split: float, examples: int
) -> Finding:
    """What Keras keeps of the printed settings, and how many updates they make.

    Args:
        learning_rate: as printed.
        momentum: as printed.
        epochs: as printed.
        batch_size: as printed.
        validation_split: as printed.
        examples: rows given to fit.
    """
    from experiments.backend import keras

    config = keras.optimizers.SGD(learning_rate=learning_rate, momentum=momentum).get_config()
    # Keras keeps the rate in float32.
    kept = {"learning rate": round(float(config["learning_rate"]), 7), "momentum": float(config["momentum"])}
    trained_on = int(examples * (1 - validation_split))
    updates = ceil(trained_on / batch_size)
    steps = (
        f"SGD keeps learning rate {number(kept['learning rate'])} and momentum {number(kept['momentum'])}",
        f"{examples} rows, {trained_on} of them to train on, the last {examples - trained_on} to validate",
        f"{trained_on} / {batch_size} = {updates} updates an epoch, {updates * epochs} in {epochs} epochs",
    )
    values = {
        **kept,
        "epochs": epochs,
        "batch size": batch_size,
        "validation split": (examples - trained_on) / examples,
        "updates an epoch": updates,
        "updates": updates * epochs,
    }
    return Finding(values, steps, 0 <= momentum < 1 and learning_rate > 0 and 0 < trained_on <= examples)


def perceptron(units: int, inputs: int, columns: int) -> Finding:
    """Build Dense(units, input_shape=(inputs,), activation=hard_sigmoid) and give it Iris rows of that many columns.

    Args:
        units: as printed.
        inputs: as printed.
        columns: columns of the data that the script takes.
    """
    from experiments.backend import keras

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        layer = keras.layers.Dense(units, input_shape=(inputs,), activation=keras.activations.hard_sigmoid)
        network = keras.Sequential([layer])
    parameters = network.count_params()
    x = np.zeros((1, columns), np.float32)
    try:
        output = keras.ops.convert_to_numpy(network(x))
    except ValueError as error:
        return Finding({"parameters": parameters}, (f"parameters: {parameters}", _first_line(error)), False)
    kernel, bias = layer.get_weights()
    truth = _formulas.hard_sigmoid_keras3((x @ kernel + bias).astype(float))
    steps = (
        f"{inputs} weights + {units} bias = {parameters} parameters",
        f"the function called is Keras 3's: clip(z / 6 + 0.5, 0, 1); at z = 0 it gives {number(output[0, 0])}",
        *(f"warning: {_first_line(warning.message)}" for warning in caught),
    )
    values = {"parameters": parameters, "units": output.shape[1], "inputs": kernel.shape[0]}
    return Finding(values, steps, bool(np.allclose(output, truth, atol=1e-6)) and output.shape[1] == 1)


def output_against_labels(hidden: Sequence[int], output: int, classes: int, inputs: int) -> Finding:
    """Build the printed network and give its output and one-hot labels to the categorical cross-entropy.

    Args:
        hidden: units of the hidden layers.
        output: units of the softmax layer.
        classes: length of the one-hot labels.
        inputs: length of an input.
    """
    from experiments.backend import keras

    layers = [keras.layers.Dense(n, activation="relu") for n in hidden]
    network = keras.Sequential([keras.Input((inputs,)), *layers, keras.layers.Dense(output, activation="softmax")])
    p = network(np.zeros((1, inputs), np.float32))
    steps = [f"the network gives {p.shape[1]} probabilities, and has {network.count_params()} parameters"]
    try:
        loss = float(keras.losses.categorical_crossentropy(np.eye(classes, dtype=np.float32)[:1], p)[0])
    except ValueError as error:
        steps.append(f"labels of {classes} entries: ValueError: {_first_line(error)}")
        return Finding({"parameters": network.count_params(), "runs": False}, tuple(steps), False)
    steps.append(f"labels of {classes} entries: loss {number(loss)}")
    return Finding({"parameters": network.count_params(), "runs": True}, tuple(steps), True)


def data_flow(
    loaded: Sequence[str], assigned: Sequence[Sequence[str]], validation: Sequence[str], ask: str = "origin"
) -> Finding:
    """Follow a script's names from the loaded arrays to fit's validation data.

    Args:
        loaded: names that the loader returns, in its order: training inputs and labels, test inputs and labels.
        assigned: one list an assignment: the name it sets, then the names it reads, in the script's order.
        validation: the names given to fit as validation data.
        ask: "origin": it holds if the validation data come from no test array. "names": it holds if every name
            given to fit as validation data has been set before.
    """
    origin = dict(zip(loaded, ("training", "training", "test", "test"), strict=True))
    unset: list[str] = []
    steps = []
    for target, *read in assigned:
        unset += [name for name in read if name not in origin and name not in unset]
        sources = sorted({origin[name] for name in read if name in origin})
        origin[target] = " and ".join(sources) or "nothing loaded"
        steps.append(f"{target} is made from {', '.join(read)}: {origin[target]} data")
    missing = [name for name in validation if name not in origin]
    steps += [f"validation data {name}: {origin.get(name, 'never set, a NameError')}" for name in validation]
    if unset:
        steps.append(f"read but never set: {', '.join(unset)}")
    from_test = any("test" in origin.get(name, "") for name in validation)
    values = {"validation data": origin.get(validation[0], "never set"), "missing": missing, "never set": unset}
    return Finding(values, tuple(steps), not missing if ask == "names" else not missing and not from_test)


def minimised_over(claimed: str) -> Finding:
    """Which data fit's parameters depend on: a linear unit is trained with one or the other set exchanged.

    Args:
        claimed: "validation" or "training": the set over which the slide says the loss is minimised.
    """
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(20, 2)), rng.normal(size=(20, 1))
    other_x, other_y = rng.normal(size=(20, 2)), rng.normal(size=(20, 1))
    first = _trained((x, y), (other_x, other_y))
    changed = {
        "training": _trained((x, -y), (other_x, other_y)),
        "validation": _trained((x, y), (other_x, -other_y)),
    }
    moved = {name: float(np.max(np.abs(weights - first))) for name, weights in changed.items()}
    steps = (
        f"weights after training: {numbers(first)}",
        *(
            f"with other {name} data: {numbers(changed[name])}, moved by {number(moved[name])}"
            for name in ("training", "validation")
        ),
    )
    values = {"moved by training data": moved["training"], "moved by validation data": moved["validation"]}
    return Finding(values, steps, moved[claimed] > 0)


def annotations(batch_size: int, batches: int, update_after: str = "batch") -> Finding:
    """Whether ReLU is piecewise linear, softmax a distribution, and fit updates the weights as often as said.

    Args:
        batch_size: as printed.
        batches: how many batches of random examples are trained on, in one epoch.
        update_after: each "batch", or each "epoch".
    """
    from experiments.backend import keras

    z = np.linspace(-3, 3, 13)
    relu = keras.ops.convert_to_numpy(keras.activations.relu(keras.ops.convert_to_tensor(z)))
    bends = z[1:-1][np.abs(np.diff(relu, 2)) > 1e-9]
    rng = np.random.default_rng(0)
    x = rng.normal(size=(batch_size * batches, 4)).astype(np.float32)
    y = np.eye(3, dtype=np.float32)[rng.integers(3, size=len(x))]
    network = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="softmax")])
    network.compile(keras.optimizers.SGD(0.01), "categorical_crossentropy", run_eagerly=True)
    network.fit(x, y, batch_size=batch_size, epochs=1, shuffle=False, verbose=0)
    updates = int(network.optimizer.iterations)
    said = batches if update_after == "batch" else 1
    sums = keras.ops.convert_to_numpy(network(x)).sum(axis=1)
    steps = (
        f"ReLU bends at z = {numbers(bends)} and nowhere else on [-3, 3]",
        f"sums of {len(x)} softmax outputs: {number(sums.min())} to {number(sums.max())}",
        f"{len(x)} examples in batches of {batch_size}: {updates} updates in one epoch; "
        f"60000 / {batch_size} = {ceil(60000 / batch_size)} for MNIST",
    )
    holds = bends.tolist() == [0.0] and bool(np.allclose(sums, 1, atol=1e-6)) and updates == said
    values = {"updates": updates, "batch size": len(x) // updates, "updates for mnist": ceil(60000 / batch_size)}
    return Finding(values, steps, holds)


def backends(names: Sequence[str]) -> Finding:
    """Whether the installed Keras has every backend that the slide names.

    Args:
        names: theano, cntk, tensorflow and so on, as Keras's folders are called.
    """
    from experiments.backend import keras

    folder = Path(keras.__file__).parent / "src" / "backend"
    present = sorted(
        path.parent.name for path in folder.glob("*/__init__.py") if (path.parent / "trainer.py").is_file()
    )
    missing = [name for name in names if name not in present]
    steps = (
        f"Keras {keras.__version__} has these backends: {', '.join(present)}",
        *(f"{name}: {'missing' if name in missing else 'there'}" for name in names),
    )
    return Finding({"missing": missing}, steps, not missing)


def _sgd(arguments: Mapping[str, float]) -> str:
    from experiments.backend import keras

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            keras.optimizers.SGD(**arguments)
        except (TypeError, ValueError) as error:
            return f"{type(error).__name__}: {_first_line(error)}"
    return f"warning: {_first_line(caught[0].message)}" if caught else "accepted"


def _trained(training: tuple[Any, Any], validation: tuple[Any, Any]) -> np.ndarray:
    from experiments.backend import keras

    network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="zeros")])
    network.compile(keras.optimizers.SGD(0.1), "mean_squared_error", run_eagerly=True)
    network.fit(*training, validation_data=validation, batch_size=20, epochs=1, shuffle=False, verbose=0)
    return np.concatenate([w.ravel() for w in network.get_weights()])


def _first_line(message: object) -> str:
    return str(message).strip().splitlines()[0]
