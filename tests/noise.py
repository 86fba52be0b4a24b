"""Random images without any order in them, large enough for products that a library may split over threads."""

from pathlib import Path

import numpy as np


def write_noise(path: Path) -> None:
    """1,500 training and 300 test examples of 784 features and ten classes, drawn by chance, as npz."""
    chance = np.random.default_rng(0)
    arrays = {
        f"{kind}_{part}": chance.random((n, 784), np.float32) if kind == "x" else chance.integers(0, 10, n)
        for part, n in (("train", 1500), ("test", 300))
        for kind in "xy"
    }
    np.savez(path, **arrays)
