"""From a ledger and published results to verdicts."""

import json
from pathlib import Path

import pandas as pd
import pytest

from experiments.ledger.judging import Judged, judge_all
from experiments.ledger.loading import load_ledgers
from experiments.ledger.measuring import Published
from experiments.ledger.seeds import Readings
from experiments.ledger.showing import as_rows, errata, explain
from experiments.ledger.spec import FromHistory
from experiments.ledger.verdicts import UNTESTED
from experiments.loading import load_experiment
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


BESIDE = "{worked: svm_loss.hinge_terms, with: {scores: [2.2, 2.5, -3.1], label: 2, margin: 1.0}}"


@pytest.mark.parametrize(
    ("printed", "reason"),
    [
        ("{loss: '12.9'}", "other checks compute all that is printed; nothing is left for the trained value"),
        ("{name: high, accuracy: '0.95'}", "a trained value needs a numeral; name is printed as 'high'"),
    ],
)
def test_what_is_left_for_a_trained_value_must_be_a_numeral(
    printed: str, reason: str, write_ledger: Write, configs: Path, results: Path
) -> None:
    check = "{experiment: flowers, quantity: accuracy}"
    path = write_ledger((f"check: {check}", f"check: [{check}, {BESIDE}]"), ("{accuracy: '0.95'}", printed))
    found = judged(path, configs, results)
    assert (found["L-2"].judgement.verdict, found["L-2"].judgement.reason) == ("unchecked", reason)
    assert found["L-1"].judgement.verdict == "erratum"


def test_a_worked_check_that_tests_nothing_confirms_nothing(write_ledger: Write, configs: Path, results: Path) -> None:
    softmax = ("svm_loss.hinge_terms", "softmax_and_svm.softmax_loss"), (", margin: 1.0", "")
    found = judged(write_ledger(*softmax, ("    printed: {loss: '10.9'}\n", "")), configs, results)["L-1"].judgement
    assert (found.verdict, found.reason) == ("unchecked", UNTESTED)
    assert found.computed
    assert judged(write_ledger(*softmax), configs, results)["L-1"].judgement.verdict == "erratum"
    renamed = write_ledger(*softmax, ("{loss: '10.9'}", "{los: '10.9'}"))
    assert judged(renamed, configs, results)["L-1"].judgement.reason == "no check computes los"


def draw(results: Path, *files: str, shown: object = None) -> None:
    """Have the experiment's figures be these, and show these variants."""
    about = {"files": ["trials.csv", "history.csv", *files], "figures": shown}
    (results / "flowers" / "summary.json").write_text(json.dumps(about), encoding="utf-8")


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (["learning_curves.png"], "flowers/learning_curves.png"),  # one picture of all variants
        (["learning_curves.png", "learning_curves-faster.png"], "flowers/learning_curves-faster.png"),
        (["learning_curves-slower.png", "learning_curves_of_old.png"], None),  # pictures of others
    ],
)
def test_a_figure_is_the_file_that_is_there(
    files: list[str], found: str | None, write_ledger: Write, configs: Path, results: Path
) -> None:
    draw(results, *files)
    path = write_ledger(("drawn: learning_curves", "variant: faster, drawn: learning_curves"))
    judgement = judged(path, configs, results)["L-6"].judgement
    if found:
        assert (judgement.verdict, judgement.computed) == ("figure", {"figure": found})
    else:
        assert judgement.verdict == "unchecked"
        assert judgement.reason == "flowers has published no figure learning_curves of faster; relecture run flowers"


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        ({"learning_curves.png": ["base"], "learning_curves-2.png": ["faster"]}, "flowers/learning_curves-2.png"),
        (
            {"learning_curves.png": ["base", "faster"], "learning_curves-2.png": ["faster"]},
            "flowers/learning_curves.png",
        ),
        ({"learning_curves.png": ["base"], "learning_curves-2.png": []}, None),  # it is in none of the pages
        ({"learning_curves.png": ["base"], "learning_curves-3.png": ["faster"]}, None),  # which is not published
        ({"learning_curves_of_old.png": ["faster"]}, "flowers/learning_curves.png"),  # results that do not say
        ({"learning_curves.png": None}, "flowers/learning_curves.png"),
        (["learning_curves.png"], "flowers/learning_curves.png"),
    ],
)
def test_a_figure_of_several_pages_is_the_page_that_shows_the_variant(
    shown: object, found: str | None, write_ledger: Write, configs: Path, results: Path
) -> None:
    draw(results, "learning_curves.png", "learning_curves-2.png", shown=shown)
    path = write_ledger(("drawn: learning_curves", "variant: faster, drawn: learning_curves"))
    judgement = judged(path, configs, results)["L-6"].judgement
    if found:
        assert (judgement.verdict, judgement.computed) == ("figure", {"figure": found})
    else:
        assert judgement.verdict == "unchecked"
        assert judgement.reason.startswith("flowers has published no figure learning_curves of faster; ")


