"""One thread a trial: said to every library, and the same results on any number of cores."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from experiments import threads
from tests.experiments.conftest import WriteConfig
from tests.noise import write_noise

ROOT = Path(__file__).parents[2]
SAID = """
import json, os
import experiments.backend, tensorflow as tf
from threadpoolctl import threadpool_info
import numpy
print(json.dumps({
    "backend": experiments.backend.THREADS,
    "intra": tf.config.threading.get_intra_op_parallelism_threads(),
    "inter": tf.config.threading.get_inter_op_parallelism_threads(),
    "libraries": sorted({pool["num_threads"] for pool in threadpool_info()}),
    "jax": os.environ["NPROC"],
}))
"""
NOISE = """\
title: A network on noise
dataset: {name: npz, path: noise.npz}
model:
  name: mlp
  hidden: [512]
  output: {units: 10, activation: softmax}
loss: {name: categorical_crossentropy}
optimizer: {name: sgd, learning_rate: 0.1}
training: {epochs: 2, batch_size: 256}
seeds: 1
"""


def python(code: str, *words: object, variables: Mapping[str, str] | None = None) -> str:
    """What a fresh process prints."""
    known = {name: value for name, value in os.environ.items() if name not in threads.environment()}
    command = [sys.executable, "-c", code, *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env={**known, **(variables or {})})
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("variables", "number"), [({}, 1), pytest.param({"RELECTURE_THREADS": "2"}, 2, marks=pytest.mark.slow)]
)
def test_every_library_is_told(variables: dict[str, str], number: int) -> None:
    said = json.loads(python(SAID, variables={"KERAS_BACKEND": "tensorflow", **variables}))
    assert said == {"backend": number, "intra": number, "inter": number, "libraries": [number], "jax": str(number)}


def test_workers_compute_on_as_many_as_the_one_who_starts_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(threads.VARIABLE, "3")
    assert set(threads.environment().values()) == {"3"}
    assert set(threads.environment(2).values()) == {"2"}


@pytest.mark.parametrize(("cores", "each", "expected"), [(8, "1", 8), (8, "3", 2), (2, "4", 1)])
def test_trials_at_once_keep_every_core_busy(
    cores: int, each: str, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, "cores", lambda: cores)
    monkeypatch.setenv(threads.VARIABLE, each)
    assert threads.trials_at_once() == expected


@pytest.mark.slow
@pytest.mark.skipif(threads.cores() < 2, reason="needs two cores")
def test_one_core_and_all_give_the_same_bits(write_config: WriteConfig, tmp_path: Path) -> None:
    """Products of 256 x 784 and 784 x 512 are split over the cores where a library may, and then round otherwise."""
    write_noise(tmp_path / "noise.npz")
    path = write_config(text=NOISE, name="noise.yaml")
    found = []
    one_core = f"import os; os.sched_setaffinity(0, [{min(os.sched_getaffinity(0))}]); "
    for number, before in enumerate(("", one_core)):
        results = tmp_path / str(number)
        python(f"{before}from experiments.cli import main; main()", "run", path, "--results", results)
        (predictions,) = results.rglob("predictions.npz")
        found.append(predictions.read_bytes())
    assert found[0] == found[1]
