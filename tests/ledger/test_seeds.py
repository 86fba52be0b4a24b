"""Seeds without a value, and values that are only bounds: told, and no verdict stands that they do not carry."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from experiments.ledger.judging import judge_all
from experiments.ledger.loading import load_ledgers
from experiments.ledger.seeds import NOT_RUN, Readings, Turnout
from experiments.ledger.verdicts import Judgement
from tests.ledger.conftest import Write

Change = Callable[[dict[str, str]], None]


@pytest.fixture
def verdict(write_ledger: Write, configs: Path, results: Path) -> Callable[..., Judgement]:
    """The judgement on L-4, or another claim, of the ledger changed by (old, new) pairs."""

    def judge(*changes: tuple[str, str], claim: str = "L-4") -> Judgement:
        judged = judge_all(load_ledgers([write_ledger(*changes)], configs), results)
        return next(one.judgement for one in judged if one.claim.id == claim)

    return judge


def rewrite(path: Path, change: Change) -> None:
    """A CSV file with each row changed in place."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        change(row)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def lose(results: Path, variant: str, seeds: str, outcome: str = "diverged") -> None:
    """Have seeds of a variant end without scores."""

    def change(row: dict[str, str]) -> None:
        if row["variant"] == variant and row["seed"] in seeds:
            row.update(outcome=outcome, accuracy="", loss="", error="the loss left the finite numbers")

    rewrite(results / "flowers" / "trials.csv", change)


