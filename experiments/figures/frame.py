"""What stands around every picture: title, legend and notes, placed so that nothing covers the data."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.text import Text

from experiments.figures import style
from experiments.figures.subject import Subject

WIDTH, HEIGHT = 8.0, 4.5
"""A slide, in inches."""

_EDGE = 0.12
_TITLE, _SUBTITLE, _NOTE = 14.0, 11.0, 9.5


@dataclass(frozen=True)
class Drawing:
    """A figure and the numbers that it shows, where it shows numbers."""

    figure: Figure
    table: pd.DataFrame | None = None


def new_figure(height: float = HEIGHT) -> Figure:
    """An empty slide. It knows nothing of pyplot, so nothing has to be closed."""
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def finish(
    figure: Figure,
    subject: Subject,
    subtitle: str,
    *,
    notes: Sequence[str] = (),
    legend: Sequence[Artist] = (),
    room: float = 2.6,
) -> None:
    """Put title, legend and notes around the panels and leave the rest of the slide to them.

    The last line tells what was not run as the config says.

    Args:
        figure: with its panels drawn.
        subject: gives the title and the last line.
        subtitle: what is shown, in one line.
        notes: what a reader has to know to read the picture, the number of seeds included.
        legend: labelled artists, as `Figure.legend` takes them; the legend lies below the panels.
        room: inches of height that the panels need; for a long title or many notes the figure grows to keep it.
    """
    title = _write(figure, subject.experiment.spec.title, fontsize=_TITLE, fontweight="bold", va="top", gid="title")
    below = _write(figure, subtitle, fontsize=_SUBTITLE, va="top", gid="subtitle")
    said = _write(figure, " · ".join(notes), fontsize=_NOTE, alpha=0.85, va="bottom", gid="notes")
    changed = _write(
        figure,
        changes_in_words(subject),
        fontsize=_NOTE,
        fontweight="bold",
        color=style.colour(1),
        va="bottom",
        gid="changed",
    )

    bottom = _EDGE
    for text in (changed, said):
        text.set_y(bottom)
        bottom += _height(figure, text)
    if legend:
        bottom += _place_legend(figure, legend, bottom + 0.03) + 0.06
    above = _EDGE + _height(figure, title) + _height(figure, below)
    height = max(float(figure.get_figheight()), bottom + room + above)
    figure.set_figheight(height)
    title.set_y(height - _EDGE)
    below.set_y(height - _EDGE - _height(figure, title))

    engine = figure.get_layout_engine()
    if isinstance(engine, ConstrainedLayoutEngine):
        low, high = bottom + 0.04, height - above - 0.03
        engine.set(rect=(0.008, low / height, 0.984, (high - low) / height), w_pad=0.06, h_pad=0.05)


def sentence(subject: Subject, subtitle: str, text: str, *, notes: Sequence[str] = ()) -> Drawing:
    """A slide that says why there is nothing to see."""
    figure = new_figure()
    figure.text(0.5, 0.5, "\n".join(textwrap.wrap(text, 58)), ha="center", va="center", fontsize=14, gid="sentence")
    finish(figure, subject, subtitle, notes=notes)
    return Drawing(figure)


def nothing_completed(subject: Subject) -> Drawing:
    """The slide of an experiment without a completed trial."""
    return sentence(subject, "", "No trial of this experiment has completed, so there is nothing to draw.")


def changes_in_words(subject: Subject) -> str:
    """How the run departs from its config, if it does."""
    experiment = subject.experiment
    parts = []
    if experiment.shortened:
        parts.append(f"shortened run: {'; '.join(experiment.shortened).replace('->', '→')}")
    if experiment.overrides:
        parts.append(f"changed on the command line: {', '.join(experiment.overrides)}")
    return " · ".join(parts)


def seeds_in_words(subject: Subject, variants: Sequence[str]) -> str:
    """'5 seeds', or '5 seeds (wide: 3 of 5 seeds, the others did not complete)'."""

    def of(variant: str) -> str:
        done, planned = len(subject.records[variant]), len(subject.experiment.variants[variant].seeds)
        if done < planned:
            return f"{done} of {planned} seeds, the others did not complete"
        return "1 seed" if done == 1 else f"{done} seeds"

    counts = [of(variant) for variant in variants]
    usual = max(counts, key=counts.count)
    named = zip(map(subject.label, variants), counts, strict=True)
    others = [f"{label}: {count}" for label, count in named if count != usual]
    return f"{usual} ({'; '.join(others)})" if others else usual


def absent_in_words(subject: Subject) -> list[str]:
    """A note about variants without a completed trial; those that only `reproduce-all` runs are not missed."""
    experiment = subject.experiment
    wanted = subject.only or [v for v in experiment.variants if v not in experiment.spec.extended]
    absent = [subject.label(v) for v in wanted if v not in subject.records]
    return [f"no completed trial: {', '.join(absent)}"] if absent else []


def stem_of(kind: str, variant: str, subject: Subject) -> str:
    """File name of a figure that shows one variant: the kind for the first, the variant's name after it else."""
    return kind if variant == subject.first_variant else f"{kind}-{variant}"


