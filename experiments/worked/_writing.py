"""Numbers as a step writes them: at most six significant digits."""

from collections.abc import Iterable
from typing import Any

import numpy as np


def number(value: float) -> str:
    """One number, such as 0.223144 or 1e-09; never -0."""
    return f"{float(value) + 0.0:.6g}"


def numbers(values: Any) -> str:
    """Numbers in parentheses: (1, 2.5)."""
    return f"({', '.join(number(value) for value in np.ravel(values))})"


def plus(terms: Iterable[str]) -> str:
    """Terms joined by plus signs, or by a minus where a term is negative: 2 x 3 - 1 x 4 + 1."""
    return " + ".join(terms).replace("+ -", "- ")
