"""A sweep in numbers: every trial, every point with mean, deviation and interval, and how much each key matters."""

import json
import math
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from experiments.records import Record
from experiments.summary import bounds, interval
from experiments.sweeps.driving import Outcome
from experiments.sweeps.objective import validation_score
from experiments.sweeps.points import Point, Sweep, cell_text, short_names
from experiments.sweeps.space import space_of

FEWEST = 4
"""Points below which shares of variance say nothing."""


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
    return table.astype({"epochs": "Int64", "parameters": "Int64"}).dropna(axis="columns", how="all")


def points_table(sweep: Sweep, outcome: Outcome) -> pd.DataFrame:
    """One row a point, best first: rank, point, its settings, status, n, parameters, mean, sd, low, high.

    The interval is the 95 % t interval of the mean over seeds. A point has a rank if all its seeds completed; for one
    that the median rule dropped, the numbers are of the seeds that were run.
    """
    order = [point for point, _ in outcome.best_first(maximise=sweep.maximise)]
    ranks = {point.number: rank for rank, point in enumerate(order, start=1)}
    rows = []
    for point in [*order, *(p for p in outcome.points if p.number not in ranks)]:
        found = [r for trial in point.trials if (r := outcome.records.get(trial.id)) is not None]
        scores = pd.Series([outcome.scores[record.trial.id] for record in found], dtype=float)
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


def importance(sweep: Sweep, best_first: Sequence[tuple[Point, float]]) -> dict[str, float]:
    """Share of the objective's variance that each key explains, by short name; the shares add up to 1.

    Formula: fit a forest of regression trees to (settings, objective); a key's share is the variance of the forest's
    prediction averaged over all other keys, in that of the prediction (fANOVA; Hutter, Hoos, Leyton-Brown 2014).

    Returns:
        Empty with fewer than two keys that vary, fewer than four points, or one and the same objective everywhere.
    """
    space = space_of(sweep)
    varying = [path for path in space if len({repr(point.settings[path]) for point, _ in best_first}) > 1]
    if len(varying) < 2 or len(best_first) < FEWEST or len({value for _, value in best_first}) < 2:
        return {}
    import optuna
    from optuna.importance import FanovaImportanceEvaluator, get_param_importances

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(direction=sweep.spec.metric.goal)
    kinds = {path: space[path].distribution() for path in varying}
    for point, value in best_first:
        drawn = {path: space[path].drawn(point.settings[path]) for path in varying}
        study.add_trial(optuna.create_trial(params=drawn, distributions=kinds, value=value))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of scikit-learn's forest, that some trees see few points
        shares = get_param_importances(study, evaluator=FanovaImportanceEvaluator(seed=0))
    names = names_of(sweep)
    return {names[path]: round(float(shares[path]), 6) for path in varying}


def readable_points(sweep: Sweep, table: pd.DataFrame, most: int | None = None) -> pd.DataFrame:
    """The points as people read them, the best so many."""
    shown = pd.DataFrame({"rank": [str(rank) if pd.notna(rank) else "–" for rank in table["rank"]]}, dtype=object)
    shown["point"] = table["point"].astype(str)
    for name in names_of(sweep).values():
        shown[name.replace("_", " ")] = [cell_text(value) for value in table[name]]
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
