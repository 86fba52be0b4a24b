"""A ledger of a user's own, in a folder of their own, and results for it to be judged by."""

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from experiments.ledger.judging import _planned_ids
from experiments.loading import load_experiment

EXPERIMENT = """\
title: A perceptron
dataset: {name: iris, classes: [setosa, versicolor]}
model: {name: perceptron, output: {units: 1, activation: sigmoid}}
loss: {name: binary_crossentropy}
optimizer: {name: sgd, learning_rate: 0.1}
training: {epochs: 3, batch_size: 10}
seeds: 3
figures: [learning_curves]
variants:
  faster: {optimizer.learning_rate: 1.0}
"""

LEDGER = """\
lecture: mine
title: My lecture
author: Me
claims:
  - id: L-1
    heading: Hinge loss
    kind: number
    claim: The frog's loss is 10.9.
    formula: 'L = \\sum_j \\max(0, s_j - s_y + 1)'
    printed: {loss: '10.9'}
    check:
      worked: svm_loss.hinge_terms
      with: {scores: [2.2, 2.5, -3.1], label: 2, margin: 1.0}
    error: value
    explanation: The margin is missing.
  - id: L-2
    heading: Accuracy
    kind: number
    claim: The test accuracy is 0.95.
    printed: {accuracy: '0.95'}
    check: {experiment: flowers, quantity: accuracy}
    tolerance: '0.02'
    tolerance_reason: two flowers of a hundred
  - id: L-4
    heading: Learning rate
    kind: statement
    claim: A larger rate learns faster.
    check: {experiment: flowers, compare: [faster, base], quantity: {history: loss, at: 3}, expect: less}
  - id: L-5
    heading: History
    kind: statement
    claim: The perceptron is of 1958.
    check: {external: a fact of history}
  - id: L-6
    heading: Curves
    kind: figure
    claim: Loss falls.
    check: {experiment: flowers, drawn: learning_curves}
"""

Write = Callable[..., Path]


@pytest.fixture
def configs(tmp_path: Path) -> Path:
    """A folder with one experiment, `flowers`."""
    folder = tmp_path / "configs"
    folder.mkdir()
    (folder / "flowers.yaml").write_text(EXPERIMENT, encoding="utf-8")
    return folder


@pytest.fixture
def write_ledger(tmp_path: Path) -> Write:
    """Write the ledger, with each (old, new) pair replaced first."""

    def write(*changes: tuple[str, str], text: str = LEDGER) -> Path:
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        path = tmp_path / "mine.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def results(tmp_path: Path, configs: Path) -> Path:
    """What a run of `flowers` publishes: base at 0.95 and `faster` with half the loss."""
    folder = tmp_path / "results" / "flowers"
    folder.mkdir(parents=True)
    ids = _planned_ids(load_experiment(configs / "flowers.yaml"))
    trials, history = [], []
    for number, (name, identity) in enumerate(ids.items()):
        variant, seed = name.split("/")
        accuracy = 0.95 + 0.001 * (number % 3 - 1)
        row = {"variant": variant, "seed": int(seed), "outcome": "completed", "accuracy": accuracy, "id": identity}
        trials.append({**row, "loss": 0.2, "error": None})
        for epoch in (1, 2, 3):
            loss = (0.6 if variant == "base" else 0.3) / epoch + 0.001 * int(seed)
            history.append({"variant": variant, "seed": int(seed), "epoch": epoch, "loss": loss})
    pd.DataFrame(trials).to_csv(folder / "trials.csv", index=False)
    pd.DataFrame(history).to_csv(folder / "history.csv", index=False)
    files = ["trials.csv", "history.csv", "learning_curves.png"]
    (folder / "summary.json").write_text(json.dumps({"files": files}), encoding="utf-8")
    return tmp_path / "results"
