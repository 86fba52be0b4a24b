"""Experiments at a time: the same bits as one after another, and errors told in a line."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console

from experiments import side_by_side, workers
from experiments.loading import load_experiment
from experiments.planning import Places
from experiments.progress import LineProgress
from experiments.runner import run_experiment
from experiments.side_by_side import Order
from experiments.sweeps import executors
from tests.experiments.conftest import IRIS, WriteConfig
from tests.processes import is_alive

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-c", "from experiments.cli import main; main()"]
LONG = IRIS.replace("epochs: 2", "epochs: 300").replace("seeds: 2", "seeds: 8")


def relecture(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *map(str, words)], capture_output=True, text=True, cwd=ROOT, timeout=120)


def predictions(results: Path) -> dict[str, bytes]:
    return {str(path.relative_to(results)): path.read_bytes() for path in results.rglob("predictions.npz")}


def test_side_by_side_and_alone_give_the_same_bits(write_config: WriteConfig, tmp_path: Path) -> None:
    paths = [write_config(name="one.yaml"), write_config(("rate: 0.1", "rate: 0.5"), name="two.yaml")]
    together = relecture("run", *paths, "--workers", 2, "--results", tmp_path / "together")
    assert together.returncode == 0, together.stderr
    assert "one  2/2  base, seed 1: test accuracy" in together.stdout
    assert "two  2/2  base, seed 1: test accuracy" in together.stdout
    assert "2 experiments, 4 trials trained now, 0 failed" in together.stdout
    assert relecture("run", *paths, "--results", tmp_path / "alone").returncode == 0
    alone = predictions(tmp_path / "alone")
    assert len(alone) == 4
    assert predictions(tmp_path / "together") == alone
    for name in ("one", "two"):
        trials = tmp_path / "together" / name / "trials.csv"
        assert len(trials.read_text().splitlines()) == 3


def test_a_single_experiment_is_spread_over_workers(write_config: WriteConfig, tmp_path: Path) -> None:
    """One variant has a class without examples: it fails, is told once, and stops no other."""
    empty = "variants: {empty: {'dataset.validation': {how: last, fraction: 0.6}}}\n"
    path = write_config(text=IRIS + empty, name="one.yaml")
    spread = relecture("run", path, "--workers", 2, "--results", tmp_path / "spread")
    assert spread.returncode == 1
    assert "4/4" in spread.stdout
    assert "1 experiment, 4 trials trained now, 2 failed" in spread.stdout
    assert len(re.findall("one, empty, seed . failed", spread.stderr.replace(":", ""))) == 2
    assert len(predictions(tmp_path / "spread")) == 2


@pytest.mark.slow
def test_spread_over_workers_and_alone_give_the_same_bits(write_config: WriteConfig, tmp_path: Path) -> None:
    path = write_config(text=IRIS + "variants: {faster: {optimizer.learning_rate: 0.5}}\n", name="one.yaml")
    spread = relecture("run", path, "--workers", 2, "--results", tmp_path / "spread")
    assert spread.returncode == 0, spread.stderr
    alone = relecture("run", path, "--workers", 1, "--results", tmp_path / "alone")
    assert alone.returncode == 0, alone.stderr
    assert len(predictions(tmp_path / "alone")) == 4
    assert predictions(tmp_path / "spread") == predictions(tmp_path / "alone")


@pytest.fixture(autouse=True)
def _no_accelerator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dev").mkdir()
    monkeypatch.setattr(workers, "DEVICES", tmp_path / "dev")


def orders(path: Path, results: Path, seconds: float | None) -> list[Order]:
    """A run of an experiment of which the last one, of more seeds, published how long a training took."""
    if seconds is not None:
        (results / path.stem).mkdir(parents=True)
        (results / path.stem / "summary.json").write_text(json.dumps({"fit_seconds": seconds, "trials": 20}))
    return [Order(load_experiment(path), Places(results, results), extended=False, redraw=False)]


@pytest.mark.parametrize(
    ("seconds", "cores", "gib", "expected"),
    [(None, 8, 64, 1), (20, 8, 64, 1), (40, 8, 64, 8), (40, 8, 7, 3), (40, 8, 1, 1), (40, 1, 64, 1)],
)
def test_long_runs_have_as_many_workers_as_there_is_place_for(
    seconds: float | None,
    cores: int,
    gib: int,
    expected: int,
    write_config: WriteConfig,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two trials are left."""
    monkeypatch.setattr(workers, "trials_at_once", lambda: cores)
    monkeypatch.setattr(workers, "memory_limit", lambda: gib * 2.0**30)
    assert side_by_side.usual_workers(orders(write_config(), tmp_path / "results", seconds)) == expected


