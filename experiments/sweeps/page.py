"""summary.md of a sweep: what was searched, how it was judged, what came out."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from experiments.records import Record
from experiments.summary import bounds, decimals, interval, to_markdown
from experiments.sweeps.best import best_name
from experiments.sweeps.driving import Outcome
from experiments.sweeps.points import HOLD_OUT, Point, Sweep, describe
from experiments.sweeps.tables import readable_points

SHOWN = 30
"""Points in the page's table; summary.csv has all."""

_METHODS = {"grid": "every combination", "random": "drawn at random", "bayes": "proposed by TPE, a Bayesian search"}


def page(
    sweep: Sweep,
    outcome: Outcome,
    points: pd.DataFrame,
    order: Sequence[Point],
    shares: Mapping[str, float],
    figures: Sequence[Path],
    command: str,
) -> str:
    """The page's Markdown.

    Args:
        sweep: what was swept.
        outcome: what came of it.
        points: from `points_table`.
        order: points with an objective, best first.
        shares: importance of each key.
        figures: files, in the order to show them.
        command: what ran it.
    """
    lines = [f"# Sweep: {sweep.experiment.spec.title}", "", *_what(sweep, outcome), ""]
    if order:
        lines += [*_best(sweep, outcome, order[0]), ""]
    else:
        lines += ["No point has completed, so there is no best one.", ""]
    lines += [to_markdown(readable_points(sweep, points, SHOWN))]
    if len(points) > SHOWN:
        lines += [f"The first {SHOWN} of {len(points)} points; summary.csv has all.", ""]
    lines += list(_faults(outcome))
    if shares:
        said = ", ".join(
            f"{key.replace('_', ' ')} {100 * share:.0f} %" for key, share in sorted(shares.items(), key=_most)
        )
        lines += [f"Share of the objective's variance that each setting explains (fANOVA): {said}.", ""]
    lines += [f"Command: `{command}`", ""]
    lines += [f"![{path.stem.replace('_', ' ')}]({path.name})" for path in figures if path.suffix == ".png"]
    return "\n".join(lines).rstrip() + "\n"


def _what(sweep: Sweep, outcome: Outcome) -> Iterator[str]:
    metric, validation = sweep.metric, sweep.experiment.spec.dataset.validation
    share = f", {validation.fraction:g} of the training examples" if validation.fraction else ""
    seeds = "one seed" if len(sweep.seeds) == 1 else f"the mean over {len(sweep.seeds)} seeds"
    keys = ", ".join(f"`{path}`" for path in sweep.spec.parameters)
    yield f"{len(outcome.points)} points over {keys}, {_METHODS[sweep.spec.method]}."
    yield (
        f"The objective is {seeds} of `{metric}` ({sweep.spec.metric.goal}) on validation data "
        f"({validation.how}{share}). Test data had no part in the choice."
    )
    if sweep.held_out:
        yield f"The config has no validation data of its own: `{HOLD_OUT}` was laid over it."
    if len(sweep.seeds) > 1:
        yield "Numbers are mean ± standard deviation over seeds and 95 % interval of the mean (t)."
    if sweep.spec.prune is not None:
        count = sweep.spec.prune.after_seeds
        first = "the first seed" if count == 1 else f"the first {count} seeds"
        yield f"Points worse than the median after {first} were dropped; their numbers are of those seeds."


def _best(sweep: Sweep, outcome: Outcome, best: Point) -> Iterator[str]:
    records = [outcome.records[trial.id] for trial in best.trials]
    name = best_name(sweep)
    yield f"**Best: point {best.number}, {describe(best.settings)}**; as a config: [{name}]({name})."
    yield "The best of many looks better than it is: its interval is not corrected for the choice."
    tested = _test_score(records)
    if tested:
        yield f"Looked at only now that the choice is made: {tested}."


def _test_score(records: Sequence[Record]) -> str:
    """'test accuracy 0.9701 ± 0.0012'."""
    score = "accuracy" if all("accuracy" in record.scores for record in records) else "loss"
    values = pd.Series([record.scores.get(score) for record in records], dtype=float)
    if values.isna().any():
        return ""
    found = interval(values, bounds(score))
    spread = f" ± {found['sd']:.{decimals(score)}f} over seeds" if len(values) > 1 else ""
    return f"test {score} {found['mean']:.{decimals(score)}f}{spread}"


def _faults(outcome: Outcome) -> Iterator[str]:
    faults = False
    for point in outcome.points:
        for trial in point.trials:
            record = outcome.records.get(trial.id)
            if record is not None and record.outcome != "completed":
                faults = True
                who = f"point {point.number} ({describe(point.settings)}), seed {trial.seed}"
                yield f"- {who}: {record.outcome}: {record.error}"
    if faults:
        yield ""


def _most(item: tuple[str, float]) -> float:
    return -item[1]
