"""A sweep from plan to records: hand out what is not finished, gather what comes back, survive what dies.

Records alone say what is done. Any number of processes may drive the same sweep on the same folder: each claims a
trial before it runs it, and looks again whether it is finished once it has the claim.
"""

import math
import time
from collections.abc import Callable, Hashable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from pathlib import Path

from experiments.planning import Places, find_finished
from experiments.records import Record, Result, Trial, find_record, remove_unfinished
from experiments.sweeps.arrivals import Arrivals, NotYet
from experiments.sweeps.claims import Claim, claim
from experiments.sweeps.costs import costliest_first
from experiments.sweeps.executors import Executor
from experiments.sweeps.objective import hopeless, objective, ranked, validation_score
from experiments.sweeps.plans import Plan
from experiments.sweeps.points import Point, Sweep
from experiments.sweeps.progress import SweepProgress
from experiments.sweeps.work import Job, mark_folder

PATIENCE = 0.5
"""Seconds until a trial that another process runs is looked at again."""


@dataclass(frozen=True)
class Outcome:
    """What a sweep gave."""

    points: tuple[Point, ...]
    records: dict[str, Record]
    """By trial id; trials of dropped points may be absent."""
    scores: dict[str, float]
    """Validation scores by trial id."""
    dropped: frozenset[int]
    """Numbers of the points that the median rule dropped."""
    trained: int
    """Trials run just now, by this process."""

    @property
    def failures(self) -> tuple[Record, ...]:
        """Trials that failed; to diverge is a result."""
        return tuple(r for r in self.records.values() if r.outcome == "failed")

    def best_first(self, *, maximise: bool) -> list[tuple[Point, float]]:
        """The points that have an objective and were not dropped, with it."""
        values = {p.number: objective(p, self.scores) for p in self.points if p.number not in self.dropped}
        points = [point for point in self.points if point.number in values]
        return [(point, values[point.number]) for point in ranked(points, values, maximise=maximise)]


@dataclass(frozen=True)
class _Running:
    trial: Trial
    point: Point
    slot: Hashable
    claim: Claim
    since: float


