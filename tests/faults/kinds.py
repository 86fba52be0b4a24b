"""Kinds of hostile input: what is drawn, how it is laid down, what is done with it, and the command that does it."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from hypothesis import strategies as st

from experiments.data.datasets import load_dataset
from experiments.data.errors import EmptyClass
from experiments.documents import parse_document
from experiments.ledger.judging import judge_all
from experiments.ledger.loading import load_ledgers
from experiments.loading import load_experiment
from experiments.memory import shortage
from experiments.planning import plan_trials, published_folder
from experiments.problems import ConfigError, Problem
from experiments.sweeps.plans import open_plan, sweep_folder
from experiments.sweeps.points import load_sweep
from tests.experiments.conftest import IRIS
from tests.faults import hostile
from tests.ledger.conftest import EXPERIMENT, LEDGER

SWEPT = """\
title: A sweep
dataset: {name: moons, examples: 50, validation: {how: shuffled, fraction: 0.2}}
model: {name: mlp, hidden: [4], output: {units: 2, activation: softmax}}
loss: {name: focal_crossentropy, alpha: [1.0, 2.0]}
optimizer: {name: sgd, learning_rate: 0.1, decay: {name: inverse_time, rate: 0.01}}
training: {epochs: 2, batch_size: 10, early_stopping: {patience: 1}}
sweep:
  method: random
  run_cap: 3
  metric: {name: val_loss, goal: minimize}
  parameters:
    optimizer.learning_rate: {min: 0.01, max: 1.0, distribution: log_uniform_values}
    model.hidden: {values: [[4], [8]]}
variants: {other: {training.batch_size: 5}}
quick: {training.epochs: 1}
"""

OWN_ARRAYS = """\
title: Arrays of my own
dataset: {name: npz, path: own.npz}
model: {name: perceptron, output: {units: 2, activation: softmax}}
loss: {name: categorical_crossentropy}
optimizer: {name: adam, learning_rate: 0.1}
training: {epochs: 1, batch_size: 10}
"""

CONFIGS = [parse_document(text, "").data for text in (IRIS, EXPERIMENT, SWEPT)]
SWEEP = CONFIGS[2]
GRID = {**SWEEP, "sweep": {**SWEEP["sweep"], "method": "grid", "parameters": {
    "model.hidden": {"values": [[4], [8]]}, "training.batch_size": {"values": [5, 10, 20]}}}}  # fmt: skip
CONFIGS += hostile.load("configs/mnist_cnn.yaml", "configs/playground_circle.yaml")
LECTURES = hostile.load(
    *(f"configs/lectures/{name}.yaml" for name in ("cavallaro", "hantehzadeh", "mollineda", "pinar"))
)
WORKED = [
    (one, [c for c in one["claims"] if isinstance(c["check"], dict) and "worked" in c["check"]]) for one in LECTURES
]
LEDGERS = [parse_document(LEDGER, "").data] * 4
LEDGERS += [{**one, "claims": claims[i : i + 2]} for one, claims in WORKED for i in range(0, len(claims), 2)]
"""A user's ledger, and pairs of worked claims of the lectures: their functions are called with whatever is given."""
OPTIONS = st.sampled_from(["", "dataset.flatten=true", "dataset.scale=standard", "dataset.scale=unit",
                           "dataset.subset=3", "dataset.validation={how: last, fraction: 0.5}"])  # fmt: skip


def up_to_training(folder: Path, words: Sequence[str] = ()) -> None:
    """All that `relecture run` does before it trains; nothing may lead out of the folder of results."""
    experiment = load_experiment(folder / "example.yaml", words)
    results = folder / "results"
    experiment.spec.model_dump_json()  # records keep it
    published = published_folder(experiment, results)
    assert published.resolve().is_relative_to(results.resolve())
    assert all(len(part.encode()) <= 255 for part in published.parts)
    for trial in plan_trials(experiment):
        assert trial.folder(results).resolve().is_relative_to(results.resolve() / "example" / "runs")
    usual = (spec for name, spec in experiment.variants.items() if name not in experiment.spec.extended)
    for spec in usual:
        if message := shortage(spec, folder):
            raise ConfigError([Problem("example.yaml", None, "model", message)])


