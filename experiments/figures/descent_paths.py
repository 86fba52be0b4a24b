"""Paths of gradient descent over the error surface of two weights."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from experiments.data.datasets import Examples
from experiments.figures import style
from experiments.figures.frame import (
    HEIGHT,
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
from experiments.optimum import mean_cross_entropy, optimum
from experiments.records import Record

PER_FIGURE = 4
_STEPS = 160
"""Points along each axis of the surface."""


def draw(subject: Subject) -> dict[str, Drawing]:
    """`descent_paths`, and `descent_paths-2`, … where there are more than four variants."""
    if not subject.records:
        return {"descent_paths": nothing_completed(subject)}
    paths = {variant: _paths(records) for variant, records in subject.records.items()}
    paths = {variant: found for variant, found in paths.items() if found}
    if not paths:
        text = "The records hold no weights of a unit with two inputs: see training.snapshots."
        return {"descent_paths": sentence(subject, "Paths of gradient descent", text)}
    variants, drawings = list(paths), {}
    pages = [variants[start : start + PER_FIGURE] for start in range(0, len(variants), PER_FIGURE)]
    for number, page in enumerate(pages, start=1):
        stem = "descent_paths" if number == 1 else f"descent_paths-{number}"
        drawings[stem] = _page(subject, {variant: paths[variant] for variant in page}, paths)
    return drawings


def _paths(records: list[Record]) -> dict[int, pd.DataFrame]:
    """By seed: at (epoch or update), w1, w2, and b where the unit has one."""
    found = {}
    for record in records:
        try:
            arrays = record.snapshots
        except FileNotFoundError:
            continue
        weights = arrays.get("weights")
        if weights is not None and weights.shape[1] in (2, 3):
            columns = dict(zip(("w1", "w2", "b"), weights.T, strict=False))
            found[record.trial.seed] = pd.DataFrame({"at": arrays["at"], **columns})
    return found


def _page(
    subject: Subject, paths: dict[str, dict[int, pd.DataFrame]], everything: dict[str, dict[int, pd.DataFrame]]
) -> Drawing:
    across = 2 if len(paths) == PER_FIGURE else len(paths)
    down = -(-len(paths) // across)
    figure = new_figure(HEIGHT if down == 1 else 6.4)
    panels = figure.subplots(down, across, sharex=True, sharey=True, squeeze=False)
    reach = _reach(subject, everything)
    with_bias = False
    for number, (axes, (variant, found)) in enumerate(zip(panels.flat, paths.items(), strict=True)):
        first = next(iter(found.values()))
        with_bias = with_bias or "b" in first
        _surface(axes, subject.load(variant).train, reach, with_bias="b" in first)
        for seed, path in reversed(found.items()):
            _path(axes, path, first=path is first, number=list(found).index(seed))
        if number >= len(paths) - across:
            axes.set_xlabel("first weight")
        if number % across == 0:
            axes.set_ylabel("second weight")
        if len(subject.experiment.variants) > 1:
            axes.set_title(_title(subject, variant), fontsize=10.5)
        axes.grid(visible=False)
        axes.spines[:].set_visible(True)
    units = {_unit(subject, variant) for variant in paths}
    notes = [seeds_in_words(subject, list(paths)), "contours: mean cross-entropy of the training set"]
    notes += ["the surface is that of the best bias"] if with_bias else []
    notes += [f"a point each {units.pop()}"] if len(units) == 1 else []
    legend = [
        Line2D([], [], color=style.colour(0), marker=".", label="path of the first seed"),
        Line2D([], [], color=style.muted(), linewidth=0.8, label="other seeds"),
        Line2D([], [], linestyle="", marker="o", color=style.text_colour(), markersize=6, label="start"),
        Line2D([], [], linestyle="", marker="X", color=style.colour(1), markersize=9, label="optimum"),
    ]
    finish(figure, subject, "Paths of gradient descent", notes=[*notes, *absent_in_words(subject)], legend=legend)
    parts = [path.assign(variant=v, seed=s) for v, found in paths.items() for s, path in found.items()]
    return Drawing(figure, thinned(pd.concat(parts, ignore_index=True), ["variant", "seed"], most=100))


def _reach(subject: Subject, paths: dict[str, dict[int, pd.DataFrame]]) -> tuple[np.ndarray, np.ndarray]:
    """Axes of the surface: all paths and the optimum, with a margin."""
    walked = np.concatenate([path[["w1", "w2"]] for found in paths.values() for path in found.values()])
    variant, found = next(iter(paths.items()))
    best = optimum(*_examples(subject.load(variant).train), with_bias="b" in next(iter(found.values())))[:2]
    points = np.vstack([walked, best])
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.15 * (high - low) + 0.1
    first, second = np.linspace(low - margin, high + margin, _STEPS).T
    return first, second


def _surface(axes: Axes, train: Examples, reach: tuple[np.ndarray, np.ndarray], *, with_bias: bool) -> None:
    x, y = _examples(train)
    best = optimum(x, y, with_bias=with_bias)
    w1, w2 = np.meshgrid(*reach)
    weights = np.stack([w1.ravel(), w2.ravel()], axis=1)
    bias = best[2] if with_bias else 0.0
    cost = np.concatenate([mean_cross_entropy(part, bias, x, y) for part in np.array_split(weights, 64)])
    least = mean_cross_entropy(best[None, :2], bias, x, y)[0]
    # Distances from the least cost in a geometric row: close to the optimum the surface is flat.
    levels = least + (cost.max() - least) * np.geomspace(1e-3, 1, 14)
    axes.contour(
        *reach,
        cost.reshape(w1.shape),
        levels=levels,
        colors=[style.tint(style.muted(), 0.55)],
        linewidths=0.7,
        zorder=1,
    )
    axes.plot(best[0], best[1], marker="X", markersize=9, color=style.colour(1), linestyle="", zorder=6,
              markeredgecolor=style.ground(), markeredgewidth=0.8)  # fmt: skip


def _examples(train: Examples) -> tuple[np.ndarray, np.ndarray]:
    return train.x.astype(float), train.y.astype(int)


def _path(axes: Axes, path: pd.DataFrame, *, first: bool, number: int) -> None:
    w1, w2 = path["w1"], path["w2"]
    many = len(path) > 150
    axes.plot(
        w1, w2, color=style.colour(0) if first else style.muted(), linewidth=(0.7 if many else 1.4) if first else 0.6,
        marker="." if first and not many else None, markersize=5, alpha=1.0 if first else 0.6, zorder=4 if first else 2,
    )  # fmt: skip
    axes.plot(w1.iloc[0], w2.iloc[0], marker="o", markersize=6, color=style.text_colour(), linestyle="", zorder=5)


def _unit(subject: Subject, variant: str) -> str:
    training = subject.experiment.variants[variant].training
    chosen = training.snapshots if training is not None else None
    if chosen is None or chosen.every is None:
        return "epoch chosen"
    word = chosen.of.removesuffix("s")
    return word if chosen.every == 1 else f"{chosen.every} {word}s"


def _title(subject: Subject, variant: str) -> str:
    training = subject.experiment.variants[variant].training
    if training is None or variant in subject.experiment.spec.labels:
        return subject.label(variant)
    return f"{variant}: {training.batch_size} a batch"
