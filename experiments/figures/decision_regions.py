"""Two-feature data: the plane shaded by predicted class, the seeds' boundaries, and the examples."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from experiments.data.datasets import Dataset, Examples
from experiments.evaluation import predicted_classes
from experiments.figures import style
from experiments.figures.frame import (
    HEIGHT,
    Drawing,
    absent_in_words,
    finish,
    new_figure,
    nothing_completed,
    panel_title,
    seeds_in_words,
    sentence,
)
from experiments.figures.subject import Subject
from experiments.records import Record
from experiments.spec.dataset import Iris, tests_on_training

PER_FIGURE = 4
MOST_TESTED = 400
"""Test examples up to which they are drawn, and wrong ones ringed. Of more, where others train, there are none."""
MOST_ALONE = 600
"""Training examples drawn where no test examples are."""
MOST_POINTS = 1500
"""Examples drawn of each set; more would hide the regions."""

Grid = dict[str, np.ndarray]


def draw(subject: Subject) -> dict[str, Drawing]:
    """`decision_regions`, and `decision_regions-2`, … where there are more than four variants."""
    if not subject.records:
        return {"decision_regions": nothing_completed(subject)}
    grids = {variant: _shown_first(found) for variant in subject.records if (found := _grids(subject.records[variant]))}
    if not grids:
        text = "The records hold no outputs over a plane: the data have not two features."
        return {"decision_regions": sentence(subject, "Decision regions", text)}
    variants = list(grids)
    drawings = {}
    pages = [variants[start : start + PER_FIGURE] for start in range(0, len(variants), PER_FIGURE)]
    for number, page in enumerate(pages, start=1):
        stem = "decision_regions" if number == 1 else f"decision_regions-{number}"
        subtitle = "Decision regions" if len(pages) == 1 else f"Decision regions, {number} of {len(pages)}"
        drawings[stem] = _page(subject, {variant: grids[variant] for variant in page}, subtitle)
    return drawings


def classes_over(grid: Grid, *, signed: bool = False) -> np.ndarray:
    """Predicted class at each point of the plane, (n2, n1): a row for each value of x2."""
    return predicted_classes(grid["outputs"], signed=signed).reshape(len(grid["x2"]), len(grid["x1"]))


def leads(grid: Grid, *, signed: bool = False) -> list[np.ndarray]:
    """Functions over the plane, (n2, n1) each, that are zero on a boundary between two predicted classes."""
    outputs = grid["outputs"].reshape(len(grid["x2"]), len(grid["x1"]), -1).astype(float)
    units = outputs.shape[2]
    if units == 1:
        return [outputs[..., 0] - (0.0 if signed else 0.5)]
    if units == 2:
        return [outputs[..., 0] - outputs[..., 1]]
    return [outputs[..., k] - np.delete(outputs, k, axis=2).max(axis=2) for k in range(units)]


def _grids(records: list[Record]) -> list[tuple[Record, Grid]]:
    found = []
    for record in records:
        try:
            found.append((record, record.decision_grid))
        except FileNotFoundError:
            continue
    return found


def _page(subject: Subject, grids: dict[str, list[tuple[Record, Grid]]], subtitle: str) -> Drawing:
    across = 2 if len(grids) == PER_FIGURE else len(grids)
    down = -(-len(grids) // across)
    figure = new_figure(HEIGHT if down == 1 else 6.4)
    alike = len({_extent(found[0][1]) for found in grids.values()}) == 1
    panels = figure.subplots(down, across, sharex=alike, sharey=alike, squeeze=False)
    tables, datasets = [], list[Dataset]()
    for number, (axes, (variant, found)) in enumerate(zip(panels.flat, grids.items(), strict=True)):
        dataset = subject.load(variant)
        datasets.append(dataset)
        tables.append(_panel(subject, axes, variant, found, dataset))
        names = feature_names(subject, variant)
        if number >= len(grids) - across:
            axes.set_xlabel(names[0])
        if number % across == 0:
            axes.set_ylabel(names[1])
        if len(subject.experiment.variants) > 1:
            accuracy = np.mean([record.scores["accuracy"] for record, _ in found])
            title = panel_title(subject.label(variant), f"accuracy {accuracy:.3f}", across)
            axes.set_title(title, fontsize=10.5 if across < 3 else 9.5)
    table = pd.concat(tables, ignore_index=True)
    finish(
        figure,
        subject,
        subtitle,
        notes=_notes(subject, grids, datasets),
        legend=_legend(max(datasets, key=lambda d: len(d.class_names)), table, grids),
    )
    return Drawing(figure, table)


def _shown_first(found: list[tuple[Record, Grid]]) -> list[tuple[Record, Grid]]:
    """The seed of median accuracy in front, of an even number the lower of the two; of equal ones the lowest seed."""
    ranked = sorted(found, key=lambda pair: (pair[0].scores["accuracy"], pair[0].trial.seed))
    median = ranked[(len(ranked) - 1) // 2][0].scores["accuracy"]
    shown = next(pair for pair in ranked if pair[0].scores["accuracy"] == median)
    return [shown, *(pair for pair in found if pair is not shown)]


def _extent(grid: Grid) -> tuple[float, ...]:
    return tuple(float(grid[name][end]) for name in ("x1", "x2") for end in (0, -1))


def _panel(
    subject: Subject, axes: Axes, variant: str, found: list[tuple[Record, Grid]], dataset: Dataset
) -> pd.DataFrame:
    """Draw a variant; returns the examples that are drawn."""
    (first, grid), *others = found
    signed, names = first.trial.spec.signed, dataset.class_names
    regions(axes, grid, signed=signed, names=names)
    for _, other in others:
        boundary(axes, other, signed=signed, width=0.8, colour=style.muted(), label="boundary of another seed")
    boundary(axes, grid, signed=signed, width=2.0, colour=style.text_colour(), label="boundary of the median seed")

    wrong = first.predictions.y_pred != dataset.test.y
    tables = []
    separate = not _tests_on_all(subject, variant)
    dense = _is_dense(subject, variant, dataset)
    if separate:
        most = MOST_ALONE if dense else MOST_POINTS
        tables.append(_examples(variant, "training", dataset.train, dataset.class_names, None, most=most))
        scatter(axes, dataset.train, "training", filled=True, most=most, names=names)
    if not dense:
        tables.append(_examples(variant, "test", dataset.test, dataset.class_names, wrong))
        scatter(axes, dataset.test, "test", filled=not separate, names=names)
    if wrong.any() and not dense:
        x = dataset.test.x[wrong][:MOST_POINTS]
        axes.scatter(
            x[:, 0], x[:, 1], s=110, facecolors="none", edgecolors=style.text_colour(), linewidths=1.3, zorder=5,
            label="misclassified",
        )  # fmt: skip
    axes.set_xlim(grid["x1"][0], grid["x1"][-1])
    axes.set_ylim(grid["x2"][0], grid["x2"][-1])
    axes.grid(visible=False)
    axes.spines[:].set_visible(True)
    return pd.concat(tables)


def regions(axes: Axes, grid: Grid, *, signed: bool, names: Sequence[str] = ()) -> None:
    """Shade the plane by predicted class."""
    classes = classes_over(grid, signed=signed)
    tints = np.array([style.tint(style.class_colour(k, names), 0.25) for k in range(int(classes.max()) + 1)])
    # Values belong to the middle of a pixel, so the picture reaches half a step beyond the first and the last.
    (left, right), (low, high) = _reach(grid["x1"]), _reach(grid["x2"])
    axes.imshow(tints[classes], origin="lower", extent=(left, right, low, high), aspect="auto", zorder=0)


def _reach(values: np.ndarray) -> tuple[float, float]:
    half = float(values[-1] - values[0]) / max(len(values) - 1, 1) / 2 or 0.5
    return float(values[0]) - half, float(values[-1]) + half


def boundary(axes: Axes, grid: Grid, *, signed: bool, width: float, colour: str, label: str) -> None:
    """Draw the lines between two predicted classes."""
    for lead in leads(grid, signed=signed):
        if lead.min() < 0 < lead.max():
            drawn = axes.contour(
                grid["x1"], grid["x2"], lead, levels=[0.0], colors=[colour], linewidths=width, linestyles="solid",
                zorder=2,
            )  # fmt: skip
            drawn.set_label(label)


def scatter(
    axes: Axes, examples: Examples, part: str, *, filled: bool, most: int = MOST_POINTS, names: Sequence[str] = ()
) -> None:
    """Draw the examples of a set, a colour and a shape for each class."""
    size = 34 if len(examples) <= 200 else 22 if min(len(examples), most) <= 600 else 12
    drawn = _drawn(examples, most)
    for k in np.unique(examples.y):
        x = examples.x[drawn[examples.y[drawn] == k]]
        colour = style.class_colour(int(k), names)
        axes.scatter(
            x[:, 0],
            x[:, 1],
            s=size,
            marker=style.marker(int(k)),
            facecolors=colour if filled else style.ground(),
            edgecolors=style.ground() if filled else colour,
            linewidths=0.6 if filled else 1.3,
            zorder=4,
            label=f"{part} {k}",
        )


def _drawn(examples: Examples, most: int) -> np.ndarray:
    """Rows of the examples that are drawn, evenly through the set: it may be sorted by class."""
    return np.linspace(0, len(examples) - 1, min(len(examples), most)).astype(int)


def _examples(
    variant: str, part: str, examples: Examples, names: tuple[str, ...], wrong: np.ndarray | None,
    *, most: int = MOST_POINTS,
) -> pd.DataFrame:  # fmt: skip
    rows = _drawn(examples, most)
    return pd.DataFrame(
        {
            "variant": variant,
            "set": part,
            "x1": examples.x[rows, 0],
            "x2": examples.x[rows, 1],
            "class": [names[k] for k in examples.y[rows]],
            "misclassified": pd.array([pd.NA] * len(rows) if wrong is None else wrong[rows], dtype="boolean"),
        }
    )


def feature_names(subject: Subject, variant: str) -> tuple[str, str]:
    """Axis labels: Iris says what it measures; a user's own two columns are x1 and x2."""
    spec = subject.experiment.variants[variant].dataset
    standard = spec.scale == "standard"
    names, unit = ["x1", "x2"], ""
    if isinstance(spec, Iris) and len(spec.features) == 2:
        names, unit = [name.replace("_", " ") for name in spec.features], " (cm)"
    first, second = (f"{name} (standardised)" if standard else f"{name}{unit}" for name in names)
    return first, second


