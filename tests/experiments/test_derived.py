"""Columns that follow from records, tables made of them, and ensembles: numbers worked out by hand."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from experiments.derived import derived_scores
from experiments.differences import comparison, paired_difference, readable_comparison
from experiments.ensembles import ensemble_table
from experiments.evaluation import Predictions, evaluate, probabilities, training_scores
from experiments.loading import load_experiment
from experiments.records import Record, Result, Trial, write_record
from experiments.summary import bounds, confusion_counts, interval, readable, summarise, trials_table
from tests.experiments.conftest import MNIST, WriteConfig

MakeRecord = Callable[..., Record]

IMBALANCED = MNIST.replace("scale: unit}", "scale: unit, imbalance: {profile: step, ratio: 10, minority: [2]}}")
THREE = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.6, 0.1, 0.3], [0.2, 0.3, 0.5]])
"""Outputs of four examples; of classes 0, 1, 2, 2 the third is taken for class 0."""


@pytest.fixture
def make_record(write_config: WriteConfig, tmp_path: Path) -> MakeRecord:
    def make(
        outputs: np.ndarray = THREE,
        y: tuple[int, ...] = (0, 1, 2, 2),
        *,
        text: str = MNIST,
        variant: str = "base",
        seed: int = 0,
        extra: dict[str, float] | None = None,
        **environment: object,
    ) -> Record:
        spec = load_experiment(write_config(text=text)).variants["base"]
        predictions = Predictions(np.array(y), np.asarray(outputs, dtype=np.float32))
        names = tuple("abc")
        found = evaluate(predictions, 3, 0.5)
        result = Result(
            "completed",
            {"epochs": 3, "parameters": 7, "seconds": {"fit": 1.0 + seed}, "engine": "fit", **environment},
            scores=dict(found.values, **(extra or {})),
            confusion=found.confusion,
            class_names=names,
            history={"loss": [3.0, 2.0, 1.0], "accuracy": [0.3, 0.5, 0.9]},
            predictions=predictions,
        )
        return write_record(tmp_path / "results", Trial("example", variant, seed, spec, "id"), result)

    return make


def test_errors_and_class_accuracies_follow_from_the_confusion_matrix(make_record: MakeRecord) -> None:
    found = derived_scores(make_record())
    assert found["errors"] == 1
    assert [found[f"class_accuracy_{k}"] for k in range(3)] == [1.0, 1.0, 0.5]


def test_a_class_without_test_examples_has_no_accuracy(make_record: MakeRecord) -> None:
    found = derived_scores(make_record(THREE[:2], (0, 1)))
    assert math.isnan(found["class_accuracy_2"])


def test_the_gap_needs_a_train_accuracy_which_old_records_lack(make_record: MakeRecord) -> None:
    old = make_record(seed=0)
    assert "generalisation_gap" not in derived_scores(old)
    new = make_record(seed=1, extra={"train_accuracy": 1.0, "train_loss": 0.1})
    assert derived_scores(new)["generalisation_gap"] == pytest.approx(0.25)
    table = trials_table([old, new])
    assert table["train_accuracy"].isna().tolist() == [True, False]
    assert "train_loss" in trials_table([old])


def test_minority_columns_are_means_over_the_classes_with_fewer_training_examples(make_record: MakeRecord) -> None:
    found = derived_scores(make_record(text=IMBALANCED, class_counts=[100, 100, 10]))
    assert found["minority_recall"] == 0.5
    assert found["majority_recall"] == 1.0
    assert found["minority_probability"] == pytest.approx((0.3 + 0.5) / 2)
    assert found["majority_probability"] == pytest.approx((0.7 + 0.8) / 2)
    assert "minority_recall" not in derived_scores(make_record(seed=1, class_counts=[100, 100, 10]))


def test_signed_outputs_have_recalls_and_no_probabilities(make_record: MakeRecord) -> None:
    """An output of 0.3 means class 1, and no chance of 0.3."""
    text = IMBALANCED.replace("flatten: true", "flatten: true, labels: signed") + "as_printed: true\n"
    outputs = np.array([[-0.9], [0.3], [0.8]])
    found = derived_scores(make_record(outputs, (0, 1, 2), text=text, class_counts=[100, 100, 10]))
    assert math.isnan(found["minority_probability"])
    assert math.isnan(found["majority_probability"])
    assert found["minority_recall"] == 0.0


def test_probabilities_of_scores_are_those_that_the_loss_saw(make_record: MakeRecord) -> None:
    scores = [[math.log(4), 0.0, 0.0]]
    text = IMBALANCED.replace("softmax", "linear").replace("categorical_crossentropy", "ldam, scale: 2.0")
    # exp(2 log 4) = 16 against 1 and 1
    found = derived_scores(make_record(np.array(scores * 2), (0, 2), text=text, class_counts=[9, 9, 1]))
    assert found["majority_probability"] == pytest.approx(16 / 18)
    assert found["minority_probability"] == pytest.approx(1 / 18)


def test_probabilities_of_one_unit_and_of_large_scores() -> None:
    assert probabilities(np.array([[0.25]]), "sigmoid").tolist() == [[0.75, 0.25]]
    assert probabilities(np.array([[1000.0, 0.0]]), "linear").tolist() == [[1.0, 0.0]]


def test_epochs_to_level_is_the_first_epoch_that_reaches_it(make_record: MakeRecord) -> None:
    assert derived_scores(make_record(text=MNIST + "accuracy_level: 0.5\n"))["epochs_to_level"] == 2
    never = make_record(text=MNIST + "accuracy_level: 0.95\n", seed=1)
    assert math.isnan(derived_scores(never)["epochs_to_level"])
    assert "epochs_to_level" not in derived_scores(make_record(seed=2))


def test_training_scores_count_what_is_right() -> None:
    assert training_scores(Predictions(np.array([0, 1, 2, 2]), THREE), 0.7) == {
        "train_accuracy": 0.75,
        "train_loss": 0.7,
    }


def test_an_ensemble_answers_by_the_mean_of_its_members_probabilities(make_record: MakeRecord) -> None:
    # Each member is wrong once, each about another example, and the other one's confidence mends both.
    first = [[0.9, 0.1, 0.0], [0.6, 0.4, 0.0]]
    second = [[0.4, 0.6, 0.0], [0.1, 0.9, 0.0]]
    records = [make_record(np.array(p), (0, 1), seed=s) for s, p in enumerate((first, second))]
    assert [r.scores["accuracy"] for r in records] == [0.5, 0.5]
    table = ensemble_table(records)
    assert table.to_dict("records") == [{"variant": "base", "members": 2, "errors": 0, "accuracy": 1.0}]


def test_paired_differences_have_the_t_interval_of_the_differences() -> None:
    base = pd.Series([0.1, 0.5, 0.9], index=[0, 1, 2])
    other = pd.Series([0.13, 0.54, 0.95, 0.2], index=[0, 1, 2, 3])
    found = paired_difference(other, base)
    expected = stats.t.interval(0.95, 2, loc=0.04, scale=0.01 / math.sqrt(3))
    assert (found["n"], found["difference"]) == (3, pytest.approx(0.04))
    assert (found["low"], found["high"]) == pytest.approx(expected)


def trials(**scores: list[float]) -> pd.DataFrame:
    """Two seeds of each variant named."""
    rows = [
        {"variant": v, "seed": s, "outcome": "completed", "accuracy": value, "fit_seconds": 1.0}
        for v, values in scores.items()
        for s, value in enumerate(values)
    ]
    return pd.DataFrame(rows)


def test_comparison_is_to_base_and_leaves_out_what_did_not_complete() -> None:
    table = trials(other=[0.5, 0.7], base=[0.4, 0.5])
    table.loc[1, "outcome"] = "diverged"
    row = comparison(table).iloc[0]
    assert (row["variant"], row["base"], row["score"], row["n"]) == ("other", "base", "accuracy", 1)
    assert row["difference"] == pytest.approx(0.1)
    assert math.isnan(row["low"])
    assert len(comparison(trials(base=[0.4, 0.5]))) == 0


def test_only_clear_differences_are_bold() -> None:
    shown = readable_comparison(comparison(trials(base=[0.4, 0.5], up=[0.5, 0.601], same=[0.5, 0.4])), ["accuracy"])
    assert shown["accuracy"][0] == "**+0.1005 [+0.0941, +0.1069]**"
    assert shown["accuracy"][1].startswith("+0.0000 [")


def test_intervals_end_where_the_score_does() -> None:
    summary = summarise(
        trials(base=[0.9, 1.0]).assign(parameters=1, epochs=1, loss=[0.0, 1.0], errors=[0, 9]),
        ["accuracy", "loss", "errors"],
    ).iloc[0]
    half = stats.t.ppf(0.975, 1) * np.std([0.9, 1.0], ddof=1) / math.sqrt(2)
    assert (summary["accuracy_high"], summary["accuracy_low"]) == (1.0, pytest.approx(0.95 - half))
    assert summary["errors_low"] == 0.0
    assert summary["loss_low"] < 0
    assert bounds("class_accuracy_7") == (0.0, 1.0)
    assert bounds("generalisation_gap") == (-1.0, 1.0)


def test_one_value_has_no_interval_even_where_the_score_is_bounded() -> None:
    found = interval(pd.Series([0.5]), (0.0, 1.0))
    assert found["mean"] == 0.5
    assert math.isnan(found["low"])
    assert math.isnan(found["high"])


def test_seconds_a_seed_are_the_median(make_record: MakeRecord) -> None:
    records = [make_record(seed=s) for s in (0, 1, 9)]
    summary = summarise(trials_table(records), ["errors"])
    assert summary["fit_seconds"].tolist() == [2.0]
    assert readable(summary, ["errors"])["errors"].tolist() == ["1.0 ± 0.0 [1.0, 1.0]"]


def test_confusion_counts_add_the_seeds_up(make_record: MakeRecord) -> None:
    table = confusion_counts([make_record(seed=0), make_record(seed=1)]).set_index(["true", "predicted"])
    assert table.loc[("c", "a"), "count"] == 2
    assert table["count"].sum() == 8
    assert set(table["seeds"]) == {2}
