"""The figure of a trained claim, alone in a file, from the records of its experiment."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pandas as pd
from matplotlib.backends.backend_pdf import Op, PdfFile, RendererPdf
from matplotlib.figure import Figure

from experiments.figures import style
from experiments.figures.catalogue import FIGURES
from experiments.figures.frame import WIDTH, Drawing
from experiments.figures.slides.drawing import METADATA, checked_suffix
from experiments.figures.subject import Subject
from experiments.figures.trained import resolve_trained
from experiments.loading import load_experiment
from experiments.paths import find_config
from experiments.placing import place_file
from experiments.planning import find_finished, plan_trials
from experiments.problems import ConfigError, Problem, RecordError
from experiments.publishing import subject_of

_CM = 2.54


def draw_trained_to_file(
    claim: str,
    out: Path,
    width_cm: float | None = None,
    dark: bool = False,
    *,
    configs: Path,
    results: Path,
    cache: Path,
) -> Path:
    """Draw the figure of a trained claim alone.

    Another width makes the same picture larger or smaller as a whole, letters included.

    Args:
        claim: such as M-72.
        out: the file; .png, .pdf and .svg are pictures, .csv has the numbers behind the picture.
        width_cm: of the picture; a whole slide (20.32 cm) where none is given.
        dark: for dark slides.
        configs: the folder of configs.
        results: the folder of results, with the run folders.
        cache: the folder of fetched data, for figures that show some.

    Returns:
        The file written.

    Raises:
        ConfigError: no such figure, a format or width that cannot be drawn, or numbers that a figure has not.
        RecordError: the experiment is not trained, or the file cannot be written.
        DataError: the figure shows data that cannot be had.
    """
    suffix = checked_suffix(out, width_cm)
    with style.applied(dark=dark):
        drawing = draw_trained(claim, configs=configs, results=results, cache=cache)
        if suffix == ".csv" and drawing.table is None:
            message = f"the figure of {claim} has no numbers of its own; expected .png, .pdf or .svg"
            raise ConfigError([Problem("command line", None, "--out", message)])
        scale = 1.0 if width_cm is None else width_cm / _CM / WIDTH
        place_file(out, partial(_write, drawing.figure, drawing.table, suffix, scale))
    return out


def draw_trained(claim: str, *, configs: Path, results: Path, cache: Path) -> Drawing:
    """The figure of a trained claim; to be called inside `style.applied`.

    Raises:
        ConfigError: no trained figure shows this claim.
        RecordError: a trial that it shows is not trained.
        DataError: the figure shows data that cannot be had.
    """
    _, figure, _ = resolve_trained(claim)
    drawings = FIGURES[figure](trained_subject(claim, configs=configs, results=results, cache=cache))
    return next(iter(drawings.values()))


def trained_subject(claim: str, *, configs: Path, results: Path, cache: Path) -> Subject:
    """The experiment of a claim with the records that its figure shows; raises as `draw_trained` does."""
    name, _, shown = resolve_trained(claim)
    experiment = load_experiment(find_config(name, configs))
    planned = plan_trials(experiment)
    trials = [trial for variant in shown for trial in planned if trial.variant == variant]
    found = [find_finished(results, trial) for trial in trials]
    records = [record for record in found if record is not None]
    missing = len(trials) - len(records)
    if missing:
        raise RecordError(
            f"{claim}: {missing} of {len(trials)} trials of {name} have no record in {results}; "
            f"`make {name}` trains them"
        )
    subject = subject_of(experiment, records, results, cache)
    in_order = {variant: subject.records[variant] for variant in shown if variant in subject.records}
    return replace(subject, records=in_order, only=shown)


def _write(figure: Figure, table: pd.DataFrame | None, suffix: str, scale: float, path: Path) -> None:
    """Fill a file; what is drawn is `scale` times as wide and high as the figure was laid out."""
    if suffix == ".csv" and table is not None:
        table.to_csv(path, index=False, float_format="%.6g")
    elif suffix == ".pdf":
        _write_pdf(figure, scale, path)
    else:
        # As many pixels for a small picture, which is looked at from nearby; more for a poster.
        dpi = figure.dpi * max(scale, 1.0)
        more = {"pil_kwargs": {"dpi": (dpi / scale, dpi / scale)}} if suffix == ".png" else {}
        figure.savefig(path, format=suffix[1:], dpi=dpi, metadata=METADATA[suffix], **more)
        if suffix == ".svg" and scale != 1:
            _resize_svg(figure, scale, path)


def _write_pdf(figure: Figure, scale: float, path: Path) -> None:
    """As `savefig` does, which cannot scale, with one scaling in front of all that is drawn."""
    shown_dpi = figure.dpi
    figure.draw_without_rendering()
    figure.set_layout_engine("none")  # as laid out at the resolution of the other formats
    figure.dpi = 72  # a PDF's own unit
    width, height = figure.get_size_inches()
    file = PdfFile(path, metadata=METADATA[".pdf"])
    try:
        file.newPage(width * scale, height * scale)
        file.width, file.height = width, height  # lines are cut at these, before they are scaled
        file.output(scale, 0, 0, scale, 0, 0, Op.concat_matrix)
        renderer = RendererPdf(file, shown_dpi, height, width)
        figure.draw(renderer)
        renderer.finalize()
        file.finalize()
    finally:
        file.close()
        figure.dpi = shown_dpi


def _resize_svg(figure: Figure, scale: float, path: Path) -> None:
    """The view box keeps the coordinates; only the size on the page changes."""
    text = path.read_text(encoding="utf-8")
    for side, inches in zip(("width", "height"), figure.get_size_inches(), strict=True):
        start = text.index(f' {side}="')
        end = text.index('"', start + len(side) + 3)
        text = f'{text[:start]} {side}="{72 * inches * scale:g}pt{text[end:]}'
    path.write_text(text, encoding="utf-8")
