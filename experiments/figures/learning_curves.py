"""Loss and accuracy by epoch: a line for the mean over seeds, a band from the lowest seed to the highest."""

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from experiments.figures import style
from experiments.figures.frame import (
    Drawing,
    absent_in_words,
    finish,
    new_figure,
    nothing_completed,
    seeds_in_words,
    sentence,
    thinned,
)
from experiments.figures.subject import Subject
from experiments.loading import BASE
from experiments.records import Record

PANELS = {"loss": ("loss", "val_loss"), "accuracy": ("accuracy", "val_accuracy")}
MOST_BANDS = 3
"""Variants up to which bands are drawn; those of more would hide the lines of each other."""
PER_FIGURE, PER_FIGURE_WITHOUT_VALIDATION = 5, 7
"""Variants in one picture; more are spread over several, each with `base` to compare with."""
_LOG_FROM = 30.0
"""Losses that span this factor are drawn on a logarithmic axis: one bad variant would flatten all others."""
_DECADES = 1e4
"""Losses that span less than this have ticks at 2 and 5 times the powers of ten, too."""
_BEYOND = 100.0
"""A variant whose loss rises to this many times that of the middle one leaves the picture at its top."""

_DASHES = (0, (3.2, 1.6))
_VALIDATION = {"test": "validation (the test set)", "all": "validation (all examples)"}


def draw(subject: Subject) -> dict[str, Drawing]:
    """`learning_curves`, and `learning_curves-2`, … where there are more than five variants (seven if unvalidated)."""
    if not subject.records:
        return {"learning_curves": nothing_completed(subject)}
    trained = {variant: found for variant, found in subject.records.items() if len(found[0].history)}
    if not trained:
        return {"learning_curves": sentence(subject, "Learning curves", "These models are not trained in epochs.")}
    table = by_epoch(trained)
    drawings = {}
    validated = table["measure"].str.startswith("val_").any()
    pages = _pages(list(trained), PER_FIGURE if validated else PER_FIGURE_WITHOUT_VALIDATION)
    for number, variants in enumerate(pages, start=1):
        stem = "learning_curves" if number == 1 else f"learning_curves-{number}"
        subtitle = "Learning curves" if len(pages) == 1 else f"Learning curves, {number} of {len(pages)}"
        drawings[stem] = _page(subject, table, variants, subtitle)
    return drawings


def by_epoch(records: dict[str, list[Record]]) -> pd.DataFrame:
    """Mean, deviation and range over seeds of each measure at each epoch.

    Columns: variant, measure, epoch, seeds (how many trained that long), mean, sd, min, max. A measure that was
    not taken, such as val_loss without validation data, has no rows; neither has what is not a finite number.
    """
    measures = [measure for pair in PANELS.values() for measure in pair]
    tables = []
    for variant, trials in records.items():
        values = pd.concat([trial.history.reindex(columns=["epoch", *measures]).astype(float) for trial in trials])
        long = values.melt(id_vars="epoch", var_name="measure").replace([np.inf, -np.inf], np.nan).dropna()
        groups = long.groupby(["measure", "epoch"])["value"]
        stats = groups.agg(seeds="count", mean="mean", sd="std", min="min", max="max").reset_index()
        stats.insert(0, "variant", variant)
        tables.append(stats)
    table = pd.concat(tables, ignore_index=True)
    return table.astype({"epoch": int, "seeds": int})


