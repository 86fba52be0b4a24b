"""Records -> tables: every trial, every epoch, and mean, deviation and interval of each variant."""

import math
from collections.abc import Sequence

import pandas as pd
from scipy import stats

from experiments.records import Record

CONFIDENCE = 0.95


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
                "epochs": environment.get("epochs"),
                "parameters": environment.get("parameters"),
                "fit_seconds": environment.get("seconds", {}).get("fit"),
                "engine": environment.get("engine"),
                "id": record.trial.id,
                "error": record.error,
            }
        )
    table = pd.DataFrame(rows)
    return table.astype({"epochs": "Int64", "parameters": "Int64"})


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


def summarise(trials: pd.DataFrame, scores: Sequence[str]) -> pd.DataFrame:
    """Mean, standard deviation and 95 % confidence interval of the mean, by variant.

    Formula, with n completed trials of mean m and sample deviation s (n - 1 in the denominator):

        m +- t(0.975, n - 1) * s / sqrt(n)

    With one trial, deviation and interval are empty: one run says nothing about the next.

    Args:
        trials: from `trials_table`.
        scores: columns to summarise.

    Returns:
        One row a variant, in the order of the trials: n, not_completed, parameters, epochs, fit_seconds (means), and
        for each score `<score>_mean`, `_sd`, `_low`, `_high`.
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
            "fit_seconds": done["fit_seconds"].mean(),
        }
        for score in scores:
            values = done[score] if score in done else pd.Series(dtype=float)
            row |= {f"{score}_{name}": value for name, value in interval(values).items()}
        rows.append(row)
    return pd.DataFrame(rows)


def interval(values: "pd.Series[float]") -> dict[str, float]:
    """Mean, sample deviation, and 95 % t interval of the mean of some values."""
    values = values.dropna()
    n, mean, sd = len(values), values.mean(), values.std(ddof=1)
    half = stats.t.ppf((1 + CONFIDENCE) / 2, n - 1) * sd / math.sqrt(n) if n > 1 else math.nan
    return {"mean": mean, "sd": sd, "low": mean - half, "high": mean + half}


def readable(summary: pd.DataFrame, scores: Sequence[str]) -> pd.DataFrame:
    """The summary as people read it: one text column a score, '0.9101 ± 0.0004 [0.9096, 0.9106]'."""
    table = summary[["variant", "n"]].astype({"variant": object})
    if summary["not_completed"].any():
        table["not completed"] = summary["not_completed"]
    table["parameters"] = [f"{p:,}" if pd.notna(p) else "–" for p in summary["parameters"]]
    for score in scores:
        columns = (summary[f"{score}_{part}"] for part in ("mean", "sd", "low", "high"))
        table[score.replace("_", " ")] = [_cell(*values) for values in zip(*columns, strict=True)]
    table["seconds a seed"] = [f"{s:.1f}" if pd.notna(s) else "–" for s in summary["fit_seconds"]]
    return table


def _cell(mean: float, sd: float, low: float, high: float) -> str:
    if pd.isna(mean):
        return "–"
    if pd.isna(sd):
        return f"{mean:.4f}"
    return f"{mean:.4f} ± {sd:.4f} [{low:.4f}, {high:.4f}]"


def to_markdown(table: pd.DataFrame) -> str:
    """A GitHub table; text columns left, numbers right."""
    head = "| " + " | ".join(map(str, table.columns)) + " |"
    rule = "|" + "|".join("---" if i == 0 else "---:" for i in range(table.shape[1])) + "|"
    rows = ["| " + " | ".join(str(v).replace("|", r"\|") for v in row) + " |" for row in table.itertuples(index=False)]
    return "\n".join([head, rule, *rows]) + "\n"


_LATEX = {"&": r"\&", "%": r"\%", "_": r"\_", "#": r"\#", "$": r"\$", "±": r"$\pm$", "–": "--"}


def to_latex(table: pd.DataFrame) -> str:
    """A booktabs table, ready for an input command."""

    def cell(value: object) -> str:
        return "".join(_LATEX.get(c, c) for c in str(value))

    rows = [[cell(v) for v in row] for row in [list(table.columns), *table.itertuples(index=False)]]
    body = [" & ".join(row) + r" \\" for row in rows]
    columns = "l" + "r" * (table.shape[1] - 1)
    lines = [rf"\begin{{tabular}}{{{columns}}}", r"\toprule", body[0], r"\midrule", *body[1:], r"\bottomrule"]
    return "\n".join([*lines, r"\end{tabular}"]) + "\n"
