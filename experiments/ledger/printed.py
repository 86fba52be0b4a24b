"""Numerals as a slide prints them: the last digit is the precision, and decides how close a value must come."""

import math
import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal, NamedTuple

Agreement = Literal["right", "rounded", "wrong"]

_NUMERAL = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d{1,3})?")
_FLOAT_NOISE = 1e-12
"""Relative; decimal fractions have no exact binary form."""


class Printed(NamedTuple):
    """A numeral's value, and one unit of its last digit; 0 for what is exact."""

    value: Decimal
    unit: Decimal


def is_numeral(value: Any) -> bool:
    """Whether something printed is a number: a bare integer, or a numeral in quotes."""
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, str) and _NUMERAL.fullmatch(value) is not None)


def parse(value: int | str) -> Printed:
    """A bare integer is exact; of a numeral in quotes, the last digit is the precision: '0.50' has a unit of 0.01."""
    if isinstance(value, int):
        return Printed(Decimal(value), Decimal(0))
    number = Decimal(value)
    return Printed(number, Decimal(1).scaleb(int(number.as_tuple().exponent)))


def unreadable(value: Any, *, numeral: bool = False) -> str:
    """Why something cannot stand under `printed`; empty if it can."""
    if isinstance(value, float):
        return f"printed precision is missing; write the number as it is printed, in quotes, such as '{value}'"
    if numeral and not is_numeral(value):
        return f"expected a numeral in quotes, such as '0.01', got {value!r}"
    if isinstance(value, list):
        return next((message for v in value if (message := unreadable(v))), "")
    if isinstance(value, str | int):
        return ""
    return f"expected a numeral, a text, true, false or a list of these, got {value!r}"


def agreement(printed: Any, computed: Any, tolerance: str | None = None) -> Agreement:
    """Hold something printed against something computed.

    A numeral is `right` within half a unit of its last digit (or within `tolerance`), `rounded` within less than one
    unit (cut off, or rounded the wrong way), otherwise `wrong`. Lists are compared item by item, the worst decides;
    texts and truth values must be equal.
    """
    if isinstance(printed, list):
        if not isinstance(computed, Sequence) or isinstance(computed, str) or len(printed) != len(computed):
            return "wrong"
        cells: list[Agreement] = [agreement(p, c, tolerance) for p, c in zip(printed, computed, strict=True)]
        return max(cells, key=("right", "rounded", "wrong").index, default="right")
    if isinstance(printed, bool) or isinstance(computed, bool | str) or not is_numeral(printed):
        return "right" if type(printed) is type(computed) and printed == computed else "wrong"
    if not isinstance(computed, int | float) or not math.isfinite(computed):
        return "wrong"
    value, unit = parse(printed)
    # repr gives the shortest decimal that means the same float: 0.59, not 0.58999999999999996891
    gap = abs(Decimal(repr(computed)) - value)
    noise = Decimal(_FLOAT_NOISE) * max(abs(value), Decimal(1))
    if gap <= (unit / 2 if tolerance is None else Decimal(tolerance)) + noise:
        return "right"
    return "rounded" if gap + noise < unit and tolerance is None else "wrong"


def as_rounded(printed: Any, computed: Any) -> str:
    """What was computed, with as many digits as are printed: 0.7875 beside a printed '0.78' is '0.79'."""
    if isinstance(printed, list):
        return "[" + ", ".join(as_rounded(p, c) for p, c in zip(printed, computed, strict=True)) + "]"
    if isinstance(computed, bool | str) or not is_numeral(printed) or not parse(printed).unit:
        return str(computed)
    return str(Decimal(repr(computed)).quantize(parse(printed).unit, ROUND_HALF_UP))


def count(printed: Any) -> int:
    """How many numerals something printed holds."""
    if isinstance(printed, dict):
        return sum(map(count, printed.values()))
    return sum(map(count, printed)) if isinstance(printed, list) else int(is_numeral(printed))
