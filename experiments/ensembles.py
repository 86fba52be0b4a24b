"""The networks of all seeds as one: the mean of their probabilities."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from experiments.derived import class_probabilities
from experiments.records import Record


def ensemble_table(records: Sequence[Record]) -> pd.DataFrame:
    """Judge each variant's completed trials as one network.

    Formula, with M members of probabilities p_m: the answer is argmax_k (1/M) sum_m p_m[k].

    Args:
        records: of an experiment.

    Returns:
        One row a variant with a completed trial: variant, members, errors (wrong test examples), accuracy.
    """
    members: dict[str, list[Record]] = {}
    for record in records:
        if record.outcome == "completed":
            members.setdefault(record.trial.variant, []).append(record)
    rows = []
    for variant, group in members.items():
        mean = np.mean([class_probabilities(r.predictions.outputs, r.trial.spec) for r in group], axis=0)
        wrong = mean.argmax(axis=1) != group[0].predictions.y_true
        rows.append(
            {"variant": variant, "members": len(group), "errors": int(wrong.sum()), "accuracy": 1 - float(wrong.mean())}
        )
    return pd.DataFrame(rows, columns=["variant", "members", "errors", "accuracy"])
