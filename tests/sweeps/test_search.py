"""Random and Bayesian search: fixed draws, a journal that survives, values from the ranges asked for."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from experiments import identity
from experiments.problems import ConfigError
from experiments.sweeps.plans import JOURNAL, Plan, known_plan, open_plan
from experiments.sweeps.points import load_sweep
from experiments.sweeps.search import study_digest
from tests.sweeps.conftest import TINY, WriteConfig

RANDOM = """\
sweep:
  method: random
  run_cap: 40
  metric: {name: val_loss, goal: minimize}
  parameters:
    optimizer.learning_rate: {min: 0.001, max: 1, distribution: log_uniform_values}
    training.batch_size: {min: 8, max: 64, distribution: q_uniform, q: 8}
    training.shuffle: {values: [true, false]}
"""


def settings(plan: Plan) -> list[dict]:
    return [dict(point.settings) for point in plan.points()]


def test_a_random_draw_is_fixed_and_in_its_ranges(write_config: WriteConfig) -> None:
    path = write_config(text=TINY + RANDOM)
    drawn = settings(open_plan(load_sweep(path), None))
    assert len(drawn) == 40
    assert drawn == settings(open_plan(load_sweep(path), None))
    rates = [point["optimizer.learning_rate"] for point in drawn]
    assert all(0.001 <= rate <= 1 for rate in rates)
    # Uniform in the logarithm: the median of 40 lies within a factor of 3 of the geometric middle, 10 ** -1.5.
    assert abs(math.log10(sorted(rates)[20]) + 1.5) < 0.5
    batches = {point["training.batch_size"] for point in drawn}
    assert batches <= set(range(8, 65, 8))
    assert len(batches) > 5
    assert {point["training.shuffle"] for point in drawn} == {True, False}


def test_more_points_and_longer_training_keep_the_draw(write_config: WriteConfig) -> None:
    few = settings(open_plan(load_sweep(write_config(("run_cap: 40", "run_cap: 5"), text=TINY + RANDOM)), None))
    more = settings(open_plan(load_sweep(write_config(("epochs: 3", "epochs: 4"), text=TINY + RANDOM)), None))
    assert more[:5] == few


def test_a_small_space_is_drawn_until_nothing_is_new(write_config: WriteConfig) -> None:
    path = write_config(
        ("{min: 0.001, max: 1, distribution: log_uniform_values}", "{values: [0.1, 1.0]}"),
        ("distribution: q_uniform, q: 8", "distribution: q_uniform, q: 32"),
        text=TINY + RANDOM,
    )
    drawn = settings(open_plan(load_sweep(path), None))
    assert len(drawn) == 2 * 2 * 2  # rates, batches of 32 and 64, shuffled or not
    assert len({tuple(point.values()) for point in drawn}) == 8


@pytest.mark.parametrize("method", ["random", "bayes"])
def test_the_journal_keeps_what_was_told_and_is_mended(method: str, write_config: WriteConfig, tmp_path: Path) -> None:
    import optuna
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    path = write_config(("method: random", f"method: {method}"), text=TINY + RANDOM)
    folder = tmp_path / "sweep"
    for number in range(3):
        plan = open_plan(load_sweep(path), folder)  # as after a kill: everything is read anew
        plan.propose()
        point = plan.points()[number]
        plan.tell(point, 0.5 - number / 10)
        with (folder / JOURNAL).open("ab") as file:
            file.write(b'{"op_code": 4, "worker')  # killed while it wrote
    plan = open_plan(load_sweep(path), folder)
    plan.propose()
    plan.tell(plan.points()[3], None, hopeless=True)
    journal = JournalStorage(JournalFileBackend(str(folder / JOURNAL)))
    (name,) = [study.study_name for study in journal.get_all_studies()]
    study = optuna.load_study(study_name=name, storage=journal)
    assert [t.value for t in study.trials][:3] == [0.5, 0.4, 0.3]
    assert study.best_value == 0.3
    assert study.trials[3].state.name == "PRUNED"


def test_a_bayesian_sweep_of_an_exhausted_space_ends(write_config: WriteConfig, tmp_path: Path) -> None:
    bayes = RANDOM.replace("method: random", "method: bayes").replace("q: 8", "q: 32")
    bayes = bayes.replace("{min: 0.001, max: 1, distribution: log_uniform_values}", "{values: [0.1, 1.0]}")
    plan = open_plan(load_sweep(write_config(text=TINY + bayes)), tmp_path / "sweep")
    while (point := plan.propose()) is not None:
        plan.tell(point, float(point.settings["optimizer.learning_rate"]))
    assert len(plan.points()) == plan.total == 8
    assert len({point.identity for point in plan.points()}) == 8


def test_a_bayesian_search_learns(write_config: WriteConfig, tmp_path: Path) -> None:
    """Told that rates near 0.02 are good, it proposes rates near it; a random draw spreads over three decades."""
    bayes = RANDOM.replace("method: random", "method: bayes")

    def distance(rate: float) -> float:
        return abs(math.log10(rate / 0.02))

    plan = open_plan(load_sweep(write_config(text=TINY + bayes)), tmp_path / "sweep")
    while (point := plan.propose()) is not None:
        plan.tell(point, distance(point.settings["optimizer.learning_rate"]))
    late = [distance(point["optimizer.learning_rate"]) for point in settings(plan)[20:]]
    # Uniform over the three decades half of the draws are farther than 0.75 from it.
    assert len(late) == 20
    assert sorted(late)[10] < 0.3


def test_an_unfinished_line_of_a_dead_process_is_cut_off_by_the_next_writer(
    write_config: WriteConfig, tmp_path: Path
) -> None:
    """Also by one that had the journal open before."""
    sweep = load_sweep(write_config(("method: random", "method: bayes"), text=TINY + RANDOM))
    ours, others = open_plan(sweep, tmp_path), open_plan(sweep, tmp_path)
    assert ours.propose() is not None
    with (tmp_path / JOURNAL).open("ab") as file:
        file.write(b'{"op_code": 4, "worker')
    assert others.propose() is not None
    assert len(ours.points()) == len(others.points()) == 2
    assert [json.loads(line) for line in (tmp_path / JOURNAL).read_text().splitlines()]


def test_other_seeds_begin_a_new_study(write_config: WriteConfig, tmp_path: Path) -> None:
    bayes = RANDOM.replace("method: random", "method: bayes")
    plan = open_plan(load_sweep(write_config(text=TINY + bayes)), tmp_path / "sweep")
    first = plan.propose()
    assert first is not None
    plan.tell(first, 1.0)
    other = open_plan(load_sweep(write_config(("seeds: 2", "seeds: 3"), text=TINY + bayes)), tmp_path / "sweep")
    assert other.points() == []
    proposed = other.propose()
    assert proposed is not None
    assert proposed.settings == first.settings


def test_other_versions_and_other_data_begin_a_new_study(
    write_config: WriteConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Values of points that were trained otherwise say nothing about these."""
    own = "{name: npz, path: PATH, validation: {how: last, fraction: 0.5}}"
    text = TINY[: TINY.index("dataset:")] + f"dataset: {own}\n" + TINY[TINY.index("model:") :] + RANDOM
    chance = np.random.default_rng(0)

    def write_data(name: str) -> None:
        y = np.arange(8) % 2
        np.savez(tmp_path / name, x_train=chance.random((8, 2)), y_train=y, x_test=chance.random((8, 2)), y_test=y)

    def digest(text: str) -> str:
        return study_digest(load_sweep(write_config(text=text)))

    write_data("one.npz")
    write_data("two.npz")
    plain = text.replace("PATH", "one.npz")
    both = plain + "    dataset.path: {values: [one.npz, two.npz]}\n"
    before = [digest(plain), digest(both)]
    assert [digest(plain), digest(both)] == before
    write_data("two.npz")
    assert digest(plain) == before[0]
    assert digest(both) != before[1]
    write_data("one.npz")
    assert digest(plain) != before[0]
    now = digest(plain)
    monkeypatch.setattr(identity, "NUMERICS_VERSION", 10**6)
    assert digest(plain) != now


