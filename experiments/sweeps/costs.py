"""Which points take long, before any has run: those go first, so that no worker is left with a long one at the end.

Points of one network follow each other: those that differ in the learning rate alone share a compiled program.
"""

from collections.abc import Iterable
from pathlib import Path

from experiments.data.errors import EmptyClass
from experiments.data.facts import Facts, facts
from experiments.memory import parameter_count
from experiments.spec import DatasetSpec, ExperimentSpec
from experiments.sweeps.points import Point


def costliest_first(points: Iterable[Point], folder: Path) -> list[Point]:
    """Points by the work of their trainings, the most first; of equal ones those of one program together.

    Args:
        points: any.
        folder: the config's folder, from which an npz's path is taken.

    Raises:
        DataError: an npz cannot be read.
    """
    known: dict[str, Facts | None] = {}

    def facts_of(spec: DatasetSpec) -> Facts | None:
        key = spec.model_dump_json()
        if key not in known:
            try:
                known[key] = facts(spec, folder)
            except EmptyClass:  # the outcome of its trials
                known[key] = None
        return known[key]

    programs: dict[str, int] = {}

    def program(spec: ExperimentSpec) -> int:
        return programs.setdefault(spec.model_dump_json(exclude={"optimizer": {"learning_rate"}}), len(programs))

    return sorted(points, key=lambda point: (-work(point.spec, facts_of(point.spec.dataset)), program(point.spec)))


def work(spec: ExperimentSpec, data: Facts | None) -> int:
    """About the multiplications of a training: parameters x examples x epochs; 0 where there are no epochs.

    Example:
        784-10 on 60,000 examples for 2 epochs: 7,850 x 60,000 x 2.
    """
    if spec.recipe is None or data is None:
        return 0
    parameters = parameter_count(spec.recipe.model, data.example_shape)
    return parameters * data.train_examples * spec.recipe.training.epochs
