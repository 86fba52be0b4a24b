"""Run folders: the only module that writes and reads them (their files: `record_files`).

    results/<experiment>/runs/<variant>/seed-<n>-<id>/
        config.yaml           the variant's resolved settings
        environment.json      versions, device, commit, seed, engine, seconds, format of the record, sums of its files
        scores.json           outcome, error if any, every score
        history.csv           one row an epoch
        confusion_matrix.csv  rows truth, columns predictions
        predictions.npz       y_true int (N,), outputs float32 (N, units)
        decision_grid.npz     for one or two features: outputs over the line or plane
        snapshots.npz         where the config asks for it: outputs over the plane and weights at some epochs
        model.keras           where the config asks for it

A record is written into a temporary sibling folder and renamed. A folder with its final name is complete.
"""

import io
import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from experiments.evaluation import Predictions
from experiments.placing import flush, private, remove_abandoned, sum_of, sync
from experiments.problems import RecordError
from experiments.record_files import FORMAT, contents, write_files
from experiments.spec import ExperimentSpec

SWEEP = "sweep"
"""The variant that a sweep's trials belong to; no variant of a config may be called so."""

Outcome = Literal["completed", "diverged", "failed"]


@dataclass(frozen=True)
class Trial:
    """One training: a variant of an experiment with one seed."""

    experiment: str
    variant: str
    seed: int
    spec: ExperimentSpec
    id: str

    @property
    def folder_name(self) -> str:
        """Name of the trial's run folder."""
        return f"seed-{self.seed}-{self.id}"

    def folder(self, results: Path) -> Path:
        """The trial's run folder."""
        return results / self.experiment / "runs" / self.variant / self.folder_name


@dataclass(frozen=True)
class Result:
    """What a trial gave. A trial that failed has an error and nothing else."""

    outcome: Outcome
    environment: dict[str, Any]
    error: str | None = None
    traceback: str | None = None
    scores: dict[str, float] = field(default_factory=dict)
    confusion: np.ndarray | None = None
    class_names: tuple[str, ...] = ()
    history: dict[str, list[float]] = field(default_factory=dict)
    predictions: Predictions | None = None
    decision_grid: dict[str, np.ndarray] | None = None
    snapshots: dict[str, np.ndarray] | None = None
    save_model: Callable[[Path], None] | None = None


_NOT_IN_ALL = ("decision_grid.npz", "snapshots.npz")
"""Parts that only some trials have; who asks for one is told by FileNotFoundError that it was never written."""


@dataclass(frozen=True)
class Record:
    """A finished trial, read back. Large parts are read when asked for."""

    trial: Trial
    path: Path
    outcome: Outcome
    error: str | None
    scores: dict[str, float]
    class_names: tuple[str, ...]
    environment: dict[str, Any]

    @cached_property
    def history(self) -> pd.DataFrame:
        """One row an epoch: epoch, loss, accuracy, val_loss, val_accuracy, seconds; none where there are no epochs."""
        if not (self.path / "history.csv").exists() and self.trial.spec.training is None:
            return pd.DataFrame({"epoch": pd.Series(dtype=int), "loss": pd.Series(dtype=float)})
        with self._part("history.csv") as path:
            return pd.read_csv(path)

    @cached_property
    def confusion(self) -> np.ndarray:
        """Counts, int (K, K), rows truth, columns predictions."""
        with self._part("confusion_matrix.csv") as path:
            return pd.read_csv(path, index_col=0).to_numpy()

    @cached_property
    def predictions(self) -> Predictions:
        """Outputs on the test set."""
        with self._part("predictions.npz") as path, np.load(path, allow_pickle=False) as arrays:
            return Predictions(arrays["y_true"], arrays["outputs"], self.trial.spec.signed)

    @cached_property
    def decision_grid(self) -> dict[str, np.ndarray]:
        """Axes `x1`, for two features `x2`, and `outputs` over the line or plane."""
        with self._part("decision_grid.npz") as path, np.load(path, allow_pickle=False) as arrays:
            return dict(arrays)

    @property
    def has_model(self) -> bool:
        """Whether the trained model was kept."""
        return (self.path / "model.keras").exists()

    @cached_property
    def kernels(self) -> list[np.ndarray]:
        """Weights without biases, an array a layer, first layer first; none where the model was not kept."""
        path = self.path / "model.keras"
        if not self.has_model:
            return []
        import h5py  # read as the file that it is: loading the model would need Keras

        with zipfile.ZipFile(path) as archive, h5py.File(io.BytesIO(archive.read("model.weights.h5"))) as weights:
            layers = weights["layers"]
            found = [
                layers[name]["vars/0"][()] for name in sorted(layers, key=_layer_number) if "vars/0" in layers[name]
            ]
        return [kernel for kernel in found if kernel.ndim > 1]

    @cached_property
    def snapshots(self) -> dict[str, np.ndarray]:
        """What the network was at times: `at` int (S,), epochs or updates; `weights` float32 (S, P) of a small one.

        Where the data lie in a plane and the times are epochs, also `x1`, `x2` and `outputs` float16 (S, M, units).
        """
        with self._part("snapshots.npz") as path, np.load(path, allow_pickle=False) as arrays:
            return dict(arrays)

    @contextmanager
    def _part(self, name: str) -> Iterator[Path]:
        """A file of the record, which must be as it was written; whatever reading it raises becomes one message."""
        path = self.path / name
        known = self.environment.get("files", {}).get(name)  # records from before sums were kept have none
        if known is None and name in _NOT_IN_ALL and not path.exists():
            raise FileNotFoundError(path)
        with _reading(self.path):
            if known is not None and sum_of(path) != known:
                raise ValueError(f"{name} is not as it was written")
            yield path

    @property
    def stamp(self) -> tuple[int, int]:
        """Tells a record from one that takes its place, whatever the clocks say: its file's number and time."""
        with _reading(self.path):
            state = (self.path / "scores.json").stat()
        return state.st_ino, state.st_mtime_ns

    @property
    def is_fault(self) -> bool:
        """Whether the outcome is a fault: not if a script as printed fails, or a variant diverges that may."""
        if self.outcome == "completed" or self.trial.spec.as_printed:
            return False
        return self.outcome == "failed" or self.trial.variant not in self.trial.spec.may_diverge


