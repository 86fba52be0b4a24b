"""Facts of the Iris data as scikit-learn has them, and what the lecture's script does with them.

Lecture: Mollineda, IRIS Data Set; approximate perceptron on Setosa and Versicolor classes.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from experiments.worked._writing import number, numbers
from experiments.worked.finding import Finding


def description() -> Finding:
    """Examples, classes, examples of each class, and the measurements in their order."""
    data = _iris()
    counts = np.bincount(data.target)
    features = [name.removesuffix(" (cm)") for name in data.feature_names]
    steps = (
        f"shape of the data: {data.data.shape[0]} x {data.data.shape[1]}",
        *(f"{name}: {count} examples" for name, count in zip(data.target_names, counts, strict=True)),
        f"columns: {', '.join(data.feature_names)}",
    )
    values = {
        "examples": len(data.data),
        "classes": len(counts),
        **{str(name): int(count) for name, count in zip(data.target_names, counts, strict=True)},
        "features": features,
        "unit": "cm" if all(name.endswith("(cm)") for name in data.feature_names) else "unknown",
    }
    return Finding(values, steps)


def pairs_of_features(features: int, classes: int) -> Finding:
    """How many panels a matrix of scatter plots has off its diagonal, and how many points of each class in each.

    Args:
        features: rows and columns of the matrix.
        classes: colours.
    """
    data = _iris()
    width = data.data.shape[1]
    panels = [(i, j) for i in range(width) for j in range(width) if i != j]
    points = [np.bincount(data.target[np.isfinite(data.data[:, pair]).all(axis=1)]).tolist() for pair in panels]
    steps = (
        f"{width} x {width} - {width} = {len(panels)} panels, of which {len(panels) // 2} show another pair",
        f"points of each class in every panel: {points[0]}",
    )
    same = all(p == points[0] for p in points)
    holds = same and width == features and len(points[0]) == classes
    return Finding({"panels": len(panels), "points by class": points[0]}, steps, holds)


def first_columns(count: int) -> Finding:
    """Which measurements the first columns hold, for a script that takes data[:, :count].

    Args:
        count: how many columns the script takes.
    """
    data = _iris()
    names = [name.removesuffix(" (cm)") for name in data.feature_names[:count]]
    steps = (
        *(f"column {i}: {name}, mean {number(data.data[:, i].mean())} cm" for i, name in enumerate(names)),
        f"data[:, :{count}] is therefore ({', '.join(names)})",
    )
    return Finding({"columns": names}, steps)


def labels_for_binary_loss(classes: Sequence[str]) -> Finding:
    """Whether the labels of some classes are 0 and 1, as binary cross-entropy needs them, and what it makes of a 2.

        BCE = -(y log p + (1 - y) log(1 - p)), by Keras, which keeps p off 0 and 1 by 1e-7

    Args:
        classes: the classes whose labels the script passes on.
    """
    from experiments.backend import keras

    data = _iris()
    names = data.target_names.tolist()
    labels = sorted({int(label) for label in data.target if names[label] in classes})
    p = np.array([0.5, 0.9, 1.0])
    losses = {}
    for label in labels:
        y = np.full((3, 1), float(label), np.float32)
        value = keras.losses.binary_crossentropy(y, p[:, None].astype(np.float32))
        losses[label] = keras.ops.convert_to_numpy(value).astype(float).tolist()
    lowest = min(map(min, losses.values()))
    steps = (
        f"labels: {', '.join(map(str, labels))}",
        *(f"label {label}, p = {numbers(p)}: loss {numbers(values)}" for label, values in losses.items()),
        f"lowest loss: {number(lowest)}" + (", below 0, and lower still without the clipping" if lowest < 0 else ""),
    )
    values = {"labels": labels, "lowest loss": lowest}
    return Finding(values, steps, set(labels) <= {0, 1})


def last_rows(fraction: float, classes: Sequence[str]) -> Finding:
    """Which classes `validation_split` holds out: Keras takes the last rows, before any shuffling.

    It holds if the rows held out have every class, in the proportions of the data.

    Args:
        fraction: the validation_split of the script.
        classes: the classes whose flowers the script passes on, in the order of the data set.
    """
    data = _iris()
    names = data.target_names.tolist()
    labels = data.target[np.isin(data.target, [names.index(name) for name in classes])]
    first = int(len(labels) * (1 - fraction))
    held = {name: int((labels[first:] == names.index(name)).sum()) for name in classes}
    kept = {name: int((labels[:first] == names.index(name)).sum()) for name in classes}
    steps = (
        f"{len(labels)} rows, of which the last {len(labels) - first} are held out",
        f"trained on: {', '.join(f'{count} {name}' for name, count in kept.items())}",
        f"validated on: {', '.join(f'{count} {name}' for name, count in held.items())}",
    )
    values = {"held out": list(held.values()), "kept": list(kept.values())}
    return Finding(values, steps, len(set(held.values())) == 1)


def standardised(columns: int, ddof: int = 0) -> Finding:
    """Compare (X - mean) / std with scikit-learn's StandardScaler.

    Args:
        columns: how many of the first columns the script takes.
        ddof: what the standard deviation subtracts from N; NumPy's default is 0.
    """
    from sklearn.preprocessing import StandardScaler

    x = _iris().data[:, :columns]
    scaled = (x - np.mean(x, axis=0)) / np.std(x, axis=0, ddof=ddof)
    truth = StandardScaler().fit_transform(x)
    largest = float(np.max(np.abs(scaled - truth)))
    steps = (
        f"means {numbers(x.mean(axis=0))}, standard deviations {numbers(x.std(axis=0, ddof=ddof))}",
        f"after scaling: means {numbers(scaled.mean(axis=0).round(12))}, deviations {numbers(scaled.std(axis=0))}",
        f"largest difference to StandardScaler: {number(largest)}",
    )
    values = {"means": x.mean(axis=0).tolist(), "deviations": x.std(axis=0, ddof=ddof).tolist()}
    return Finding(values, steps, largest < 1e-12)


def _iris() -> Any:
    from sklearn.datasets import load_iris

    return load_iris()