def test_workers_that_share_memory_are_as_many_as_its_trainings_fit_into(
    write_config: WriteConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "trials_at_once", lambda: 8)
    monkeypatch.setattr(workers, "memory_limit", lambda: 64 * 2.0**30)
    monkeypatch.setattr(side_by_side, "shortage", lambda spec, folder, sharing: "too much" if sharing > 3 else None)
    assert side_by_side.usual_workers(orders(write_config(), tmp_path / "results", 40)) == 3


def test_an_accelerator_is_used_by_one_process(
    write_config: WriteConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "trials_at_once", lambda: 8)
    run = orders(write_config(), tmp_path / "results", 40)
    assert side_by_side.usual_workers(run) == 8
    (tmp_path / "dev" / "nvidia1").touch()  # the second one of its machine, lent to a container
    assert side_by_side.usual_workers(run) == 1
    assert executors.workers_here(None, None, None) == 1


def test_where_nothing_is_left_no_worker_is_started(write_config: WriteConfig, tmp_path: Path) -> None:
    path = write_config()
    places = Places(tmp_path / "results", tmp_path)
    run_experiment(load_experiment(path), places, LineProgress(Console(quiet=True), "example"))
    about = tmp_path / "results" / "example" / "summary.json"
    about.write_text(json.dumps(json.loads(about.read_text()) | {"fit_seconds": 1e6}))
    assert side_by_side.usual_workers(orders(path, tmp_path / "results", None)) == 1


@pytest.mark.slow
def test_a_trial_whose_worker_is_killed_is_tried_again(write_config: WriteConfig, tmp_path: Path) -> None:
    results = tmp_path / "results"
    process = run_long(write_config, results, "one")
    children = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True).stdout.split()
    os.kill(int(children[-1]), signal.SIGKILL)
    said, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    assert "8 trials trained now, 0 failed" in said
    assert "its worker died; tried again" in said
    assert len(predictions(results)) == 8


@pytest.mark.slow
def test_an_experiment_that_cannot_be_had_leaves_the_others_finished(write_config: WriteConfig, tmp_path: Path) -> None:
    results = tmp_path / "results"
    results.mkdir()
    (results / "shut").write_text("a file where a folder should be")
    paths = [write_config(name="sound.yaml"), write_config(name="shut.yaml")]
    done = relecture("run", *paths, "--workers", 2, "--results", results)
    assert done.returncode == 1
    assert str(results / "shut") in done.stderr
    assert "Traceback" not in done.stderr
    assert len(predictions(results)) == 2


def run_long(write_config: WriteConfig, folder: Path, *names: str) -> "subprocess.Popen[str]":
    """Long experiments in two workers, two records written."""
    paths = [write_config(text=LONG, name=f"{name}.yaml") for name in names]
    words = ["run", *map(str, paths), "--workers", "2", "--results", str(folder)]
    process = subprocess.Popen(
        [*COMMAND, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True
    )
    while len(list(folder.glob("*/runs/base/seed-*/scores.json"))) < 2:
        assert process.poll() is None
        time.sleep(0.05)
    return process


@pytest.mark.slow
def test_a_worker_that_is_killed_is_told_in_a_line(write_config: WriteConfig, tmp_path: Path) -> None:
    process = run_long(write_config, tmp_path / "results", "one", "two")
    # Of its children the resource tracker is the first, and the workers are the others.
    children = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True).stdout.split()
    os.kill(int(children[-1]), signal.SIGKILL)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "a worker was ended" in errors
    assert "Traceback" not in errors


@pytest.mark.slow
@pytest.mark.parametrize("names", [("one", "two"), ("one",)], ids=["two experiments", "one, spread"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end_it_takes_its_workers_along_and_goes_on_from_there(
    number: signal.Signals, names: tuple[str, ...], write_config: WriteConfig, tmp_path: Path
) -> None:
    process = run_long(write_config, tmp_path / "results", *names)
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 128 + number, errors
    assert "the same command goes on from there" in errors
    assert "Traceback" not in errors
    limit = time.monotonic() + 15
    while is_alive(process.pid):
        assert time.monotonic() < limit
        time.sleep(0.1)
    kept = predictions(tmp_path / "results")
    again = relecture("run", *(tmp_path / f"{name}.yaml" for name in names), "--results", tmp_path / "results")
    assert f"{8 * len(names) - len(kept)} trials trained now, 0 failed" in again.stdout
    assert predictions(tmp_path / "results").items() >= kept.items()
