"""Records -> tables: every trial, every epoch, and mean, deviation and interval of each variant."""

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import pandas as pd
from scipy.special import stdtrit  # scipy.stats would take a second to import

from experiments.derived import derived_scores
from experiments.records import Record
from metrics import latex

CONFIDENCE = 0.95

NO_LABELS: Mapping[str, str] = MappingProxyType({})
"""Every variant is read by its name."""

IN_TRAINING = ("train_accuracy", "train_loss")
"""Scores that records from before they were taken lack; the columns are there all the same."""

NO_SCORES = ("variant", "seed", "outcome", "epochs", "parameters", "fit_seconds", "engine", "id", "error")
"""Columns of `trials_table` that say what a trial was, not how well it did."""

_SIGNED = ("cohen_kappa", "matthews_correlation", "generalisation_gap")
_COUNTS = ("errors", "epochs_to_level", "epochs", "updates")
_DISTANCES = (
    "calibration_gap", "distance_to_optimum", "gradient_noise", "mean_squared_error",
    "mean_absolute_error", "largest_error",
)  # fmt: skip
_SHARES = (
    "accuracy", "balanced_accuracy", "macro_precision", "macro_recall", "macro_f1", "f1_of_macro_averages", "micro_f1",
    "weighted_f1", "train_accuracy", "minority_recall", "majority_recall", "minority_probability",
    "majority_probability",
)  # fmt: skip


def bounds(score: str) -> tuple[float, float]:
    """The least and the greatest value that a score can have."""
    if score in _SHARES or score.startswith("class_accuracy_"):
        return 0.0, 1.0
    if score in _SIGNED:
        return -1.0, 1.0
    if score == "r_squared":
        return -math.inf, 1.0
    return (0.0, math.inf) if score in (*_COUNTS, *_DISTANCES) else (-math.inf, math.inf)


def decimals(score: str) -> int:
    """Digits after the point in tables: one for means of counts, else four."""
    return 1 if score in _COUNTS else 4


def trials_table(records: Sequence[Record]) -> pd.DataFrame:
    """One row a trial: variant, seed, outcome, every score, epochs, parameters, seconds, engine, id, error."""
    rows = []
    for record in records:
        environment = record.environment
        rows.append(
            {
                "variant": record.trial.variant,
                "seed": record.trial.seed,
                "outcome": record.outcome,
                **record.scores,
                **{name: record.scores.get(name, math.nan) for name in IN_TRAINING},
                **derived_scores(record),
                "epochs": environment.get("epochs"),
                "parameters": environment.get("parameters"),
                "fit_seconds": environment.get("seconds", {}).get("fit"),
                "engine": environment.get("engine"),
                "id": record.trial.id,
                "error": record.error,
            }
        )
    table = pd.DataFrame(rows)
    scores = score_columns(table)  # a failed first trial knows no scores, and would put them last
    table = table[[*NO_SCORES[:3], *scores, *NO_SCORES[3:]]]
    counts = [column for column in ("parameters", *_COUNTS) if column in table]
    return table.astype(dict.fromkeys(counts, "Int64"))


def score_columns(trials: pd.DataFrame) -> list[str]:
    """The columns of `trials_table` that are scores."""
    return [str(column) for column in trials if column not in NO_SCORES]


def history_table(records: Sequence[Record]) -> pd.DataFrame:
    """One row an epoch of a trial: variant, seed, epoch, loss, accuracy, val_loss, val_accuracy, seconds."""
    parts = []
    for record in records:
        if record.outcome == "failed":
            continue
        part = record.history.copy()
        part.insert(0, "variant", record.trial.variant)
        part.insert(1, "seed", record.trial.seed)
        parts.append(part)
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def confusion_counts(records: Sequence[Record]) -> pd.DataFrame:
    """One row a cell of each variant: variant, seeds, true, predicted, count (the seeds' matrices added up)."""
    tables = []
    for variant in dict.fromkeys(record.trial.variant for record in records):
        done = [r for r in records if r.trial.variant == variant and r.outcome == "completed"]
        if done:
            count, names = np.sum([r.confusion for r in done], axis=0), done[0].class_names
            size = len(names)
            cells = {"true": np.repeat(names, size), "predicted": np.tile(names, size), "count": count.ravel()}
            tables.append(pd.DataFrame({"variant": variant, "seeds": len(done), **cells}))
    columns = ["variant", "seeds", "true", "predicted", "count"]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns)


