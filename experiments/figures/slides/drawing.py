"""A slide's figure to a file, in the format that its name says."""

import math
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from experiments.figures.slides import page
from experiments.figures.slides.catalogue import CATALOGUE, SHOWING_FETCHED_DATA, draw_slide_figure, resolve
from experiments.placing import place_file
from experiments.problems import ConfigError, Problem

NARROWEST_CM, WIDEST_CM = 5.0, 100.0
_CM = {"cm": 1.0, "mm": 0.1, "in": 2.54, "": 1.0}

# None removes what matplotlib would write of itself and of the day.
METADATA: dict[str, dict[str, None]] = {
    ".png": {"Software": None},
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    ".svg": {"Date": None, "Creator": None},
}
SUFFIXES = (*METADATA, ".csv")


def draw_to_file(
    name_or_claim: str, out: Path, width_cm: float | None = None, dark: bool = False, *, cache: Path | None = None
) -> Path:
    """Draw a figure alone.

    Args:
        name_or_claim: a figure's name, or a claim that it shows, such as H-54.
        out: the file; .png, .pdf and .svg are pictures, .csv has the numbers behind the picture.
        width_cm: of the picture; a whole slide (20.32 cm) where none is given.
        dark: for dark slides.
        cache: the folder of fetched data, for figures that show some.

    Returns:
        The file written.

    Raises:
        ConfigError: no such figure, a format or width that cannot be drawn, or numbers that a figure has not.
        RecordError: the file cannot be written.
        DataError: the figure shows data that cannot be had.
    """
    name, suffix = resolve(name_or_claim), checked_suffix(out, width_cm)
    with page.applied(width_cm=width_cm, dark=dark):
        drawing = draw_slide_figure(name, cache=cache)
        if suffix == ".csv" and drawing.table is None:
            raise _wrong("--out", f"{name} is a schematic without numbers; expected .png, .pdf or .svg")
        if drawing.table is not None and suffix == ".csv":
            place_file(out, partial(drawing.table.to_csv, index=False, float_format="%.6g"))
        else:
            place_file(out, partial(drawing.figure.savefig, format=suffix[1:], metadata=METADATA[suffix]))
    return out


def draw_all(
    folder: Path, width_cm: float | None = None, dark: bool = False, *, cache: Path | None = None
) -> Iterator[str]:
    """Draw every figure of the catalogue into a folder.

    Of each `<name>.png` (twice the resolution of a screen), `<name>.pdf` and, where it has numbers, `<name>.csv`.

    Args:
        folder: made where it is missing; other files in it stay.
        width_cm: of the pictures; a whole slide (20.32 cm) where none is given.
        dark: for dark slides.
        cache: the folder of fetched data, for figures that show some.

    Yields:
        The name of each figure whose files are there.

    Raises:
        ConfigError: a width that cannot be drawn.
        RecordError: the folder cannot be written.
        DataError: a figure shows data that cannot be had; such figures come first, so nothing is written then.
    """
    _check_width(width_cm)
    for name in sorted(CATALOGUE, key=lambda name: name not in SHOWING_FETCHED_DATA):
        with page.applied(width_cm=width_cm, dark=dark):
            drawing = draw_slide_figure(name, cache=cache)
            for suffix in (".png", ".pdf"):
                write = partial(drawing.figure.savefig, format=suffix[1:], metadata=METADATA[suffix])
                place_file(folder / f"{name}{suffix}", write)
        if drawing.table is not None:
            place_file(folder / f"{name}.csv", partial(drawing.table.to_csv, index=False, float_format="%.6g"))
        yield name


def checked_suffix(out: Path, width_cm: float | None) -> str:
    """The format that a file's name says, in small letters.

    Raises:
        ConfigError: a format or a width that cannot be drawn.
    """
    suffix = out.suffix.lower()
    if suffix not in SUFFIXES:
        raise _wrong("--out", f"expected a file that ends in {', '.join(SUFFIXES)}, got '{out.name}'")
    _check_width(width_cm)
    return suffix


def _check_width(width_cm: float | None) -> None:
    if width_cm is not None and not NARROWEST_CM <= width_cm <= WIDEST_CM:
        raise _wrong("--width", f"expected from {NARROWEST_CM:g} to {WIDEST_CM:g} cm, got {width_cm:g}")


def centimetres(text: str) -> float:
    """'8cm', '80mm', '3.15in' or '8' -> centimetres.

    >>> centimetres("80 mm")
    8.0

    Raises:
        ConfigError: not a width.
    """
    match = re.fullmatch(r"\s*([0-9.]+)\s*(cm|mm|in|)\s*", text.lower())
    try:
        value = float(match[1]) * _CM[match[2]] if match else math.nan
    except ValueError:
        value = math.nan
    if math.isnan(value):
        raise _wrong("--width", f"expected a width such as 8cm, 80mm or 3in, got {text!r}")
    return value


def _wrong(place: str, message: str) -> ConfigError:
    return ConfigError([Problem("command line", None, place, message)])
