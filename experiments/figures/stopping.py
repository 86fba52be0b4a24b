"""Loss by epoch, and where training stops: at a threshold, or where the validation loss is least."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from experiments.figures import style
from experiments.figures.frame import (
    Drawing,
    absent_in_words,
    finish,
    new_figure,
    nothing_completed,
    seeds_in_words,
    sentence,
)
from experiments.figures.subject import Subject

MOST = 3
"""Variants in one picture."""


def draw(subject: Subject) -> dict[str, Drawing]:
    """`stopping`, a panel for each of the first three variants that are trained in epochs."""
    if not subject.records:
        return {"stopping": nothing_completed(subject)}
    variants = [variant for variant, records in subject.records.items() if len(records[0].history)][:MOST]
    if not variants:
        return {"stopping": sentence(subject, "Where training stops", "These models are not trained in epochs.")}
    table = marks(subject, variants)
    figure = new_figure()
    panels = figure.subplots(1, len(variants), sharex=True, sharey=True, squeeze=False)[0]
    for axes, variant in zip(panels, variants, strict=True):
        _panel(subject, axes, variant, table[table["variant"] == variant])
    panels[0].set_ylabel("loss (log scale)")
    finish(
        figure,
        subject,
        "Where training stops",
        notes=[seeds_in_words(subject, variants), *_notes(subject, variants), *absent_in_words(subject)],
        legend=_legend(subject, variants),
    )
    return {"stopping": Drawing(figure, table)}


def marks(subject: Subject, variants: list[str]) -> pd.DataFrame:
    """One row a trial: variant, seed, epochs (trained), best_epoch and best_val_loss (least), loss (of the last epoch),
    test_loss and test_accuracy (of the weights that were kept).
    """  # noqa: D205
    rows = []
    for variant in variants:
        for record in subject.records[variant]:
            history = record.history
            row = {"variant": variant, "seed": record.trial.seed, "epochs": len(history)}
            if "val_loss" in history:
                best = int(history["val_loss"].argmin())
                row |= {"best_epoch": best + 1, "best_val_loss": history["val_loss"].iloc[best]}
            row |= {"loss": history["loss"].iloc[-1], "test_loss": record.scores["loss"]}
            rows.append(row | {"test_accuracy": record.scores.get("accuracy")})
    return pd.DataFrame(rows)


def _panel(subject: Subject, axes: Axes, variant: str, stops: pd.DataFrame) -> None:
    records = subject.records[variant]
    for number, record in enumerate(reversed(records)):
        first = number == len(records) - 1
        thick = {"linewidth": 2.0, "alpha": 1.0, "zorder": 4}
        look: dict[str, Any] = thick if first else {"linewidth": 0.7, "alpha": 0.35, "zorder": 2}
        epochs = record.history["epoch"]
        axes.plot(epochs, record.history["loss"], color=style.colour(0), **look)
        if "val_loss" in record.history:
            axes.plot(epochs, record.history["val_loss"], color=style.colour(1), **look)
    training = subject.experiment.variants[variant].training
    if training is not None and training.stop_below is not None:
        axes.axhline(training.stop_below.value, color=style.text_colour(), linestyle=(0, (3, 2)), linewidth=1.2)
        axes.plot(stops["epochs"], stops["loss"], linestyle="", marker="o", color=style.colour(2), zorder=5)
    elif "best_epoch" in stops:
        axes.plot(
            stops["best_epoch"], stops["best_val_loss"], linestyle="", marker="v", markersize=6,
            color=style.colour(2), markeredgecolor=style.ground(), markeredgewidth=0.6, zorder=5,
        )  # fmt: skip
        axes.axvline(stops["best_epoch"].median(), color=style.colour(2), linewidth=1.2, zorder=1)
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel("epoch")
    axes.set_xlim(left=0)
    if len(subject.experiment.variants) > 1:
        axes.set_title(f"{subject.label(variant)}\n{_scored(stops)}", fontsize=10.5)


def _scored(stops: pd.DataFrame) -> str:
    accuracy = stops["test_accuracy"].mean()
    return f"test loss {stops['test_loss'].mean():.3f}" + (
        f", accuracy {accuracy:.3f}" if np.isfinite(accuracy) else ""
    )


def _has(subject: Subject, variants: list[str], what: str) -> bool:
    specs = [subject.experiment.variants[variant].training for variant in variants]
    return any(getattr(spec, what) is not None for spec in specs if spec is not None)


def _notes(subject: Subject, variants: list[str]) -> list[str]:
    notes = ["thick: first seed"]
    if _has(subject, variants, "stop_below"):
        notes.append("loss: mean over the epoch's updates")
    if any("val_loss" in subject.records[variant][0].history for variant in variants):
        notes.append("vertical line: median over seeds")
    return notes


def _legend(subject: Subject, variants: list[str]) -> list[Artist]:
    handles: list[Artist] = [Line2D([], [], color=style.colour(0), label="training loss")]
    if any("val_loss" in subject.records[variant][0].history for variant in variants):
        handles.append(Line2D([], [], color=style.colour(1), label="validation loss"))
        least = Line2D([], [], linestyle="", marker="v", color=style.colour(2), label="least validation loss")
        handles.append(least)
    if _has(subject, variants, "stop_below"):
        handles.append(Line2D([], [], color=style.text_colour(), linestyle=(0, (3, 2)), label="threshold"))
        handles.append(Line2D([], [], linestyle="", marker="o", color=style.colour(2), label="a seed stops"))
    return handles
