"""Configs in, experiments out; every mistake a message with its place."""

import json
from pathlib import Path

import pytest

from experiments.loading import json_schema, load_all, load_experiment
from experiments.spec import MetricName
from tests.experiments.conftest import IRIS, MNIST, WriteConfig, problems_of

ROOT = Path(__file__).parents[2]


def test_committed_configs_are_valid() -> None:
    experiments = load_all(sorted((ROOT / "configs").glob("*.yaml")))
    assert {"iris_perceptron", "mnist_perceptron", "mnist_mlp", "cifar10_cnn"} <= {e.name for e in experiments}


def test_committed_quick_runs_are_valid() -> None:
    for experiment in load_all(sorted((ROOT / "configs").glob("*.yaml")), quick=True):
        assert experiment.spec.seeds == [0]


def test_committed_schema_is_current() -> None:
    assert json.loads((ROOT / "configs" / "schema.json").read_text()) == json_schema()


def test_name_seeds_and_variants(write_config: WriteConfig) -> None:
    path = write_config(text=IRIS + "variants:\n  longer: {training.epochs: 9, seeds: [7]}\n", name="flowers.yaml")
    experiment = load_experiment(path)
    assert experiment.name == "flowers"
    assert experiment.spec.seeds == [0, 1]
    assert list(experiment.variants) == ["base", "longer"]
    assert experiment.variants["longer"].training.epochs == 9
    assert experiment.variants["longer"].seeds == [7]
    assert experiment.variants["longer"].optimizer == experiment.spec.optimizer


def test_a_range_of_seeds_has_both_its_ends(write_config: WriteConfig) -> None:
    assert load_experiment(write_config(("seeds: 2", "seeds: 8-11"))).spec.seeds == [8, 9, 10, 11]
    assert load_experiment(write_config(("seeds: 2", "seeds: 3-3"))).spec.seeds == [3]


def test_numbers_are_yaml_1_2(write_config: WriteConfig) -> None:
    spec = load_experiment(write_config(("learning_rate: 0.1", "learning_rate: 1e-3"))).spec
    assert spec.optimizer.learning_rate == 0.001
    problems = problems_of(write_config(("title: A perceptron", "title: off\nsave_model: off")))
    assert problems[0].endswith("save_model: expected true or false, got 'off'")


