"""Figures to files: the same bytes for the same picture, and never half a file."""

import io
from functools import partial
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure
from PIL import Image

from experiments.placing import place_file

SUFFIXES = (".png", ".pdf", ".csv")

_LONG = 1000
"""Rows from which a table says what a curve shows rather than what people read."""

# None removes what matplotlib would write of itself and of the day.
_METADATA: dict[str, dict[str, None]] = {
    ".png": {"Software": None},
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


def save_figure(
    figure: Figure, folder: Path, stem: str, table: pd.DataFrame | None = None, *, draft: bool = False
) -> list[Path]:
    """Write `<stem>.png` (twice the screen's resolution), `<stem>.pdf` and, of a table, `<stem>.csv`.

    The figure is emptied afterwards, so that a long run of figures does not fill the memory.

    Args:
        figure: what to write.
        folder: where to.
        stem: name of the files, without suffix.
        table: the numbers behind the figure.
        draft: to be looked at, not kept: no PDF, which with its fonts takes as long as its picture, and a larger PNG.

    Returns:
        The files, in that order.

    Raises:
        RecordError: a file cannot be written.
    """
    png, pdf = folder / f"{stem}.png", folder / f"{stem}.pdf"
    files = [png]
    if draft:
        place_file(png, partial(figure.savefig, format="png", metadata=_METADATA[".png"]))
    else:
        place_file(png, partial(_write_png, figure))
        place_file(pdf, partial(figure.savefig, format="pdf", metadata=_METADATA[".pdf"]))
        files.append(pdf)
    figure.clear()
    if table is not None:
        path = folder / f"{stem}.csv"
        digits = 5 if len(table) <= _LONG else 4
        place_file(path, partial(table.to_csv, index=False, float_format=f"%.{digits}g"))
        files.append(path)
    return files


def _write_png(figure: Figure, path: Path) -> None:
    """Write a PNG with 256 colours of its own: a third of the bytes, and no difference to the eye in lines and text.

    Small photographs lose some of their shades; the PDF keeps them all.
    """
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", metadata=_METADATA[".png"])
    with Image.open(drawn) as image:
        flat = image.convert("RGB").quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        flat.save(path, format="PNG", optimize=True)
