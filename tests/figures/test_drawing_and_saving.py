import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import get_args

import matplotlib
import pandas as pd
import pytest
from matplotlib.figure import Figure
from PIL import Image

from experiments.figures import frame, saving, style
from experiments.figures.catalogue import FIGURES, draw_figures
from experiments.figures.subject import Subject
from experiments.problems import RecordError
from experiments.spec import FigureName

ROOT = Path(__file__).parents[2]

SCRIPT = """
import hashlib, sys
from pathlib import Path
from experiments.figures import frame, saving, style
with style.applied():
    figure = frame.new_figure()
    figure.subplots().plot([1, 2], label="line é")
    for path in saving.save_figure(figure, Path(sys.argv[1]), "line"):
        print(path.name, hashlib.sha256(path.read_bytes()).hexdigest())
"""


def simple() -> Figure:
    figure = frame.new_figure()
    figure.subplots().plot([1, 2], label="line é")
    return figure


def test_the_catalogue_has_what_configs_may_ask_for():
    assert set(FIGURES) == set(get_args(FigureName))


def test_every_kind_is_written_as_png_pdf_and_csv(make_subject, mnist, tmp_path):
    subject = make_subject(mnist | {"seeds": 1})
    names = ["learning_curves", "confusion_matrix", "misclassified", "sample_grid"]
    paths = draw_figures(subject, names, tmp_path / "out")
    assert [path.name for path in paths] == [f"{n}{s}" for n in names for s in (".png", ".pdf", ".csv")]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(path.name for path in paths)
    with Image.open(paths[0]) as image:
        assert image.size == (1600, 900)


def test_figures_of_variants_that_are_no_more_are_deleted(make_subject, iris, tmp_path):
    for name in ("confusion_matrix-old.png", "confusion_matrix-old.csv", "learning_curves.png", "notes.txt"):
        (tmp_path / name).write_text("old")
    draw_figures(make_subject(iris | {"seeds": 1}), ["confusion_matrix"], tmp_path)
    assert not list(tmp_path.glob("confusion_matrix-*"))
    assert (tmp_path / "learning_curves.png").read_text() == "old"
    assert (tmp_path / "notes.txt").exists()


def test_without_a_completed_trial_the_figures_say_so(make_subject, iris, tmp_path, said):
    subject = make_subject(iris | {"seeds": 1})
    empty = Subject(subject.experiment, {}, subject.load)
    for name, draw in FIGURES.items():
        if name != "sample_grid":
            (drawing,) = draw(empty).values()
            assert "No trial of this experiment has completed" in said(drawing.figure)


def test_same_picture_same_bytes_in_any_process(tmp_path):
    runs = []
    for number, environment in enumerate(({"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "2", "SOURCE_DATE_EPOCH": "1"})):
        # A user's own settings are not to change the picture.
        settings = tmp_path / f"settings{number}" / "matplotlibrc"
        settings.parent.mkdir()
        settings.write_text(f"lines.linewidth: {5 + number}\npdf.compression: {number}\n")
        command = [sys.executable, "-W", "error", "-c", SCRIPT, str(tmp_path / str(number))]
        environment = {**os.environ, **environment, "MATPLOTLIBRC": str(settings), "PYTHONPATH": str(ROOT)}
        runs.append(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)
    assert runs[0] == runs[1]
    files = saving.save_figure(simple(), tmp_path / "here", "line")
    here = "".join(f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n" for path in files)
    assert here == runs[0]


def test_nothing_of_the_day_or_the_program_is_written(tmp_path):
    png, pdf = saving.save_figure(simple(), tmp_path, "line")
    assert b"Software" not in png.read_bytes()
    for word in (b"CreationDate", b"Producer", b"Creator", b"matplotlib"):
        assert word not in pdf.read_bytes()


def test_a_failure_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    def fail(table, path, **options):
        path.write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(pd.DataFrame, "to_csv", fail)
    (tmp_path / "line.csv").write_bytes(b"old")
    with pytest.raises(RecordError, match=r"cannot write .*line\.csv: disk full"):
        saving.save_figure(simple(), tmp_path, "line", pd.DataFrame({"a": [1]}))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["line.csv", "line.pdf", "line.png"]
    assert (tmp_path / "line.csv").read_bytes() == b"old"


def test_a_saved_figure_is_emptied_and_its_numbers_lie_beside_it(tmp_path):
    figure = simple()
    paths = saving.save_figure(figure, tmp_path / "new" / "folder", "v1.0", pd.DataFrame({"a": [1, 2.5]}))
    assert [path.name for path in paths] == ["v1.0.png", "v1.0.pdf", "v1.0.csv"]
    assert paths[2].read_text() == "a\n1\n2.5\n"
    assert not figure.axes


def test_the_style_ends_with_its_context():
    with matplotlib.rc_context({"lines.linewidth": 7.0}):
        with style.applied(dark=True):
            assert matplotlib.rcParams["lines.linewidth"] == 2.0
            assert style.ground() != "white"
        assert matplotlib.rcParams["lines.linewidth"] == 7.0


@pytest.mark.parametrize("dark", [False, True])
def test_letters_and_lines_stand_out_from_the_ground(dark):
    from matplotlib.colors import to_rgb

    def luminance(colour):
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def contrast(one, other):
        low, high = sorted((luminance(one), luminance(other)))
        return (high + 0.05) / (low + 0.05)

    with style.applied(dark=dark):
        assert contrast(style.text_colour(), style.ground()) > 12
        assert contrast(style.muted(), style.ground()) > 4.5
        assert all(contrast(colour, style.ground()) > 2 for colour in style.colours())
        assert len(set(style.colours())) == 7
        assert contrast(style.readable_on(style.colour(0)), style.colour(0)) > 3.5


def test_a_long_title_makes_the_slide_taller_and_dollars_stay_dollars(make_subject, iris, assert_laid_out):
    title = "It costs $5 or $6_x to print " + "a very long title " * 9
    subject = make_subject(iris | {"title": title.strip(), "seeds": 1})
    figure = FIGURES["confusion_matrix"](subject)["confusion_matrix"].figure
    assert_laid_out(figure)
    assert figure.texts[0].get_text().replace("\n", " ") == title.strip()
    assert not figure.texts[0].get_parse_math()


@pytest.mark.parametrize(("name", "cut"), [("automobile", "automobile"), ("species number 12", "species…ber 12")])
def test_long_names_are_cut_in_the_middle(name, cut):
    assert frame.short(name) == cut
    assert len(frame.short(name)) <= 14


def test_drawing_imports_no_learning_library_and_opens_no_window():
    script = (
        "import sys, experiments.figures.catalogue; "
        "print([m for m in ('keras', 'tensorflow', 'matplotlib.pyplot') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
