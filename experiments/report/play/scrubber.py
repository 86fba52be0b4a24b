"""The scrubber of an experiment's page: decision regions at every epoch that `epochs.json` holds."""

import json
from html import escape
from pathlib import Path
from typing import Any

from experiments.epoch_models import FILE, FORMAT
from experiments.report.play.widget import Widget

_MARKS = (
    '<circle cx="10" cy="7" r="5"/>',
    '<rect x="5" y="2" width="10" height="10"/>',
    '<path d="M10 1 16 13H4z"/>',
)
"""Classes differ in shape as well as in colour; the script draws the same."""


def scrubber(path: Path) -> Widget | None:
    """Show an experiment's networks epoch by epoch.

    Args:
        path: the experiment's results folder.

    Returns:
        None where the folder has no `epochs.json`, or one of another format.
    """
    try:
        whole = json.loads((path / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(whole, dict) or whole.get("format") != FORMAT:
        return None
    return Widget("Decision regions, epoch by epoch", _html(whole))


def _html(whole: dict[str, Any]) -> str:
    variants = whole["variants"]
    last = len(variants[0]["at"]) - 1
    return f"""<div class="play" data-play="scrubber">
<script type="application/json">{_embedded(whole)}</script>
<p>The network of seed {int(whole["seed"])} at {last + 1} moments of its training.
<span hidden data-live>Where the plane is tinted, it predicts that class; a ring marks a training example that lies on
the wrong side.</span></p>
{_choice(variants)}
<ul class="play-legend">{"".join(_legend(k, name) for k, name in enumerate(whole["classes"]))}</ul>
<canvas role="img" aria-label="Decision regions; the table below has the numbers." hidden data-live></canvas>
<div class="play-controls" hidden data-live><button type="button">Play</button>
<label><span>Epoch</span><input type="range" min="0" max="{last}" step="1" value="{last}"></label></div>
<p class="play-status" aria-live="polite" hidden data-live></p>
{_left_out(whole["left_out"])}
<details><summary>The same as a table</summary>
{"".join(_table(variant, several=len(variants) > 1) for variant in variants)}</details>
</div>"""


def _embedded(whole: dict[str, Any]) -> str:
    """JSON that may stand inside a script element: no character there can end it."""
    text = json.dumps(whole, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _choice(variants: list[dict[str, Any]]) -> str:
    if len(variants) == 1:
        return ""
    options = "".join(f'<option value="{i}">{escape(v["name"])}</option>' for i, v in enumerate(variants))
    label = f"<label><span>Variant</span> <select>{options}</select></label>"
    return f'<div class="play-controls" hidden data-live>{label}</div>'


def _legend(number: int, name: str) -> str:
    fill = f"fill:var(--play-class-{number % 6})"
    mark = f'<svg viewBox="0 0 20 14" aria-hidden="true" style="{fill}">{_MARKS[number % 3]}</svg>'
    return f"<li>{mark}{escape(name)}</li>"


def _left_out(names: list[str]) -> str:
    return f'<p class="play-note">Not shown here: {escape(", ".join(names))}.</p>' if names else ""


def _table(variant: dict[str, Any], *, several: bool) -> str:
    caption = f"<caption>{escape(variant['name'])}</caption>" if several else ""
    columns = zip(variant["at"], variant["loss"], variant["accuracy"], variant["test_accuracy"], strict=True)
    rows = "".join(
        f"<tr><th scope='row'>{epoch}</th><td>{'—' if loss is None else f'{loss:.4g}'}</td>"
        f"<td>{train:.3f}</td><td>{test:.3f}</td></tr>"
        for epoch, loss, train, test in columns
    )
    head = "".join(f"<th scope='col'>{name}</th>" for name in ("epoch", "loss", "training accuracy", "test accuracy"))
    table = f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<div class="play-table">{table}</div>'
