"""Figures to files: the same bytes for the same picture, and never half a file."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure
from PIL import Image

SUFFIXES = (".png", ".pdf", ".csv")

_LONG = 1000
"""Rows from which a table says what a curve shows rather than what people read."""

# None removes what matplotlib would write of itself and of the day.
_METADATA: dict[str, dict[str, None]] = {
    ".png": {"Software": None},
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


def save_figure(figure: Figure, folder: Path, stem: str, table: pd.DataFrame | None = None) -> list[Path]:
    """Write `<stem>.png` (twice the screen's resolution), `<stem>.pdf` and, of a table, `<stem>.csv`.

    The figure is emptied afterwards, so that a long run of figures does not fill the memory.

    Returns:
        The files, in that order.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for suffix, metadata in _METADATA.items():
        path = folder / (stem + suffix)
        replace(path, partial(figure.savefig, format=suffix[1:], metadata=metadata))
        files.append(path)
    replace(folder / f"{stem}.png", partial(_with_palette, folder / f"{stem}.png"))
    figure.clear()
    if table is not None:
        path = folder / f"{stem}.csv"
        digits = 5 if len(table) <= _LONG else 4
        replace(path, partial(table.to_csv, index=False, float_format=f"%.{digits}g"))
        files.append(path)
    return files


def _with_palette(source: Path, target: Path) -> None:
    """Write a PNG with 256 colours of its own: a third of the bytes, and no difference to the eye in lines and text.

    Small photographs lose some of their shades; the PDF keeps them all.
    """
    with Image.open(source) as image:
        flat = image.convert("RGB").quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        flat.save(target, format="PNG", optimize=True)


def replace(path: Path, write: Callable[[Path], object]) -> None:
    """Have `write` fill a file beside `path`, then put it in place in one step."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        write(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
