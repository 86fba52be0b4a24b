"""End to end on Iris: trained once, kept, resumed, summarised, and nothing half-written."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from experiments.loading import load_experiment
from experiments.planning import Places, plan_trials
from experiments.progress import BarProgress
from experiments.records import Record, RecordError, find_record, write_record
from experiments.runner import Report, run_experiment
from tests.experiments.conftest import IRIS, WriteConfig

EXTRAS = "metrics: [accuracy, macro_f1, confusion_matrix]\nfigures: [learning_curves, confusion_matrix]\n"


def run(path: Path, *overrides: str, quick: bool = False, extended: bool = False) -> Report:
    places = Places(path.parent / "results", path.parent / "cache")
    experiment = load_experiment(path, overrides, quick=quick)
    return run_experiment(experiment, places, BarProgress(Console(quiet=True)), extended=extended)


def test_run_leaves_records_tables_and_figures(write_config: WriteConfig, tmp_path: Path) -> None:
    report = run(write_config(text=IRIS + EXTRAS + "variants: {longer: {training.epochs: 4}}\n"))
    assert report.trained == 4
    assert not report.failures

    folder = tmp_path / "results" / "example"
    published = {path.name for path in folder.iterdir()}
    tables = {"summary.csv", "summary.md", "summary.tex", "trials.csv", "history.csv", "summary.json"}
    assert tables <= published
    assert {"learning_curves.png", "learning_curves.pdf"} <= published
    trials = pd.read_csv(folder / "trials.csv")
    assert list(trials["variant"]) == ["base", "base", "longer", "longer"]
    assert list(trials["seed"]) == [0, 1, 0, 1]
    history = pd.read_csv(folder / "history.csv")
    assert len(history) == 2 * 2 + 2 * 4

    record = report.records[0]
    assert {p.name for p in record.path.iterdir()} == {
        "config.yaml", "environment.json", "scores.json", "history.csv", "confusion_matrix.csv", "predictions.npz",
        "decision_grid.npz",
    }  # fmt: skip
    assert record.confusion.sum() == 100
    predictions = record.predictions
    assert record.scores["accuracy"] == np.mean(predictions.y_true == predictions.y_pred)
    assert record.environment["engine"] == "compiled"
    assert record.environment["engine_reason"] == "small steps are faster in one program"
    assert record.environment["networks_at_once"] == 1
    assert record.environment["parameters"] == 3
    assert not list((tmp_path / "results").rglob(".*"))


def test_summary_is_mean_deviation_and_t_interval(write_config: WriteConfig, tmp_path: Path) -> None:
    run(write_config(text=IRIS + EXTRAS))
    folder = tmp_path / "results" / "example"
    trials, summary = pd.read_csv(folder / "trials.csv"), pd.read_csv(folder / "summary.csv").iloc[0]
    first, second = trials["loss"]
    mean, sd = (first + second) / 2, abs(first - second) / 2**0.5
    assert summary["loss_mean"] == pytest.approx(mean, rel=1e-4)
    assert summary["loss_sd"] == pytest.approx(sd, rel=1e-4)
    assert summary["loss_high"] - summary["loss_mean"] == pytest.approx(12.7062 * sd / 2**0.5, rel=1e-3)


def test_finished_trials_are_not_trained_again(write_config: WriteConfig) -> None:
    path = write_config()
    first = run(path)
    again = run(path)
    assert (first.trained, again.trained) == (2, 0)
    assert [r.scores for r in again.records] == [r.scores for r in first.records]


def test_a_change_of_words_trains_nothing_and_a_change_of_settings_only_its_variant(write_config: WriteConfig) -> None:
    path = write_config(text=IRIS + "variants: {longer: {training.epochs: 4}}\n")
    run(path)
    path.write_text(path.read_text().replace("A perceptron", "The perceptron") + EXTRAS)
    assert run(path).trained == 0
    path.write_text(path.read_text().replace("epochs: 4", "epochs: 5"))
    assert run(path).trained == 2
    path.write_text(path.read_text().replace("seeds: 2", "seeds: 3"))
    assert run(path).trained == 2


def test_quick_and_changed_runs_never_pass_for_the_full_one(write_config: WriteConfig, tmp_path: Path) -> None:
    path = write_config(text=IRIS + EXTRAS + "quick: {training.epochs: 1}\n")
    results = tmp_path / "results"
    quick = run(path, quick=True)
    assert quick.published == results / "quick" / "example"
    assert "Shortened run" in (quick.published / "summary.md").read_text()
    assert json.loads((quick.published / "summary.json").read_text())["shortened"] == ["training.epochs 2 -> 1"]
    assert not (results / "example" / "summary.md").exists()
    assert (quick.published / "learning_curves.png").exists()
    assert not list(quick.published.glob("*.pdf"))

    changed = run(path, "optimizer.learning_rate=0.5", "seeds=1")
    assert changed.published == results / "custom" / "example" / "optimizer.learning_rate=0.5,seeds=1"

    full = run(path)
    assert full.trained == 2
    assert "Shortened" not in (full.published / "summary.md").read_text()


def test_extended_variants_wait_to_be_asked_for(write_config: WriteConfig) -> None:
    path = write_config(text=IRIS + "variants: {long: {training.epochs: 4}}\nextended: [long]\n")
    assert run(path).trained == 2
    assert run(path, extended=True).trained == 2
    assert [r.trial.variant for r in run(path).records] == ["base", "base", "long", "long"]


def test_published_files_are_left_alone_when_nothing_changed(write_config: WriteConfig, tmp_path: Path) -> None:
    path = write_config(text=IRIS + EXTRAS)
    run(path)
    folder = tmp_path / "results" / "example"
    before = {p: p.stat().st_mtime_ns for p in folder.glob("*.*")}
    run(path)
    assert {p: p.stat().st_mtime_ns for p in folder.glob("*.*")} == before
    (folder / "learning_curves.png").unlink()
    run(path)
    assert (folder / "learning_curves.png").exists()


def test_the_same_trials_with_other_numbers_are_published_again(write_config: WriteConfig, tmp_path: Path) -> None:
    path = write_config(text=IRIS + EXTRAS)
    record = run(path).records[0]
    scores = json.loads((record.path / "scores.json").read_text())
    scores["values"]["accuracy"] = 0.123456
    (record.path / "scores.json").write_text(json.dumps(scores))
    run(path)
    assert "0.123456" in (tmp_path / "results" / "example" / "trials.csv").read_text()


def test_a_failing_trial_is_recorded_and_stops_no_other(
    write_config: WriteConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    from experiments.training import Trainer

    train = Trainer.train

    def breaks_on_seed_0(self: Trainer, seed: int, on_epoch: object = None) -> object:
        if seed == 0:
            raise MemoryError("no room")
        return train(self, seed, on_epoch)  # type: ignore[arg-type]

    path = write_config()
    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "train", breaks_on_seed_0)
        report = run(path)
    assert [r.outcome for r in report.records] == ["failed", "completed"]
    assert report.failures[0].error == "MemoryError: no room"
    assert "no room" in (report.records[0].path / "traceback.txt").read_text()

    mended = run(path)
    assert mended.trained == 1
    assert not mended.failures


def test_divergence_is_an_outcome(write_config: WriteConfig) -> None:
    loss = ("binary_crossentropy", "mean_squared_error")
    report = run(write_config(loss, ("activation: sigmoid", "activation: linear"), ("rate: 0.1", "rate: 1e30")))
    assert {r.outcome for r in report.records} == {"diverged"}
    assert report.failures[0].error == "the loss left the finite numbers in epoch 1"
    assert run(report.experiment.path).trained == 0


def test_outputs_that_are_not_finite_diverge_with_a_message_of_their_own(
    write_config: WriteConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    from experiments.training import Trainer

    monkeypatch.setattr(Trainer, "predict", lambda self, x: np.full((len(x), 1), np.nan, np.float32))
    report = run(write_config())
    assert {r.outcome for r in report.records} == {"diverged"}
    assert report.failures[0].error == "outputs of the trained model on the test set are not finite"


def without(record: Record, *scores: str) -> None:
    """Make a record one of a version that did not take these scores."""
    path = record.path / "scores.json"
    written = json.loads(path.read_text())
    for score in scores:
        del written["values"][score]
    path.write_text(json.dumps(written))


def test_what_only_the_trained_model_gives_is_trained_for_once_it_is_asked_for(
    write_config: WriteConfig, tmp_path: Path
) -> None:
    """Weights, and scores of weights or of training examples, are not in a record that was not asked for them."""
    path = write_config()
    first = run(path).records
    trials = tmp_path / "results" / "example" / "trials.csv"
    assert "distance_to_optimum" not in pd.read_csv(trials)
    wanted = "metrics: [accuracy, distance_to_optimum, gradient_noise]\n"
    path.write_text(IRIS + wanted)
    again = run(path)
    assert again.trained == 2
    assert pd.read_csv(trials)["distance_to_optimum"].gt(0).all()
    assert pd.read_csv(trials)["gradient_noise"].gt(0).all()
    assert [r.scores["loss"] for r in again.records] == [r.scores["loss"] for r in first]
    assert run(path).trained == 0

    path.write_text(IRIS + wanted + "save_model: true\n")
    saved = run(path)
    assert saved.trained == 2
    assert [[kernel.shape for kernel in r.kernels] for r in saved.records] == [[(2, 1)]] * 2
    assert run(path).trained == 0
    path.write_text(IRIS)  # what is not asked for any more stays
    assert run(path).trained == 0
    assert run(path).records[0].has_model

    without(saved.records[0], "train_accuracy", "train_loss")
    assert run(path).trained == 0
    path.write_text(IRIS + "metrics: [generalisation_gap]\n")
    assert run(path).trained == 1
    assert pd.read_csv(trials)["generalisation_gap"].notna().all()
    assert not list((tmp_path / "results").rglob(".writing*"))


def test_what_a_record_tells_without_training_is_not_trained_for(write_config: WriteConfig) -> None:
    path = write_config()
    run(path)
    told = "[macro_f1, errors, confusion_matrix, class_accuracy, updates, epochs, calibration_gap, generalisation_gap]"
    path.write_text(IRIS + f"metrics: {told}\nensemble: true\nfigures: [decision_regions]\n")
    assert run(path).trained == 0


def test_a_score_that_no_training_would_give_is_not_trained_for(write_config: WriteConfig) -> None:
    """The optimum is logistic regression's: a tanh unit under a squared error has none."""
    changes = ("binary_crossentropy", "mean_squared_error"), ("sigmoid", "tanh")
    path = write_config(*changes)
    run(path)
    path.write_text(path.read_text() + "metrics: [accuracy, distance_to_optimum]\n")
    assert run(path).trained == 0