def of_variant(variant: str, subject: Subject) -> str:
    """' (5 epochs)' where there is more than one to tell apart."""
    return f" ({subject.label(variant)})" if len(subject.only or subject.experiment.variants) > 1 else ""


def panel_title(label: str, said: str, across: int) -> str:
    """'too simple: accuracy 0.783', in two lines where the panel of a row of `across` is too narrow for one."""
    one_line = f"{label}: {said}"
    letters = 0.087 if across < 3 else 0.079  # inches each, in bold letters of the panels' titles
    return one_line if len(one_line) * letters <= (WIDTH - 1.2) / across else f"{label}\n{said}"


def short(name: str, most: int = 14) -> str:
    """A name cut in its middle to at most so many letters; numbered names differ at the end."""
    if len(name) <= most:
        return name
    head = most // 2
    return f"{name[:head]}…{name[head + 1 - most :]}"


def thinned(table: pd.DataFrame, by: list[str], most: int = 200) -> pd.DataFrame:
    """At most about so many rows of each line, evenly, the first and the last among them: a picture shows no more.

    Args:
        table: the points of all lines, in their order.
        by: columns that tell the lines apart.
        most: rows of a line that are kept.
    """
    groups = table.groupby(by, sort=False)
    number, size = groups.cumcount(), groups[by[0]].transform("size")
    step = -(-size // most)
    return table[(number % step == 0) | (number == size - 1)].reset_index(drop=True)


def _write(figure: Figure, text: str, **look: Any) -> Text:
    """A text from the left edge, wrapped to the slide's width, its height yet to be set in inches."""
    written: Text = figure.text(
        _EDGE, 0, text, transform=figure.dpi_scale_trans, ha="left", linespacing=1.15, in_layout=False, **look
    )
    room = (figure.get_figwidth() - 2 * _EDGE) * figure.dpi
    full = written.get_window_extent().width
    if full > room:
        letters = int(len(text) * room / full * 0.95)
        written.set_text("\n".join(textwrap.wrap(text, max(letters, 10), break_on_hyphens=False)))
    return written


def _height(figure: Figure, text: Text) -> float:
    """Inches that a text takes, with a little air; none if it is empty."""
    return float(text.get_window_extent().height / figure.dpi) + 0.07 if text.get_text() else 0.0


def _place_legend(figure: Figure, handles: Sequence[Artist], inches: float) -> float:
    """Put the legend in as few rows as the width allows, read row by row; returns the inches it takes."""
    width = figure.get_figwidth()
    for rows in range(1, len(handles) + 1):
        columns = -(-len(handles) // rows)
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
        if extent.width <= (width - 2 * _EDGE) * figure.dpi or columns == 1:
            break
        legend.remove()
    return float(extent.height / figure.dpi)
