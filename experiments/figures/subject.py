"""What a figure is drawn from: an experiment, its records, and its data where the picture shows examples."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from experiments.data.datasets import Dataset
from experiments.loading import Experiment
from experiments.records import Record


@dataclass(frozen=True)
class Subject:
    """An experiment as its figures see it.

    Attributes:
        experiment: the checked config; `experiment.shortened` is not empty for a quick run, and figures say so.
        records: completed trials by variant, in the config's order of variants, each list in the order of seeds;
            variants without a completed trial are absent.
        load: gives the data of a variant; called only by figures that show examples.
    """

    experiment: Experiment
    records: dict[str, list[Record]]
    load: Callable[[str], Dataset]

    @cached_property
    def first_variant(self) -> str:
        """`base` where it has a completed trial, else the first variant that has."""
        return next(iter(self.records))
