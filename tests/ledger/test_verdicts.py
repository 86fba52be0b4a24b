"""The rules themselves, and by simulation how often they err."""

import numpy as np
import pytest

from experiments.ledger.verdicts import (
    SEVERITY,
    UNTESTED,
    Judgement,
    judge_bound,
    judge_difference,
    judge_value,
    judge_worked,
    worst,
)

STUDIES = 2000


class TestWorked:
    def test_right_rounded_and_wrong_values(self):
        assert judge_worked("number", {"loss": "2.9"}, {"loss": 2.9}, None)[0] == "confirmed"
        assert judge_worked("number", {"oa": "0.78"}, {"oa": 0.7875}, None)[0] == "rounded"
        assert judge_worked("number", {"loss": "10.9"}, {"loss": 12.9}, None)[0] == "erratum"

    def test_a_number_rounded_oddly_is_given_rightly_rounded(self):
        given = judge_worked("number", {"oa": "0.78", "n": "80"}, {"oa": 0.7875, "n": 80}, None)
        assert given == ("rounded", "cut off, or rounded the wrong way; rightly rounded it is oa 0.79")

    def test_what_does_not_hold_is_an_erratum_even_where_the_numbers_are_right(self):
        assert judge_worked("formula", {}, {"gap": 0.3}, False)[0] == "erratum"
        assert judge_worked("number", {"n": "3"}, {"n": 3}, False)[0] == "erratum"

    def test_a_wrong_number_is_an_erratum_even_where_the_statement_holds(self):
        assert judge_worked("number", {"n": "4"}, {"n": 3}, True)[0] == "erratum"

    def test_a_question_without_printed_value_is_answered_with_one_it_is_checked(self):
        assert judge_worked("question", {}, {"parameters": 59210}, None)[0] == "answered"
        assert judge_worked("question", {"parameters": "59210"}, {"parameters": 59210}, None)[0] == "confirmed"

    def test_what_tests_nothing_is_unchecked(self):
        for kind in ("number", "table", "formula", "code", "log", "statement"):
            assert judge_worked(kind, {}, {"gap": 0.0}, None) == ("unchecked", UNTESTED)
            assert judge_worked(kind, {}, {"gap": 0.0}, True)[0] == "confirmed"
            assert judge_worked(kind, {"gap": "0.0"}, {"gap": 0.0}, None)[0] == "confirmed"
        assert judge_worked("figure", {}, {"gap": 0.0}, None)[0] == "figure"

    def test_a_figure_whose_facts_hold_is_a_figure(self):
        assert judge_worked("figure", {}, {"crossing": 0.9}, True)[0] == "figure"
        assert judge_worked("figure", {}, {"crossing": 0.9}, False)[0] == "erratum"


class TestValue:
    def test_a_printed_value_that_a_new_run_may_well_give_is_reproduced(self):
        verdict, reason = judge_value("0.9101", [0.908, 0.909, 0.910, 0.907, 0.908], 0.005, better="greater")
        assert verdict == "reproduced"
        assert "n = 5" in reason

    def test_ours_is_better_or_the_printed_one_is_not_reproduced(self):
        ours = [0.950, 0.951, 0.949, 0.950, 0.952]
        assert judge_value("0.910", ours, 0.005, better="greater")[0] == "better"
        assert judge_value("0.990", ours, 0.005, better="greater")[0] == "not reproduced"
        assert judge_value("0.990", ours, 0.005, better="less")[0] == "better"

    def test_a_quantity_without_a_better_side_can_only_be_not_reproduced(self):
        ours = [10.0, 11.0, 10.0, 11.0, 10.0]
        assert judge_value("20", ours, 1, better=None)[0] == "not reproduced"
        assert judge_value("2", ours, 1, better=None)[0] == "not reproduced"

    def test_one_seed_decides_nothing(self):
        verdict, reason = judge_value("0.91", [0.50], 0.005, better="greater")
        assert verdict == "inconclusive"
        assert "at least 2" in reason

    def test_seeds_that_spread_wider_than_the_tolerance_are_inconclusive_and_say_what_would_decide(self):
        verdict, reason = judge_value("0.910", [0.906, 0.914], 0.01, better="greater")
        assert verdict == "inconclusive"
        assert "seeds would decide" in reason
        verdict, reason = judge_value("0.910", [0.81, 1.01, 0.85, 0.97], 0.01, better="greater")
        assert verdict == "inconclusive"
        assert "any number of seeds" in reason

    def test_equal_seeds_leave_half_a_unit(self):
        assert judge_value("0.91", [0.912, 0.912, 0.912], 0.005, better="greater")[0] == "reproduced"
        assert judge_value("0.92", [0.912, 0.912, 0.912], 0.005, better="greater")[0] == "not reproduced"

    def test_a_value_that_is_not_finite_is_inconclusive(self):
        verdict = ("inconclusive", "1 of 2 seeds have no finite value")
        assert judge_value("0.9", [0.9, float("nan")], 0.1, better=None) == verdict


