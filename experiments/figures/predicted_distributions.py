"""True distribution (one-hot) and predicted distribution of some test examples, the examples beside them."""

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from experiments.data.datasets import Dataset
from experiments.derived import class_probabilities
from experiments.figures import style
from experiments.figures.frame import (
    Drawing,
    absent_in_words,
    finish,
    new_figure,
    nothing_completed,
    of_variant,
    sentence,
    short,
)
from experiments.figures.images import pictures
from experiments.figures.subject import Subject
from experiments.records import Record

MOST_CLASSES = 12
_SURE, _HESITANT, _WRONG = 2, 2, 2
"""How many examples of each kind."""


def draw(subject: Subject) -> dict[str, Drawing]:
    """`predicted_distributions` of the first variant's first seed."""
    if not subject.records:
        return {"predicted_distributions": nothing_completed(subject)}
    record = subject.records[subject.first_variant][0]
    classes = len(record.class_names)
    if classes > MOST_CLASSES:
        text = f"There are {classes} classes; distributions over up to {MOST_CLASSES} can be read."
        return {"predicted_distributions": sentence(subject, "Predicted distributions", text)}
    return {"predicted_distributions": _page(subject, record)}


def chosen(truth: np.ndarray, probabilities: np.ndarray) -> list[tuple[int, str]]:
    """Examples to show, with the reason.

    The first two that are right and at least 0.99 sure, the two least sure of the right ones, and the two wrong ones
    that give the true class most.

    Args:
        truth: int (N,).
        probabilities: (N, K).

    Returns:
        Up to six pairs of a row and 'sure', 'hesitant' or 'wrong'.
    """
    of_truth = probabilities[np.arange(len(truth)), truth]
    right = probabilities.argmax(axis=1) == truth
    sure = np.flatnonzero(right & (of_truth >= 0.99))[:_SURE]
    others = np.setdiff1d(np.flatnonzero(right), sure)
    hesitant = others[np.argsort(of_truth[others], kind="stable")][:_HESITANT]
    wrong = np.flatnonzero(~right)
    wrong = wrong[np.argsort(-of_truth[wrong], kind="stable")][:_WRONG]
    kinds = {"sure": sure, "hesitant": hesitant, "wrong": wrong}
    return [(int(row), kind) for kind, rows in kinds.items() for row in rows]


def _page(subject: Subject, record: Record) -> Drawing:
    variant = subject.first_variant
    truth = record.predictions.y_true
    probabilities = class_probabilities(record.predictions.outputs, record.trial.spec)
    rows = chosen(truth, probabilities)
    names = list(record.class_names)
    images = _images(subject, variant, [row for row, _ in rows])

    figure = new_figure(5.0)
    columns = -(-len(rows) // 2)
    panels = figure.subplots(2, columns, squeeze=False, sharey=True)
    for axes in panels.flat[len(rows) :]:
        axes.set_axis_off()
    for number, (row, kind) in enumerate(rows):
        # Column by column: sure, hesitant, wrong.
        axes = panels[number % 2, number // 2]
        _panel(axes, probabilities[row], int(truth[row]), names, kind)
        if images is not None:
            _inset(axes, images[number], int(truth[row]), len(names))
        if number // 2 == 0:
            axes.set_ylabel("probability")
        if number % 2 == 1 or number == len(rows) - 1:
            axes.set_xlabel("class")

    network = f"network of seed {record.trial.seed}, softmax over {len(names)} classes"
    notes = [
        "left: sure and right",
        "middle: right, and least sure",
        "right: wrong, and nearest to being right",
        network,
    ]
    finish(
        figure, subject, f"Distributions over the classes{of_variant(variant, subject)}",
        notes=[*notes, *absent_in_words(subject)], legend=_legend(), room=3.2,
    )  # fmt: skip
    return Drawing(figure, _table(rows, truth, probabilities, names))


def _panel(axes: Axes, guess: np.ndarray, truth: int, names: list[str], kind: str) -> None:
    at = np.arange(len(names))
    axes.bar(at - 0.21, np.eye(len(names))[truth], 0.4, color=style.colour(2), linewidth=0)
    axes.bar(at + 0.21, guess, 0.4, color=style.colour(0), linewidth=0)
    axes.set_ylim(0, 1.03)
    upright = max(map(len, names)) <= 2
    axes.set_xticks(at, [short(name, 10) for name in names], fontsize=9)
    if not upright:
        axes.set_xticks(
            at, [short(name, 10) for name in names], fontsize=8, rotation=60, ha="right", rotation_mode="anchor"
        )
    axes.grid(visible=False, axis="x")
    loss = -np.log(max(guess[truth], 1e-300))
    said = f"{loss:.2f}" if loss >= 0.01 else "below 0.01"
    axes.set_title(f"{kind}: cross-entropy {said}", fontsize=9.5, fontweight="normal", pad=4)


def _inset(axes: Axes, image: np.ndarray, truth: int, classes: int) -> None:
    """The example itself, on the side of the panel that is away from the true class's bar."""
    left = 0.02 if truth >= classes / 2 else 0.70
    small = axes.inset_axes((left, 0.55, 0.28, 0.43))
    small.imshow(image)
    small.set_anchor("NE" if left > 0.5 else "NW")
    small.set_axis_off()


def _images(subject: Subject, variant: str, rows: list[int]) -> np.ndarray | None:
    dataset: Dataset = subject.load(variant)
    return pictures(dataset.test.x[rows], dataset, subject, variant)


def _legend() -> list[Artist]:
    return [
        Patch(color=style.colour(2), linewidth=0, label="true distribution (one-hot)"),
        Patch(color=style.colour(0), linewidth=0, label="predicted distribution"),
    ]


def _table(rows: list[tuple[int, str]], truth: np.ndarray, probabilities: np.ndarray, names: list[str]) -> pd.DataFrame:
    """One row an example and class: example (row of the test set), kind, class, true, predicted."""
    tables = []
    for row, kind in rows:
        columns = {"class": names, "true": np.eye(len(names), dtype=int)[truth[row]], "predicted": probabilities[row]}
        tables.append(pd.DataFrame({"example": row, "kind": kind, **columns}))
    return pd.concat(tables, ignore_index=True)
