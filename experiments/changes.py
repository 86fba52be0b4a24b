"""Changes laid over a config: a variant's, those of `quick`, and those of the command line."""

import re
from dataclasses import dataclass
from typing import Any

from experiments.documents import Document, KeyPath, parse_value
from experiments.problems import ConfigError, Problem, dotted, shown

COMMAND_LINE = "command line"
"""Source of problems with what was typed."""

_INDEX = re.compile(r"[0-9]{1,9}\]")
"""What follows an opening bracket; no list is longer, and Python reads no number of thousands of digits."""

FILE_ONLY = ("variants", "labels", "sweep", "quick", "extended")


@dataclass(frozen=True)
class Change:
    """One `path: value` laid over a config, by a variant, by `quick`, or on the command line."""

    path: str
    value: Any
    problem_at: Problem
    """Where a problem with this change is reported: a Problem without a message yet."""


def section_changes(document: Document, section: KeyPath) -> list[Change]:
    """The changes that a section of the file holds: `quick`, or `variants` and a name."""
    changes = []
    here: Any = document.data
    for key in section:
        here = here.get(key, {}) if isinstance(here, dict) else {}
    for path, value in here.items() if isinstance(here, dict) else ():
        at = document.problem((*section, path), "")
        changes.append(Change(path, value, at))
    return changes


def parse_override(text: str) -> Change:
    """A change as typed on the command line, `training.epochs=3`.

    Raises:
        ConfigError: no `=`, no YAML value, or a key that only the file may set.
    """
    source = COMMAND_LINE
    path, equals, value = text.partition("=")
    at = Problem(source, None, text, "")
    if not equals or not path.strip():
        message = f"expected path=value, such as training.epochs=3, got {text!r}"
        raise ConfigError([Problem(source, None, "", message)])
    if path.split(".")[0].split("[")[0] in FILE_ONLY:
        message = f"{path.split('.')[0]} can only be changed in the file"
        raise ConfigError([Problem(source, None, text, message)])
    return Change(path.strip(), parse_value(value, source), at)


def split_path(path: str) -> KeyPath:
    """'model.hidden[1]' -> ('model', 'hidden', 1). A broken index stays text, which set_value refuses."""
    keys: list[str | int] = []
    for part in path.split("."):
        name, *indices = part.split("[")
        keys.append(name)
        keys += [int(i[:-1]) if _INDEX.fullmatch(i) else f"[{i}" for i in indices]
    return tuple(keys)


def set_value(data: Any, keys: KeyPath, value: Any) -> str | None:
    """Set a nested value; a message if the path is none, or leads through something that has no keys."""
    wrong = next((key for key in keys if isinstance(key, str) and key.startswith("[")), None)
    if wrong is not None:
        return f"expected an index in brackets, such as model.hidden[1], got {shown(wrong)}"
    for depth, key in enumerate(keys[:-1]):
        if isinstance(data, dict) and isinstance(key, str) and (key in data or isinstance(keys[depth + 1], str)):
            data[key] = {} if data.get(key) is None else data[key]
            data = data[key]
        elif isinstance(data, list) and isinstance(key, int) and key < len(data):
            data = data[key]
        else:
            return _nothing_there(keys, keys[:depth], data)
    last = keys[-1]
    if isinstance(data, dict) and isinstance(last, str):
        if last not in data and not last:
            return "expected a key after the dot"
        data[last] = value
    elif isinstance(data, list) and isinstance(last, int) and last < len(data):
        data[last] = value
    else:
        return _nothing_there(keys, keys[:-1], data)
    return None


def _nothing_there(keys: KeyPath, above: KeyPath, data: Any) -> str:
    what = f"a list of {len(data)}" if isinstance(data, list) else shown(data)
    return f"there is no {dotted(keys)} to change: {dotted(above) or 'the config'} is {what}"


def in_words(settings: dict[str, Any], changes: list[Change]) -> tuple[str, ...]:
    """What `quick` shortened: 'training.epochs 20 -> 2'; the number of seeds is stated elsewhere.

    Args:
        settings: the config's own settings, defaults included.
        changes: those that `quick` makes.
    """
    words = []
    for change in changes:
        if change.path == "seeds":
            continue
        here: Any = settings
        for key in split_path(change.path):
            if isinstance(here, list) and isinstance(key, int):
                here = here[key] if key < len(here) else None
            else:
                here = here.get(key) if isinstance(here, dict) else None
        words.append(f"{change.path} {'all' if here is None else here} -> {change.value}")
    return tuple(words)
