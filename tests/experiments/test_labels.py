"""Labels: what people read for a variant. Tables for people have them; files, identities and JSON keep the name."""

import json
from pathlib import Path

import pandas as pd
import pytest

from experiments.comparing import compare_experiments, readable_rows
from experiments.identity import trial_id
from experiments.loading import load_experiment
from experiments.problems import ConfigError
from tests.experiments.conftest import IRIS, WriteConfig
from tests.experiments.test_runner import run

TWO = IRIS + "variants: {longer: {training.epochs: 4}}\n"
LABELS = "labels: {longer: four epochs, base: two | epochs}\n"


def problems_of(path: Path, *overrides: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_experiment(path, overrides)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("labels", "line", "message"),
    [
        ("longr: four", 16, "labels.longr: no variant is named 'longr'; did you mean 'longer'?"),
        ("longer: ''", 16, "labels.longer: expected text of 1 to 40 characters, got ''"),
        (f"base: {'a' * 41}", 16, f"labels.base: expected text of 1 to 40 characters, got '{'a' * 41}'"),
        ("base: 10", 16, "labels.base: expected text of 1 to 40 characters, got 10"),
        ("base: same\n  longer: same", 17, "labels.longer: expected distinct labels, got 'same' for base and longer"),
        ("base: longer", 16, "labels.base: expected distinct labels, got 'longer' for longer and base"),
        ('base: "two\\nlines"', 16, "labels.base: expected words in one line with single spaces, got 'two\\nlines'"),
    ],
)
def test_a_wrong_label_is_refused_with_its_line(
    write_config: WriteConfig, labels: str, line: int, message: str
) -> None:
    path = write_config(text=f"{TWO}labels:\n  {labels}\n")
    (problem,) = problems_of(path)
    assert problem == f"{path}:{line}: {message}"


def test_labels_belong_to_the_file_and_to_the_whole_experiment(write_config: WriteConfig) -> None:
    path = write_config(text=IRIS + "variants: {longer: {labels: {base: two}}}\n")
    assert "variants.longer.labels: belongs to the whole experiment" in problems_of(path)[0]
    assert "labels can only be changed in the file" in problems_of(write_config(), "labels.base=two")[0]


def test_labels_are_no_part_of_what_is_trained(write_config: WriteConfig) -> None:
    bare, named = (load_experiment(write_config(text=text)) for text in (TWO, TWO + LABELS))
    assert named.spec.label_of("base") == "two | epochs"
    assert bare.spec.label_of("base") == "base"
    for variant in ("base", "longer"):
        assert trial_id(bare.variants[variant], 3, "data") == trial_id(named.variants[variant], 3, "data")


def test_figures_show_variants_in_the_order_of_labels_then_those_without_one(write_config: WriteConfig) -> None:
    spec = load_experiment(write_config(text=TWO + LABELS)).spec
    assert spec.shown_order(["base", "new", "longer"]) == ["longer", "base", "new"]
    assert spec.shown_order(["base", "new"]) == ["base", "new"]


def test_tables_for_people_have_labels_and_files_names(write_config: WriteConfig, tmp_path: Path) -> None:
    more = "metrics: [accuracy, class_accuracy]\nensemble: true\nfigures: [learning_curves]\n"
    path = write_config(text=TWO + more)
    run(path)
    folder = tmp_path / "results" / "example"
    plain = {file.name: file.read_text() for file in folder.glob("*.csv")}
    assert "Difference to base" in (folder / "summary.md").read_text()

    path.write_text(TWO + more + LABELS)
    assert run(path).trained == 0
    page = (folder / "summary.md").read_text()
    assert "Difference to two | epochs, paired by seed" in page
    assert page.count(r"| two \| epochs |") == 3  # scores, ensemble, classes
    assert page.count("| four epochs |") == 4  # and the difference
    assert "base" not in page
    assert "longer" not in page
    assert "four epochs & 2" in (folder / "summary.tex").read_text()
    for name in ("summary.csv", "trials.csv", "history.csv", "comparison.csv", "ensemble.csv"):
        assert (folder / name).read_text() == plain[name]
    drawn = pd.read_csv(folder / "learning_curves.csv")["variant"]
    assert list(dict.fromkeys(drawn)) == ["longer", "base"]  # in the order of the labels

    path.write_text(TWO + more)
    run(path)  # a label taken away is taken from the page
    assert "Difference to base" in (folder / "summary.md").read_text()


def test_a_comparison_is_read_with_labels_and_counted_with_names(write_config: WriteConfig, tmp_path: Path) -> None:
    path, other = write_config(text=TWO + LABELS), write_config(name="other.yaml")
    run(path)
    run(other)
    experiments = [load_experiment(path), load_experiment(other)]
    rows = compare_experiments(experiments, tmp_path / "results", "loss")
    assert rows["variant"].tolist() == ["base", "longer", "base"]
    assert json.loads(rows.to_json(orient="records"))[1]["variant"] == "longer"
    read = readable_rows(rows, experiments)
    assert read["variant"].tolist() == ["two | epochs", "four epochs", "base"]
    assert read["mean"].tolist() == rows["mean"].tolist()


def test_committed_configs_call_no_variant_base() -> None:
    for path in sorted((Path(__file__).parents[2] / "configs").glob("*.yaml")):
        experiment = load_experiment(path)
        assert all(variant in experiment.spec.labels for variant in experiment.variants), path.name
