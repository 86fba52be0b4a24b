"""Verdicts as people read them: a table, one claim explained, and what a lecturer should mend."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from experiments.ledger.judging import Judged
from experiments.ledger.spec import Check, Claim, Comparison, Drawn, SlideFigure, Trained, Worked
from experiments.ledger.verdicts import DOES_NOT_HOLD

FAULTS = ("erratum", "rounded", "not reproduced")
"""Verdicts that ask a lecturer to change something."""


def as_text(value: Any, *, digits: int = 6) -> str:
    """A printed or computed value in one line; numbers to some significant digits, lists in brackets."""
    if isinstance(value, Mapping):
        return "; ".join(f"{name} {as_text(v, digits=digits)}" for name, v in value.items())
    if isinstance(value, list | tuple):
        return "[" + ", ".join(as_text(v, digits=digits) for v in value) + "]"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e15:
            return f"{value:.0f}"
        return f"{value:.{digits}g}" if math.isfinite(value) else str(value)
    return str(value)


def counts(judged: Sequence[Judged]) -> dict[str, dict[str, int]]:
    """How many claims of each lecture have each verdict."""
    return {
        lecture: dict(Counter(j.judgement.verdict for j in judged if j.lecture == lecture))
        for lecture in dict.fromkeys(j.lecture for j in judged)
    }


def shown_computed(one: Judged) -> Mapping[str, Any]:
    """What was computed, as far as it answers what was printed; all of it where nothing was."""
    computed, printed = one.judgement.computed, one.claim.printed
    return {name: computed[name] for name in printed if name in computed} if printed else computed


def as_rows(judged: Sequence[Judged]) -> list[dict[str, Any]]:
    """One mapping a claim, as `--json` prints it."""
    return [
        {
            "id": one.claim.id,
            "lecture": one.lecture,
            "heading": one.claim.heading,
            "kind": one.claim.kind,
            "claim": one.claim.claim,
            "verdict": one.judgement.verdict,
            "error": one.claim.error if one.judgement.verdict == "erratum" else None,
            "printed": one.claim.printed,
            "computed": {name: _finite(value) for name, value in one.judgement.computed.items()},
            "explanation": explanation(one),
            "reason": one.judgement.reason,
            "note": one.claim.note,
            "steps": list(one.judgement.steps),
        }
        for one in judged
    ]


def explanation(one: Judged) -> str | None:
    """The ledger's explanation, where a check contradicts the slide."""
    return one.claim.explanation if one.judgement.verdict in FAULTS else None


def caveat(one: Judged) -> str | None:
    """How a trained claim that was not reproduced was tried, and what that does not contradict."""
    return one.claim.note if one.judgement.verdict == "not reproduced" else None


def explain(one: Judged, accepted: str | None) -> str:
    """One claim in full: what is said, how it was checked, what came out."""
    claim, judgement = one.claim, one.judgement
    lines = [f"{claim.id}  {claim.heading}  ({one.lecture}, {claim.kind})", "", f"claim    {claim.claim}"]
    if claim.formula:
        lines.append(f"formula  {claim.formula}")
    if claim.printed:
        lines.append(f"printed  {as_text(claim.printed)}")
    lines.append("checked  " + "; ".join(map(described, claim.check)))
    if claim.tolerance:
        lines.append(f"within   {as_text(claim.tolerance)}: {claim.tolerance_reason}")
    if judgement.steps:
        lines += ["", *(f"  {step}" for step in judgement.steps)]
    lines += ["", f"computed {as_text(judgement.computed)}"] if judgement.computed else [""]
    kind = f" ({claim.error})" if judgement.verdict == "erratum" and claim.error else ""
    lines.append(f"verdict  {judgement.verdict}{kind}")
    if judgement.reason:
        lines.append(f"because  {judgement.reason}")
    if text := explanation(one):
        lines.append(f"so       {text}")
    if claim.note:
        lines.append(f"note     {claim.note}")
    if name := _figure(claim):
        lines.append(f"figure   relecture figure {name} --out figure.pdf")
    if accepted is not None and accepted != judgement.verdict:
        lines.append(f"differs  the accepted verdict is {accepted}")
    return "\n".join(lines)


def _figure(claim: Claim) -> str:
    """What `relecture figure` calls the claim's figure; empty where it has none."""
    own = [check.figure for check in claim.check if isinstance(check, SlideFigure)]
    trained = [claim.id for check in claim.check if isinstance(check, Drawn)]
    return next(iter([*([claim.figure] if claim.figure else []), *own, *trained]), "")


def described(check: Check) -> str:
    """A check in words."""
    if isinstance(check, Worked):
        given = ", ".join(f"{name}={as_text(value)}" for name, value in check.inputs.items())
        return f"{check.worked}({given})"
    if isinstance(check, Drawn):
        return f"figure {check.drawn} of {check.experiment}"
    if isinstance(check, Trained):
        return f"results of {check.experiment}, {check.variant}"
    if isinstance(check, Comparison):
        return f"results of {check.experiment}, {' against '.join(check.compare)}"
    return "figure without training" if hasattr(check, "figure") else "by hand; no computation decides it"


def errata(judged: Sequence[Judged]) -> str:
    """What a lecturer should mend, in the order of the slides, as Markdown."""
    lines = ["# What to mend", ""]
    for lecture in dict.fromkeys(j.lecture for j in judged):
        faults = [j for j in judged if j.lecture == lecture and j.judgement.verdict in FAULTS]
        slips = [j for j in judged if j.lecture == lecture and j.judgement.verdict == "declared"]
        lines += [f"## {lecture.capitalize()}: {len(faults)}", ""]
        for one in faults:
            kind = one.claim.error if one.judgement.verdict == "erratum" and one.claim.error else one.judgement.verdict
            lines.append(f"- **{one.claim.id}**, {one.claim.heading} ({kind}). {one.claim.claim}")
            if one.claim.printed:
                lines.append(f"  Printed: {as_text(one.claim.printed)}. Computed: {as_text(shown_computed(one))}.")
                if one.judgement.verdict == "rounded":
                    lines.append(f"  {_sentence(one.judgement.reason)}")
            elif one.judgement.verdict == "not reproduced":
                computed = as_text(one.judgement.computed)
                lines.append(f"  Computed: {computed}. Judged by {one.judgement.reason}.")
            elif one.judgement.reason != DOES_NOT_HOLD or not explanation(one):  # which says it better
                lines.append(f"  {_sentence(one.judgement.reason)}")
            lines += [f"  {_sentence(text)}" for text in (explanation(one), caveat(one)) if text]
        lines += [
            f"- **{one.claim.id}**, {one.claim.heading} (by declaration). {one.claim.claim} "
            f"{_sentence(one.judgement.reason)}"
            for one in slips
        ]
        lines.append("")
    return "\n".join(lines)


def _sentence(text: str) -> str:
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def _finite(value: Any) -> Any:
    """NaN and infinity as text: JSON has neither."""
    if isinstance(value, list):
        return [_finite(v) for v in value]
    if isinstance(value, dict):
        return {k: _finite(v) for k, v in value.items()}
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
