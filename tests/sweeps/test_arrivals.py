"""What comes back from workers: faults that are a trial's own, those that end a sweep, records that come late."""

import io
import subprocess
import sys
import threading
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from experiments.data.errors import DataError
from experiments.problems import RecordError
from experiments.records import Result
from experiments.sweeps import arrivals
from experiments.sweeps.arrivals import Arrivals, NotYet
from experiments.sweeps.executors import InlineExecutor
from experiments.sweeps.plans import open_plan
from experiments.sweeps.points import load_sweep
from experiments.sweeps.work import Job
from tests.sweeps.conftest import ROOT, WriteConfig, environment, run_folders
from tests.sweeps.drive_fake import drive, make_driver
from tests.sweeps.fake_work import work

RATES = "optimizer.learning_rate: {values: [0.01, 0.1, 1.0]}"
ONE_RATE = ((RATES, "optimizer.learning_rate: {values: [0.1]}"), ("[10, 20]", "[10]"))


class Here:
    """One place of this process, where a function stands for a worker."""

    def __init__(self, do: Callable[[Job], Result | None], absent: int = 0):
        """`absent`: how often nobody is there."""
        self.jobs: list[str] = []
        self._do, self._absent = do, absent

    def slots(self) -> Sequence[Hashable]:
        self._absent -= 1
        return [] if self._absent >= 0 else ["here"]

    def submit(self, slot: Hashable, job: Job) -> "Future[Result | None]":
        self.jobs.append(job.trial.id)
        future: Future[Result | None] = Future()
        future.set_result(self._do(job))
        return future

    def deaths(self, error: BaseException) -> int:
        return 0

    def close(self, *, kill: bool = False) -> None:
        pass


def test_a_fault_of_one_job_is_that_trials_failure(write_config: WriteConfig, tmp_path: Path) -> None:
    path = write_config((RATES, "optimizer.learning_rate: {values: [0.3, 0.1, 0.4]}"), ("[10, 20]", "[10]"))
    outcome = drive(path, tmp_path / "results", 2)
    found = {p.settings["optimizer.learning_rate"]: outcome.records[p.trials[0].id] for p in outcome.points}
    assert {rate: record.outcome for rate, record in found.items()} == {
        0.3: "failed",
        0.1: "completed",
        0.4: "failed",
    }
    assert found[0.3].error == "RuntimeError: no luck at all"
    assert "pickle" in found[0.4].error
    assert len(outcome.failures) == 4  # two seeds each


def test_what_no_trial_can_go_on_without_ends_the_sweep(write_config: WriteConfig, tmp_path: Path) -> None:
    path, results = write_config((RATES, "optimizer.learning_rate: {values: [0.6, 0.1]}")), tmp_path / "results"
    with pytest.raises(DataError, match=r"^no data$"):
        drive(path, results, 1)
    assert run_folders(results) == {}
    assert not list(results.glob("tiny/runs/.claims/*.lock"))


def test_a_scheduler_that_goes_is_said_in_words(write_config: WriteConfig, tmp_path: Path) -> None:
    """Dask cancels what it was asked for."""

    class Lost(Here):
        def submit(self, slot: Hashable, job: Job) -> "Future[Result | None]":
            future: Future[Result | None] = Future()
            future.cancel()
            future.set_running_or_notify_cancel()
            return future

    path, results = write_config(), tmp_path / "results"
    with pytest.raises(
        RecordError, match=r"^the scheduler is gone; finished trials are kept, the same command goes on"
    ):
        make_driver(load_sweep(path), results, 1, Lost(work)).run()
    assert drive(path, results, 1).trained == 12  # nothing holds their claims


def test_a_failure_that_would_be_final_is_not_recorded(write_config: WriteConfig, tmp_path: Path) -> None:
    trial = open_plan(load_sweep(write_config()), None).points()[0].trials[0]
    future: Future[Result | None] = Future()
    future.set_exception(RuntimeError("no luck"))
    printed = replace(trial, spec=trial.spec.model_copy(update={"as_printed": True}))
    with pytest.raises(RecordError, match="RuntimeError: no luck"):
        Arrivals(tmp_path, InlineExecutor()).take_in(printed, future)
    assert not run_folders(tmp_path)
    record = Arrivals(tmp_path, InlineExecutor()).take_in(trial, future)
    assert not isinstance(record, NotYet)
    assert record.outcome == "failed"


def test_a_record_that_is_seen_late_is_waited_for(write_config: WriteConfig, tmp_path: Path) -> None:
    """A worker on another machine has written it, and NFS still says that nothing is there."""
    seen: list[threading.Timer] = []

    def late(job: Job) -> None:
        timer = threading.Timer(0.8, work, [job])
        seen.append(timer)
        timer.start()

    path, results = write_config(*ONE_RATE), tmp_path / "results"
    executor = Here(late)
    outcome = make_driver(load_sweep(path), results, 1, executor).run()
    for timer in seen:
        timer.join()
    assert len(executor.jobs) == len(set(executor.jobs)) == 2  # none is run again
    assert outcome.trained == 2
    assert {record.outcome for record in outcome.records.values()} == {"completed"}


def test_a_record_that_is_never_seen_is_tried_once_more(
    write_config: WriteConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrivals, "LATE", 0.2)
    lost: set[str] = set()

    def lose_the_first(job: Job) -> None:
        if job.trial.id in lost:
            work(job)
        lost.add(job.trial.id)

    path = write_config(*ONE_RATE)
    executor = Here(lose_the_first)
    outcome = make_driver(load_sweep(path), tmp_path / "some", 1, executor).run()
    assert sorted(executor.jobs) == sorted([*outcome.records, *outcome.records])
    assert outcome.trained == 2
    with pytest.raises(RecordError, match="written twice by a worker, and not to be seen from here"):
        make_driver(load_sweep(path), tmp_path / "none", 1, Here(lambda _: None)).run()


def test_a_cluster_without_workers_is_told_of_once(write_config: WriteConfig, tmp_path: Path) -> None:
    said = io.StringIO()
    executor = Here(work, absent=3)
    outcome = make_driver(
        load_sweep(write_config(*ONE_RATE)), tmp_path, 1, executor, Console(file=said, width=200)
    ).run()
    assert outcome.trained == 2
    assert said.getvalue().count("no worker is there; waiting for one") == 1


def test_a_worker_whose_parent_is_gone_before_it_looks_ends_all_the_same() -> None:
    """Its parent is by then another process than the one that started it."""
    program = "import os, sys, time; from experiments.sweeps.work import end_with_parent; "
    ended = [sys.executable, "-c", program + "end_with_parent(int(sys.argv[1])); time.sleep(float(sys.argv[2]))"]
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    done = subprocess.run([*ended, gone.stdout.strip(), "100"], cwd=ROOT, env=environment(), timeout=90, check=False)
    assert done.returncode == 1
    ours = program + "end_with_parent(os.getppid()); time.sleep(1)"
    assert subprocess.run([sys.executable, "-c", ours], cwd=ROOT, env=environment(), check=False).returncode == 0
