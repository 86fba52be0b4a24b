"""Accuracy of each class by variant: a row a variant, a column a class, the mean over seeds as number and shade."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from experiments.derived import MOST_CLASSES, minority_classes
from experiments.figures import style
from experiments.figures.confusion_matrix import class_names
from experiments.figures.frame import (
    Drawing,
    absent_in_words,
    finish,
    new_figure,
    nothing_completed,
    seeds_in_words,
    sentence,
    short,
)
from experiments.figures.subject import Subject
from metrics.scores import class_accuracy

_ROW = 0.34


def draw(subject: Subject) -> dict[str, Drawing]:
    """`class_recalls`, one picture for all variants."""
    if not subject.records:
        return {"class_recalls": nothing_completed(subject)}
    table = by_class(subject)
    if table["class"].nunique() > MOST_CLASSES:
        text = f"There are more than {MOST_CLASSES} classes; their accuracies are in class_recalls.csv."
        return {"class_recalls": Drawing(sentence(subject, "Accuracy by class", text).figure, table)}
    return {"class_recalls": _page(subject, table)}


def by_class(subject: Subject) -> pd.DataFrame:
    """One row a variant and class.

    Columns: variant, class, mean (share of its test examples that are right), min, max, seeds, and training_examples,
    which are known of imbalanced configs only.
    """
    tables = []
    for variant, records in subject.records.items():
        values = np.stack([class_accuracy(record.confusion, zero_division=np.nan) for record in records])
        columns = {
            "class": class_names(subject, variant, values.shape[1]),
            "mean": values.mean(axis=0),
            "min": values.min(axis=0),
            "max": values.max(axis=0),
            "seeds": len(records),
            "training_examples": records[0].environment.get("class_counts"),
        }
        tables.append(pd.DataFrame({"variant": variant, **columns}))
    return pd.concat(tables, ignore_index=True)


def _page(subject: Subject, table: pd.DataFrame) -> Drawing:
    variants, classes = list(subject.records), list(dict.fromkeys(table["class"]))
    mean = table["mean"].to_numpy().reshape(len(variants), len(classes))
    figure = new_figure(max(2.6, 1.5 + _ROW * len(variants)))
    axes = figure.subplots()
    shades = LinearSegmentedColormap.from_list(
        "recalls", [style.tint(style.colour(1), 0.75), style.ground(), style.colour(0)]
    )
    axes.imshow(mean, cmap=shades, vmin=0, vmax=1, aspect="auto")
    for (i, j), value in np.ndenumerate(mean):
        if np.isfinite(value):
            axes.text(
                j, i, f"{100 * value:.0f}", ha="center", va="center_baseline", fontsize=11 if len(classes) <= 12 else 8,
                color=style.readable_on(shades(value)),
            )  # fmt: skip
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    axes.set_yticks(range(len(variants)), [short(subject.label(v), 24) for v in variants])
    axes.set_xticks(range(len(classes)), _class_labels(table, classes))
    axes.set_xlabel(
        "true class" if table["training_examples"].isna().all() else "true class, and its training examples"
    )
    _mark_minority(axes, subject, len(variants))

    notes = [f"numbers: % of the class's test examples that are right, mean of {seeds_in_words(subject, variants)}"]
    if _minority(subject) is not None:
        notes.append("the line parts frequent classes from rare ones")
    finish(
        figure, subject, "Accuracy by class and variant", notes=[*notes, *absent_in_words(subject)],
        room=0.75 + _ROW * len(variants),
    )  # fmt: skip
    return Drawing(figure, table)


def _class_labels(table: pd.DataFrame, classes: list[str]) -> list[str]:
    counts = table.drop_duplicates("class").set_index("class")["training_examples"]
    return [short(c, 10) if pd.isna(counts[c]) else f"{short(c, 10)}\n{counts[c]:,.0f}" for c in classes]


def _minority(subject: Subject) -> np.ndarray | None:
    return minority_classes(subject.records[subject.first_variant][0])


def _mark_minority(axes: Axes, subject: Subject, variants: int) -> None:
    """A line wherever frequent and rare classes meet."""
    minority = _minority(subject)
    if minority is None:
        return
    for k in np.flatnonzero(minority[1:] != minority[:-1]):
        axes.plot([k + 0.5, k + 0.5], [-0.5, variants - 0.5], color=style.text_colour(), linewidth=1.6)