def write_record(results: Path, trial: Trial, result: Result) -> Record:
    """Write a run folder, all of it or none.

    Raises:
        RecordError: the disk is full, permission is lacking, or the like; nothing with the final name is left.
    """
    final = trial.folder(results)
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        temporary = private(final.parent)
        temporary.mkdir()
        try:
            write_files(temporary, trial, result)
            flush(temporary)
            _put_in_place(temporary, final)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
    except OSError as error:
        raise RecordError(f"cannot write {final}: {error.strerror or error}") from error
    record = find_record(results, trial)
    if record is None:
        raise RecordError(f"{final} vanished after it was written")
    return record


def require_writable(results: Path, trial: Trial) -> None:
    """Try whether a trial's record could be written, before it is trained; no folder is left where there was none.

    Raises:
        RecordError: it could not.
    """
    folder = trial.folder(results).parent
    nearest = folder
    while not os.path.lexists(nearest):  # a link that leads nowhere is in the way as well
        nearest = nearest.parent
    try:
        attempt = private(nearest)
        attempt.mkdir()
        attempt.rmdir()
    except OSError as error:
        raise RecordError(f"cannot write to {folder}: {error.strerror or error}") from error


def find_record(results: Path, trial: Trial) -> Record | None:
    """The record of a trial, if it is finished.

    Raises:
        RecordError: the folder is there but was written by another format of this program, or was tampered with.
    """
    path = trial.folder(results)
    if not path.is_dir():
        return None
    try:
        environment = json.loads((path / "environment.json").read_text(encoding="utf-8"))
        scores = json.loads((path / "scores.json").read_text(encoding="utf-8"))
        if environment.get("format") != FORMAT:
            got = environment.get("format", "one without a format")
            raise RecordError(
                f"{path}: expected a record of format {FORMAT}, got {got}; "
                "another version of relecture wrote it: read it with that one, or delete the folder to train it again"
            )
        return Record(
            trial,
            path,
            scores["outcome"],
            scores["error"],
            {name: float("nan") if value is None else value for name, value in scores["values"].items()},
            tuple(scores["class_names"]),
            environment,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise RecordError(f"{path}: damaged record ({error!r}); delete the folder to train it again") from error


def seconds_of(results: Path, experiment: str, variant: str, most: int = 200) -> list[float]:
    """How long trials of a variant took, for an estimate: records that cannot be read are left out.

    Args:
        results: where run folders lie.
        experiment: its name.
        variant: a variant, SWEEP, or `*` for all.
        most: records to read.
    """
    found = []
    for path in sorted((results / experiment / "runs").glob(f"{variant}/seed-*/environment.json"))[:most]:
        try:
            found.append(float(sum(json.loads(path.read_text(encoding="utf-8"))["seconds"].values())))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
    return found


def remove_unfinished(results: Path, experiment: str) -> int:
    """Delete temporary folders that killed runs left behind; returns how many."""
    return sum(remove_abandoned(folder) for folder in (results / experiment / "runs").glob("*"))


def _put_in_place(temporary: Path, final: Path) -> None:
    """Rename; what lies there is replaced if it is a failed attempt, or lacks a score or a file that this one has."""
    try:
        temporary.rename(final)  # never over a folder that holds something
    except OSError:
        if not final.is_dir():
            raise
        with _reading(final):
            outcome, there = contents(final)
        lacks = outcome == "completed" and contents(temporary)[1] - there
        if outcome != "failed" and not lacks:  # another process finished the same trial first
            shutil.rmtree(temporary)
            return
        # Out of the way under another name: killed amid its removal, half of it would keep the final one.
        aside = private(final.parent)
        final.rename(aside)
        temporary.rename(final)
        shutil.rmtree(aside, ignore_errors=True)
    sync(final.parent)


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Whatever a damaged file makes its reader raise becomes one message."""
    try:
        yield
    except Exception as error:
        raise RecordError(f"{path}: damaged record ({error!r}); delete the folder to train it again") from error


def _layer_number(name: str) -> tuple[str, int]:
    """`dense`, `dense_1`, ..., `dense_10` in this order, as Keras names layers of a kind."""
    kind, _, number = name.rpartition("_")
    return (kind, int(number)) if number.isdecimal() else (name, 0)
