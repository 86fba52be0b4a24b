"""Things to play with in a real browser, opened from disk: they work by keyboard and mouse, and ask for nothing."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from experiments.report.play import assets, claim_widgets, experiment_widgets
from experiments.report.printing import find_browser
from tests.report.play.conftest import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.browser]

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is missing; `make test-report` installs it")

AXE = ROOT / ".venv" / "node" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    path = find_browser()
    if path is None:
        pytest.skip("Chromium is missing; `make test-report` installs it")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One page with a widget of each kind, as the report includes them."""
    folder = tmp_path_factory.mktemp("page")
    head = ""
    for name, text in assets().items():
        (folder / name).write_text(text)
        head += (
            f'<link rel="stylesheet" href="{name}">'
            if name.endswith(".css")
            else f'<script src="{name}" defer></script>'
        )
    widgets = [w for c in ("C-131", "C-79", "M-108", "H-28") for w in claim_widgets(c)]
    for experiment in ("iris_perceptron", "moons"):
        widgets += experiment_widgets(experiment, ROOT / "results")
    body = "".join(f"<section><h2>{w.title}</h2>{w.html}</section>" for w in widgets)
    look = "<style>:root { color-scheme: light dark } :root[data-theme=dark] { color-scheme: dark }</style>"
    (folder / "page.html").write_text(
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Play</title>{look}{head}<main><h1>Play</h1>{body}</main></html>"
    )
    return folder / "page.html"


@pytest.fixture
def opened(chromium: Any, page_file: Path) -> Iterator[Any]:
    """Opens the page in a new tab with some settings; in the end there was no error and no request off the disk."""
    contexts, errors, requests = [], [], []

    def open_it(**settings: Any) -> Any:
        contexts.append(chromium.new_context(**{"viewport": {"width": 1000, "height": 900}, **settings}))
        tab = contexts[-1].new_page()
        tab.on("console", lambda message: errors.append(message.text))
        tab.on("pageerror", lambda error: errors.append(str(error)))
        tab.on("request", lambda request: requests.append(request.url))
        tab.goto(page_file.as_uri())
        return tab

    yield open_it
    for context in contexts:
        context.close()
    assert errors == []
    assert requests
    assert [url for url in requests if not url.startswith("file:")] == []


def part(tab: Any, kind: str, number: int = 0) -> Any:
    return tab.locator(f"[data-play={kind}]").nth(number)


def pixel(canvas: Any, x: float, y: float) -> list[int]:
    """Colour at a place given as shares of the canvas's width and height."""
    # From a copy: Chromium warns of canvases that are read often, and the page's is not.
    script = """(c, [x, y]) => {
        const copy = new OffscreenCanvas(c.width, c.height).getContext('2d', { willReadFrequently: true });
        copy.drawImage(c, 0, 0);
        return [...copy.getImageData(Math.floor(x * c.width), Math.floor(y * c.height), 1, 1).data];
    }"""
    found: list[int] = canvas.evaluate(script, [x, y])
    return found


def test_scrubber_by_keyboard(opened: Any) -> None:
    widget = part(opened(), "scrubber")
    slider, status, canvas = widget.locator("input"), widget.locator(".play-status"), widget.locator("canvas")
    assert "epoch 10 of 10" in status.inner_text()
    top_left, bottom_right = pixel(canvas, 0.2, 0.1), pixel(canvas, 0.9, 0.8)
    # Small flowers are setosa, drawn in blue; large ones versicolor, in vermilion.
    assert top_left[2] > top_left[0]
    assert bottom_right[0] > bottom_right[2]
    slider.press("Home")
    assert "before training" in status.inner_text()
    assert "before training" in (canvas.get_attribute("aria-label") or "")
    slider.press("ArrowRight")
    assert "epoch 1 of 10, loss" in status.inner_text()
    assert slider.get_attribute("aria-valuetext") == status.inner_text()


def test_scrubber_plays_and_pauses(opened: Any) -> None:
    tab = opened()
    widget = part(tab, "scrubber", 1)
    button, slider = widget.locator("button"), widget.locator("input")
    button.click()
    assert button.inner_text() == "Pause"
    tab.wait_for_function("document.querySelectorAll('[data-play=scrubber] input')[1].value >= 2")
    button.click()
    assert button.inner_text() == "Play"
    at = slider.input_value()
    tab.wait_for_timeout(500)
    assert slider.input_value() == at
    assert 2 <= int(at) < 37


def test_scrubber_changes_variant_and_keeps_the_epoch(opened: Any) -> None:
    widget = part(opened(), "scrubber", 1)
    status, before = widget.locator(".play-status"), None
    widget.locator("input").press("End")
    before = status.inner_text()
    widget.locator("select").select_option("1")
    assert "epoch 200 of 200" in status.inner_text()
    assert status.inner_text() != before


def test_who_wants_no_motion_steps_by_hand(opened: Any) -> None:
    tab = opened(reduced_motion="reduce")
    widget = part(tab, "scrubber")
    button, status = widget.locator("button"), widget.locator(".play-status")
    assert button.inner_text() == "Next epoch"
    button.click()
    assert "before training" in status.inner_text()  # from the last epoch to the first
    tab.wait_for_timeout(500)
    assert "before training" in status.inner_text()
    button.click()
    assert "epoch 1 of 10" in status.inner_text()


