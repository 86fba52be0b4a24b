"""What a run leaves for people: tables and figures in `results/<experiment>/`."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from experiments import __version__, epoch_models
from experiments.data.datasets import Dataset, load_dataset
from experiments.differences import comparison
from experiments.ensembles import ensemble_table
from experiments.figures.catalogue import draw_figures
from experiments.figures.frame import thinned
from experiments.figures.subject import Subject
from experiments.loading import Experiment
from experiments.overview import published_summary
from experiments.page import CLASS_ACCURACY, page, shown_scores
from experiments.paths import write_text
from experiments.problems import RecordError
from experiments.records import Record
from experiments.spec import DatasetSpec, ExperimentSpec
from experiments.summary import confusion_counts, history_table, readable, summarise, to_latex, trials_table

TABLES = (
    "summary.csv", "summary.md", "summary.tex", "trials.csv", "history.csv", "comparison.csv", "ensemble.csv",
    "confusion_counts.csv",
)  # fmt: skip

MOST_EPOCHS = 700
"""Longer trainings publish about 200 evenly spaced epochs of each trial; the records keep every one."""

LAYOUT = 3
"""Raised when published files change in form, so that they are written anew from the same records."""


def publish(
    experiment: Experiment, records: Sequence[Record], folder: Path, *, cache: Path, redraw: bool = False
) -> bool:
    """Write tables and figures of an experiment's records.

    summary.csv, .md and .tex (one row a variant), trials.csv (one row a trial), history.csv (one row an epoch),
    comparison.csv (one row a variant and score, against the first variant), where the config asks for them
    ensemble.csv (one row a variant), confusion_counts.csv (one row a cell), each figure and, of snapshots in the plane,
    epochs.json, and summary.json: what this is, from which records, run where.

    Returns:
        Whether anything was written: nothing is if the folder already shows exactly these records.
    """
    # Runs changed on the command line lie deeper (custom/<name>/<changes>), beside the same experiments.
    beside = folder.parents[2] if experiment.overrides else folder.parent
    digest = _digest(experiment, records, beside)
    about = folder / "summary.json"
    before = files_of(about)
    if not redraw and is_current(about, digest):
        return False
    try:
        folder.mkdir(parents=True, exist_ok=True)
        about.unlink(missing_ok=True)  # until all is written, the folder does not claim to be current
    except OSError as error:
        raise RecordError(f"cannot write {folder}: {error.strerror or error}") from error

    trials = trials_table(records)
    scores = shown_scores(experiment.spec)
    summary = summarise(trials, list(dict.fromkeys(["accuracy", *scores, *_class_columns(experiment.spec, trials)])))
    tables = _more_tables(experiment.spec, trials, records)
    subject = subject_of(experiment, records, beside, cache)
    figures = draw_figures(subject, experiment.spec.figures, folder, draft=experiment.quick)
    usual = {"trials.csv", "history.csv", "summary.csv", "summary.tex", "summary.md", *tables}
    for name in before.difference(usual, (path.name for path in figures)):
        (folder / name).unlink(missing_ok=True)  # what the config no longer asks for
    write_text(folder / "trials.csv", trials.to_csv(index=False))
    history = history_table(records)
    if len(history) and history["epoch"].max() > MOST_EPOCHS:
        history = thinned(history, ["variant", "seed"])
    if "seconds" in history:  # of which nobody needs more
        history["seconds"] = history["seconds"].map("{:.2g}".format)
    write_text(folder / "history.csv", history.to_csv(index=False, float_format="%.5g"))
    write_text(folder / "summary.csv", summary.to_csv(index=False, float_format="%.6g"))
    for name, table in tables.items():
        write_text(folder / name, table.to_csv(index=False, float_format="%.6g"))
    models = _epoch_models(experiment, records, cache)
    if models is not None:
        write_text(folder / epoch_models.FILE, models)
    write_text(folder / "summary.tex", to_latex(readable(summary, scores, experiment.spec.labels)))
    write_text(folder / "summary.md", page(experiment, records, summary, tables, figures))
    written = [name for name in TABLES if name in usual] + ([epoch_models.FILE] if models is not None else [])
    files = [*written, *sorted(path.name for path in figures)]
    told = _about(experiment, records, summary, digest, files) | {"figures": _variants_shown(figures)}
    write_text(about, json.dumps(told, indent=2) + "\n")
    return True


def _variants_shown(figures: Sequence[Path]) -> dict[str, list[str]]:
    """Picture -> the variants in it, by the table beside it; a picture of one variant has it in its name instead."""
    shown = {}
    for table in (path for path in figures if path.suffix == ".csv"):
        if "variant" in pd.read_csv(table, nrows=0):
            rows = pd.read_csv(table, usecols=["variant"], dtype=str, keep_default_na=False)
            shown[table.with_suffix(".png").name] = list(dict.fromkeys(rows["variant"]))
    return shown


def _more_tables(spec: ExperimentSpec, trials: pd.DataFrame, records: Sequence[Record]) -> dict[str, pd.DataFrame]:
    """Tables that not every experiment has, by file name."""
    tables = {}
    compared = comparison(trials)
    if len(compared):
        tables["comparison.csv"] = compared
    if spec.ensemble:
        tables["ensemble.csv"] = ensemble_table(records)
    if "confusion_matrix" in spec.metrics:
        tables["confusion_counts.csv"] = confusion_counts(records)
    return tables


def _epoch_models(experiment: Experiment, records: Sequence[Record], cache: Path) -> str | None:
    def load(spec: DatasetSpec) -> Dataset:
        return load_dataset(spec, experiment.path.parent, cache=cache)

    return epoch_models.document(experiment.variants, records, load)


def _class_columns(spec: ExperimentSpec, trials: pd.DataFrame) -> list[str]:
    return [str(c) for c in trials if str(c).startswith(CLASS_ACCURACY)] if "class_accuracy" in spec.metrics else []


def subject_of(experiment: Experiment, records: Sequence[Record], results: Path, cache: Path) -> Subject:
    """What figures are drawn from.

    Args:
        experiment: the checked config.
        records: of all its trials, or of those to be shown.
        results: where experiments named `beside` have published theirs.
        cache: the folder of fetched data.
    """
    completed: dict[str, list[Record]] = {}
    for record in records:
        if record.outcome == "completed":
            completed.setdefault(record.trial.variant, []).append(record)

    def load(variant: str) -> Dataset:
        return load_dataset(experiment.variants[variant].dataset, experiment.path.parent, cache=cache)

    def beside(name: str) -> pd.DataFrame | None:
        path = results / name / "summary.csv"
        return pd.read_csv(path) if path.exists() else None

    in_order = {variant: completed[variant] for variant in experiment.spec.shown_order(completed)}
    return Subject(experiment, in_order, load, {name: beside(name) for name in experiment.spec.beside})


def _digest(experiment: Experiment, records: Sequence[Record], results: Path) -> str:
    """Changes when anything that the published files show changes."""
    spec = experiment.spec
    shown = {
        "version": __version__,
        "layout": LAYOUT,
        "title": spec.title,
        "metrics": spec.metrics,
        "figures": spec.figures,
        "ensemble": spec.ensemble,
        "labels": list(spec.labels.items()),  # their order too
        "level": spec.accuracy_level,
        "beside": {name: (published_summary(results, name) or {}).get("digest") for name in spec.beside},
        "changes": [*experiment.shortened, *experiment.overrides],
        # Scores too: the same trials trained on another machine may differ in the last digits.
        "trials": [[r.trial.variant, r.trial.folder_name, r.outcome, r.scores] for r in records],
    }
    if any(v.training is not None and v.training.snapshots is not None for v in experiment.variants.values()):
        shown["epoch_models"] = epoch_models.FORMAT
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()


def files_of(about: Path) -> set[str]:
    """The files that the last run wrote beside `about`, by its own account; plain names only."""
    try:
        files = json.loads(about.read_text(encoding="utf-8"))["files"]
        return {name for name in files if isinstance(name, str) and Path(name).name == name}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def is_current(about: Path, digest: str) -> bool:
    """Whether `about` tells of what this digest stands for, and every file that it lists is there."""
    try:
        known = json.loads(about.read_text(encoding="utf-8"))
        return known["digest"] == digest and all((about.parent / name).exists() for name in known["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _about(
    experiment: Experiment, records: Sequence[Record], summary: Any, digest: str, files: list[str]
) -> dict[str, Any]:
    environment = {
        k: v for k, v in records[0].environment.items() if k not in ("seed", "id", "seconds", "format", "files")
    }
    first = summary.iloc[0]
    return {
        "experiment": experiment.name,
        "title": experiment.spec.title,
        "lecture": experiment.spec.lecture,
        "shortened": list(experiment.shortened),
        "overrides": list(experiment.overrides),
        "trials": len(records),
        "not_completed": sum(r.outcome != "completed" for r in records),
        "as_printed": experiment.spec.as_printed,
        "accuracy": _number(first["accuracy_mean"]),
        "accuracy_sd": _number(first["accuracy_sd"]),
        "fit_seconds": _number(first["fit_seconds"]),
        "environment": environment,
        "files": files,
        "digest": digest,
    }


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else round(float(value), 6)
