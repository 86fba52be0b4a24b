"""How close a computed value must come to a printed one."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.ledger.printed import agreement, as_rounded, count, parse, unreadable


@pytest.mark.parametrize(
    ("printed", "computed", "expected"),
    [
        ("0.78", 0.7875, "rounded"),  # cut off: 0.79 is nearer
        ("0.79", 0.7875, "right"),
        ("0.547", 126 / 230, "rounded"),
        ("0.80", 0.7875, "wrong"),
        ("0.70", 1.609438, "wrong"),
        ("10.9", 12.9, "wrong"),
        ("5.3", 5.3, "right"),
        ("0.59", 0.8 - 0.1 * (4.5 * 0.8 - 1.5), "right"),  # 0.59 but for binary fractions
        ("0.3568199375", 0.3568199375, "right"),
        ("-3.9", -3.9000000000000004, "right"),
        ("2.5", 2.55, "right"),  # half a unit still rounds to it
        ("60000", 60000, "right"),
        ("60000", 59999, "wrong"),
        (60000, 60000, "right"),
        (20, 20.4, "wrong"),  # a bare integer is exact
        ("1e-3", 0.0014, "right"),
        ("1e-3", 0.0026, "wrong"),
        ("0.50", float("nan"), "wrong"),
        ("0.50", float("inf"), "wrong"),
        (True, True, "right"),
        (True, False, "wrong"),
        ("1", True, "wrong"),
        ("sepal length", "sepal length", "right"),
        ("sepal length", "sepal width", "wrong"),
        (["0.37", "1.00"], [0.3679, 1.0], "right"),
        (["0.37", "1.01"], [0.3679, 1.0], "wrong"),
        (["0.37", "0.78"], [0.3679, 0.7875], "rounded"),
        (["0.37"], [0.3679, 1.0], "wrong"),
        ([["1", "0"], ["0", "1"]], [[1, 0], [0, 1]], "right"),
    ],
)
def test_agreement(printed, computed, expected):
    assert agreement(printed, computed) == expected


def test_a_declared_tolerance_replaces_the_half_unit():
    assert agreement("0.78", 0.7875, "0.01") == "right"
    assert agreement("0.78", 0.7905, "0.01") == "wrong"


@given(st.decimals(-1000, 1000, places=3))
def test_what_is_rounded_to_the_printed_digits_is_right_and_a_unit_further_is_not(value):
    printed = str(value)
    assert agreement(printed, float(value)) == "right"
    assert agreement(printed, float(value) + 0.0004) == "right"
    assert agreement(printed, float(value) + 0.0006) == "rounded"
    assert agreement(printed, float(value) + 0.0011) == "wrong"


def test_the_last_digit_is_the_precision():
    assert parse("0.50").unit == Decimal("0.01")
    assert parse("0.5").unit == Decimal("0.1")
    assert parse("1.5e-3").unit == Decimal("0.0001")
    assert parse(7).unit == 0


def test_a_bare_float_has_lost_its_precision():
    assert "precision" in unreadable(0.5)
    assert "precision" in unreadable(["0.5", 0.5])
    assert unreadable(["0.5", 1, "text", True]) == ""


def test_count_counts_numerals_only():
    assert count({"loss": "0.4419", "accuracy": "0.8838", "note": "text", "table": [["1", "2"], ["3", 4]]}) == 6


def test_as_rounded_gives_the_printed_digits():
    assert as_rounded("0.547", 126 / 230) == "0.548"
    assert as_rounded(["0.50", "3"], [0.496, 3]) == "[0.50, 3]"
    assert as_rounded("1.5e-3", 0.00149) == "0.0015"
    assert as_rounded("yes", "no") == "no"