def test_learning_rate_shows_the_slides_weights(opened: Any) -> None:
    widget = part(opened(), "descent")
    assert "0.59, w₂ = 0.4745, w₃ = 0.410975" in widget.locator(".play-weights").inner_text()
    assert widget.locator("circle").count() == 16
    widget.locator("button[data-rate='0.46']").click()
    assert "diverges" in widget.locator(".play-status").inner_text()
    widget.locator("input").nth(0).press("Home")
    assert "approaches from one side" in widget.locator(".play-status").inner_text()
    assert widget.locator("output").nth(0).inner_text() == "0.005"
    labels = widget.locator("svg text.play-axis").all_text_contents()
    assert labels == ["weight w", "loss L(w)"]


def test_focal_gamma_zero_is_cross_entropy(opened: Any) -> None:
    widget = part(opened(), "focal")
    assert "focal loss 0.008926" in widget.locator(".play-status").inner_text()
    widget.locator("input").nth(0).press("Home")
    assert (
        "cross-entropy 0.2231, factor (1 − p)^γ = 1, focal loss 0.2231" in widget.locator(".play-status").inner_text()
    )


def test_confusion_matrix_is_edited(opened: Any) -> None:
    tab = opened()
    widget = part(tab, "confusion")
    cells = widget.locator(".play-counts input")
    score = widget.locator("[data-score=accuracy]")
    assert score.inner_text() == f"{126 / 230:.4f}"
    cells.nth(1).fill("0")
    assert score.inner_text() == f"{126 / 150:.4f}"
    assert widget.locator("[data-score='precision.1']").inner_text() == f"{9 / 11:.4f}"
    widget.locator("button[data-act=more]").click()
    assert cells.nth(1).input_value() == "1"
    assert "false negatives of class 1, false positives of class 2" in widget.locator(".play-status").inner_text()
    # A class without samples: its recall is 0/0, which counts as the reader chooses.
    for cell in range(4):
        cells.nth(cell).fill("0")
    recall = widget.locator("[data-score='recall.0']")
    assert recall.inner_text() == "0.0000"
    widget.locator("select").select_option("NaN")
    assert recall.inner_text() == "—"
    widget.locator("button[data-act=reset]").click()
    assert score.inner_text() == f"{126 / 230:.4f}"
    for wrong in ("-1", "1.5", ""):
        cells.nth(0).fill(wrong)
        assert "Expected a whole count" in widget.locator(".play-status").inner_text()
        assert score.inner_text() == "—"
        assert cells.nth(0).get_attribute("aria-invalid") == "true"


def test_svm_scores_are_edited(opened: Any) -> None:
    widget = part(opened(), "hinge")
    assert widget.locator("[data-loss]").all_inner_texts() == ["2.9", "0", "12.9"]
    widget.locator("button[data-act=double]").click()
    assert widget.locator("[data-loss]").all_inner_texts() == ["4.8", "0", "23.8"]  # H-38
    widget.locator("button[data-act=reset]").click()
    widget.locator("input[type=range]").press("Home")
    assert widget.locator("[data-loss]").all_inner_texts()[2] == "10.9"


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("descent", ["learning rate", "steps"]),
        ("focal", ["γ, the focus", "α, the class's weight", "p, the probability"]),
        ("hinge", ["margin"]),
        ("scrubber", ["Epoch"]),
    ],
)
def test_every_slider_has_a_name(opened: Any, kind: str, names: list[str]) -> None:
    widget = part(opened(), kind)
    assert widget.get_by_role("slider").count() == len(names)
    for name in names:
        assert widget.get_by_role("slider", name=name, exact=True).count() == 1, name


def test_what_cannot_start_has_no_dead_controls_and_stops_no_other(chromium: Any, page_file: Path) -> None:
    text, broken = page_file.read_text(), page_file.with_name("broken.html")
    assert 'data-loss="example"' in text
    broken.write_text(text.replace('data-loss="example"', 'data-loss="no such loss"'))
    context, errors = chromium.new_context(), list[str]()
    tab = context.new_page()
    tab.on("console", lambda message: errors.append(message.text))
    tab.goto(broken.as_uri())
    assert part(tab, "descent").locator("button:visible, input:visible, svg:visible").count() == 0
    assert "curvature 4.5" in part(tab, "descent").inner_text()
    assert "focal loss 0.008926" in part(tab, "focal").locator(".play-status").inner_text()  # which comes after it
    assert part(tab, "focal").locator("input:visible").count() == 3
    assert len(errors) == 1
    context.close()


def test_dark_pages_are_drawn_dark(opened: Any) -> None:
    tab = opened(color_scheme="light")
    canvas = part(tab, "scrubber").locator("canvas")
    light = pixel(canvas, 0.2, 0.1)
    tab.evaluate("document.documentElement.setAttribute('data-theme', 'dark')")
    tab.wait_for_timeout(100)
    assert pixel(canvas, 0.2, 0.1) != light


def test_fits_a_phone(opened: Any) -> None:
    tab = opened(viewport={"width": 390, "height": 844})
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390


def test_without_script_the_numbers_stay_and_nothing_is_dead(opened: Any) -> None:
    tab = opened(java_script_enabled=False)
    assert tab.locator("button:visible, input[type=range]:visible, select:visible, canvas:visible").count() == 0
    assert "0.5478" in part(tab, "confusion").inner_text()
    assert "epoch" in part(tab, "scrubber").locator("table").first.text_content()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_accessibility_fault(opened: Any, scheme: str) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is missing; `make test-report` installs it")
    tab = opened(color_scheme=scheme)
    tab.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")
    tab.add_script_tag(content=AXE.read_text())
    faults = tab.evaluate(
        "axe.run({ preload: false }).then((r) => r.violations.map((v) => [v.id, v.impact, v.nodes.map((n) => n.html)]))"
    )
    serious = [fault for fault in faults if fault[1] in ("serious", "critical")]
    assert not serious, re.sub(r"\s+", " ", str(serious))
