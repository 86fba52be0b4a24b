"""Examples as a network sees them -> pictures as people see them."""

import numpy as np

from experiments.data.datasets import Dataset
from experiments.data.errors import DataError
from experiments.data.facts import facts
from experiments.figures.subject import Subject

_SAMPLE = 10_000
"""Training examples that tell the range of each pixel; enough to have met black and white."""


def pictures(x: np.ndarray, dataset: Dataset, subject: Subject, variant: str) -> np.ndarray | None:
    """Undo flattening and scaling.

    Standardised values have lost their scale; each pixel (`standard`) or colour (`channel_standard`) is stretched so
    that its smallest training value is black and its largest white, which gives photographs back as they were.

    Returns:
        (N, H, W, 3) from 0 to 1, or None if the examples are not images.
    """
    shape = _image_shape(dataset, subject, variant)
    if shape is None:
        return None
    spec = subject.experiment.variants[variant].dataset
    images: np.ndarray = np.asarray(x, dtype=np.float32).reshape(-1, *shape)
    if spec.scale != "unit":
        low, high = _range(dataset.train.x[:_SAMPLE].reshape(-1, *shape), spec.scale)
        images = (images - low) / np.where(high > low, high - low, 1.0).astype(np.float32)
    images = np.clip(images, 0, 1)
    channels = shape[-1]
    if channels == 4:  # the fourth is opacity
        return images[..., :3]
    return images if channels == 3 else np.repeat(images.mean(axis=-1, keepdims=True), 3, axis=-1)


def _image_shape(dataset: Dataset, subject: Subject, variant: str) -> tuple[int, ...] | None:
    shape: tuple[int, ...] = dataset.train.x.shape[1:]
    if len(shape) == 1:
        spec = subject.experiment.variants[variant].dataset.model_copy(update={"flatten": False})
        try:
            shape = facts(spec, subject.experiment.path.parent).example_shape
        except DataError:
            return None
    return shape if len(shape) == 3 and np.prod(shape) == np.prod(dataset.train.x.shape[1:]) else None


def _range(sample: np.ndarray, scale: str) -> tuple[np.ndarray | float, np.ndarray | float]:
    if scale == "standard":
        return sample.min(axis=0), sample.max(axis=0)
    if scale == "channel_standard":
        return sample.min(axis=(0, 1, 2)), sample.max(axis=(0, 1, 2))
    low, high = float(sample.min()), float(sample.max())
    if low >= 0 and high <= 255:  # bytes, or a user's own shares of 1
        return 0.0, 255.0 if high > 1 else 1.0
    return low, high