class TestSimulation:
    """With what chance the rules err, over 2,000 studies of 5 seeds; seeded, so these numbers never change."""

    @staticmethod
    def verdicts(shift: float, sd: float, tolerance: float, better: str | None, family: int = 1) -> list[str]:
        rng = np.random.default_rng(20261121)
        found = []
        for _ in range(STUDIES):
            seeds = rng.normal(0.9, sd, 5)
            printed = 0.9 + shift if shift else rng.normal(0.9, sd)  # a true claim is itself one run
            found.append(judge_value(f"{printed:.6f}", seeds.tolist(), tolerance, better=better, family=family)[0])
        return found

    @pytest.mark.parametrize("better", ["greater", "less", None])
    @pytest.mark.parametrize("tolerance", [1e-6, 0.001, 0.01])
    def test_true_claims_are_seldom_called_not_reproduced(self, better, tolerance):
        verdicts = self.verdicts(0.0, 0.004, tolerance, better)
        assert verdicts.count("not reproduced") <= 0.05 * STUDIES + 3 * np.sqrt(STUDIES * 0.05 * 0.95)
        if tolerance == 0.01:  # the bound proper, with a tolerance as the ledgers have
            assert verdicts.count("not reproduced") <= 0.05 * STUDIES

    def test_a_number_four_deviations_off_is_found(self):
        for shift, better in ((0.016, "greater"), (-0.016, "less")):
            verdicts = self.verdicts(shift, 0.004, 0.01, better)
            assert verdicts.count("not reproduced") >= 0.90 * STUDIES

    def test_without_a_better_side_four_deviations_are_found_less_often(self):
        found = self.verdicts(0.016, 0.004, 0.01, None).count("not reproduced") / STUDIES
        assert 0.80 <= found <= 0.90

    def test_in_a_family_a_wrong_number_has_to_be_further_off(self):
        assert self.verdicts(0.016, 0.004, 0.01, "greater", family=28).count("not reproduced") < 0.25 * STUDIES
        assert self.verdicts(0.048, 0.004, 0.01, "greater", family=28).count("not reproduced") >= 0.97 * STUDIES

    def test_small_deviations_within_the_tolerance_are_never_called_not_reproduced(self):
        assert "not reproduced" not in self.verdicts(0.005, 0.001, 0.01, "greater")

    def test_a_family_of_claims_does_not_cry_wolf_more_often_than_one(self):
        rng = np.random.default_rng(7)
        members, alarms = 28, 0
        for _ in range(400):
            verdicts = {
                judge_value(f"{rng.normal():.4f}", rng.normal(size=5).tolist(), 1e-6, better="greater", family=members)[
                    0
                ]
                for _ in range(members)
            }
            alarms += "not reproduced" in verdicts
        assert alarms <= 0.05 * 400 + 3 * np.sqrt(400 * 0.05 * 0.95)


