"""Small networks in the plane, epoch by epoch, as `results/<experiment>/epochs.json` keeps them for the report's page.

    {"format": 1, "seed": 0, "classes": [...], "features": [...], "signed": false, "left_out": [],
     "variants": [{"name": "base", "units": [2, 12, 6, 1], "activations": ["relu", "relu", "sigmoid"], "bias": true,
                   "mean": [0, 0], "deviation": [1, 1], "range": [[low, high], [low, high]],
                   "points": [[x1, x2, class], ...], "at": [0, 1, ...], "weights": [[...], ...],
                   "loss": [null, ...], "accuracy": [...], "test_accuracy": [...]}]}

`weights` are Keras's, layer by layer, kernel (inputs x units) before bias. `points` and `range` are what the network
is given; a feature in its own unit is mean + deviation * input. `loss` is the mean over the epoch, as training shows
it; the accuracies are those of the rounded weights, on all training and all test examples.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from experiments.data.datasets import Dataset, Examples
from experiments.evaluation import predicted_classes
from experiments.plane import plane_of
from experiments.records import Record
from experiments.spec import DatasetSpec, ExperimentSpec
from experiments.spec.dataset import Iris
from experiments.spec.model import Mlp, Perceptron

FORMAT = 1
FILE = "epochs.json"

MOST_BYTES = 150_000
"""Size of a file: a page carries it, and a report many of them."""
MOST_POINTS = 500
"""Training examples that are drawn."""
DIGITS = 5
"""Significant digits of a weight."""

ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "linear": lambda z: z,
    "relu": lambda z: np.maximum(z, 0.0),
    "tanh": np.tanh,
    "sigmoid": lambda z: 0.5 * (1.0 + np.tanh(z / 2.0)),
    "softmax": lambda z: (
        np.exp(z - z.max(axis=1, keepdims=True)) / np.exp(z - z.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True)
    ),
    "hard_sigmoid_slide": lambda z: np.clip((z + 1.0) / 2.0, 0.0, 1.0),
    "hard_sigmoid_keras2": lambda z: np.clip(0.2 * z + 0.5, 0.0, 1.0),
    "hard_sigmoid_keras3": lambda z: np.clip(z / 6.0 + 0.5, 0.0, 1.0),
}
"""What the page's script knows, too; a network with another activation has no such file."""

Loader = Callable[[DatasetSpec], Dataset]


def document(variants: Mapping[str, ExperimentSpec], records: Sequence[Record], load: Loader) -> str | None:
    """The file of an experiment: of each variant the first completed seed's network at every snapshot.

    Args:
        variants: resolved specs by name, the base first.
        records: finished trials.
        load: gives the dataset of a spec.

    Returns:
        JSON, at most MOST_BYTES: variants that do not fit, in size or because seed, classes, features or sign differ
        from the first, are named in `left_out`. None where no variant has two
        inputs, at least two classes, and weights kept at more than one epoch.
    """
    shown: list[dict[str, Any]] = []
    left_out: list[str] = []
    whole: dict[str, Any] = {"format": FORMAT}
    for name, spec in variants.items():
        record = next((r for r in records if r.trial.variant == name and r.outcome == "completed"), None)
        if record is None or (found := _weights(record)) is None:
            continue
        dataset = load(spec.dataset)
        plane = plane_of(dataset, 2)
        if plane is None or "x2" not in plane[0] or dataset.is_regression:
            continue
        about = {"seed": record.trial.seed, "classes": list(dataset.class_names), "features": _features(spec.dataset)}
        about["signed"] = spec.signed
        whole = whole if shown else whole | about
        entry = _variant(name, spec, record, found, dataset, plane[0], load)
        alike = all(whole[key] == value for key, value in about.items())
        longest = {**whole, "left_out": [*variants], "variants": [*shown, entry]}
        if alike and len(_text(longest).encode()) <= MOST_BYTES:
            shown.append(entry)
        else:
            left_out.append(name)
    return _text({**whole, "left_out": left_out, "variants": shown}) if shown else None


