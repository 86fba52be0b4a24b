"""What a figure is drawn from: an experiment, its records, and its data where the picture shows examples."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from experiments.data.datasets import Dataset
from experiments.loading import BASE, Experiment
from experiments.records import Record


@dataclass(frozen=True)
class Subject:
    """An experiment as its figures see it.

    Attributes:
        experiment: the checked config; `experiment.shortened` is not empty for a quick run, and figures say so.
        records: completed trials by variant, in the order of the config's labels, each list in the order of seeds;
            variants without a completed trial are absent.
        load: gives the data of a variant; called only by figures that show examples.
        beside: published summaries of the experiments that the config names beside this one; None for one that has
            not been run.
    """

    experiment: Experiment
    records: dict[str, list[Record]]
    load: Callable[[str], Dataset]
    beside: Mapping[str, pd.DataFrame | None] = field(default_factory=dict)
    only: tuple[str, ...] = ()

    @cached_property
    def first_variant(self) -> str:
        """`base` where it has a completed trial, else the first variant that has."""
        return BASE if BASE in self.records else next(iter(self.records))

    def label(self, variant: str) -> str:
        """What the figure calls a variant."""
        return self.experiment.spec.label_of(variant)