def _tests_on_all(subject: Subject, variant: str) -> bool:
    """Whether the test set is all examples, and the training set so a part of it."""
    return tests_on_training(subject.experiment.variants[variant].dataset)


def _is_dense(subject: Subject, variant: str, dataset: Dataset) -> bool:
    """Whether so many test examples stand beside the training ones that they would hide the regions."""
    return not _tests_on_all(subject, variant) and len(dataset.test) > MOST_TESTED


def _legend(dataset: Dataset, table: pd.DataFrame, grids: dict[str, list[tuple[Record, Grid]]]) -> list[Artist]:
    handles: list[Artist] = class_legend(dataset.class_names)
    separate = (table["set"] == "training").any()
    tested = (table["set"] == "test").any()
    if separate and tested:
        handles += [_point("training", "o", style.muted()), _point("test", "o", style.muted(), filled=False)]
    if table["misclassified"].any():
        handles.append(_point("misclassified", "o", style.text_colour(), filled=False, size=10))
    return [*handles, *boundary_legend("median seed", several=any(len(found) > 1 for found in grids.values()))]


def class_legend(names: tuple[str, ...]) -> list[Artist]:
    """The classes' points, of at most twelve."""
    return [_point(name, style.marker(k), style.class_colour(k, names)) for k, name in enumerate(names[:12])]


