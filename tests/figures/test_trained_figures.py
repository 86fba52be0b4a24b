"""The figures of trained claims, alone in a file: which claim leads where, formats, widths, missing records."""

import dataclasses
import io
import json
import re
import zlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from ruamel.yaml import YAML
from typer.testing import CliRunner

from experiments.cli import app
from experiments.evaluation import Predictions, evaluate
from experiments.figures import frame, style
from experiments.figures.catalogue import FIGURES
from experiments.figures.slides.catalogue import CATALOGUE
from experiments.figures.trained import TRAINED
from experiments.figures.trained_drawing import draw_trained, draw_trained_to_file, trained_subject
from experiments.loading import load_experiment
from experiments.planning import plan_trials
from experiments.problems import ConfigError, RecordError
from experiments.records import Result, write_record

ROOT = Path(__file__).parents[2]
CONFIGS = ROOT / "configs"


def figure_claims() -> list[str]:
    yaml = YAML(typ="safe", pure=True)
    names = ("mollineda", "pinar", "cavallaro", "hantehzadeh")
    ledgers = [yaml.load(CONFIGS / "lectures" / f"{name}.yaml") for name in names]
    return [claim["id"] for ledger in ledgers for claim in ledger["claims"] if claim["kind"] == "figure"]


@pytest.mark.slow  # four ledgers take seconds to read
def test_every_figure_of_the_lectures_has_a_function():
    without = [claim for _, _, _, claims in CATALOGUE.values() for claim in claims]
    claims = figure_claims()
    assert len(claims) == 73  # 47 without training, 23 with, and three photographs, shown as schematics
    assert len(without) == 50
    assert not set(without) & set(TRAINED)
    assert sorted([*without, *(set(TRAINED) - {"M-71"})]) == sorted(claims)


def test_every_trained_figure_is_one_that_its_experiment_publishes():
    assert len(TRAINED) == 24  # M-71 is the script whose picture is M-72
    for claim, (name, figure, variants) in TRAINED.items():
        text = (CONFIGS / f"{name}.yaml").read_text(encoding="utf-8")
        drawn = re.search(r"^figures: \[([^\]]*)\]", text, re.MULTILINE)
        assert figure in FIGURES
        assert drawn is not None
        assert figure in drawn[1].split(", "), f"{claim}: {name} publishes no {figure}"
        assert all(v == "base" or re.search(rf"^  {re.escape(v)}:", text, re.MULTILINE) for v in variants), claim


@pytest.fixture
def places(tmp_path) -> dict[str, Path]:
    """Results in which the experiment of M-72 has all the records of its base, and no other."""
    experiment = load_experiment(CONFIGS / "mnist_mlp.yaml")
    for trial in plan_trials(experiment):
        if trial.variant != "base":
            continue
        y = np.arange(40) % 10
        outputs = np.eye(10, dtype=np.float32)[y] * 0.9 + 0.01
        predictions = Predictions(y, outputs)
        scores = evaluate(predictions, 10, 0.2)
        falling = [1.0 / (epoch + 1 + trial.seed) for epoch in range(10)]
        columns = ("loss", "accuracy", "val_loss", "val_accuracy")
        history = dict.fromkeys(columns, falling) | {"seconds": [0.1] * 10}
        result = Result(
            "completed",
            {},
            scores=scores.values,
            confusion=scores.confusion,
            class_names=tuple("0123456789"),
            history=history,
            predictions=predictions,
        )
        write_record(tmp_path / "results", trial, result)
    return {"configs": CONFIGS, "results": tmp_path / "results", "cache": tmp_path}


def test_the_figure_shows_the_variants_of_the_claim_and_misses_no_other(places):
    with style.applied():
        figure = draw_trained("m-72", **places).figure
        said = " ".join(text.get_text() for text in figure.texts)
    assert "5 seeds" in said
    assert "no completed trial" not in said
    loss = figure.axes[0]
    assert [line.get_label() for line in loss.get_lines()] == ["base loss", "base val_loss"]
    assert loss.get_lines()[0].get_ydata()[0] == pytest.approx(np.mean([1 / (1 + seed) for seed in range(5)]))


def test_a_variant_that_was_asked_for_is_missed(places):
    with style.applied():
        subject = trained_subject("M-72", **places)
        assert frame.absent_in_words(subject) == []
        wider = dataclasses.replace(subject, only=("base", "epochs_5"))
        assert frame.absent_in_words(wider) == ["no completed trial: 5 epochs, decay"]


