"""Facts of MNIST, from the verified arrays.

Lecture: Mollineda, case study, MNIST; optimization problem.
"""

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from experiments.worked._writing import number
from experiments.worked.finding import Finding


def description() -> Finding:
    """Images for training and test, classes, height and width, and whether the images are grey."""
    data = _mnist()
    x, y = data["x_train"], data["y_train"]
    classes = np.unique(y)
    grey = x.ndim == 3 and x.dtype == np.uint8 and len(np.unique(x[:1000])) > 2
    steps = (
        f"training images {x.shape}, test images {data['x_test'].shape}, {x.dtype}, one number a pixel",
        f"values {x.min()} to {x.max()}, {len(np.unique(x[:1000]))} of them in the first 1,000 images",
        f"digits {', '.join(map(str, classes))}",
        f"of each in training: {', '.join(map(str, np.bincount(y)))}",
        f"of each in the test set: {', '.join(map(str, np.bincount(data['y_test'])))}",
    )
    values = {
        "training images": len(x),
        "test images": len(data["x_test"]),
        "classes": len(classes),
        "height": x.shape[1],
        "width": x.shape[2],
        "grey": bool(grey),
        "training images by class": np.bincount(y).tolist(),
    }
    return Finding(values, steps)


def flattened(rows: int, columns: int, divisor: int) -> Finding:
    """Reshape the training images to (rows, columns), make them float32 and divide them: they must end in [0, 1].

    Args:
        rows: as the script prints it.
        columns: as the script prints it.
        divisor: as the script prints it.
    """
    x = _mnist()["x_train"]
    if rows * columns != x.size:
        misfit = f"{rows} x {columns} = {rows * columns}, but there are {x.size} pixels: no such shape"
        return Finding({"rows": len(x), "columns": x[0].size}, (misfit,), False)
    flat = x.reshape(rows, columns)
    # Division keeps the order, so the ends of the range are those of the pixels.
    ends = np.array([flat.min(), flat.max()]).astype("float32") / divisor
    steps = (
        f"{x.shape[0]} x {x.shape[1]} x {x.shape[2]} = {x.size} pixels = {rows} x {columns}",
        f"{flat.min()} / {divisor} = {number(ends[0])}, {flat.max()} / {divisor} = {number(ends[1])}, {ends.dtype}",
    )
    values = {"rows": flat.shape[0], "columns": flat.shape[1], "lowest": float(ends[0]), "highest": float(ends[1])}
    holds = ends.dtype == np.float32 and ends.tolist() == [0.0, 1.0] and rows == len(x)
    return Finding(values, steps, holds)


def pairs(highest: float = 1.0) -> Finding:
    """The training set as pairs (x, y), x in [0, highest]^inputs after division by 255, y one-hot in {0, 1}^classes.

    Args:
        highest: the printed upper end of the inputs' range.
    """
    from experiments.backend import keras

    data = _mnist()
    x, y = data["x_train"], keras.utils.to_categorical(np.asarray(data["y_train"]))
    low, high = float(x.min()) / 255, float(x.max()) / 255
    one_hot = bool(np.isin(y, (0, 1)).all() and (y.sum(axis=1) == 1).all())
    steps = (
        f"{len(x)} images of {x[0].size} pixels, between {number(low)} and {number(high)}",
        f"{len(y)} targets of {y.shape[1]} entries; every entry 0 or 1, one of them 1: {'yes' if one_hot else 'no'}",
    )
    values = {"pairs": len(x), "inputs": x[0].size, "outputs": y.shape[1]}
    return Finding(values, steps, low >= 0 and high <= highest and one_hot and len(x) == len(y))


def _mnist() -> dict[str, NDArray[np.uint8]]:
    """The arrays, memory-mapped; fetched where they are not there yet."""
    from experiments.data.sources import obtain
    from experiments.paths import project_root

    return obtain("mnist", Path(os.environ.get("RELECTURE_DATA") or project_root() / ".data"))
