"""PyTorch: the usual hand-written loop, the data on the device, a minibatch by index.

Loss and accuracy of an epoch are summed on the device and fetched at its end: the fast way.
"""

import time

import numpy as np
import torch
from torch import nn

from benchmarks.contest.networks import CLASSES, Data, Network, convolutions, initial_weights


class Torch:
    """`torch.optim.SGD` and autograd, eager."""

    networks, engine = 1, "loop"

    def __init__(self, network: Network, data: Data, epochs: int):
        self._network, self._epochs = network, epochs
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        images = (0, 3, 1, 2) if network.convolutional else (0, 1)
        self._x = torch.from_numpy(np.ascontiguousarray(data.x.transpose(images))).to(self._device)
        self._y = torch.from_numpy(data.y).to(self._device)
        self._x_test = torch.from_numpy(np.ascontiguousarray(data.x_test.transpose(images))).to(self._device)
        self._y_test = data.y_test
        self.log: list[tuple[float, float]] = []

    def train(self, seed: int) -> float:
        """Train afresh for all epochs; returns the seconds that the epochs took."""
        torch.manual_seed(seed)
        network = self._network
        self.model = (_cnn(network) if network.convolutional else self._mlp(seed)).to(self._device)
        optimizer = torch.optim.SGD(self.model.parameters(), lr=network.rate, momentum=network.momentum)
        loss_of = nn.CrossEntropyLoss()
        self.model.train()
        n, self.log = len(self._x), []
        started = time.perf_counter()
        for _ in range(self._epochs):
            order = torch.randperm(n, device=self._device)
            total = torch.zeros((), device=self._device)
            right = torch.zeros((), dtype=torch.int64, device=self._device)
            for rows in order.split(network.batch):
                optimizer.zero_grad()
                labels = self._y[rows]
                logits = self.model(self._x[rows])
                loss = loss_of(logits, labels)
                loss.backward()
                optimizer.step()
                total += loss.detach() * len(rows)
                right += (logits.detach().argmax(dim=1) == labels).sum()
            self.log.append((total.item() / n, right.item() / n))
        return time.perf_counter() - started

    def accuracy(self) -> float:
        """Test accuracy of the network trained last."""
        self.model.eval()
        with torch.no_grad():
            guesses = [self.model(x).argmax(dim=1).cpu().numpy() for x in self._x_test.split(1000)]
        return float(np.mean(np.concatenate(guesses) == self._y_test))

    def _mlp(self, seed: int) -> nn.Module:
        layers: list[nn.Module] = []
        for kernel, bias in initial_weights(self._network, self._x.shape[1], seed):
            dense = nn.Linear(*kernel.shape)
            with torch.no_grad():
                dense.weight.copy_(torch.from_numpy(kernel.T))
                dense.bias.copy_(torch.from_numpy(bias))
            layers += [dense, nn.ReLU(), nn.Dropout(self._network.dropout)]
        return nn.Sequential(*(layer for layer in layers[:-2] if not isinstance(layer, nn.Dropout) or layer.p))


def _cnn(network: Network) -> nn.Module:
    layers: list[nn.Module] = []
    channels = 3
    for spec in convolutions(network):
        padding = (spec["kernel"] - spec["strides"]) // 2  # Keras's "same" for even sizes
        convolution = nn.Conv2d(channels, spec["filters"], spec["kernel"], spec["strides"], padding, bias=False)
        nn.init.kaiming_normal_(convolution.weight)
        layers.append(convolution)
        if spec["pool"] > 1:
            layers.append(nn.MaxPool2d(spec["pool"]))
        layers += [nn.BatchNorm2d(spec["filters"], eps=1e-3, momentum=0.1), nn.ReLU()]
        channels = spec["filters"]
    return nn.Sequential(*layers, nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(channels, CLASSES))
