"""What holds for all of them: titles, room for every letter, proportions, one palette."""

import re
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text
from mpl_toolkits.mplot3d.axes3d import Axes3D

from experiments.figures import style
from experiments.figures.slides import page
from experiments.figures.slides.catalogue import CATALOGUE

ROOT = Path(__file__).parents[3]

CLAIMS = [
    "M-6",
    "M-8",
    "M-11",
    "M-14",
    "M-20",
    "M-24",
    "M-27",
    "M-40",
    "M-49",
    "M-51",
    "M-52",
    "M-56",
    "M-63",
    "M-84",
    "M-86",
    "M-98",
    "M-104",
    "M-110",
    "M-123",
    "P-4",
    "P-11",
    "P-12",
    "P-20",
    "P-41",
    "P-43",
    "C-2",
    "C-24",
    "C-31",
    "C-35",
    "C-43",
    "C-45",
    "C-47",
    "C-56",
    "C-61",
    "C-68",
    "C-70",
    "C-73",
    "C-85",
    "C-87",
    "C-100",
    "C-105",
    "C-120",
    "C-129",
    "H-1",
    "H-3",
    "H-12",
    "H-17",
    "H-50",
    "H-54",
    "H-57",
]
"""The claims whose picture is lost and needs no training: 47, and three photographs, shown as schematics."""

BOTH = pytest.mark.parametrize("small", [False, True], ids=["slide", "dark-8cm"])
EACH = pytest.mark.parametrize("name", CATALOGUE)


def texts_of(figure: Figure) -> list[Text]:
    """All that is written, except in the depth of three-dimensional panels."""
    solid = [text for axes in figure.axes if isinstance(axes, Axes3D) for text in axes.findobj(Text)]
    found = figure.findobj(lambda artist: isinstance(artist, Text) and artist.get_visible())
    return [text for text in found if text.get_text().strip() and not any(text is other for other in solid)]


def test_the_catalogue_shows_exactly_the_claims_that_have_a_figure_without_training():
    shown = [claim for _, _, _, claims in CATALOGUE.values() for claim in claims]
    assert sorted(shown) == sorted(CLAIMS)
    assert len(CLAIMS) == 50


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
    assert_laid_out(figure)
    boxes = [(text.get_text(), text.get_window_extent().padded(-1)) for text in texts_of(figure)]
    inside = figure.bbox.padded(2)
    for words, box in boxes:
        assert inside.x0 <= box.x0 <= box.x1 <= inside.x1, f"{words!r} is cut"
        assert inside.y0 <= box.y0 <= box.y1 <= inside.y1, f"{words!r} is cut"
    for (one, box), (other, another) in combinations(boxes, 2):
        assert not box.overlaps(another), f"{one!r} lies over {other!r}"


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
    for axes in drawn(name).figure.axes:
        if axes.axison and isinstance(axes, Axes) and not isinstance(axes, Axes3D) and axes.get_xticks().size:
            below = axes.get_xlabel() or not axes.get_xticklabels()[0].get_visible()
            shared = any(other.get_xlabel() for other in drawn(name).figure.axes)
            assert below or shared or axes.get_label() == "<colorbar>", name


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