@pytest.mark.parametrize("dark", [False, True])
def test_every_format_has_the_width_that_was_asked_for(places, tmp_path, dark):
    files = {s: draw_trained_to_file("M-72", tmp_path / f"a.{s}", 12, dark, **places) for s in ("png", "pdf", "svg")}
    with Image.open(files["png"]) as image:
        assert image.width / image.info["dpi"][0] * 2.54 == pytest.approx(12, rel=0.01)
        assert image.width >= 1500
        corner = max(image.convert("RGB").getpixel((2, 2)))
        assert corner < 40 if dark else corner == 255
    box = re.search(rb"/MediaBox \[ 0 0 ([0-9.]+) ([0-9.]+)", files["pdf"].read_bytes())
    assert [float(side) / 72 * 2.54 for side in box.groups()] == pytest.approx([12, 12 * 4.5 / 8], rel=1e-3)
    head = files["svg"].read_text(encoding="utf-8")[:2000]
    width, height = (float(re.search(rf' {side}="([0-9.]+)pt"', head)[1]) for side in ("width", "height"))
    assert [width / 72 * 2.54, height / 72 * 2.54] == pytest.approx([12, 12 * 4.5 / 8], rel=1e-3)
    assert 'viewBox="0 0 576 324"' in head


def test_a_scaled_pdf_holds_the_same_picture(places, tmp_path):
    """But for one scaling in front of all strokes, which are as `savefig` has them."""

    def drawn(pdf: bytes) -> str:
        streams = re.findall(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL)
        pages = [zlib.decompress(stream) for stream in streams if stream.startswith(b"x")]
        (page,) = [page for page in pages if page.startswith(b"/DeviceRGB CS")]
        return page.decode("latin-1")

    whole = drawn(draw_trained_to_file("M-72", tmp_path / "whole.pdf", **places).read_bytes())
    half = drawn(draw_trained_to_file("M-72", tmp_path / "half.pdf", 10.16, **places).read_bytes())
    assert half.count("0.5 0 0 0.5 0 0 cm\n") == 1
    assert half.replace("0.5 0 0 0.5 0 0 cm\n", "") == whole.replace("1 0 0 1 0 0 cm\n", "", 1)
    with style.applied():
        usual = io.BytesIO()
        draw_trained("M-72", **places).figure.savefig(usual, format="pdf")
    for written in (r"\(.*?\) Tj|\[.*?\] TJ", r"[\d.]+ w\b"):  # letters, and widths of lines
        assert sorted(re.findall(written, whole)) == sorted(re.findall(written, drawn(usual.getvalue())))


def test_numbers_are_written_as_csv(places, tmp_path):
    table = pd.read_csv(draw_trained_to_file("M-72", tmp_path / "a.csv", **places))
    assert set(table["variant"]) == {"base"}
    assert table.query("measure == 'loss'")["epoch"].tolist() == list(range(1, 11))


def test_what_is_not_trained_is_told_with_the_command_that_trains_it(places, tmp_path):
    out = tmp_path / "new" / "a.pdf"
    result = CliRunner().invoke(app, ["figure", "P-38", "--out", str(out), "--results", str(places["results"])])
    assert isinstance(result.exception, RecordError)
    message = str(result.exception)
    assert message.startswith("P-38: 10 of 10 trials of early_stopping have no record")
    assert "`make early_stopping` trains them" in message
    assert not out.parent.exists()


@pytest.mark.parametrize(
    ("name", "message"),
    [("M-73", "did you mean"), ("loss_curve", "no figure of that name or claim")],
)
def test_a_claim_without_a_figure_is_refused(name, message):
    result = CliRunner().invoke(app, ["figure", name])
    assert isinstance(result.exception, ConfigError)
    assert message in str(result.exception.problems[0])


def test_the_command_draws_and_lists_trained_figures(places, tmp_path):
    out = tmp_path / "a.svg"
    done = CliRunner().invoke(app, ["figure", "m-72", "--out", str(out), "--results", str(places["results"])])
    assert done.exit_code == 0
    assert done.output.startswith("M-72 in ")
    assert out.exists()
    listed = CliRunner().invoke(app, ["figure"], env={"COLUMNS": "200"})
    assert all(claim in listed.output for claim in TRAINED)
    titles = [row["title"] for row in json.loads(CliRunner().invoke(app, ["figure", "--json"]).stdout)]
    assert "decision regions of linear_activations: linear, ReLU" in titles