def test_who_only_looks_writes_nothing(write_config: WriteConfig, tmp_path: Path) -> None:
    """Also where another study lies in the journal than that of the sweep as it stands now."""
    bayes = RANDOM.replace("method: random", "method: bayes")
    folder = tmp_path / "sweep"

    def look() -> tuple[Plan, dict[Path, bytes]]:
        plan = known_plan(load_sweep(path), folder)
        return plan, {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}

    path = write_config(text=TINY + bayes)
    plan, files = look()
    assert (plan.points(), list(files)) == ([], [path])
    asked = open_plan(load_sweep(path), folder)
    for number in range(3):
        asked.propose()
        asked.tell(asked.points()[number], 1.0)
    (folder / f".{JOURNAL}.lock").unlink(missing_ok=True)
    before = look()[1]
    plan, files = look()
    assert plan.points() == asked.points()
    assert files == before
    path = write_config(("seeds: 2", "seeds: 3"), text=TINY + bayes)
    plan, files = look()
    assert plan.points() == []
    assert files == before | {path: path.read_bytes()}


def test_a_bayesian_search_without_a_valid_point_says_so(write_config: WriteConfig, tmp_path: Path) -> None:
    """90 per cent held out leave 10 examples, and 50 are asked for: each is fine, and the two together never."""
    bayes = """\
sweep:
  method: bayes
  run_cap: 4
  metric: {name: val_loss, goal: minimize}
  parameters:
    dataset.validation.fraction: {values: [0.9]}
    dataset.subset: {values: [50]}
"""
    plan = open_plan(load_sweep(write_config(text=TINY + bayes)), tmp_path / "sweep")
    with pytest.raises(ConfigError, match=r"none of 100 proposals is a valid config, the last one: point 1 .*subset"):
        plan.propose()
    # Where some points are valid, the others are passed over.
    plan = open_plan(load_sweep(write_config(("[50]", "[50, 10]"), text=TINY + bayes)), tmp_path / "other")
    while (point := plan.propose()) is not None:
        plan.tell(point, 1.0)
    assert [p["dataset.subset"] for p in settings(plan)] == [10]
