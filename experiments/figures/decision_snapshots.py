"""Decision regions after few, more and many epochs."""

import pandas as pd

from experiments.figures import style
from experiments.figures.decision_regions import (
    Grid,
    boundary,
    boundary_legend,
    class_legend,
    feature_names,
    regions,
    scatter,
)
from experiments.figures.frame import (
    HEIGHT,
    Drawing,
    finish,
    new_figure,
    nothing_completed,
    of_variant,
    seeds_in_words,
    sentence,
    stem_of,
)
from experiments.figures.subject import Subject
from experiments.records import Record

PER_FIGURE = 4


def draw(subject: Subject) -> dict[str, Drawing]:
    """`decision_snapshots` of the first variant, `decision_snapshots-<variant>` of the others."""
    if not subject.records:
        return {"decision_snapshots": nothing_completed(subject)}
    drawings = {}
    for variant, records in subject.records.items():
        stem = stem_of("decision_snapshots", variant, subject)
        album = {record.trial.seed: _pictures(record) for record in records}
        epochs = sorted({epoch for pictures in album.values() for epoch in pictures})
        if epochs:
            drawings[stem] = _page(subject, variant, album, _spread(epochs))
    if not drawings:
        text = "The records hold no snapshots over a plane: see training.snapshots."
        return {"decision_snapshots": sentence(subject, "Decision regions by epoch", text)}
    return drawings


def _pictures(record: Record) -> dict[int, Grid]:
    """By epoch: axes and outputs over the plane."""
    try:
        arrays = record.snapshots
    except FileNotFoundError:
        return {}
    if "outputs" not in arrays or "x2" not in arrays:
        return {}
    pairs = zip(arrays["at"].tolist(), arrays["outputs"], strict=True)
    return {epoch: {"x1": arrays["x1"], "x2": arrays["x2"], "outputs": outputs} for epoch, outputs in pairs}


def _spread(epochs: list[int]) -> list[int]:
    """At most PER_FIGURE of the snapshots, the first and the last among them, evenly by their number in the row."""
    if len(epochs) <= PER_FIGURE:
        return epochs
    return [epochs[round(i * (len(epochs) - 1) / (PER_FIGURE - 1))] for i in range(PER_FIGURE)]


def _page(subject: Subject, variant: str, album: dict[int, dict[int, Grid]], epochs: list[int]) -> Drawing:
    across = 2 if len(epochs) == PER_FIGURE else len(epochs)
    down = -(-len(epochs) // across)
    figure = new_figure(HEIGHT if down == 1 else 6.4)
    panels = figure.subplots(down, across, sharex=True, sharey=True, squeeze=False)
    dataset, spec = subject.load(variant), subject.experiment.variants[variant]
    train, classes = dataset.train, dataset.class_names
    names = feature_names(subject, variant)
    for number, (axes, epoch) in enumerate(zip(panels.flat, epochs, strict=True)):
        found = [(seed, pictures[epoch]) for seed, pictures in album.items() if epoch in pictures]
        (_, first), *others = found
        regions(axes, first, signed=spec.signed, names=classes)
        for _, grid in others:
            boundary(axes, grid, signed=spec.signed, width=0.8, colour=style.muted(), label="another seed")
        boundary(axes, first, signed=spec.signed, width=2.0, colour=style.text_colour(), label="first seed")
        scatter(axes, train, "training", filled=True, names=classes)
        axes.set_xlim(first["x1"][0], first["x1"][-1])
        axes.set_ylim(first["x2"][0], first["x2"][-1])
        axes.grid(visible=False)
        axes.spines[:].set_visible(True)
        gone = len(album) - len(found)
        fewer = f" ({gone} of {len(album)} seeds had stopped)" if gone else ""
        axes.set_title(("before training" if epoch == 0 else f"epoch {epoch:,}") + fewer, fontsize=10.5)
        if number >= len(epochs) - across:
            axes.set_xlabel(names[0])
        if number % across == 0:
            axes.set_ylabel(names[1])
    notes = [seeds_in_words(subject, [variant]), f"regions: network of seed {next(iter(album))}", "points: training"]
    finish(
        figure,
        subject,
        f"Decision regions by epoch{of_variant(variant, subject)}",
        notes=notes,
        legend=[*class_legend(classes), *boundary_legend("first seed", several=len(album) > 1)],
    )
    examples = pd.DataFrame(
        {
            "x1": train.x[:, 0],
            "x2": train.x[:, 1],
            "class": [classes[int(k)] for k in train.y],
        }
    )
    return Drawing(figure, examples)
