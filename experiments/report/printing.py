"""A page as PDF, by a browser that is installed."""

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
"""Commands that print to PDF without a window."""

_SECONDS = 120
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-pdf-header-footer",
    "--virtual-time-budget=10000",
)  # fmt: skip


def find_browser() -> str | None:
    """The path of a browser that can print; None if none is installed."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def print_to_pdf(browser: str, page: Path, pdf: Path) -> str:
    """Print a page; returns what went wrong, empty if nothing did."""
    with TemporaryDirectory() as profile:
        command = [browser, *_FLAGS, f"--user-data-dir={profile}", f"--print-to-pdf={pdf}", page.resolve().as_uri()]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)  # noqa: S603
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"{Path(browser).name}: {error}"
    if pdf.is_file():
        return ""
    said = done.stderr.strip().splitlines()
    return f"{Path(browser).name} wrote no PDF{': ' + said[-1] if said else ''}"
