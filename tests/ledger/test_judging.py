"""From a ledger and published results to verdicts."""

from pathlib import Path

import pandas as pd
import pytest

from experiments.ledger.judging import Judged, judge_all
from experiments.ledger.loading import load_ledgers
from experiments.ledger.showing import as_rows, errata, explain
from tests.ledger.conftest import Write


def judged(path: Path, configs: Path, results: Path) -> dict[str, Judged]:
    return {one.claim.id: one for one in judge_all(load_ledgers([path], configs), results)}


def test_each_kind_of_check_comes_to_its_verdict(write_ledger: Write, configs: Path, results: Path) -> None:
    found = judged(write_ledger(), configs, results)
    assert {name: one.judgement.verdict for name, one in found.items()} == {
        "L-1": "erratum",
        "L-2": "reproduced",
        "L-4": "reproduced",
        "L-5": "external",
        "L-6": "figure",
    }
    assert found["L-1"].judgement.computed["loss"] == pytest.approx(12.9)
    assert found["L-2"].judgement.computed["accuracy"] == pytest.approx(0.95)


def test_an_erratum_is_one_because_of_what_was_computed(write_ledger: Write, configs: Path, results: Path) -> None:
    right = judged(write_ledger(("{loss: '10.9'}", "{loss: '12.9'}")), configs, results)["L-1"]
    assert right.judgement.verdict == "confirmed"
    assert as_rows([right])[0]["explanation"] is None  # nothing to explain
    without_margin = judged(write_ledger(("margin: 1.0", "margin: 0.0")), configs, results)["L-1"]
    assert without_margin.judgement.verdict == "confirmed"


def test_a_comparison_that_comes_out_the_other_way_is_not_reproduced(
    write_ledger: Write, configs: Path, results: Path
) -> None:
    path = write_ledger(("expect: less", "expect: greater"))
    assert judged(path, configs, results)["L-4"].judgement.verdict == "not reproduced"


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        ("{history: loss, at: first}", 0.601),
        ("{history: loss, at: last}", 0.201),
        ("{history: loss, at: best}", 0.201),
        ("{history: loss, epoch_of: best}", 3),
        ("{history: loss, reaches: 0.31}", 2),
        ("{history: loss, reaches: 0.01}", 4),  # never: one more than all epochs
        ("{minus: [{history: loss, at: first}, {history: loss, at: last}]}", 0.4),
    ],
)
def test_quantities_are_read_from_the_history(
    reading: str, expected: float, write_ledger: Write, configs: Path, results: Path
) -> None:
    path = write_ledger(
        ("quantity: accuracy}", f"quantity: {reading}, report: true}}"), ("    printed: {accuracy: '0.95'}\n", "")
    )
    (value,) = judged(path, configs, results)["L-2"].judgement.computed.values()
    assert value == pytest.approx(expected)


def test_two_variants_held_against_the_same_bound_are_told_apart(
    write_ledger: Write, configs: Path, results: Path
) -> None:
    bound = "{experiment: flowers, variant: %s, quantity: accuracy, at_least: 0.5}"
    path = write_ledger(
        ("check: {experiment: flowers, quantity: accuracy}", f"check: [{bound % 'base'}, {bound % 'faster'}]"),
        ("    printed: {accuracy: '0.95'}\n    check: [", "    check: ["),
        ("    tolerance: '0.02'\n    tolerance_reason: two flowers of a hundred\n", ""),
    )
    assert list(judged(path, configs, results)["L-2"].judgement.computed) == ["base: accuracy", "faster: accuracy"]


def test_results_that_are_missing_or_of_other_settings_leave_a_claim_unchecked(
    write_ledger: Write, configs: Path, results: Path
) -> None:
    path = write_ledger()
    trials = results / "flowers" / "trials.csv"
    table = pd.read_csv(trials)
    table.loc[0, "id"] = "000000000000"
    table.to_csv(trials, index=False)
    found = judged(path, configs, results)["L-2"].judgement
    assert found.verdict == "unchecked"
    assert found.reason == "results of flowers: has other settings for base/0; relecture run flowers"
    trials.unlink()
    found = judged(path, configs, results)["L-2"].judgement
    assert (found.verdict, found.reason) == ("unchecked", "no results of flowers; relecture run flowers")


def test_a_check_that_breaks_leaves_its_claim_unchecked_and_the_others_judged(
    write_ledger: Write, configs: Path, results: Path
) -> None:
    found = judged(write_ledger(("scores: [2.2, 2.5, -3.1]", "scores: none")), configs, results)
    assert found["L-1"].judgement.verdict == "unchecked"
    assert "svm_loss.hinge_terms failed" in found["L-1"].judgement.reason
    assert found["L-2"].judgement.verdict == "reproduced"


def test_a_printed_value_that_no_check_computes_is_unchecked(write_ledger: Write, configs: Path, results: Path) -> None:
    found = judged(write_ledger(("{loss: '10.9'}", "{los: '10.9'}")), configs, results)["L-1"].judgement
    assert (found.verdict, found.reason) == ("unchecked", "no check computes los")


def test_explain_and_errata_say_what_is_wrong_and_what_is_right(
    write_ledger: Write, configs: Path, results: Path
) -> None:
    found = judged(write_ledger(), configs, results)
    text = explain(found["L-1"], accepted="confirmed")
    for words in ("printed  loss 10.9", "loss 12.9", "verdict  erratum (value)", "The margin is missing.", "accepted"):
        assert words in text
    listed = errata(list(found.values()))
    assert "**L-1**" in listed
    assert "Printed: loss 10.9. Computed: loss 12.9." in listed
    assert "L-2" not in listed
