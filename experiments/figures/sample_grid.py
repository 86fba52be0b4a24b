"""The first training examples of each class, a row a class."""

import numpy as np
import pandas as pd

from experiments.figures.frame import HEIGHT, WIDTH, Drawing, finish, new_figure, of_variant, sentence, short
from experiments.figures.images import pictures
from experiments.figures.subject import Subject
from experiments.loading import BASE

MOST_ROWS = 20
_GAP = 0.07
"""Space between pictures, as a share of their side."""


def draw(subject: Subject) -> dict[str, Drawing]:
    """`sample_grid`: the data of the first variant, whether or not anything was trained on it."""
    variant = subject.first_variant if subject.records else BASE
    dataset = subject.load(variant)
    y = dataset.train.y
    counts = np.bincount(y, minlength=len(dataset.class_names))
    table = pd.DataFrame({"class": dataset.class_names, "training_examples": counts[: len(dataset.class_names)]})
    subtitle = f"Training examples of each class{of_variant(variant, subject)}: {len(y):,} in all"

    rows = min(len(dataset.class_names), MOST_ROWS)
    height = HEIGHT if rows <= 10 else HEIGHT + 0.33 * (rows - 10)
    columns = _columns(rows, height, dataset.class_names[:rows])
    chosen = [np.flatnonzero(y == k)[:columns] for k in range(rows)]
    images = pictures(dataset.train.x[np.concatenate(chosen)], dataset, subject, variant)
    if images is None:
        return {"sample_grid": Drawing(sentence(subject, subtitle, "The examples are not images.").figure, table)}

    figure = new_figure(height)
    axes = figure.subplots()
    axes.imshow(_mosaic(images, chosen, columns))
    tall, wide = _pitch(images)
    axes.set_yticks(
        [(k + 0.5) * tall - 0.5 for k in range(rows)],
        [f"{short(name)}  ({count:,})" for name, count in zip(dataset.class_names[:rows], counts[:rows], strict=True)],
    )
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.grid(visible=False)
    axes.set_xlim(-0.5, columns * wide - 0.5)
    notes = ["in brackets: training examples of the class"]
    if rows < len(dataset.class_names):
        notes.append(f"the first {rows} of {len(dataset.class_names)} classes")
    finish(figure, subject, subtitle, notes=notes, room=height - 1.15)
    return {"sample_grid": Drawing(figure, table)}


def _columns(rows: int, height: float, names: tuple[str, ...]) -> int:
    """As many examples as fit beside the names."""
    side = (height - 1.15) / rows
    label = (max(len(short(name)) for name in names) + 9) * 0.078
    return max(min(int((WIDTH - 0.4 - label) / side), 24), 1)


def _pitch(images: np.ndarray) -> tuple[int, int]:
    """Pixels from one picture to the next, down and across."""
    tall, wide = images.shape[1:3]
    gap = max(round(_GAP * max(tall, wide)), 1)
    return tall + gap, wide + gap


def _mosaic(images: np.ndarray, chosen: list[np.ndarray], columns: int) -> np.ndarray:
    """All pictures in one, (H, W, 4); what lies between them, and where a class has too few, is transparent."""
    tall, wide = _pitch(images)
    mosaic = np.zeros((len(chosen) * tall, columns * wide, 4), dtype=np.float32)
    following = iter(images)
    for i, examples in enumerate(chosen):
        for j in range(len(examples)):
            image = next(following)
            here = mosaic[i * tall :, j * wide :][: image.shape[0], : image.shape[1]]
            here[..., :3], here[..., 3] = image, 1.0
    return mosaic