def test_a_variant_without_a_completed_trial_is_in_no_figure(write_ledger: Write, configs: Path, results: Path) -> None:
    trials = results / "flowers" / "trials.csv"
    table = pd.read_csv(trials)
    table.loc[table["variant"] == "faster", "outcome"] = "failed"
    table.to_csv(trials, index=False)
    found = judged(write_ledger(), configs, results)["L-6"].judgement
    assert found.verdict == "figure"  # which base is in
    path = write_ledger(("drawn: learning_curves", "variant: faster, drawn: learning_curves"))
    found = judged(path, configs, results)["L-6"].judgement
    assert (found.verdict, found.computed) == ("unchecked", {})
    assert found.reason == "flowers, faster: 3 of 3 seeds failed, so there is nothing to judge"


def test_all_figures_of_a_claim_are_named(write_ledger: Write, configs: Path, results: Path) -> None:
    draw(results, "learning_curves.png", "learning_curves-faster.png")
    check = "{experiment: flowers, drawn: learning_curves}"
    more = "{experiment: flowers, variant: faster, drawn: learning_curves}, {figure: artificial_neuron}"
    path = write_ledger((f"check: {check}", f"check: [{check}, {more}]"))
    assert judged(path, configs, results)["L-6"].judgement.computed == {
        "figure": "flowers/learning_curves.png, flowers/learning_curves-faster.png, artificial_neuron"
    }


@pytest.mark.parametrize("identity", ["123456789012", "12e345678901", "000000000000", "nan"])
@pytest.mark.parametrize("variant", ["nan", "null", "1e5", "007"])
def test_ids_and_variants_are_text_whatever_they_look_like(
    identity: str, variant: str, configs: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "flowers"
    folder.mkdir()
    rows = [f"{variant},{seed},{identity},completed,0.9{seed}," for seed in (0, 1)]
    (folder / "trials.csv").write_text("\n".join(["variant,seed,id,outcome,accuracy,error", *rows]), encoding="utf-8")
    history = [f"{variant},{seed},1,0.{seed}" for seed in (0, 1)]
    (folder / "history.csv").write_text("\n".join(["variant,seed,epoch,loss", *history]), encoding="utf-8")
    ids = {f"{variant}/{seed}": identity for seed in (0, 1)}
    published = Published(load_experiment(configs / "flowers.yaml"), folder, ids)
    assert published.values(variant, "accuracy") == Readings({0: 0.90, 1: 0.91})
    assert published.values(variant, FromHistory(history="loss", at="last")) == Readings({0: 0.0, 1: 0.1})


@pytest.mark.parametrize("column", ["variant", "seed", "id", "outcome", "error"])
def test_trials_without_a_column_leave_claims_unchecked(
    column: str, write_ledger: Write, configs: Path, results: Path
) -> None:
    trials = results / "flowers" / "trials.csv"
    pd.read_csv(trials).drop(columns=column).to_csv(trials, index=False)
    found = judged(write_ledger(), configs, results)
    told = f"results of flowers: trials.csv has no column {column}; relecture run flowers"
    assert [one.judgement.reason for one in found.values() if one.judgement.verdict == "unchecked"] == [told] * 3
    assert found["L-1"].judgement.verdict == "erratum"


def test_text_among_the_numbers_leaves_its_claim_unchecked(write_ledger: Write, configs: Path, results: Path) -> None:
    trials = results / "flowers" / "trials.csv"
    table = pd.read_csv(trials).astype({"accuracy": object})
    table.loc[0, "accuracy"] = "high"
    table.to_csv(trials, index=False)
    found = judged(write_ledger(), configs, results)
    assert found["L-2"].judgement.verdict == "unchecked"
    assert "'high'" in found["L-2"].judgement.reason
    assert found["L-4"].judgement.verdict == "reproduced"


def test_errata_tell_what_a_comparison_that_failed_does_not_contradict(
    write_ledger: Write, configs: Path, results: Path
) -> None:
    note = "note: this contradicts it as a rule, not the figure\n"
    path = write_ledger(("expect: less}\n", f"expect: greater}}\n    {note}"))
    assert "This contradicts it as a rule, not the figure." in errata(list(judged(path, configs, results).values()))
    write_ledger(("expect: less}\n", f"expect: less}}\n    {note}"))
    assert "as a rule" not in errata(list(judged(path, configs, results).values()))


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
