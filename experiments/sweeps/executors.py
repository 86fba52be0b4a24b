"""Where trials run: in this process, in workers of this machine (loky), on a Dask cluster.

One small interface: places to put a job, a future for each job, and whether an error says that a worker died.
"""

import os
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any, Literal, Protocol

from experiments.problems import ConfigError, Problem
from experiments.records import Result
from experiments.sweeps.work import Job, end_with_parent, run_job, warm_up
from experiments.threads import environment
from experiments.workers import most_workers

Name = Literal["inline", "loky", "dask"]

Work = Callable[[Job], Result | None]

GONE = "the scheduler is gone; finished trials are kept, the same command goes on from there"


class Executor(Protocol):
    """Runs jobs."""

    def slots(self) -> Sequence[Hashable]:
        """Places for one job each; a job likes the place where one with the same settings ran before."""

    def submit(self, slot: Hashable, job: Job) -> "Future[Result | None]":
        """Run a job in a place that is free."""

    def deaths(self, error: BaseException) -> int:
        """How many workers have died of a job, by its error; none if the error is of another kind."""

    def close(self, *, kill: bool = False) -> None:
        """Let the workers go; at once, their jobs undone, if `kill`."""


class InlineExecutor:
    """The process itself, one job after another."""

    def slots(self) -> Sequence[Hashable]:
        """The one place."""
        return ["here"]

    def submit(self, slot: Hashable, job: Job) -> "Future[Result | None]":
        """Run the job, then return its future, which is done."""
        future: Future[Result | None] = Future()
        try:
            future.set_result(run_job(job))
        except Exception as error:  # the future carries it, as a worker's would
            future.set_exception(error)
        return future

    def deaths(self, error: BaseException) -> int:
        """None: its death would be this process's."""
        return 0

    def close(self, *, kill: bool = False) -> None:
        """Nothing to let go."""


class LokyExecutor:
    """Worker processes of this machine, each started afresh and kept warm.

    Each worker is a pool of its own. In a shared pool one worker's death breaks the pool: all jobs are lost, and
    nothing tells which of them was to blame.
    """

    def __init__(
        self, workers: int, work: Work = run_job, begin: Callable[[], None] = warm_up, threads: int | None = None
    ):
        """Prepare; a worker starts with its first job.

        Args:
            workers: how many; `trials_at_once` of them keep every core busy.
            work: what a worker does with a job.
            begin: what a worker does first.
            threads: how many each computes on; None: as many as this process.
        """
        self._workers, self._work, self._begin, self._threads = workers, work, begin, threads
        self._pools: dict[Hashable, Any] = {}

    def slots(self) -> Sequence[Hashable]:
        """One a worker."""
        return range(self._workers)

    def submit(self, slot: Hashable, job: Job) -> "Future[Result | None]":
        """Run a job in a worker; in a new one, if that has died."""
        from joblib.externals.loky.process_executor import BrokenProcessPool, ShutdownExecutorError

        if slot not in self._pools:
            self._pools[slot] = self._open()
        future: Future[Result | None]
        try:
            future = self._pools[slot].submit(self._work, job)
        except (BrokenProcessPool, ShutdownExecutorError):
            self._pools.pop(slot).shutdown(wait=False, kill_workers=True)
            future = self.submit(slot, job)
        return future

    def deaths(self, error: BaseException) -> int:
        """One if loky found the worker gone."""
        return int(is_lost_worker(error))

    def close(self, *, kill: bool = False) -> None:
        """End the workers."""
        for pool in self._pools.values():
            pool.shutdown(wait=not kill, kill_workers=True)
        self._pools.clear()

    def _open(self) -> Any:
        from joblib.externals.loky import ProcessPoolExecutor

        return ProcessPoolExecutor(
            max_workers=1,
            env=environment(self._threads),
            initializer=_begin,
            initargs=(partial(end_with_parent, os.getpid()), self._begin),
        )


def is_lost_worker(error: BaseException) -> bool:
    """Whether loky found a worker gone."""
    from joblib.externals.loky.process_executor import BrokenProcessPool

    return isinstance(error, BrokenProcessPool)


def _begin(*steps: Callable[[], None]) -> None:
    for step in steps:
        step()


def open_executor(name: Name | None, workers: int | None, scheduler: str | None) -> Executor:
    """The executor that the command line asks for.

    Args:
        name: which; None is Dask where a scheduler is named, in process for one worker, else loky.
        workers: how many; None is `most_workers`.
        scheduler: address of a running Dask scheduler.

    Raises:
        ConfigError: a combination that makes no sense, Dask is not installed, or the scheduler does not answer.
    """
    here = workers_here(name, workers, scheduler)
    if name == "dask" or here is None:
        from experiments.sweeps.dask_executor import DaskExecutor

        return DaskExecutor(workers=here or 0, scheduler=scheduler)
    if name == "inline" or (name is None and here == 1):
        return InlineExecutor()
    return LokyExecutor(here)


def workers_here(name: Name | None, workers: int | None, scheduler: str | None) -> int | None:
    """How many trials `open_executor` would run at once on this machine; None if a scheduler's workers run them.

    Raises:
        ConfigError: a combination that makes no sense.
    """
    if scheduler is not None:
        if name not in (None, "dask"):
            message = f"belongs to --executor dask, got {name}"
            raise ConfigError([Problem("command line", None, "--scheduler", message)])
        if workers is not None:
            message = "the scheduler has workers of its own; leave it out"
            raise ConfigError([Problem("command line", None, "--workers", message)])
        return None
    if name == "inline" and (workers or 1) > 1:
        message = f"in process there is one worker, got {workers}; expected --executor loky"
        raise ConfigError([Problem("command line", None, "--workers", message)])
    return workers or (1 if name == "inline" else most_workers())


def count_workers(name: Name | None, workers: int | None, scheduler: str | None) -> int:
    """How many trials would run at once: no worker is started, but a scheduler is asked for its own.

    Raises:
        ConfigError: as `open_executor`.
    """
    here = workers_here(name, workers, scheduler)
    if here is not None:
        return here
    executor = open_executor(name, workers, scheduler)
    try:
        return len(executor.slots())
    finally:
        executor.close()
