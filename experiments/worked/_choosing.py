"""Choosing by name: a misspelt name must not silently mean something else."""

from collections.abc import Mapping
from typing import TypeVar

Thing = TypeVar("Thing")


def chosen(name: str, choices: Mapping[str, Thing], what: str) -> Thing:
    """What a name stands for.

    Args:
        name: as the ledger gives it.
        choices: names -> what they stand for.
        what: what is chosen, for the message.

    Raises:
        ValueError: the name is none of the choices.
    """
    if name not in choices:
        raise ValueError(f"{what}: expected {' or '.join(choices)}, got {name!r}")
    return choices[name]
