"""Ledger -> verdicts: each claim's checks are measured and judged, in the order of the slides."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.data.facts import fingerprint
from experiments.identity import trial_id
from experiments.ledger.loading import LoadedLedger
from experiments.ledger.measuring import Published, UnmeasuredError, plain, worked_function
from experiments.ledger.printed import count
from experiments.ledger.quantities import better_side
from experiments.ledger.spec import (
    Bound,
    Check,
    Claim,
    Comparison,
    Declared,
    Drawn,
    External,
    Ledger,
    Outcome,
    Photograph,
    SlideFigure,
    Trained,
    Value,
    WithinTrials,
    Worked,
)
from experiments.ledger.verdicts import Judgement, judge_bound, judge_difference, judge_value, judge_worked, worst
from experiments.loading import Experiment


@dataclass(frozen=True)
class Judged:
    """A claim and what came of it."""

    lecture: str
    claim: Claim
    judgement: Judgement


class Bench:
    """Where claims are judged: the published results of the experiments, opened once each."""

    def __init__(self, experiments: Mapping[str, Experiment], results: Path):
        self._experiments, self._results = experiments, results
        self._published: dict[str, Published] = {}

    def published(self, name: str) -> Published:
        """What is published of an experiment."""
        if name not in self._published:
            experiment = self._experiments[name]
            self._published[name] = Published(experiment, self._results / name, _planned_ids(experiment))
        return self._published[name]

    def judge(self, claim: Claim, families: Mapping[str, int]) -> Judgement:
        """The verdict on a claim.

        Args:
            claim: the claim.
            families: how many printed values each family of claims has.
        """
        judgements = []
        # What a worked example does not compute is left for the trained values, in their order.
        remaining = dict(claim.printed)
        for check in sorted(claim.check, key=lambda c: not isinstance(c, Worked)):
            try:
                judgement = self._judge(claim, check, remaining, families)
            except UnmeasuredError as error:
                judgement = Judgement("unchecked", {}, reason=str(error))
            remaining = {name: value for name, value in remaining.items() if name not in judgement.computed}
            judgements.append(judgement)
        if remaining and all(j.verdict != "unchecked" for j in judgements):
            judgements.append(Judgement("unchecked", {}, reason=f"no check computes {', '.join(remaining)}"))
        return worst(judgements)

    def _judge(self, claim: Claim, check: Check, printed: Mapping[str, Any], families: Mapping[str, int]) -> Judgement:
        match check:
            case Worked():
                return _judge_worked(claim, check)
            case Value() if check.report:
                values = self.published(check.experiment).values(check.variant, check.quantity)
                return Judgement("answered", {_label(claim, check): _mean(values)}, (_seeds_line(values),))
            case Value():
                return self._judge_value(claim, check, printed, families)
            case Bound():
                values = self.published(check.experiment).values(check.variant, check.quantity)
                verdict, reason = judge_bound(list(values.values()), at_least=check.at_least, at_most=check.at_most)
                return Judgement(verdict, {_label(claim, check): _mean(values)}, (_seeds_line(values),), reason)
            case Comparison() | WithinTrials():
                return self._judge_difference(claim, check)
            case Outcome():
                return self._judge_outcome(check)
            case Drawn():
                files = self.published(check.experiment).files
                stem = check.drawn if check.variant == "base" else f"{check.drawn}-{check.variant}"
                drawn = [name for name in files if name.endswith(".png") and name.startswith(check.drawn)]
                if f"{stem}.png" not in files and not drawn:
                    raise UnmeasuredError(f"{check.experiment} has no figure {stem}; relecture run {check.experiment}")
                return Judgement("figure", {"figure": f"{check.experiment}/{stem}.png"})
            case SlideFigure():
                return Judgement("figure", {"figure": check.figure})
            case Photograph():
                return Judgement("figure", {}, reason=check.photograph)
            case External():
                return Judgement("external", {}, reason=check.external)
            case Declared():
                return Judgement("declared", {}, reason=check.because)

    def _judge_value(
        self, claim: Claim, check: Value, printed: Mapping[str, Any], families: Mapping[str, int]
    ) -> Judgement:
        name, value = next(iter(printed.items()))
        values = self.published(check.experiment).values(check.variant, check.quantity)
        tolerance = claim.tolerance_of(name)
        if tolerance is None:
            raise UnmeasuredError(f"the ledger declares no tolerance for {name}")
        verdict, reason = judge_value(
            value,
            list(values.values()),
            float(tolerance),
            better=better_side(check.quantity),
            family=families.get(claim.family or "", 1),
        )
        return Judgement(verdict, {name: _mean(values)}, (_seeds_line(values),), reason)

    def _judge_difference(self, claim: Claim, check: Comparison | WithinTrials) -> Judgement:
        published = self.published(check.experiment)
        where = _where(claim, check.experiment)
        if isinstance(check, Comparison):
            first, second = (published.values(variant, check.quantity) for variant in check.compare)
            sides: list[str] = list(check.compare)
            names = [f"{where}{variant}: {_name(check.quantity)}" for variant in sides]
        else:
            first, second = (published.values(check.variant, q) for q in check.compare_quantities)
            sides = [_name(q) for q in check.compare_quantities]
            names = [f"{where}{check.variant}: {side}" for side in sides]
        differences = {seed: first[seed] - second[seed] for seed in first if seed in second}
        verdict, reason = judge_difference(list(differences.values()), check.expect, check.by or 0.0)
        computed = dict(zip(names, (_mean(first), _mean(second)), strict=True))
        steps = tuple(f"{name}, {_seeds_line(v)}" for name, v in zip(names, (first, second), strict=True))
        return Judgement(verdict, computed, steps, f"{' against '.join(sides)}: {reason}")

    def _judge_outcome(self, check: Outcome) -> Judgement:
        rows = self.published(check.experiment).of_variant(check.variant)
        outcomes = sorted(set(rows["outcome"]))
        errors = [str(e) for e in rows["error"].dropna().unique()]
        as_implied = outcomes == [check.outcome]
        reason = "" if as_implied else f"printed as if it {_ENDS[check.outcome]}; run as printed, it {_told(outcomes)}"
        return Judgement(
            "confirmed" if as_implied else "erratum", {"outcome": ", ".join(outcomes)}, tuple(errors), reason
        )


_ENDS = {"completed": "ran", "failed": "failed", "diverged": "diverged"}


def _told(outcomes: list[str]) -> str:
    return " or ".join(_ENDS.get(outcome, outcome) for outcome in outcomes)


def judge_all(
    ledgers: Iterable[LoadedLedger], results: Path, wanted: Callable[[Claim], bool] = lambda _: True
) -> list[Judged]:
    """Every wanted claim of some ledgers, judged."""
    judged = []
    for loaded in ledgers:
        bench, families = Bench(loaded.experiments, results), _families(loaded.ledger)
        judged += [
            Judged(loaded.ledger.lecture, claim, bench.judge(claim, families))
            for claim in loaded.ledger.claims
            if wanted(claim)
        ]
    return judged


def _families(ledger: Ledger) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for claim in ledger.claims:
        if claim.family:
            sizes[claim.family] = sizes.get(claim.family, 0) + count(claim.printed)
    return sizes


def _judge_worked(claim: Claim, check: Worked) -> Judgement:
    function = worked_function(check.worked)
    assert function is not None  # noqa: S101 - loading has found it
    try:
        finding = function(**check.inputs)
    except Exception as error:  # whatever a check raises, the other claims are judged
        return Judgement("unchecked", {}, reason=f"{check.worked} failed: {type(error).__name__}: {error}")
    values = plain(finding.values)
    holds = None if finding.holds is None else bool(finding.holds)
    printed = {name: value for name, value in claim.printed.items() if name in values}
    verdict, reason = judge_worked(claim.kind, printed, values, holds, {n: claim.tolerance_of(n) for n in printed})
    return Judgement(verdict, values, finding.steps, reason)


def _planned_ids(experiment: Experiment) -> dict[str, str]:
    ids: dict[str, str] = {}
    for variant, spec in experiment.variants.items():
        data = fingerprint(spec.dataset, experiment.path.parent)
        ids |= {f"{variant}/{seed}": trial_id(spec, seed, data) for seed in spec.seeds}
    return ids


def _label(claim: Claim, check: Value | Bound) -> str:
    """What a measured quantity is called among all that the claim's checks measure."""
    return f"{_where(claim, check.experiment)}{check.variant}: {_name(check.quantity)}"


def _where(claim: Claim, experiment: str) -> str:
    """The experiment, where a claim's checks name more than one."""
    experiments = {check.experiment for check in claim.check if isinstance(check, Trained | Comparison)}
    return f"{experiment}, " if len(experiments) > 1 else ""


def _name(quantity: Any) -> str:
    if isinstance(quantity, str):
        return quantity
    if hasattr(quantity, "minus"):
        return " minus ".join(map(_name, quantity.minus))
    if quantity.reaches is not None:
        return f"epochs until {quantity.history} reaches {quantity.reaches:g}"
    if quantity.epoch_of:
        return f"epoch of the best {quantity.history}"
    return f"{quantity.history}, " + (f"epoch {quantity.at}" if isinstance(quantity.at, int) else str(quantity.at))


def _mean(values: Mapping[int, float]) -> float:
    return sum(values.values()) / len(values) if values else float("nan")


def _seeds_line(values: Mapping[int, float]) -> str:
    return "by seed: " + ", ".join(f"{value:.6g}" for value in values.values())
