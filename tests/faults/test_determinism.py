"""Every experiment's one-seed run, twice in fresh processes: the same bits."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]
SAMPLE = [
    "boolean_perceptron", "hypothesis_sets", "iris_perceptron", "logistic_calibration", "mnist_perceptron", "moons",
    "training_to_threshold",
]  # fmt: skip
"""One of each kind of model, data and stopping rule, and short; `make faults` compares these alone."""
OTHERS = sorted(path.stem for path in (ROOT / "configs").glob("*.yaml") if path.stem not in SAMPLE)


@pytest.mark.slow
def test_a_sample_of_experiments(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    run_twice_and_compare(SAMPLE, tmp_path, record_property)


@pytest.mark.slow
@pytest.mark.parametrize("name", OTHERS)
def test_every_other_experiment(name: str, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    run_twice_and_compare([name], tmp_path, record_property)


def run_twice_and_compare(names: list[str], tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    """Both runs leave the same trials, each with the same history, outputs, counts and scores."""
    for folder in ("one", "other"):
        command = [sys.executable, "-c", "from experiments.cli import main; main()", "run", *names, "--quick"]
        done = subprocess.run([*command, "--results", str(tmp_path / folder)], capture_output=True, text=True, cwd=ROOT)
        assert done.returncode == 0, done.stderr
    trials = {folder: _records(tmp_path / folder) for folder in ("one", "other")}
    same = [name for name in trials["one"] if _same(trials["one"][name], trials["other"][name])]
    record_property(
        "fault", ["trial repeated in a fresh process (survived: same bits)", len(trials["one"]), len(same), None]
    )
    assert set(trials["one"]) == set(trials["other"])
    assert {name.split("/")[0] for name in trials["one"]} == set(names)
    assert sorted(set(trials["one"]) - set(same)) == []
    about = json.loads((next(iter(trials["one"].values())) / "environment.json").read_text())
    assert "other machines or backends need not" in about["determinism"]


def _records(results: Path) -> dict[str, Path]:
    return {str(path.parent.relative_to(results)): path.parent for path in results.glob("*/runs/*/*/scores.json")}


def _same(one: Path, other: Path) -> bool:
    if (one / "scores.json").read_bytes() != (other / "scores.json").read_bytes():
        return False
    for path in one.iterdir():
        if path.suffix == ".npz":
            with np.load(path) as first, np.load(other / path.name) as second:
                if set(first) != set(second) or any(first[k].tobytes() != second[k].tobytes() for k in first):
                    return False
        elif path.name == "history.csv":
            tables = [pd.read_csv(folder / path.name).drop(columns="seconds") for folder in (one, other)]
            if not tables[0].equals(tables[1]):
                return False
    return True
