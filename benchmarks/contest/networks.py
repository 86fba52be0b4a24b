"""The networks that the engines are timed on, their data, and what an epoch of each must compute.

All contenders train the same network with softmax cross-entropy and plain SGD with momentum at a constant rate, on
minibatches drawn anew each epoch, the last partial one included, and keep the loss and the accuracy of each epoch
(scikit-learn the loss alone). The two CIFAR-10 networks are the configs' own in architecture; schedule, weight decay,
label smoothing and augmentation are left out for all, so that the libraries can be compared operation by operation.
"""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[2]
CLASSES = 10


@dataclass(frozen=True)
class Network:
    """A network, its data and its training."""

    name: str
    dataset: str
    model: dict[str, Any]
    """As the `model:` of a config."""
    batch: int
    rate: float
    momentum: float
    epochs: int
    examples: int | None = None
    """Training examples used; None for all."""

    @property
    def convolutional(self) -> bool:
        """Whether examples are images and layers are convolutions."""
        return bool(self.model["name"] == "cnn")

    @property
    def hidden(self) -> list[int]:
        """Units of the hidden dense layers."""
        return list(self.model.get("hidden", []))

    @property
    def dropout(self) -> float:
        """Share of hidden units dropped in training."""
        return float(self.model.get("dropout", 0.0))

    @property
    def he_normal(self) -> bool:
        """Whether kernels start from He's normal distribution; else from Glorot's uniform one, Keras's default."""
        return self.model.get("kernel_initializer") == "he_normal"


def _dense(*hidden: int) -> dict[str, Any]:
    output = {"units": CLASSES, "activation": "softmax"}
    if not hidden:
        return {"name": "perceptron", "output": output}
    return {"name": "mlp", "hidden": list(hidden), "activation": "relu", "output": output}


@cache
def networks() -> dict[str, Network]:
    """All networks by name."""
    from experiments.loading import load_experiment

    def model_of(config: str) -> dict[str, Any]:
        return load_experiment(ROOT / "configs" / f"{config}.yaml").spec.model.model_dump(mode="json")

    mlp, cnn = model_of("cifar10_mlp"), model_of("cifar10_cnn")
    return {
        network.name: network
        for network in (
            Network("784-10", "mnist", _dense(), 128, 0.01, 0.0, epochs=5),
            Network("784-128-128-10", "mnist", _dense(128, 128), 128, 0.01, 0.9, epochs=5),
            Network("784-64-64-64-10", "mnist", _dense(64, 64, 64), 100, 0.01, 0.9, epochs=5),
            Network("784-1024-1024-1024-10", "mnist", _dense(1024, 1024, 1024), 100, 0.01, 0.9, epochs=1),
            Network("cifar10_mlp", "cifar10", mlp, 128, 0.01, 0.9, epochs=2),
            Network("cifar10_cnn", "cifar10", cnn, 128, 0.05, 0.9, epochs=1, examples=10_000),
        )
    }


@dataclass(frozen=True)
class Data:
    """Examples float32 (N, F) or (N, H, W, C), and classes int64 (N,)."""

    x: np.ndarray
    y: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray


def load_data(network: Network, cache_folder: Path, examples: int | None = None) -> Data:
    """The real arrays, scaled to 0..1 and, for dense networks, flattened."""
    from experiments.data import sources

    arrays = sources.obtain(network.dataset, cache_folder)
    kept = min(n for n in (network.examples, examples, len(arrays["x_train"])) if n is not None)

    def prepared(x: np.ndarray) -> np.ndarray:
        unit = x.astype(np.float32) / np.float32(255)
        return unit if network.convolutional else unit.reshape(len(unit), -1)

    def classes(y: np.ndarray) -> np.ndarray:
        return np.asarray(y).reshape(-1).astype(np.int64)

    return Data(
        prepared(arrays["x_train"][:kept]),
        classes(arrays["y_train"][:kept]),
        prepared(arrays["x_test"]),
        classes(arrays["y_test"]),
    )


def layer_sizes(network: Network, features: int) -> list[tuple[int, int]]:
    """(inputs, outputs) of each dense layer of a dense network."""
    widths = [features, *network.hidden, CLASSES]
    return list(pairwise(widths))


def initial_weights(network: Network, features: int, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """(kernel, bias) of each dense layer, drawn as Keras draws, though not the same numbers."""
    rng = np.random.default_rng(seed)

    def kernel(inputs: int, outputs: int) -> np.ndarray:
        if network.he_normal:
            return rng.normal(0, np.sqrt(2 / inputs), (inputs, outputs)).astype(np.float32)
        limit = np.sqrt(6 / (inputs + outputs))
        return rng.uniform(-limit, limit, (inputs, outputs)).astype(np.float32)

    return [(kernel(i, o), np.zeros(o, np.float32)) for i, o in layer_sizes(network, features)]


def matrix_products(network: Network, features: int) -> list[tuple[int, int, int]]:
    """(rows, inner, columns) of every matrix product of one update of a dense network.

    Outputs, gradient of the kernel and gradient of the inputs of each layer; the first layer's inputs need none.
    """
    products = []
    for number, (inputs, outputs) in enumerate(layer_sizes(network, features)):
        products += [(network.batch, inputs, outputs), (inputs, network.batch, outputs)]
        if number:
            products.append((network.batch, outputs, inputs))
    return products


def convolutions(network: Network) -> list[dict[str, int]]:
    """Each convolution's filters, kernel, strides and the pooling after it."""
    return [
        {
            "filters": block["filters"],
            "kernel": block["kernel_size"],
            "strides": block["strides"] if i == 0 else 1,
            "pool": block["pool"] if i == block["convolutions"] - 1 else 1,
        }
        for block in network.model["blocks"]
        for i in range(block["convolutions"])
    ]


def operations(network: Network, example_shape: tuple[int, ...]) -> int:
    """Floating-point operations of matrix products and convolutions to train on one example.

    Two for each multiplication and addition, three products a layer (outputs, gradient of the kernel, gradient of the
    inputs), but two for the first layer, whose inputs need no gradient.
    """
    if network.convolutional:
        (height, width, channels), products = example_shape, []
        for layer in convolutions(network):
            height, width = -(-height // layer["strides"]), -(-width // layer["strides"])
            products.append(height * width * layer["kernel"] ** 2 * channels * layer["filters"])
            height, width, channels = height // layer["pool"], width // layer["pool"], layer["filters"]
        products.append(channels * CLASSES)
    else:
        products = [i * o for i, o in layer_sizes(network, example_shape[0])]
    return 6 * sum(products) - 2 * products[0]
