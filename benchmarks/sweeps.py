"""What a sweep costs beyond its training: two workers against one, overhead a trial, and what grows with its size.

    python benchmarks/sweeps.py                  # everything, into results/bench/sweeps.csv: 15 minutes on two cores
    python benchmarks/sweeps.py --part driver    # one part; the other's rows stay

`workers`: a sweep of 24 MNIST trials (12 points, 2 seeds) by the command itself, from its start to its last figure,
first with one worker process, then with two; once with trials of 30 epochs, once with trials twice as long. The
overhead of a trial is the time from the record before it to its own, less what its record says of preparing, fitting
and predicting; the first two trials, which find a cold worker, are left out. The CPU time tells whether the machine was
quiet: busy cores stretch the wall time, and not the CPU time.

`driver`: large grids whose trials take no time at all, on 100 places: what is left is what the one process that hands
out trials has to do for each. Close other programs first.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from concurrent.futures import Future
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from rich.console import Console

sys.path.insert(0, str(Path(__file__).parents[1]))  # the benchmarks are no installed package

from experiments.planning import Places
from experiments.records import Result
from experiments.sweeps.driving import Driver
from experiments.sweeps.plans import open_plan
from experiments.sweeps.points import load_sweep
from experiments.sweeps.progress import SweepProgress
from experiments.sweeps.work import Job

ROOT = Path(__file__).parents[1]

MNIST = """\
title: Sweep of a benchmark
dataset: {name: mnist, flatten: true, scale: unit, validation: {how: last, fraction: 0.2}}
model:
  name: mlp
  hidden: [64, 64, 64]
  activation: relu
  output: {units: 10, activation: softmax}
loss: {name: categorical_crossentropy}
optimizer: {name: sgd, learning_rate: 0.1}
training: {epochs: EPOCHS, batch_size: 100}
seeds: 2
sweep:
  method: grid
  metric: {name: val_accuracy, goal: maximize}
  parameters:
    optimizer.learning_rate: {values: [0.01, 0.03, 0.1, 0.3]}
    model.hidden: {values: [[32, 32, 32], [64, 64, 64], [128, 128]]}
"""

LARGE = """\
title: Large grid of a benchmark
dataset: {name: iris, scale: standard, validation: {how: stratified, fraction: 0.2}}
model: {name: mlp, hidden: [8], activation: relu, output: {units: 3, activation: softmax}}
loss: {name: categorical_crossentropy}
optimizer: {name: sgd, learning_rate: 0.1}
training: {epochs: 1, batch_size: 10}
seeds: 1
sweep:
  method: grid
  metric: {name: val_loss, goal: minimize}
  parameters:
    optimizer.learning_rate: {values: [RATES]}
    training.batch_size: {values: [BATCHES]}
"""

LENGTHS = (30, 60)
"""Epochs of a trial: what is the same for any number of workers weighs less where trials are longer."""

SIZES = ((40, 25), (100, 100))
"""Rates and sizes of batches of the large grids."""

PLACES = 100

Row = tuple[str, float, str]


class Immediate:
    """An executor whose trials take no time: their results are there at once, as from machines that share no folder."""

    def slots(self) -> range:
        """As many as a cluster's."""
        return range(PLACES)

    def submit(self, slot: object, job: Job) -> "Future[Result | None]":
        """A made-up result."""
        history = {"loss": [1.0], "val_loss": [1.0 / job.trial.spec.recipe.training.batch_size]}
        future: Future[Result | None] = Future()
        future.set_result(Result("completed", {}, scores={"loss": 1.0}, history=history))
        return future

    def deaths(self, error: BaseException) -> int:
        """None."""
        return 0

    def close(self, *, kill: bool = False) -> None:
        """Nothing to close."""


