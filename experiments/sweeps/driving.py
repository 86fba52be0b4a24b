"""A sweep from plan to records: hand out what is not finished, gather what comes back, survive what dies.

Records alone say what is done. Any number of processes may drive the same sweep on the same folder: each claims a
trial before it runs it, and looks again whether it is finished once it has the claim.
"""

import math
import time
import uuid
from collections.abc import Hashable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from pathlib import Path

from experiments.environment import describe_environment
from experiments.problems import RecordError
from experiments.records import Record, Result, Trial, find_record, remove_unfinished, write_record
from experiments.runner import Places, find_finished
from experiments.sweeps.claims import Claim, claim
from experiments.sweeps.executors import Executor
from experiments.sweeps.objective import hopeless, objective
from experiments.sweeps.plans import Plan
from experiments.sweeps.points import Point, Sweep
from experiments.sweeps.progress import SweepProgress
from experiments.sweeps.work import Job

PATIENCE = 0.5
"""Seconds until a trial that another process runs is looked at again."""

MOST_DEATHS = 2
"""Workers that may die of a trial before it is taken to be the trial's fault."""


@dataclass(frozen=True)
class Outcome:
    """What a sweep gave."""

    points: tuple[Point, ...]
    records: dict[str, Record]
    """By trial id; trials of dropped points may be absent."""
    dropped: frozenset[int]
    """Numbers of the points that the median rule dropped."""
    trained: int
    """Trials run just now, by this process."""

    @property
    def failures(self) -> tuple[Record, ...]:
        """Trials that did not complete."""
        return tuple(r for r in self.records.values() if r.outcome == "failed")


@dataclass
class _Running:
    trial: Trial
    point: Point
    slot: Hashable
    claim: Claim
    since: float


@dataclass
class _State:
    """Where the sweep stands, as this process knows it."""

    records: dict[str, Record] = field(default_factory=dict)
    pending: dict[str, tuple[Point, Trial]] = field(default_factory=dict)
    running: dict["Future[Result | None]", _Running] = field(default_factory=dict)
    deaths: dict[str, int] = field(default_factory=dict)
    """How many workers have died of a trial."""
    elsewhere: dict[str, float] = field(default_factory=dict)
    """Trials that another process runs, and when to look again."""
    last: dict[Hashable, int] = field(default_factory=dict)
    """The point that a place ran last: its program is compiled there."""


