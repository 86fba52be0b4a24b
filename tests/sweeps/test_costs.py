"""Long trainings go first."""

from pathlib import Path

import numpy as np

from experiments.data.facts import facts
from experiments.sweeps.costs import costliest_first, work
from experiments.sweeps.plans import open_plan
from experiments.sweeps.points import load_sweep
from tests.sweeps.conftest import TINY, WriteConfig

SIZES = """\
sweep:
  method: grid
  metric: {name: val_loss, goal: minimize}
  parameters:
    training.epochs: {values: [2, 8]}
    dataset.features: {values: [[sepal_length], [sepal_length, sepal_width]]}
"""


def test_points_with_more_epochs_and_parameters_go_first(write_config: WriteConfig) -> None:
    path = write_config(text=TINY + SIZES)
    points = open_plan(load_sweep(path), None).points()
    by_work = costliest_first(points, path.parent)
    assert [(p.spec.recipe.training.epochs, len(p.spec.dataset.features)) for p in by_work] == [
        (8, 2), (8, 1), (2, 2), (2, 1),
    ]  # fmt: skip
    assert [work(p.spec, facts(p.spec.dataset, path.parent)) for p in by_work] == [
        3 * 80 * 8, 2 * 80 * 8, 3 * 80 * 2, 2 * 80 * 2,
    ]  # fmt: skip


def test_equal_points_of_one_program_follow_each_other(write_config: WriteConfig) -> None:
    path = write_config()
    points = open_plan(load_sweep(path), None).points()
    assert [p.spec.recipe.training.batch_size for p in points] == [10, 20] * 3
    by_program = costliest_first(points, path.parent)
    assert [p.spec.recipe.training.batch_size for p in by_program] == [10] * 3 + [20] * 3
    assert [p.number for p in by_program] == [1, 3, 5, 2, 4, 6]


def test_data_of_which_nothing_is_left_cost_nothing(write_config: WriteConfig, tmp_path: Path) -> None:
    np.savez(tmp_path / "few.npz", x_train=np.eye(4), y_train=[0, 0, 1, 1], x_test=np.eye(4), y_test=[0, 0, 1, 1])
    path = write_config(
        ("  name: iris\n  classes: [setosa, versicolor]\n  features: [sepal_length, sepal_width]\n",
         "  name: npz\n  path: few.npz\n"),
        ("how: stratified, fraction: 0.2", "how: last, fraction: 0.5"),
    )  # fmt: skip
    points = open_plan(load_sweep(path), None).points()
    assert sorted(p.number for p in costliest_first(points, path.parent)) == [p.number for p in points]
    assert work(points[0].spec, None) == 0
