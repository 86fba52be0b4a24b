"""The README's table is made from published results, and says so when they are missing."""

import json
from pathlib import Path

import pytest

from experiments.loading import Experiment, load_all, load_experiment
from experiments.overview import marks, overview, renew_table
from experiments.planning import plan_trials
from experiments.problems import RecordError
from tests.experiments.conftest import WriteConfig

ROOT = Path(__file__).parents[2]


def test_readme_shows_the_committed_results() -> None:
    experiments = load_all(sorted((ROOT / "configs").glob("*.yaml")))
    table = overview(experiments, ROOT / "results", links="results")
    begin, end = marks("experiments")
    assert f"{begin}\n{table}{end}" in (ROOT / "README.md").read_text(), "stale: run `make report`"


def published(experiment: Experiment, results: Path, **about: object) -> Path:
    """Publish as much of an experiment as the table reads; the folder that holds it."""
    folder = results / experiment.name
    folder.mkdir(exist_ok=True)
    (folder / "summary.json").write_text(json.dumps(about))
    rows = [f"{trial.variant},{trial.seed},completed,{trial.id}," for trial in plan_trials(experiment)]
    (folder / "trials.csv").write_text("\n".join(["variant,seed,outcome,id,error", *rows]))
    return folder


def test_missing_and_failed_results_show_as_such(write_config: WriteConfig, tmp_path: Path) -> None:
    experiment = load_experiment(write_config())
    assert "| not run | – |" in overview([experiment], tmp_path)
    published(experiment, tmp_path, accuracy=None, as_printed=False)
    assert "| failed | – |" in overview([experiment], tmp_path)
    published(experiment, tmp_path, accuracy=0.91234, accuracy_sd=0.00123, fit_seconds=3.21, as_printed=False)
    row = "| [example](r/example/summary.md) | – | A perceptron | 2 | 0.9123 ± 0.0012 | 3.2 |"
    assert row.lower() in overview([experiment], tmp_path, links="r").lower()


def test_results_of_other_settings_are_no_results(write_config: WriteConfig, tmp_path: Path) -> None:
    earlier = load_experiment(write_config())
    published(earlier, tmp_path, accuracy=0.91234, accuracy_sd=0.00123, fit_seconds=3.21, as_printed=False)
    changed = load_experiment(write_config(("learning_rate: 0.1", "learning_rate: 0.2")))
    assert "| out of date | – |" in overview([changed], tmp_path)
    more_seeds = load_experiment(write_config(("seeds: 2", "seeds: 3")))
    assert "| out of date | – |" in overview([more_seeds], tmp_path)


def test_an_experiment_without_classes_shows_its_loss(write_config: WriteConfig, tmp_path: Path) -> None:
    experiment = load_experiment(write_config())
    folder = published(experiment, tmp_path, accuracy=None, accuracy_sd=None, fit_seconds=2.158, as_printed=False)
    summary = folder / "summary.csv"
    summary.write_text("variant,loss_mean,loss_sd\nbase,0.0528036,0.0160498\nother,9,9\n")
    assert "| loss 0.0528 ± 0.0160 | 2.2 |" in overview([experiment], tmp_path)
    summary.write_text("variant,loss_mean,loss_sd\nbase,0.0528036,\n")
    assert "| loss 0.0528 | 2.2 |" in overview([experiment], tmp_path)
    summary.write_text("variant,loss_mean,loss_sd\nbase,,\n")
    assert "| failed | – |" in overview([experiment], tmp_path)


def test_a_page_is_renewed_between_its_marks_only(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    begin, end = marks("first")
    others = "<!-- second: made by `make report` -->\nkept\n<!-- second end -->"
    assert not renew_table(page, "first", "new\n")
    page.write_text(f"before\n{begin}\nold\n{end}\n{others}\n")
    assert renew_table(page, "first", "new\n")
    assert not renew_table(page, "third", "new\n")
    assert page.read_text() == f"before\n{begin}\nnew\n{end}\n{others}\n"


def test_a_page_that_cannot_be_renewed_stays_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(path: Path, text: str, **how: str) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    page = tmp_path / "page.md"
    old = "\n".join(marks("first"))
    page.write_text(old)
    monkeypatch.setattr(Path, "write_text", full_disk)
    with pytest.raises(RecordError, match=r"cannot write .*page\.md: No space left"):
        renew_table(page, "first", "new\n")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("page.md", old)]
