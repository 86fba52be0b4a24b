"""A sweep's tables: every trial, and every point with mean, deviation and interval of the objective."""

import json
import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from experiments.records import Record
from experiments.summary import bounds, interval
from experiments.sweeps.driving import Outcome
from experiments.sweeps.objective import objective, ranked, validation_score
from experiments.sweeps.points import Point, Sweep, short_names, value_text

NOT_RANKED = ("dropped", "failed", "diverged", "unfinished")


def trials_table(sweep: Sweep, outcome: Outcome) -> pd.DataFrame:
    """One row a trial: point, its settings, seed, outcome, validation scores, epochs, seconds, id, error.

    Test scores are in the records and not here, where one would choose by them.
    """
    rows = []
    for point in outcome.points:
        for trial in point.trials:
            record = outcome.records.get(trial.id)
            if record is not None:
                row = {"point": point.number, **_cells(point), "seed": trial.seed, "outcome": record.outcome}
                rows.append({**row, **_scores(record), **_facts(record)})
    columns = ["point", *names_of(sweep).values(), "seed", "outcome", "val_loss", "val_accuracy", "epochs",
               "parameters", "fit_seconds", "engine", "id", "error"]  # fmt: skip
    table = pd.DataFrame(rows).reindex(columns=columns)
    return table.astype({"epochs": "Int64", "parameters": "Int64"}).dropna(axis="columns", how="all", subset=None)


def points_table(sweep: Sweep, outcome: Outcome) -> pd.DataFrame:
    """One row a point, best first: rank, point, its settings, status, n, parameters, mean, sd, low, high.

    The interval is the 95 % t interval of the mean over seeds. A point has a rank if all its seeds completed; for one
    that the median rule dropped, the numbers are of the seeds that were run.
    """
    values = {p.number: objective(p, outcome.records, sweep.metric) for p in outcome.points}
    order = ranked([p for p in outcome.points if p.number not in outcome.dropped], values, maximise=sweep.maximise)
    ranks = {point.number: rank for rank, point in enumerate(order, start=1)}
    rows = []
    for point in [*order, *(p for p in outcome.points if p.number not in ranks)]:
        found = [r for trial in point.trials if (r := outcome.records.get(trial.id)) is not None]
        scores = pd.Series([validation_score(r, sweep.metric) for r in found], dtype=float)
        status = status_of(point, outcome)
        known = interval(scores, bounds(sweep.metric.removeprefix("val_")))
        if status not in ("completed", "dropped"):
            known = dict.fromkeys(known, math.nan)
        sizes = [r.environment["parameters"] for r in found if r.environment.get("parameters")]
        rows.append(
            {
                "rank": ranks.get(point.number),
                "point": point.number,
                **_cells(point),
                "status": status,
                "n": int(scores.notna().sum()),
                "parameters": sizes[0] if sizes else None,
                **{f"{sweep.metric}_{name}": value for name, value in known.items()},
            }
        )
    return pd.DataFrame(rows).astype({"rank": "Int64", "parameters": "Int64"})


def readable_points(sweep: Sweep, table: pd.DataFrame, most: int | None = None) -> pd.DataFrame:
    """The points as people read them, the best so many."""
    shown = pd.DataFrame({"rank": [str(rank) if pd.notna(rank) else "–" for rank in table["rank"]]}, dtype=object)
    shown["point"] = table["point"].astype(str)
    for name in names_of(sweep).values():
        shown[name.replace("_", " ")] = [_uncelled(value) for value in table[name]]
    shown["n"] = table["n"].astype(str)
    metric = sweep.metric
    parts = (table[f"{metric}_{part}"] for part in ("mean", "sd", "low", "high"))
    shown[metric.replace("_", " ")] = [_numbers(*values) for values in zip(*parts, strict=True)]
    if (table["status"] != "completed").any():
        shown["status"] = table["status"]
    return shown if most is None else shown.head(most)


def names_of(sweep: Sweep) -> dict[str, str]:
    """Columns of the swept keys."""
    return short_names(list(sweep.spec.parameters))


def status_of(point: Point, outcome: Outcome) -> str:
    """`completed`, or the worst that came of a point."""
    if point.number in outcome.dropped:
        return "dropped"
    found = [outcome.records.get(trial.id) for trial in point.trials]
    outcomes = {record.outcome for record in found if record is not None}
    for bad in ("failed", "diverged"):
        if bad in outcomes:
            return bad
    return "unfinished" if None in found else "completed"


def _cells(point: Point) -> dict[str, Any]:
    names: Mapping[str, str] = short_names(list(point.settings))
    plain = (str, int, float, bool)
    return {names[p]: v if isinstance(v, plain) else json.dumps(v) for p, v in point.settings.items()}


def _uncelled(value: Any) -> str:
    return value_text(json.loads(value) if isinstance(value, str) and value[:1] in "[{" else value)


def _scores(record: Record) -> dict[str, float]:
    if record.outcome != "completed":
        return {}
    return {name: validation_score(record, name) for name in ("val_loss", "val_accuracy") if name in record.history}


def _facts(record: Record) -> dict[str, Any]:
    environment = record.environment
    return {
        "epochs": environment.get("epochs"),
        "parameters": environment.get("parameters"),
        "fit_seconds": environment.get("seconds", {}).get("fit"),
        "engine": environment.get("engine"),
        "id": record.trial.id,
        "error": record.error,
    }


def _numbers(mean: float, sd: float, low: float, high: float) -> str:
    if pd.isna(mean):
        return "–"
    return f"{mean:.4f}" if pd.isna(sd) else f"{mean:.4f} ± {sd:.4f} [{low:.4f}, {high:.4f}]"
