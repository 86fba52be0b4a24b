"""What the seeds of a variant gave: a value each, only a bound of it, or none."""

from collections.abc import Mapping
from dataclasses import dataclass

from experiments.ledger.spec import Direction
from experiments.ledger.verdicts import Verdict

NOT_RUN = "were not run"
"""What became of seeds of a costly variant that was trained in part, or not at all."""


@dataclass(frozen=True)
class Readings:
    """A quantity by seed.

    Attributes:
        values: of the seeds whose training completed.
        at_least: seeds whose value is a lower bound: the training ended before it reached what is asked for.
        at_most: seeds whose value is an upper bound, as the difference from a lower bound is.
        remarks: which bounds these are.
    """

    values: Mapping[int, float]
    at_least: frozenset[int] = frozenset()
    at_most: frozenset[int] = frozenset()
    remarks: tuple[str, ...] = ()

    @property
    def mean(self) -> float:
        """Over seeds; NaN of none."""
        return sum(self.values.values()) / len(self.values) if self.values else float("nan")

    def minus(self, other: "Readings") -> "Readings":
        """The differences of the seeds that both have."""
        values = {seed: value - other.values[seed] for seed, value in self.values.items() if seed in other.values}
        return Readings(
            values,
            frozenset((self.at_least | other.at_most) & values.keys()),
            frozenset((self.at_most | other.at_least) & values.keys()),
            tuple(dict.fromkeys((*self.remarks, *other.remarks))),
        )

    def leave_open(self, verdict: Verdict, expect: Direction) -> bool:
        """Whether a verdict on the mean would need the values of which only bounds are known.

        A mean in which bounds stand for such values is a bound itself: where lower bounds already give `greater`, so
        do the values, whatever they are; where they give `less`, nothing follows.

        Args:
            verdict: as the bounds have it.
            expect: the claimed side.
        """
        if verdict == "reproduced":
            return bool(self.at_most if expect == "greater" else self.at_least)
        if verdict == "not reproduced":
            return bool(self.at_least if expect == "greater" else self.at_most)
        return False


@dataclass(frozen=True)
class Turnout:
    """How many seeds of a variant completed, and what became of the others.

    Attributes:
        variant: the variant.
        seeds: how many there should be.
        lost: how many of them did not complete, by what became of them: 'failed', 'diverged', NOT_RUN.
        may_diverge: whether the config declares divergence of this variant to be a result.
    """

    variant: str
    seeds: int
    lost: Mapping[str, int]
    may_diverge: bool

    @property
    def line(self) -> str:
        """'4 of 5 seeds completed'; empty if all did."""
        return f"{self.seeds - sum(self.lost.values())} of {self.seeds} seeds completed" if self.lost else ""

    @property
    def fates(self) -> str:
        """'1 of 5 seeds diverged'."""
        return " and ".join(f"{count} of {self.seeds} seeds {fate}" for fate, count in self.lost.items())

    @property
    def biased(self) -> bool:
        """Whether seeds were lost by how they trained: those that are left are then no fair sample."""
        return any(fate != NOT_RUN and not (fate == "diverged" and self.may_diverge) for fate in self.lost)

    @property
    def remark(self) -> str:
        """What is to be said where trainings did not complete; empty if all that were run did."""
        if not self.lost.keys() - {NOT_RUN}:
            return ""
        return f"{self.variant}: {self.fates}, " + (
            "and those that are left decide nothing" if self.biased else "as its config expects"
        )
