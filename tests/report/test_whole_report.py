"""The report of the committed results: every claim, no broken link, nothing from a network, small enough to send."""

import re
import shutil
from pathlib import Path

import pytest

from experiments.ledger.loading import ledger_paths, load_ledgers
from experiments.overview import marks
from experiments.report.printing import find_browser, print_to_pdf
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


def test_every_claim_is_complete(whole_report: Path) -> None:
    for path in whole_report.glob("lecture-*.html"):
        for section in re.findall(r'<section id="[A-Z]-\d+".*?</section>', path.read_text(), re.DOTALL):
            name = re.findall(r'id="([^"]+)"', section)[0]
            assert re.search(r'class="badge \w+"', section), name
            assert '<p class="says">' in section, name
            assert "relecture " in section or "no computation decides it" in section, name
            assert "<td></td>" not in section.partition('class="widget"')[0], name
            if 'data-verdict="unchecked"' in section:
                assert "Why unchecked." in section, name


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
    for name in configs:
        text = read(whole_report / f"experiment-{name}.html").text
        assert (ROOT / "configs" / f"{name}.yaml").read_text().strip() in text
        assert "complete" in text or "Config" in text


def test_the_readme_counts_the_same_verdicts(whole_report: Path) -> None:
    begin, end = marks("verdicts")
    table = (ROOT / "README.md").read_text().partition(begin)[2].partition(end)[0].strip()
    assert table.startswith("| verdict |")
    assert table in (whole_report / "report.md").read_text(), "stale: run `make report`"


def test_it_is_under_fifteen_megabytes(whole_report: Path) -> None:
    size = sum(path.stat().st_size for path in whole_report.rglob("*") if path.is_file())
    assert size < 15e6


def test_the_report_as_pdf(whole_report: Path, tmp_path: Path) -> None:
    browser = find_browser()
    if browser is None:
        pytest.skip("no browser that prints; `make test-report` installs one")
    shutil.copytree(whole_report, tmp_path / "report")
    pdf = tmp_path / "index.pdf"
    assert print_to_pdf(browser, tmp_path / "report" / "bench.html", pdf) == ""
    assert pdf.read_bytes().startswith(b"%PDF")
