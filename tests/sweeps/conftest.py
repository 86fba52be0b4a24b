"""A small config with a sweep, ways to change it, and the command in processes of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

TINY = """\
title: A perceptron
dataset:
  name: iris
  classes: [setosa, versicolor]
  features: [sepal_length, sepal_width]
  scale: standard
  validation: {how: stratified, fraction: 0.2}
model:
  name: perceptron
  output: {units: 1, activation: sigmoid}
loss: {name: binary_crossentropy}
optimizer: {name: sgd, learning_rate: 0.1}
training: {epochs: 3, batch_size: 10}
seeds: 2
"""

GRID = """\
sweep:
  method: grid
  metric: {name: val_loss, goal: minimize}
  parameters:
    optimizer.learning_rate: {values: [0.01, 0.1, 1.0]}
    training.batch_size: {values: [10, 20]}
"""

RATES = "{values: [0.01, 0.1, 1.0]}"
"""In GRID, to be replaced."""

WriteConfig = Callable[..., Path]
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def write_config(tmp_path: Path) -> WriteConfig:
    """Write a config into the test's folder; each (old, new) pair is replaced in the text first."""

    def write(*changes: tuple[str, str], text: str = TINY + GRID, name: str = "tiny.yaml") -> Path:
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


COMMAND = [sys.executable, "-c", "from experiments.cli import main; main()"]


def relecture(*words: object, timeout: float = 400) -> subprocess.CompletedProcess[str]:
    """The command, to its end."""
    return subprocess.run(
        [*COMMAND, *map(str, words)], capture_output=True, text=True, cwd=ROOT, timeout=timeout, env=environment()
    )


@pytest.fixture
def start() -> Iterator[Start]:
    """Start the command in a session of its own, so that it can be killed with all its workers."""
    started: list[subprocess.Popen[str]] = []

    def begin(*words: object, program: list[str] | None = None) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [*(program or COMMAND), *map(str, words)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=ROOT,
            env=environment(),
            start_new_session=True,
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def wait_for(happened: Callable[[], bool], seconds: float = 200) -> None:
    """Wait until something has happened."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def environment() -> dict[str, str]:
    """The tests' own process may have been told another number of threads."""
    return {name: value for name, value in os.environ.items() if name != "RELECTURE_THREADS"}


def run_folders(results: Path) -> dict[str, int]:
    """Finished trials of the sweep and when each was written."""
    return {p.parent.name: p.stat().st_mtime_ns for p in results.glob("tiny/runs/sweep/seed-*/scores.json")}