def test_an_error_of_a_script_as_printed_is_its_result(write_config: WriteConfig) -> None:
    as_printed = ("title", "as_printed: true\ntitle")
    path = write_config(as_printed, ("units: 1", "units: 4"), ("binary", "categorical"), ("sigmoid}", "softmax}"))
    report = run(path)
    assert {r.outcome for r in report.records} == {"failed"}
    assert "must have the same shape" in (report.records[0].error or "")
    assert not report.failures
    assert run(path).trained == 0
    assert "must have the same shape" in (report.published / "summary.md").read_text()


def test_temporary_folders_of_dead_runs_are_removed(write_config: WriteConfig, tmp_path: Path) -> None:
    path = write_config()
    run(path)
    runs = tmp_path / "results" / "example" / "runs" / "base"
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    node = os.uname().nodename
    abandoned = runs / f".writing-{node}-{dead.pid}-abcd"
    alive = runs / f".writing-{node}-{os.getpid()}-efgh"
    abandoned.mkdir()
    alive.mkdir()
    run(path)
    assert not abandoned.exists()
    assert alive.exists()


def test_damaged_and_foreign_records_are_refused_by_name(write_config: WriteConfig) -> None:
    path = write_config()
    record = run(path).records[0]
    about = record.path / "environment.json"
    original = about.read_text()
    about.write_text(original.replace('"format": 1', '"format": 99'))
    with pytest.raises(RecordError, match="expected a record of format 1, got 99"):
        run(path)
    about.write_text(original[:20])
    with pytest.raises(RecordError, match="damaged record"):
        run(path)


def test_a_record_that_cannot_be_written_leaves_nothing(write_config: WriteConfig, tmp_path: Path) -> None:
    record = run(write_config()).records[0]
    trial = record.trial
    from experiments.records import Result

    def full_disk(path: Path) -> None:
        raise OSError(28, "No space left on device")

    elsewhere = tmp_path / "elsewhere"
    with pytest.raises(RecordError, match="No space left on device"):
        write_record(elsewhere, trial, Result("completed", {}, save_model=full_disk))
    assert not list(elsewhere.rglob("*.*"))
    assert find_record(elsewhere, trial) is None


def test_identity_follows_what_decides_the_numbers(write_config: WriteConfig) -> None:
    def first_id(*overrides: str) -> str:
        return plan_trials(load_experiment(write_config(), overrides))[0].id

    same = first_id()
    assert first_id("title=Other", "metrics=[macro_f1]", "save_model=true", "training.shuffle=true") == same
    changes = ["optimizer.learning_rate=0.2", "training.epochs=3", "dataset.split_seed=1", "as_printed=true"]
    assert len({same, *map(first_id, changes)}) == 5
