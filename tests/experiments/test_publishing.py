"""What a run publishes beside its summary: comparisons, ensembles, confusion counts, results of other experiments."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.cli import run as run_command
from experiments.summary import to_latex
from tests.experiments.conftest import IRIS, WriteConfig
from tests.experiments.test_runner import run, without

TWO = "variants: {longer: {training.epochs: 4}}\n"


def test_differences_to_base_are_published(write_config: WriteConfig, tmp_path: Path) -> None:
    run(write_config(text=IRIS + TWO))
    folder = tmp_path / "results" / "example"
    losses = {v: g.set_index("seed")["loss"] for v, g in pd.read_csv(folder / "trials.csv").groupby("variant")}
    row = pd.read_csv(folder / "comparison.csv").set_index("score").loc["loss"]
    assert (row["variant"], row["base"], row["n"]) == ("longer", "base", 2)
    assert row["difference"] == pytest.approx((losses["longer"] - losses["base"]).mean(), rel=1e-4)
    assert row["low"] < row["difference"] < row["high"]
    assert "Difference to base, paired by seed" in (folder / "summary.md").read_text()


def test_one_variant_has_nothing_to_be_compared_with(write_config: WriteConfig, tmp_path: Path) -> None:
    run(write_config())
    assert not (tmp_path / "results" / "example" / "comparison.csv").exists()


def test_scores_in_training_are_those_of_the_final_weights(write_config: WriteConfig) -> None:
    # Here every example is trained on and tested on, so both are the same examples.
    report = run(write_config())
    for record in report.records:
        assert record.scores["train_accuracy"] == record.scores["accuracy"]
        assert record.scores["train_loss"] == pytest.approx(record.scores["loss"])


def test_records_from_before_training_scores_stay_valid_until_these_are_asked_for(
    write_config: WriteConfig, tmp_path: Path
) -> None:
    path = write_config()
    for record in run(path).records:
        without(record, "train_accuracy", "train_loss")
    assert run(path).trained == 0
    folder = tmp_path / "results" / "example"
    trials = pd.read_csv(folder / "trials.csv")
    assert trials["train_accuracy"].isna().all()
    assert trials["errors"].notna().all()
    assert "| 2 | 3 |" in (folder / "summary.md").read_text()
    path.write_text(IRIS + "metrics: [accuracy, train_loss]\n")
    assert run(path).trained == 2
    assert pd.read_csv(folder / "trials.csv")["train_accuracy"].notna().all()


def test_an_ensemble_is_published_where_asked_for(write_config: WriteConfig, tmp_path: Path) -> None:
    path = write_config()
    folder = tmp_path / "results" / "example"
    run(path)
    assert not (folder / "ensemble.csv").exists()
    path.write_text(path.read_text() + "ensemble: true\n")
    report = run(path)
    assert report.trained == 0
    row = pd.read_csv(folder / "ensemble.csv").iloc[0]
    chance = np.mean([record.predictions.outputs[:, 0] for record in report.records], axis=0)
    wrong = int(np.sum((chance > 0.5) != report.records[0].predictions.y_true))
    assert (row["variant"], row["members"], row["errors"], row["accuracy"]) == ("base", 2, wrong, 1 - wrong / 100)
    assert "All seeds as one network" in (folder / "summary.md").read_text()
    path.write_text(path.read_text().replace("ensemble: true\n", ""))
    run(path)
    assert not (folder / "ensemble.csv").exists()


def test_confusion_counts_and_class_accuracies_where_asked_for(write_config: WriteConfig, tmp_path: Path) -> None:
    run(write_config(text=IRIS + "metrics: [accuracy, confusion_matrix, class_accuracy]\n"))
    folder = tmp_path / "results" / "example"
    assert pd.read_csv(folder / "confusion_counts.csv")["count"].sum() == 200
    assert "class_accuracy_1_mean" in pd.read_csv(folder / "summary.csv")
    assert "Accuracy by class" in (folder / "summary.md").read_text()
    run(write_config())
    assert not (folder / "confusion_counts.csv").exists()


def test_results_set_beside_are_taken_from_what_is_published(write_config: WriteConfig, tmp_path: Path) -> None:
    folder = tmp_path / "results" / "example"
    path = write_config(text=IRIS + "beside: [other]\nfigures: [accuracy_against_time]\n")
    run(path)
    assert pd.read_csv(folder / "accuracy_against_time.csv")["experiment"].tolist() == ["example"]
    run(write_config(name="other.yaml"))
    run(path)
    shown = pd.read_csv(folder / "accuracy_against_time.csv")
    assert sorted(shown["experiment"]) == ["example", "other"]
    changed = run(path, "seeds=1")
    shown = pd.read_csv(changed.published / "accuracy_against_time.csv")
    assert sorted(shown["experiment"]) == ["example", "other"]


def test_an_experiment_that_shows_others_runs_after_them(
    write_config: WriteConfig, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_config(text=IRIS + "beside: [b_other]\n", name="a_first.yaml")
    write_config(name="b_other.yaml")
    places = {"configs": tmp_path, "results": tmp_path / "results", "cache": tmp_path / "cache"}
    run_command(words=["a_first", "b_other", "training.epochs=1"], everything=False, quick=False, seeds=1,
                extended=False, redraw=False, **places)  # fmt: skip
    said = capsys.readouterr().out
    assert said.index("b_other:") < said.index("a_first:")
    assert "2 experiments, 2 trials trained now, 0 failed" in said


def test_the_latex_table_says_what_the_names_say() -> None:
    table = pd.DataFrame({"variant": ["a_1 {b} < 50 %", "[c]"], "n": [3, 4]})
    assert to_latex(table).splitlines()[2:-2] == [
        r"variant & n \\",
        r"\midrule",
        r"a\_1 \{b\} \textless{} 50 \% & 3 \\",
        r"{}[c] & 4 \\",
    ]


def test_which_variants_each_picture_shows_is_published(write_config: WriteConfig, tmp_path: Path) -> None:
    variants = "".join(f"  rate_{i}: {{optimizer.learning_rate: 0.0{i}}}\n" for i in range(1, 5))
    figures = "metrics: [accuracy, confusion_matrix]\nfigures: [decision_regions, confusion_matrix]\n"
    run(write_config(text=f"{IRIS}{figures}variants:\n{variants}"))
    folder = tmp_path / "results" / "example"
    shown = json.loads((folder / "summary.json").read_text())["figures"]
    # Four panels to a page; a confusion matrix is of one variant, and named after it.
    assert shown == {
        "decision_regions.png": ["base", "rate_1", "rate_2", "rate_3"],
        "decision_regions-2.png": ["rate_4"],
    }
    assert (folder / "confusion_matrix-rate_4.png").is_file()
