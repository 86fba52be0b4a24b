"""What is published of an experiment -> what its page shows. Results of other settings are named, not shown."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.differences import readable_comparison
from experiments.ledger.judging import Bench
from experiments.ledger.measuring import Published, UnmeasuredError
from experiments.loading import Experiment
from experiments.overview import published_summary, score_and_seconds
from experiments.page import comparable_scores, shown_scores, tested_on
from experiments.report.pictures import Missing, Picture, Pictures, title_of
from experiments.report.play import Widget, experiment_widgets
from experiments.report.tables import Table, table_of
from experiments.spec import ExperimentSpec
from experiments.summary import labelled, readable

STATES = {
    "complete": "all trials ended as they should",
    "partly failed": "some trials did not finish",
    "fails as printed": "the lecture's script, run to the letter, ends in an error; that is the result",
    "failed": "no trial finished",
    "out of date": "what is published belongs to other settings than the config's, and is not shown",
    "not run": "nothing is published yet",
}
"""What there is of an experiment, and what that means."""

SCORE_NOTE = (
    "Score: the accuracy, or else the loss, of each config's own settings, mean ± standard deviation over seeds."
)

_TRIAL_COLUMNS = ("variant", "seed", "outcome", "accuracy", "loss", "epochs", "fit_seconds", "id")
_LARGEST_MATRIX = 12
"""Classes up to which a confusion matrix is also given as a table."""


@dataclass(frozen=True)
class Failure:
    """A trial that did not finish, and with which message."""

    variant: str
    seed: int
    outcome: str
    error: str


@dataclass(frozen=True)
class TrainedView:
    """What the page of an experiment shows."""

    name: str
    title: str
    lecture: str
    state: str
    reason: str
    """Why the state is not `complete`."""
    about: str
    seeds: tuple[int, ...]
    variants: tuple[str, ...]
    score: str
    seconds: str
    config: str
    """The YAML file as it stands."""
    tables: tuple[Table, ...] = ()
    details: tuple[Table, ...] = ()
    """Tables to be unfolded."""
    failures: tuple[Failure, ...] = ()
    pictures: tuple[Picture | Missing, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    sweep: "SweepView | Missing | None" = None
    widgets: tuple[Widget, ...] = ()


@dataclass(frozen=True)
class SweepView:
    """What is published of an experiment's sweep."""

    facts: tuple[tuple[str, str], ...]
    command: str
    table: Table
    pictures: tuple[Picture | Missing, ...]


def view_of(experiment: Experiment, bench: Bench, results: Path, pictures: Pictures) -> TrainedView:
    """The view of an experiment.

    Args:
        experiment: its checked config.
        bench: reads what is published, and refuses what belongs to other settings.
        results: where it is published.
        pictures: where its figures come from.
    """
    spec, published = experiment.spec, bench.published(experiment.name)
    state, reason = _state(experiment, published, results)
    shown = state in ("complete", "partly failed", "fails as printed", "failed")
    score, seconds = score_and_seconds(results, experiment.name) if shown else (state, "–")
    return TrainedView(
        name=experiment.name,
        title=spec.title,
        lecture=spec.lecture or "",
        state=state,
        reason=reason,
        about=tested_on(spec),
        seeds=tuple(spec.seeds),
        variants=tuple(experiment.variants),
        score=score,
        seconds=seconds,
        config=experiment.path.read_text(encoding="utf-8"),
        tables=_tables(experiment, results / experiment.name) if shown else (),
        details=_details(spec, published, results / experiment.name) if shown else (),
        failures=_failures(labelled(published.trials, spec.labels)) if shown else (),
        pictures=(*pictures.all_of(experiment.name), *_not_drawn(experiment, published)) if shown else (),
        environment=_environment(published_summary(results, experiment.name) or {}) if shown else (),
        sweep=_sweep(experiment, results, pictures, shown=shown),
        widgets=tuple(experiment_widgets(experiment.name, results)) if shown else (),
    )


def _state(experiment: Experiment, published: Published, results: Path) -> tuple[str, str]:
    about = published_summary(results, experiment.name)
    if about is None:
        return "not run", f"relecture run {experiment.name}"
    try:
        trials, _ = published.trials, published.files  # without either it cannot be shown
    except UnmeasuredError as error:
        return "out of date", str(error)
    outcomes = trials["outcome"]
    as_expected = (outcomes == "diverged") & trials["variant"].isin(experiment.spec.may_diverge)
    if ((outcomes == "completed") | as_expected).all():
        return "complete", ""
    if (outcomes == "completed").any():
        return "partly failed", f"{int((outcomes != 'completed').sum())} of {len(outcomes)} trials did not finish"
    return ("fails as printed", "") if experiment.spec.as_printed else ("failed", "no trial finished")


