"""What a sweep will do and cost, before anything runs."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from experiments.loading import BASE
from experiments.planning import find_finished
from experiments.records import SWEEP, seconds_of
from experiments.sweeps.plans import known_plan, sweep_folder
from experiments.sweeps.points import Point, Sweep, short_names, value_text
from experiments.sweeps.progress import duration


@dataclass(frozen=True)
class Foreseen:
    """What a sweep will do."""

    sweep: Sweep
    points: list[Point]
    """Those known before it runs: none of a Bayesian sweep that never ran."""
    total: int
    finished: int
    workers: int
    """How many trials run at once; 0 while a scheduler has no worker."""
    seconds: float | None
    """A trial's, measured; None if none of this experiment has been run."""

    @property
    def trials(self) -> int:
        """All trials, finished ones included."""
        return self.total * len(self.sweep.seeds)

    @property
    def time_left(self) -> float | None:
        """Seconds of the trials that are left; None where they cannot be told."""
        if self.seconds is None or not self.workers:
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
            table.add_row(str(point.number), *(escape(value_text(point.settings[path])) for path in paths))
        if self.points:
            console.print(table)
        if len(self.points) < self.total:
            console.print(f"{self.total - len(self.points)} points are proposed as the sweep goes on")
        seeds = len(self.sweep.seeds)
        counts = f"{self.total} points x {seeds} seed{'s' * (seeds != 1)} = {self.trials} trials"
        console.print(f"{counts}, {self.finished} finished", highlight=False)
        if self.sweep.held_out:
            message = "a tenth of the training examples is held out: the config has no validation data of its own"
            console.print(message, soft_wrap=True)
        if self.time_left is None:
            before = "a trial of this experiment has been run" if self.workers else "the scheduler has workers"
            console.print(f"time: not known before {before}", highlight=False)
            return
        on = f"{self.workers} worker{'s' * (self.workers != 1)} ({self.seconds:.1f} s a trial, measured)"
        console.print(f"time: about {duration(self.time_left)} on {on}", highlight=False)


def foresee(sweep: Sweep, results: Path, workers: int) -> Foreseen:
    """Plan a sweep without running or writing anything.

    The time of a trial is the median of the sweep's finished ones, or else of the experiment's.
    """
    folder = sweep_folder(sweep, results)
    plan = known_plan(sweep, folder)
    points = plan.points()
    finished = sum(find_finished(results, trial) is not None for point in points for trial in point.trials)
    return Foreseen(sweep, points, plan.total, finished, workers, _measured(results, sweep.experiment.name, folder))


def _measured(results: Path, experiment: str, folder: Path) -> float | None:
    """Median seconds of an experiment's trials: from their records; where there are none, from published tables."""
    for variant in (SWEEP, BASE, "*"):
        if found := seconds_of(results, experiment, variant):
            return sorted(found)[len(found) // 2]
    for table in (folder / "sweep.csv", results / experiment / "trials.csv"):
        if found := _published_seconds(table):
            return sorted(found)[len(found) // 2]
    return None


def _published_seconds(table: Path) -> list[float]:
    """Of fitting alone, all that a published table has; none where it cannot be read."""
    try:
        with table.open(encoding="utf-8", newline="") as rows:
            return [float(row["fit_seconds"]) for row in csv.DictReader(rows) if row.get("fit_seconds")]
    except (OSError, ValueError, csv.Error):
        return []
