"""Which points a sweep has, and every bad sweep found before the first trial, with its place."""

import itertools
from pathlib import Path

import pytest

from experiments.loading import load_experiment
from experiments.problems import ConfigError
from experiments.spec.sweep import Objective, Parameter, SweepSpec
from experiments.sweeps.plans import open_plan
from experiments.sweeps.points import HOLD_OUT, Sweep, load_sweep
from experiments.sweeps.space import Range, space_of
from tests.sweeps.conftest import GRID, TINY, WriteConfig

RATES = "optimizer.learning_rate: {values: [0.01, 0.1, 1.0]}"
BATCHES = "    training.batch_size: {values: [10, 20]}\n"


def settings(path: Path, *words: str) -> list[dict]:
    return [dict(point.settings) for point in open_plan(load_sweep(path, words), None).points()]


def problems_of(path: Path, *words: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        open_plan(load_sweep(path, words), None)
    return [str(problem) for problem in caught.value.problems]


def test_a_grid_is_every_combination_in_order(write_config: WriteConfig) -> None:
    found = settings(write_config())
    expected = [{"optimizer.learning_rate": r, "training.batch_size": b}
                for r, b in itertools.product([0.01, 0.1, 1.0], [10, 20])]  # fmt: skip
    assert found == expected


def test_points_that_train_the_same_are_one(write_config: WriteConfig) -> None:
    path = write_config((RATES, "optimizer.learning_rate: {values: [0.1, 1e-1, 0.10, 1, 1.0]}"))
    found = settings(path)
    assert [p["optimizer.learning_rate"] for p in found] == [0.1, 0.1, 1, 1]
    assert len({tuple(p.values()) for p in found}) == 4


def test_a_run_cap_takes_the_first_points(write_config: WriteConfig) -> None:
    assert settings(write_config(("method: grid", "method: grid\n  run_cap: 3"))) == settings(write_config())[:3]


def test_a_point_trains_what_the_same_config_would(write_config: WriteConfig, tmp_path: Path) -> None:
    """A sweep's trial has the very identity of the run with these settings; seeds are the sweep's."""
    from experiments.planning import plan_trials

    path = write_config(("  method: grid", "  seeds: [3, 5]\n  method: grid"))
    point = open_plan(load_sweep(path), None).points()[3]
    assert [trial.seed for trial in point.trials] == [3, 5]
    alone = load_experiment(path, ["optimizer.learning_rate=0.1", "training.batch_size=20", "seeds=[3, 5]"])
    assert [t.id for t in point.trials] == [t.id for t in plan_trials(alone)]


def test_comma_lists_are_an_unnamed_grid(write_config: WriteConfig) -> None:
    path = write_config(text=TINY)
    found = settings(path, "training.batch_size=5,10", "optimizer.learning_rate=0.1,0.01", "training.epochs=2")
    assert found == [{"training.batch_size": b, "optimizer.learning_rate": r} for b in (5, 10) for r in (0.1, 0.01)]
    sweep = load_sweep(path, ["training.batch_size=5,10", "training.epochs=2", "seeds=3"])
    assert sweep.metric == "val_accuracy"
    assert sweep.seeds == (0, 1, 2)
    assert sweep.experiment.spec.training.epochs == 2
    # Lists take the place of the config's own sweep, and lists of lists are lists.
    assert settings(write_config(), "training.batch_size=5,6") == [{"training.batch_size": b} for b in (5, 6)]
    deep = write_config(("  name: perceptron", "  name: mlp\n  hidden: [4]"), text=TINY)
    assert settings(deep, "model.hidden=[4],[8, 8]") == [{"model.hidden": [4]}, {"model.hidden": [8, 8]}]
    # A value that is itself a list is no list of values.
    classes = "dataset.classes=[setosa, virginica]"
    assert load_sweep(write_config(), [classes]).experiment.spec.dataset.classes == ["setosa", "virginica"]


@pytest.mark.parametrize("words", [[], ["training.batch_size=5,10"]])
def test_a_sweep_never_chooses_by_test_data(words: list[str], write_config: WriteConfig) -> None:
    held = "  validation: {how: stratified, fraction: 0.2}\n"
    for validation in ("", "  validation: test\n"):
        sweep = load_sweep(write_config((held, validation)), words)
        assert sweep.held_out
        point = open_plan(sweep, None).points()[0]
        assert point.spec.dataset.validation.model_dump() == {"how": "stratified", "fraction": 0.1}
        assert HOLD_OUT in sweep.experiment.overrides
    assert not load_sweep(write_config(), words).held_out


def test_a_range_without_a_distribution_is_whole_where_the_key_is(write_config: WriteConfig) -> None:
    text = GRID.replace("method: grid", "method: random\n  run_cap: 4")
    path = write_config((RATES, "optimizer.learning_rate: {min: 1, max: 2}"),
                        (BATCHES, "    training.batch_size: {min: 10, max: 20}\n"), text=TINY + text)  # fmt: skip
    space = space_of(load_sweep(path))
    assert space["optimizer.learning_rate"] == Range(1.0, 2.0)
    assert space["training.batch_size"] == Range(10.0, 20.0, whole=True)


def test_rounded_distributions_give_multiples_within_the_range() -> None:
    tenths = Range(0.05, 0.95, step=0.1)
    assert [tenths.setting(x) for x in (0.05, 0.149, 0.151, 0.34, 0.95)] == [0.1, 0.1, 0.2, 0.3, 0.9]
    sixteens = Range(16.0, 250.0, log=True, step=16.0)
    assert [sixteens.setting(x) for x in (16.0, 25.0, 250.0)] == [16, 32, 240]
    assert all(isinstance(sixteens.setting(x), int) for x in (16.0, 100.0))
    # Ends that are no multiples are rounded inwards, and decimals counted as they are written: 0.3 is 3 times 0.1.
    eights = Range(10.0, 21.0, step=8.0)
    assert {eights.setting(x) for x in (10.0, 12.0, 15.5, 21.0)} == {16}
    tenths = Range(0.3, 0.7, step=0.1)
    assert [tenths.setting(x) for x in (0.3, 0.35001, 0.7)] == [0.3, 0.4, 0.7]
    tiny = Range(1e-14, 1e-12, step=1e-15)
    assert [tiny.setting(x) for x in (1e-14, 1.24e-14, 1e-12)] == [1e-14, 1.2e-14, 1e-12]


def drawn(ends: str) -> tuple[str, str]:
    """The change that makes a random sweep over multiples of the batch size."""
    return GRID[GRID.index("  method") :], RANGE.replace("ENDS", ends)


RANGE = """\
  method: random
  run_cap: 3
  metric: {name: val_loss, goal: minimize}
  parameters:
    training.batch_size: {distribution: q_uniform, ENDS}
"""

# Text of `parameters:` and the lines before it -> line, place and words of the problem.
BAD = {
    "unknown path": ((RATES, "optimzer.learning_rate: {values: [1.0]}"), 19,
                     "sweep.parameters.optimzer.learning_rate", "did you mean 'optimizer'?"),
    "unknown key": ((RATES, "optimizer.lerning_rate: {values: [1.0]}"), 19,
                    "sweep.parameters.optimizer.lerning_rate", "did you mean 'learning_rate'?"),
    "empty values": ((RATES, "optimizer.learning_rate: {values: []}"), 19,
                     "sweep.parameters.optimizer.learning_rate.values", "expected a list of at least 1 item"),
    "min above max": ((RATES, "optimizer.learning_rate: {min: 2, max: 1}"), 19,
                      "sweep.parameters.optimizer.learning_rate", "min 2 is greater than max 1"),
    "wrong type": ((RATES, "optimizer.learning_rate: {values: [0.1, fast]}"), 19,
                   "sweep.parameters.optimizer.learning_rate", "expected a positive number, got 'fast'"),
    "a value that misfits the rest": ((RATES, "model.output.units: {values: [1, 3]}"), 19,
                                      "sweep.parameters.model.output.units", "expected 1 unit"),
    "a range for a grid": ((RATES, "optimizer.learning_rate: {min: 1, max: 2}"), 15, "sweep",
                           "method: grid needs values for optimizer.learning_rate"),
    "what trains nothing": ((RATES, "title: {values: [one, two]}"), 19, "sweep.parameters.title",
                            "does not change what is trained"),
    "within another": ((RATES, "optimizer: {values: [{name: sgd, learning_rate: 1.0}]}\n"
                               "    optimizer.learning_rate: {values: [1.0]}"), 15, "sweep",
                       "optimizer.learning_rate lies within optimizer"),
    "run_cap 0": (("  method: grid", "  run_cap: 0\n  method: grid"), 16, "sweep.run_cap", "got 0"),
    "random without run_cap": (("method: grid", "method: random"), 15, "sweep", "needs a run_cap"),
    "unknown metric": (("name: val_loss", "name: accuracy"), 17, "sweep.metric.name", "expected one of val_loss"),
    "wrong goal": (("goal: minimize", "goal: maximize"), 17, "sweep.metric", "wrong way"),
    "by test data": ((RATES, "dataset.validation: {values: [{how: last, fraction: 0.2}, test]}"), 19,
                     "sweep.parameters.dataset.validation", "a sweep never chooses by test data, got test"),
    "nothing to prune": (("  method: grid", "  prune: {rule: median, after_seeds: 2}\n  method: grid"), 16,
                         "sweep.prune", "leaves nothing to prune"),
    "log from zero": ((GRID[GRID.index("  method"):], """\
  method: random
  run_cap: 3
  metric: {name: val_loss, goal: minimize}
  parameters:
    optimizer.learning_rate: {min: 0, max: 1, distribution: log_uniform_values}
"""), 20, "sweep.parameters.optimizer.learning_rate", "needs a min above 0"),
    "fractions of a whole number": ((GRID[GRID.index("  method"):], """\
  method: random
  run_cap: 3
  metric: {name: val_loss, goal: minimize}
  parameters:
    training.batch_size: {min: 10, max: 20, distribution: uniform}
"""), 20, "sweep.parameters.training.batch_size", "expected the distribution int_uniform"),
    "no multiple in the range": (drawn("min: 10, max: 12, q: 8"), 20,
                                 "sweep.parameters.training.batch_size", "no multiple of q 8 lies between"),
    "endless multiples": (drawn("min: 10, max: 12, q: 1e-320"), 20,
                          "sweep.parameters.training.batch_size", "is too small for min 10 and max 12"),
    "halves of a whole number": (drawn("min: 10, max: 12, q: 0.5"), 20,
                                 "sweep.parameters.training.batch_size", "expected a positive integer, got 10.5"),
    "an end that is rounded out of the valid": (drawn("min: 0.2, max: 12, q: 0.25"), 20,
                                               "sweep.parameters.training.batch_size",
                                               "expected a positive integer, got 0.25"),
    "too many draws": (("method: grid", "method: random\n  run_cap: 100000000"), 15, "sweep",
                       "expected a run_cap of at most 20,000, got 100,000,000"),
    "too many combinations": ((RATES, f"optimizer.learning_rate: {{values: {list(range(1, 301))}}}\n"
                                      f"    training.epochs: {{values: {list(range(1, 301))}}}"), 15, "sweep",
                              "expected at most 20,000 combinations, got 180,000; method: random"),
    "too many trials": (("  method: grid", "  seeds: 10000\n  prune: median\n  method: grid"), 15, "sweep",
                        "expected at most 50,000 trials, got 6 points with 10,000 seeds each"),
    "misfit in combination": ((RATES, "dataset.classes: {values: [[setosa, versicolor], [setosa, versicolor, "
                               "virginica]]}\n    loss: {values: [{name: binary_crossentropy}]}"), 19,
                              "sweep.parameters.dataset.classes", "is for two classes"),
    "a scikit-learn model": (("model:\n  name: perceptron\n  output: {units: 1, activation: sigmoid}\n"
                              "loss: {name: binary_crossentropy}\noptimizer: {name: sgd, learning_rate: 0.1}\n"
                              "training: {epochs: 3, batch_size: 10}\n", "model: {name: logistic_regression}\n"), 12,
                             "sweep.metric", "no run of it gives val_loss"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", BAD)
def test_a_bad_sweep_is_found_before_the_first_trial(mistake: str, write_config: WriteConfig) -> None:
    change, line, place, words = BAD[mistake]
    found = problems_of(write_config(change))
    assert any(p.partition(f"tiny.yaml:{line}: {place}: ")[1] and words in p for p in found), found


def test_combinations_are_checked_too(write_config: WriteConfig) -> None:
    """Each value fits the rest of the config, and two of them not each other."""
    both = (
        "dataset.classes: {values: [[setosa, versicolor], [setosa, virginica]]}\n"
        "    dataset.validation.fraction: {values: [0.2]}"
    )
    assert len(settings(write_config((RATES, both)))) == 4
    pair = "    dataset.validation.fraction: {values: [0.2, 0.9]}\n    dataset.subset: {values: [50]}\n"
    assert not load_sweep(write_config((BATCHES, pair))).words  # which tries each value alone
    found = problems_of(write_config((BATCHES, pair)))
    assert len(found) == 3  # a rate each
    for rate, problem in zip(("0.01", "0.1", "1"), found, strict=True):
        place, _, said = problem.partition(": point ")
        assert place.endswith("tiny.yaml:19: sweep.parameters.optimizer.learning_rate")
        assert f"(learning_rate {rate}, fraction 0.9, subset 50): dataset: dataset.subset: expected at most 10" in said


WORDS = {
    "training.batch_size=": "expected",
    "training.batch_size=10,": "expected values between commas",
    "training.batch_size=,10": "expected values between commas",
    "training.batch_size=10,,20": "expected values between commas",
    "training.batch_size=10,many": "expected a positive integer, got 'many'",
    "training.batchsize=10,20": "did you mean 'batch_size'?",
    "title=one,two": "does not change what is trained",
    "seeds=1,2": "does not change what is trained",
    "variants=1,2": "can only be changed in the file",
    "model.output.units=1,3": "expected 1 unit",
}


@pytest.mark.parametrize("word", WORDS)
def test_bad_lists_are_refused(word: str, write_config: WriteConfig) -> None:
    found = problems_of(write_config(), word)
    assert any("command line" in p and WORDS[word] in p for p in found), found


def test_a_config_without_a_sweep_says_what_to_do(write_config: WriteConfig) -> None:
    assert "has no sweep; add `sweep:`" in problems_of(write_config(text=TINY))[0]
    with pytest.raises(ConfigError, match="expected val_loss or val_accuracy, got 'accuracy'"):
        load_sweep(write_config(), (), "accuracy")


def test_a_metric_of_the_command_line_is_reported_there(write_config: WriteConfig) -> None:
    """Also where it takes the place of the metric of the config's own sweep."""
    curve = """\
title: A curve
dataset: {name: curve, examples: 64, test_examples: 100, validation: {how: last, fraction: 0.2}}
model: {name: mlp, hidden: [4], activation: relu, output: {units: 1, activation: linear}}
loss: {name: mean_squared_error}
optimizer: {name: sgd, learning_rate: 0.1}
training: {epochs: 3, batch_size: 10}
"""
    path = write_config(text=f"{curve}metrics: [mean_squared_error]\n{GRID}")
    for words in ((), ("training.epochs=2",), ("training.epochs=2,3",)):
        with pytest.raises(ConfigError) as caught:
            load_sweep(path, words, "val_accuracy")
        assert [str(problem) for problem in caught.value.problems] == [
            "command line: --metric: the dataset has values; expected val_loss, got val_accuracy"
        ]


def test_too_many_points_are_refused_before_any_is_looked_at(
    write_config: WriteConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looked_at(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(Sweep, "point", looked_at)
    rates = ",".join(map(str, range(1, 151)))
    found = problems_of(write_config(text=TINY), f"training.epochs={rates}", f"training.batch_size={rates}")
    (said,) = found
    assert said.startswith("command line: expected at most 20,000 combinations, got 22,500; method: random")


def test_as_many_points_as_the_docs_speak_of_are_allowed() -> None:
    values = Parameter(values=list(range(100)))
    metric = Objective(name="val_loss", goal="minimize")
    spec = SweepSpec(
        method="grid", metric=metric, parameters={"training.epochs": values, "training.batch_size": values}
    )
    assert spec.most_points == 10_000
    assert spec.model_copy(update={"run_cap": 7}).most_points == 7


def test_a_slip_that_spoils_every_combination_is_told_of_some_times(write_config: WriteConfig) -> None:
    """90 per cent held out leave 10 examples, and 50 are asked for: each is fine, and the two together never."""
    pair = "    dataset.validation.fraction: {values: [0.9]}\n    dataset.subset: {values: [50]}\n"
    path = write_config((RATES, f"optimizer.learning_rate: {{values: {list(range(1, 101))}}}"), (BATCHES, pair))
    found = problems_of(path)
    assert len(found) == 21
    assert all("tiny.yaml:19: sweep.parameters.optimizer.learning_rate: point" in p for p in found[:-1])
    assert found[-1].endswith("stopped at 20 problems, with 80 more to try")
    listed = problems_of(write_config(text=TINY), "training.batch_size=" + ",".join(f"{n}.5" for n in range(1, 51)))
    assert len(listed) == 21
    assert listed[-1].endswith("stopped at 20 problems, with 30 more to try")
