"""Errors as people read them: file, line, place, what was expected, what was got."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Problem:
    """One thing wrong with one place of a file."""

    source: str
    line: int | None
    place: str
    message: str

    def __str__(self) -> str:
        where = self.source if self.line is None else f"{self.source}:{self.line}"
        return f"{where}: {self.place}: {self.message}" if self.place else f"{where}: {self.message}"


class ConfigError(Exception):
    """Every problem found in one or more files; nothing has been run or written."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))

    def __reduce__(self) -> tuple[type["ConfigError"], tuple[tuple[Problem, ...]]]:
        """As an exception travels between processes: it is made anew from its problems, not from its message."""
        return ConfigError, (self.problems,)


class RecordError(Exception):
    """Results cannot be written or read; the message says which and why."""


def dotted(path: Iterable[str | int]) -> str:
    """('model', 'hidden', 1) -> 'model.hidden[1]'."""
    text = ""
    for key in path:
        if isinstance(key, int):
            text += f"[{key}]"
        else:
            text += f".{key}" if text else key
    return text


def shown(value: Any) -> str:
    """A value as an error message prints it: typed, and never longer than a line."""
    if isinstance(value, dict):
        return "a mapping"
    if value is None:
        return "nothing"
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    if isinstance(value, list):
        text = f"the list {text}"
    return text if len(text) <= 60 else text[:57] + "..."


def nearest(name: str, valid: Iterable[str]) -> str:
    """A hint naming the most similar valid name, or the empty string."""
    # Upper and lower case or - and _ confused are the commonest slips, and difflib counts them as errors.
    canonical = {v.lower().replace("-", "_"): v for v in valid}
    match = difflib.get_close_matches(name.lower().replace("-", "_"), canonical, n=1, cutoff=0.6)
    return f"; did you mean '{canonical[match[0]]}'?" if match else ""
