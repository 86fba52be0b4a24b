"""From a check to what it measures: a worked example is computed, a trained quantity is read from what is published."""

import importlib
import inspect
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.ledger.spec import Difference, FromHistory, Quantity
from experiments.loading import Experiment
from experiments.worked.finding import Finding


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
        try:
            about = json.loads((self.folder / "summary.json").read_text(encoding="utf-8"))
            return frozenset(about["files"])
        except (OSError, ValueError, KeyError) as error:
            raise UnmeasuredError(f"no results of {self.experiment.name}; {self._remedy}") from error

    def of_variant(self, variant: str) -> pd.DataFrame:
        """The rows of a variant."""
        rows = self.trials[self.trials["variant"] == variant]
        if rows.empty:
            raise UnmeasuredError(f"no results of {self.experiment.name}, {variant}; {self._remedy}")
        return rows

    def values(self, variant: str, quantity: Quantity) -> dict[int, float]:
        """A quantity by seed, of completed trials."""
        if isinstance(quantity, Difference):
            first, second = (self.values(variant, q) for q in quantity.minus)
            return {seed: first[seed] - second[seed] for seed in first if seed in second}
        completed = self.of_variant(variant).query("outcome == 'completed'")
        if isinstance(quantity, FromHistory):
            return {int(seed): self._from_history(variant, int(seed), quantity) for seed in completed["seed"]}
        if quantity not in completed or completed[quantity].isna().all():
            raise UnmeasuredError(f"trials of {self.experiment.name}, {variant}, have no {quantity}; {self._remedy}")
        return {int(s): float(v) for s, v in zip(completed["seed"], completed[quantity], strict=True)}

    def _from_history(self, variant: str, seed: int, quantity: FromHistory) -> float:
        rows = self.history[(self.history["variant"] == variant) & (self.history["seed"] == seed)]
        if quantity.history not in rows or rows[quantity.history].isna().all():
            raise UnmeasuredError(f"histories of {self.experiment.name}, {variant}, have no {quantity.history}")
        if rows["epoch"].max() != len(rows):
            raise UnmeasuredError(f"history.csv of {self.experiment.name}, {variant}, has only some of the epochs")
        column = rows[quantity.history].to_numpy(dtype=float)
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

    @property
    def _remedy(self) -> str:
        return f"relecture run {self.experiment.name}"

    def _read(self, name: str) -> pd.DataFrame:
        try:
            return pd.read_csv(self.folder / name)
        except (OSError, ValueError) as error:
            raise UnmeasuredError(f"no results of {self.experiment.name}; {self._remedy}") from error
