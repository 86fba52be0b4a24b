"""From a check to what it measures: a worked example is computed, a trained quantity is read from what is published."""

import importlib
import inspect
import json
import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.ledger.seeds import NOT_RUN, Readings, Turnout
from experiments.ledger.spec import Difference, FromHistory, Quantity
from experiments.loading import Experiment
from experiments.worked.finding import Finding

_TEXTS = ("variant", "id", "outcome", "error")
"""Columns that are text whatever they look like: the id 12e345678901 is no number, a variant may be named `nan`."""

_NEEDED = {"trials.csv": ("variant", "seed", "outcome", "id", "error"), "history.csv": ("variant", "seed", "epoch")}
"""Columns without which a table cannot be read."""


class UnmeasuredError(Exception):
    """What a check needs is not there; the message says what to do."""


def worked_function(name: str) -> Callable[..., Finding] | None:
    """The function behind `module.function`; None if `experiments.worked` has none of that name."""
    module_name, function_name = name.split(".")
    try:
        module = importlib.import_module(f"experiments.worked.{module_name}")
    except ModuleNotFoundError:
        return None
    function = getattr(module, function_name, None)
    if not inspect.isfunction(function) or function.__module__ != module.__name__ or function_name.startswith("_"):
        return None
    return function if inspect.signature(function).return_annotation is Finding else None


def worked_names() -> list[str]:
    """Every worked example, as a ledger names it."""
    names = []
    for path in sorted((Path(__file__).parents[1] / "worked").glob("[!_]*.py")):
        module = importlib.import_module(f"experiments.worked.{path.stem}")
        names += [f"{path.stem}.{name}" for name in vars(module) if worked_function(f"{path.stem}.{name}")]
    return names


def plain(value: Any) -> Any:
    """Computed values without NumPy's types; lists for arrays."""
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    return [plain(v) for v in value] if isinstance(value, list | tuple) else value


