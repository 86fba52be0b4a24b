"""One-hot encoding by Keras and scikit-learn, and why codes 0, 1, 2 would not do.

Lecture: Mollineda, loss function, one-hot encoding.
"""

from collections.abc import Sequence

import numpy as np

from experiments.worked._writing import number
from experiments.worked.finding import Finding


def table(values: Sequence[str]) -> Finding:
    """The slide's table: one row a value in the given order, by Keras's to_categorical and by scikit-learn.

    scikit-learn sorts its columns by name unless told the order; told, both must agree.

    Args:
        values: the values in the order of the columns.
    """
    from sklearn.preprocessing import OneHotEncoder

    from experiments.backend import keras

    rows = keras.utils.to_categorical(np.arange(len(values)), len(values)).astype(int)
    column = np.array(values, dtype=object)[:, None]
    ordered = OneHotEncoder(categories=[list(values)], sparse_output=False).fit_transform(column)
    by_name = OneHotEncoder(sparse_output=False).fit(column).categories_[0]
    steps = (
        f"columns: {', '.join(values)}",
        *(f"{value}: {' '.join(map(str, row))}" for value, row in zip(values, rows, strict=True)),
        f"scikit-learn's own order of columns would be {', '.join(by_name)}",
    )
    return Finding({"rows": rows.tolist()}, steps, bool((ordered == rows).all()))


def no_order(sizes: Sequence[int], encoding: str = "one-hot") -> Finding:
    """Whether an encoding keeps all values of a variable equally far apart, as names without numbers are.

    Args:
        sizes: how many values each variable has.
        encoding: "one-hot", or "codes" for 0, 1, 2 and so on.
    """
    steps, lengths, equal = [], [], True
    for size in sizes:
        rows = np.eye(size) if encoding == "one-hot" else np.arange(size, dtype=float)[:, None]
        pairs = np.triu_indices(size, 1)
        distances = np.linalg.norm(rows[:, None, :] - rows[None, :, :], axis=-1)[pairs]
        codes = np.abs(np.subtract.outer(np.arange(size), np.arange(size)))[pairs]
        lengths.append(rows.shape[1])
        equal = equal and bool(np.ptp(distances) < 1e-12)
        steps.append(
            f"{size} values: {encoding} distances from {number(distances.min())} to {number(distances.max())}; "
            f"codes 0 to {size - 1} lie {codes.min()} to {codes.max()} apart"
        )
    return Finding({"lengths": lengths}, tuple(steps), equal)
