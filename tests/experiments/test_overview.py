"""The README's table is made from published results, and says so when they are missing."""

import json
from pathlib import Path

from experiments.loading import load_all, load_experiment
from experiments.overview import BEGIN, END, overview, renew_overview
from tests.experiments.conftest import WriteConfig

ROOT = Path(__file__).parents[2]


def test_readme_shows_the_committed_results() -> None:
    experiments = load_all(sorted((ROOT / "configs").glob("*.yaml")))
    table = overview(experiments, ROOT / "results", links="results")
    assert f"{BEGIN}\n{table}{END}" in (ROOT / "README.md").read_text(), "stale: run `make report`"


def test_missing_and_failed_results_show_as_such(write_config: WriteConfig, tmp_path: Path) -> None:
    experiment = load_experiment(write_config())
    assert "| not run | – |" in overview([experiment], tmp_path)
    (tmp_path / "example").mkdir()
    about = {"accuracy": None, "as_printed": False}
    (tmp_path / "example" / "summary.json").write_text(json.dumps(about))
    assert "| failed | – |" in overview([experiment], tmp_path)
    about = {"accuracy": 0.91234, "accuracy_sd": 0.00123, "fit_seconds": 3.21, "as_printed": False}
    (tmp_path / "example" / "summary.json").write_text(json.dumps(about))
    row = "| [example](r/example/summary.md) | – | A perceptron | 2 | 0.9123 ± 0.0012 | 3.2 |"
    assert row.lower() in overview([experiment], tmp_path, links="r").lower()


def test_an_experiment_without_classes_shows_its_loss(write_config: WriteConfig, tmp_path: Path) -> None:
    experiment = load_experiment(write_config())
    (tmp_path / "example").mkdir()
    about = {"accuracy": None, "accuracy_sd": None, "fit_seconds": 2.158, "as_printed": False}
    (tmp_path / "example" / "summary.json").write_text(json.dumps(about))
    summary = tmp_path / "example" / "summary.csv"
    summary.write_text("variant,loss_mean,loss_sd\nbase,0.0528036,0.0160498\nother,9,9\n")
    assert "| loss 0.0528 ± 0.0160 | 2.2 |" in overview([experiment], tmp_path)
    summary.write_text("variant,loss_mean,loss_sd\nbase,0.0528036,\n")
    assert "| loss 0.0528 | 2.2 |" in overview([experiment], tmp_path)
    summary.write_text("variant,loss_mean,loss_sd\nbase,,\n")
    assert "| failed | – |" in overview([experiment], tmp_path)


def test_a_page_is_renewed_between_its_marks_only(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    assert not renew_overview(page, "new\n")
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    assert renew_overview(page, "new\n")
    assert page.read_text() == f"before\n{BEGIN}\nnew\n{END}\nafter\n"
