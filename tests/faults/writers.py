"""Everything that writes what must not be lost, as faults strike it: what it prepares, does, and must leave."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import numpy as np

from experiments.data import sources, sums
from experiments.evaluation import Predictions
from experiments.loading import load_experiment
from experiments.placing import placed_folder
from experiments.planning import plan_trials
from experiments.publishing import publish
from experiments.records import Record, Result, find_record, remove_unfinished, write_record
from tests.data import tiny_datasets as tiny
from tests.experiments.conftest import IRIS

CLEANED = ("interrupt", "terminate", "full disk")
"""Faults after which the process itself can take away what it was writing."""

RANDOM = np.random.default_rng(3)
GUESSES = Predictions(np.repeat([0, 1], 50), RANDOM.random((100, 1)).astype(np.float32))
DONE = Result(
    "completed",
    {"engine": "none", "epochs": 2, "parameters": 3, "seconds": {"fit": 0.1}},
    scores={"accuracy": 0.9, "loss": 0.3},
    confusion=np.array([[45, 5], [5, 45]]),
    class_names=("setosa", "versicolor"),
    history={"loss": [0.5, 0.4], "accuracy": [0.8, 0.9]},
    predictions=GUESSES,
    decision_grid={"x1": np.arange(9.0), "x2": np.arange(9.0), "outputs": np.zeros((81, 1), np.float32)},
    snapshots={"at": np.arange(2), "weights": np.zeros((2, 3), np.float32)},
    save_model=lambda path: path.write_bytes(b"model" * 5000) and None,
)
FAILED = Result("failed", {"engine": "none"}, error="MemoryError: no room", traceback="Traceback ...")
OLD_PAGES = {"page.html": "old", "figures/a.webp": "old", "figures/b.webp": "old"}
NEW_PAGES = {"page.html": "new", "figures/a.webp": "new", "index.html": "new"}

Tree = dict[str, str]
"""Files by their path, with the sum of each."""


def tree(folder: Path) -> Tree:
    """What lies in a folder."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def private(folder: Path) -> list[Path]:
    """What lies in a folder under the names of those who still write."""
    return sorted(folder.rglob(".writing-*"))


class Writer(Protocol):
    """Something that writes."""

    def prepare(self, folder: Path) -> None:
        """Lay down what was there before."""

    def work(self, folder: Path) -> None:
        """What the fault strikes."""

    def wrong(self, folder: Path, fault: str) -> list[str]:
        """What is not as it must be right after the fault."""

    def recover(self, folder: Path) -> list[str]:
        """Start again; what is not as it must be after that."""

    def finished(self, folder: Path) -> set[str]:
        """What is finished and must stay as it is: names and contents; empty where all can be made or fetched again."""


class Records:
    """A run folder written beside a finished one; with `failed`, in the place of a failed attempt."""

    def __init__(self, scratch: Path, *, failed: bool):
        config = scratch / "iris.yaml"
        config.write_text(IRIS, encoding="utf-8")
        self.experiment = load_experiment(config)
        self.before, self.now = plan_trials(self.experiment)
        self.failed = failed
        self._template = scratch / "template"
        write_record(self._template, self.before, DONE)
        write_record(scratch / "whole", self.now, DONE)
        self._whole = tree(self.now.folder(scratch / "whole"))
        if failed:
            self._failed = tree(write_record(self._template, self.now, FAILED).path)

    def prepare(self, folder: Path) -> None:
        shutil.copytree(self._template, folder / "results")
        dead = folder / "results" / "iris" / "runs" / "base" / f".writing-{os.uname().nodename}-{_dead()}-ab"
        dead.mkdir()
        (dead / "half").write_bytes(b"left by a run that was killed earlier")

    def work(self, folder: Path) -> None:
        remove_unfinished(folder / "results", "iris")
        write_record(folder / "results", self.now, DONE)

    def _places(self, folder: Path) -> Iterator[Path]:
        for results in (folder / "results", folder / "renamed"):
            yield from results.glob("iris/runs/base/seed-*")

    def wrong(self, folder: Path, fault: str) -> list[str]:
        allowed = [self._whole, self._failed] if self.failed else [self._whole]
        return [
            f"{path.name} is neither the old record nor the new one: {sorted(tree(path))}"
            for path in self._places(folder)
            if path.name == self.now.folder_name and tree(path) not in allowed
        ]

    def recover(self, folder: Path) -> list[str]:
        results, renamed = folder / "results", folder / "renamed"
        if renamed.exists():  # the user puts it back; what was written meanwhile to the old name goes into it
            for path in results.glob("iris/runs/base/seed-*"):
                shutil.rmtree(renamed / path.relative_to(results), ignore_errors=True)
                path.rename(renamed / path.relative_to(results))
            shutil.rmtree(results, ignore_errors=True)
            renamed.rename(results)
        remove_unfinished(results, "iris")
        record = find_record(results, self.now)
        if record is None or record.outcome == "failed":
            record = write_record(results, self.now, DONE)
        problems = [] if tree(record.path) == self._whole else ["the record written again differs"]
        return problems + [f"left behind: {path.name}" for path in private(results)]

    def finished(self, folder: Path) -> set[str]:
        whole = [p for p in self._places(folder) if find_record(p.parents[3], self._trial(p))]
        done = [p for p in whole if json.loads((p / "scores.json").read_text())["outcome"] != "failed"]
        return {f"{path.name}: {tree(path)}" for path in done}

    def _trial(self, path: Path):  # type: ignore[no-untyped-def]
        return next(trial for trial in (self.before, self.now) if trial.folder_name == path.name)


