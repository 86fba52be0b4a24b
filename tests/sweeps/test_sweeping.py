"""The commands of sweeps as a user meets them; what is trained is trained for real."""

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from experiments import memory, workers
from experiments.cli import app
from experiments.loading import load_experiment
from experiments.problems import ConfigError
from experiments.sweeps import dask_executor
from experiments.sweeps.best import best_name
from experiments.sweeps.numbering import parse_numbers
from experiments.sweeps.plans import open_plan
from experiments.sweeps.points import load_sweep
from experiments.sweeps.room import refuse_what_cannot_fit
from tests.sweeps.conftest import RATES, TINY, WriteConfig, relecture, run_folders
from tests.sweeps.drive_fake import drive, make_driver

SPLITS = """\
sweep:
  method: grid
  metric: {name: val_loss, goal: minimize}
  parameters:
    dataset.validation: {values: [{how: stratified, fraction: 0.1}, {how: last, fraction: 0.6}]}
"""


def listed(*words: object) -> str:
    done = CliRunner().invoke(app, [*map(str, words)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_a_dry_run_says_what_would_be_run_and_writes_nothing(write_config: WriteConfig, tmp_path: Path) -> None:
    path, results = write_config(), tmp_path / "results"
    said = listed("sweep", path, "--dry-run", "--results", results)
    assert "6 points x 2 seeds = 12 trials, 0 finished" in said
    assert "time: not known" in said
    assert not results.exists()
    drive(path, results, 2)
    path.write_text(path.read_text().replace("[10, 20]", "[10, 20, 40]"))
    foreseen = json.loads(listed("sweep", path, "--dry-run", "--workers", 2, "--results", results, "--json"))
    assert (foreseen["points"], foreseen["trials"], foreseen["finished"]) == (9, 18, 12)
    # The made-up trials say that they took 0.1 s: three in a row on each of two workers.
    assert foreseen["seconds_left"] == pytest.approx(0.3)
    assert foreseen["known_points"][8]["settings"] == {"optimizer.learning_rate": 1.0, "training.batch_size": 40}


def test_a_dry_run_knows_the_time_by_what_is_published(
    write_config: WriteConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a fresh clone, which has tables and no run folders."""
    path, results = write_config(), tmp_path / "results"
    (results / "tiny").mkdir(parents=True)
    (results / "tiny" / "trials.csv").write_text("seed,fit_seconds,id\n0,3.0,a\n1,,b\n2,1.0,c\n3,2.0,d\n")

    def foreseen(*words: object) -> tuple[float, int, float]:
        said = json.loads(listed("sweep", path, "--dry-run", "--results", results, "--json", *words))
        return said["seconds_a_trial"], said["workers"], said["seconds_left"]

    assert foreseen("--workers", 4) == (2.0, 4, 6.0)
    assert foreseen("--executor", "inline") == (2.0, 1, 24.0)
    (results / "tiny" / "sweep").mkdir()
    (results / "tiny" / "sweep" / "sweep.csv").write_text("point,fit_seconds\n1,5.0\n")
    assert foreseen("--workers", 4) == (5.0, 4, 15.0)
    with pytest.raises(ConfigError, match="--workers: in process there is one worker, got 2"):
        foreseen("--executor", "inline", "--workers", 2)
    pytest.importorskip("distributed")
    monkeypatch.setattr(dask_executor, "CONNECT_SECONDS", 0.2)
    with pytest.raises(ConfigError, match="--scheduler: no Dask scheduler answers"):
        foreseen("--scheduler", "tcp://127.0.0.1:9")


LARGE = (
    ("  name: perceptron\n", "  name: mlp\n  hidden: [4]\n"),
    ("    training.batch_size: {values: [10, 20]}\n", "    model.hidden: {values: [[8], [1000, 1000], [1000, 999]]}\n"),
)
"""Points 2, 5 and 8 have 1,005,001 parameters, which with as many gradients need 8.12 MB; points 3, 6 and 9 8.11 MB."""


@pytest.mark.parametrize(
    "words",
    [("sweep",), ("sweep", "--dry-run"), ("sweep", "training.batch_size=10,20", "model.hidden=[8],[1000, 1000]"),
     ("run", "--trials", "3-20"), ("run", "--trials", "5")],
)  # fmt: skip
def test_what_cannot_fit_is_refused_before_anything_is_trained(
    words: tuple[str, ...], write_config: WriteConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "memory_limit", lambda: 8.117e6)
    path, results = write_config(*LARGE), tmp_path / "results"
    with pytest.raises(ConfigError) as caught:
        listed(words[0], path, *words[1:], "--results", results, *(["--workers", 1] if words[0] == "sweep" else []))
    (said,) = map(str, caught.value.problems)
    assert "for a network of 1,005,001 parameters in training" in said
    assert ("trial 5 (" if words[0] == "run" else "point 2 (") in said
    assert ("command line: " if len(words) == 3 and words[0] == "sweep" else "tiny.yaml") in said
    assert not list(results.rglob("*"))


def test_workers_of_one_machine_share_its_memory(
    write_config: WriteConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, results = write_config(*LARGE), tmp_path / "results"
    monkeypatch.setattr(memory, "memory_limit", lambda: 3 * 8.2e6)
    words = ("sweep", path, "--dry-run", "--results", results, "--workers")
    listed(*words, 3)
    with pytest.raises(
        ConfigError, match="for each of 4 workers; expected fewer workers, or a smaller network"
    ) as caught:
        listed(*words, 4)
    assert len(caught.value.problems) == 2  # the first point of each size
    sweep = load_sweep(path)
    points = open_plan(sweep, None).points()
    refuse_what_cannot_fit(sweep, points, results, None)  # on other machines
    refuse_what_cannot_fit(sweep, points[1:2], results, 4)  # two trials are no more than two at once
    make_driver(sweep, results, 2).run()
    listed(*words, 4)  # nothing is left to be trained


def test_trials_are_listed_by_number(write_config: WriteConfig, tmp_path: Path) -> None:
    path, results = write_config(), tmp_path / "results"
    rows = json.loads(listed("trials", path, "--results", results, "--json"))
    assert [row["number"] for row in rows] == list(range(1, 15))
    assert [row["variant"] for row in rows] == ["base"] * 2 + ["sweep"] * 12
    assert {row["state"] for row in rows} == {"to run"}
    drive(path, results, 2)
    assert listed("trials", path, "--results", results, "--sweep", "--numbers") == "3-14\n"
    assert listed("trials", path, "--results", results, "--unfinished", "--numbers") == "1-2\n"
    ids = {trial["id"] for trial in json.loads(listed("trials", path, "--results", results, "--sweep", "--json"))}
    assert ids == {name.rpartition("-")[2] for name in run_folders(results)}


@pytest.mark.parametrize(
    ("wanted", "message"),
    [("0", "from 1 to 14, got 0"), ("15", "from 1 to 14, got 15"), ("3-", "expected numbers such as"),
     ("a", "expected numbers such as"), ("4-2", "smaller number first"),
     ("1-99999999999999", "from 1 to 14, got 99999999999999"), ("1-99", "from 1 to 14, got 99"),
     ("9" * 5000, "from 1 to 14, got a number of 5000 digits"), ("3-" + "9" * 5000, "got a number of 5000 digits")],
)  # fmt: skip
def test_numbers_of_no_trial_are_refused(wanted: str, message: str, write_config: WriteConfig, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=message):
        listed("run", write_config(), "--trials", wanted, "--results", tmp_path / "results")
    assert not (tmp_path / "results").exists()


def test_numbers_may_overlap_and_begin_with_zeros() -> None:
    assert parse_numbers("07, 3-5,4-6", 14) == [7, 3, 4, 5, 6]
    assert parse_numbers("0" * 5000 + "2", 14) == [2]


def test_a_comma_within_brackets_makes_no_sweep(write_config: WriteConfig, tmp_path: Path) -> None:
    """Of a config without a sweep the trials have numbers all the same, and a value may be a list."""
    words = ("dataset.classes=[setosa, virginica]", "dataset.validation={how: last, fraction: 0.3}")
    path, results = write_config(text=TINY), tmp_path / "results"
    rows = json.loads(listed("trials", path, *words, "--results", results, "--json"))
    assert [(row["number"], row["variant"]) for row in rows] == [(1, "base"), (2, "base")]
    with pytest.raises(ConfigError, match="from 1 to 2, got 3"):
        listed("run", path, *words, "--trials", "3", "--results", results)
    rows = json.loads(listed("trials", path, words[0], "training.batch_size=5,10", "--results", results, "--json"))
    assert [row["variant"] for row in rows] == ["base"] * 2 + ["sweep"] * 4


def test_a_trial_whose_record_lacks_what_is_asked_for_by_now_is_to_run(
    write_config: WriteConfig, tmp_path: Path
) -> None:
    path, results = write_config(), tmp_path / "results"
    drive(path, results, 2)
    assert listed("trials", path, "--results", results, "--sweep", "--unfinished", "--numbers").strip() == ""
    path.write_text(path.read_text() + "metrics: [accuracy, gradient_noise]\n")
    assert listed("trials", path, "--results", results, "--sweep", "--unfinished", "--numbers") == "3-14\n"


def test_a_finished_sweep_is_published(write_config: WriteConfig, tmp_path: Path) -> None:
    path, results = write_config(), tmp_path / "results"
    drive(path, results, 2)
    said = json.loads(listed("sweep", path, "--results", results, "--json"))
    assert (said["trained"], said["failed"]) == (0, 0)
    assert said["metric"] == {"name": "val_loss", "goal": "minimize", "of": "validation data"}
    folder = results / "tiny" / "sweep"
    trials = pd.read_csv(folder / "sweep.csv")
    assert len(trials) == 12
    assert not [column for column in trials if "test" in column or column in ("accuracy", "loss")]
    points = pd.read_csv(folder / "summary.csv")
    assert list(points["rank"]) == [1, 2, 3, 4, 5, 6]
    assert points["val_loss_mean"].is_monotonic_increasing
    first = points.iloc[0]
    assert (first["learning_rate"], first["batch_size"], first["n"]) == (0.1, 20, 2)
    # Two seeds 0.0001 apart: sd = 0.0001 / sqrt(2), interval = mean ± 12.706 sd / sqrt(2).
    assert first["val_loss_mean"] == pytest.approx(0.02005)
    assert first["val_loss_sd"] == pytest.approx(7.071e-5, rel=1e-3)
    assert first["val_loss_high"] == pytest.approx(0.02005 + 12.706 * 7.071e-5 / 2**0.5, rel=1e-4)
    page = (folder / "summary.md").read_text()
    assert "on validation data" in page
    assert "Test data had no part in the choice" in page
    assert "[tiny_best.yaml](tiny_best.yaml)" in page
    found = load_experiment(folder / "tiny_best.yaml")
    assert found.name == "tiny_best"  # has results of its own, beside other sweeps' best points
    best = found.spec
    assert best.sweep is None
    assert (best.optimizer.learning_rate, best.training.batch_size) == (0.1, 20)
    for figure in ("parallel_coordinates", "heat_map", "importance", "parameters", "learning_curves"):
        assert (folder / f"{figure}.png").stat().st_size > 5_000
        assert f"]({figure}.png)" in page
    before = {p: p.stat().st_mtime_ns for p in folder.iterdir()}
    listed("sweep", path, "--results", results)
    assert {p: p.stat().st_mtime_ns for p in folder.iterdir()} == before
    assert {*said["files"], "sweep.json"} == {p.name for p in folder.iterdir()}
    (folder / "heat_map.png").unlink()
    listed("sweep", path, "--results", results)
    assert {p.name for p in folder.iterdir()} == {p.name for p in before}


def test_where_an_accelerator_is_a_sweep_has_one_worker_and_says_so(
    write_config: WriteConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev" / "nvidia0").touch()
    monkeypatch.setattr(workers, "DEVICES", tmp_path / "dev")
    path, results = write_config(), tmp_path / "results"
    drive(path, results, 2)
    said = "one worker, as there is an accelerator"
    assert said in listed("sweep", path, "--results", results)
    assert said not in listed("sweep", path, "--results", results, "--workers", 1)


def test_best_points_of_several_sweeps_are_several_experiments(write_config: WriteConfig, tmp_path: Path) -> None:
    path = write_config(name="t" * 64 + ".yaml")
    names = [best_name(load_sweep(path, words)) for words in ((), ["training.epochs=2"], ["training.epochs=2,3"])]
    assert len(set(names)) == 3
    for name in names:
        assert "_best" in name
        (tmp_path / name).write_text(TINY)
        assert load_experiment(tmp_path / name).name == name.removesuffix(".yaml")


def test_a_failing_trial_is_shown_and_stops_no_other(write_config: WriteConfig, tmp_path: Path) -> None:
    """The last six tenths of sorted Iris hold all examples of the second class: none is left to train with."""
    path = write_config(("seeds: 2", "seeds: 1"), text=TINY + SPLITS)
    results = tmp_path / "results"
    done = relecture("sweep", path, "--results", results, "--executor", "loky", "--workers", 1)
    assert done.returncode == 1
    assert "failed" in done.stderr
    assert "2/2" in done.stdout
    assert "best: validation stratified, fraction 0.1: val_loss" in done.stdout
    page = (results / "tiny" / "sweep" / "summary.md").read_text()
    assert "point 2 (" in page
    environments = [json.loads(p.read_text()) for p in results.glob("tiny/runs/sweep/*/environment.json")]
    assert [environment["threads"] for environment in environments] == [1, 1]


@pytest.mark.slow
def test_some_trials_by_number_and_the_rest_by_a_sweep(write_config: WriteConfig, tmp_path: Path) -> None:
    path, results = write_config((RATES, "{values: [0.1]}")), tmp_path / "results"
    for _ in range(2):
        done = relecture("run", path, "--trials", "1,3,5-6", "--results", results)
        assert done.returncode == 0, done.stderr
        assert len(run_folders(results)) == 3
    assert done.stdout.count("finished before") == 4
    done = relecture("sweep", path, "--results", results, "--executor", "inline", "--json")
    assert json.loads(done.stdout)["trained"] == 1
    assert len(run_folders(results)) == 4
