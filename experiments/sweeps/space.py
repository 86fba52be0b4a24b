"""What values a swept key may take, and how Optuna draws them."""

import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from experiments.spec.sweep import Parameter, multiple, multiples
from experiments.sweeps.points import Sweep

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution


@dataclass(frozen=True)
class Values:
    """A list of values of any kind."""

    listed: tuple[Any, ...]

    def distribution(self) -> "BaseDistribution":
        """A choice among the values, written as JSON: Optuna keeps texts, and a value may be a list."""
        from optuna.distributions import CategoricalDistribution

        return CategoricalDistribution([json.dumps(value) for value in self.listed])

    def setting(self, drawn: Any) -> Any:
        """The value behind what Optuna drew."""
        return json.loads(drawn)

    def drawn(self, setting: Any) -> Any:
        """The inverse of `setting`."""
        return json.dumps(setting)


@dataclass(frozen=True)
class Range:
    """Numbers from `low` to `high`, on a straight or a logarithmic scale, perhaps rounded to multiples of `step`."""

    low: float
    high: float
    log: bool = False
    whole: bool = False
    step: float | None = None

    @property
    def listed(self) -> tuple[Any, ...]:
        """No list."""
        return ()

    def distribution(self) -> "BaseDistribution":
        """Uniform, or uniform in the logarithm. Rounding to `step` is ours: Optuna's steps start at `low`."""
        from optuna.distributions import FloatDistribution, IntDistribution

        if self.whole and self.step is None:
            return IntDistribution(int(self.low), int(self.high), log=self.log)
        return FloatDistribution(self.low, self.high, log=self.log)

    def setting(self, drawn: float) -> int | float:
        """The value behind what Optuna drew: as W&B says, round(drawn / step) * step, kept within the range."""
        if self.step is None:
            return int(drawn) if self.whole else float(drawn)
        first, last = multiples(self.low, self.high, self.step)
        return multiple(min(max(round(drawn / self.step), first), last), self.step)

    def drawn(self, setting: Any) -> Any:
        """What Optuna would have drawn for a value."""
        return setting


Space = dict[str, Values | Range]


def space_of(sweep: Sweep) -> Space:
    """The values of each swept key.

    A range without a distribution is `int_uniform` where the key takes whole numbers only, else `uniform`. (W&B goes
    by how the ends are written, so that a learning rate from 0 to 1 would be drawn from two values.)
    """
    return {path: _of(sweep, path, parameter) for path, parameter in sweep.spec.parameters.items()}


def _of(sweep: Sweep, path: str, parameter: Parameter) -> Values | Range:
    if parameter.values is not None:
        return Values(tuple(parameter.values))
    low, high, named = float(parameter.min or 0), float(parameter.max or 0), parameter.distribution
    whole = named == "int_uniform"
    if named is None and low.is_integer() and high.is_integer():
        whole = not sweep.takes(path, low + 0.382 * (high - low) if high > low else low + 0.5)
    return Range(low, high, "log" in (named or ""), whole, parameter.q)


def combinations(space: Space) -> Iterator[dict[str, Any]]:
    """Every combination of listed values, the last key's changing fastest."""
    lists: Mapping[str, tuple[Any, ...]] = {p: v.listed for p, v in space.items() if isinstance(v, Values)}
    for chosen in itertools.product(*lists.values()):
        yield dict(zip(lists, chosen, strict=True))