class Driver:
    """Drives one sweep to its end."""

    def __init__(self, sweep: Sweep, plan: Plan, places: Places, executor: Executor, progress: SweepProgress):
        """Prepare; nothing is run yet."""
        self._sweep, self._plan, self._executor, self._progress = sweep, plan, executor, progress
        self._places = Places(places.results.resolve(), places.cache.resolve())
        self._configs = sweep.experiment.path.resolve().parent
        self._state, self._known = _State(), dict[int, Point]()
        self._told: set[int] = set()
        self._dropped: set[int] = set()
        self._spared = 0
        self._started = time.time()
        self._trained = 0

    def run(self) -> Outcome:
        """Run every trial that is not finished.

        Raises:
            DataError: the data cannot be had.
            RecordError: a run folder cannot be read or written.
        """
        remove_unfinished(self._places.results, self._sweep.experiment.name)
        self._learn_points()
        total = self._plan.total * len(self._sweep.seeds) - self._spared
        self._progress.started(total, len(self._state.records))
        try:
            mark = _mark(self._places.results, self._sweep.experiment.name)
            while self._step(mark):
                pass
            self._executor.close()
        except BaseException:
            for running in self._state.running.values():
                running.claim.release()
            self._executor.close(kill=True)
            raise
        finally:
            self._progress.ended()
        points = tuple(self._known[number] for number in sorted(self._known))
        return Outcome(points, self._state.records, frozenset(self._dropped), self._trained)

    def _step(self, mark: Path) -> bool:
        """Fill free places, wait for something to happen; False when all is done."""
        self._learn_points()
        busy = {running.slot for running in self._state.running.values()}
        for slot in self._executor.slots():
            if slot not in busy:
                self._fill(slot, mark)
        if self._state.running:
            done, _ = wait(self._state.running, timeout=PATIENCE, return_when=FIRST_COMPLETED)
            for future in done:
                self._gather(future)
            return True
        if self._state.pending:
            time.sleep(PATIENCE)  # another process runs them, or there is no worker just now
            return True
        return len(self._known) < self._plan.total and self._learn_points(ask=True)

    def _learn_points(self, *, ask: bool = False) -> bool:
        """Take in points that are new, ours or another process's; with `ask`, have one proposed."""
        if ask:
            self._plan.propose()
        new = [point for point in self._plan.points() if point.number not in self._known]
        for point in new:
            self._known[point.number] = point
            for trial in point.trials:
                record = find_finished(self._places.results, trial)
                if record is not None:
                    self._state.records[trial.id] = record
                else:
                    self._state.pending[trial.id] = (point, trial)
        self._conclude(new)
        return bool(new)

    def _fill(self, slot: Hashable, mark: Path) -> None:
        """Put a trial into a free place, if there is one to run."""
        while True:
            chosen = self._choose(slot)
            if chosen is None:
                if not self._learn_points(ask=True):
                    return
                continue
            point, trial = chosen
            taken = claim(trial, self._places.results)
            if taken is None:
                self._state.elsewhere[trial.id] = time.monotonic() + PATIENCE
                continue
            record = self._finished_meanwhile(trial)
            if record is not None:
                taken.release()
                self._finish(point, trial, record)
                continue
            del self._state.pending[trial.id]
            self._state.last[slot] = point.number
            self._progress.trial_started(point, trial)
            job = Job(trial, self._configs, self._places.results, self._places.cache, mark)
            began = time.perf_counter()
            future = self._executor.submit(slot, job)
            self._state.running[future] = _Running(trial, point, slot, taken, began)
            return

    def _choose(self, slot: Hashable) -> tuple[Point, Trial] | None:
        """A trial to run: of the point that the place ran last, else of one that no place is at, else any."""
        now, last = time.monotonic(), self._state.last.get(slot)
        taken = {running.point.number for running in self._state.running.values()}
        fallback = None
        if last is not None:
            for trial in self._known[last].trials:
                if trial.id in self._state.pending and self._may_run(self._known[last], trial, now):
                    return self._known[last], trial
        for point, trial in self._state.pending.values():
            if not self._may_run(point, trial, now):
                continue
            if point.number not in taken:
                return point, trial
            fallback = fallback or (point, trial)
        return fallback

    def _may_run(self, point: Point, trial: Trial, now: float) -> bool:
        """Not if another process is at it, nor if the median rule may yet drop its point."""
        prune = self._sweep.spec.prune
        if prune is not None and trial.id not in {t.id for t in point.trials[: prune.after_seeds]}:
            points = [point] if self._sweep.spec.method == "bayes" else self._known.values()
            if not all(t.id in self._state.records for p in points for t in p.trials[: prune.after_seeds]):
                return False
        return self._state.elsewhere.get(trial.id, 0) <= now

    def _finished_meanwhile(self, trial: Trial) -> Record | None:
        """The record that another process has made; a failure counts if it is not older than this sweep."""
        record = find_finished(self._places.results, trial)
        if record is not None:
            return record
        failed = find_record(self._places.results, trial)
        if failed is not None and (failed.path / "scores.json").stat().st_mtime >= self._started:
            return failed
        return None

    def _gather(self, future: "Future[Result | None]") -> None:
        """Take in what came of a job."""
        running = self._state.running.pop(future)
        trial = running.trial
        try:
            error = future.exception()
            if error is None:
                record = self._written(trial, future.result())
            elif died := self._executor.deaths(error):
                self._state.deaths[trial.id] = self._state.deaths.get(trial.id, 0) + died
                if self._state.deaths[trial.id] < MOST_DEATHS:
                    self._progress.note(f"{self._progress.name(running.point, trial)}: its worker died; tried again")
                    self._state.pending[trial.id] = (running.point, trial)
                    return
                message = "its worker died, and so did the one that tried again"
                record = write_record(self._places.results, trial, Result("failed", describe_environment(), message))
            else:
                raise error
        finally:
            running.claim.release()
        self._trained += 1
        self._finish(running.point, trial, record, time.perf_counter() - running.since)

    def _written(self, trial: Trial, result: Result | None) -> Record:
        if result is not None:
            return write_record(self._places.results, trial, result)
        record = find_record(self._places.results, trial)
        if record is None:
            raise RecordError(
                f"{trial.folder(self._places.results)}: written by a worker, and not to be seen from here"
            )
        return record

    def _finish(self, point: Point, trial: Trial, record: Record, seconds: float = math.nan) -> None:
        self._state.pending.pop(trial.id, None)
        self._state.records[trial.id] = record
        self._conclude([point])
        self._progress.trial_ended(point, record, seconds)

    def _conclude(self, points: Iterable[Point]) -> None:
        """Tell the plan of points that are through; drop those without hope, which may be any."""
        if self._sweep.spec.prune is not None:
            points = [self._known[number] for number in sorted(self._known)]
            for number in hopeless(points, self._state.records, self._sweep) - self._dropped:
                self._drop(self._known[number])
        for point in points:
            through = all(trial.id in self._state.records for trial in point.trials)
            if point.number in self._told or not (through or point.number in self._dropped):
                continue
            value = objective(point, self._state.records, self._sweep.metric)
            diverged = any(r.outcome == "diverged" for t in point.trials if (r := self._state.records.get(t.id)))
            lost = diverged or point.number in self._dropped
            self._plan.tell(point, None if math.isnan(value) else value, hopeless=lost)
            self._progress.point_ended(point, value)
            self._told.add(point.number)

    def _drop(self, point: Point) -> None:
        """Run no more seeds of a point."""
        self._dropped.add(point.number)
        spared = [trial for trial in point.trials if self._state.pending.pop(trial.id, None)]
        self._spared += len(spared)
        if spared:
            self._progress.dropped(point, len(spared))


def _mark(results: Path, experiment: str) -> Path:
    """A file by which a worker knows that it sees the same folder, and not one of the same name elsewhere."""
    folder = results / experiment / "runs" / ".claims"
    folder.mkdir(parents=True, exist_ok=True)
    known = next(folder.glob("here-*"), None)
    if known is None:
        known = folder / f"here-{uuid.uuid4().hex}"
        known.touch()
    return known