class Kind(Protocol):
    """A kind of input."""

    cases: int
    """How many all tests try."""
    strategy: st.SearchStrategy[Any]

    def lay_down(self, folder: Path, given: Any) -> None:
        """Write it."""

    def use(self, folder: Path, given: Any) -> None:
        """Do with it what the command does before it trains or prints."""

    def words(self, folder: Path, given: Any) -> list[str]:
        """The command that does."""


def places(folder: Path) -> list[str]:
    return ["--results", f"{folder}/results", "--cache", f"{folder}/cache"]


class Configs:
    cases, strategy = 4500, hostile.documents(CONFIGS)

    def lay_down(self, folder: Path, given: bytes) -> None:
        (folder / "example.yaml").write_bytes(given)

    def use(self, folder: Path, given: bytes) -> None:
        up_to_training(folder)

    def words(self, folder: Path, given: bytes) -> list[str]:
        return ["run", f"{folder}/example.yaml", *places(folder)]


class Ledgers:
    cases, strategy = 2500, hostile.documents(LEDGERS)

    def lay_down(self, folder: Path, given: bytes) -> None:
        (folder / "flowers.yaml").write_text(EXPERIMENT, encoding="utf-8")
        (folder / "mine.yml").write_bytes(given)  # no experiment, so another ending

    def use(self, folder: Path, given: bytes) -> None:
        judge_all(load_ledgers([folder / "mine.yml"], folder), folder / "results")

    def words(self, folder: Path, given: bytes) -> list[str]:
        return ["check", f"{folder}/mine.yml", "--configs", str(folder), "--results", f"{folder}/results"]


class Overrides:
    cases, strategy = 2500, hostile.words([CONFIGS[0]])

    def lay_down(self, folder: Path, given: list[str]) -> None:
        (folder / "example.yaml").write_text(IRIS, encoding="utf-8")

    def use(self, folder: Path, given: list[str]) -> None:
        up_to_training(folder, given)

    def words(self, folder: Path, given: list[str]) -> list[str]:
        return ["run", *places(folder), "--", f"{folder}/example.yaml", *given]


class Sweeps:
    cases = 500
    strategy = st.tuples(st.just(SWEPT.encode()) | hostile.documents([SWEEP, GRID]), hostile.comma_lists([GRID]))

    def lay_down(self, folder: Path, given: tuple[bytes, list[str]]) -> None:
        (folder / "example.yaml").write_bytes(given[0])

    def use(self, folder: Path, given: tuple[bytes, list[str]]) -> None:
        sweep = load_sweep(folder / "example.yaml", given[1])
        assert sweep_folder(sweep, folder / "results").resolve().is_relative_to(folder.resolve() / "results")
        for point in open_plan(sweep, None).points():
            for trial in point.trials:
                assert trial.folder(folder / "results").resolve().is_relative_to(folder.resolve() / "results")

    def words(self, folder: Path, given: tuple[bytes, list[str]]) -> list[str]:
        return ["sweep", "--dry-run", *places(folder), "--", f"{folder}/example.yaml", *given[1]]


class OwnArrays:
    cases, strategy = 1500, st.tuples(hostile.arrays(), OPTIONS)

    def lay_down(self, folder: Path, given: tuple[bytes, str]) -> None:
        (folder / "example.yaml").write_text(OWN_ARRAYS, encoding="utf-8")
        (folder / "own.npz").write_bytes(given[0])

    def use(self, folder: Path, given: tuple[bytes, str]) -> None:
        options = [given[1]] if given[1] else []
        up_to_training(folder, options)
        spec = load_experiment(folder / "example.yaml", options).spec
        with suppress(EmptyClass):  # the outcome of its trials, and no fault of the file
            load_dataset(spec.dataset, folder, cache=folder / "cache")

    def words(self, folder: Path, given: tuple[bytes, str]) -> list[str]:
        return ["run", f"{folder}/example.yaml", *([given[1]] if given[1] else []), *places(folder)]


KINDS: dict[str, Kind] = {
    "configs": Configs(),
    "ledgers": Ledgers(),
    "overrides": Overrides(),
    "sweeps and comma lists": Sweeps(),
    "arrays of a user's own": OwnArrays(),
}
"""What is given, how it is laid down and used, and how many cases all tests try: 11,500 together."""
