"""What comes back from a worker: a record, or news of its death, or a fault of what lies between it and us."""

import time
import traceback
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten

from experiments.data.errors import DataError
from experiments.environment import describe_environment
from experiments.problems import ConfigError, RecordError
from experiments.records import Record, Result, Trial, find_record, write_record
from experiments.sweeps.executors import GONE, Executor

MOST_DEATHS = 2
"""Workers that may die of a trial before it is taken to be the trial's fault."""

LATE = 60.0
"""Seconds that a record from another machine may take to be seen here: NFS keeps what it knows of a folder as long."""


@dataclass(frozen=True)
class NotYet:
    """A trial that has no record after all."""

    why: str
    """In words; empty where its record may yet be seen."""


class Arrivals:
    """Takes in what workers send, and remembers what went wrong with whom."""

    def __init__(self, results: Path, executor: Executor):
        """Nothing has come back yet."""
        self._results, self._executor = results, executor
        self._deaths: dict[str, int] = {}  # how many workers have died of a trial
        self._unseen: dict[str, float] = {}  # records that a worker has written, and until when they may be late

    def take_in(self, trial: Trial, future: "Future[Result | None]") -> Record | NotYet:
        """The record of a trial whose job is over.

        What no other trial has part in, such as a result that cannot be sent, is recorded as its failure.

        Raises:
            DataError: the data cannot be had.
            RecordError: a record cannot be written or seen, or the scheduler is gone.
        """
        error: BaseException | None
        try:
            error = future.exception()
        except CancelledError as cancelled:  # we cancel nothing: Dask does, when it loses its scheduler
            error = cancelled
        if error is None:
            return self._written(trial, future.result())
        if isinstance(error, CancelledError):
            raise RecordError(GONE)
        if isinstance(error, DataError | RecordError | ConfigError) or not isinstance(error, Exception):
            raise error
        if died := self._executor.deaths(error):
            self._deaths[trial.id] = self._deaths.get(trial.id, 0) + died
            if self._deaths[trial.id] < MOST_DEATHS:
                return NotYet("its worker died; tried again")
            return self._failed(trial, "its worker died, and so did the one that tried again")
        return self._failed(trial, shorten(f"{type(error).__name__}: {error}", 500, placeholder=" ..."), error)

    def is_late(self, trial: Trial) -> bool:
        """Whether a worker has written a record that is not to be seen from here, and may yet be."""
        return time.monotonic() < self._unseen.get(trial.id, 0)

    def was_written(self, trial: Trial) -> bool:
        """Whether one of our workers has said that it wrote the record."""
        return trial.id in self._unseen

    def _written(self, trial: Trial, result: Result | None) -> Record | NotYet:
        if result is not None:
            return write_record(self._results, trial, result)
        record = find_record(self._results, trial)
        if record is not None:
            return record
        if trial.id in self._unseen:
            folder = trial.folder(self._results)
            raise RecordError(f"{folder}: written twice by a worker, and not to be seen from here in {LATE:.0f} s")
        self._unseen[trial.id] = time.monotonic() + LATE
        return NotYet("")

    def _failed(self, trial: Trial, message: str, error: Exception | None = None) -> Record:
        if trial.spec.as_printed:  # its failure would be final, so it must be the script's
            raise RecordError(f"{trial.experiment}, seed {trial.seed}, {trial.id}: {message}")
        lines = None if error is None else "".join(traceback.format_exception(error))
        return write_record(self._results, trial, Result("failed", describe_environment(), message, lines))
