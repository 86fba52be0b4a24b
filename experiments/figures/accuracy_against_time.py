"""Test accuracy against seconds of training: this experiment's variants, and published ones of others beside them."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from experiments.figures import style
from experiments.figures.frame import (
    HEIGHT,
    Drawing,
    absent_in_words,
    finish,
    new_figure,
    nothing_completed,
    seeds_in_words,
)
from experiments.figures.subject import Subject
from experiments.loading import BASE
from experiments.summary import summarise, trials_table

_COLUMNS = ("experiment", "variant", "n", "parameters", "fit_seconds", "accuracy_mean", "accuracy_low", "accuracy_high")


def draw(subject: Subject) -> dict[str, Drawing]:
    """`accuracy_against_time`, of every variant."""
    if not subject.records:
        return {"accuracy_against_time": nothing_completed(subject)}
    return {"accuracy_against_time": _page(subject, by_time(subject))}


def by_time(subject: Subject) -> pd.DataFrame:
    """One row a variant, the fastest first.

    Columns: experiment, variant, n, parameters, fit_seconds (median), accuracy_mean, accuracy_low, accuracy_high.
    """
    own = summarise(trials_table([r for records in subject.records.values() for r in records]), ["accuracy"])
    parts = [own.assign(experiment=subject.experiment.name)]
    parts += [t.assign(experiment=name) for name, t in subject.beside.items() if t is not None]
    table = pd.concat([part.reindex(columns=list(_COLUMNS)) for part in parts])
    table["parameters"] = pd.to_numeric(table["parameters"]).astype("Int64")
    return table.dropna(subset=["accuracy_mean"]).sort_values("fit_seconds", kind="stable", ignore_index=True)


def _page(subject: Subject, table: pd.DataFrame) -> Drawing:
    figure = new_figure(HEIGHT)
    axes = figure.subplots()
    names = list(dict.fromkeys([subject.experiment.name, *subject.beside]))
    for row in table.itertuples(index=False):
        number = names.index(row.experiment)
        mean = row.accuracy_mean
        reach = None if pd.isna(row.accuracy_low) else [[mean - row.accuracy_low], [row.accuracy_high - mean]]
        axes.errorbar(
            [row.fit_seconds], [mean], yerr=reach, color=style.colour(number), marker=style.marker(number),
            markersize=8, capsize=4, linewidth=0, elinewidth=2,
        )  # fmt: skip
    _axes(axes, table)
    _labels(subject, axes, table)
    seeds = seeds_in_words(subject, list(subject.records))
    notes = [
        f"{subject.experiment.name}: {seeds}; the others as published",
        "bars: 95 % interval, where seeds allow one",
    ]
    notes.append("seconds: the median seed's")
    missing = [name for name, found in subject.beside.items() if found is None]
    if missing:
        notes.append(f"not run yet: {', '.join(missing)}")
    finish(figure, subject, "Accuracy against seconds of training", notes=[*notes, *absent_in_words(subject)], room=3.0)
    return Drawing(figure, table)


def _axes(axes: Axes, table: pd.DataFrame) -> None:
    axes.set_xscale("log")
    low, high = table["fit_seconds"].min(), table["fit_seconds"].max()
    axes.set_xlim(low / 1.8, high * 2.6)
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel("seconds of training, one seed (log scale)")
    axes.set_ylabel("test accuracy")
    span = max(table["accuracy_mean"].max() - table["accuracy_mean"].min(), 0.05)
    axes.set_ylim(table["accuracy_mean"].min() - 0.25 * span, min(table["accuracy_mean"].max() + 0.25 * span, 1.0))


def _labels(subject: Subject, axes: Axes, table: pd.DataFrame) -> None:
    """Name and accuracy right of each point."""
    for row in table.itertuples(index=False):
        own = row.experiment == subject.experiment.name
        variant = subject.label(row.variant) if own else row.variant
        name = row.experiment if row.variant == BASE else f"{row.experiment}, {variant}"
        axes.annotate(
            f"{name}\n{row.accuracy_mean:.3f}", (row.fit_seconds, row.accuracy_mean), xytext=(9, 0),
            textcoords="offset points", va="center", fontsize=9.5, linespacing=1.2,
        )  # fmt: skip