def boundary_legend(shown: str, *, several: bool) -> list[Artist]:
    """The boundary of the seed that is shown in full, and where there are several the others'."""
    label = f"boundary, {shown}" if several else "boundary"
    full = Line2D([], [], color=style.text_colour(), linewidth=2.0, label=label)
    return [full, Line2D([], [], color=style.muted(), linewidth=0.8, label="other seeds")] if several else [full]


def _point(label: str, mark: str, colour: str, *, filled: bool = True, size: float = 6.5) -> Line2D:
    face = colour if filled else style.ground()
    return Line2D([], [], linestyle="", marker=mark, color=colour, markerfacecolor=face, markersize=size, label=label)


def _tested(dataset: Dataset) -> int:
    return len(dataset.test)


def _notes(subject: Subject, grids: dict[str, list[tuple[Record, Grid]]], datasets: list[Dataset]) -> list[str]:
    notes = [seeds_in_words(subject, list(grids))]
    notes.append(_regions_of(subject, grids))
    everywhere = all(_tests_on_all(subject, variant) for variant in grids)
    if len(subject.experiment.variants) > 1:
        notes.append(f"accuracy: {'all' if everywhere else 'test'} examples, mean of the seeds")
    elif everywhere:
        notes.append("tested on all examples")
    if not any(_tests_on_all(subject, variant) for variant in grids) and min(map(_tested, datasets)) > MOST_TESTED:
        fewer = any(len(d.train) > MOST_ALONE for d in datasets)
        notes.append(f"points: {f'{MOST_ALONE} ' if fewer else ''}training examples")
    elif any(max(len(d.train), len(d.test)) > MOST_POINTS for d in datasets):
        notes.append(f"at most {MOST_POINTS:,} examples of a set are drawn")
    return notes + absent_in_words(subject)


def _regions_of(subject: Subject, grids: dict[str, list[tuple[Record, Grid]]]) -> str:
    """Whose regions are shaded: the seed of median accuracy, which may be another for each variant."""
    seeds = {variant: found[0][0].trial.seed for variant, found in grids.items()}
    if all(len(found) == 1 for found in grids.values()) and len(set(seeds.values())) == 1:
        return f"regions: model of seed {next(iter(seeds.values()))}"
    if len(set(seeds.values())) == 1:
        return f"regions: the seed of median accuracy, {next(iter(seeds.values()))}"
    each = "; ".join(f"{subject.label(variant)}: {seed}" for variant, seed in seeds.items())
    return f"regions: the seed of median accuracy ({each})"