def _pages(variants: list[str], most: int) -> list[list[str]]:
    """At most so many variants a picture, `base` or else the first of all in each."""
    if len(variants) <= most:
        return [variants]
    first = BASE if BASE in variants else variants[0]
    others = [variant for variant in variants if variant != first]
    step = most - 1
    pages = -(-len(others) // step)
    return [[first, *(str(name) for name in part)] for part in np.array_split(others, pages)]


def _page(subject: Subject, table: pd.DataFrame, variants: list[str], subtitle: str) -> Drawing:
    figure = new_figure()
    measured = {name: measures for name, measures in PANELS.items() if table["measure"].isin(measures).any()}
    panels = figure.subplots(1, len(measured), squeeze=False)[0]  # of numbers instead of classes there is no accuracy
    shown = table[table["variant"].isin(variants)]
    banded = len(subject.records) <= MOST_BANDS
    # What is drawn of the table: where there are no bands, axes need no room for them.
    drawn = table if banded else table.assign(min=table["mean"], max=table["mean"])
    widths = _widths(len(variants))
    validated = shown["measure"].str.startswith("val_").any()
    for axes, (name, measures) in zip(panels, measured.items(), strict=True):
        for number, variant in enumerate(variants):
            for measure in measures:
                line = shown[(shown["variant"] == variant) & (shown["measure"] == measure)]
                if line.empty:
                    continue
                look = {"color": _colour(number, measure, alone=len(variants) == 1), "label": f"{variant} {measure}"}
                _line(axes, line, width=widths[number], **look)
                if banded and (line["seeds"] > 1).any():
                    _band(axes, line, share=0.18 if len(variants) == 1 else 0.1, **look)
        # Limits come from all variants, so that the pictures of an experiment can be laid side by side.
        everything = drawn[drawn["measure"].isin(measures)]
        _epochs(axes, int(table["epoch"].max()))
        if name == "loss":
            _loss_axis(axes, everything)
            axes.set_ylabel("loss (log scale)" if axes.get_yscale() == "log" else "loss")
        else:
            _accuracy_axis(axes, everything)
            axes.set_ylabel("accuracy")
    finish(
        figure,
        subject,
        subtitle,
        notes=[*_notes(subject, shown, variants, validated=bool(validated)), *_left(subject, drawn, variants)],
        legend=_legend(subject, shown, variants, validated=bool(validated), banded=banded),
    )
    return Drawing(figure, thinned(shown, ["variant", "measure"]))


def _widths(variants: int) -> list[float]:
    """Line widths: what is drawn later is thinner, so that of lines that coincide the earlier shows at both sides."""
    if variants == 1:
        return [2.0]
    widest, thinnest = (3.4, 1.2) if variants <= MOST_BANDS else (2.6, 0.9)
    return [float(width) for width in np.linspace(widest, thinnest, variants)]


def _line(axes: Axes, stats: pd.DataFrame, *, color: str, label: str, width: float) -> None:
    validation = stats["measure"].iloc[0].startswith("val_")
    epochs = stats["epoch"].to_numpy()
    axes.plot(
        epochs,
        stats["mean"].to_numpy(),
        color=color,
        linestyle=_DASHES if validation else "-",
        linewidth=width,
        marker=_points(int(epochs[-1])),
        markersize=2.5 + width,
        markerfacecolor=style.ground() if validation else color,
        label=label,
        zorder=3,
    )


def _band(axes: Axes, stats: pd.DataFrame, *, color: str, label: str, share: float) -> None:
    low, high = stats["min"].to_numpy(), stats["max"].to_numpy()
    axes.fill_between(stats["epoch"], low, high, color=color, alpha=share, linewidth=0, label=f"{label} range")


def _points(epochs: int) -> str | None:
    """Few epochs: the points are what was measured, and the line only guides the eye."""
    return "o" if epochs <= 12 else None


def _colour(number: int, measure: str, *, alone: bool) -> str:
    """One colour a variant; a lone variant has a second for validation, which tells more than dashes do."""
    return style.colour(1 if alone and measure.startswith("val_") else number)


def _epochs(axes: Axes, last: int) -> None:
    axes.set_xlabel("epoch")
    axes.set_xlim(0.5 if last < 3 else 1 - 0.03 * (last - 1), last + (0.5 if last < 3 else 0.03 * (last - 1)))
    axes.set_xticks(epoch_ticks(last))


def epoch_ticks(last: int) -> list[int]:
    """Epochs to print below an axis: whole numbers from 1, about six of them."""
    if last <= 6:
        return list(range(1, last + 1))
    rough = last / 6
    scale = 10 ** int(np.floor(np.log10(rough)))
    step = next(s for m in (1, 2, 5, 10) if (s := m * scale) >= rough)
    return [1, *range(step, last + 1, step)]


def loss_top(table: pd.DataFrame) -> float:
    """The highest loss to show: the highest of all, or five times the middle variant's where one is far beyond it."""
    highest = table.groupby("variant")["max"].max()
    middle, top = float(highest.median()), float(highest.max())
    return 5 * middle if middle > 0 and top > _BEYOND * middle else top


def _loss_axis(axes: Axes, table: pd.DataFrame) -> None:
    if table.empty:
        return
    low, high = float(table["min"].min()), loss_top(table)
    if low > 0 and high / low >= _LOG_FROM:
        axes.set_yscale("log")
        if high / low < _DECADES:  # else the powers of ten are enough
            axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.set_ylim(low / 1.3, high * 1.3)
        return
    margin = 0.06 * (high - low) or 0.1
    # Losses are rarely negative; a margin below zero would suggest that this one can be.
    axes.set_ylim(max(low - margin, 0.0) if low >= 0 else low - margin, high + margin)


def _accuracy_axis(axes: Axes, table: pd.DataFrame) -> None:
    """As much of 0 to 1 as there is to see, but at least two hundredths: noise is not to look like a trend."""
    if table.empty:
        axes.set_ylim(0, 1)
        return
    low, high = float(table["min"].min()), float(table["max"].max())
    lacking = max(0.02 - (high - low), 0.0)
    low, high = low - lacking / 2, high + lacking / 2
    low, high = low - max(high - 1, 0), min(high, 1)
    low, high = max(low, 0), high + max(-low, 0)
    span = high - low
    # A line at 0 or 1 needs room for its width, and no more than that: there is no accuracy beyond.
    top = min(high + 0.06 * span, 1 + 0.03 * span)
    axes.set_ylim(max(low - 0.06 * span, -0.03 * span), top)
    ticks = MaxNLocator(nbins=7, steps=[1, 2, 5, 10]).tick_values(*axes.get_ylim())
    axes.set_yticks([tick for tick in ticks if max(axes.get_ylim()[0], -1e-9) <= tick <= min(top, 1 + 1e-9)])


def _legend(
    subject: Subject, shown: pd.DataFrame, variants: list[str], *, validated: bool, banded: bool
) -> list[Artist]:
    alone = len(variants) == 1
    handles: list[Artist] = []
    if not alone:
        handles += [
            Line2D([], [], color=style.colour(i), linewidth=width, label=subject.label(variant))
            for i, (variant, width) in enumerate(zip(variants, _widths(len(variants)), strict=True))
        ]
    plain = None if alone else style.muted()
    points = _points(int(shown["epoch"].max()))
    handles.append(Line2D([], [], color=plain or style.colour(0), marker=points, label="training"))
    if validated:
        hows = {subject.experiment.variants[variant].dataset.validation.how for variant in variants}
        label = _VALIDATION.get(hows.pop(), "validation") if len(hows) == 1 else "validation"
        colour = plain or style.colour(1)
        handles.append(
            Line2D([], [], color=colour, linestyle=_DASHES, marker=points, markerfacecolor=style.ground(), label=label)
        )
    if banded and (shown["seeds"] > 1).any():
        handles.append(Patch(color=style.muted(), alpha=0.3, linewidth=0, label="lowest to highest seed"))
    return handles


def _left(subject: Subject, table: pd.DataFrame, variants: list[str]) -> list[str]:
    """A note about variants whose loss leaves the picture."""
    losses = table[table["measure"].isin(["loss", "val_loss"])]
    top = loss_top(losses)
    highest = losses[losses["variant"].isin(variants)].groupby("variant", sort=False)["max"].max()
    return [
        f"loss of {subject.label(str(name))} rises to {f'{value:.0f}' if value < 1e4 else f'{value:.0e}'}"
        for name, value in highest[highest > top * 1.3].items()
    ]


def _notes(subject: Subject, shown: pd.DataFrame, variants: list[str], *, validated: bool) -> list[str]:
    several = bool((shown["seeds"] > 1).any())
    notes = [f"{'line: mean of ' if several else ''}{seeds_in_words(subject, variants)}"]
    recipes = [subject.experiment.variants[variant].recipe for variant in variants]
    losses = {recipe.loss.name for recipe in recipes if recipe is not None}
    if len(losses) == 1:
        notes.append(f"loss: {losses.pop().replace('_', ' ')}")
    lengths = shown[shown["measure"] == "loss"].groupby("variant")["seeds"].nunique()
    if (lengths > 1).any():
        notes.append("seeds stopped at different epochs: each mean is over those still training")
    if not validated:
        notes.append("no validation data in this experiment")
    return notes + absent_in_words(subject)