class TestComparisons:
    def test_paired_differences_on_the_claimed_side(self):
        assert judge_difference([0.02, 0.03, 0.025], "greater")[0] == "reproduced"
        assert judge_difference([0.02, 0.03, 0.025], "less")[0] == "not reproduced"
        assert judge_difference([-0.02, 0.03, 0.005], "greater")[0] == "inconclusive"

    def test_a_margin_has_to_be_cleared(self):
        assert judge_difference([0.02, 0.03, 0.025], "greater", by=0.01)[0] == "reproduced"
        assert judge_difference([0.02, 0.03, 0.025], "greater", by=0.1)[0] == "not reproduced"

    def test_no_difference_at_all_is_inconclusive(self):
        assert judge_difference([0.0, 0.0, 0.0], "greater")[0] == "inconclusive"

    def test_the_same_difference_at_every_seed_decides(self):
        assert judge_difference([2.0, 2.0, 2.0], "greater")[0] == "reproduced"

    def test_equal_treatments_are_seldom_told_apart(self):
        rng = np.random.default_rng(3)
        verdicts = [judge_difference(rng.normal(size=5).tolist(), "greater")[0] for _ in range(STUDIES)]
        assert verdicts.count("reproduced") <= 0.05 * STUDIES
        assert verdicts.count("not reproduced") <= 0.05 * STUDIES

    def test_how_many_seeds_would_decide(self):
        verdict, reason = judge_difference([0.5, -0.3, 0.4, -0.2, 0.35], "greater")
        assert verdict == "inconclusive"
        needed = int(reason.split("about ")[1].split()[0])
        rng = np.random.default_rng(0)
        many = rng.normal(size=needed)
        many = (many - many.mean()) / many.std(ddof=1) * np.std([0.5, -0.3, 0.4, -0.2, 0.35], ddof=1) + 0.15
        assert judge_difference(many.tolist(), "greater")[0] == "reproduced"


class TestBounds:
    def test_the_interval_of_the_mean_decides(self):
        assert judge_bound([0.99, 1.0, 0.98], at_least=0.95, at_most=None)[0] == "reproduced"
        assert judge_bound([0.90, 0.91, 0.89], at_least=0.95, at_most=None)[0] == "not reproduced"
        assert judge_bound([0.90, 0.99, 0.95], at_least=0.95, at_most=None)[0] == "inconclusive"
        assert judge_bound([0.01, 0.02, 0.015], at_least=None, at_most=0.05)[0] == "reproduced"

    def test_exactly_at_the_bound_counts(self):
        assert judge_bound([1.0, 1.0, 1.0], at_least=1.0, at_most=None)[0] == "reproduced"


def test_of_several_checks_the_gravest_verdict_decides_and_everything_computed_is_kept():
    first = Judgement("confirmed", {"a": 1}, ("one",))
    second = Judgement("erratum", {"b": 2}, ("two",), "because")
    assert worst([first, second]) == Judgement("erratum", {"a": 1, "b": 2}, ("one", "two"), "because")
    assert worst([first]) is first


def test_a_step_that_several_checks_share_is_told_once():
    common = "base: accuracy, by seed: 0.9, 0.8"
    checks = [Judgement("reproduced", {}, ("l1: 0.91", common)), Judgement("reproduced", {}, ("l2: 0.92", common))]
    assert worst(checks).steps == ("l1: 0.91", common, "l2: 0.92")


def test_remarks_of_all_checks_are_kept_each_once():
    lost = "wide: 1 of 5 seeds diverged, as its config expects"
    checks = [Judgement("reproduced", {}, reason="a"), *[Judgement("reproduced", {}, remarks=(lost,))] * 2]
    assert worst(checks) == Judgement("reproduced", {}, reason="a", remarks=(lost,))


def test_every_verdict_has_a_place_in_the_order_of_gravity():
    from typing import get_args

    from experiments.ledger.verdicts import Verdict

    assert sorted(SEVERITY) == sorted(get_args(Verdict))