@dataclass(frozen=True)
class Published:
    """What `results/<experiment>/` holds of an experiment, read when asked for.

    Raises, from every reading:
        UnmeasuredError: nothing is published, or it belongs to other settings than the config's.
    """

    experiment: Experiment
    folder: Path
    ids: Mapping[str, str]
    """The trial ids that the config asks for now: variant and seed, as 'base/0', to id."""

    @cached_property
    def trials(self) -> pd.DataFrame:
        """trials.csv, checked to be of the config as it stands."""
        table = self._read("trials.csv")
        known = dict(zip(table["variant"] + "/" + table["seed"].astype(str), table["id"], strict=True))
        extended = self.experiment.spec.extended
        for trial, identity in self.ids.items():
            variant = trial.split("/")[0]
            if known.get(trial) != identity and not (variant in extended and trial not in known):
                what = "lacks" if trial not in known else "has other settings for"
                raise UnmeasuredError(f"results of {self.experiment.name}: {what} {trial}; {self._remedy}")
        return table

    @cached_property
    def history(self) -> pd.DataFrame:
        """history.csv, likewise checked."""
        return self._read("history.csv") if len(self.trials) else pd.DataFrame()

    @cached_property
    def files(self) -> frozenset[str]:
        """The files that belong to the published results."""
        files = self._about.get("files")
        if not isinstance(files, list):
            raise UnmeasuredError(f"no results of {self.experiment.name}; {self._remedy}")
        return frozenset(map(str, files))

    @cached_property
    def shown_in(self) -> dict[str, tuple[str, ...]]:
        """Which variants each picture shows, by file name; without those whose own name says it."""
        recorded = self._about.get("figures")
        known = recorded.items() if isinstance(recorded, dict) else ()
        return {file: tuple(map(str, of)) for file, of in known if file in self.files and isinstance(of, list)}

    def drawn(self, figure: str, variant: str) -> str:
        """The file of a figure that shows a variant: the page that says so, else its own, else that of all variants."""
        self.completed(variant)  # what has no completed trial is in no picture
        own = figure if variant == "base" else f"{figure}-{variant}"
        pages = {file: shown for file, shown in self.shown_in.items() if _kind_of(file) == figure}
        shows = [file for file, shown in pages.items() if variant in shown]
        named = [name for name in (f"{own}.png", f"{figure}.png") if name in self.files]
        file: str | None = next(iter(shows if pages else named), None)
        if file is None:
            whose = "" if variant == "base" else f" of {variant}"
            raise UnmeasuredError(f"{self.experiment.name} has published no figure {figure}{whose}; {self._remedy}")
        return file

    def of_variant(self, variant: str) -> pd.DataFrame:
        """The rows of a variant."""
        rows = self.trials[self.trials["variant"] == variant]
        if rows.empty:
            raise UnmeasuredError(f"no results of {self.experiment.name}, {variant}; {self._remedy}")
        return rows

    def completed(self, variant: str) -> pd.DataFrame:
        """The rows of a variant's completed trials; at least one."""
        rows = self.of_variant(variant)
        completed = rows[rows["outcome"] == "completed"]
        if completed.empty:
            fates = self.turnout(variant).fates
            raise UnmeasuredError(f"{self.experiment.name}, {variant}: {fates}, so there is nothing to judge")
        return completed

    def turnout(self, variant: str) -> Turnout:
        """How many seeds of a variant completed, and what became of the others."""
        rows = self.of_variant(variant)
        fates = Counter(rows["outcome"][rows["outcome"] != "completed"])
        published = set(rows["variant"] + "/" + rows["seed"].astype(str))
        if missing := sum(trial.split("/")[0] == variant and trial not in published for trial in self.ids):
            fates[NOT_RUN] = missing
        may_diverge = variant in self.experiment.spec.may_diverge
        return Turnout(variant, len(rows) + missing, dict(fates), may_diverge)

    def values(self, variant: str, quantity: Quantity) -> Readings:
        """A quantity by seed, of completed trials."""
        if isinstance(quantity, Difference):
            first, second = (self.values(variant, q) for q in quantity.minus)
            return first.minus(second)
        completed = self.completed(variant)
        try:
            if isinstance(quantity, FromHistory):
                columns = {int(seed): self._column(variant, int(seed), quantity) for seed in completed["seed"]}
                return _read_off(variant, quantity, columns)
            if quantity in completed and not completed[quantity].isna().all():
                return Readings({int(s): float(v) for s, v in zip(completed["seed"], completed[quantity], strict=True)})
        except ValueError as error:  # text among the numbers
            raise UnmeasuredError(f"results of {self.experiment.name}, {variant}: {error}; {self._remedy}") from error
        raise UnmeasuredError(f"trials of {self.experiment.name}, {variant}, have no {quantity}; {self._remedy}")

    def _column(self, variant: str, seed: int, quantity: FromHistory) -> NDArray[np.float64]:
        rows = self.history[(self.history["variant"] == variant) & (self.history["seed"] == seed)]
        if quantity.history not in rows or rows[quantity.history].isna().all():
            raise UnmeasuredError(f"histories of {self.experiment.name}, {variant}, have no {quantity.history}")
        if rows["epoch"].max() != len(rows):
            raise UnmeasuredError(f"history.csv of {self.experiment.name}, {variant}, has only some of the epochs")
        return rows[quantity.history].to_numpy(dtype=float)

    @property
    def _remedy(self) -> str:
        return f"relecture run {self.experiment.name}"

    @cached_property
    def _about(self) -> dict[str, Any]:
        try:
            about = json.loads((self.folder / "summary.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise UnmeasuredError(f"no results of {self.experiment.name}; {self._remedy}") from error
        return about if isinstance(about, dict) else {}

    def _read(self, name: str) -> pd.DataFrame:
        path = self.folder / name
        try:
            columns = map(str, pd.read_csv(path, nrows=0))
            absent = {column: ["", "nan"] for column in columns if column not in _TEXTS}
            table = pd.read_csv(path, dtype=dict.fromkeys(_TEXTS, str), keep_default_na=False, na_values=absent)
        except (OSError, ValueError) as error:
            raise UnmeasuredError(f"no results of {self.experiment.name}; {self._remedy}") from error
        if missing := [column for column in _NEEDED[name] if column not in table]:
            raise UnmeasuredError(
                f"results of {self.experiment.name}: {name} has no column {', '.join(missing)}; {self._remedy}"
            )
        return table


def _kind_of(file: str) -> str:
    """'decision_regions-2.png' -> 'decision_regions'."""
    return Path(file).stem.partition("-")[0]


def _read_off(variant: str, quantity: FromHistory, columns: Mapping[int, NDArray[np.float64]]) -> Readings:
    """One number from each seed's history; where a level was never reached, one epoch more than there are, a bound."""
    values = {seed: _one_of(column, quantity) for seed, column in columns.items()}
    if quantity.reaches is None:
        return Readings(values)
    never = frozenset(seed for seed, column in columns.items() if values[seed] > len(column))
    if not never:
        return Readings(values)
    lengths = sorted({len(columns[seed]) for seed in never})
    epochs = f"{lengths[0]}" if len(lengths) == 1 else f"{lengths[0]} to {lengths[-1]}"
    level = f"{quantity.history} {quantity.reaches:g}"
    remark = f"{variant}: {level} not reached in {epochs} epochs by {len(never)} of {len(columns)} seeds"
    remark += ", which count as one epoch more"
    return Readings(values, at_least=never, remarks=(remark,))


def _one_of(column: NDArray[np.float64], quantity: FromHistory) -> float:
    is_loss = quantity.history.endswith("loss")
    best = int(np.nanargmin(column) if is_loss else np.nanargmax(column))
    if quantity.epoch_of:
        return float(best + 1)
    if quantity.reaches is not None:
        reached = np.nonzero(column <= quantity.reaches if is_loss else column >= quantity.reaches)[0]
        return float(reached[0] + 1 if len(reached) else len(column) + 1)
    if isinstance(quantity.at, int):
        return float(column[quantity.at - 1]) if quantity.at <= len(column) else math.nan
    return float(column[{"first": 0, "last": -1, "best": best}[str(quantity.at)]])