def summarise(trials: pd.DataFrame, scores: Sequence[str]) -> pd.DataFrame:
    """Mean, standard deviation and 95 % confidence interval of the mean, by variant.

    Formula, with n completed trials of mean m and sample deviation s (n - 1 in the denominator):

        m +- t(0.975, n - 1) * s / sqrt(n)

    With one trial, deviation and interval are empty: one run says nothing about the next. An interval is cut where the
    score itself ends: no mean accuracy is above 1, so the cut interval holds it just as often.

    Args:
        trials: from `trials_table`.
        scores: columns to summarise.

    Returns:
        One row a variant, in the order of the trials: n, not_completed, parameters, epochs (mean), fit_seconds (median:
        the first training of a program also waits for its compiler), and for each score `<score>_mean`, `_sd`, `_low`,
        `_high`.
    """
    rows = []
    for variant, group in trials.groupby("variant", sort=False):
        done = group[group["outcome"] == "completed"]
        row = {
            "variant": variant,
            "n": len(done),
            "not_completed": len(group) - len(done),
            "parameters": done["parameters"].max(),
            "epochs": done["epochs"].mean(),
            "fit_seconds": done["fit_seconds"].median(),
        }
        for score in scores:
            values = done[score] if score in done else pd.Series(dtype=float)
            row |= {f"{score}_{name}": value for name, value in interval(values, bounds(score)).items()}
        rows.append(row)
    return pd.DataFrame(rows)


def interval(values: "pd.Series[float]", within: tuple[float, float] = (-math.inf, math.inf)) -> dict[str, float]:
    """Mean, sample deviation, and 95 % t interval of the mean of some values, the interval cut to lie `within`."""
    values = values.dropna().astype(float)
    n, mean, sd = len(values), values.mean(), values.std(ddof=1)
    half = stdtrit(n - 1, (1 + CONFIDENCE) / 2) * sd / math.sqrt(n) if n > 1 else math.nan
    least, greatest = within
    # In this order NaN stays NaN.
    return {"mean": mean, "sd": sd, "low": max(float(mean - half), least), "high": min(float(mean + half), greatest)}


def readable(summary: pd.DataFrame, scores: Sequence[str], labels: Mapping[str, str] = NO_LABELS) -> pd.DataFrame:
    """The summary as people read it: one text column a score, '0.9101 ± 0.0004 [0.9096, 0.9106]'.

    Args:
        summary: from `summarise`.
        scores: the columns to show.
        labels: what variants are called, where that is not their name.
    """
    table = labelled(summary[["variant", "n"]], labels)
    if summary["not_completed"].any():
        table["not completed"] = summary["not_completed"]
    table["parameters"] = [f"{p:,}" if pd.notna(p) else "–" for p in summary["parameters"]]
    for score in scores:
        columns = (summary[f"{score}_{part}"] for part in ("mean", "sd", "low", "high"))
        table[score.replace("_", " ")] = [_cell(*v, places=decimals(score)) for v in zip(*columns, strict=True)]
    table["seconds a seed"] = [f"{s:.1f}" if pd.notna(s) else "–" for s in summary["fit_seconds"]]
    return table


def labelled(table: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    """A table with labels in its column `variant`; names without a label stay."""
    names = [labels.get(str(name), str(name)) for name in table["variant"]]
    return table.assign(variant=pd.Series(names, index=table.index, dtype=object))


def _cell(mean: float, sd: float, low: float, high: float, *, places: int) -> str:
    if pd.isna(mean):
        return "–"
    if pd.isna(sd):
        return f"{mean:.{places}f}"
    return f"{mean:.{places}f} ± {sd:.{places}f} [{low:.{places}f}, {high:.{places}f}]"


def to_markdown(table: pd.DataFrame) -> str:
    """A GitHub table; text columns left, numbers right."""
    head = "| " + " | ".join(map(str, table.columns)) + " |"
    rule = "|" + "|".join("---" if i == 0 else "---:" for i in range(table.shape[1])) + "|"
    rows = ["| " + " | ".join(str(v).replace("|", r"\|") for v in row) + " |" for row in table.itertuples(index=False)]
    return "\n".join([head, rule, *rows]) + "\n"


def to_latex(table: pd.DataFrame) -> str:
    """A booktabs table, ready for an input command."""
    body = [latex.row([str(v) for v in row]) for row in [list(table.columns), *table.itertuples(index=False)]]
    columns = "l" + "r" * (table.shape[1] - 1)
    lines = [rf"\begin{{tabular}}{{{columns}}}", r"\toprule", body[0], r"\midrule", *body[1:], r"\bottomrule"]
    return "\n".join([*lines, r"\end{tabular}"]) + "\n"