def workers(cache: Path, epochs: int) -> list[Row]:
    """A sweep of 24 MNIST trials of so many epochs with one worker and with two."""
    rows: list[Row] = []
    walls = []
    for count in (1, 2):
        run = f"24 MNIST trials, {epochs} epochs, {count} worker{'s' * (count > 1)}"
        with TemporaryDirectory() as folder:
            config, results = Path(folder) / "swept.yaml", Path(folder) / "results"
            config.write_text(MNIST.replace("EPOCHS", str(epochs)), encoding="utf-8")
            words = ["sweep", config, "--executor", "loky", "--workers", count, "--results", results, "--cache", cache]
            command = [sys.executable, "-c", "from experiments.cli import main; main()", *map(str, words)]
            began, computed = time.perf_counter(), _cpu_seconds()
            subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
            walls.append(time.perf_counter() - began)
            trials = _read_trials(results)
        assert len(trials) == 24  # noqa: S101
        rows += [
            (f"{run}: whole command", walls[-1], "s"),
            (f"{run}: CPU time", _cpu_seconds() - computed, "s"),
            (f"{run}: mean fit", float(trials["fit"].mean()), "s"),
        ]
        if count == 1 and epochs == LENGTHS[0]:
            warm = trials.iloc[2:]
            rows += [
                ("overhead a trial, warm worker: mean", float(warm["overhead"].mean()), "s"),
                ("overhead a trial, warm worker: largest", float(warm["overhead"].max()), "s"),
                ("preparing a trial (data, model), warm worker: mean", float(warm["prepare"].mean()), "s"),
                ("record of an MNIST trial", float(trials["bytes"].mean()) / 1e3, "kB"),
            ]
    return [*rows, (f"{epochs} epochs: 2 workers against 1: faster by", walls[0] / walls[1], "times")]


def driver() -> list[Row]:
    """What handing out, writing and reading back a trial costs the driving process."""
    rows: list[Row] = []
    for rates, batches in SIZES:
        with TemporaryDirectory() as folder:
            config, results = Path(folder) / "large.yaml", Path(folder) / "results"
            text = LARGE.replace("RATES", ", ".join(f"{rate:.6g}" for rate in np.geomspace(1e-4, 1, rates)))
            config.write_text(text.replace("BATCHES", ", ".join(map(str, range(1, batches + 1)))), encoding="utf-8")
            results.mkdir()
            times = [time.perf_counter()]
            sweep = load_sweep(config)
            plan = open_plan(sweep, None)
            times.append(time.perf_counter())
            for _ in range(2):
                progress = SweepProgress(Console(quiet=True), sweep, PLACES)
                Driver(sweep, plan, Places(results, results), Immediate(), progress).run()
                times.append(time.perf_counter())
            planned, driven, again = np.diff(times) / plan.total
            rows += [
                (f"{plan.total:,} points: checking and naming one", 1e3 * planned, "ms"),
                (f"{plan.total:,} trials: handing out and recording one", 1e3 * driven, "ms"),
                (f"{plan.total:,} trials: finding one finished at a restart", 1e3 * again, "ms"),
            ]
    return rows


def _cpu_seconds() -> float:
    """Of all processes that this one has started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _read_trials(results: Path) -> pd.DataFrame:
    """Seconds and bytes of each trial in the order of their end; the overhead is that of one worker alone."""
    rows = []
    for folder in results.glob("swept/runs/sweep/seed-*"):
        seconds = json.loads((folder / "environment.json").read_text(encoding="utf-8"))["seconds"]
        size = sum(path.stat().st_size for path in folder.iterdir())
        rows.append({**seconds, "ended": (folder / "scores.json").stat().st_mtime, "bytes": size})
    trials = pd.DataFrame(rows).sort_values("ended", ignore_index=True)
    trials["overhead"] = trials["ended"].diff() - trials[["prepare", "fit", "predict"]].sum(axis=1)
    return trials


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=["workers", "driver"], help="default: both")
    parser.add_argument("--cache", type=Path, default=ROOT / ".data", help="folder of fetched data")
    parser.add_argument("--out", type=Path, default=ROOT / "results" / "bench" / "sweeps.csv")
    chosen = parser.parse_args()
    rows = []
    if chosen.part != "driver":
        rows += [("workers", *row) for epochs in LENGTHS for row in workers(chosen.cache, epochs)]
    if chosen.part != "workers":
        rows += [("driver", *row) for row in driver()]
    table = pd.DataFrame(rows, columns=["part", "what", "value", "unit"])
    if chosen.out.exists():
        kept = pd.read_csv(chosen.out)
        table = pd.concat([table, kept[~kept["part"].isin(table["part"])]])
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(chosen.out, index=False, float_format="%.4g")
    console = Console()
    for row in table.itertuples(index=False):
        console.print(f"{row.what:62} {row.value:9.3g} {row.unit}", highlight=False)


if __name__ == "__main__":
    main()
