"""What cannot fit into memory is refused before anything is trained; what Keras counts is what is estimated."""

import math
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from experiments import memory
from experiments.data.facts import facts
from experiments.loading import load_experiment
from experiments.models import build_model
from experiments.planning import Places
from experiments.problems import ConfigError
from experiments.progress import BarProgress
from experiments.runner import run_experiment
from experiments.spec.experiment import ExperimentSpec
from experiments.spec.model import Block, Cnn, Mlp, NetworkSpec, Output, Perceptron
from tests.experiments.conftest import IRIS, MNIST, WriteConfig

TEN = Output(units=10, activation="softmax")
NETWORKS: list[tuple[NetworkSpec, tuple[int, ...]]] = [
    (Perceptron(name="perceptron", output=TEN), (784,)),
    (Perceptron(name="perceptron", output=TEN, bias=False), (7,)),
    (Mlp(name="mlp", hidden=[64, 32], output=TEN), (20,)),
    (Mlp(name="mlp", hidden=[64, 32], output=TEN, batch_norm=True, dropout=0.5), (20,)),
    (Cnn(name="cnn", blocks=[Block(filters=8, convolutions=2), Block(filters=4)], output=TEN), (28, 28, 1)),
    (
        Cnn(
            name="cnn",
            blocks=[Block(filters=8, strides=2, kernel_size=5), Block(filters=6, pool=1)],
            dense=[20, 12],
            batch_norm=True,
            output=TEN,
        ),
        (31, 29, 3),
    ),
    (Cnn(name="cnn", blocks=[Block(filters=8)], reduce="average", dense=[5], output=TEN), (32, 32, 3)),
]


@pytest.mark.parametrize(("model", "shape"), NETWORKS)
def test_parameters_and_outputs_are_those_of_the_keras_model(model: NetworkSpec, shape: tuple[int, ...]) -> None:
    built = build_model(model, shape)
    assert memory.parameter_count(model, shape) == built.count_params()
    with_weights = [layer for layer in built.layers if type(layer).__name__ in ("Dense", "Conv2D")]
    sizes = [math.prod(layer.output.shape[1:]) for layer in with_weights]
    assert memory.layer_sizes(model, shape) == sizes


def settings(path: Path, *overrides: str) -> ExperimentSpec:
    return load_experiment(path, overrides).spec


def test_estimate_by_hand(write_config: WriteConfig) -> None:
    spec = settings(write_config(text=MNIST))
    known = facts(spec.dataset, Path())
    # 784 x 16 + 16 + 16 x 8 + 8 + 8 x 10 + 10 weights and their gradients, 100 examples through 16 + 8 + 10 units.
    assert memory.network_bytes(spec, known) == 4 * (2 * 12786 + 100 * 34)
    assert memory.data_bytes(known) == 4 * 70_000 * 784
    assert memory.raw_bytes(spec.dataset, known) == 0  # mapped from the cache
    with_adam = settings(write_config(("name: sgd", "name: adam"), text=MNIST))
    assert memory.network_bytes(with_adam, known) == 4 * (6 * 12786 + 100 * 34)


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        (["model.hidden=[1000000, 1000000]"], "1,000,796,000,010 parameters"),
        (["model.hidden=[1000000, 500000]"], "GiB of memory"),
    ],
)
def test_a_network_that_cannot_fit_is_refused_before_it_starts(
    overrides: list[str], words: str, write_config: WriteConfig, tmp_path: Path
) -> None:
    experiment = load_experiment(write_config(text=MNIST), overrides)
    with pytest.raises(ConfigError, match=words) as caught:
        run_experiment(experiment, Places(tmp_path / "results", tmp_path / "cache"), BarProgress(Console(quiet=True)))
    assert "expected a smaller network" in str(caught.value)
    assert not (tmp_path / "results").exists()


def test_data_that_cannot_fit_are_refused(write_config: WriteConfig) -> None:
    data = "{name: bernoulli, examples: 100000000, weights: [" + ",".join(["1.0"] * 1000) + "]}"
    text = IRIS[: IRIS.index("dataset:")] + f"dataset: {data}\n" + IRIS[IRIS.index("model:") :]
    message = memory.shortage(settings(write_config(text=text)), Path())
    assert message is not None
    assert "for the data" in message


PIXELS = """\
title: Own pixels
dataset: {name: npz, path: own.npz, flatten: true, scale: SCALE}
model: {name: perceptron, output: {units: 2, activation: softmax}}
loss: {name: categorical_crossentropy}
optimizer: {name: sgd, learning_rate: 0.1}
training: {epochs: 1, batch_size: 1}
"""


@pytest.mark.parametrize(
    ("dtype", "scale", "needed"),
    [
        # 1000 examples of 100 numbers and labels of 8 bytes; nothing is copied, so what counts beside the data is the
        # network: 202 weights, their gradients, and 2 outputs of a minibatch of one.
        ("float32", "none", 4 * 100_000 + 4 * (2 * 202 + 2)),
        ("float32", "standard", (4 + 4) * 100_000 + 8 * 1000),
        ("uint8", "unit", (1 + 4) * 100_000 + 8 * 1000),
        ("float64", "none", (8 + 4) * 100_000 + 8 * 1000),
    ],
)
def test_own_arrays_are_refused_only_where_they_and_what_is_made_of_them_do_not_fit(
    dtype: str, scale: str, needed: int, write_config: WriteConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    x, y = np.arange(100_000).reshape(1000, 100).astype(dtype), np.arange(1000) % 2
    np.savez(tmp_path / "own.npz", x_train=x[:800], y_train=y[:800], x_test=x[800:], y_test=y[800:])
    spec = settings(write_config(text=PIXELS.replace("SCALE", scale)))
    monkeypatch.setattr(memory, "memory_limit", lambda: float(needed))
    assert memory.shortage(spec, tmp_path) is None
    monkeypatch.setattr(memory, "memory_limit", lambda: needed - 1.0)
    message = memory.shortage(spec, tmp_path)
    assert message is not None
    assert ("for a network" if (dtype, scale) == ("float32", "none") else "for what they are made from") in message


def test_what_fits_is_let_through(write_config: WriteConfig) -> None:
    assert memory.shortage(settings(write_config()), Path()) is None
    assert memory.shortage(settings(write_config(text=MNIST)), Path()) is None


@pytest.mark.parametrize(("content", "limit"), [("max\n", None), ("1048576\n", 1048576), ("nonsense", None)])
def test_the_limit_of_a_container_counts(
    content: str, limit: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "CGROUP_LIMITS", ())
    whole = memory.memory_limit()
    path = tmp_path / "memory.max"
    path.write_text(content)
    monkeypatch.setattr(memory, "CGROUP_LIMITS", (path, tmp_path / "no such file"))
    assert memory.memory_limit() == (whole if limit is None else limit)
