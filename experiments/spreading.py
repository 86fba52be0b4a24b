"""The trials of one experiment, some at a time, in processes of their own."""

from collections import deque
from collections.abc import Hashable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait

from experiments.data import cache, sources
from experiments.loading import Experiment
from experiments.planning import Places
from experiments.progress import Progress
from experiments.records import Record, Result, Trial
from experiments.sweeps.arrivals import Arrivals, NotYet
from experiments.sweeps.executors import Executor, LokyExecutor
from experiments.sweeps.work import Job, mark_folder


class Spread:
    """Trains trials in workers, one a free worker, and tells of each as it comes back.

    A worker that dies is replaced and its trial tried once more. A trial that fails stops no other.
    """

    def __init__(self, workers: int):
        """Prepare; workers start with their first trials."""
        self.workers = workers

    def train(
        self, waiting: Sequence[Trial], experiment: Experiment, places: Places, progress: Progress
    ) -> dict[str, Record]:
        """Train and record trials; returns the records by trial id.

        Raises:
            DataError: the data cannot be had.
            RecordError: a record cannot be written. Trainings under way are then ended; finished ones are kept.
        """
        for name in {trial.spec.dataset.name for trial in waiting} & sources.ADDRESSES.keys():
            if not cache.present(places.cache, name):
                sources.obtain(name, places.cache, progress.fetching)  # here, where there is a bar to show it
        workers = min(self.workers, len(waiting))
        progress.spread(workers)
        executor = LokyExecutor(workers)
        try:
            records = _train(waiting, experiment, places, progress, executor)
            executor.close()
        except BaseException:
            executor.close(kill=True)
            raise
        return records


def _train(
    waiting: Sequence[Trial], experiment: Experiment, places: Places, progress: Progress, executor: Executor
) -> dict[str, Record]:
    results, configs = places.results.resolve(), experiment.path.parent.resolve()
    mark, arrivals = mark_folder(results, experiment.name), Arrivals(results, executor)
    left, records = deque(waiting), dict[str, Record]()
    running: dict[Future[Result | None], tuple[Hashable, Trial]] = {}
    last: dict[Hashable, str] = {}
    while left or running:
        busy = {slot for slot, _ in running.values()}
        for slot in executor.slots():
            if slot in busy or not left:
                continue
            trial = _next(left, last.get(slot), {trial.variant for _, trial in running.values()})
            left.remove(trial)
            last[slot] = trial.variant
            job = Job(trial, configs, results, places.cache.resolve(), mark)
            running[executor.submit(slot, job)] = (slot, trial)
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            _, trial = running.pop(future)
            came = arrivals.take_in(trial, future)
            if isinstance(came, NotYet):
                progress.note(f"{trial.variant}, seed {trial.seed}: {came.why or 'its record is not to be seen yet'}")
                left.append(trial)
                continue
            records[trial.id] = came
            progress.trial_ended(came)
    return records


def _next(left: Sequence[Trial], last: str | None, taken: set[str]) -> Trial:
    """Of the variant whose program the worker has compiled; else of one that no other worker is at; else any."""
    own = (trial for trial in left if trial.variant == last)
    new = (trial for trial in left if trial.variant not in taken)
    return next(own, None) or next(new, None) or left[0]
