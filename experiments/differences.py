"""Variants against the first one, seed by seed: what a comparative statement rests on."""

from collections.abc import Mapping, Sequence

import pandas as pd

from experiments.loading import BASE
from experiments.summary import NO_LABELS, decimals, interval, score_columns


def paired_difference(values: "pd.Series[float]", first: "pd.Series[float]") -> dict[str, float]:
    """Mean difference of two scores over the seeds that both have, and its 95 % t interval.

    Pairing removes what the seed alone decides, so that a small difference shows with few seeds.

    Args:
        values: a variant's score, indexed by seed.
        first: that of the variant to compare with.

    Returns:
        n (pairs), difference (values - first), low, high; these two NaN for fewer than two pairs.
    """
    differences = (values - first).dropna()
    found = interval(differences)
    return {"n": len(differences), "difference": found["mean"], "low": found["low"], "high": found["high"]}


def comparison(trials: pd.DataFrame) -> pd.DataFrame:
    """Every variant against `base` (or the first variant, where base has not completed), for every score.

    Each interval is of its own difference: of twenty comparisons without any difference, one interval in the mean
    excludes zero.

    Args:
        trials: from `summary.trials_table`.

    Returns:
        Columns variant, base, score, n, difference, low, high; no rows if there is nothing to compare.
    """
    done = trials[trials["outcome"] == "completed"]
    columns = ["variant", "base", "score", "n", "difference", "low", "high"]
    variants = list(dict.fromkeys(done["variant"]))
    if len(variants) < 2:
        return pd.DataFrame(columns=columns)
    base = BASE if BASE in variants else variants[0]
    by_variant = {name: group.set_index("seed") for name, group in done.groupby("variant", sort=False)}
    rows = [
        {
            "variant": variant,
            "base": base,
            "score": score,
            **paired_difference(by_variant[variant][score].astype(float), by_variant[base][score].astype(float)),
        }
        for variant in variants
        if variant != base
        for score in score_columns(trials)
    ]
    return pd.DataFrame(rows, columns=columns)


def readable_comparison(
    table: pd.DataFrame, scores: Sequence[str], labels: Mapping[str, str] = NO_LABELS
) -> pd.DataFrame:
    """The comparison as people read it: a row a variant, a column a score, '+0.0021 [0.0010, 0.0032]'.

    Bold (Markdown) where the interval excludes zero.

    Args:
        table: from `comparison`.
        scores: the columns to show.
        labels: what variants are called, where that is not their name.
    """
    rows = []
    for variant, group in table.groupby("variant", sort=False):
        found = group.set_index("score")
        row: dict[str, object] = {"variant": labels.get(str(variant), variant), "pairs": found["n"].max()}
        for score in scores:
            row[score.replace("_", " ")] = (
                _cell(found.loc[[score]].iloc[0], decimals(score)) if score in found.index else "–"
            )
        rows.append(row)
    return pd.DataFrame(rows)


def _cell(found: "pd.Series[float]", places: int) -> str:
    difference, low, high = (float(found[name]) for name in ("difference", "low", "high"))
    if pd.isna(difference):
        return "–"
    text = f"{difference:+.{places}f}"
    if pd.isna(low):
        return text
    text += f" [{low:+.{places}f}, {high:+.{places}f}]"
    return f"**{text}**" if low > 0 or high < 0 else text
