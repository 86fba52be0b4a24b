"""summary.md: the page that a reader of `results/<experiment>/` opens first."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from experiments.differences import readable_comparison
from experiments.loading import Experiment
from experiments.records import Record
from experiments.spec import ExperimentSpec
from experiments.spec.dataset import tests_on_training
from experiments.summary import labelled, readable, to_markdown

CLASS_ACCURACY = "class_accuracy_"
_NO_COLUMN = ("confusion_matrix", "class_accuracy")


def shown_scores(spec: ExperimentSpec) -> list[str]:
    """The scores of the summary's main table: those that the config names, and the loss."""
    return list(dict.fromkeys([*(name for name in spec.metrics if name not in _NO_COLUMN), "loss"]))


def tested_on(spec: ExperimentSpec) -> str:
    """Which examples the scores are of, in words."""
    if tests_on_training(spec.dataset):
        return "on all examples, those trained on included"
    return "on the test set"


def page(
    experiment: Experiment,
    records: Sequence[Record],
    summary: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
    figures: Sequence[Path],
) -> str:
    """The page's Markdown.

    Args:
        experiment: what was run.
        records: its trials.
        summary: from `summarise`.
        tables: what else is published, by file name.
        figures: files, in the order to show them.
    """
    spec = experiment.spec
    lines = [f"# {spec.title}", ""]
    if experiment.shortened:
        lines += [f"**Shortened run, not the reference:** {'; '.join(experiment.shortened)}.", ""]
    if experiment.overrides:
        lines += [f"Changed on the command line: `{' '.join(experiment.overrides)}`.", ""]
    lines += [_what(spec), "", to_markdown(readable(summary, shown_scores(spec), spec.labels))]
    for record in records:
        if record.outcome != "completed":
            trial = f"{spec.label_of(record.trial.variant)}, seed {record.trial.seed}"
            lines += [f"- {trial}: {record.outcome}: {record.error}"]
    if "comparison.csv" in tables:
        lines += _differences(tables["comparison.csv"], experiment)
    if "ensemble.csv" in tables and len(tables["ensemble.csv"]):
        ensemble = labelled(tables["ensemble.csv"], spec.labels)
        lines += ["", "All seeds as one network, by the mean of their probabilities:", ""]
        lines += [to_markdown(ensemble.assign(accuracy=ensemble["accuracy"].map("{:.4f}".format)))]
    if "class_accuracy" in spec.metrics:
        lines += _by_class(summary, spec)
    lines += ["", f"Command: `relecture run {experiment.name}{_options(experiment)}`", ""]
    lines += [f"![{path.stem.replace('_', ' ')}]({path.name})" for path in figures if path.suffix == ".png"]
    return "\n".join(lines).rstrip() + "\n"


def _what(spec: ExperimentSpec) -> str:
    where = tested_on(spec)
    level = "" if spec.accuracy_level is None else f" Epochs to level: the first {reached_in_words(spec)}."
    if len(spec.seeds) == 1:
        return f"One seed, {where}.{level}"
    return (
        f"Mean ± standard deviation over seeds and 95 % confidence interval of the mean (t), {where}. "
        f"Intervals are cut where the score itself ends (at 0 or 1); seconds are the median seed's.{level}"
    )


def reached_in_words(spec: ExperimentSpec) -> str:
    """What epochs_to_level counts up to."""
    return f"epoch with a training accuracy of at least {spec.accuracy_level:g}"


def comparable_scores(experiment: Experiment) -> list[str]:
    """The scores to set variants side by side by: not the losses, where variants have different ones."""
    scores = shown_scores(experiment.spec)
    losses = {spec.loss.model_dump_json() if spec.loss else "" for spec in experiment.variants.values()}
    return scores if len(losses) == 1 else [s for s in scores if s not in ("loss", "train_loss")]


def _differences(table: pd.DataFrame, experiment: Experiment) -> Iterator[str]:
    base = experiment.spec.label_of(table["base"].iloc[0])
    yield ""
    several = bool((table["n"] > 1).any())
    yield f"Difference to {base}, paired by seed" + (
        ", with its 95 % interval; bold where that excludes zero. All scores are in comparison.csv." if several else "."
    )
    yield ""
    yield to_markdown(readable_comparison(table, comparable_scores(experiment), experiment.spec.labels))


def _by_class(summary: pd.DataFrame, spec: ExperimentSpec) -> Iterator[str]:
    columns = [str(c) for c in summary if str(c).startswith(CLASS_ACCURACY) and str(c).endswith("_mean")]
    if not columns:
        return
    table = labelled(summary[["variant"]], spec.labels)
    for column in columns:
        number = column.removeprefix(CLASS_ACCURACY).removesuffix("_mean")
        table[number] = ["–" if pd.isna(value) else f"{value:.4f}" for value in summary[column]]
    yield ""
    yield "Accuracy by class, mean over seeds:"
    yield ""
    yield to_markdown(table)


def _options(experiment: Experiment) -> str:
    return (" --quick" if experiment.quick else "") + "".join(f" {change}" for change in experiment.overrides)
