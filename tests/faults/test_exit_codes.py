"""Exit codes where data are at fault: 2 for arrays of one's own, which are input; 1 for what cannot be had."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.experiments.conftest import MNIST, WriteConfig
from tests.faults.kinds import OWN_ARRAYS
from tests.faults.test_fuzzing import command

Property = Callable[[str, object], None]


def own(**changes: np.ndarray) -> dict[str, np.ndarray]:
    x, y = np.arange(12, dtype=np.float32).reshape(6, 2), np.array([0, 1] * 3)
    return {"x_train": x, "y_train": y, "x_test": x[:2], "y_test": y[:2], **changes}


WRONG = {
    "a gap in the numbers": (own(x_train=np.full((6, 2), np.nan)), "", "x_train: expected finite numbers, got nan"),
    "numbers beyond float32": (own(x_test=np.full((2, 2), 1e300)), "", "x_test: expected values that float32 can"),
    "objects": (own(y_test=np.array([0, None])), "", "y_test: expected numbers, got Python objects"),
    "no such class": (own(y_test=np.array([0, 7])), "", "y_test: expected labels from 0 to 1"),
    "a scale that they do not have": (own(x_test=np.full((2, 2), -1.0)), "dataset.scale=unit", "expects pixels from 0"),
    "a feature that hardly varies": (
        own(x_train=np.array([[0, 1], [1e-100, 1]] * 3), x_test=np.ones((2, 2))), "dataset.scale=standard",
        "too large for float32",
    ),
    "no array": ({}, "", "expected the arrays x_train"),
}  # fmt: skip


@pytest.mark.parametrize("fault", WRONG)
def test_arrays_of_ones_own_that_are_wrong_end_with_2_and_leave_nothing(
    fault: str, write_config: WriteConfig, tmp_path: Path, record_property: Property
) -> None:
    arrays, change, message = WRONG[fault]
    path = write_config(text=OWN_ARRAYS)
    np.savez(tmp_path / "own.npz", **arrays)
    code, printed = command("run", str(path), *([change] if change else []), "--results", f"{tmp_path}/results")
    record_property("fault", ["wrong arrays of a user's own, given to the command", 1, int(code == 2), None])
    assert code == 2, printed
    assert message in printed
    assert "Traceback" not in printed
    assert {entry.name for entry in tmp_path.iterdir()} == {"example.yaml", "own.npz"}


def test_data_that_cannot_be_had_end_with_1_and_leave_no_results(
    write_config: WriteConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Property
) -> None:
    monkeypatch.setenv("RELECTURE_DATA_SOURCES", "keras")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    places = ["--results", f"{tmp_path}/results", "--cache", f"{tmp_path}/cache"]
    code, printed = command("run", str(write_config(text=MNIST)), *places)
    record_property("fault", ["no source of data to be reached", 1, int(code == 1), None])
    assert code == 1, printed
    assert "mnist cannot be had; tried, in order:" in printed
    assert not (tmp_path / "results").exists()
