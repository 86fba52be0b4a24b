"""What a sweep leaves for people: `results/<experiment>/sweep/`."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd

from experiments import __version__
from experiments.figures import learning_curves, saving, style, sweep_heat_map, sweep_importance, sweep_parallel
from experiments.figures import sweep_parameters as parameters
from experiments.figures.frame import Drawing
from experiments.figures.subject import Subject
from experiments.figures.sweep_view import SweepView
from experiments.loading import BASE
from experiments.paths import write_text
from experiments.problems import RecordError
from experiments.publishing import files_of, is_current
from experiments.records import Record
from experiments.summary import to_latex
from experiments.sweeps.best import best_config, best_name
from experiments.sweeps.driving import Outcome
from experiments.sweeps.page import page
from experiments.sweeps.points import Point, Sweep, describe
from experiments.sweeps.space import Range, space_of
from experiments.sweeps.tables import importance, names_of, points_table, readable_points, trials_table

LAYOUT = 2
"""Raised when published files change in form."""

CURVES = 5
"""Best points whose learning curves are drawn."""

FIGURES = ("parallel_coordinates", "heat_map", "importance", "parameters", "learning_curves")


def publish_sweep(sweep: Sweep, outcome: Outcome, folder: Path, command: str, *, redraw: bool = False) -> bool:
    """Write sweep.csv, summary.csv, .md and .tex, the best point's config, the figures, and sweep.json: what this is.

    Returns:
        Whether anything was written: nothing is if the folder already shows exactly these records, and none of its
        files is missing.

    Raises:
        RecordError: the folder cannot be written.
    """
    about, digest = folder / "sweep.json", _digest(sweep, outcome)
    before = files_of(about)
    if not redraw and is_current(about, digest):
        return False
    try:
        folder.mkdir(parents=True, exist_ok=True)
        about.unlink(missing_ok=True)  # until all is written, the folder does not claim to be current
        _remove_figures(folder)
    except OSError as error:
        raise RecordError(f"cannot write {folder}: {error.strerror or error}") from error
    best_first = outcome.best_first(maximise=sweep.maximise)
    order = [point for point, _ in best_first]
    shares = importance(sweep, best_first)
    points = points_table(sweep, outcome)
    drawings = _draw(_view(sweep, outcome, points, order, shares)) if order else {}
    figures: list[Path] = []
    with style.applied():
        for stem, make in drawings.items():
            drawing = make()
            figures += saving.save_figure(drawing.figure, folder, stem, drawing.table)
    texts = {
        "sweep.csv": trials_table(sweep, outcome).to_csv(index=False),
        "summary.csv": points.to_csv(index=False, float_format="%.6g"),
        "summary.tex": to_latex(readable_points(sweep, points)),
        "summary.md": page(sweep, outcome, points, order, shares, figures, command),
    }
    if order:
        texts[best_name(sweep)] = best_config(sweep, order[0], folder, command)
    for name, text in texts.items():
        write_text(folder / name, text)
    files = [*texts, *sorted(path.name for path in figures)]
    for name in before.difference(files):
        (folder / name).unlink(missing_ok=True)  # what there is no more, such as a best point
    write_text(about, json.dumps(_about(sweep, outcome, best_first, files, digest, command), indent=2) + "\n")
    return True


def _view(
    sweep: Sweep, outcome: Outcome, points: pd.DataFrame, order: Sequence[Point], shares: dict[str, float]
) -> SweepView:
    names, space = names_of(sweep), space_of(sweep)
    return SweepView(
        _subject(sweep, outcome, order),
        points,
        tuple(names.values()),
        {names[path]: kind.listed for path, kind in space.items()},
        frozenset(names[path] for path, kind in space.items() if isinstance(kind, Range) and kind.log),
        sweep.metric,
        sweep.maximise,
        len(sweep.seeds),
        shares,
    )


def _subject(sweep: Sweep, outcome: Outcome, order: Sequence[Point]) -> Subject:
    """The best points as if they were variants, so that their learning curves are drawn like any others."""
    best = {describe(point.settings): point for point in order[:CURVES]}
    base = sweep.experiment.spec.model_copy(update={"extended": [BASE]})  # has no trials here, and is not missed
    seeds = {"seeds": list(sweep.seeds)}
    variants = {BASE: base, **{name: point.spec.model_copy(update=seeds) for name, point in best.items()}}
    experiment = replace(sweep.experiment, variants=variants, overrides=sweep.words)
    records: dict[str, list[Record]] = {
        name: [outcome.records[trial.id] for trial in point.trials] for name, point in best.items()
    }

    def no_data(variant: str) -> NoReturn:
        raise LookupError(f"{variant}: these figures show no examples")

    return Subject(experiment, records, no_data)


def _titled(subject: Subject) -> Subject:
    """The subject of a figure of the best points alone, whose title says so."""
    experiment = subject.experiment
    number = len(subject.records)
    title = f"{experiment.spec.title}: the best {number} points" if number > 1 else experiment.spec.title
    variants = {**experiment.variants, BASE: experiment.spec.model_copy(update={"title": title})}
    return replace(subject, experiment=replace(experiment, variants=variants))


def _draw(view: SweepView) -> dict[str, Any]:
    """The figures that a sweep has something for, in the order to show them."""
    drawings: dict[str, Any] = {"parameters": lambda: parameters.draw(view)}
    if len(view.names) > 1 and len(view.ranked) > 1:
        drawings["parallel_coordinates"] = lambda: sweep_parallel.draw(view)
        drawings["heat_map"] = lambda: sweep_heat_map.draw(view, _pair(view))
    if view.importance:
        drawings["importance"] = lambda: sweep_importance.draw(view)

    def curves() -> Drawing:
        return next(iter(learning_curves.draw(_titled(view.subject)).values()))

    return drawings | {"learning_curves": curves}


def _pair(view: SweepView) -> tuple[str, str]:
    """The two keys that matter most, or the first two; in the config's order."""
    chosen = sorted(view.names, key=lambda name: -view.importance.get(name, 0.0))[:2]
    first, second = (name for name in view.names if name in chosen)
    return first, second


