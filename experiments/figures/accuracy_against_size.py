"""Test accuracy against the number of training examples: a line a model, its variants put together."""

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullFormatter, NullLocator

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
from experiments.summary import bounds, interval

NAMES = {
    "logistic_regression": "logistic regression",
    "random_forest": "random forest",
    "svm": "support vector machine",
    "mlp": "fully connected network",
    "cnn": "convolutional network",
    "perceptron": "perceptron",
}


def draw(subject: Subject) -> dict[str, Drawing]:
    """`accuracy_against_size`, of every variant."""
    if not subject.records:
        return {"accuracy_against_size": nothing_completed(subject)}
    table = by_size(subject)
    if table["training_examples"].nunique() < 2:
        text = "All variants were trained on as many examples, so there is no line to draw."
        return {"accuracy_against_size": Drawing(sentence(subject, "Accuracy against size", text).figure, table)}
    return {"accuracy_against_size": _page(subject, table)}


def by_size(subject: Subject) -> pd.DataFrame:
    """One row a variant: model, training_examples, variant, n, mean, low, high (95 % interval), median fit_seconds."""
    rows = []
    for variant, records in subject.records.items():
        found = interval(pd.Series([r.scores["accuracy"] for r in records]), bounds("accuracy"))
        seconds = pd.Series([r.environment["seconds"]["fit"] for r in records])
        rows.append(
            {
                "model": subject.experiment.variants[variant].model.name,
                "training_examples": records[0].environment["training_examples"],
                "variant": variant,
                "n": len(records),
                **{name: found[name] for name in ("mean", "low", "high")},
                "fit_seconds": seconds.median(),
            }
        )
    return pd.DataFrame(rows).sort_values(["model", "training_examples"], kind="stable", ignore_index=True)


def _page(subject: Subject, table: pd.DataFrame) -> Drawing:
    figure = new_figure()
    panels = figure.subplots(1, 2)
    models = [name for name in NAMES if name in set(table["model"])]
    for number, model in enumerate(models):
        rows = table[table["model"] == model]
        _line(panels[0], rows, number)
        panels[1].plot(
            rows["training_examples"], rows["fit_seconds"], color=style.colour(number), marker=style.marker(number)
        )
    panels[0].set_ylabel("test accuracy")
    panels[1].set_ylabel("seconds of training (log scale)")
    panels[1].set_yscale("log")
    panels[1].yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    panels[1].yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    panels[1].yaxis.set_minor_formatter(NullFormatter())
    sizes = sorted(set(table["training_examples"]))
    for axes in panels:
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(FixedLocator(sizes))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
        axes.set_xlabel("training examples (log scale)")
    notes = [f"bars: 95 % interval over {seeds_in_words(subject, list(subject.records))}", "time: median seed"]
    finish(
        figure, subject, "Accuracy and time against the size of the training set",
        notes=[*notes, *absent_in_words(subject)], legend=_legend(models),
    )  # fmt: skip
    return Drawing(figure, table)


def _line(axes: Axes, rows: pd.DataFrame, number: int) -> None:
    middle = rows["mean"].to_numpy()
    reach = [(middle - rows["low"].to_numpy()), (rows["high"].to_numpy() - middle)]
    axes.errorbar(
        rows["training_examples"],
        middle,
        yerr=reach,
        color=style.colour(number),
        marker=style.marker(number),
        capsize=3,
    )


def _legend(models: list[str]) -> list[Artist]:
    return [
        Line2D([], [], color=style.colour(i), marker=style.marker(i), label=NAMES[model])
        for i, model in enumerate(models)
    ]
