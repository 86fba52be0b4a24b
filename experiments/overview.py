"""One table of all published results: what was trained, what came out, how long it took."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from experiments.loading import Experiment
from experiments.paths import write_text

COLUMNS = ("experiment", "lecture", "what", "seeds", "accuracy", "seconds a seed")


def published_summary(results: Path, name: str) -> dict[str, Any] | None:
    """What an experiment's reference run published, or None."""
    try:
        return dict(json.loads((results / name / "summary.json").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None


def overview(experiments: Sequence[Experiment], results: Path, *, links: str = "") -> str:
    """A Markdown table, one row an experiment, from what the reference runs published.

    An experiment that was not run, whose results belong to other settings than its config's, or of which every trial
    failed, shows as such.

    Args:
        experiments: the rows, in this order.
        results: where the published summaries lie.
        links: path from the page that will hold the table to `results`; no links where empty.
    """
    lines = ["| " + " | ".join(COLUMNS) + " |", "|---|---|---|---:|---:|---:|"]
    for experiment in experiments:
        name, spec = experiment.name, experiment.spec
        about = published_summary(results, name)
        shown = f"[{name}]({links}/{name}/summary.md)" if links and about else name
        score, seconds = score_and_seconds(results, name)
        if about and _is_out_of_date(experiment, results):
            score, seconds = "out of date", "–"
        cells = [shown, (spec.lecture or "–").capitalize(), spec.title, str(len(spec.seeds)), score, seconds]
        lines.append("| " + " | ".join(cells) + " |")
    note = (
        "Accuracy of each config's own settings on its test examples (Iris: all flowers), mean ± standard deviation;\n"
        "the loss, and said so, where the outputs are numbers instead of classes.\n"
        "Seconds are those of one training, on one thread."
    )
    return "\n".join([*lines, "", note]) + "\n"


def renew_table(page: Path, name: str, table: str) -> bool:
    """Replace the table between its marks in a page; False if there is no page with such marks."""
    if not page.is_file():
        return False
    begin, end = marks(name)
    before, found, rest = page.read_text(encoding="utf-8").partition(begin)
    _, ended, after = rest.partition(end)
    if not (found and ended):
        return False
    write_text(page, f"{before}{begin}\n{table}{end}{after}")
    return True


def marks(name: str) -> tuple[str, str]:
    """What stands before and after a table that is made anew."""
    return f"<!-- {name}: made by `make report` -->", f"<!-- {name} end -->"


def score_and_seconds(results: Path, name: str) -> tuple[str, str]:
    """What came out of an experiment's own settings, and the seconds that a seed took; in words where nothing did."""
    about = published_summary(results, name)
    if about is None:
        return "not run", "–"
    if about["accuracy"] is not None:
        return mean_and_spread(about["accuracy"], about["accuracy_sd"]), f"{about['fit_seconds']:.1f}"
    loss, spread = _published_loss(results / name / "summary.csv")
    if loss is not None:
        return f"loss {mean_and_spread(loss, spread)}", f"{about['fit_seconds']:.1f}"
    return "fails, as printed" if about["as_printed"] else "failed", "–"


def _is_out_of_date(experiment: Experiment, results: Path) -> bool:
    from experiments.ledger.judging import Bench  # pandas, which the command line's start does without
    from experiments.ledger.measuring import UnmeasuredError

    try:
        return Bench({experiment.name: experiment}, results).published(experiment.name).trials.empty
    except UnmeasuredError:
        return True


def mean_and_spread(mean: float, spread: float | None) -> str:
    """'0.9735 ± 0.0016'; the mean alone where one trial says nothing of the spread."""
    return f"{mean:.4f}" if spread is None else f"{mean:.4f} ± {spread:.4f}"


def _published_loss(summary: Path) -> tuple[float | None, float | None]:
    """Mean and deviation of the test loss of the first variant; None for what is not published."""
    try:
        with summary.open(encoding="utf-8", newline="") as file:
            row = next(csv.DictReader(file))
        mean, spread = (float(row[column]) if row[column] else None for column in ("loss_mean", "loss_sd"))
    except (OSError, ValueError, KeyError, StopIteration):
        return None, None
    return mean, spread
