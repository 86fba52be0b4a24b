"""One table of all published results: what was trained, what came out, how long it took."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from experiments.loading import Experiment

BEGIN, END = "<!-- overview: made by `make report` -->", "<!-- overview ends -->"
COLUMNS = ("experiment", "lecture", "what", "seeds", "accuracy", "seconds a seed")


def published_summary(results: Path, name: str) -> dict[str, Any] | None:
    """What an experiment's reference run published, or None."""
    try:
        return dict(json.loads((results / name / "summary.json").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None


def overview(experiments: Sequence[Experiment], results: Path, *, links: str = "") -> str:
    """A Markdown table, one row an experiment, from what the reference runs published.

    An experiment that was not run, or of which every trial failed, shows as such.

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
        cells = [shown, (spec.lecture or "–").capitalize(), spec.title, str(len(spec.seeds)), *_outcome(about)]
        lines.append("| " + " | ".join(cells) + " |")
    note = "Accuracy of each config's own settings on its test examples (Iris: all flowers), mean ± standard deviation."
    return "\n".join([*lines, "", note]) + "\n"


def renew_overview(page: Path, table: str) -> bool:
    """Replace the table between the overview's marks in a page; False if there is no page with marks."""
    if not page.is_file():
        return False
    before, found, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not (found and ended):
        return False
    page.write_text(f"{before}{BEGIN}\n{table}{END}{after}", encoding="utf-8")
    return True


def _outcome(about: dict[str, Any] | None) -> tuple[str, str]:
    if about is None:
        return "not run", "–"
    if about["accuracy"] is None:
        return "fails, as printed" if about["as_printed"] else "failed", "–"
    spread = "" if about["accuracy_sd"] is None else f" ± {about['accuracy_sd']:.4f}"
    return f"{about['accuracy']:.4f}{spread}", f"{about['fit_seconds']:.1f}"
