"""Changes from the command line: which words they are, what they did to the file, and what is said of them."""

from pathlib import Path

import pytest

from experiments.changes import in_words, parse_override
from experiments.loading import load_experiment
from experiments.paths import is_override
from experiments.problems import ConfigError
from tests.experiments.conftest import IRIS, WriteConfig

WITH_MOMENTUM = ("learning_rate: 0.1}", "learning_rate: 0.1, momentum: 0.9}")


def problems(path: Path, *overrides: str, quick: bool = False) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_experiment(path, overrides, quick=quick)
    return [str(problem) for problem in caught.value.problems]


def test_a_problem_that_the_file_has_only_after_a_change_names_the_change(write_config: WriteConfig) -> None:
    (problem,) = problems(write_config(WITH_MOMENTUM), "optimizer.name=adam", "seeds=1")
    assert "example.yaml:11: optimizer.momentum: unknown key" in problem
    assert problem.endswith("(after optimizer.name=adam seeds=1)")


def test_a_problem_that_the_file_has_anyway_does_not(write_config: WriteConfig) -> None:
    second, first = problems(write_config(("epochs: 2", "epochs: 0")), "optimizer.learning_rate=fast")
    assert first == "command line: optimizer.learning_rate=fast: expected a positive number, got 'fast'"
    assert second.endswith("example.yaml:12: training.epochs: expected a positive integer, got 0")


def test_a_change_under_a_variant_names_the_variants_key(write_config: WriteConfig) -> None:
    variants = "variants:\n  other: {optimizer: {name: sgd, learning_rate: 0.1, momentum: 0.9}}\n"
    (problem,) = problems(write_config(text=IRIS + variants), "optimizer.name=adam")
    assert "example.yaml:15: variants.other.optimizer.momentum: unknown key" in problem
    assert problem.endswith("(after optimizer.name=adam)")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("model.hidden[0]=4", "there is no model.hidden[0] to change: model is a mapping"),
        ("dataset.classes[7]=setosa", "there is no dataset.classes[7] to change: dataset.classes is a list of 2"),
        ("[0]=3", "there is no [0] to change: the config is a mapping"),
        ("training.epochs.x=3", "there is no training.epochs.x to change: training.epochs is 2"),
    ],
)
def test_a_path_that_leads_nowhere_is_told_once(change: str, message: str, write_config: WriteConfig) -> None:
    assert problems(write_config(), change) == [f"command line: {change}: {message}"]


@pytest.mark.parametrize("index", ["[12", "[1x", "[1]x", "[]", "[-1]", "[" + "9" * 5000 + "]"])
def test_a_broken_index_is_told_once_and_sets_nothing(index: str, write_config: WriteConfig) -> None:
    change = f"dataset.classes{index}=virginica"
    (problem,) = problems(write_config(), change)
    expected = f"command line: {change}: expected an index in brackets, such as model.hidden[1], got '{index}"
    assert problem.startswith(expected[: len(change) + 80])
    assert len(problem) < len(change) + 160
    if len(index) > 1000:  # of a file YAML refuses such a key
        return
    (problem,) = problems(write_config(text=IRIS + f"variants: {{other: {{'dataset.classes{index}': virginica}}}}\n"))
    assert "example.yaml:14: variants.other.dataset.classes" in problem
    assert "expected an index in brackets" in problem


def test_what_quick_shortened_is_told_within_lists_too(write_config: WriteConfig) -> None:
    path = write_config(text=IRIS + "quick: {'dataset.features[1]': petal_length, training.epochs: 1}\n")
    shortened = load_experiment(path, quick=True).shortened
    assert shortened == ("dataset.features[1] sepal_width -> petal_length", "training.epochs 2 -> 1")
    assert in_words({"a": [1]}, [parse_override("a[3]=2")]) == ("a[3] all -> 2",)


@pytest.mark.parametrize(
    ("word", "is_change"),
    [
        ("training.epochs=3", True),
        ("dataset.path=arrays/own.npz", True),
        ("dataset.path=/somewhere/odd.yaml", True),
        ("title=a/b.yaml", True),
        ("mnist_mlp", False),
        ("lr=0.1/mnist_mlp.yaml", True),
        ("/runs/lr=0.1/mnist_mlp.yaml", False),
        ("./lr=0.1/mnist_mlp.yml", False),
    ],
)
def test_a_path_may_hold_an_equals_sign(word: str, is_change: bool) -> None:
    assert is_override(word) == is_change


def test_a_file_that_is_there_is_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lr=0.1").mkdir()
    (tmp_path / "lr=0.1" / "mine.yaml").touch()
    monkeypatch.chdir(tmp_path)
    assert not is_override("lr=0.1/mine.yaml")


REFUSED = {
    "variants: {}": "variants",
    "figures: [learning_curves, confusion_matrix, learning_curves]": "figures: expected distinct names",
    "metrics: [accuracy, accuracy]": "metrics: expected distinct names, got accuracy twice",
    "beside: [other, other]": "beside: expected distinct names, got other twice",
    "may_diverge: [base, base]": "may_diverge: expected distinct names, got base twice",
}


@pytest.mark.parametrize("line", REFUSED)
def test_what_says_nothing_or_says_it_twice_is_refused(line: str, write_config: WriteConfig) -> None:
    (problem,) = problems(write_config(text=f"{IRIS}{line}\n"))
    assert REFUSED[line] in problem


def test_a_balanced_loss_needs_weights_and_a_focal_one_does_not(write_config: WriteConfig) -> None:
    softmax = [("units: 1", "units: 2"), ("activation: sigmoid", "activation: softmax")]
    balanced = ("{name: binary_crossentropy}", "{name: balanced_crossentropy, alpha: null}")
    (problem,) = problems(write_config(*softmax, balanced))
    assert "example.yaml:10: loss.alpha: expected 'balanced', 'effective_number' or a list" in problem
    focal = ("{name: binary_crossentropy}", "{name: focal_crossentropy, alpha: null}")
    load_experiment(write_config(*softmax, focal))