def forward(
    weights: np.ndarray, units: Sequence[int], activations: Sequence[str], x: np.ndarray, *, bias: bool = True
) -> np.ndarray:
    """Outputs (N, units[-1]) of a fully connected network.

    Args:
        weights: (P,), layer by layer, kernel (inputs x units) before bias.
        units: of the input and every layer.
        activations: of every layer, names of ACTIVATIONS.
        x: inputs, (N, units[0]).
        bias: whether the layers have one.

    Raises:
        ValueError: the number of weights is another one than the units need.
    """
    at = 0
    for inputs, outputs, name in zip(units, units[1:], activations, strict=False):
        end = at + inputs * outputs
        shift = weights[end : end + outputs] if bias else 0.0
        x = ACTIVATIONS[name](x @ weights[at:end].reshape(inputs, outputs) + shift)
        at = end + (outputs if bias else 0)
    if at != len(weights):
        raise ValueError(f"expected {at} weights for units {list(units)}, got {len(weights)}")
    return x


def _weights(record: Record) -> tuple[np.ndarray, np.ndarray, list[int], list[str]] | None:
    """Epochs (S,), weights (S, P), units and activations; None where the record keeps no such network's."""
    spec = record.trial.spec
    chosen = spec.training.snapshots if spec.training is not None else None
    if chosen is None or chosen.of != "epochs" or not isinstance(spec.model, Mlp | Perceptron):
        return None
    model = spec.model
    hidden = model.hidden if isinstance(model, Mlp) else []
    names: list[str] = [model.activation] * len(hidden) if isinstance(model, Mlp) else []
    names.append(model.output.activation)
    if not set(names) <= set(ACTIVATIONS) or (isinstance(model, Mlp) and model.batch_norm):
        return None
    try:
        arrays = record.snapshots
    except FileNotFoundError:
        return None
    if "weights" not in arrays or len(arrays["at"]) < 2:
        return None
    return arrays["at"], arrays["weights"], [2, *hidden, model.output.units], names


def _variant(
    name: str,
    spec: ExperimentSpec,
    record: Record,
    found: tuple[np.ndarray, np.ndarray, list[int], list[str]],
    dataset: Dataset,
    axes: dict[str, np.ndarray],
    load: Loader,
) -> dict[str, Any]:
    at, weights, units, names = found
    bias = not isinstance(spec.model, Perceptron) or spec.model.bias
    rounded = [[_significant(float(w)) for w in row] for row in weights]

    def accuracies(examples: Examples) -> list[float]:
        x, shares = examples.x.astype(np.float64), []
        for row in rounded:
            outputs = forward(np.array(row), units, names, x, bias=bias)
            shares.append(round(float(np.mean(predicted_classes(outputs, signed=spec.signed) == examples.y)), 5))
        return shares

    train = dataset.train
    step = -(-len(train) // MOST_POINTS)
    losses = dict(zip(record.history["epoch"].astype(int), record.history["loss"], strict=True))
    mean, deviation = _scaling(dataset, spec.dataset, load)
    return {
        "name": name,
        "units": units,
        "activations": names,
        "bias": bias,
        "mean": mean,
        "deviation": deviation,
        "range": [[_significant(float(v)) for v in axes[axis]] for axis in ("x1", "x2")],
        "points": [
            [_significant(float(a)), _significant(float(b)), int(k)]
            for (a, b), k in zip(train.x[::step], train.y[::step], strict=True)
        ],
        "at": at.tolist(),
        "weights": rounded,
        "loss": [_significant(float(losses[epoch])) if epoch in losses else None for epoch in at.tolist()],
        "accuracy": accuracies(train),
        "test_accuracy": accuracies(dataset.test),
    }


def _scaling(dataset: Dataset, spec: DatasetSpec, load: Loader) -> tuple[list[float], list[float]]:
    """Mean and deviation that lead from what the network is given back to the features' own unit."""
    if spec.scale == "none":
        return [0.0, 0.0], [1.0, 1.0]
    scaled = dataset.train.x.astype(np.float64)
    own = load(spec.model_copy(update={"scale": "none"})).train.x.astype(np.float64)
    span = np.ptp(scaled, axis=0)
    deviation = np.ptp(own, axis=0) / np.where(span == 0, 1.0, span)
    mean = own.min(axis=0) - deviation * scaled.min(axis=0)
    return [_significant(float(v)) for v in mean], [_significant(float(v)) for v in deviation]


def _features(spec: DatasetSpec) -> list[str]:
    if isinstance(spec, Iris) and len(spec.features) == 2:
        return [f"{name.replace('_', ' ')} (cm)" for name in spec.features]
    return ["x1", "x2"]


def _significant(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _text(whole: dict[str, Any]) -> str:
    return json.dumps(whole, separators=(",", ":"), allow_nan=False) + "\n"
