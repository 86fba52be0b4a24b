"""What happens to trials: each is run once, deaths are survived, failures shown, the hopeless dropped."""

import io
import math
import os
import random
import re
import signal
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from experiments.records import Result, write_record
from experiments.sweeps.driving import Outcome
from experiments.sweeps.objective import hopeless, objective
from experiments.sweeps.plans import open_plan
from experiments.sweeps.points import load_sweep
from experiments.sweeps.tables import points_table
from tests.sweeps.conftest import GRID, ROOT, TINY, Start, WriteConfig, run_folders, wait_for
from tests.sweeps.drive_fake import drive, make_driver
from tests.sweeps.fake_work import validation_loss

FAKE = [sys.executable, str(ROOT / "tests" / "sweeps" / "drive_fake.py")]
RATES = "optimizer.learning_rate: {values: [0.01, 0.1, 1.0]}"


def runs(results: Path) -> list[str]:
    """Ids of the trials that workers have begun, in that order."""
    log = results / "runs.log"
    return log.read_text().split() if log.exists() else []


def outcomes(outcome: Outcome) -> dict[float, set[str]]:
    """Outcomes of the trials by learning rate."""
    return {
        rate: {outcome.records[t.id].outcome for p in outcome.points if _rate(p) == rate for t in p.trials}
        for rate in {_rate(p) for p in outcome.points}
    }


def _rate(point) -> float:
    return point.settings["optimizer.learning_rate"]


def test_every_trial_is_run_once_and_kept(write_config: WriteConfig, tmp_path: Path) -> None:
    path, results = write_config(), tmp_path / "results"
    first = drive(path, results, 2)
    assert first.trained == 12
    assert sorted(runs(results)) == sorted(t.id for p in first.points for t in p.trials)
    again = drive(path, results, 2)
    assert again.trained == 0
    assert len(runs(results)) == 12
    path.write_text(path.read_text().replace("[0.01, 0.1, 1.0]", "[0.01, 0.1, 1.0, 2.0]"))
    assert drive(path, results, 2).trained == 4


def test_what_can_be_done_meanwhile_is_done_once_while_trials_run(write_config: WriteConfig, tmp_path: Path) -> None:
    called: list[int] = []
    sweep, results = load_sweep(write_config()), tmp_path / "results"

    def note() -> None:
        called.append(len(run_folders(results)))

    make_driver(sweep, results, 2).run(meanwhile=note)
    assert len(called) == 1
    assert called[0] < 12
    make_driver(sweep, results, 2).run(meanwhile=note)
    assert len(called) == 1


def test_the_objective_is_the_mean_over_seeds_on_validation_data(write_config: WriteConfig, tmp_path: Path) -> None:
    path = write_config()
    sweep = load_sweep(path)
    outcome = drive(path, tmp_path / "results", 1)
    for point in outcome.points:
        rate, batch = _rate(point), point.settings["training.batch_size"]
        expected = (validation_loss(rate, batch, 0) + validation_loss(rate, batch, 1)) / 2
        assert objective(point, outcome.scores) == pytest.approx(expected, rel=1e-9)
    best, _ = outcome.best_first(maximise=sweep.maximise)[0]
    # By test accuracy or loss, which the made-up work turns round, the best would be a rate of 1 and a batch of 10.
    assert best.settings == {"optimizer.learning_rate": 0.1, "training.batch_size": 20}


def test_a_dead_worker_is_replaced_and_its_trial_tried_once_more(write_config: WriteConfig, tmp_path: Path) -> None:
    path = write_config((RATES, "optimizer.learning_rate: {values: [0.1, 0.5, 0.7, 0.9]}"), ("[10, 20]", "[10]"),
                        ("seeds: 2", "seeds: 1"))  # fmt: skip
    results = tmp_path / "results"
    outcome = drive(path, results, 2)
    assert outcomes(outcome) == {0.1: {"completed"}, 0.5: {"completed"}, 0.7: {"failed"}, 0.9: {"failed"}}
    errors = {r.error for r in outcome.failures}
    assert errors == {"its worker died, and so did the one that tried again", "RuntimeError: no luck"}
    begun = runs(results)
    times = {rate: {begun.count(t.id) for p in outcome.points if _rate(p) == rate for t in p.trials}
             for rate in (0.1, 0.5, 0.7, 0.9)}  # fmt: skip
    assert times == {0.1: {1}, 0.5: {2}, 0.7: {2}, 0.9: {1}}
    assert drive(path, results, 1).trained == 2  # what failed is tried again by the next sweep, the rest is kept