class Driver:
    """Drives one sweep to its end."""

    def __init__(self, sweep: Sweep, plan: Plan, places: Places, executor: Executor, progress: SweepProgress):
        """Prepare; nothing is run yet."""
        self._sweep, self._plan, self._executor, self._progress = sweep, plan, executor, progress
        self._places = Places(places.results.resolve(), places.cache.resolve())
        self._configs = sweep.experiment.path.parent.resolve()
        self._prune = sweep.spec.prune
        self._arrivals = Arrivals(self._places.results, executor)
        self._trained = 0
        self._lonely = False  # whether it has been said that there is no worker

        self._points: dict[int, Point] = {}
        self._records: dict[str, Record] = {}
        self._scores: dict[str, float] = {}
        self._pending: dict[str, tuple[Point, Trial]] = {}
        self._running: dict[Future[Result | None], _Running] = {}
        self._failed_before: dict[str, tuple[int, int]] = {}  # failures of an earlier sweep, by their records' stamps
        self._look_again: dict[str, float] = {}  # trials that others run or have run, and when to look for a record
        self._last_point: dict[Hashable, int] = {}  # by slot: its program is compiled there
        self._told: set[int] = set()
        self._dropped: set[int] = set()
        self._compared = False  # whether the median rule has had what it needs
        self._meanwhile: Callable[[], object] | None = None

    def run(self, meanwhile: Callable[[], object] | None = None) -> Outcome:
        """Run every trial that is not finished.

        Args:
            meanwhile: called once when the first trials have been handed out, for work that would otherwise have to
                wait for the last one; not called if there is nothing to run.

        Raises:
            DataError: the data cannot be had.
            RecordError: a run folder cannot be read or written, or the scheduler is gone.
            ConfigError: a Bayesian sweep has no point that is a valid config.
        """
        remove_unfinished(self._places.results, self._sweep.experiment.name)
        mark = mark_folder(self._places.results, self._sweep.experiment.name)
        self._meanwhile = meanwhile
        self._learn_points()
        self._progress.started(self._plan.total, len(self._records))
        try:
            self._conclude(self._points.values())
            while self._step(mark):
                pass
            self._executor.close()
        except BaseException:
            for running in self._running.values():
                running.claim.release()
            self._executor.close(kill=True)
            raise
        finally:
            self._progress.ended()
        points = tuple(self._points[number] for number in sorted(self._points))
        return Outcome(points, self._records, self._scores, frozenset(self._dropped), self._trained)

    def _step(self, mark: Path) -> bool:
        """Fill free places, wait for something to happen; False when all is done."""
        self._conclude(self._learn_points())
        busy = {running.slot for running in self._running.values()}
        slots = self._executor.slots()
        if not slots and not self._lonely:
            self._progress.note("no worker is there; waiting for one")
        self._lonely = not slots
        for slot in slots:
            if slot not in busy:
                self._fill(slot, mark)
        if self._running:
            if self._meanwhile is not None:
                self._meanwhile()
                self._meanwhile = None
            done, _ = wait(self._running, timeout=PATIENCE, return_when=FIRST_COMPLETED)
            for future in done:
                self._gather(future)
            return True
        if self._pending:
            time.sleep(PATIENCE)  # another process runs them, or there is no worker just now
            return True
        return self._plan.propose() is not None

    def _learn_points(self) -> list[Point]:
        """Take in points that are new, ours or another process's."""
        new = costliest_first(self._plan.points()[len(self._points) :], self._configs)
        for point in new:
            self._points[point.number] = point
            for trial in point.trials:
                record = find_finished(self._places.results, trial)
                if record is not None:
                    self._keep(record)
                    continue
                self._pending[trial.id] = (point, trial)
                if (failed := find_record(self._places.results, trial)) is not None:
                    self._failed_before[trial.id] = failed.stamp
        return new

    def _fill(self, slot: Hashable, mark: Path) -> None:
        """Put a trial into a free place, if there is one to run."""
        while True:
            chosen = self._choose(slot)
            if chosen is None:
                if self._plan.propose() is None:
                    return
                self._conclude(self._learn_points())
                continue
            point, trial = chosen
            taken = claim(trial, self._places.results)
            if taken is None:
                self._look_again[trial.id] = time.monotonic() + PATIENCE
                continue
            record = self._finished_meanwhile(trial)
            if record is not None:
                taken.release()
                self._trained += self._arrivals.was_written(trial)
                self._finish(point, record)
                continue
            if self._arrivals.is_late(trial):
                taken.release()
                self._look_again[trial.id] = time.monotonic() + PATIENCE
                continue
            del self._pending[trial.id]
            self._last_point[slot] = point.number
            self._progress.trial_started()
            began = time.perf_counter()
            job = Job(trial, self._configs, self._places.results, self._places.cache, mark)
            self._running[self._executor.submit(slot, job)] = _Running(trial, point, slot, taken, began)
            return

    def _choose(self, slot: Hashable) -> tuple[Point, Trial] | None:
        """A trial to run: of the point that the place ran last, else of one that no place is at, else any."""
        now = time.monotonic()
        last = self._points.get(self._last_point.get(slot, 0))
        for trial in last.trials if last is not None else ():
            if last is not None and trial.id in self._pending and self._may_run(last, trial, now):
                return last, trial
        taken = {running.point.number for running in self._running.values()}
        fallback = None
        for point, trial in self._pending.values():
            if not self._may_run(point, trial, now):
                continue
            if point.number not in taken:
                return point, trial
            fallback = fallback or (point, trial)
        return fallback

    def _may_run(self, point: Point, trial: Trial, now: float) -> bool:
        """Not if another process is at it, nor if the median rule may yet drop its point."""
        if self._look_again.get(trial.id, 0) > now:
            return False
        if self._prune is None or self._compared:
            return True
        first = point.trials[: self._prune.after_seeds]
        if any(trial.id == one.id for one in first):
            return True
        return self._sweep.spec.method == "bayes" and all(one.id in self._records for one in first)

    def _finished_meanwhile(self, trial: Trial) -> Record | None:
        """The record that another process has made; a failure counts if it was not there when this sweep began."""
        record = find_finished(self._places.results, trial)
        if record is not None:
            return record
        failed = find_record(self._places.results, trial)
        if failed is None or failed.outcome != "failed" or failed.stamp == self._failed_before.get(trial.id):
            return None
        return failed

    def _gather(self, future: "Future[Result | None]") -> None:
        """Take in what came of a job."""
        running = self._running.pop(future)
        seconds = time.perf_counter() - running.since
        try:
            came = self._arrivals.take_in(running.trial, future)
        finally:
            running.claim.release()
        if isinstance(came, NotYet):
            self._pending[running.trial.id] = (running.point, running.trial)
            if came.why:
                self._progress.note(f"{self._progress.name(running.point, running.trial)}: {came.why}")
            return
        self._trained += 1
        self._finish(running.point, came, seconds)

    def _finish(self, point: Point, record: Record, seconds: float = math.nan) -> None:
        self._pending.pop(record.trial.id, None)
        self._keep(record)
        self._conclude([point])
        self._progress.trial_ended(point, record, seconds)

    def _keep(self, record: Record) -> None:
        self._records[record.trial.id] = record
        self._scores[record.trial.id] = validation_score(record, self._sweep.metric)

    def _conclude(self, points: Iterable[Point]) -> None:
        """Tell the plan of points that are through; drop those without hope, which may be any."""
        points = list(points)
        for point in self._without_hope():
            self._drop(point)
            points.append(point)
        for point in points:
            through = all(trial.id in self._records for trial in point.trials)
            if point.number in self._told or not (through or point.number in self._dropped):
                continue
            value = objective(point, self._scores)
            diverged = any(r.outcome == "diverged" for t in point.trials if (r := self._records.get(t.id)))
            lost = diverged or point.number in self._dropped
            self._plan.tell(point, None if math.isnan(value) else value, hopeless=lost)
            self._progress.point_ended(point, value)
            self._told.add(point.number)

    def _without_hope(self) -> list[Point]:
        """Points that the median rule drops now. Those of a grid or a random draw are compared once, all together."""
        if self._prune is None or self._compared:
            return []
        if self._sweep.spec.method != "bayes":
            first = (t.id for p in self._points.values() for t in p.trials[: self._prune.after_seeds])
            self._compared = all(id_ in self._records for id_ in first)
            if not self._compared:
                return []
        numbers = hopeless(list(self._points.values()), self._scores, self._sweep)
        points = [self._points[number] for number in sorted(numbers - self._dropped)]
        return [point for point in points if any(trial.id not in self._records for trial in point.trials)]

    def _drop(self, point: Point) -> None:
        """Run no more seeds of a point."""
        self._dropped.add(point.number)
        spared = [trial for trial in point.trials if self._pending.pop(trial.id, None)]
        if spared:
            self._progress.dropped(point, len(spared))
