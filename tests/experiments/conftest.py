"""A small valid config, and a way to write changed copies of it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from experiments.loading import load_experiment
from experiments.problems import ConfigError

IRIS = """\
title: A perceptron
dataset:
  name: iris
  classes: [setosa, versicolor]
  features: [sepal_length, sepal_width]
  scale: standard
model:
  name: perceptron
  output: {units: 1, activation: sigmoid}
loss: {name: binary_crossentropy}
optimizer: {name: sgd, learning_rate: 0.1}
training: {epochs: 2, batch_size: 10}
seeds: 2
"""

MNIST = """\
title: A small network
dataset: {name: mnist, flatten: true, scale: unit}
model:
  name: mlp
  hidden: [16, 8]
  output: {units: 10, activation: softmax}
loss: {name: categorical_crossentropy}
optimizer: {name: sgd, learning_rate: 0.1}
training: {epochs: 2, batch_size: 100}
"""

WriteConfig = Callable[..., Path]


@pytest.fixture
def write_config(tmp_path: Path) -> WriteConfig:
    """Write a config into the test's folder; each (old, new) pair is replaced in the text first."""

    def write(*changes: tuple[str, str], text: str = IRIS, name: str = "example.yaml") -> Path:
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def problems_of(path: Path, *overrides: str) -> list[str]:
    """What loading a config complains of."""
    with pytest.raises(ConfigError) as caught:
        load_experiment(path, overrides)
    return [str(problem) for problem in caught.value.problems]
