"""What a worked example found: values to hold against the print, the steps that led there, and whether it holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Finding:
    """The outcome of one worked example.

    Attributes:
        values: computed quantities by the names that a ledger's `printed` uses: a number, a truth value, a text, or a
            list of such (nested for tables). Numbers are float64 or int, not rounded.
        steps: the computation line by line, with its numbers, as a teacher would write it on a board.
        holds: whether what the slide says stood the test; None where comparing `values` with the print decides.
    """

    values: Mapping[str, Any]
    steps: tuple[str, ...]
    holds: bool | None = None
