"""NumPy with the backward pass written by hand, and scikit-learn's MLPClassifier. Dense networks only."""

import math
import time

import numpy as np

from benchmarks.contest.networks import CLASSES, Data, Network, initial_weights


class NumPy:
    """Forward, backward, SGD with momentum: every product by BLAS, every update in place."""

    networks, engine = 1, "loop"

    def __init__(self, network: Network, data: Data, epochs: int):
        self._network, self._data, self._epochs = network, data, epochs
        self._labels = np.eye(CLASSES, dtype=np.float32)[data.y]
        self.log: list[tuple[float, float]] = []

    def train(self, seed: int) -> float:
        """Train afresh for all epochs; returns the seconds that the epochs took."""
        x, y, network = self._data.x, self._labels, self._network
        rng = np.random.default_rng(seed)
        self.log = []
        self._params = initial_weights(network, x.shape[1], seed)
        velocity = [(np.zeros_like(kernel), np.zeros_like(bias)) for kernel, bias in self._params]
        started = time.perf_counter()
        for _ in range(self._epochs):
            order = rng.permutation(len(x))
            total, right = 0.0, 0
            for start in range(0, len(x), network.batch):
                rows = order[start : start + network.batch]
                probabilities, gradients = self._gradients(x[rows], y[rows], rng)
                labels = self._data.y[rows]
                of_class = np.maximum(probabilities[np.arange(len(rows)), labels], np.finfo(np.float32).tiny)
                total -= float(np.log(of_class).sum())
                right += int((probabilities.argmax(axis=1) == labels).sum())
                for layer, moving, gradient in zip(self._params, velocity, gradients, strict=True):
                    for p, v, g in zip(layer, moving, gradient, strict=True):
                        v *= network.momentum
                        v -= np.float32(network.rate) * g
                        p += v
            self.log.append((total / len(x), right / len(x)))
        return time.perf_counter() - started

    def _gradients(
        self, x: np.ndarray, y: np.ndarray, rng: np.random.Generator
    ) -> tuple[np.ndarray, list[tuple[np.ndarray, np.ndarray]]]:
        """The classes' probabilities; of the mean cross-entropy, the gradient by each (kernel, bias)."""
        kept = np.float32(1 - self._network.dropout)
        inputs, slopes = [x], []  # of each layer; slopes of ReLU and dropout together
        for kernel, bias in self._params[:-1]:
            z = inputs[-1] @ kernel
            z += bias
            slope = (z > 0).astype(np.float32)
            if kept < 1:
                slope *= (rng.random(z.shape, dtype=np.float32) < kept) / kept
            z *= slope
            inputs.append(z)
            slopes.append(slope)
        probabilities = _softmax(inputs[-1] @ self._params[-1][0] + self._params[-1][1])
        error = (probabilities - y) / np.float32(len(x))
        gradients = []
        for i in reversed(range(len(self._params))):
            gradients.append((inputs[i].T @ error, error.sum(axis=0)))
            if i:
                error = error @ self._params[i][0].T
                error *= slopes[i - 1]
        return probabilities, gradients[::-1]

    def accuracy(self) -> float:
        """Test accuracy of the network trained last."""
        x = self._data.x_test
        for kernel, bias in self._params[:-1]:
            x = np.maximum(x @ kernel + bias, 0)
        guesses = (x @ self._params[-1][0] + self._params[-1][1]).argmax(axis=1)
        return float(np.mean(guesses == self._data.y_test))


def _softmax(z: np.ndarray) -> np.ndarray:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


class ScikitLearn:
    """`MLPClassifier`, one `partial_fit` an epoch: shuffled, the last partial batch trained; no penalty.

    Without hidden layers and with dropout it cannot be had. It draws its own initial weights. It keeps an epoch's loss
    but not its accuracy.
    """

    networks, engine = 1, "loop"

    def __init__(self, network: Network, data: Data, epochs: int):
        self._network, self._data, self._epochs = network, data, epochs
        self.log: list[tuple[float, float]] = []

    def train(self, seed: int) -> float:
        """Train afresh for all epochs; returns the seconds that the epochs took."""
        from sklearn.neural_network import MLPClassifier

        network = self._network
        self._model = MLPClassifier(
            network.hidden,
            solver="sgd",
            alpha=0.0,
            batch_size=network.batch,
            learning_rate_init=network.rate,
            momentum=network.momentum,
            nesterovs_momentum=False,
            random_state=seed,
        )
        self.log = []
        started = time.perf_counter()
        for _ in range(self._epochs):
            self._model.partial_fit(self._data.x, self._data.y, classes=np.arange(CLASSES))
            self.log.append((float(self._model.loss_), math.nan))
        return time.perf_counter() - started

    def accuracy(self) -> float:
        """Test accuracy of the network trained last."""
        return float(self._model.score(self._data.x_test, self._data.y_test))
