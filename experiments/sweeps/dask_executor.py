"""Trials on a Dask cluster: one of this machine's own, or a running one whose workers may be on other machines."""

import os
from collections.abc import Hashable, Sequence
from concurrent.futures import Future
from typing import Any

from experiments.problems import ConfigError, Problem
from experiments.records import Result
from experiments.sweeps.work import Job, run_job
from experiments.threads import environment

CONNECT_SECONDS = 20


class DaskExecutor:
    """Jobs as Dask tasks, each pinned, if it can be, to the worker that has its program compiled.

    Dask itself gives a lost worker's tasks to another. A task that killed two workers is given up (`allowed-failures:
    1` for a cluster of ours; a running scheduler's own setting, usually 3).
    """

    tries = 1

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
        self._cluster: Any = None
        if scheduler is None:
            os.environ.update(environment())  # workers inherit it
            dask.config.set({"distributed.scheduler.allowed-failures": 1})
            self._cluster = LocalCluster(
                n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
            )
        try:
            self._client = Client(self._cluster or scheduler, timeout=CONNECT_SECONDS)
        except (OSError, TimeoutError, ValueError) as error:
            message = f"no Dask scheduler answers at {scheduler} ({str(error) or type(error).__name__})"
            raise ConfigError([Problem("command line", None, "--scheduler", message)]) from None
        self._by_slot: dict[Hashable, Any] = {}

    def slots(self) -> Sequence[Hashable]:
        """One a worker that is there now; none while a cluster is still without workers."""
        return sorted(self._client.scheduler_info(n_workers=-1)["workers"])

    def submit(self, slot: Hashable, job: Job) -> "Future[Result | None]":
        """Hand a job to the scheduler, with a wish for the worker."""
        if slot not in self._by_slot:
            wish = {"workers": [slot], "allow_other_workers": True}
            self._by_slot[slot] = self._client.get_executor(pure=False, **wish)
        future: Future[Result | None] = self._by_slot[slot].submit(run_job, job)
        return future

    def is_death(self, error: BaseException) -> bool:
        """Whether workers died of the job, as often as the scheduler allows."""
        from distributed import KilledWorker

        return isinstance(error, KilledWorker)

    def close(self, *, kill: bool = False) -> None:
        """Leave the cluster; one of ours ends."""
        self._client.close(timeout=5)
        if self._cluster is not None:
            self._cluster.close(timeout=10)
