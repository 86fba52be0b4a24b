"""The pages in a real browser: filters, search, deep links, themes, accessibility; no error, no network."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from experiments.report.printing import find_browser
from tests.report.conftest import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.browser]

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is missing; `make test-report` installs it")

AXE = ROOT / ".venv" / "node" / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    path = find_browser()
    if path is None:
        pytest.skip("Chromium is missing; `make test-report` installs it")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


class Reader:
    """A tab of the browser that notes errors and requests which leave the disk."""

    def __init__(self, browser: Any, folder: Path, **settings: Any):
        self.folder = folder
        self.context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **settings})
        self.tab = self.context.new_page()
        self.errors: list[str] = []
        self.requests: list[str] = []
        self.tab.on(
            "console", lambda message: message.type in ("error", "warning") and self.errors.append(message.text)
        )
        self.tab.on("pageerror", lambda error: self.errors.append(str(error)))
        self.tab.on("request", lambda request: self.requests.append(request.url))

    def open(self, name: str) -> Any:
        """Go to a page, as a double click on it would."""
        self.tab.goto("about:blank")  # another fragment alone would not load it anew
        self.tab.goto((self.folder / name.partition("#")[0]).as_uri() + "".join(name.partition("#")[1:]))
        return self.tab

    def shown(self) -> int:
        """How many claims are visible."""
        return int(self.tab.locator("[data-item]:visible").count())

    @property
    def place(self) -> str:
        """The page and its fragment."""
        return str(self.tab.url).rpartition("/")[2]


@pytest.fixture
def reader(chromium: Any, whole_report: Path) -> Iterator[Reader]:
    made = Reader(chromium, whole_report)
    yield made
    made.context.close()
    assert made.errors == []
    assert [url for url in made.requests if not url.startswith(("file:", "data:", "about:", "blob:"))] == []


def in_view(tab: Any, claim: str) -> bool:
    top = tab.locator(f"section#{claim} h3").bounding_box()["y"]
    return bool(0 <= top < tab.viewport_size["height"])


@pytest.mark.parametrize("start", ["index.html", "claims.html", "lecture-hantehzadeh.html"])
def test_a_link_to_a_claim_leads_to_it(reader: Reader, start: str) -> None:
    tab = reader.open(f"{start}#H-28")
    tab.wait_for_url("**/lecture-hantehzadeh.html#H-28")
    assert in_view(tab, "H-28")
    assert "10.9" in tab.locator("section#H-28").inner_text()


def test_a_claim_that_does_not_exist_changes_nothing(reader: Reader) -> None:
    reader.open("index.html#H-99999")
    assert reader.place == "index.html#H-99999"


def test_filter_by_verdict_kind_and_lecture(reader: Reader) -> None:
    tab = reader.open("claims.html")
    assert reader.shown() == 372
    tab.select_option("#f-lecture", "hantehzadeh")
    assert reader.shown() == 57
    tab.select_option("#f-verdict", "erratum")
    found = reader.shown()
    assert 0 < found < 57
    assert {element.get_attribute("data-verdict") for element in tab.locator("[data-item]:visible").all()} == {
        "erratum"
    }
    assert tab.locator("[data-shown]").inner_text() == f"{found} of 372"
    # The address holds the state: whoever is sent it sees the same.
    address = reader.place
    reader.open("index.html")
    reader.open(address)
    assert reader.shown() == found
    tab.select_option("#f-kind", "question")
    assert tab.locator("[data-none]").is_visible() == (reader.shown() == 0)
    tab.click("text=Clear")
    tab.wait_for_function("document.querySelector('[data-shown]').textContent.startsWith('372')")


def test_search_on_the_page_and_from_another(reader: Reader) -> None:
    tab = reader.open("lecture-hantehzadeh.html")
    tab.fill("#f-q", "frog's terms")
    shown = [element.get_attribute("id") for element in tab.locator("[data-item]:visible").all()]
    assert "H-28" in shown
    assert len(shown) < 5
    assert tab.locator("[data-slide]:visible").count() <= len(shown), "headings of hidden claims are hidden, too"
    tab = reader.open("index.html")
    tab.fill("#find", "melanoma")
    tab.press("#find", "Enter")
    tab.wait_for_url("**/claims.html?q=melanoma")
    assert reader.shown() == 1
    assert tab.locator("[data-item]:visible .id").inner_text() == "M-1"


def test_the_list_of_claims_is_searched_for_what_was_computed(reader: Reader) -> None:
    tab = reader.open("claims.html")
    tab.fill("#f-q", "5.2667")
    assert tab.locator("[data-item]:visible .id").all_inner_texts() == [
        "H-29",
        "H-30",
    ]  # one prints it, one computes it


def test_a_search_that_was_cleared_or_changed_does_not_come_back(reader: Reader) -> None:
    tab = reader.open("claims.html")
    tab.goto((reader.folder / "claims.html").as_uri() + "?q=melanoma")
    assert reader.shown() == 1
    tab.fill("#f-q", "frog")
    found = reader.shown()
    assert reader.place == "claims.html#q=frog"
    tab.reload()
    assert tab.locator("#f-q").input_value() == "frog"
    assert reader.shown() == found > 1
    tab.click("text=Clear")
    tab.wait_for_function("document.querySelector('[data-shown]').textContent.startsWith('372')")
    assert reader.place == "claims.html"
    tab.reload()
    assert tab.locator("#f-q").input_value() == ""
    assert reader.shown() == 372


def test_going_to_the_content_keeps_the_filters(reader: Reader) -> None:
    tab = reader.open("claims.html#verdict=erratum")
    found = reader.shown()
    assert 0 < found < 372
    # Called after the page's own listener.
    tab.evaluate("addEventListener('hashchange', () => (window.followed = location.hash))")
    tab.locator("a.skip").focus()
    tab.keyboard.press("Enter")
    tab.wait_for_function("window.followed === '#main'")
    assert tab.evaluate("document.activeElement.id") == "main"
    assert (tab.locator("#f-verdict").input_value(), reader.shown()) == ("erratum", found)
    tab.go_back()
    tab.wait_for_function("window.followed === '#verdict=erratum'")
    assert reader.shown() == found


def test_a_link_to_a_claim_that_a_filter_hides_shows_it(reader: Reader) -> None:
    tab = reader.open("lecture-hantehzadeh.html#verdict=confirmed")
    assert not tab.locator("section#H-28").is_visible()
    tab.click("aside a[href='#H-28']")
    tab.wait_for_selector("section#H-28", state="visible")
    assert in_view(tab, "H-28")


def test_a_count_on_the_first_page_leads_to_those_claims(reader: Reader) -> None:
    tab = reader.open("index.html")
    cell = tab.locator("a[href='lecture-hantehzadeh.html#verdict=erratum']")
    count = int(cell.inner_text())
    cell.click()
    tab.wait_for_url("**/lecture-hantehzadeh.html*")
    assert reader.shown() == count


def test_the_theme_switch_is_kept_from_page_to_page(reader: Reader) -> None:
    tab = reader.open("index.html")

    def ground() -> str:
        return str(tab.evaluate("getComputedStyle(document.body).backgroundColor"))

    assert ground() == "rgb(255, 255, 255)"
    button = tab.locator("[data-theme-switch]")
    button.click()
    button.click()
    assert button.get_attribute("aria-label") == "Theme: dark"
    dark = ground()
    assert dark != "rgb(255, 255, 255)"
    reader.open("claims.html")
    assert ground() == dark


def test_by_keyboard_alone_to_a_claim(reader: Reader) -> None:
    tab = reader.open("claims.html")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.id") == "f-q"
    tab.keyboard.type("melanoma")
    for _ in range(8):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.textContent") == "M-1":
            break
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/lecture-mollineda.html#M-1")


def test_the_system_s_dark_theme_is_followed(chromium: Any, whole_report: Path) -> None:
    dark = Reader(chromium, whole_report, color_scheme="dark")
    tab = dark.open("index.html")
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    dark.context.close()


@pytest.fixture(scope="module")
def pages(whole_report: Path) -> list[str]:
    return sorted(path.name for path in whole_report.glob("*.html"))


def test_no_page_is_wider_than_a_phone(chromium: Any, whole_report: Path, pages: list[str]) -> None:
    phone = Reader(chromium, whole_report, viewport=PHONE)
    wide = {}
    for name in pages:
        width = phone.open(name).evaluate("document.documentElement.scrollWidth")
        if width > PHONE["width"]:
            wide[name] = width
    phone.context.close()
    assert wide == {}
    assert phone.errors == []


def test_a_wide_figure_stays_readable_on_a_phone(chromium: Any, whole_report: Path) -> None:
    phone = Reader(chromium, whole_report, viewport=PHONE)
    tab = phone.open("experiment-mnist_mlp.html")
    box = tab.locator("figure .pan").first
    assert box.locator("img").bounding_box()["width"] == 560
    assert box.get_attribute("tabindex") == "0"
    box.focus()
    tab.keyboard.press("ArrowRight")
    tab.wait_for_function("document.querySelector('figure .pan').scrollLeft > 0")
    phone.context.close()
    wide = Reader(chromium, whole_report)
    assert wide.open("experiment-mnist_mlp.html").locator("figure .pan").first.get_attribute("tabindex") is None
    wide.context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_serious_fault(chromium: Any, whole_report: Path, pages: list[str], theme: str) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is missing; `make test-report` installs it")
    reader = Reader(chromium, whole_report, color_scheme=theme)
    faults = []
    for name in pages:
        tab = reader.open(name)
        tab.evaluate("document.querySelectorAll('details').forEach((details) => (details.open = true))")
        tab.add_script_tag(path=AXE)
        # In another theme only colours can be at fault. Preloading would fetch what a page from disk may not.
        rules = "" if theme == "light" else ", runOnly: ['color-contrast']"
        found = tab.evaluate(f"axe.run({{resultTypes: ['violations'], preload: false{rules}}})")
        faults += [
            f"{name}: {fault['id']}: {fault['nodes'][0]['html'][:200]} ({len(fault['nodes'])} places)"
            for fault in found["violations"]
            if fault["impact"] in ("serious", "critical")
        ]
    reader.context.close()
    assert faults == []
    assert reader.errors == []
    assert [url for url in reader.requests if not url.startswith(("file:", "data:", "about:", "blob:"))] == []
