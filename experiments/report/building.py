"""The chain: configs, ledgers and published results -> judged claims -> views -> a folder of pages."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from experiments.ledger.judging import Bench, judge_all
from experiments.ledger.loading import ledger_paths, load_ledgers
from experiments.ledger.reference import read_reference
from experiments.loading import Experiment, load_all
from experiments.paths import some_configs
from experiments.placing import placed_folder
from experiments.problems import ConfigError, Problem
from experiments.report import claims, play, printing, trained
from experiments.report.pages import LectureView, Report, render, render_for_print
from experiments.report.pictures import Pictures
from experiments.report.timings import timing_tables
from experiments.report.writing import latex_tables, markdown, verdict_table

ASSETS = Path(__file__).parent / "assets"
MARK = "report.md"
"""The file by which a folder is known to be a report, which may be replaced."""


@dataclass(frozen=True)
class Built:
    """What was made.

    Attributes:
        folder: where it lies.
        claims: how many claims its pages show.
        pages: how many pages there are.
        size: bytes of all files.
        no_pdf: why there is no PDF; empty if there is one.
        verdicts: how many claims have each verdict, as a Markdown table.
    """

    folder: Path
    claims: int
    pages: int
    size: int
    no_pdf: str
    verdicts: str


def build(configs: Path, results: Path, cache: Path, folder: Path, *, pdf: bool = True) -> Built:
    """Write the report: pages, pictures, report.md, LaTeX tables, and a PDF where a browser can print one.

    The folder is replaced as a whole, so that nothing in it is older than the rest.

    Raises:
        ConfigError: a config or ledger is wrong, or the folder is not one that a report may replace.
        RecordError: the folder cannot be written.
    """
    _refuse_to_replace(folder)
    experiments = load_all(some_configs(configs))
    with placed_folder(folder) as fresh:
        report = _gather(configs, results, cache, experiments, fresh)
        no_pdf = _write(report, fresh, pdf=pdf)
    files = [path for path in folder.rglob("*") if path.is_file()]
    pages = sum(path.suffix == ".html" for path in files)
    size, verdicts = sum(path.stat().st_size for path in files), "\n".join(verdict_table(report)) + "\n"
    return Built(folder, len(report.claims), pages, size, no_pdf, verdicts)


def _refuse_to_replace(folder: Path) -> None:
    """A report may take the place of nothing, of an empty folder, and of a report."""
    problem = ""
    if folder.exists() and not folder.is_dir():
        problem = f"{folder} is a file; expected a folder"
    elif folder.is_dir() and any(folder.iterdir()) and not (folder / MARK).is_file():
        problem = f"{folder} holds other things than a report"
    elif Path.cwd().is_relative_to(folder.resolve()):
        problem = f"{folder} is the folder you are in, which a report would replace; go to another, or name one"
    if problem:
        raise ConfigError([Problem("command line", None, "--out", problem)])


def _gather(configs: Path, results: Path, cache: Path, experiments: list[Experiment], folder: Path) -> Report:
    bench = Bench({experiment.name: experiment for experiment in experiments}, results)
    pictures = Pictures(folder, results, bench.published, cache)
    lectures = []
    for loaded in load_ledgers(ledger_paths(configs), configs):
        ledger, accepted = loaded.ledger, read_reference(results, loaded.ledger.lecture) or {}
        judged = judge_all([loaded], results)
        shown = [claims.view_of(one, accepted.get(one.claim.id), pictures) for one in judged]
        lectures.append(LectureView(ledger.lecture, ledger.title, ledger.author, tuple(shown)))
    views = [trained.view_of(experiment, bench, results, pictures) for experiment in experiments]
    assets = play.assets()
    return Report(
        lectures=tuple(lectures),
        experiments=tuple(trained.in_order(views)),
        timings=tuple(timing_tables(results / "bench")),
        charts=tuple(pictures.beside("bench")),
        scripts=tuple(name for name in assets if name.endswith(".js")),
        styles=tuple(name for name in assets if name.endswith(".css")),
    )


def _write(report: Report, folder: Path, *, pdf: bool) -> str:
    """Write every file but the pictures, which are there already; returns why there is no PDF."""
    for name, text in {**render(report), **play.assets(), **latex_tables(report)}.items():
        (folder / name).write_text(text, encoding="utf-8")
    for path in ASSETS.iterdir():
        shutil.copyfile(path, folder / path.name)
    (folder / MARK).write_text(markdown(report), encoding="utf-8")
    return _write_pdf(report, folder) if pdf else "not asked for"


def _write_pdf(report: Report, folder: Path) -> str:
    browser = printing.find_browser()
    if browser is None:
        return f"no browser to print with; any of {', '.join(printing.BROWSERS)} would do"
    page = folder / "print.html"
    page.write_text(render_for_print(report), encoding="utf-8")
    why_not = printing.print_to_pdf(browser, page, folder / "report.pdf")
    page.unlink()
    return why_not
