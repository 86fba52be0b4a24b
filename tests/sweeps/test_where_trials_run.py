"""Where trials of a sweep run, here and elsewhere: the same bits, and what is kept when something dies there."""

import json
import os
import pickle
import re
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.console import TERMINATED
from experiments.records import find_record, write_record
from experiments.sweeps.executors import LokyExecutor
from experiments.sweeps.plans import open_plan
from experiments.sweeps.points import load_sweep
from experiments.sweeps.work import Job, mark_folder
from tests.noise import write_noise
from tests.processes import is_alive
from tests.sweeps.conftest import GRID, RATES, TINY, Start, WriteConfig, relecture, run_folders, wait_for

NETWORK = """\
title: Labels of noise
dataset: {name: npz, path: noise.npz, validation: {how: last, fraction: 0.2}}
model:
  name: mlp
  hidden: [256]
  activation: relu
  output: {units: 10, activation: softmax}
loss: {name: categorical_crossentropy}
optimizer: {name: sgd, learning_rate: 0.1}
training: {epochs: 2, batch_size: 256}
seeds: 1
sweep:
  method: grid
  metric: {name: val_loss, goal: minimize}
  parameters:
    optimizer.learning_rate: {values: [0.01, 0.1]}
    model.hidden: {values: [[256], [512, 64]]}
"""


@pytest.mark.slow
def test_the_same_trial_gives_the_same_bits_wherever_it_runs(write_config: WriteConfig, tmp_path: Path) -> None:
    """Products of 256 x 784 and 784 x 512 are split over threads where there are several, and then round otherwise."""
    write_noise(tmp_path / "noise.npz")
    path = write_config(text=NETWORK, name="noise.yaml")
    found = {}
    for where in (["inline"], ["loky", "--workers", "2"], ["dask", "--workers", "2"]):
        results = tmp_path / where[0]
        done = relecture("sweep", path, "--results", results, "--executor", *where)
        assert done.returncode == 0, done.stderr
        found[where[0]] = {folder.name: _content(folder) for folder in results.glob("noise/runs/sweep/seed-*")}
    assert len(found["inline"]) == 4
    assert found["inline"] == found["loky"] == found["dask"]


def _content(folder: Path) -> tuple[str, str, str, bytes]:
    history = pd.read_csv(folder / "history.csv").drop(columns="seconds")
    with np.load(folder / "predictions.npz") as predictions:
        outputs = predictions["outputs"].tobytes()
    texts = ((folder / name).read_text() for name in ("scores.json", "confusion_matrix.csv"))
    return history.to_csv(), *texts, outputs


