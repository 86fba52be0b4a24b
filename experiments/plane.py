"""Points at which a trained model is asked for its outputs, so that its decisions can be drawn from the record."""

import numpy as np

from experiments.data.datasets import Dataset

MARGIN = 0.1
"""Share of the data's range that the points reach beyond it on each side."""


def plane_of(dataset: Dataset, points: int) -> tuple[dict[str, np.ndarray], np.ndarray] | None:
    """A grid over the data, where they have one or two features.

    Args:
        dataset: training and test examples span it.
        points: along each axis.

    Returns:
        The axes, `x1` and for two features `x2`, float32 (points,) each; and the grid, float32 (M, features), of which
        x1 runs fastest. None for more features, and for images.
    """
    shape = dataset.train.x.shape[1:]
    if shape not in ((1,), (2,)):
        return None
    examples = np.concatenate([dataset.train.x, dataset.test.x])
    low, high = examples.min(axis=0), examples.max(axis=0)
    margin = MARGIN * (high - low)
    axes = np.linspace(low - margin, high + margin, points, dtype=np.float32).T
    grid = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, len(axes))
    return {f"x{i}": axis for i, axis in enumerate(axes, start=1)}, grid