def test_a_failure_is_another_sweeps_if_it_was_not_there_before_whatever_the_clocks_say(
    write_config: WriteConfig, tmp_path: Path
) -> None:
    """The machine that keeps the folder may be hours behind or ahead of this one."""
    path = write_config((RATES, "optimizer.learning_rate: {values: [0.9]}"), ("[10, 20]", "[10]"))
    results = tmp_path / "results"
    drive(path, results, 1)
    files = list(results.glob("tiny/runs/sweep/seed-*/scores.json"))
    assert len(files) == 2
    for file in files:
        os.utime(file, (4e9, 4e9))  # failed in 2096
    assert drive(path, results, 1).trained == 2

    sweep = load_sweep(path)
    driver = make_driver(sweep, results, 1)
    driver._learn_points()
    first, second = open_plan(sweep, None).points()[0].trials
    assert driver._finished_meanwhile(first) is None
    record = write_record(results, first, Result("failed", {}, "RuntimeError: elsewhere"))
    os.utime(record.path / "scores.json", (0, 0))  # just now, by a clock in 1970
    found = driver._finished_meanwhile(first)
    assert found is not None
    assert found.error == "RuntimeError: elsewhere"
    assert driver._finished_meanwhile(second) is None


def both(start: Start, path: Path, results: Path, workers: int) -> int:
    """Two sweeps of the same config at once; how many trials they have run together."""
    running = [start(path, results, workers, program=FAKE) for _ in range(2)]
    said = [process.communicate(timeout=300)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0], said
    return sum(int(text) for text in said)