@pytest.mark.slow
def test_a_dask_cluster_that_loses_a_worker(
    write_config: WriteConfig, tmp_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A scheduler and two workers on loopback; one of them is killed with all it started, and does not come back."""
    path, results = write_config(("seeds: 2", "seeds: 4"), ("epochs: 3", "epochs: 30")), tmp_path / "results"
    contact = tmp_path / "scheduler.json"
    dask = [sys.executable, "-m", "dask"]
    start("scheduler", "--host", "127.0.0.1", "--port", 0, "--no-dashboard", "--scheduler-file", contact, program=dask)
    wait_for(contact.exists)
    worker = ("worker", "--scheduler-file", contact, "--nthreads", 1, "--no-dashboard", "--local-directory", tmp_path)
    lost, _ = (start(*worker, program=dask) for _ in range(2))
    address = json.loads(contact.read_text())["address"]
    sweep = start("sweep", path, "--results", results, "--scheduler", address)
    wait_for(lambda: len(run_folders(results)) >= 3)
    os.killpg(lost.pid, signal.SIGKILL)
    left = 24 - len(run_folders(results))
    said = sweep.communicate(timeout=400)[0]
    assert sweep.returncode == 0, said
    assert left > 5
    assert len(run_folders(results)) == 24
    outcomes = {json.loads(p.read_text())["outcome"] for p in results.glob("tiny/runs/sweep/*/scores.json")}
    assert outcomes == {"completed"}


@pytest.mark.slow
@pytest.mark.parametrize("whole_group", [False, True], ids=["the command alone", "with its workers, as Slurm does"])
def test_a_sweep_that_a_cluster_ends_leaves_no_worker_and_goes_on(
    whole_group: bool, write_config: WriteConfig, tmp_path: Path, start: Start
) -> None:
    path, results = write_config(("epochs: 3", "epochs: 100")), tmp_path / "results"
    process = start("sweep", path, "--results", results, "--workers", 2)
    wait_for(lambda: len(run_folders(results)) >= 2 or process.poll() is not None)
    group = os.getpgid(process.pid)
    (os.killpg if whole_group else os.kill)(process.pid, signal.SIGTERM)
    said = process.communicate(timeout=60)[0]
    assert process.returncode == TERMINATED, said
    assert "terminated; finished trials are kept, the same command goes on from there" in said
    assert "Traceback" not in said
    wait_for(lambda: not is_alive(group), seconds=15)
    finished = run_folders(results)
    again = relecture("sweep", path, "--results", results, "--workers", 2)
    assert again.returncode == 0, again.stderr
    assert len(finished) < len(run_folders(results)) == 12
    assert {name: run_folders(results)[name] for name in finished} == finished


@pytest.mark.slow
def test_the_command_killed_ten_times_gives_the_same_summary(
    write_config: WriteConfig, tmp_path: Path, start: Start
) -> None:
    text = TINY.replace("epochs: 3", "epochs: 1000") + GRID.replace("[10, 20]", "[4, 8, 12, 16, 20]")
    path, results = write_config(text=text), tmp_path / "results"
    chance = np.random.default_rng(1)
    written: dict[str, int] = {}
    for number in range(10):
        process = start("sweep", path, "--results", results, "--workers", 2)
        if number % 2 == 0:  # well into it; else perhaps while it starts
            wait_for(lambda: len(run_folders(results)) > len(written) or process.poll() is not None)  # noqa: B023
        time.sleep(chance.uniform(0, 4))
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        time.sleep(0.5)
        written = run_folders(results) | written
    assert len(written) >= 5
    again = relecture("sweep", path, "--results", results, "--workers", 2)
    assert again.returncode == 0, again.stderr
    assert len(run_folders(results)) == 30
    assert {name: run_folders(results)[name] for name in written} == written
    whole = relecture("sweep", path, "--results", tmp_path / "whole", "--workers", 2)
    assert whole.returncode == 0, whole.stderr
    for name in ("summary.csv", "summary.md", "tiny_best.yaml", "sweep.json"):
        assert (results / "tiny/sweep" / name).read_bytes() == (tmp_path / "whole/tiny/sweep" / name).read_bytes()


@pytest.mark.slow
def test_two_commands_at_once_share_the_trials_and_publish_the_same(
    write_config: WriteConfig, tmp_path: Path, start: Start
) -> None:
    path, results = write_config(("epochs: 3", "epochs: 1000")), tmp_path / "results"
    both = [start("sweep", path, "--results", results, "--executor", "inline") for _ in range(2)]
    said = [process.communicate(timeout=200)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    trained = [int(re.search(r"(\d+) trials? trained now, 0 failed", text)[1]) for text in said]
    assert sum(trained) == len(run_folders(results)) == 12
    assert all(trained)
    published = results / "tiny" / "sweep"
    about = json.loads((published / "sweep.json").read_text())
    assert (about["trials"], about["failed"]) == (12, 0)
    assert {name for name in about["files"] if not (published / name).is_file()} == set()
    assert len(pd.read_csv(published / "sweep.csv")) == 12
    assert not [path for path in published.iterdir() if path.name.startswith(".writing")]


def test_a_worker_that_does_not_see_the_folder_sends_the_record(write_config: WriteConfig, tmp_path: Path) -> None:
    """What it sends survives the way, and gives the very record that one with the folder writes."""
    path = write_config(("seeds: 2", "seeds: 1\nsave_model: true"), (RATES, "{values: [0.1]}"), ("[10, 20]", "[10]"))
    trial = open_plan(load_sweep(path), None).points()[0].trials[0]
    near, far = tmp_path / "near", tmp_path / "far"
    mark = mark_folder(near, "tiny")
    executor = LokyExecutor(1)
    try:
        shared = Job(trial, tmp_path, near, tmp_path, mark)
        assert executor.submit(0, shared).result() is None
        sent = executor.submit(0, replace(shared, results=far, mark=tmp_path / "not there")).result()
    finally:
        executor.close()
    assert not far.exists()
    record = write_record(far, trial, pickle.loads(pickle.dumps(sent)))  # noqa: S301
    known = find_record(near, trial)
    assert known is not None
    assert known.has_model
    assert record.has_model
    assert _content(record.path) == _content(known.path)
    assert [kernel.tolist() for kernel in record.kernels] == [kernel.tolist() for kernel in known.kernels]
    assert {p.name for p in record.path.iterdir()} == {p.name for p in known.path.iterdir()}


@pytest.mark.slow
def test_a_scheduler_that_is_killed_ends_the_sweep_in_words(
    write_config: WriteConfig, tmp_path: Path, start: Start
) -> None:
    path, results = write_config(("seeds: 2", "seeds: 4"), ("epochs: 3", "epochs: 300")), tmp_path / "results"
    contact = tmp_path / "scheduler.json"
    dask = [sys.executable, "-m", "dask"]
    words = ("scheduler", "--host", "127.0.0.1", "--port", 0, "--no-dashboard", "--scheduler-file", contact)
    scheduler = start(*words, program=dask)
    wait_for(contact.exists)
    address = json.loads(contact.read_text())["address"]
    dry = ("sweep", path, "--dry-run", "--results", results, "--scheduler", address)
    assert "time: not known before the scheduler has workers" in relecture(*dry).stdout
    start("worker", "--scheduler-file", contact, "--nthreads", 1, "--no-dashboard", "--local-directory", tmp_path,
          program=dask)  # fmt: skip
    sweep = start("sweep", path, "--results", results, "--scheduler", address)
    wait_for(lambda: len(run_folders(results)) >= 2 or sweep.poll() is not None)
    assert json.loads(relecture(*dry, "--json").stdout)["workers"] == 1
    os.killpg(scheduler.pid, signal.SIGKILL)
    said = sweep.communicate(timeout=200)[0]
    assert sweep.returncode == 1, said
    assert "the scheduler is gone; finished trials are kept, the same command goes on from there" in said
    assert "Traceback" not in said
