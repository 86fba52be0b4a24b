"""What a sweep optimises: the mean over seeds of a validation score. Test data have no say in it."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from experiments.records import Record
from experiments.spec.training import EarlyStopping
from experiments.sweeps.points import Point, Sweep

Scores = Mapping[str, float]
"""Validation scores of the trials that are through, by trial id; NaN for one that did not complete."""


def validation_score(record: Record, metric: str) -> float:
    """The score of the weights that the trial ended with: those of the last epoch, or those that were restored.

    NaN for a trial that did not complete.
    """
    if record.outcome != "completed":
        return math.nan
    history, training = record.history, record.trial.spec.training
    stopping = training.early_stopping if training else None
    return float(history[metric].iloc[kept_epoch(history, stopping)])


def kept_epoch(history: pd.DataFrame, stopping: EarlyStopping | None) -> int:
    """Row of the epoch whose weights are kept, by the rule of Keras's EarlyStopping."""
    if stopping is None or not stopping.restore_best_weights:
        return len(history) - 1
    sign = 1 if stopping.monitor.endswith("accuracy") else -1
    best, kept = -math.inf, 0
    for row, value in enumerate(sign * history[stopping.monitor].to_numpy()):
        if value > best + stopping.min_delta:
            best, kept = value, row
    return kept


def objective(point: Point, scores: Scores) -> float:
    """Mean of the score over all seeds; NaN while one is missing, and where one did not complete."""
    return float(np.mean([scores.get(trial.id, math.nan) for trial in point.trials]))


def hopeless(points: Sequence[Point], scores: Scores, sweep: Sweep) -> set[int]:
    """Numbers of the points that the median rule drops, once their first seeds are through.

    A point is dropped if its mean over the first `after_seeds` seeds is worse than the median of those means, over all
    points of a grid or a random draw: it does not matter who was first, so that any number of workers drops the same.
    A point of a Bayesian sweep is set against the points proposed before it, and the first five are never dropped.
    """
    prune = sweep.spec.prune
    if prune is None:
        return set()
    first = {point.number: _first_mean(point, scores, prune.after_seeds, sweep.maximise) for point in points}
    if sweep.spec.method == "bayes":
        return {
            number
            for number, value in first.items()
            if value is not None and _worse(value, [v for n, v in first.items() if n < number], least=5)
        }
    if any(value is None for value in first.values()):
        return set()
    return {number for number, value in first.items() if value is not None and _worse(value, [*first.values()])}


def _worse(value: float, others: Sequence[float | None], least: int = 1) -> bool:
    known = [other for other in others if other is not None]
    return len(known) >= least and value < float(np.median(known))


def _first_mean(point: Point, scores: Scores, seeds: int, maximise: bool) -> float | None:
    """Mean over the first seeds, turned so that more is better; None before they are through."""
    first = [trial.id for trial in point.trials[:seeds]]
    if not all(id_ in scores for id_ in first):
        return None
    mean = float(np.mean([scores[id_] for id_ in first]))
    if math.isnan(mean):
        return -math.inf
    return mean if maximise else -mean


def ranked(points: Sequence[Point], values: Mapping[int, float], *, maximise: bool) -> list[Point]:
    """Points with an objective, best first; of equals the earlier one."""
    known = [point for point in points if not math.isnan(values[point.number])]
    return sorted(known, key=lambda p: (-values[p.number] if maximise else values[p.number], p.number))
