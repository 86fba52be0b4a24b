"""The four ledgers as they are committed: complete, in order, checked, and sharp enough to notice a changed digit."""

import copy
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from experiments.ledger.judging import Judged, judge_all
from experiments.ledger.loading import LoadedLedger, ledger_paths, load_ledgers
from experiments.ledger.printed import is_numeral, parse
from experiments.ledger.reference import read_reference
from experiments.ledger.spec import Declared, External, Photograph, Worked
from experiments.ledger.verdicts import judge_worked

ROOT = Path(__file__).parents[2]
ITEMS = {"mollineda": ("M", 128), "pinar": ("P", 46), "cavallaro": ("C", 141), "hantehzadeh": ("H", 57)}


@pytest.fixture(scope="module")
def ledgers() -> list[LoadedLedger]:
    return load_ledgers(ledger_paths(ROOT / "configs"), ROOT / "configs")


@pytest.fixture(scope="module")
def worked(ledgers: list[LoadedLedger]) -> list[Judged]:
    """Claims that need no trained network, judged."""
    return judge_all(ledgers, ROOT / "results", lambda claim: all(isinstance(c, Worked) for c in claim.check))


def test_every_item_of_every_lecture_is_there_in_the_order_of_the_slides(ledgers: list[LoadedLedger]) -> None:
    for loaded in ledgers:
        letter, items = ITEMS[loaded.ledger.lecture]
        assert [claim.id for claim in loaded.ledger.claims] == [f"{letter}-{i}" for i in range(1, items + 1)]
    assert sum(len(loaded.ledger.claims) for loaded in ledgers) == 372


def test_worked_claims_are_all_judged(worked: list[Judged]) -> None:
    assert len(worked) > 200
    assert [j.claim.id for j in worked if j.judgement.verdict == "unchecked"] == []
    assert all(j.judgement.steps for j in worked), [j.claim.id for j in worked if not j.judgement.steps]


def test_worked_verdicts_are_the_accepted_ones(worked: list[Judged]) -> None:
    accepted = {lecture: read_reference(ROOT / "results", lecture) or {} for lecture in ITEMS}
    changed = {
        j.claim.id: j.judgement.verdict for j in worked if accepted[j.lecture].get(j.claim.id) != j.judgement.verdict
    }
    assert changed == {}


def test_few_claims_are_left_to_declaration_and_each_says_why(ledgers: list[LoadedLedger]) -> None:
    kinds = Counter(type(check) for loaded in ledgers for claim in loaded.ledger.claims for check in claim.check)
    assert kinds[Declared] <= 6
    assert kinds[Photograph] <= 3
    assert kinds[External] <= 12


def test_errata_are_explained(worked: list[Judged]) -> None:
    for one in worked:
        if one.judgement.verdict == "erratum":
            assert one.claim.explanation, one.claim.id
            assert one.claim.error, one.claim.id


def numerals(printed: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where in something printed the numbers stand."""
    if isinstance(printed, dict | list):
        items = printed.items() if isinstance(printed, dict) else enumerate(printed)
        return [place for key, value in items for place in numerals(value, (*path, key))]
    return [path] if is_numeral(printed) else []


def shifted(printed: Any, place: tuple[Any, ...], units: int) -> Any:
    """A copy with one number moved by some units of its last digit."""
    changed = copy.deepcopy(printed)
    inner = changed
    for key in place[:-1]:
        inner = inner[key]
    old = inner[place[-1]]
    value, unit = parse(old)
    moved = value + units * (unit or Decimal(1))
    inner[place[-1]] = int(moved) if isinstance(old, int) else format(moved, "f")
    return changed


def test_a_last_digit_that_is_one_off_is_noticed(worked: list[Judged]) -> None:
    tried, missed = 0, []
    for one in worked:
        if one.judgement.verdict != "confirmed":
            continue
        tolerances = {name: one.claim.tolerance_of(name) for name in one.claim.printed}
        for place in numerals(one.claim.printed):
            for units in (-2, -1, 1, 2):
                printed = shifted(one.claim.printed, place, units)
                verdict, _ = judge_worked(one.claim.kind, printed, one.judgement.computed, None, tolerances)
                tried += 1
                if verdict == "confirmed":
                    missed.append((one.claim.id, place, units))
    assert tried > 400
    assert len(missed) <= 0.01 * tried, missed
