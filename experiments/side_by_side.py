"""Experiments in processes side by side: several, some at a time, or the trials of a single one.

Each trial computes on one thread wherever it runs (`experiments.threads`): side by side and alone it gives the same.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console

from experiments.loading import Experiment
from experiments.memory import shortage
from experiments.overview import published_summary
from experiments.planning import Places, due_trials, find_finished
from experiments.problems import RecordError
from experiments.progress import BarProgress, LineProgress, Progress
from experiments.records import Trial
from experiments.runner import Elsewhere, run_experiment
from experiments.threads import environment
from experiments.workers import most_workers

WORTH_WORKERS = 60.0
"""Seconds of training from which the seconds that workers take to start are well spent."""


@dataclass(frozen=True)
class Order:
    """An experiment to be run, and how."""

    experiment: Experiment
    places: Places
    extended: bool
    redraw: bool


@dataclass(frozen=True)
class Outcome:
    """What a run of an experiment came to: trials trained now, a line on each that failed, where it is published."""

    trained: int
    failures: tuple[str, ...]
    published: Path


def usual_workers(orders: Sequence[Order]) -> int:
    """How many workers a run has where nobody says: one, or for long runs as many as cores and memory have place for.

    How long a run will be is what its last published run tells.
    """
    if not any(map(_seconds_a_trial, orders)):
        return 1
    waiting = [(order, _unfinished(order)) for order in orders]
    if sum(_seconds_a_trial(order) * len(trials) for order, trials in waiting) < WORTH_WORKERS:
        return 1
    specs = [(t.spec, order.experiment.path.parent) for order, trials in waiting for t in _one_a_variant(trials)]

    def fit(number: int) -> bool:
        return all(shortage(spec, folder, number) is None for spec, folder in specs)

    return next((number for number in range(most_workers(), 1, -1) if fit(number)), 1)


def run_orders(orders: Sequence[Order], console: Console, workers: int) -> Iterator[Outcome]:
    """Run experiments, `workers` at a time; those that show others' results are drawn when all are there.

    A single experiment's trials are spread over the workers instead.

    Raises:
        ConfigError, DataError, RecordError: from the first experiment that stops; those under way are finished first.
    """
    if workers == 1 or len(orders) == 1:
        progress = BarProgress(console)
        for number, order in enumerate(orders, start=1):
            if len(orders) > 1:
                console.print(f"[dim]experiment {number} of {len(orders)}[/]", highlight=False)
            yield _run(order, progress, _spread(workers))
        return
    for order, outcome in zip(orders, _at_once(orders, workers), strict=True):
        yield outcome
        if order.experiment.spec.beside:  # sorted to the end: the others are finished
            _run(replace(order, redraw=True), BarProgress(console))


def _at_once(orders: Sequence[Order], workers: int) -> Iterator[Outcome]:
    from joblib.externals.loky import ProcessPoolExecutor
    from joblib.externals.loky.process_executor import BrokenProcessPool

    ended, workers = False, min(workers, len(orders))
    pool = ProcessPoolExecutor(
        max_workers=workers,
        timeout=600,
        initializer=_begin,
        initargs=(os.getpid(),),
        env=environment(),
    )
    try:
        # The longest first, so that the last ones are short and all workers end at about the same time.
        begun = {id(o): pool.submit(_run_in_worker, o, workers) for o in sorted(orders, key=_seconds, reverse=True)}
        waiting = [begun[id(order)] for order in orders]
        try:
            for future in waiting:
                yield future.result()
            ended = True
        except BrokenProcessPool as error:
            message = (
                "a worker was ended, perhaps for want of memory; finished trials are kept, the same command goes on"
            )
            raise RecordError(message) from error
        except Exception:
            under_way = [future for future in waiting if not future.cancel()]
            for future in under_way:
                future.exception()  # waits
            raise
    finally:
        pool.shutdown(wait=ended, kill_workers=not ended)


def _begin(parent: int) -> None:
    from experiments.sweeps.work import end_with_parent

    end_with_parent(parent)


def _run_in_worker(order: Order, sharing: int) -> Outcome:
    return _run(order, LineProgress(Console(), order.experiment.name), sharing=sharing)


def _spread(workers: int) -> Elsewhere | None:
    if workers == 1:
        return None
    from experiments.spreading import Spread

    return Spread(workers)


def _run(order: Order, progress: Progress, elsewhere: Elsewhere | None = None, *, sharing: int = 1) -> Outcome:
    report = run_experiment(
        order.experiment,
        order.places,
        progress,
        extended=order.extended,
        redraw=order.redraw,
        elsewhere=elsewhere,
        sharing=sharing,
    )
    failures = tuple(
        f"{r.trial.experiment}, {r.trial.variant}, seed {r.trial.seed}: {r.outcome}: {r.error}" for r in report.failures
    )
    return Outcome(report.trained, failures, report.published)


def _seconds(order: Order) -> float:
    """About how long all trainings of an experiment take, by what its last run published; 0 where there was none."""
    return _seconds_a_trial(order) * float(_published(order).get("trials") or 0)


def _seconds_a_trial(order: Order) -> float:
    return float(_published(order).get("fit_seconds") or 0)


def _published(order: Order) -> dict[str, Any]:
    return published_summary(order.places.results, order.experiment.name) or {}


def _one_a_variant(trials: Iterable[Trial]) -> list[Trial]:
    return list({trial.variant: trial for trial in trials}.values())


def _unfinished(order: Order) -> list[Trial]:
    results = order.places.results
    due = due_trials(order.experiment, results, extended=order.extended)
    return [trial for trial in due if find_finished(results, trial) is None]
