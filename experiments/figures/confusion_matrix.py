"""Confusion matrix on the test set: mean counts over seeds as numbers, shares of the true class as shades."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, PowerNorm
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from sklearn.metrics import ConfusionMatrixDisplay

from experiments.figures import style
from experiments.figures.frame import (
    Drawing,
    absent_in_words,
    finish,
    new_figure,
    nothing_completed,
    of_variant,
    seeds_in_words,
    short,
    stem_of,
)
from experiments.figures.subject import Subject

MOST_NUMBERED = 20
"""Classes up to which cells carry numbers and every class its name."""
_DECIMALS_UP_TO = 4
"""Classes up to which a mean is printed with a decimal: there is room, and the counts are small."""


def draw(subject: Subject) -> dict[str, Drawing]:
    """`confusion_matrix` of the first variant, `confusion_matrix-<variant>` of the others."""
    if not subject.records:
        return {"confusion_matrix": nothing_completed(subject)}
    return {stem_of("confusion_matrix", variant, subject): _matrix(subject, variant) for variant in subject.records}


def cells(subject: Subject, variant: str) -> pd.DataFrame:
    """One row a cell: true, predicted, mean (count over seeds), min, max, share (of the true class's examples)."""
    counts = np.stack([record.confusion for record in subject.records[variant]])
    names = class_names(subject, variant, counts.shape[1])
    mean = counts.mean(axis=0)
    return pd.DataFrame(
        {
            "true": np.repeat(names, len(names)),
            "predicted": np.tile(names, len(names)),
            "mean": mean.ravel(),
            "min": counts.min(axis=0).ravel(),
            "max": counts.max(axis=0).ravel(),
            "share": shares(mean).ravel(),
        }
    )


def shares(counts: np.ndarray) -> np.ndarray:
    """Each row divided by its sum; a class without examples has zeros."""
    total = counts.sum(axis=1, keepdims=True)
    return np.divide(counts, total, out=np.zeros(counts.shape), where=total > 0)


def class_names(subject: Subject, variant: str, count: int) -> list[str]:
    """The recorded names, or numbers where there are none."""
    names = list(subject.records[variant][0].class_names)
    return names if len(names) == count else [str(i) for i in range(count)]


def _matrix(subject: Subject, variant: str) -> Drawing:
    records = subject.records[variant]
    table = cells(subject, variant)
    size = int(np.sqrt(len(table)))
    mean, share = (table[column].to_numpy().reshape(size, size) for column in ("mean", "share"))
    names = class_names(subject, variant, size)

    figure = new_figure()
    axes = figure.subplots()
    numbered = size <= MOST_NUMBERED
    display = ConfusionMatrixDisplay(share, display_labels=names)
    # A root spreads the small shares, which are the mistakes, over more shades.
    norm = PowerNorm(0.5, vmin=0.0, vmax=1.0)
    display.plot(ax=axes, cmap=_shades(), colorbar=False, include_values=numbered, im_kw={"norm": norm})
    axes.set_aspect("auto")  # cells as wide as the slide allows, for their numbers
    axes.grid(visible=False)
    axes.spines[:].set_visible(True)
    axes.set_xlabel("predicted class")
    axes.set_ylabel("true class")
    _ticks(axes, names)
    if numbered:
        _numbers(display.text_, mean, share, norm)
    _shade_bar(figure, axes, norm)

    said = f"mean of {seeds_in_words(subject, [variant])}" if len(records) > 1 else seeds_in_words(subject, [variant])
    if numbered and not np.allclose(mean, mean.round(_decimals(mean))):
        said += ", rounded"
    notes = [f"numbers: test examples, {said}" if numbered else said, "shade: share of the true class"]
    title = f"Confusion matrix{of_variant(variant, subject)}: {_total(mean)} test examples"
    finish(figure, subject, title, notes=[*notes, *absent_in_words(subject)])
    return Drawing(figure, table)


def _shades() -> LinearSegmentedColormap:
    """From the figure's ground to the palette's first colour."""
    return LinearSegmentedColormap.from_list("shares", [style.ground(), style.colour(0)])


def _ticks(axes: Axes, names: list[str]) -> None:
    step = -(-len(names) // MOST_NUMBERED)
    at = range(0, len(names), step)
    labels = [short(names[i], 18) for i in at]
    longest = max(map(len, labels))
    # Inches a label may be wide before it meets its neighbour, against inches that ten letters take.
    upright = longest * 0.085 <= 5.6 / len(labels) * 0.95
    small = 10 if len(labels) <= 12 else 8
    axes.set_xticks(list(at), labels, fontsize=small)
    axes.set_yticks(list(at), labels, fontsize=small)
    if not upright:
        axes.set_xticks(list(at), labels, rotation=35, ha="right", rotation_mode="anchor")


def _numbers(texts: np.ndarray, mean: np.ndarray, share: np.ndarray, norm: PowerNorm) -> None:
    size, decimals = len(mean), _decimals(mean)
    shades = _shades()
    # Width and height of a cell, in points, bound the letters.
    longest = max(len(f"{value:.{decimals}f}") for value in mean.ravel())
    fontsize = min(15.0, 5.6 * 72 / size / (longest * 0.66 + 0.4), 2.9 * 72 / size * 0.62)
    for (i, j), text in np.ndenumerate(texts):
        value = mean[i, j]
        small = 0 < value < 0.5 and decimals == 0
        text.set_text("<1" if small else f"{value:.{decimals}f}" if value else "0")
        text.set_color(style.readable_on(shades(norm(share[i, j]))))
        text.set_fontsize(fontsize)
        text.set_fontweight("bold" if i == j else "normal")
        if value == 0:
            text.set_alpha(0.45)


def _decimals(mean: np.ndarray) -> int:
    return 1 if len(mean) <= _DECIMALS_UP_TO and (mean % 1).any() else 0


def _shade_bar(figure: Figure, axes: Axes, norm: PowerNorm) -> None:
    bar = figure.colorbar(ScalarMappable(norm, _shades()), ax=axes, fraction=0.035, pad=0.015)
    bar.set_ticks([0.0, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0])
    bar.ax.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
    bar.ax.tick_params(labelsize=9)
    bar.outline.set_visible(False)


def _total(mean: np.ndarray) -> str:
    return f"{round(float(mean.sum())):,}"
