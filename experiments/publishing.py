"""What a run leaves for people: tables and figures in `results/<experiment>/`."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from experiments import __version__
from experiments.data.datasets import Dataset, load_dataset
from experiments.figures.catalogue import draw_figures
from experiments.figures.subject import Subject
from experiments.loading import Experiment
from experiments.paths import write_text
from experiments.problems import RecordError
from experiments.records import Record
from experiments.spec import ExperimentSpec
from experiments.spec.dataset import Iris
from experiments.summary import history_table, readable, summarise, to_latex, to_markdown, trials_table

TABLES = ("summary.csv", "summary.md", "summary.tex", "trials.csv", "history.csv")


def publish(
    experiment: Experiment, records: Sequence[Record], folder: Path, *, cache: Path, redraw: bool = False
) -> bool:
    """Write tables and figures of an experiment's records.

    summary.csv, .md and .tex (one row a variant), trials.csv (one row a trial), history.csv (one row an epoch),
    each figure that the config asks for, and summary.json: what this is, from which records, run where.

    Returns:
        Whether anything was written: nothing is if the folder already shows exactly these records.
    """
    digest = _digest(experiment, records)
    about = folder / "summary.json"
    before = _files_of(about)
    if not redraw and _is_current(about, digest):
        return False
    try:
        folder.mkdir(parents=True, exist_ok=True)
        about.unlink(missing_ok=True)  # until all is written, the folder does not claim to be current
    except OSError as error:
        raise RecordError(f"cannot write {folder}: {error.strerror or error}") from error

    trials = trials_table(records)
    scores = [*(m for m in experiment.spec.metrics if m != "confusion_matrix"), "loss"]
    summary = summarise(trials, ["accuracy", *(s for s in scores if s != "accuracy")])
    table = readable(summary, scores)
    figures = draw_figures(_subject(experiment, records, cache), experiment.spec.figures, folder)
    for name in before.difference(TABLES, (path.name for path in figures)):
        (folder / name).unlink(missing_ok=True)  # pictures that the config no longer asks for
    write_text(folder / "trials.csv", trials.to_csv(index=False))
    write_text(folder / "history.csv", history_table(records).to_csv(index=False, float_format="%.6g"))
    write_text(folder / "summary.csv", summary.to_csv(index=False, float_format="%.6g"))
    write_text(folder / "summary.tex", to_latex(table))
    write_text(folder / "summary.md", _page(experiment, records, to_markdown(table), figures))
    files = [*TABLES, *sorted(path.name for path in figures)]
    write_text(about, json.dumps(_about(experiment, records, summary, digest, files), indent=2) + "\n")
    return True


def _subject(experiment: Experiment, records: Sequence[Record], cache: Path) -> Subject:
    completed: dict[str, list[Record]] = {}
    for record in records:
        if record.outcome == "completed":
            completed.setdefault(record.trial.variant, []).append(record)

    def load(variant: str) -> Dataset:
        return load_dataset(experiment.variants[variant].dataset, experiment.path.parent, cache=cache)

    return Subject(experiment, completed, load)


def _digest(experiment: Experiment, records: Sequence[Record]) -> str:
    """Changes when anything that the published files show changes."""
    spec = experiment.spec
    shown = {
        "version": __version__,
        "title": spec.title,
        "metrics": spec.metrics,
        "figures": spec.figures,
        "changes": [*experiment.shortened, *experiment.overrides],
        # Scores too: the same trials trained on another machine may differ in the last digits.
        "trials": [[r.trial.variant, r.trial.folder_name, r.outcome, r.scores] for r in records],
    }
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()


def _files_of(about: Path) -> set[str]:
    """The files that the last run wrote here, by its own account; plain names only."""
    try:
        files = json.loads(about.read_text(encoding="utf-8"))["files"]
        return {name for name in files if isinstance(name, str) and Path(name).name == name}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def _is_current(about: Path, digest: str) -> bool:
    try:
        known = json.loads(about.read_text(encoding="utf-8"))
        return known["digest"] == digest and all((about.parent / name).exists() for name in known["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _about(
    experiment: Experiment, records: Sequence[Record], summary: Any, digest: str, files: list[str]
) -> dict[str, Any]:
    environment = {k: v for k, v in records[0].environment.items() if k not in ("seed", "id", "seconds", "format")}
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


def tested_on(spec: ExperimentSpec) -> str:
    """Which examples the scores are of, in words."""
    if isinstance(spec.dataset, Iris) and spec.dataset.test.how == "all":
        return "on all examples, those trained on included"
    return "on the test set"


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else round(float(value), 6)


def _page(experiment: Experiment, records: Sequence[Record], table: str, figures: Sequence[Path]) -> str:
    spec = experiment.spec
    lines = [f"# {spec.title}", ""]
    if experiment.shortened:
        lines += [f"**Shortened run, not the reference:** {'; '.join(experiment.shortened)}.", ""]
    if experiment.overrides:
        lines += [f"Changed on the command line: `{' '.join(experiment.overrides)}`.", ""]
    seeds = len(spec.seeds)
    where = tested_on(spec)
    what = f"Mean ± standard deviation over seeds and 95 % confidence interval of the mean (t), {where}."
    lines += [what if seeds > 1 else f"One seed, {where}.", "", table]
    for record in records:
        if record.outcome != "completed":
            lines += [f"- {record.trial.variant}, seed {record.trial.seed}: {record.outcome}: {record.error}"]
    lines += ["", f"Command: `relecture run {experiment.name}{_options(experiment)}`", ""]
    lines += [f"![{path.stem.replace('_', ' ')}]({path.name})" for path in figures if path.suffix == ".png"]
    return "\n".join(lines).rstrip() + "\n"


def _options(experiment: Experiment) -> str:
    return (" --quick" if experiment.quick else "") + "".join(f" {change}" for change in experiment.overrides)
