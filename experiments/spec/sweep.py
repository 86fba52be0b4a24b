"""The `sweep:` part of a config: the Weights & Biases keys, a subset."""

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from experiments.spec.fields import Count, Seeds, Spec, short_form

MOST_POINTS = 20_000
"""Every point is checked in full and named before the first trial, which takes a millisecond or more."""

MOST_STEPS = 10**9
"""Multiples of `q` up to here are told apart whatever they are rounded to."""


class Objective(Spec):
    """What a sweep optimises; always a value of validation data, never of test data."""

    name: Literal["val_loss", "val_accuracy"]
    goal: Literal["minimize", "maximize"]

    @model_validator(mode="after")
    def _sensible_goal(self) -> "Objective":
        if (self.goal == "minimize") != self.name.endswith("loss"):
            raise ValueError(f"goal: {self.goal} is the wrong way for {self.name}")
        return self


class Parameter(Spec):
    """The values of one swept key: a list, or a range with a distribution."""

    values: Annotated[list[Any], Field(min_length=1)] | None = None
    min: float | None = None
    max: float | None = None
    distribution: (
        Literal["uniform", "log_uniform_values", "int_uniform", "q_uniform", "q_log_uniform_values"] | None
    ) = None
    q: Annotated[float, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _list_or_range(self) -> "Parameter":
        ranged = self.min is not None or self.max is not None
        if (self.values is None) == (not ranged):
            raise ValueError("expected either values, or min and max")
        if not ranged and (self.distribution is not None or self.q is not None):
            raise ValueError("distribution and q belong to min and max, not to values")
        if (self.q is not None) != (self.distribution or "").startswith("q_"):
            raise ValueError("expected q with a q_ distribution, and only there")
        if ranged:
            if self.min is None or self.max is None:
                raise ValueError("expected both min and max")
            if self.min > self.max:
                raise ValueError(f"min {self.min:g} is greater than max {self.max:g}")
            if "log" in (self.distribution or "") and self.min <= 0:
                raise ValueError(f"{self.distribution} needs a min above 0, got {self.min:g}")
            if self.distribution == "int_uniform" and not (self.min.is_integer() and self.max.is_integer()):
                raise ValueError(f"int_uniform needs whole numbers, got min {self.min:g} and max {self.max:g}")
        return self

    @model_validator(mode="after")
    def _has_multiples(self) -> "Parameter":
        if self.q is None or self.min is None or self.max is None:
            return self
        first, last = multiples(self.min, self.max, self.q)
        if max(abs(first), abs(last)) > MOST_STEPS:
            ends = f"min {self.min:g} and max {self.max:g}"
            raise ValueError(f"q {self.q:g} is too small for {ends}: expected at most {MOST_STEPS:,} times q")
        if first > last:
            raise ValueError(f"no multiple of q {self.q:g} lies between min {self.min:g} and max {self.max:g}")
        return self

    @property
    def rounded_ends(self) -> list[int | float]:
        """The first two multiples of `q` in the range, and the last: all of them are whole numbers if these are."""
        if self.q is None or self.min is None or self.max is None:
            return []
        first, last = multiples(self.min, self.max, self.q)
        return [multiple(number, self.q) for number in sorted({first, min(first + 1, last), last})]


def multiples(low: float, high: float, q: float) -> tuple[int, int]:
    """The first and the last whole n with low <= n q <= high, by the decimals as they are written.

    Example:
        >>> multiples(0.3, 0.95, 0.1)
        (3, 9)
    """
    step = Decimal(repr(q))
    first = (Decimal(repr(low)) / step).to_integral_value(ROUND_CEILING)
    last = (Decimal(repr(high)) / step).to_integral_value(ROUND_FLOOR)
    return int(first), int(last)


def multiple(number: int, q: float) -> int | float:
    """`number` times `q`, by the decimals as they are written; a whole number where `q` is one.

    Example:
        >>> multiple(3, 0.1), multiple(3, 16.0)
        (0.3, 48)
    """
    return number * int(q) if q.is_integer() else float(number * Decimal(repr(q)))


class Pruning(Spec):
    """Points without hope are dropped before all their seeds are run.

    After the first `after_seeds` seeds, points whose mean is worse than the median of all points' means are dropped.
    """

    rule: Literal["median"]
    after_seeds: Count = 1


class SweepSpec(Spec):
    """A search over settings of the config."""

    method: Literal["grid", "random", "bayes"]
    metric: Objective
    parameters: Annotated[dict[str, Parameter], Field(min_length=1)]
    run_cap: Count | None = None
    seeds: Seeds | None = None
    """Seeds per point; the experiment's where absent."""
    prune: Annotated[Pruning | None, short_form("rule")] = None
    """`median`, or `{rule: median, after_seeds: n}`: drop points without hope."""

    @model_validator(mode="after")
    def _grid_has_values(self) -> "SweepSpec":
        if self.method == "grid":
            ranged = [path for path, parameter in self.parameters.items() if parameter.values is None]
            if ranged:
                raise ValueError(f"method: grid needs values for {', '.join(ranged)}")
        elif self.run_cap is None:
            raise ValueError(f"method: {self.method} needs a run_cap")
        if self.prune is not None and self.seeds is not None and self.prune.after_seeds >= len(self.seeds):
            message = f"after_seeds {self.prune.after_seeds} of {len(self.seeds)} seeds leaves nothing to prune"
            raise ValueError(f"prune: {message}")
        return self

    @model_validator(mode="after")
    def _apart(self) -> "SweepSpec":
        for path in self.parameters:
            for other in self.parameters:
                if path != other and path.startswith((f"{other}.", f"{other}[")):
                    raise ValueError(f"parameters: {path} lies within {other}, which is swept as well")
        return self

    @model_validator(mode="after")
    def _not_too_many(self) -> "SweepSpec":
        if self.method == "grid" and self.combinations > MOST_POINTS:
            got = f"{self.combinations:,}" if self.combinations < 10**15 else "far more"
            instead = "method: random with a run_cap draws some of them"
            raise ValueError(f"expected at most {MOST_POINTS:,} combinations, got {got}; {instead}")
        if self.method != "grid" and (self.run_cap or 0) > MOST_POINTS:
            raise ValueError(f"expected a run_cap of at most {MOST_POINTS:,}, got {self.run_cap:,}")
        return self

    @property
    def combinations(self) -> int:
        """Of all listed values, those that train the same counted each; 1 where nothing is listed."""
        return math.prod(len(parameter.values) for parameter in self.parameters.values() if parameter.values)

    @property
    def most_points(self) -> int:
        """How many points there can be."""
        return min(self.combinations, self.run_cap or self.combinations) if self.method == "grid" else self.run_cap or 0
