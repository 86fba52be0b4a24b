"""Ledger -> verdicts: each claim's checks are measured and judged, in the order of the slides."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from experiments.data.facts import fingerprint
from experiments.identity import trial_id
from experiments.ledger.loading import LoadedLedger
from experiments.ledger.measuring import Published, UnmeasuredError, plain, worked_function
from experiments.ledger.printed import count, is_numeral
from experiments.ledger.quantities import better_side
from experiments.ledger.seeds import Readings, Turnout
from experiments.ledger.spec import (
    Bound,
    Check,
    Claim,
    Comparison,
    Declared,
    Direction,
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
from experiments.problems import shown


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
        # First, as it says more than that nothing was tested; not where a check computed nothing, which says why.
        if remaining and all(j.verdict != "unchecked" or j.computed for j in judgements):
            judgements.insert(0, Judgement("unchecked", {}, reason=f"no check computes {', '.join(remaining)}"))
        judgement = worst(judgements)
        reason = "; ".join(text for text in (judgement.reason, *judgement.remarks) if text)
        return replace(judgement, reason=reason, remarks=())

    def _judge(self, claim: Claim, check: Check, printed: Mapping[str, Any], families: Mapping[str, int]) -> Judgement:
        match check:
            case Worked():
                return _judge_worked(claim, check)
            case Value() if check.report:
                read, turnout = self._read(check)
                computed, steps = {_label(claim, check): read.mean}, _steps("", read, turnout)
                return Judgement("answered", computed, steps, remarks=_remarks(read, turnout))
            case Value():
                return self._judge_value(claim, check, printed, families)
            case Bound():
                return self._judge_bound(claim, check)
            case Comparison() | WithinTrials():
                return self._judge_difference(claim, check)
            case Outcome():
                return self._judge_outcome(check)
            case Drawn():
                file = self.published(check.experiment).drawn(check.drawn, check.variant)
                return Judgement("figure", {"figure": f"{check.experiment}/{file}"})
            case SlideFigure():
                return Judgement("figure", {"figure": check.figure})
            case Photograph():
                return Judgement("figure", {}, reason=check.photograph)
            case External():
                return Judgement("external", {}, reason=check.external)
            case Declared():
                return Judgement("declared", {}, reason=check.because)

    def _read(self, check: Value | Bound) -> tuple[Readings, Turnout]:
        published = self.published(check.experiment)
        return published.values(check.variant, check.quantity), published.turnout(check.variant)

    def _judge_value(
        self, claim: Claim, check: Value, printed: Mapping[str, Any], families: Mapping[str, int]
    ) -> Judgement:
        name = next(iter(printed), None)
        if name is None:
            raise UnmeasuredError("other checks compute all that is printed; nothing is left for the trained value")
        if not is_numeral(printed[name]):
            raise UnmeasuredError(f"a trained value needs a numeral; {name} is printed as {shown(printed[name])}")
        tolerance = claim.tolerance_of(name)
        if tolerance is None:
            raise UnmeasuredError(f"the ledger declares no tolerance for {name}")
        read, turnout = self._read(check)
        verdict, reason = judge_value(
            printed[name],
            list(read.values.values()),
            float(tolerance),
            better=better_side(check.quantity),
            family=families.get(claim.family or "", 1),
        )
        judgement = Judgement(verdict, {name: read.mean}, _steps("", read, turnout), reason)
        return _held_back(judgement, read, turnout, leaves_open=bool(read.at_least or read.at_most))

    def _judge_bound(self, claim: Claim, check: Bound) -> Judgement:
        read, turnout = self._read(check)
        verdict, reason = judge_bound(list(read.values.values()), at_least=check.at_least, at_most=check.at_most)
        judgement = Judgement(verdict, {_label(claim, check): read.mean}, _steps("", read, turnout), reason)
        expect: Direction = "less" if check.at_least is None else "greater"
        return _held_back(judgement, read, turnout, leaves_open=read.leave_open(verdict, expect))

    def _judge_difference(self, claim: Claim, check: Comparison | WithinTrials) -> Judgement:
        published = self.published(check.experiment)
        where = _where(claim, check.experiment)
        if isinstance(check, Comparison):
            variants, quantities = check.compare, [check.quantity] * 2
            sides: list[str] = list(check.compare)
            names = [f"{where}{variant}: {_name(check.quantity)}" for variant in sides]
        else:
            variants, quantities = [check.variant] * 2, check.compare_quantities
            sides = [_name(q) for q in quantities]
            names = [f"{where}{check.variant}: {side}" for side in sides]
        first, second = (published.values(v, q) for v, q in zip(variants, quantities, strict=True))
        turnouts = [published.turnout(variant) for variant in variants]
        difference = first.minus(second)
        verdict, reason = judge_difference(list(difference.values.values()), check.expect, check.by or 0.0)
        computed = dict(zip(names, (first.mean, second.mean), strict=True))
        told = zip(names, (first, second), turnouts, strict=True)
        steps = tuple(step for name, read, turnout in told for step in _steps(f"{name}, ", read, turnout))
        judgement = Judgement(verdict, computed, steps, f"{' against '.join(sides)}: {reason}")
        return _held_back(judgement, difference, *turnouts, leaves_open=difference.leave_open(verdict, check.expect))

    def _judge_outcome(self, check: Outcome) -> Judgement:
        rows = self.published(check.experiment).of_variant(check.variant)
        outcomes = sorted(set(rows["outcome"]))
        errors = [error for error in rows["error"].unique() if error]
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


def _steps(label: str, read: Readings, turnout: Turnout) -> tuple[str, ...]:
    values = ", ".join(f"{value:.6g}" for value in read.values.values())
    return f"{label}by seed: {values}" + (f" ({turnout.line})" if turnout.line else ""), *read.remarks


def _remarks(read: Readings, *turnouts: Turnout) -> tuple[str, ...]:
    """What a reader must know of the seeds: which were lost, and which values are bounds."""
    lost = dict.fromkeys(turnout.remark for turnout in turnouts if turnout.remark)
    return (*lost, *read.remarks)


def _held_back(judgement: Judgement, read: Readings, *turnouts: Turnout, leaves_open: bool) -> Judgement:
    """A judgement with its remarks; `inconclusive` at most if seeds were lost that no config expects to lose.

    Those that are left are the ones that trained well, no sample of all. So it is where bounds leave the verdict open.
    """
    remarks = _remarks(read, *turnouts)
    if leaves_open:
        remarks = (*remarks, "trained longer, these seeds could decide otherwise")
    doubtful = leaves_open or any(turnout.biased for turnout in turnouts)
    return replace(judgement, verdict="inconclusive" if doubtful else judgement.verdict, remarks=remarks)
