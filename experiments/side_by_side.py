"""Experiments in processes side by side: several, some at a time, or the trials of a single one.

Each trial computes on one thread wherever it runs (`experiments.threads`): side by side and alone it gives the same.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console

from experiments.loading import Experiment
from experiments.memory import GIB, memory_limit, shortage
from experiments.overview import published_summary
from experiments.problems import RecordError
from experiments.progress import BarProgress, LineProgress, Progress
from experiments.runner import Elsewhere, Places, due_trials, find_finished, run_experiment
from experiments.threads import environment, trials_at_once

WORTH_WORKERS = 60.0
"""Seconds of training from which the seconds that workers take to start are well spent."""

WORKER_BYTES = 2 * GIB
"""Memory that a worker may need for itself and an image dataset; how many there are is chosen by it."""

ACCELERATORS = (Path("/dev/nvidia0"), Path("/dev/kfd"), Path("/dev/accel0"))
"""What Linux calls the first device of NVIDIA, of AMD, and a TPU."""


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

    How long a run will be is what its last published run tells. An accelerator is used by one process alone.
    """
    if any(device.exists() for device in ACCELERATORS) or sum(map(_seconds_left, orders)) < WORTH_WORKERS:
        return 1
    most = int(min(trials_at_once(), memory_limit() / WORKER_BYTES))
    return next((n for n in range(most, 1, -1) if _can_share_memory(orders, n)), 1)


def _can_share_memory(orders: Sequence[Order], number: int) -> bool:
    return all(
        shortage(spec, order.experiment.path.parent, number) is None
        for order in orders
        for spec in order.experiment.variants.values()
    )


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

    ended = False
    pool = ProcessPoolExecutor(
        max_workers=min(workers, len(orders)),
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
    published = published_summary(order.places.results, order.experiment.name) or {}
    return float(published.get("fit_seconds") or 0) * float(published.get("trials") or 0)


def _seconds_left(order: Order) -> float:
    """The same for those that are not finished."""
    if not (seconds := _seconds(order)):
        return 0
    results = order.places.results
    trials = due_trials(order.experiment, results, extended=order.extended)
    return seconds * sum(find_finished(results, trial) is None for trial in trials) / len(trials)
