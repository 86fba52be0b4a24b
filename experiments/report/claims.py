"""A judged claim -> what its section on the page shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from experiments.figures.slides.catalogue import CATALOGUE
from experiments.figures.trained import TRAINED
from experiments.ledger.judging import Judged
from experiments.ledger.printed import agreement
from experiments.ledger.showing import as_text, caveat, described, explanation
from experiments.ledger.spec import ON_TRIALS, Claim, Drawn, SlideFigure, Value, Worked
from experiments.report.formulas import mathml
from experiments.report.pictures import Missing, Picture, Pictures
from experiments.report.play import Widget, claim_widgets

GROUPS: dict[str, tuple[str, str]] = {
    "confirmed": ("holds", "computed, and right as printed"),
    "reproduced": ("holds", "trained over several seeds; the claim stands"),
    "better": ("holds", "trained over several seeds; ours is better than what is printed"),
    "rounded": ("slip", "right but for the last digit, cut off or rounded oddly"),
    "declared": ("slip", "a slip in a name or a citation, which no computation decides"),
    "erratum": ("fault", "what is printed is contradicted"),
    "not reproduced": ("fault", "trained over several seeds, which contradict the printed value or the comparison"),
    "inconclusive": ("open", "the seeds do not decide it yet"),
    "unchecked": ("open", "what the check needs is not there, or it tests nothing"),
    "answered": ("given", "the slide asks; this is the answer"),
    "figure": ("given", "the figure is drawn anew"),
    "external": ("given", "a fact from the literature that no data here can check"),
}
"""Verdict -> the group whose colour it takes, and what it means; in the order of legends and counts."""

_AGREEMENT = {"right": "", "rounded": "rounded", "wrong": "differs"}

_MOST_SEARCHED = 1000
"""Characters beyond a claim's own text that the list of all claims is searched for."""


@dataclass(frozen=True)
class Row:
    """A quantity as printed and as computed; `mark` says where they disagree."""

    name: str
    printed: str
    computed: str
    mark: str = ""


@dataclass(frozen=True)
class ClaimView:
    """What the page of a lecture says of a claim."""

    id: str
    lecture: str
    heading: str
    kind: str
    text: str
    verdict: str
    group: str
    error: str
    accepted: str
    """The accepted verdict, where it is another one."""
    formula: Markup | None
    rows: tuple[Row, ...]
    found: tuple[Row, ...]
    """What was computed beyond what is printed."""
    reason: str
    explanation: str
    note: str
    caveat: str
    """The note once more, where lists of what to mend would be unfair without it."""
    checked: tuple[str, ...]
    tolerance: str
    steps: tuple[str, ...]
    pictures: tuple[Picture | Missing, ...]
    experiments: tuple[str, ...]
    commands: tuple[str, ...]
    widgets: tuple[Widget, ...]

    @property
    def words(self) -> str:
        """What a search in the list of all claims also finds: what to mend, printed and computed values."""
        values = [text for row in self.rows or self.found for text in (row.name, row.printed, row.computed)]
        words = " ".join(filter(None, [self.explanation, *values])).split()
        return " ".join(dict.fromkeys(words))[:_MOST_SEARCHED]


def view_of(one: Judged, accepted: str | None, pictures: Pictures) -> ClaimView:
    """The view of a claim.

    Args:
        one: the claim, judged.
        accepted: its accepted verdict, if there is one.
        pictures: where its figures come from.
    """
    claim, judgement = one.claim, one.judgement
    checks = claim.check
    experiments = tuple(dict.fromkeys(check.experiment for check in checks if isinstance(check, ON_TRIALS)))
    figures = _figures(claim)
    return ClaimView(
        id=claim.id,
        lecture=one.lecture,
        heading=claim.heading,
        kind=claim.kind,
        text=claim.claim,
        verdict=judgement.verdict,
        group=GROUPS[judgement.verdict][0],
        error=(claim.error or "") if judgement.verdict == "erratum" else "",
        accepted=accepted if accepted and accepted != judgement.verdict else "",
        formula=mathml(claim.formula) if claim.formula else None,
        rows=_printed_rows(claim, judgement.computed),
        found=tuple(
            Row(name.replace("_", " "), "", as_text(value, digits=5))
            for name, value in judgement.computed.items()
            if name not in claim.printed and name != "figure"
        ),
        reason=judgement.reason,
        explanation=explanation(one) or "",
        note=claim.note or "",
        caveat=caveat(one) or "",
        checked=tuple(dict.fromkeys(map(described, checks))),
        tolerance=f"{as_text(claim.tolerance)}: {claim.tolerance_reason}" if claim.tolerance else "",
        steps=judgement.steps,
        pictures=tuple(dict.fromkeys(_pictures(claim, figures, pictures))),
        experiments=experiments,
        commands=_commands(claim, experiments, figures),
        widgets=tuple(claim_widgets(claim.id)),
    )


def _printed_rows(claim: Claim, computed: Mapping[str, Any]) -> tuple[Row, ...]:
    # A trained value is not held against the last printed digit but judged by its spread: no cell is marked.
    by_digit = not any(isinstance(check, Value) for check in claim.check)
    rows = []
    for name, printed in claim.printed.items():
        text = as_text(computed[name], digits=5) if name in computed else "–"
        mark = ""
        if by_digit and name in computed:
            mark = _AGREEMENT[agreement(printed, computed[name], claim.tolerance_of(name))]
        rows.append(Row(name.replace("_", " "), as_text(printed), text, mark))
    return tuple(rows)


def _figures(claim: Claim) -> tuple[str, ...]:
    """The slide figures of a claim, each once."""
    named = [check.figure for check in claim.check if isinstance(check, SlideFigure)]
    return tuple(dict.fromkeys([*named, *([claim.figure] if claim.figure in CATALOGUE else [])]))


def _pictures(claim: Claim, figures: tuple[str, ...], pictures: Pictures) -> list[Picture | Missing]:
    """Every picture that a check names; one picture often shows several variants."""
    drawn = [pictures.drawn(c.experiment, c.drawn, c.variant) for c in claim.check if isinstance(c, Drawn)]
    return [*(pictures.slide_figure(name) for name in figures), *drawn]


def _commands(claim: Claim, experiments: tuple[str, ...], figures: tuple[str, ...]) -> tuple[str, ...]:
    """What runs the claim again, line by line."""
    train = [f"relecture run {name}" for name in experiments]
    trained = [claim.id] if claim.id in TRAINED and TRAINED[claim.id].experiment in experiments else []
    draw = [f"relecture figure {name} --out {name}.pdf" for name in [*figures, *trained]]
    explain = [f"relecture explain {claim.id}"] if experiments or _computes(claim) or not draw else []
    return (*train, *explain, *draw)


def _computes(claim: Claim) -> bool:
    return any(isinstance(check, Worked) for check in claim.check)
