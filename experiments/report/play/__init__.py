"""Things to play with in the report's pages: offline, plain JavaScript, nothing but the page's own numbers.

A page includes `assets()` once, the scripts deferred and in order, and writes the `html` of each widget where it
belongs. Without a script a widget shows its numbers in words or as a table, and no dead controls.
"""

from pathlib import Path

from experiments.report.play.scrubber import scrubber
from experiments.report.play.sliders import DESCENTS, FOCAL_CLAIMS, descent, focal
from experiments.report.play.tables import CONFUSIONS, SVM_CLAIMS, confusion, hinge
from experiments.report.play.widget import Widget

__all__ = ["Widget", "assets", "claim_widgets", "experiment_widgets"]

HERE = Path(__file__).parent

ASSETS = (
    "play.css",
    "common.js",
    "network.js",
    "scrubber.js",
    "descent.js",
    "focal.js",
    "confusion.js",
    "hinge.js",
    "start.js",
)
"""In the order in which a page includes them."""


def assets() -> dict[str, str]:
    """The text of every style sheet and script, by file name, in the order in which a page includes them."""
    return {name: (HERE / name).read_text(encoding="utf-8") for name in ASSETS}


def experiment_widgets(name: str, results: Path) -> list[Widget]:
    """What an experiment's page offers: a scrubber, where `<results>/<name>/epochs.json` lies.

    Args:
        name: the experiment.
        results: the folder of all experiments' results.
    """
    found = scrubber(results / name)
    return [] if found is None else [found]


def claim_widgets(claim_id: str) -> list[Widget]:
    """What the place of a claim such as `C-119` offers; for most claims nothing."""
    if claim_id in DESCENTS:
        return [descent(DESCENTS[claim_id])]
    if claim_id in FOCAL_CLAIMS:
        return [focal(*FOCAL_CLAIMS[claim_id])]
    if claim_id in CONFUSIONS:
        return [confusion(CONFUSIONS[claim_id])]
    return [hinge()] if claim_id in SVM_CLAIMS else []
