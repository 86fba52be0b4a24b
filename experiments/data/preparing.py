"""Scaling: statistics in float64, results in float32, in pieces so that large images need no second copy."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from experiments.aligned import empty_aligned
from experiments.data.errors import UnfitDataError

PIECE_CELLS = 1 << 16
"""Numbers handled at a time: half a megabyte of float64, which stays in the processor's cache."""


@dataclass(frozen=True)
class Scaling:
    """x -> (x - mean) / deviation, where deviation has ddof 0 and is 1 for what never varies."""

    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]


def measure(x: NDArray[Any], rows: NDArray[np.intp], scale: Literal["standard", "channel_standard"]) -> Scaling:
    """Measure mean and deviation over some rows.

    Args:
        x: (N, F) or (N, H, W, C).
        rows: the examples that count.
        scale: `standard` for each feature (of an image: each pixel and colour) on its own, as scikit-learn's
            StandardScaler; `channel_standard` for each colour over all pixels of all those examples.

    Returns:
        Arrays of one example's shape; with `channel_standard` every pixel has its colour's numbers.
    """
    # Rows of features: loops over a last axis of three colours would take five times as long.
    flat, shape = x.reshape(len(x), -1), x.shape[1:]
    colours = shape[-1] if scale == "channel_standard" else flat.shape[1]

    def each(sums: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sums of every feature -> means of what is scaled together, repeated for every feature."""
        together = sums.reshape(-1, colours)
        return np.tile(together.sum(axis=0) / (len(rows) * len(together)), len(together))

    # Counting from the first example keeps the digits of data far from zero, and makes a constant feature
    # vary by exactly nothing.
    origin = np.tile(flat[rows[0], :colours].astype(np.float64), flat.shape[1] // colours)
    total = np.zeros_like(origin)
    for piece in _pieces(flat, rows):
        piece -= origin
        total += piece.sum(axis=0)
    mean = origin + each(total)
    squares = np.zeros_like(origin)
    for piece in _pieces(flat, rows):
        piece -= mean
        squares += np.square(piece, out=piece).sum(axis=0)
    deviation = np.sqrt(each(squares))
    deviation[deviation == 0] = 1.0
    return Scaling(mean.reshape(shape), deviation.reshape(shape))


def standardised(x: NDArray[Any], scaling: Scaling, where: str) -> NDArray[np.float32]:
    """Apply a scaling: computed in float64, each result rounded once to float32.

    Raises:
        UnfitDataError: if a result is beyond float32, because the feature varies next to nothing in the examples
            that were measured; `where` names the data.
    """
    result = empty_aligned((len(x), scaling.mean.size), np.float32)
    mean, deviation = scaling.mean.reshape(-1), scaling.deviation.reshape(-1)
    start = 0
    for piece in _pieces(x.reshape(result.shape), np.arange(len(x))):
        piece -= mean
        piece /= deviation
        if max(-piece.min(), piece.max()) > np.finfo(np.float32).max:
            why = "a feature hardly varies in training"
            raise UnfitDataError(f"{where}: scaled values are too large for float32: {why}")
        result[start : start + len(piece)] = piece
        start += len(piece)
    return result.reshape(x.shape)


def refuse_unless_pixels(arrays: Sequence[NDArray[Any]], where: str) -> None:
    """Check that values are pixels from 0 to 255, before they are divided by 255.

    Raises:
        UnfitDataError: if they are not, or lie within 0 to 1 already; `where` names them.
    """
    if all(x.dtype == np.uint8 for x in arrays):
        return
    low, high = min(float(x.min()) for x in arrays), max(float(x.max()) for x in arrays)
    if low < 0 or high > 255:
        raise UnfitDataError(f"{where}: scale: unit expects pixels from 0 to 255, got {low:g} to {high:g}")
    if high <= 1 and all(x.dtype.kind == "f" for x in arrays):
        raise UnfitDataError(f"{where}: scale: unit expects pixels from 0 to 255; these are within 0 to 1 already")


def unit(x: NDArray[Any]) -> NDArray[np.float32]:
    """Divide pixels by 255 in float32, as `x.astype("float32") / 255` does, without the copy between."""
    x = np.asarray(x)
    return np.divide(x, np.float32(255), out=empty_aligned(x.shape, np.float32), dtype=np.float32, casting="same_kind")


def plain(x: NDArray[Any]) -> NDArray[np.float32]:
    """Convert to float32 and leave the values alone."""
    return np.asarray(x).astype(np.float32, order="C", copy=False)


def taken(x: NDArray[Any], rows: NDArray[np.intp]) -> NDArray[Any]:
    """Take ascending rows, as a view where they follow each other."""
    if rows[-1] - rows[0] + 1 == len(rows):
        return x[rows[0] : rows[-1] + 1]
    return x[rows]


def _pieces(flat: NDArray[Any], rows: NDArray[np.intp]) -> Iterator[NDArray[np.float64]]:
    """Yield copies of some rows at a time, free to be overwritten."""
    step = max(1, PIECE_CELLS // flat.shape[1])
    for start in range(0, len(rows), step):
        yield taken(flat, rows[start : start + step]).astype(np.float64)