def _remove_figures(folder: Path) -> None:
    for stem in FIGURES:
        for suffix in saving.SUFFIXES:
            (folder / f"{stem}{suffix}").unlink(missing_ok=True)


def _digest(sweep: Sweep, outcome: Outcome) -> str:
    """Changes when anything that the published files show changes."""
    shown = {
        "version": __version__,
        "layout": LAYOUT,
        "title": sweep.experiment.spec.title,
        "sweep": sweep.spec.model_dump(mode="json"),
        "words": sweep.words,
        "seeds": sweep.seeds,
        "dropped": sorted(outcome.dropped),
        "points": [[point.number, point.identity] for point in outcome.points],
        "trials": [[id_, outcome.records[id_].outcome, outcome.records[id_].scores] for id_ in sorted(outcome.records)],
    }
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()


def _about(
    sweep: Sweep,
    outcome: Outcome,
    best_first: Sequence[tuple[Point, float]],
    files: Sequence[str],
    digest: str,
    command: str,
) -> dict[str, Any]:
    best = None
    if best_first:
        point, value = best_first[0]
        best = {"point": point.number, "settings": point.settings, "objective": value}
    return {
        "experiment": sweep.experiment.name,
        "command": command,
        "method": sweep.spec.method,
        "metric": {"name": sweep.metric, "goal": sweep.spec.metric.goal, "of": "validation data"},
        "seeds": list(sweep.seeds),
        "points": len(outcome.points),
        "trials": len(outcome.records),
        "dropped": sorted(outcome.dropped),
        "failed": len(outcome.failures),
        "sweep": sweep.spec.model_dump(mode="json"),
        "best": best,
        "files": list(files),
        "digest": digest,
    }
