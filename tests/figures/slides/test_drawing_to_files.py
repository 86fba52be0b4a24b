"""A figure alone in a file, and the command that draws it."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image
from typer.testing import CliRunner

from experiments.cli import app
from experiments.data import sources
from experiments.data.errors import DataError
from experiments.figures.slides import catalogue, commands, drawing
from experiments.figures.slides.catalogue import CATALOGUE, resolve
from experiments.figures.slides.drawing import centimetres, draw_to_file
from experiments.problems import ConfigError, RecordError
from tests.figures.slides.conftest import made_up_mnist


def test_each_format_has_the_width_that_was_asked_for(tmp_path):
    with Image.open(draw_to_file("C-45", tmp_path / "new" / "figure.png", width_cm=8)) as image:
        inches = image.width / image.info["dpi"][0]
        assert inches * 2.54 == pytest.approx(8, rel=0.01)
        assert image.width >= 1000
    pdf = draw_to_file("xor_points", tmp_path / "figure.pdf", width_cm=8).read_bytes()
    assert pdf.startswith(b"%PDF")
    points = re.search(rb"/MediaBox \[ 0 0 ([0-9.]+)", pdf)
    assert points
    assert float(points[1]) / 72 * 2.54 == pytest.approx(8, rel=1e-3)
    assert b"CreationDate" not in pdf
    svg = draw_to_file("c-45", tmp_path / "figure.SVG", width_cm=8).read_text(encoding="utf-8")
    points = re.search(r'width="([0-9.]+)pt"', svg)
    assert points
    assert float(points[1]) / 72 * 2.54 == pytest.approx(8, rel=1e-3)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["figure.SVG", "figure.pdf", "new"]


def test_without_a_width_it_fills_a_slide_and_dark_is_dark(tmp_path):
    with Image.open(draw_to_file("M-98", tmp_path / "figure.png", dark=True)) as image:
        assert image.size == (1600, 900)
        assert max(image.convert("RGB").getpixel((2, 2))) < 40


def test_the_same_figure_is_the_same_bytes(tmp_path):
    one = draw_to_file("xor_points", tmp_path / "one.svg").read_bytes()
    assert one == draw_to_file("xor_points", tmp_path / "two.svg").read_bytes()


def test_numbers_are_written_as_csv(tmp_path):
    table = pd.read_csv(draw_to_file("C-85", tmp_path / "figure.csv"))
    assert table["w"][:3].tolist() == [0.8, 0.59, 0.4745]


@pytest.mark.parametrize(
    ("name", "file", "width", "message"),
    [
        ("focal_curve", "a.pdf", None, "did you mean 'focal_curves'"),
        ("Focal-Curves", "a.pdf", None, "did you mean 'focal_curves'"),
        ("M-99", "a.pdf", None, "no figure of that name or claim"),
        ("M-98", "a.jpg", None, "ends in .png, .pdf, .svg, .csv, got 'a.jpg'"),
        ("M-98", "a", None, "ends in .png"),
        ("M-98", "a.png", 2.0, "from 5 to 100 cm, got 2"),
        ("C-87", "a.csv", None, "a schematic without numbers"),
    ],
)
def test_what_cannot_be_drawn_is_refused_and_nothing_written(name, file, width, message, tmp_path):
    with pytest.raises(ConfigError, match=re.escape(message)):
        draw_to_file(name, tmp_path / file, width)
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordError, match="cannot write"):
        draw_to_file("M-98", tmp_path / "file" / "figure.svg")


def test_every_name_and_every_claim_leads_to_its_figure():
    for name, (_, _, _, claims) in CATALOGUE.items():
        assert resolve(name) == name
        assert all(resolve(claim) == resolve(f" {claim.lower()} ") == name for claim in claims)


@pytest.mark.parametrize(
    ("text", "value"), [("8cm", 8), ("80 mm", 8), ("8", 8), ("3.15in", 8.001), (" 12.5CM ", 12.5), ("0cm", 0)]
)
def test_widths(text, value):
    assert centimetres(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["8furlongs", "", "cm", "-8cm", "1.2.3cm", "8 cm wide"])
def test_what_is_no_width(text):
    with pytest.raises(ConfigError, match="such as 8cm"):
        centimetres(text)


def test_the_command_draws_and_lists(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke
    drawn = run(app, ["figure", "C-45", "--width", "8cm"], catch_exceptions=False)
    assert drawn.exit_code == 0
    assert "xor_points in xor_points.pdf" in drawn.output
    assert Path("xor_points.pdf").read_bytes().startswith(b"%PDF")
    listed = run(app, ["figure"], catch_exceptions=False)
    assert all(name in listed.output for name in CATALOGUE)
    rows = json.loads(run(app, ["figure", "--json"], catch_exceptions=False).stdout)
    assert {"figure": "xor_points", "claims": ["C-45"], "title": CATALOGUE["xor_points"][2]} in rows
    assert {*CATALOGUE, "M-72"} <= {row["figure"] for row in rows}
    drawn = run(app, ["figure", "C-45", "--out", "a.csv", "--json"], catch_exceptions=False)
    assert json.loads(drawn.stdout) == {"figure": "xor_points", "file": "a.csv"}
    with pytest.raises(ConfigError, match="did you mean"):
        run(app, ["figure", "xor_point"], catch_exceptions=False)


@pytest.fixture
def _three_figures(monkeypatch):
    """Of the catalogue a figure with numbers, one without, and one that shows data."""
    names = ("xor_points", "weight_chain", "mnist_digits")
    few = {name: CATALOGUE[name] for name in names}
    for module in (catalogue, commands, drawing):
        monkeypatch.setattr(module, "CATALOGUE", few)
    monkeypatch.setattr(sources, "obtain", lambda dataset, cache: made_up_mnist())


@pytest.mark.usefixtures("_three_figures")
def test_all_figures_go_to_a_folder_with_their_numbers(tmp_path):
    folder = tmp_path / "new" / "figures"
    done = CliRunner().invoke(app, ["figure", "--all", "--out", str(folder)], catch_exceptions=False)
    assert done.output.replace("\n", "") == f"3 figures in {folder}"
    stems = {"xor_points": 3, "weight_chain": 2, "mnist_digits": 3}
    files = sorted(path.name for path in folder.iterdir())
    assert files == sorted(f"{stem}.{s}" for stem, n in stems.items() for s in ("png", "pdf", "csv")[:n])
    with Image.open(folder / "xor_points.png") as image:
        assert image.width == 1600
    alone = draw_to_file("xor_points", tmp_path / "alone.csv").read_bytes()
    assert (folder / "xor_points.csv").read_bytes() == alone


@pytest.mark.usefixtures("_three_figures")
@pytest.mark.parametrize(
    ("words", "error", "message"),
    [
        (["--all"], ConfigError, "--all: expected a folder, such as --out figures"),
        (["C-45", "--all", "--out", "new"], ConfigError, "C-45: expected a figure or --all, got both"),
        (["--all", "--out", "new", "--width", "2cm"], ConfigError, "from 5 to 100 cm, got 2"),
        (["--all", "--out", "file"], RecordError, "cannot write file/mnist_digits.png"),
    ],
)
def test_all_figures_need_a_folder_that_can_be_written(words, error, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    result = CliRunner().invoke(app, ["figure", *words])
    assert isinstance(result.exception, error)
    assert message in str(result.exception)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.usefixtures("_three_figures")
def test_where_data_cannot_be_had_no_figure_is_written(tmp_path, monkeypatch):
    def offline(dataset, cache):
        raise DataError("no source of mnist answers")

    monkeypatch.setattr(sources, "obtain", offline)
    result = CliRunner().invoke(app, ["figure", "--all", "--out", str(tmp_path / "new")])
    assert isinstance(result.exception, DataError)
    assert not list(tmp_path.iterdir())
