"""Several experiments, one after another or some at a time, each then in a process that keeps what it has loaded.

A small network cannot keep two cores busy: between its steps, while a program is compiled and while figures are drawn,
one of them waits. Every experiment computes on all cores all the same, for the number of threads decides the last bits
of a result (`experiments.threads`): side by side and alone it gives the same.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console

from experiments.loading import Experiment
from experiments.overview import published_summary
from experiments.problems import RecordError
from experiments.progress import BarProgress, LineProgress, Progress
from experiments.runner import Places, run_experiment


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


def run_orders(orders: Sequence[Order], console: Console, workers: int) -> Iterator[Outcome]:
    """Run experiments, `workers` at a time; those that show others' results are drawn when all are there.

    Raises:
        ConfigError, DataError, RecordError: from the first experiment that stops; those under way are finished first.
    """
    if workers == 1 or len(orders) == 1:
        progress = BarProgress(console)
        for number, order in enumerate(orders, start=1):
            if len(orders) > 1:
                console.print(f"[dim]experiment {number} of {len(orders)}[/]", highlight=False)
            yield _run(order, progress)
        return
    for order, outcome in zip(orders, _at_once(orders, workers), strict=True):
        yield outcome
        if order.experiment.spec.beside:  # sorted to the end: the others are finished
            _run(replace(order, redraw=True), BarProgress(console))


def _at_once(orders: Sequence[Order], workers: int) -> Iterator[Outcome]:
    from joblib.externals.loky import ProcessPoolExecutor
    from joblib.externals.loky.process_executor import BrokenProcessPool

    pool = ProcessPoolExecutor(
        max_workers=min(workers, len(orders)), timeout=600, initializer=_begin, initargs=(os.getpid(),)
    )
    try:
        # The longest first, so that the last ones are short and all workers end at about the same time.
        begun = {id(o): pool.submit(_run_in_worker, o) for o in sorted(orders, key=_seconds, reverse=True)}
        waiting = [begun[id(order)] for order in orders]
        try:
            for future in waiting:
                yield future.result()
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
        pool.shutdown(wait=False, kill_workers=True)


def _begin(parent: int) -> None:
    from experiments.sweeps.work import end_with_parent

    end_with_parent(parent)


def _run_in_worker(order: Order) -> Outcome:
    return _run(order, LineProgress(Console(), order.experiment.name))


def _run(order: Order, progress: Progress) -> Outcome:
    report = run_experiment(order.experiment, order.places, progress, extended=order.extended, redraw=order.redraw)
    failures = tuple(
        f"{r.trial.experiment}, {r.trial.variant}, seed {r.trial.seed}: {r.outcome}: {r.error}" for r in report.failures
    )
    return Outcome(report.trained, failures, report.published)


def _seconds(order: Order) -> float:
    """About how long an experiment takes, by what its last run published; 0 where there was none."""
    published = published_summary(order.places.results, order.experiment.name) or {}
    return float(published.get("fit_seconds") or 0) * float(published.get("trials") or 0)
