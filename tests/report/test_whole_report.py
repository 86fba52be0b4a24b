"""The report of the committed results: every claim, no broken link, nothing from a network, small enough to send."""

import html
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from experiments.ledger.judging import judge_all
from experiments.ledger.loading import ledger_paths, load_ledgers
from experiments.ledger.showing import as_text
from experiments.ledger.spec import Photograph
from experiments.loading import load_all
from experiments.overview import marks, overview
from experiments.paths import some_configs
from experiments.report.printing import find_browser
from tests.report.conftest import ROOT
from tests.report.reading import broken, read

pytestmark = pytest.mark.slow


def test_every_claim_of_every_lecture_has_its_section_in_the_order_of_the_slides(whole_report: Path) -> None:
    found = 0
    for loaded in load_ledgers(ledger_paths(ROOT / "configs"), ROOT / "configs"):
        claims = [claim.id for claim in loaded.ledger.claims]
        page = read(whole_report / f"lecture-{loaded.ledger.lecture}.html")
        assert page.sections == claims
        found += len(claims)
    assert found == 372
    # A claim can be asked for on the first page, too.
    index = read(whole_report / "index.html")
    assert len([name for name in index.ids if re.fullmatch(r"[A-Z]-\d+", name)]) == 372


def sections_of(page: Path) -> dict[str, str]:
    """The section of each claim of a lecture."""
    found = re.findall(r'(<section id="([A-Z]-\d+)".*?</section>)', page.read_text(), re.DOTALL)
    return {name: text for text, name in found}


def plain(markup: str) -> str:
    """What a piece of a page says."""
    return html.unescape(re.sub(r"<[^>]+>", "", markup)).strip()


def test_every_claim_shows_what_the_ledger_has_and_what_was_computed(whole_report: Path) -> None:
    for loaded in load_ledgers(ledger_paths(ROOT / "configs"), ROOT / "configs"):
        sections = sections_of(whole_report / f"lecture-{loaded.ledger.lecture}.html")
        for one in judge_all([loaded], ROOT / "results"):
            claim, judgement, section = one.claim, one.judgement, sections[one.claim.id]
            name = claim.id
            assert f'data-verdict="{judgement.verdict}" data-kind="{claim.kind}"' in section, name
            says = re.search(r'<p class="says">(.*?)</p>', section, re.DOTALL)
            assert says, name
            assert plain(says[1]) == claim.claim, name
            assert section.count("<math ") == (claim.formula is not None), name
            cells = r'<tr[^>]*><th scope="row">(.*?)</th><td>(.*?)</td><td>(.*?)(?: <span class="mark">.*?)?</td></tr>'
            rows = {plain(row[0]): row for row in re.findall(cells, section.partition('class="widget"')[0])}
            assert list(rows) == [quantity.replace("_", " ") for quantity in claim.printed], name
            for (quantity, printed), row in zip(claim.printed.items(), rows.values(), strict=True):
                assert plain(row[1]) == as_text(printed), name
                computed = judgement.computed.get(quantity)
                assert plain(row[2]) == ("–" if computed is None else as_text(computed, digits=5)), name
            if judgement.verdict == "unchecked":
                assert "Why unchecked." in section, name
            if judgement.verdict == "figure" and not any(isinstance(check, Photograph) for check in claim.check):
                # One shows fetched data, and says so where there are none.
                assert "<figure>" in section or "mnist_digits" in section, name
            assert "relecture " in section or "no computation decides it" in section, name


def test_no_claim_shows_a_picture_or_a_check_twice(whole_report: Path) -> None:
    for path in whole_report.glob("lecture-*.html"):
        for name, section in sections_of(path).items():
            sources = re.findall(r'<img src="([^"]+)"', section)
            assert len(sources) == len(set(sources)), name
            (checks,) = re.findall(r"<dt>by</dt><dd>(.*?)</dd>", section, re.DOTALL)
            codes = re.findall(r"<code>.*?</code>", checks)
            assert len(codes) == len(set(codes)) > 0, name


