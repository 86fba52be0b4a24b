"""The trials of an experiment by number, and what a sweep will cost, before anything runs."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from experiments.problems import ConfigError, Problem
from experiments.records import SWEEP, Trial, find_record
from experiments.runner import find_finished, plan_trials
from experiments.sweeps.executors import cores
from experiments.sweeps.plans import Plan, open_plan
from experiments.sweeps.points import Point, Sweep, describe, load_sweep, short_names, value_text
from experiments.sweeps.progress import duration
from experiments.sweeps.publishing import sweep_folder


@dataclass(frozen=True)
class Numbered:
    """A trial and its number: first those of the variants, in the config's order, then those of the sweep."""

    number: int
    trial: Trial
    of: str
    """The variant, or the point's settings."""
    state: str
    """`completed`, `diverged`, `failed`, or `to run`."""
    settings: dict[str, Any]

    @property
    def in_sweep(self) -> bool:
        """Whether it is a trial of the sweep."""
        return self.trial.variant == SWEEP

    @property
    def finished(self) -> bool:
        """Whether it need not be run."""
        return self.state in ("completed", "diverged") or (self.state == "failed" and self.trial.spec.as_printed)

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "number": self.number,
            "id": self.trial.id,
            "variant": self.trial.variant,
            "settings": self.settings,
            "seed": self.trial.seed,
            "state": self.state,
        }


def number_trials(path: Path, words: Sequence[str], results: Path) -> list[Numbered]:
    """Every trial of a config, numbered from 1; of a Bayesian sweep those that are proposed by now."""
    sweep, experiment = _sweep_or_none(path, words)
    rows: list[tuple[Trial, str, dict[str, Any]]] = []
    rows += [(trial, trial.variant, {}) for trial in plan_trials(experiment)]
    if sweep is not None:
        for point in _plan(sweep, results).points():
            rows += [(trial, describe(point.settings), dict(point.settings)) for trial in point.trials]
    return [
        Numbered(number, trial, of, _state(results, trial), settings)
        for number, (trial, of, settings) in enumerate(rows, start=1)
    ]


def _sweep_or_none(path: Path, words: Sequence[str]) -> tuple[Sweep | None, Any]:
    from experiments.loading import load_experiment

    if not any("," in word for word in words):
        experiment = load_experiment(path, words)
        if experiment.spec.sweep is None:
            return None, experiment
    sweep = load_sweep(path, words)
    plain = sweep.experiment.overrides[: len(sweep.experiment.overrides) - sweep.held_out]
    return sweep, load_experiment(path, plain)


def _plan(sweep: Sweep, results: Path) -> Plan:
    """The plan as it stands; nothing is written, so a Bayesian sweep that never ran knows no points."""
    folder = sweep_folder(sweep, results)
    return open_plan(sweep, folder if (folder / "journal.log").exists() else None)


def _state(results: Path, trial: Trial) -> str:
    record = find_record(results, trial)
    return "to run" if record is None else record.outcome


def parse_numbers(text: str, most: int) -> list[int]:
    """'3,7,10-12' -> [3, 7, 10, 11, 12].

    Raises:
        ConfigError: it is no list of numbers, or one is beyond the last trial.
    """
    numbers: list[int] = []
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()):
            message = f"expected numbers such as 3,7 or 10-14, got {text!r}"
            raise ConfigError([Problem("command line", None, "--trials", message)])
        numbers += range(int(first), int(last or first) + 1)
    wrong = [number for number in numbers if not 1 <= number <= most]
    if wrong or not numbers:
        message = f"expected numbers from 1 to {most}, got {wrong[0] if wrong else text!r}; see `relecture trials`"
        raise ConfigError([Problem("command line", None, "--trials", message)])
    return list(dict.fromkeys(numbers))


def as_ranges(numbers: Sequence[int]) -> str:
    """[1, 2, 3, 7] -> '1-3,7', as job arrays take it."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and parts[-1][1] == number - 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in parts)


@dataclass(frozen=True)
class Foreseen:
    """What a sweep will do."""

    sweep: Sweep
    points: list[Point]
    """Those known before it runs: none of a Bayesian sweep that never ran."""
    total: int
    finished: int
    workers: int
    seconds: float | None
    """A trial's, measured; None if none of this experiment has been run."""

    @property
    def trials(self) -> int:
        """All trials, finished ones included."""
        return self.total * len(self.sweep.seeds)

    @property
    def time_left(self) -> float | None:
        """Seconds of the trials that are left."""
        if self.seconds is None:
            return None
        left = self.trials - self.finished
        return -(-left // self.workers) * self.seconds

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "experiment": self.sweep.experiment.name,
            "method": self.sweep.spec.method,
            "metric": self.sweep.spec.metric.model_dump(),
            "seeds": list(self.sweep.seeds),
            "points": self.total,
            "trials": self.trials,
            "finished": self.finished,
            "workers": self.workers,
            "seconds_a_trial": self.seconds,
            "seconds_left": self.time_left,
            "known_points": [
                {"point": p.number, "settings": dict(p.settings), "ids": [t.id for t in p.trials]} for p in self.points
            ],
        }

    def show(self, console: Console) -> None:
        """Print the points, and what they cost."""
        paths = list(self.sweep.spec.parameters)
        names = short_names(paths)
        table = Table("point", *(names[path] for path in paths), box=None)
        for point in self.points:
            table.add_row(str(point.number), *(value_text(point.settings[path]) for path in paths))
        if self.points:
            console.print(table)
        if len(self.points) < self.total:
            console.print(f"{self.total - len(self.points)} points are proposed as the sweep goes on")
        seeds = len(self.sweep.seeds)
        counts = f"{self.total} points x {seeds} seed{'s' * (seeds != 1)} = {self.trials} trials"
        console.print(f"{counts}, {self.finished} finished", highlight=False)
        if self.sweep.held_out:
            console.print("a tenth of the training examples is held out: the config has no validation data of its own")
        if self.time_left is None:
            console.print("time: not known before a trial of this experiment has been run", highlight=False)
            return
        each = f"{self.seconds:.1f} s a trial, measured"
        console.print(f"time: about {duration(self.time_left)} on {self.workers} workers ({each})", highlight=False)


def foresee(sweep: Sweep, results: Path, workers: int | None) -> Foreseen:
    """Plan a sweep without running or writing anything.

    The time of a trial is the median of the sweep's finished ones, or else of the experiment's.
    """
    plan = _plan(sweep, results)
    points = plan.points()
    finished = sum(find_finished(results, trial) is not None for point in points for trial in point.trials)
    return Foreseen(sweep, points, plan.total, finished, workers or cores(), _measured(results, sweep.experiment.name))


def _measured(results: Path, experiment: str) -> float | None:
    """Median seconds of an experiment's trials, from their records."""
    for folder in (SWEEP, "base", "*"):
        found = []
        for path in sorted((results / experiment / "runs").glob(f"{folder}/seed-*/environment.json"))[:200]:
            try:
                found.append(sum(json.loads(path.read_text(encoding="utf-8"))["seconds"].values()))
            except (OSError, ValueError, KeyError, TypeError, AttributeError):
                continue
        if found:
            return float(sorted(found)[len(found) // 2])
    return None
