"""YAML text -> plain data and the line of every key: YAML 1.2, without anchors, tags or duplicate keys."""

import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.composer import MaxDepthExceededError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from experiments.problems import ConfigError, Problem, dotted, shown

MAX_BYTES = 150_000
"""Read in a few seconds, whatever it holds: lists of short numbers take longest, at 30 to 90 kB a second."""
MAX_DEPTH = 30
_TOO_DEEP = f"nested too deeply; expected at most {MAX_DEPTH} levels"
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
"""Escapes can write what no file can hold, or what a terminal would take for commands."""
_NOT_TEXT = "expected text, got an unprintable character in it"
_SCALARS = ("null", "bool", "int", "float", "str")

KeyPath = tuple[str | int, ...]


@dataclass
class Document:
    """One parsed file: its data, and where each key stands."""

    source: str
    data: dict[str, Any]
    lines: dict[KeyPath, int] = field(default_factory=dict)

    def line_of(self, path: KeyPath) -> int | None:
        """The line of a key, or of the nearest key around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)

    def problem(self, path: KeyPath, message: str) -> Problem:
        """A problem at a key of this document."""
        return Problem(self.source, self.line_of(path), dotted(path), message)


def read_document(path: Path) -> Document:
    """Read a YAML file whose top level is a mapping.

    Raises:
        ConfigError: the file cannot be read, is no YAML 1.2, or uses what configs do not allow (anchors, tags,
            duplicate keys, keys that are no text, several documents); all duplicates in one go.
    """
    source = _as_given(path)
    return parse_document(_read_text(path, source), source)


def parse_document(text: str, source: str) -> Document:
    """Like `read_document`, from text."""
    document = Document(source, {})
    node = _compose(text, source)
    if not isinstance(node, MappingNode):
        what = "an empty file" if node is None else "something else"
        raise ConfigError([Problem(source, None, "", f"expected a mapping of keys to values, got {what}")])
    problems: list[Problem] = []
    document.data = _plain(node, (), document, problems)
    if problems:
        raise ConfigError(problems)
    return document


def parse_value(text: str, source: str) -> Any:
    """One YAML value, such as the right-hand side of `training.epochs=3`."""
    node = _compose(text, source)
    if node is None:
        return None
    document, problems = Document(source, {}), list[Problem]()
    value = _plain(node, (), document, problems)
    if problems:
        raise ConfigError(problems)
    return value


def _as_given(path: Path) -> str:
    """The path as short as it can be said from here."""
    try:
        return str(Path(os.path.realpath(path)).relative_to(Path.cwd()))  # Path.resolve breaks on circles of links
    except (ValueError, OSError):
        return str(path)


def _read_text(path: Path, source: str) -> str:
    def fail(message: str) -> ConfigError:
        return ConfigError([Problem(source, None, "", message)])

    try:
        status = path.stat()
        if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):  # reading a pipe could wait for ever
            raise fail("expected a file, got a pipe or a device")
        if status.st_size > MAX_BYTES:
            raise fail(f"expected a file of at most {MAX_BYTES:,} bytes, got {status.st_size:,}")
        raw = path.read_bytes()
    except FileNotFoundError:
        raise fail("no such file") from None
    except IsADirectoryError:
        raise fail("expected a file, got a folder") from None
    except OSError as error:
        raise fail(f"cannot be read: {error.strerror}") from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise fail(f"expected UTF-8 text, got the byte 0x{raw[error.start]:02x} at offset {error.start}") from None
    if "\0" in text:
        raise fail("expected text, got a binary file")
    return text


def _compose(text: str, source: str) -> Node | None:
    yaml = YAML(typ="safe", pure=True)
    yaml.max_depth = MAX_DEPTH + 2  # far below Python's own limit; `_plain` tells the place of what is nearer
    yaml.composer.warn_double_anchors = False  # `_plain` refuses every anchor
    try:
        return yaml.compose(text)
    except MaxDepthExceededError as error:
        line = None if error.problem_mark is None else error.problem_mark.line + 1
        raise ConfigError([Problem(source, line, "", _TOO_DEEP)]) from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = None if mark is None else mark.line + 1
        raise ConfigError([Problem(source, line, "", f"not valid YAML: {error.problem}")]) from None
    except (ValueError, OverflowError):  # chr() of an escape such as "\U00110000"
        raise ConfigError([Problem(source, None, "", "not valid YAML: an escape names no character")]) from None
    except YAMLError as error:
        reason = str(error).splitlines()[0]
        raise ConfigError([Problem(source, None, "", f"not valid YAML: {reason}")]) from None
    except RecursionError:
        raise ConfigError([Problem(source, None, "", _TOO_DEEP)]) from None


def _plain(node: Node, path: KeyPath, document: Document, problems: list[Problem]) -> Any:
    """The node as dict, list or scalar; what is not allowed goes to `problems`."""
    line = node.start_mark.line + 1
    document.lines.setdefault(path, line)

    def refuse(message: str) -> None:
        problems.append(Problem(document.source, line, dotted(path), message))

    if getattr(node, "anchor", None):
        # Refused before anything is expanded, so that nested aliases cannot grow without bound.
        return refuse(f"anchors are not allowed in a config, got &{node.anchor}; write the value out")
    if len(path) > MAX_DEPTH:
        return refuse(_TOO_DEEP)
    if isinstance(node, MappingNode):
        return _plain_mapping(node, path, document, problems)
    if isinstance(node, SequenceNode):
        return [_plain(item, (*path, i), document, problems) for i, item in enumerate(node.value)]
    return _plain_scalar(cast(ScalarNode, node), refuse)


def _plain_mapping(node: MappingNode, path: KeyPath, document: Document, problems: list[Problem]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        is_text = isinstance(key_node, ScalarNode) and str(key_node.tag).endswith((":str", ":int", ":float", ":bool"))
        if not is_text:
            message = "expected a plain key, got " + ("a merge <<" if "merge" in str(key_node.tag) else "another form")
            problems.append(Problem(document.source, line, dotted(path), message))
            continue
        key = str(key_node.value)
        if _UNPRINTABLE.search(key):
            problems.append(Problem(document.source, line, dotted(path), _NOT_TEXT))
            continue
        here = (*path, key)
        if key in result:
            first = document.lines[here]
            problems.append(Problem(document.source, line, dotted(here), f"duplicate key; first on line {first}"))
            continue
        document.lines[here] = line
        result[key] = _plain(value_node, here, document, problems)
    return result


def _plain_scalar(node: ScalarNode, refuse: Any) -> Any:
    kind = str(node.tag).rpartition(":")[2]
    if kind == "timestamp":  # YAML 1.2's core schema has no dates; the text is meant
        return node.value
    if kind not in _SCALARS or not str(node.tag).startswith("tag:yaml.org,2002:"):
        return refuse(f"tags are not allowed in a config, got {node.tag}")
    if kind == "str":
        return refuse(_NOT_TEXT) if _UNPRINTABLE.search(node.value) else node.value
    if len(node.value) > 100:
        return refuse(f"expected a number of at most 100 characters, got {shown(node.value)}")
    try:
        return _number(kind, node.value)
    except ValueError:
        return refuse(f"expected a value of kind {kind}, got {shown(node.value)}")


def _number(kind: str, text: str) -> Any:
    """A null, bool, int or float as YAML 1.2 writes it."""
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    text = text.replace("_", "")
    if kind == "int":
        return int(text, 0) if text.lstrip("+-").lower().startswith(("0x", "0o", "0b")) else int(text)
    return float(
        text.replace(".inf", "inf").replace(".Inf", "inf").replace(".INF", "inf").lower().replace(".nan", "nan")
    )