class Tables:
    """The published tables of two finished records, where those of one lie already."""

    def __init__(self, scratch: Path):
        records = Records(scratch / "records", failed=False) if (scratch / "records").mkdir() is None else None
        assert records is not None
        self._experiment = records.experiment
        results = scratch / "published" / "results"
        both = [write_record(results, trial, DONE) for trial in (records.before, records.now)]
        self._records: list[Record] = both
        self._publish(results, both[:1])
        self._template, self._old = results, tree(results / "iris")
        whole = scratch / "all"
        shutil.copytree(results, whole)
        self._publish(whole, both)
        self._new = tree(whole / "iris")

    def _publish(self, results: Path, records: list[Record]) -> None:
        publish(self._experiment, records, results / "iris", cache=results / "cache")

    def prepare(self, folder: Path) -> None:
        shutil.copytree(self._template, folder / "results")

    def work(self, folder: Path) -> None:
        self._publish(folder / "results", self._records)

    def wrong(self, folder: Path, fault: str) -> list[str]:
        results = folder / "results" / "iris"
        now, unfinished = tree(results), {str(path.relative_to(results)) for path in private(results)}
        mixed = {n for n, s in now.items() if n not in unfinished and s not in (self._old.get(n), self._new.get(n))}
        problems = [f"{name} is half-written" for name in mixed]
        if fault in CLEANED:
            problems += [f"left behind at once: {name}" for name in unfinished]
        if now.get("summary.json") == self._new["summary.json"]:
            problems += [f"claims to be current, and {n} is not" for n, s in self._new.items() if now.get(n) != s]
        return problems

    def recover(self, folder: Path) -> list[str]:
        self.work(folder)
        now = tree(folder / "results" / "iris")
        problems = [f"{name} is not what it must be" for name, s in self._new.items() if now.get(name) != s]
        return problems + [f"left behind: {name}" for name in now if name not in self._new]

    def finished(self, folder: Path) -> set[str]:
        return {f"{name}: {s}" for name, s in tree(folder / "results" / "iris").items() if name.startswith("runs/")}


class Whole:
    """A folder put in the place of another as a whole, as a report is."""

    def __init__(self, scratch: Path):
        self._old, self._new = _lay_down(scratch / "old", OLD_PAGES), _lay_down(scratch / "new", NEW_PAGES)

    def prepare(self, folder: Path) -> None:
        _lay_down(folder / "report", OLD_PAGES)

    def work(self, folder: Path) -> None:
        with placed_folder(folder / "report") as fresh:
            _lay_down(fresh, NEW_PAGES)

    def wrong(self, folder: Path, fault: str) -> list[str]:
        now = tree(folder / "report")
        if now in (self._old, self._new):
            return []
        aside = [path.name for path in private(folder) if tree(path) == self._old]
        return [] if not now and aside and fault not in CLEANED else [f"neither the old folder nor the new: {now}"]

    def recover(self, folder: Path) -> list[str]:
        self.work(folder)
        problems = [] if tree(folder / "report") == self._new else ["the folder made again differs"]
        return problems + [f"left behind: {path.name}" for path in private(folder)]

    def finished(self, folder: Path) -> set[str]:
        return set()


def _lay_down(folder: Path, texts: dict[str, str]) -> Tree:
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return tree(folder)


class Cache:
    """A dataset put into the cache, where half of another attempt lies."""

    def __init__(self, scratch: Path):
        sums.ARRAYS.update({name: tiny.sums_of(arrays) for name, arrays in tiny.TINY.items()})
        keras = scratch / "keras" / "datasets"
        keras.mkdir(parents=True)
        (keras / "mnist.npz").write_bytes(tiny.mnist_npz())
        os.environ |= {"KERAS_HOME": str(scratch / "keras"), sources.VARIABLE: "keras"}

    def prepare(self, folder: Path) -> None:
        (folder / "mnist").mkdir(parents=True)
        (folder / "mnist" / "x_train.npy.1-ab.tmp").write_bytes(b"half")
        (folder / "mnist" / "y_test.npy").write_bytes(b"damaged")

    def work(self, folder: Path) -> None:
        sources.obtain("mnist", folder)

    def wrong(self, folder: Path, fault: str) -> list[str]:
        arrays = sources.store.read(folder, "mnist", warn=False)
        return [] if arrays is None else _differences(arrays)

    def recover(self, folder: Path) -> list[str]:
        problems = _differences(sources.obtain("mnist", folder))
        # Half a stamp may stay until the next fetch: a hundred bytes that nothing reads.
        left = [path.name for path in folder.rglob("*.tmp") if ".stamp." not in path.name]
        return problems + [f"left behind: {name}" for name in left]

    def finished(self, folder: Path) -> set[str]:
        return set()


def _differences(arrays: sources.Arrays) -> list[str]:
    return [f"{n} differs" for n, right in tiny.MNIST.items() if not np.array_equal(arrays[n], right)]


WRITERS: dict[str, Callable[[Path], Writer]] = {
    "record": lambda scratch: Records(scratch, failed=False),
    "record in place of a failed one": lambda scratch: Records(scratch, failed=True),
    "published tables": Tables,
    "folder of a report": Whole,
    "cached data": Cache,
}


def _dead() -> int:
    """The number of a process that is no more."""
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return pid
