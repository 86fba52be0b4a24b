"""How a sweep tells that it goes on: trials and points done, the best point so far, the time left."""

import math

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from experiments.records import Record, Trial
from experiments.sweeps.objective import validation_score
from experiments.sweeps.points import Point, Sweep, describe


class SweepProgress:
    """A bar on a terminal, and a line for each finished trial."""

    def __init__(self, console: Console, sweep: Sweep, workers: int):
        """Prepare.

        Args:
            console: where to.
            sweep: what is swept.
            workers: how many trials run at once.
        """
        self._console, self._sweep, self._workers = console, sweep, max(workers, 1)
        self._bars: Progress | None = None
        self._total = self._done = self._run = 0
        self._points = self._points_done = 0
        self._best: tuple[float, Point] | None = None
        self._seconds = 0.0

    def name(self, point: Point, trial: Trial) -> str:
        """A trial in a line: its point, its settings, its seed."""
        return f"point {point.number} ({describe(point.settings)}), seed {trial.seed}"

    def started(self, points: int, done: int) -> None:
        """So many points are planned, and so many of their trials finished before."""
        total = points * len(self._sweep.seeds)
        self._points, self._total, self._done = points, total, done
        if not self._console.is_terminal or done >= total:
            return
        columns = (TextColumn("  {task.description}"), BarColumn(bar_width=16), MofNCompleteColumn(),
                   TextColumn("{task.fields[note]}"))  # fmt: skip
        self._bars = Progress(*columns, console=self._console, transient=True)
        self._bars.start()
        self._bar = self._bars.add_task("trials", total=total, completed=done, note="starting")

    def trial_started(self) -> None:
        """A trial has been handed out."""
        if self._bars is not None and not self._run:
            self._bars.update(self._bar, note="loading the library")

    def point_ended(self, point: Point, value: float) -> None:
        """All seeds of a point are through, or it was dropped; its objective is NaN where one did not complete."""
        self._points_done += 1
        if not math.isnan(value) and (self._best is None or self._is_better(value, self._best[0])):
            self._best = (value, point)

    def dropped(self, point: Point, spared: int) -> None:
        """The median rule has dropped a point."""
        self._total -= spared
        self.note(f"point {point.number} ({describe(point.settings)}): dropped, {spared} of its seeds spared")

    def trial_ended(self, point: Point, record: Record, seconds: float) -> None:
        """A trial is finished.

        Args:
            point: its point.
            record: what came of it.
            seconds: how long it took us; NaN where another process ran it.
        """
        self._done += 1
        if not math.isnan(seconds):
            self._run += 1
            self._seconds += seconds
        said = escape(self.name(point, record.trial))
        if record.outcome == "completed":
            said += f": {self._words(validation_score(record, self._sweep.metric))}"
        else:
            colour = "red" if record.outcome == "failed" else "yellow"
            said += f": [{colour}]{record.outcome}[/] ({escape(record.error or '')})"
        said += f" ({seconds:.1f} s)" if not math.isnan(seconds) else " (by another process)"
        status = escape(self.status())
        self._console.print(f"  {self._done}/{self._total}  {said}  [dim]{status}[/]", highlight=False, soft_wrap=True)
        if self._bars is not None:
            self._bars.update(self._bar, completed=self._done, total=self._total, note=status)

    def status(self) -> str:
        """Points done, the best so far, and the time left."""
        parts = [f"{self._points_done}/{self._points} points"]
        if self._best is not None:
            value, point = self._best
            parts.append(f"best {self._words(value)} at {describe(point.settings)}")
        left = self._total - self._done
        if self._run and left:
            parts.append(f"about {duration(left * self._seconds / self._run / self._workers)} left")
        return ", ".join(parts)

    def note(self, text: str) -> None:
        """Something that a user should know."""
        self._console.print(f"  {text}", style="yellow", markup=False, highlight=False, soft_wrap=True)

    def ended(self) -> None:
        """Take the bar away."""
        if self._bars is not None:
            self._bars.stop()
            self._bars = None

    def _words(self, value: float) -> str:
        return f"{self._sweep.metric} {value:.4f}"

    def _is_better(self, value: float, other: float) -> bool:
        return value > other if self._sweep.maximise else value < other


def duration(seconds: float) -> str:
    """'40 s', '12 min', '3.5 h', '2.1 d'."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 5_400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 172_800 else f"{seconds / 86_400:.1f} d"
