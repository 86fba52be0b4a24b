"""Whether what is about to be trained fits into this machine's memory: asked before the first trial."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from experiments.memory import shortage
from experiments.planning import find_finished
from experiments.problems import ConfigError, Problem
from experiments.spec import ExperimentSpec
from experiments.sweeps.points import MOST_PROBLEMS, Point, Sweep, describe

_TAKES_ROOM: Any = {"dataset": True, "model": True, "optimizer": {"name", "momentum"}, "training": {"batch_size"}}
"""What the estimate goes by: points that differ in nothing else need the same."""


def refuse_what_cannot_fit(sweep: Sweep, points: Sequence[Point], results: Path, workers: int | None) -> None:
    """Find points whose trials would all fail for want of memory; finished ones may stay.

    Args:
        sweep: what is swept.
        points: those known before the first trial.
        results: where run folders lie.
        workers: trials at once on this machine, which share its memory; None where they run on others.

    Raises:
        ConfigError: naming the first point of each size that cannot fit.
    """
    if workers is None:
        return
    problems: dict[str, Problem] = {}
    sharing = max(1, min(workers, len(points) * len(sweep.seeds)))
    found = shortages((point.spec for point in points), sweep.experiment.path.parent, sharing)
    for point, message in zip(points, found, strict=True):
        if message is None or message in problems or not _is_waiting(point, results):
            continue
        at = sweep.places[next(iter(point.settings))]
        problems[message] = replace(at, message=f"point {point.number} ({describe(point.settings)}): {message}")
        if len(problems) == MOST_PROBLEMS:
            break
    if problems:
        raise ConfigError(problems.values())


def shortages(specs: Iterable[ExperimentSpec], folder: Path, sharing: int = 1) -> Iterator[str | None]:
    """Why each of some trials cannot fit, as `memory.shortage` says it; None where it may."""
    known: dict[str, str | None] = {}
    for spec in specs:
        size = spec.model_dump_json(include=_TAKES_ROOM)
        if size not in known:
            known[size] = shortage(spec, folder, sharing)
        yield known[size]


def _is_waiting(point: Point, results: Path) -> bool:
    return any(find_finished(results, trial) is None for trial in point.trials)
