"""The `sweep:` part of a config: the Weights & Biases keys, a subset."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from experiments.spec.fields import Count, Seeds, Spec, short_form


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
