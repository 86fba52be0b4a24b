"""What holds for all of them: titles, room for every letter, proportions, one palette."""

import re
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text
from mpl_toolkits.mplot3d.axes3d import Axes3D

from experiments.figures import style
from experiments.figures.slides import page
from experiments.figures.slides.catalogue import CATALOGUE

ROOT = Path(__file__).parents[3]

CLAIMS = {
    "M": (6, 8, 11, 14, 20, 24, 27, 40, 49, 51, 52, 56, 63, 84, 86, 98, 104, 110, 123),
    "P": (4, 11, 12, 20, 41, 43),
    "C": (2, 24, 31, 35, 43, 45, 47, 56, 61, 68, 70, 73, 85, 87, 100, 105, 120, 129),
    "H": (1, 3, 12, 17, 50, 54, 57),
}
"""The claims whose picture is lost and needs no training: 47, and three photographs, shown as schematics."""

BOTH = pytest.mark.parametrize("small", [False, True], ids=["slide", "dark-8cm"])
EACH = pytest.mark.parametrize("name", CATALOGUE)


def texts_of(figure: Figure) -> list[Text]:
    """All that is written: of the ticks' labels only those within view."""
    hidden = set()
    for axes in figure.axes:
        for axis in [axes.xaxis, axes.yaxis, *([axes.zaxis] if isinstance(axes, Axes3D) else [])]:
            low, high = sorted(axis.get_view_interval())
            for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
                hidden.add(id(tick.label2))
                if not (axes.axison and low - 1e-9 <= tick.get_loc() <= high + 1e-9):
                    hidden.add(id(tick.label1))
    found = figure.findobj(lambda artist: isinstance(artist, Text) and artist.get_visible())
    return [text for text in found if text.get_text().strip() and id(text) not in hidden]


def test_the_catalogue_shows_exactly_the_claims_that_have_a_figure_without_training():
    shown = [claim for _, _, _, claims in CATALOGUE.values() for claim in claims]
    wanted = [f"{lecture}-{number}" for lecture, numbers in CLAIMS.items() for number in numbers]
    assert sorted(shown) == sorted(wanted)
    assert len(shown) == 50


def test_names_are_file_names_and_functions():
    for name, (module, function, title, _) in CATALOGUE.items():
        assert re.fullmatch(r"[a-z0-9_]+", name)
        assert (ROOT / "experiments" / "figures" / "slides" / f"{module}.py").exists()
        assert function == name
        assert title[0].isupper()
        assert not title.endswith(".")


def test_the_catalogue_imports_no_matplotlib():
    script = (
        "import sys, experiments.figures.slides.catalogue, experiments.figures.slides.commands; "
        "print([m for m in ('matplotlib', 'sklearn', 'keras', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@BOTH
@EACH
def test_nothing_written_lies_over_anything_else_written(name, small, drawn, assert_laid_out):
    figure = drawn(name, small=small).figure
    solid = [axes for axes in figure.axes if isinstance(axes, Axes3D)]
    if not solid:  # the box around a three-dimensional panel is larger than what is drawn in it
        assert_laid_out(figure)
    inside = figure.bbox.padded(2)
    # Of an annotation its letters, not its arrow.
    boxes = [(text, Text.get_window_extent(text).padded(-1)) for text in texts_of(figure)]
    for text, box in boxes:
        assert inside.x0 <= box.x0 <= box.x1 <= inside.x1, f"{text.get_text()!r} is cut"
        assert inside.y0 <= box.y0 <= box.y1 <= inside.y1, f"{text.get_text()!r} is cut"
        for axes in figure.axes:
            if text.axes in solid and axes not in solid:
                assert not box.overlaps(axes.bbox), f"{text.get_text()!r} reaches into another panel"
    for (one, box), (other, another) in combinations(boxes, 2):
        assert not box.overlaps(another), f"{one.get_text()!r} lies over {other.get_text()!r}"


@BOTH
@EACH
def test_the_title_is_the_catalogues_and_legends_lie_outside_panels(name, small, drawn):
    figure = drawn(name, small=small).figure
    (title,) = [text for text in figure.texts if text.get_gid() == "title"]
    assert title.get_text().replace("\n", " ") == CATALOGUE[name][2]
    assert all(axes.get_legend() is None for axes in figure.axes)


@BOTH
@EACH
def test_letters_can_be_read_at_their_size(name, small, drawn):
    figure = drawn(name, small=small).figure
    sizes = [text.get_fontsize() for text in texts_of(figure)]
    assert min(sizes) >= (4.7 if small else 8.4)
    assert figure.get_figwidth() == pytest.approx(8 / 2.54 if small else 8)
    if not small:
        assert figure.get_figheight() <= 4.6  # a slide has 4.5


@EACH
def test_on_a_dark_slide_nothing_is_written_in_dark_letters(name, drawn):
    figure = drawn(name, small=True).figure
    with style.applied(dark=True):
        palette = {to_hex(colour) for colour in [*style.colours(), style.text_colour(), style.muted(), page.RED]}
        ground = to_rgb(style.ground())
    assert to_rgb(figure.get_facecolor()) == ground
    # On bars and cells letters are black or white, as the ground beneath them asks.
    for text in texts_of(figure):
        colour = to_hex(text.get_color())
        assert colour in palette | {"#ffffff"} or (colour == "#000000" and text.axes is not None)


@EACH
def test_panels_name_their_axes(name, drawn):
    figure = drawn(name).figure
    panels = [axes for axes in figure.axes if axes.axison and axes.get_label() != "<colorbar>"]
    if not panels or name in ("iris_pairs", "softmax_columns"):  # these say in other places what they show
        return
    for columns in {axes.get_subplotspec().colspan.start for axes in panels}:
        column = [axes for axes in panels if axes.get_subplotspec().colspan.start == columns]
        assert column[-1].get_xlabel(), "the lowest panel of a column names what goes right"
    assert any(axes.get_ylabel() for axes in panels) or name == "mnist_digits"


@EACH
def test_numbers_behind_a_figure_are_all_there(name, drawn):
    table = drawn(name).table
    if table is None:
        assert CATALOGUE[name][0] in ("flows", "neurons"), "only schematics have no numbers"
        return
    assert isinstance(table, pd.DataFrame)
    assert len(table)
    if name != "mnist_digits":  # two panels with columns of their own
        assert not table.isna().any().any()
    pd.testing.assert_frame_equal(table, drawn(name, small=True).table)