def _tables(experiment: Experiment, folder: Path) -> tuple[Table, ...]:
    tables = []
    labels = experiment.spec.labels
    summary = _read(folder / "summary.csv")
    if summary is not None:
        summary["parameters"] = summary["parameters"].astype("Int64")
        scores = [score for score in shown_scores(experiment.spec) if f"{score}_mean" in summary]
        caption = "Mean ± standard deviation over seeds, and 95 % confidence interval of the mean"
        caption = f"{caption}, {tested_on(experiment.spec)}"
        tables.append(table_of(caption, readable(summary, scores, labels)))
    compared = _read(folder / "comparison.csv")
    if compared is not None and len(compared):
        base = experiment.spec.label_of(compared["base"].iloc[0])
        caption = f"Difference to {base}, paired by seed, with its 95 % interval; bold where that excludes zero"
        tables.append(table_of(caption, readable_comparison(compared, comparable_scores(experiment), labels)))
    ensemble = _read(folder / "ensemble.csv")
    if ensemble is not None and len(ensemble):
        tables.append(
            table_of("All seeds as one network, by the mean of their probabilities", labelled(ensemble, labels))
        )
    return tuple(tables)


def _details(spec: ExperimentSpec, published: Published, folder: Path) -> tuple[Table, ...]:
    trials = published.trials
    columns = [column for column in _TRIAL_COLUMNS if column in trials]
    tables = [table_of("Every trial", labelled(trials[columns], spec.labels))]
    for path in sorted(folder.glob("confusion_matrix*.csv")):
        cells = _read(path)
        if cells is not None and path.name in published.files:
            tables += _matrix(title_of(path.stem), cells, "mean")
    counts = _read(folder / "confusion_counts.csv")
    if counts is not None and not (folder / "confusion_matrix.csv").is_file():
        for variant, cells in counts.groupby("variant", sort=False):
            tables += _matrix(f"Confusion matrix, {spec.label_of(str(variant))}, all seeds added up", cells, "count")
    return tuple(tables)


def _matrix(caption: str, cells: pd.DataFrame, value: str) -> list[Table]:
    """Rows are truth, columns predictions."""
    names = list(dict.fromkeys(cells["true"]))
    if len(names) > _LARGEST_MATRIX:
        return []
    square = cells.pivot_table(index="true", columns="predicted", values=value, sort=False)
    square = square.reindex(index=names, columns=names).reset_index(names="true, predicted:")
    square["true, predicted:"] = square["true, predicted:"].astype(str)
    return [table_of(f"{caption}; rows are the truth, columns the prediction", square)]


def _failures(trials: pd.DataFrame) -> tuple[Failure, ...]:
    rows = trials[trials["outcome"] != "completed"].astype(object).fillna("")
    columns = (rows[name] for name in ("variant", "seed", "outcome", "error"))
    return tuple(Failure(str(v), int(s), str(o), str(e)) for v, s, o, e in zip(*columns, strict=True))


def _not_drawn(experiment: Experiment, published: Published) -> list[Missing]:
    """Figures that the config asks for and that are not published."""
    drawn = {Path(name).stem.split("-")[0] for name in published.files if name.endswith(".png")}
    if (published.trials["outcome"] != "completed").all():
        return []  # nothing was trained, so there is nothing to draw; the page says so already
    reason = f"not published; relecture run {experiment.name}"
    return [Missing(title_of(name), reason) for name in experiment.spec.figures if name not in drawn]


def _environment(about: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    facts = []
    for name, value in dict(about.get("environment", {})).items():
        if isinstance(value, dict):
            facts += [(str(package), str(version)) for package, version in value.items()]
        elif value is not None:
            text = ("yes" if value else "no") if isinstance(value, bool) else str(value)
            facts.append(("tree changed since the commit" if name == "dirty" else name.replace("_", " "), text))
    return tuple(facts)


def _but_metric(sweep: dict[str, Any] | None) -> dict[str, Any]:
    """What was searched, and how; the command line may choose another metric, and the page says which it was."""
    return {key: value for key, value in (sweep or {}).items() if key != "metric"}


def _sweep(experiment: Experiment, results: Path, pictures: Pictures, *, shown: bool) -> SweepView | Missing | None:
    name, folder = experiment.name, results / experiment.name / "sweep"
    try:
        about = json.loads((folder / "sweep.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not shown:  # its points are changes of the config, so it is as old as the results of another one
        return Missing("Sweep", f"not shown, as no results of this config are; {about['command']}")
    now = experiment.spec.sweep
    if now is None or _but_metric(about.get("sweep")) != _but_metric(now.model_dump(mode="json")):
        return Missing("Sweep", f"not shown, the config's sweep is another by now; {about['command']}")
    points = _read(folder / "summary.csv")
    best = about.get("best") or {}
    settings = ", ".join(f"{key} = {value}" for key, value in (best.get("settings") or {}).items())
    metric = about["metric"]
    facts = [
        ("method", str(about["method"])),
        ("goal", f"{metric['goal']} {metric['name']} on {metric['of']}"),
        ("points", str(about["points"])),
        ("seeds", str(len(about["seeds"]))),
        ("failed", str(about["failed"])),
        ("best", f"{settings}: {best['objective']:.5g}" if best else "none finished"),
    ]
    table = table_of("Points of the sweep", points if points is not None else pd.DataFrame())
    return SweepView(tuple(facts), str(about["command"]), table, tuple(pictures.of_sweep(name)))


def _read(path: Path) -> pd.DataFrame | None:
    try:
        return pd.read_csv(path)
    except (OSError, ValueError):
        return None


def in_order(views: Sequence[TrainedView]) -> list[TrainedView]:
    """By lecture, then by name; experiments of no lecture last."""
    return sorted(views, key=lambda view: (not view.lecture, view.lecture, view.name))
