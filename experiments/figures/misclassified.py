"""Wrong test examples, the surest mistakes first: true class at the top right, predicted class at the bottom right."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from experiments.data.datasets import Dataset
from experiments.figures import style
from experiments.figures.frame import (
    HEIGHT,
    WIDTH,
    Drawing,
    absent_in_words,
    finish,
    new_figure,
    nothing_completed,
    of_variant,
    sentence,
    short,
    stem_of,
)
from experiments.figures.images import pictures
from experiments.figures.subject import Subject
from experiments.records import Record

ROWS = 4
LISTED = 500
"""Mistakes written beside the picture, the surest first; `mistakes` knows them all."""
_ROOM = (WIDTH - 0.3, HEIGHT - 1.12)
"""Inches between title and notes."""


def draw(subject: Subject) -> dict[str, Drawing]:
    """`misclassified` of the first variant, `misclassified-<variant>` of the others; of each the first seed."""
    if not subject.records:
        return {"misclassified": nothing_completed(subject)}
    return {stem_of("misclassified", variant, subject): _grid(subject, variant) for variant in subject.records}


def mistakes(record: Record, activation: str) -> pd.DataFrame:
    """One row a wrong test example, the surest first.

    Columns: example (row of the test set), true, predicted (class indices), certainty. Certainty is the probability
    that the network gave its answer; of a linear output layer, which gives none, it is the lead of the answer's
    output over that of the true class.
    """
    predictions = record.predictions
    true, predicted, outputs = predictions.y_true, predictions.y_pred, predictions.outputs
    wrong = np.flatnonzero(true != predicted)
    rows = np.arange(len(true))
    if outputs.shape[1] == 1:  # one unit speaks for class 1, and what it lacks to 1 for class 0
        outputs = np.hstack([1 - outputs, outputs])
    certainty = outputs[rows, predicted]
    if activation == "linear":
        certainty = certainty - outputs[rows, true]
    order = wrong[np.argsort(-certainty[wrong], kind="stable")]
    return pd.DataFrame(
        {"example": order, "true": true[order], "predicted": predicted[order], "certainty": certainty[order]}
    )


def _grid(subject: Subject, variant: str) -> Drawing:
    records, dataset = subject.records[variant], subject.load(variant)
    record = records[0]
    activation = subject.experiment.variants[variant].output_activation
    table = mistakes(record, activation)
    total, seed = len(record.predictions.y_true), record.trial.seed
    if total != len(dataset.test):
        raise ValueError(f"{record.path}: predictions of {total} test examples, and the data have {len(dataset.test)}")

    names = [
        _name(dataset, index) for index in range(max(len(dataset.class_names), record.predictions.outputs.shape[1]))
    ]
    named = table.assign(true=[names[i] for i in table["true"]], predicted=[names[i] for i in table["predicted"]])
    about = f"{len(table):,} of {total:,} test examples misclassified{of_variant(variant, subject)}"
    network = f"network of seed {seed}" + (f", first of {len(records)}" if len(records) > 1 else "")
    if table.empty:
        text = f"No test example is misclassified: all {total:,} are right."
        return Drawing(sentence(subject, about, text, notes=[network]).figure, named)
    images = pictures(dataset.test.x[table["example"].to_numpy()[:200]], dataset, subject, variant)
    if images is None:
        return Drawing(sentence(subject, about, "The examples are not images.", notes=[network]).figure, named)
    return _tiles(subject, about, network, images, named, sure=activation != "linear")


def _tiles(
    subject: Subject, about: str, network: str, images: np.ndarray, named: pd.DataFrame, *, sure: bool
) -> Drawing:
    """Pictures and words on one pair of axes measured in inches."""
    width, height = _ROOM
    side = height / ROWS - 0.1
    figure = new_figure()
    axes = figure.subplots()
    axes.set_axis_off()
    words = _widest(figure, {*named["true"], *named["predicted"]}) + 0.09
    columns = max(int(width // (side + words + 0.07)), 1)
    shown = min(columns * ROWS, len(named), len(images))

    pitch = width / columns
    for k in range(shown):
        left, top = (k % columns) * pitch, height - (k // columns) * height / ROWS
        axes.imshow(images[k], extent=(left, left + side, top - side, top), zorder=2)
        right = left + side + 0.07
        row = named.iloc[k]
        axes.text(right, top - 0.01, short(row["true"]), va="top", color=style.colour(2), fontweight="bold", gid="true")
        axes.text(
            right, top - side + 0.02, short(row["predicted"]), va="baseline",
            color=style.colour(1), fontweight="bold", gid="predicted",
        )  # fmt: skip
        certainty = _certainty(row["certainty"], sure=sure)
        axes.text(right, top - side / 2, certainty, va="center", fontsize=9, color=style.muted(), gid="certainty")
    axes.set_xlim(-0.02, width)
    axes.set_ylim(0, height + 0.03)
    axes.set_aspect("equal", anchor="W")

    certainty = "its probability" if sure else "its lead over the true class"
    notes = ["top right: true class", "bottom right: predicted class", f"grey: {certainty}"]
    which = "all of them" if shown == len(named) else f"the {shown} surest mistakes"
    finish(figure, subject, f"{about}, {which}", notes=[*notes, network, *absent_in_words(subject)], room=height + 0.1)
    return Drawing(figure, named.head(LISTED))


def _widest(figure: Figure, names: set[str]) -> float:
    """Inches of the longest name, or of a certainty where names are digits."""
    widths = []
    for name in {*map(short, names), "0.9"}:
        text = figure.text(0, 0, name, fontweight="bold")
        widths.append(float(text.get_window_extent().width / figure.dpi))
        text.remove()
    return max(widths)


def _certainty(value: float, *, sure: bool) -> str:
    if not sure:
        return f"{value:.1f}"
    # Cut, not rounded: 1.000 is said only of a network that left no doubt at all.
    return f"{np.floor(value * 1000) / 1000:.3f}"


def _name(dataset: Dataset, index: int) -> str:
    """The class's name; an output unit beyond the classes, as one lecture has 54 of, is named by its number."""
    return dataset.class_names[index] if index < len(dataset.class_names) else f"unit {index}"