def allow(configs: Path, line: str) -> None:
    path = configs / "flowers.yaml"
    path.write_text(path.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")


@pytest.mark.parametrize("outcome", ["diverged", "failed"])
@pytest.mark.parametrize("variant", ["faster", "base"])
def test_a_comparison_of_the_seeds_that_are_left_decides_nothing(
    variant: str, outcome: str, verdict: Callable[..., Judgement], results: Path
) -> None:
    assert verdict().verdict == "reproduced"
    lose(results, variant, "1", outcome)
    found = verdict()
    assert found.verdict == "inconclusive"
    assert f"{variant}: 1 of 3 seeds {outcome}, and those that are left decide nothing" in found.reason
    assert [("2 of 3 seeds completed" in step) for step in found.steps] == [variant == "faster", variant == "base"]


def test_so_it_is_with_values_and_bounds(verdict: Callable[..., Judgement], results: Path) -> None:
    bound = (
        ("quantity: accuracy}\n    tolerance:", "quantity: accuracy, at_least: 0.9}\n    tolerance:"),
        ("    printed: {accuracy: '0.95'}\n", ""),
    )
    assert verdict(claim="L-2").verdict == verdict(*bound, claim="L-2").verdict == "reproduced"
    lose(results, "base", "1")
    for changes in ((), bound):
        found = verdict(*changes, claim="L-2")
        assert found.verdict == "inconclusive"
        assert "base: 1 of 3 seeds diverged" in found.reason
        assert found.steps == ("by seed: 0.949, 0.951 (2 of 3 seeds completed)",)


def test_a_reported_value_says_of_how_many_seeds_it_is(verdict: Callable[..., Judgement], results: Path) -> None:
    lose(results, "base", "02")
    found = verdict(
        ("quantity: accuracy}", "quantity: accuracy, report: true}"),
        ("    printed: {accuracy: '0.95'}\n", ""),
        claim="L-2",
    )
    assert (found.verdict, found.steps) == ("answered", ("by seed: 0.95 (1 of 3 seeds completed)",))
    assert found.reason == "base: 2 of 3 seeds diverged, and those that are left decide nothing"


def test_where_the_config_expects_divergence_the_others_are_judged_and_it_is_said(
    verdict: Callable[..., Judgement], results: Path, configs: Path
) -> None:
    lose(results, "faster", "1")
    allow(configs, "may_diverge: [faster]")
    found = verdict()
    assert found.verdict == "reproduced"
    assert found.reason.endswith("n = 2; faster: 1 of 3 seeds diverged, as its config expects")
    assert "2 of 3 seeds completed" in found.steps[0]
    lose(results, "faster", "2", "failed")  # which it does not expect
    assert verdict().verdict == "inconclusive"


def test_lost_seeds_are_told_whichever_check_of_a_claim_decides(
    verdict: Callable[..., Judgement], results: Path, configs: Path
) -> None:
    lose(results, "faster", "1")
    allow(configs, "may_diverge: [faster]")
    bound = "{experiment: flowers, quantity: accuracy, at_least: 0.9}"
    found = verdict(
        ("check: {experiment: flowers, compare", f"check: [{bound}, {{experiment: flowers, compare"),
        ("expect: less}", "expect: less}]"),
    )
    assert found.verdict == "reproduced"
    assert found.reason.startswith("mean 0.95 against at least 0.9")
    assert found.reason.endswith("faster: 1 of 3 seeds diverged, as its config expects")


def test_if_all_seeds_diverged_that_is_said_and_no_new_run_advised(
    verdict: Callable[..., Judgement], results: Path, configs: Path
) -> None:
    allow(configs, "may_diverge: [faster]")
    lose(results, "faster", "012")
    found = verdict()
    assert found.verdict == "unchecked"
    assert found.reason == "flowers, faster: 3 of 3 seeds diverged, so there is nothing to judge"


def test_seeds_of_a_costly_variant_that_were_not_run_are_counted_but_bar_no_verdict(
    verdict: Callable[..., Judgement], results: Path, configs: Path
) -> None:
    allow(configs, "extended: [faster]")
    trials = results / "flowers" / "trials.csv"
    lines = trials.read_text(encoding="utf-8").splitlines()
    trials.write_text("\n".join(line for line in lines if not line.startswith("faster,1,")) + "\n", encoding="utf-8")
    found = verdict()
    assert found.verdict == "reproduced"
    assert "2 of 3 seeds completed" in found.steps[0]


def never(variant: str, seeds: str) -> Change:
    """Seeds of a variant whose loss stays above 0.25."""

    def change(row: dict[str, str]) -> None:
        if row["variant"] == variant and row["seed"] in seeds:
            row["loss"] = "0.5"

    return change


REACHES = ("{history: loss, at: 3}", "{history: loss, reaches: 0.25}")  # base in 3 of its 3 epochs, faster in 2
GREATER = ("expect: less", "expect: greater")


def test_a_level_never_reached_supports_what_it_can_only_make_truer(
    verdict: Callable[..., Judgement], results: Path
) -> None:
    assert verdict(REACHES).verdict == "reproduced"
    rewrite(results / "flowers" / "history.csv", never("base", "0"))
    found = verdict(REACHES)
    told = "base: loss 0.25 not reached in 3 epochs by 1 of 3 seeds, which count as one epoch more"
    assert found.verdict == "inconclusive"  # -2, -1, -1: three pairs that differ do not exclude zero
    assert told in found.reason
    assert found.steps[-1] == told
    rewrite(results / "flowers" / "history.csv", never("base", "012"))
    assert verdict(REACHES).verdict == "reproduced"  # -2 each, or more
    assert verdict(REACHES, GREATER).verdict == "not reproduced"


def test_a_level_never_reached_contradicts_what_it_can_only_make_less_true(
    verdict: Callable[..., Judgement], results: Path
) -> None:
    rewrite(results / "flowers" / "history.csv", never("faster", "012"))  # 4 epochs or more, base 3
    assert verdict(REACHES).verdict == "not reproduced"
    assert verdict(REACHES, GREATER).verdict == "reproduced"


@pytest.mark.parametrize("expected", ["less", "greater"])
def test_a_level_never_reached_decides_nothing_where_longer_training_could_turn_it(
    expected: str, verdict: Callable[..., Judgement], results: Path
) -> None:
    epochs = [("base", epoch, 0.2 if epoch == 8 else 0.9) for epoch in range(1, 9)]
    epochs += [("faster", epoch, 0.9) for epoch in range(1, 4)]
    rows = [f"{variant},{seed},{epoch},{loss}" for seed in range(3) for variant, epoch, loss in epochs]
    (results / "flowers" / "history.csv").write_text("\n".join(["variant,seed,epoch,loss", *rows]), encoding="utf-8")
    found = verdict(REACHES, ("expect: less", f"expect: {expected}"))
    assert list(found.computed.values()) == [4.0, 8.0]  # faster stopped after 3 epochs; its 4 may be 40
    assert found.verdict == "inconclusive"
    assert "faster: loss 0.25 not reached in 3 epochs by 3 of 3 seeds" in found.reason
    assert found.reason.endswith("trained longer, these seeds could decide otherwise")


def test_a_bound_is_held_against_a_bound_only_on_its_own_side(verdict: Callable[..., Judgement], results: Path) -> None:
    rewrite(results / "flowers" / "history.csv", never("base", "012"))  # 4 epochs or more

    def bounded(bound: str) -> Judgement:
        check = f"{{experiment: flowers, quantity: {{history: loss, reaches: 0.25}}, {bound}}}"
        old = "{experiment: flowers, compare: [faster, base], quantity: {history: loss, at: 3}, expect: less}"
        return verdict((old, check))

    assert bounded("at_least: 3").verdict == "reproduced"
    assert bounded("at_most: 3").verdict == "not reproduced"
    for bound in ("at_least: 5", "at_most: 5"):
        found = bounded(bound)
        assert found.verdict == "inconclusive"
        assert found.reason.endswith("trained longer, these seeds could decide otherwise")


def test_a_printed_value_is_not_reproduced_by_a_bound(verdict: Callable[..., Judgement], results: Path) -> None:
    changes = ("quantity: accuracy}", "quantity: {history: loss, reaches: 0.25}}"), ("{accuracy: '0.95'}", "{n: '4'}")
    rewrite(results / "flowers" / "history.csv", never("base", "012"))
    found = verdict(*changes, ("tolerance: '0.02'", "tolerance: '1'"), claim="L-2")
    assert found.computed == {"n": 4.0}
    assert found.verdict == "inconclusive"


class TestReadings:
    def test_of_a_difference_each_side_bounds_its_own_way(self) -> None:
        late, early = Readings({0: 5.0, 1: 3.0, 2: 5.0}, frozenset({0})), Readings({0: 2.0, 1: 6.0}, frozenset({1}))
        gap = late.minus(early)
        assert gap.values == {0: 3.0, 1: -3.0}
        assert (gap.at_least, gap.at_most) == ({0}, {1})
        assert gap.mean == 0.0
        assert early.minus(late).at_least == {1}

    @pytest.mark.parametrize("expect", ["greater", "less"])
    def test_lower_bounds_carry_greater_and_not_less(self, expect: str) -> None:
        bounds = Readings({0: 1.0}, at_least=frozenset({0}))
        assert bounds.leave_open("reproduced", expect) == (expect == "less")  # type: ignore[arg-type]
        assert bounds.leave_open("not reproduced", expect) == (expect == "greater")  # type: ignore[arg-type]
        assert not bounds.leave_open("inconclusive", expect)  # type: ignore[arg-type]
        upper = Readings({0: 1.0}, at_most=frozenset({0}))
        assert upper.leave_open("reproduced", expect) == (expect == "greater")  # type: ignore[arg-type]


def test_what_is_said_of_seeds() -> None:
    whole = Turnout("base", 5, {}, may_diverge=False)
    assert (whole.line, whole.remark, whole.biased) == ("", "", False)
    partly = Turnout("wide", 5, {NOT_RUN: 3}, may_diverge=False)
    assert (partly.line, partly.remark, partly.biased) == ("2 of 5 seeds completed", "", False)
    both = Turnout("wide", 5, {"diverged": 1, "failed": 2}, may_diverge=True)
    assert both.biased
    assert both.remark.startswith("wide: 1 of 5 seeds diverged and 2 of 5 seeds failed, ")