@pytest.mark.slow
def test_two_sweeps_at_once_share_the_work(
    write_config: WriteConfig, tmp_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_SECONDS", "0.4")
    path, results = write_config(), tmp_path / "results"
    assert both(start, path, results, 1) == 12
    assert len(runs(results)) == len(set(runs(results))) == 12


@pytest.mark.slow
def test_what_a_killed_sweep_held_is_free_at_once(
    write_config: WriteConfig, tmp_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, results = write_config(), tmp_path / "results"
    with monkeypatch.context() as patch:
        patch.setenv("FAKE_SECONDS", "600")
        killed = start(path, results, 2, program=FAKE)
        wait_for(lambda: len(runs(results)) == 2)
        os.kill(killed.pid, signal.SIGKILL)  # the driver alone: its workers end by themselves
    assert drive(path, results, 2).trained == 12  # nobody waits for the workers of the dead
    assert len(run_folders(results)) == 12


@pytest.mark.parametrize("kills", [1, pytest.param(10, marks=pytest.mark.slow)])
def test_a_sweep_killed_again_and_again_ends_as_if_it_had_not_been(
    kills: int, write_config: WriteConfig, tmp_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, results = write_config(("seeds: 2", "seeds: 8")), tmp_path / "results"
    chance = random.Random(kills)  # noqa: S311
    finished: dict[str, int] = {}
    begun: dict[str, int] = {}
    with monkeypatch.context() as patch:
        patch.setenv("FAKE_SECONDS", "0.5")
        for number in range(kills):
            process = start(path, results, 2, program=FAKE)
            if number % 2 == 0:  # well into it; else perhaps while it starts
                wait_for(lambda: len(run_folders(results)) > len(finished))
            time.sleep(chance.uniform(0, 1))
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            time.sleep(0.5)  # workers of the dead are gone
            for trial in run_folders(results).keys() - finished.keys():
                finished[trial] = run_folders(results)[trial]
                begun[trial] = runs(results).count(trial.rpartition("-")[2])
    assert kills / 2 <= len(finished) < 48
    outcome = drive(path, results, 2)
    assert outcome.trained == 48 - len(finished)
    assert run_folders(results).keys() == {trial.folder_name for point in outcome.points for trial in point.trials}
    assert not list(results.glob("tiny/runs/sweep/.*"))  # nothing half-written is left
    for trial, written in finished.items():
        assert run_folders(results)[trial] == written
        assert runs(results).count(trial.rpartition("-")[2]) == begun[trial]
    sweep = load_sweep(path)
    pd.testing.assert_frame_equal(
        points_table(sweep, outcome), points_table(sweep, drive(path, tmp_path / "uninterrupted", 2))
    )


def test_the_median_rule_spares_seeds_whoever_is_first(write_config: WriteConfig, tmp_path: Path) -> None:
    path = write_config(("seeds: 2", "seeds: 3"), ("  method: grid", "  method: grid\n  prune: median"))
    outcome = drive(path, tmp_path / "one", 1)
    # First-seed losses: 0.14 0.11 | 0.05 0.02 | 0.95 0.92; the median is 0.125: points 1, 5 and 6 are worse.
    assert outcome.dropped == {1, 5, 6}
    assert outcome.trained == 6 + 3 * 2
    other = drive(path, tmp_path / "other", 3)
    assert other.dropped == outcome.dropped
    assert other.records.keys() == outcome.records.keys()
    again = drive(path, tmp_path / "one", 2)
    assert (again.trained, again.dropped) == (0, outcome.dropped)


def test_a_bayesian_sweep_goes_on_where_it_was_killed(
    write_config: WriteConfig, tmp_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    bayes = """\
sweep:
  method: bayes
  run_cap: 14
  metric: {name: val_loss, goal: minimize}
  parameters:
    optimizer.learning_rate: {min: 0.001, max: 10, distribution: log_uniform_values}
    training.batch_size: {min: 5, max: 40}
"""
    path = write_config(text=TINY + bayes)
    whole = drive(path, tmp_path / "whole", 1)
    assert len(whole.points) == 14
    assert whole.trained == 28

    # Killed amid a trial, and then the rest by another process: as if it had never stopped.
    with monkeypatch.context() as patch:
        patch.setenv("FAKE_SECONDS", "0.1")
        killed = start(path, tmp_path / "parts", 1, program=FAKE)
        wait_for(lambda: len(run_folders(tmp_path / "parts")) >= 11)
        os.killpg(killed.pid, signal.SIGKILL)
        killed.wait()
    finished = run_folders(tmp_path / "parts")
    assert 11 <= len(finished) < 28
    parts = drive(path, tmp_path / "parts", 1)
    assert parts.trained == 28 - len(finished)
    assert [p.settings for p in parts.points] == [p.settings for p in whole.points]
    batches = {p.settings["training.batch_size"] for p in parts.points}
    assert all(isinstance(batch, int) and 5 <= batch <= 40 for batch in batches)


@pytest.mark.slow
def test_two_bayesian_sweeps_at_once_keep_to_the_cap(
    write_config: WriteConfig, tmp_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_SECONDS", "0.3")
    bayes = GRID.replace("method: grid", "method: bayes\n  run_cap: 5").replace("[10, 20]", "[8, 9, 10, 11, 12, 13]")
    path, results = write_config(text=TINY + bayes), tmp_path / "results"
    assert both(start, path, results, 2) == 10
    assert len(run_folders(results)) == 10
    assert len(runs(results)) == 10


def test_the_median_rule_sets_a_bayesian_point_against_those_before_it(write_config: WriteConfig) -> None:
    """First-seed losses 1 2 3 4 5 | 4 2.9 none 3.9: medians of those before are 3, 3.5, 3 and 3.5."""
    rates = [round(0.1 * number, 1) for number in range(1, 10)]
    grid = write_config((RATES, f"optimizer.learning_rate: {{values: {rates}}}"), ("[10, 20]", "[10]"))
    points = open_plan(load_sweep(grid), None).points()
    bayes = load_sweep(write_config(("  method: grid", "  method: bayes\n  run_cap: 9\n  prune: median")))
    losses = [1.0, 2.0, 3.0, 4.0, 5.0, 4.0, 2.9, math.nan, 3.9]
    scores = {point.trials[0].id: loss for point, loss in zip(points, losses, strict=True)}
    assert hopeless(points, scores, bayes) == {6, 8, 9}
    assert hopeless(points[:5], scores, bayes) == set()
    del scores[points[5].trials[0].id]  # not through yet: neither dropped nor counted
    assert hopeless(points, scores, bayes) == {8, 9}


def test_a_bayesian_sweep_spares_seeds(write_config: WriteConfig, tmp_path: Path) -> None:
    bayes = """\
sweep:
  method: bayes
  prune: median
  run_cap: 12
  metric: {name: val_loss, goal: minimize}
  parameters:
    optimizer.learning_rate: {min: 0.001, max: 0.29}
"""
    path = write_config(("seeds: 2", "seeds: 3"), text=TINY + bayes)
    outcome = drive(path, tmp_path / "results", 1)
    firsts = [outcome.scores[point.trials[0].id] for point in outcome.points]
    expected = {number + 1 for number in range(5, 12) if firsts[number] > np.median(firsts[:number])}
    assert outcome.dropped == expected
    assert 0 < len(expected) < 7
    assert outcome.trained == 12 + 2 * (12 - len(expected))
    best, _ = outcome.best_first(maximise=False)[0]
    assert best.number not in expected


def test_the_status_says_points_done_the_best_so_far_and_the_time_left(
    write_config: WriteConfig, tmp_path: Path
) -> None:
    said = io.StringIO()
    path = write_config((RATES, "optimizer.learning_rate: {values: [1.0, 0.1]}"), ("[10, 20]", "[20]"))
    make_driver(load_sweep(path), tmp_path / "results", 1, console=Console(file=said, width=300)).run()
    lines = said.getvalue().splitlines()

    def best(rate: float) -> str:
        mean = (validation_loss(rate, 20, 0) + validation_loss(rate, 20, 1)) / 2
        return f"best val_loss {mean:.4f} at learning_rate {rate:g}, batch_size 20"

    statuses = [re.sub(r"\d+ s left", "SOME left", line.partition(" s)  ")[2]) for line in lines]
    assert statuses == [
        "0/2 points, about SOME left",
        f"1/2 points, {best(1.0)}, about SOME left",
        f"1/2 points, {best(1.0)}, about SOME left",
        f"2/2 points, {best(0.1)}",
    ]
    assert [line.split()[0] for line in lines] == ["1/4", "2/4", "3/4", "4/4"]
