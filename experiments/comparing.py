"""Variants and experiments side by side, differences paired by seed."""

import math
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from experiments.differences import paired_difference
from experiments.loading import Experiment
from experiments.planning import plan_trials
from experiments.problems import ConfigError, Problem, nearest
from experiments.records import find_record
from experiments.summary import labelled, trials_table


def compare_experiments(experiments: Sequence[Experiment], results: Path, score: str) -> pd.DataFrame:
    """Each variant's mean of a score, and its difference to the first row's, paired by seed.

    The difference is clear where its 95 % interval excludes zero.

    Args:
        experiments: whose finished trials to compare; all variants of each.
        results: where their run folders lie.
        score: a score's name, `loss` included.

    Returns:
        One row a variant: experiment, variant, n, mean, pairs (seeds that both have), difference over those pairs,
        low, high (its interval).

    Raises:
        ConfigError: no trial is finished, or none has that score.
    """
    parts = []
    for experiment in {e.name: e for e in experiments}.values():  # named twice, it still has its trials once
        found = [find_record(results, trial) for trial in plan_trials(experiment)]
        records = [record for record in found if record is not None and record.outcome == "completed"]
        if records:
            table = trials_table(records)
            table.insert(0, "experiment", experiment.name)
            parts.append(table)
    if not parts:
        names = " ".join(e.name for e in experiments)
        message = f"no finished trials to compare; run them first: relecture run {names}"
        raise ConfigError([Problem("command line", None, "", message)])
    trials = pd.concat(parts, ignore_index=True)
    known = [str(c) for c in trials if c != "seed" and pd.api.types.is_numeric_dtype(trials[c])]
    if score not in known:
        message = f"expected one of {', '.join(known)}, got {score!r}{nearest(score, known)}"
        raise ConfigError([Problem("command line", None, "--score", message)])

    by_variant = trials.groupby(["experiment", "variant"], sort=False)
    groups = {key: group.set_index("seed")[score].astype(float) for key, group in by_variant}
    first = next(iter(groups.values()))
    rows = []
    for (experiment_name, variant), values in groups.items():
        row = {"experiment": experiment_name, "variant": variant, "n": len(values), "mean": values.mean()}
        if values is first:
            row |= {"pairs": "–", "difference": math.nan, "low": math.nan, "high": math.nan}
        else:
            paired = paired_difference(values, first)
            row |= {"pairs": paired.pop("n"), **paired}
        rows.append(row)
    return pd.DataFrame(rows)


def readable_rows(rows: pd.DataFrame, experiments: Sequence[Experiment]) -> pd.DataFrame:
    """The rows of `compare_experiments` with labels in place of the variants' names, as people read them."""
    labels = {experiment.name: experiment.spec.labels for experiment in experiments}
    return pd.concat([labelled(group, labels[str(name)]) for name, group in rows.groupby("experiment", sort=False)])