def test_no_link_is_broken_and_no_image_missing(whole_report: Path) -> None:
    assert broken(whole_report) == []
    drawn = {path.name for path in (whole_report / "figures").iterdir()}
    shown = {name for path in whole_report.glob("*.html") for name in read(path).loaded if name.startswith("figures/")}
    assert {Path(name).name for name in shown} == drawn, "pictures that no page shows"
    assert len([name for name in drawn if name.startswith("slide-")]) >= 46  # one of the 47 shows fetched data


def test_nothing_is_loaded_from_a_network(whole_report: Path) -> None:
    for path in whole_report.iterdir():
        if path.suffix == ".html":
            page = read(path)
            assert not [name for name in [*page.loaded, *page.links] if re.match(r"(https?:)?//", name)], path.name
            assert page.handlers == [], path.name
            assert page.images_without_alt == 0, path.name
            assert len(page.ids) == len(set(page.ids)), path.name
        if path.suffix in (".css", ".js"):
            assert not re.search(
                r"@import|url\(\s*['\"]?(https?:)?//|fetch\(|XMLHttpRequest|import\(", path.read_text()
            )


def test_every_experiment_has_its_page(whole_report: Path) -> None:
    configs = {path.stem for path in (ROOT / "configs").glob("*.yaml")}
    pages = {path.stem.removeprefix("experiment-") for path in whole_report.glob("experiment-*.html")}
    assert pages == configs
    # The table of the README, made by another way, says which score or state each has.
    table = overview(load_all(some_configs(ROOT / "configs")), ROOT / "results").splitlines()[2:]
    scores = {cells[1]: cells[5] for line in table if len(cells := [cell.strip() for cell in line.split("|")]) > 5}
    for name in configs:
        text = read(whole_report / f"experiment-{name}.html").text
        assert (ROOT / "configs" / f"{name}.yaml").read_text().strip() in text
        assert scores[name] in text, name


def test_the_readme_counts_the_same_verdicts(whole_report: Path) -> None:
    begin, end = marks("verdicts")
    table = (ROOT / "README.md").read_text().partition(begin)[2].partition(end)[0].strip()
    assert table.startswith("| verdict |")
    assert table in (whole_report / "report.md").read_text(), "stale: run `make report`"


def test_it_is_under_fifteen_megabytes(whole_report: Path) -> None:
    size = sum(path.stat().st_size for path in whole_report.rglob("*") if path.is_file())
    assert size < 15e6


def test_the_report_as_pdf(whole_report: Path) -> None:
    if find_browser() is None:
        pytest.skip("no browser that prints; `make test-report` installs one")
    assert (whole_report / "report.pdf").read_bytes().startswith(b"%PDF")


def test_latex_sets_the_tables_as_they_are(whole_report: Path, tmp_path: Path) -> None:
    latex = shutil.which("pdflatex")
    if latex is None:
        pytest.skip("pdflatex is not installed")
    tables = ("ledger", "errata", "experiments")
    for name in tables:
        shutil.copy(whole_report / f"{name}.tex", tmp_path)
    inputs = "\n".join(rf"\input{{{name}}}" for name in tables)
    packages = r"\usepackage{booktabs,longtable,array}"
    text = rf"\documentclass[a4paper]{{article}}{packages}\begin{{document}}{inputs}\end{{document}}"
    (tmp_path / "paper.tex").write_text(text, encoding="utf-8")
    command = [latex, "-interaction=nonstopmode", "-halt-on-error", "paper.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", timeout=120)
    assert done.returncode == 0, done.stdout[-2000:]
    log = (tmp_path / "paper.log").read_text(errors="replace")
    assert "Missing character" not in log
    # Letters that stick out into the margin by more than a word's end would be cut off or lie over each other.
    too_wide = [float(points) for points in re.findall(r"Overfull \\hbox \(([0-9.]+)pt too wide\)", log)]
    assert [points for points in too_wide if points > 15] == []
