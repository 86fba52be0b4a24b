"""Trials on a Dask cluster: one of this machine's own, or a running one whose workers may be on other machines."""

import logging
import multiprocessing
import threading
from collections.abc import Hashable, Sequence
from concurrent.futures import Future
from typing import Any

from experiments.problems import ConfigError, Problem, RecordError
from experiments.records import Result
from experiments.sweeps.executors import GONE, LokyExecutor, is_lost_worker
from experiments.sweeps.work import Job

CONNECT_SECONDS = 20

_here = threading.local()


class DaskExecutor:
    """Jobs as Dask tasks, each pinned, if it can be, to the worker that has its program compiled.

    A Dask worker trains in a process of its own, one for each of its threads. In the worker itself its other threads
    would disturb a trial: they draw from Python's global random numbers, which Keras takes the weights' seeds from.
    """

    def __init__(self, workers: int, scheduler: str | None = None):
        """Start a local cluster, or connect to a scheduler.

        Raises:
            ConfigError: Dask is not installed, or the scheduler does not answer.
        """
        try:
            import dask
            from distributed import Client, LocalCluster
        except ImportError:
            message = "Dask is not installed; pip install '.[dask]'"
            raise ConfigError([Problem("command line", None, "--executor", message)]) from None
        for name in ("distributed", "distributed.client"):  # they would log tracebacks of what `Arrivals` says in words
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self._cluster: Any = None
        if scheduler is None:
            dask.config.set({"distributed.scheduler.allowed-failures": 1})
            self._cluster = LocalCluster(
                n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
            )
        try:
            self._client = Client(self._cluster or scheduler, timeout=CONNECT_SECONDS)
        except (OSError, ValueError) as error:
            message = f"no Dask scheduler answers at {scheduler} ({str(error) or type(error).__name__})"
            raise ConfigError([Problem("command line", None, "--scheduler", message)]) from None
        self._by_worker: dict[str, Any] = {}

    def slots(self) -> Sequence[Hashable]:
        """One a thread of each worker that is there now; none while a cluster is still without workers.

        Raises:
            RecordError: the connection to the scheduler is lost.
        """
        if self._client.status != "running":  # it would answer with the workers that were there
            raise RecordError(GONE)
        workers = self._client.scheduler_info(n_workers=-1)["workers"]
        return [(address, thread) for address in sorted(workers) for thread in range(workers[address]["nthreads"])]

    def submit(self, slot: Hashable, job: Job) -> "Future[Result | None]":
        """Hand a job to the scheduler, with a wish for the worker."""
        address = slot[0]  # type: ignore[index]
        if address not in self._by_worker:
            self._by_worker[address] = self._client.get_executor(
                pure=False, workers=[address], allow_other_workers=True
            )
        future: Future[Result | None] = self._by_worker[address].submit(run_in_child, job)
        return future

    def deaths(self, error: BaseException) -> int:
        """One if a worker's own process died; two if Dask gave up, for it has tried again by itself."""
        from distributed import KilledWorker

        return 2 if isinstance(error, KilledWorker) else int(is_lost_worker(error))

    def close(self, *, kill: bool = False) -> None:
        """Leave the cluster; one of ours ends."""
        self._client.close(timeout=5)
        if self._cluster is not None:
            self._cluster.close(timeout=10)


def run_in_child(job: Job) -> Result | None:
    """What a Dask worker does: pass the job on to its thread's process, which is kept."""
    if getattr(_here, "threads", None) != job.threads:  # the first job, or one of a sweep that was told another number
        if hasattr(_here, "child"):
            _here.child.close()
        multiprocessing.current_process().daemon = False  # Dask's are daemons, which may have no children
        _here.child, _here.threads = LokyExecutor(1, threads=job.threads), job.threads
    result: Result | None = _here.child.submit(0, job).result()
    return result