# One mistake each: (text, replacement) -> line, place, and what the message must say.
MISTAKES = {
    "unknown key": (
        ("model:\n", "model:\n  hiden: [64]\n"),
        8,
        "model.hiden",
        ["unknown key", "keys here: ", "output"],
    ),
    "near miss": (("  scale: standard", "  scal: standard"), 6, "dataset.scal", ["did you mean 'scale'?"]),
    "wrong type": (
        ("epochs: 2", "epochs: many"),
        12,
        "training.epochs",
        ["expected a positive integer", "got 'many'"],
    ),
    "number as text": (
        ("learning_rate: 0.1", "learning_rate: '0.1'"),
        11,
        "optimizer.learning_rate",
        ["expected a positive number, got '0.1'"],
    ),
    "negative units": (
        ("{units: 1,", "{units: -5,"),
        9,
        "model.output.units",
        ["expected a positive integer, got -5"],
    ),
    "zero epochs": (("epochs: 2", "epochs: 0"), 12, "training.epochs", ["expected a positive integer, got 0"]),
    "infinite rate": (("learning_rate: 0.1", "learning_rate: .inf"), 11, "optimizer.learning_rate", ["got inf"]),
    "duplicate key": (
        ("loss: {name", "title: Again\nloss: {name"),
        10,
        "title",
        ["duplicate key; first on line 1"],
    ),
    "unknown dataset": (
        ("name: iris", "name: irsi"),
        3,
        "dataset.name",
        ["got 'irsi'; did you mean 'iris'?"],
    ),
    "missing section": (("loss: {name: binary_crossentropy}\n", ""), 1, "loss", ["missing", "binary_crossentropy"]),
    "missing name": (("{name: sgd, learning_rate", "{learning_rate"), 11, "optimizer.name", ["missing", "sgd"]),
    "unknown choice": (
        ("activation: sigmoid", "activation: hard_sigmoid"),
        9,
        "model.output.activation",
        ["hard_sigmoid_slide", "got 'hard_sigmoid'"],
    ),
    "wrong class count": (("{units: 1,", "{units: 3,"), 9, "model.output.units", ["expected 1 unit", "got 3"]),
    "three classes under a binary loss": (
        ("[setosa, versicolor]", "[setosa, versicolor, virginica]"),
        10,
        "loss.name",
        ["two classes", "has 3"],
    ),
    "fraction missing": (
        ("scale: standard", "validation: {how: shuffled}"),
        6,
        "dataset.validation",
        ["needs a fraction"],
    ),
    "unknown variant key": (
        ("seeds: 2", "seeds: 2\nvariants:\n  fast:\n    training.epocs: 1"),
        16,
        "variants.fast.training.epocs",
        ["unknown key; did you mean 'epochs'?"],
    ),
    "variant through a scalar": (
        ("seeds: 2", "seeds: 2\nvariants:\n  fast:\n    training.epochs.most: 1"),
        16,
        "variants.fast.training.epochs.most",
        ["there is no training.epochs.most to change: training.epochs is 2"],
    ),
    "sweep over a key that does not exist": (
        (
            "seeds: 2",
            "seeds: 2\nsweep:\n  method: grid\n  metric: {name: val_loss, goal: minimize}\n"
            "  parameters:\n    optimizer.momentun: {values: [0.5]}",
        ),
        18,
        "sweep.parameters.optimizer.momentun",
        ["unknown key; did you mean 'momentum'?"],
    ),
    "sweep value of the wrong type": (
        (
            "seeds: 2",
            "seeds: 2\nsweep:\n  method: grid\n  metric: {name: val_loss, goal: minimize}\n"
            "  parameters:\n    optimizer.learning_rate: {values: [0.5, fast]}",
        ),
        18,
        "sweep.parameters.optimizer.learning_rate",
        ["expected a positive number, got 'fast'"],
    ),
    "unknown key in quick": (
        ("seeds: 2", "seeds: 2\nquick: {training.epocs: 1}"),
        14,
        "quick.training.epocs",
        ["unknown key; did you mean 'epochs'?"],
    ),
    "a variant's own figures": (
        ("seeds: 2", "seeds: 2\nvariants:\n  other: {figures: []}"),
        15,
        "variants.other.figures",
        ["belongs to the whole experiment"],
    ),
    "a seed twice": (("seeds: 2", "seeds: [1, 1]"), 13, "seeds", ["expected distinct seeds, got [1, 1]"]),
    "a range of seeds backwards": (
        ("seeds: 2", "seeds: 5-4"),
        13,
        "seeds",
        ["expected a range of at most 10000 seeds such as '10-19', got '5-4'"],
    ),
    "a range of too many seeds": (("seeds: 2", "seeds: 0-10000"), 13, "seeds", ["at most 10000 seeds"]),
    "stddev where none is": (
        ("  name: perceptron\n", "  name: perceptron\n  kernel_initializer: {name: zeros, stddev: 1.0}\n"),
        9,
        "model.kernel_initializer",
        ["not to zeros"],
    ),
    "early stopping by test data": (
        ("scale: standard\nmodel", "scale: standard\n  validation: test\nmodel"),
        13,
        "training.early_stopping.monitor",
        ["would choose the epoch by test data"],
    ),
    "sweep goal the wrong way": (
        (
            "seeds: 2",
            "seeds: 2\nsweep:\n  method: grid\n  metric: {name: val_loss, goal: maximize}\n"
            "  parameters:\n    optimizer.learning_rate: {values: [0.5]}",
        ),
        16,
        "sweep.metric",
        ["maximize is the wrong way for val_loss"],
    ),
    "anchor": (("title: A perceptron", "title: &a A perceptron"), 1, "title", ["anchors are not allowed"]),
    "tag": (("seeds: 2", "seeds: !!python/name:os.system 2"), 13, "seeds", ["tags are not allowed"]),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_is_found_at_its_place(mistake: str, write_config: WriteConfig) -> None:
    change, line, place, words = MISTAKES[mistake]
    stopping = [("batch_size: 10", "batch_size: 10, early_stopping: {patience: 1}")] if "early" in mistake else []
    path = write_config(change, *stopping)
    found = problems_of(path)
    matching = [problem for problem in found if f":{line}: {place}: " in problem]
    assert matching, found
    for word in words:
        assert word in matching[0]


def test_every_mistake_of_a_file_in_one_go(write_config: WriteConfig) -> None:
    path = write_config(("epochs: 2", "epochs: x"), ("name: sgd", "name: sdg"), ("units: 1", "units: 0"))
    places = [problem.split(": ")[1] for problem in problems_of(path)]
    assert places == ["model.output.units", "optimizer.name", "training.epochs"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "expected a mapping of keys to values, got an empty file"),
        (b"\x89PNG\r\n\x1a\n\xff", "expected UTF-8 text, got the byte 0x89 at offset 0"),
        (b"title: a\0b", "binary file"),
        (b"- a\n- b\n", "expected a mapping"),
        (b"title: [1, 2\n", "not valid YAML"),
        (b"title: a\n---\ntitle: b\n", "not valid YAML"),
        (b"[" * 5000, "too deeply"),
    ],
    ids=["empty", "binary", "nul", "list", "unclosed", "two documents", "deep"],
)
def test_files_that_are_no_configs(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.yaml"
    path.write_bytes(content)
    assert message in problems_of(path)[0]


def test_missing_file_and_folder(tmp_path: Path) -> None:
    assert problems_of(tmp_path / "none.yaml")[0].endswith("none.yaml: no such file")
    assert "got a folder" in problems_of(tmp_path)[0]


def test_windows_line_ends_and_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "windows.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + IRIS.replace("\n", "\r\n").encode())
    assert load_experiment(path).spec.training.epochs == 2


def test_overrides_are_applied_and_checked_like_the_file(write_config: WriteConfig) -> None:
    path = write_config(text=MNIST)
    experiment = load_experiment(path, ["training.epochs=7", "model.hidden[1]=99", "optimizer.decay.name=cosine"])
    assert experiment.spec.training.epochs == 7
    assert experiment.spec.model.hidden == [16, 99]  # type: ignore[union-attr]
    assert experiment.overrides == ("training.epochs=7", "model.hidden[1]=99", "optimizer.decay.name=cosine")
    assert problems_of(path, "training.epoch=7") == [
        "command line: training.epoch=7: unknown key; did you mean 'epochs'? "
        "(keys here: epochs, batch_size, shuffle, engine, early_stopping, stop_below, snapshots, class_weight, "
        "augmentation)"
    ]
    assert "expected path=value" in problems_of(path, "training.epochs")[0]
    assert "can only be changed in the file" in problems_of(path, "variants.x=1")[0]


def test_an_override_wins_over_a_variant(write_config: WriteConfig) -> None:
    path = write_config(text=MNIST + "variants: {long: {training.epochs: 50}}\n")
    assert load_experiment(path, ["training.epochs=3"]).variants["long"].training.epochs == 3


def test_quick_takes_one_seed_and_says_what_it_shortened(write_config: WriteConfig) -> None:
    path = write_config(text=MNIST + "quick: {training.epochs: 1, dataset.subset: 500}\n")
    experiment = load_experiment(path, quick=True)
    assert experiment.spec.seeds == [0]
    assert experiment.shortened == ("training.epochs 2 -> 1", "dataset.subset all -> 500")
    assert load_experiment(path).shortened == ()


def test_names_that_would_hijack_a_target_or_folder_are_refused(write_config: WriteConfig) -> None:
    assert "name of a make target" in problems_of(write_config(name="test.yaml"))[0]
    assert "expected a file name of lower-case letters" in problems_of(write_config(name="My Config.yaml"))[0]


def test_metrics_include_those_of_the_metrics_package() -> None:
    from typing import get_args

    from metrics.scores import SCORES

    assert {"confusion_matrix", *SCORES} <= set(get_args(MetricName))


def test_keys_of_the_whole_experiment_do_nothing_in_a_variant(write_config: WriteConfig) -> None:
    variants = "variants: {other: {ensemble: true, accuracy_level: 0.5}}\n"
    assert len(problems_of(write_config(text=MNIST + variants))) == 2
