"""A small ledger with its experiment and results, and the whole report, built once."""

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from experiments.ledger.judging import _planned_ids
from experiments.loading import load_experiment
from experiments.report.building import Built, build

ROOT = Path(__file__).parents[2]

EXPERIMENT = """\
# A comment with <b>tags</b>
title: A perceptron <script>alert("title")</script>
lecture: pinar
dataset: {name: iris, classes: [setosa, versicolor]}
model: {name: perceptron, output: {units: 1, activation: sigmoid}}
loss: {name: binary_crossentropy}
optimizer: {name: sgd, learning_rate: 0.1}
training: {epochs: 3, batch_size: 10}
seeds: 3
metrics: [accuracy]
figures: [learning_curves, confusion_matrix]
variants:
  faster: {optimizer.learning_rate: 1.0}
"""

LEDGER = """\
lecture: pinar
title: My lecture <script>alert("lecture")</script>
author: Maria Piñar
claims:
  - id: L-1
    heading: Errors <img src=x onerror=alert(1)>
    kind: number
    claim: The error is 0.34 % & <script>alert("claim")</script>
    formula: '\\frac{33}{33 + 9967}'
    printed: {error rate in percent: '0.34'}
    check: {worked: counting.error_rate, with: {errors: 33, hits: 9967}}
    error: value
    explanation: it is 0.33
  - id: L-2
    heading: Accuracy
    kind: number
    claim: The test accuracy is 0.95.
    printed: {accuracy: '0.95'}
    check: {experiment: flowers, quantity: accuracy}
    tolerance: '0.02'
    tolerance_reason: two flowers of a hundred
  - id: L-5
    heading: Accuracy
    kind: statement
    claim: The perceptron is of 1958.
    check: {external: a fact of history}
  - id: L-6
    heading: Curves
    kind: figure
    claim: Loss falls.
    check: {experiment: flowers, drawn: learning_curves}
"""


@dataclass(frozen=True)
class Project:
    """Folders of a small project, and ways to change and build it."""

    folder: Path

    @property
    def configs(self) -> Path:
        return self.folder / "configs"

    @property
    def results(self) -> Path:
        return self.folder / "results"

    @property
    def published(self) -> Path:
        return self.results / "flowers"

    @property
    def report(self) -> Path:
        return self.results / "report"

    def change(self, old: str, new: str, name: str = "flowers.yaml") -> None:
        path = self.configs / name
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))

    def fail(self, error: str) -> None:
        """Have the last trial fail."""
        trials = pd.read_csv(self.published / "trials.csv").astype({"error": object})
        trials.loc[len(trials) - 1, ["outcome", "error"]] = ["failed", error]
        trials.to_csv(self.published / "trials.csv", index=False)

    def draw(self, shown: dict[str, list[str]]) -> None:
        """Publish pictures beside those that are there, with the variants that each shows."""
        about = json.loads((self.published / "summary.json").read_text())
        for name in shown:
            Image.new("RGB", (1600, 900), "white").save(self.published / name)
            (self.published / name).with_suffix(".csv").write_text("variant\n")
        about |= {"files": [*about["files"], *shown], "figures": shown}
        (self.published / "summary.json").write_text(json.dumps(about))

    def build(self, **options: bool) -> Built:
        return build(self.configs, self.results, self.folder / "cache", self.report, **{"pdf": False, **options})

    def page(self, name: str) -> str:
        return (self.report / name).read_text()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A lecture of four claims, an experiment, and what a run of it publishes."""
    made = Project(tmp_path)
    (made.configs / "lectures").mkdir(parents=True)
    (made.configs / "flowers.yaml").write_text(EXPERIMENT)
    (made.configs / "lectures" / "pinar.yaml").write_text(LEDGER)
    publish(made)
    return made


def publish(project: Project) -> None:
    folder = project.published
    folder.mkdir(parents=True)
    trials = []
    for number, (name, identity) in enumerate(_planned_ids(load_experiment(project.configs / "flowers.yaml")).items()):
        variant, seed = name.split("/")
        row = {"variant": variant, "seed": int(seed), "outcome": "completed", "loss": 0.2, "id": identity}
        trials.append(
            {**row, "accuracy": 0.95 + 0.001 * (number % 3 - 1), "epochs": 3, "fit_seconds": 1.0, "error": None}
        )
    pd.DataFrame(trials).to_csv(folder / "trials.csv", index=False)
    summary = {"n": 3, "not_completed": 0, "parameters": 59210, "epochs": 3, "fit_seconds": 1.5}
    scores = {"accuracy": (0.95, 0.001), "loss": (0.2, 0.01)}
    for score, (mean, sd) in scores.items():
        summary |= {f"{score}_mean": mean, f"{score}_sd": sd, f"{score}_low": mean - sd, f"{score}_high": mean + sd}
    pd.DataFrame([{"variant": v, **summary} for v in ("base", "faster")]).to_csv(folder / "summary.csv", index=False)
    (folder / "history.csv").write_text("variant,seed,epoch,loss\nbase,0,1,0.5\n")
    for stem in ("learning_curves", "confusion_matrix"):
        Image.new("RGB", (160, 90), "white").save(folder / f"{stem}.png")
    cells = [(t, p, 49.5 if t == p else 0.5) for t in ("setosa", "versicolor") for p in ("setosa", "versicolor")]
    pd.DataFrame(cells, columns=["true", "predicted", "mean"]).to_csv(folder / "confusion_matrix.csv", index=False)
    about = {
        "accuracy": 0.95, "accuracy_sd": 0.001, "fit_seconds": 1.5, "as_printed": False, "trials": 6,
        "environment": {"python": "3.11", "packages": {"keras": "3.15"}, "dirty": False},
        "files": ["trials.csv", "learning_curves.png", "confusion_matrix.png", "confusion_matrix.csv"],
    }  # fmt: skip
    (folder / "summary.json").write_text(json.dumps(about))


@pytest.fixture(scope="session")
def whole_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the committed results, with a PDF where a browser can print one."""
    folder = tmp_path_factory.mktemp("whole") / "report"
    build(ROOT / "configs", ROOT / "results", ROOT / ".data", folder)
    return folder
