"""The rules: from what was printed and what was measured to a verdict. Pure functions of numbers.

A worked claim is settled by arithmetic. A trained claim is judged over seeds, because a second run of the very same
network gives another number: a printed value is doubted only where a new run would hardly give it, and where the gap
also exceeds what the ledger declares to matter.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from experiments.ledger.printed import agreement, as_rounded, parse

Verdict = Literal[
    "confirmed", "rounded", "erratum", "answered", "figure", "external", "declared",
    "reproduced", "better", "not reproduced", "inconclusive", "unchecked",
]  # fmt: skip

SEVERITY: tuple[Verdict, ...] = (
    "external", "figure", "answered", "confirmed", "reproduced", "better", "declared", "rounded", "inconclusive",
    "not reproduced", "erratum", "unchecked",
)  # fmt: skip
"""Of several checks of one claim the last in this list decides."""

DOES_NOT_HOLD = "what the slide says does not hold"

UNTESTED = "nothing is printed to hold what was computed against, and the check says nothing of its own"

LEVEL = 0.05
"""Share of true claims that may be called `not reproduced`."""


@dataclass(frozen=True)
class Judgement:
    """A verdict and what it rests on.

    Attributes:
        verdict: the verdict.
        computed: quantities as computed, by name.
        steps: how, line by line.
        reason: why this verdict, in a sentence; empty where the numbers speak for themselves.
        remarks: what else is to be known, whichever check of a claim decides: seeds that were lost, and the like.
    """

    verdict: Verdict
    computed: Mapping[str, Any]
    steps: tuple[str, ...] = ()
    reason: str = ""
    remarks: tuple[str, ...] = ()


def judge_worked(
    kind: str,
    printed: Mapping[str, Any],
    values: Mapping[str, Any],
    holds: bool | None,
    tolerances: Mapping[str, str | None] = {},
) -> tuple[Verdict, str]:
    """The verdict on a worked example, and why.

    Args:
        kind: the claim's kind; a question without printed values is `answered`, a figure is a `figure`. Of any other
            kind, what has nothing printed to be held against, and no test of its own, is `unchecked`.
        printed: what the slide prints, by quantity.
        values: what was computed, by quantity; at least what is printed.
        holds: whether what the slide says stood the test; None where the values decide.
        tolerances: numerals that replace the half unit of the last printed digit, by quantity.
    """
    found = {name: agreement(value, values[name], tolerances.get(name)) for name, value in printed.items()}
    wrong = [name for name, how in found.items() if how == "wrong"]
    if wrong:
        return "erratum", f"computed and printed {', '.join(wrong)} differ"
    if holds is False:
        return "erratum", DOES_NOT_HOLD
    odd = [name for name, how in found.items() if how == "rounded"]
    if odd:
        right = ", ".join(f"{name} {as_rounded(printed[name], values[name])}" for name in odd)
        return "rounded", f"cut off, or rounded the wrong way; rightly rounded it is {right}"
    if kind == "question" and not printed:
        return "answered", ""
    if kind == "figure":
        return "figure", ""
    return ("unchecked", UNTESTED) if not printed and holds is None else ("confirmed", "")


def judge_value(
    printed: str | int,
    seeds: Sequence[float],
    tolerance: float,
    *,
    better: Literal["greater", "less"] | None,
    family: int = 1,
) -> tuple[Verdict, str]:
    """One printed run against several of ours.

    With n seeds of mean m and sample deviation s, a new run lies in the prediction interval, widened by half a unit u
    of the last printed digit:

        m +- (t(1 - a, n - 1) * s * sqrt(1 + 1/n) + u / 2),    a = 0.05 / family

    `reproduced`: |m - v| <= tolerance, and the half-width is no more than the tolerance. `not reproduced`: v outside
    the interval and further from m than the tolerance, on the side that is better than ours; `better`: on the other
    side. One side each, so that of true claims at most 5 % are called `not reproduced`; a quantity that has no better
    side has a / 2 on each. Anything else is `inconclusive`.

    What that finds, with 5 seeds: a value 4 deviations off in 96 of 100 studies, in 86 where neither side is better. A
    family pays for its few false alarms: one value of 28 has to be 12 deviations off to be found as surely.

    Args:
        printed: v, the printed numeral.
        seeds: one value a seed.
        tolerance: the difference that matters, as the ledger declares it.
        better: which side is better; None if neither is.
        family: how many printed values are judged together (Bonferroni).
    """
    value, unit = (float(part) for part in parse(printed))
    values = np.asarray(seeds, dtype=float)
    n = len(values)
    if lack := _no_interval(values):
        return "inconclusive", lack
    m, s = float(values.mean()), float(values.std(ddof=1))
    side = LEVEL / family if better else LEVEL / family / 2
    half = float(stdtrit(n - 1, 1 - side)) * s * math.sqrt(1 + 1 / n) + unit / 2
    gap = abs(m - value)
    shown = f"mean {m:.6g}, a new run within ±{half:.2g} (n = {n}), tolerance {tolerance:g}"
    noise = 1e-12 * max(1.0, abs(value))
    if gap <= tolerance + noise and half <= tolerance + noise:
        return "reproduced", shown
    if gap > tolerance and gap > half:
        ours_is_better = (m > value) == (better == "greater")
        return ("better" if better and ours_is_better else "not reproduced"), shown
    return "inconclusive", f"{shown}; {_more_seeds(s, n, gap, tolerance, side, unit)}"


def judge_bound(seeds: Sequence[float], *, at_least: float | None, at_most: float | None) -> tuple[Verdict, str]:
    """A mean against a bound: `reproduced` where the 95 % interval of the mean lies on the claimed side."""
    bound, sign = (at_least, 1.0) if at_least is not None else (at_most, -1.0)
    assert bound is not None  # noqa: S101 - the ledger's models see to it
    verdict, reason = _one_sided([sign * (value - bound) for value in seeds], strict=False)
    mean = float(np.mean(seeds)) if len(seeds) else math.nan
    return verdict, f"mean {mean:.6g} against {'at least' if sign > 0 else 'at most'} {bound:g}; {reason}"


def judge_difference(
    differences: Sequence[float], expect: Literal["greater", "less"], by: float = 0.0
) -> tuple[Verdict, str]:
    """Paired differences: `reproduced` where the 95 % interval of their mean excludes zero on the claimed side.

    With `by`, the interval must exclude that much instead of zero. `not reproduced` where it lies wholly on the other
    side, else `inconclusive`.
    """
    sign = 1.0 if expect == "greater" else -1.0
    verdict, reason = _one_sided([sign * d - by for d in differences], strict=True)
    mean = float(np.mean(differences)) if len(differences) else math.nan
    return verdict, f"mean paired difference {mean:+.4g}, expected {expect}; {reason}"


def worst(judgements: Sequence[Judgement]) -> Judgement:
    """What several checks of one claim come to: the gravest verdict, everything computed, all steps."""
    if len(judgements) == 1:
        return judgements[0]
    gravest = max(judgements, key=lambda j: SEVERITY.index(j.verdict))
    computed: dict[str, Any] = {}
    for judgement in judgements:
        computed |= judgement.computed
    figures = [str(j.computed["figure"]) for j in judgements if j.verdict == "figure" and "figure" in j.computed]
    if figures:
        computed["figure"] = ", ".join(dict.fromkeys(figures))
    # Each line once: comparisons with one variant repeat its seeds.
    steps = tuple(dict.fromkeys(step for judgement in judgements for step in judgement.steps))
    remarks = tuple(dict.fromkeys(remark for judgement in judgements for remark in judgement.remarks))
    return Judgement(gravest.verdict, computed, steps, gravest.reason, remarks)


def _one_sided(margins: Sequence[float], *, strict: bool) -> tuple[Verdict, str]:
    """Whether the mean of some margins is positive, by its 95 % t interval; `strict`: a mean of 0 is not enough."""
    values = np.asarray(margins, dtype=float)
    n = len(values)
    if lack := _no_interval(values):
        return "inconclusive", lack
    mean, s = float(values.mean()), float(values.std(ddof=1))
    half = float(stdtrit(n - 1, 0.975)) * s / math.sqrt(n)
    interval = f"95 % interval of the margin [{mean - half:+.4g}, {mean + half:+.4g}], n = {n}"
    if mean - half > 0 or (not strict and mean - half >= 0):
        return "reproduced", interval
    if mean + half < 0:
        return "not reproduced", interval
    if mean == 0:
        return "inconclusive", f"{interval}; no number of seeds would tell these apart"
    more = np.arange(n + 1, 1001)
    enough = more[stdtrit(more - 1, 0.975) * s / np.sqrt(more) < abs(mean)]
    many = f"about {enough[0]} seeds" if len(enough) else "more than 1,000 seeds"
    return "inconclusive", f"{interval}; {many} would decide, if mean and spread stay"


def _no_interval(values: NDArray[np.float64]) -> str:
    """Why some seeds, or pairs of seeds, give no interval; empty if they do."""
    n, finite = len(values), int(np.isfinite(values).sum())
    if finite < n:
        return f"{n - finite} of {n} seeds have no finite value"
    return f"{n} seeds give no interval; at least 2 are needed" if n < 2 else ""


def _more_seeds(s: float, n: int, gap: float, tolerance: float, side: float, unit: float) -> str:
    """How many seeds would bring the half-width under the tolerance, or under the gap, if mean and spread stay."""
    goal = tolerance if gap <= tolerance else gap
    more = np.arange(n + 1, 1001)
    enough = more[stdtrit(more - 1, 1 - side) * s * np.sqrt(1 + 1 / more) + unit / 2 <= goal]
    if len(enough):
        return f"about {enough[0]} seeds would decide, if mean and spread stay"
    return "single runs spread too widely for any number of seeds to decide"
