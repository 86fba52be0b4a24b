"""The frame of a slide's figure: how wide it is, its letters in proportion, what stands above and below its panels."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.text import Text

from experiments.figures import style
from experiments.figures.slides.catalogue import CATALOGUE

FULL_CM = 20.32
"""A whole slide: eight inches, as in the figures of experiments."""
SLIM_BELOW_CM = 14.0
"""Narrower figures are laid out anew, panels below each other, instead of being shrunk until nobody can read them."""

RED = "#D55E00"
"""The palette's red, which has another number on a dark page; only for what a slide calls red."""

_WIDE, _SLIM = 8.0, 5.2
"""Inches at which wide and slim pages are designed; a page of another width is scaled as a whole."""
_HEIGHT = 4.5
_EDGE = 0.12
_BASE = 11.0
"""Points of ordinary letters in the shared style."""
_TITLE, _SUBTITLE, _NOTE = 14.0, 11.5, 9.5
_SCALED = (
    "font.size", "axes.labelsize", "axes.titlesize", "xtick.labelsize", "ytick.labelsize", "legend.fontsize",
    "lines.linewidth", "lines.markersize", "lines.markeredgewidth", "patch.linewidth", "axes.linewidth",
    "grid.linewidth", "axes.labelpad", "axes.titlepad", "xtick.major.size", "xtick.major.width", "xtick.major.pad",
    "ytick.major.size", "ytick.major.width", "ytick.major.pad",
)  # fmt: skip


@contextmanager
def applied(*, width_cm: float | None = None, dark: bool = False) -> Iterator[None]:
    """The shared style at a width: draw and save inside this context.

    Args:
        width_cm: of the figure; a whole slide where none is given.
        dark: for dark slides.
    """
    inches = (FULL_CM if width_cm is None else width_cm) / 2.54
    scale = inches / (_SLIM if inches < SLIM_BELOW_CM / 2.54 else _WIDE)
    with style.applied(dark=dark):
        settings = matplotlib.rcParams
        for key in _SCALED:
            settings[key] *= scale
        settings["figure.figsize"] = (inches, _HEIGHT * scale)
        settings["figure.dpi"] /= min(scale, 1.0)  # a small figure is looked at from nearby
        settings["text.parse_math"] = True  # every text here is the project's own
        yield


def pt(points: float) -> float:
    """Points on a page of the design's width -> points on this page."""
    return points * _scale()


def slim() -> bool:
    """Whether panels go below each other."""
    width: float = matplotlib.rcParams["figure.figsize"][0]
    return width < SLIM_BELOW_CM / 2.54


def design_width() -> float:
    """Inches that the page is designed at; `finish` and `Sketch` measure in these."""
    return _SLIM if slim() else _WIDE


def new_page() -> Figure:
    """An empty figure. It knows nothing of pyplot, so nothing has to be closed."""
    figure = Figure(layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def panels(wide: tuple[int, int], narrow: tuple[int, int], **options: Any) -> tuple[Figure, list[Axes]]:
    """A page with its panels, row by row.

    Args:
        wide: rows and columns on a whole slide.
        narrow: rows and columns on a slim page.
        options: as `Figure.subplots` takes them.
    """
    figure = new_page()
    rows, columns = narrow if slim() else wide
    return figure, list(figure.subplots(rows, columns, squeeze=False, **options).flat)


def finish(
    figure: Figure,
    name: str,
    *,
    subtitle: str = "",
    notes: Sequence[str] = (),
    legend: Sequence[Artist] = (),
    room: tuple[float, float] = (2.9, 2.9),
) -> None:
    """Put title, legend and notes around the panels; the page grows in height until all have their room.

    Args:
        figure: with its panels drawn.
        name: in the catalogue, which has the title.
        subtitle: what is shown, in one line.
        notes: what a reader has to know to read the picture.
        legend: labelled artists; the legend lies below the panels, where it covers nothing.
        room: inches of height that the panels need on a wide page and on a slim one.
    """
    scale, edge = _scale(), pt(_EDGE)
    title = _write(figure, CATALOGUE[name][2], fontsize=pt(_TITLE), fontweight="bold", va="top", gid="title")
    below = _write(figure, subtitle, fontsize=pt(_SUBTITLE), va="top", gid="subtitle")
    said = _write(figure, " · ".join(notes), fontsize=pt(_NOTE), alpha=0.85, va="bottom", gid="notes")

    said.set_y(edge)
    bottom = edge + _height(figure, said)
    if legend:
        bottom += _place_legend(figure, legend, bottom + 0.03 * scale) + 0.08 * scale
    above = edge + _height(figure, title) + _height(figure, below)
    needed = bottom + room[slim()] * scale + above
    height = needed if slim() else max(_HEIGHT * scale, needed)
    figure.set_figheight(height)
    title.set_y(height - edge)
    below.set_y(height - edge - _height(figure, title))

    engine = figure.get_layout_engine()
    if isinstance(engine, ConstrainedLayoutEngine):
        low, high = bottom + 0.04 * scale, height - above - 0.02 * scale
        engine.set(rect=(0.008, low / height, 0.984, (high - low) / height), w_pad=0.06 * scale, h_pad=0.05 * scale)


def _scale() -> float:
    size: float = matplotlib.rcParams["font.size"]
    return size / _BASE


def _write(figure: Figure, text: str, **look: Any) -> Text:
    """A text from the left edge, in lines that fit the page, its height yet to be set; formulas are not broken."""
    edge = pt(_EDGE)
    written: Text = figure.text(
        edge, 0, text, transform=figure.dpi_scale_trans, ha="left", linespacing=1.2, in_layout=False, **look
    )
    room = (figure.get_figwidth() - 2 * edge) * figure.dpi * 0.97  # other resolutions round letters otherwise
    if not text or written.get_window_extent().width <= room:
        return written
    lines, line = [], ""
    for word in re.findall(r"(?:\$[^$]*\$|\S)+", text):
        longer = f"{line} {word}".strip()
        written.set_text(longer)
        if line and written.get_window_extent().width > room:
            lines.append(line)
            line = word
        else:
            line = longer
    written.set_text("\n".join([*lines, line]))
    return written


def _height(figure: Figure, text: Text) -> float:
    """Inches that a text takes, with a little air; none if it is empty."""
    return float(text.get_window_extent().height / figure.dpi) + pt(0.09) if text.get_text() else 0.0


def _place_legend(figure: Figure, handles: Sequence[Artist], inches: float) -> float:
    """Put the legend in as few rows as the width allows, read row by row; returns the inches it takes."""
    width = figure.get_figwidth()
    for columns in range(len(handles), 0, -1):
        legend = figure.legend(
            # matplotlib fills columns, people read rows
            handles=[handle for first in range(columns) for handle in handles[first::columns]],
            loc="lower center",
            bbox_to_anchor=(width / 2, inches),
            bbox_transform=figure.dpi_scale_trans,
            ncols=columns,
            borderaxespad=0,
            borderpad=0,
        )
        extent = legend.get_window_extent()
        if extent.width <= (width - 2 * pt(_EDGE)) * figure.dpi or columns == 1:
            return float(extent.height / figure.dpi)
        legend.remove()
    return 0.0
