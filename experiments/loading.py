"""Config file -> experiment: every error of the file in one go, then every variant resolved."""

import copy
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from experiments.changes import Change, in_words, parse_override, section_changes, set_value, split_path
from experiments.compatibility import check_spec
from experiments.documents import Document, KeyPath, read_document
from experiments.messages import SchemaGuide, message_of
from experiments.problems import ConfigError, Problem
from experiments.spec import ExperimentSpec

BASE = "base"
RESERVED = (
    "bench", "clean", "custom", "data", "doctor", "format", "help", "lint", "quick", "report", "reproduce", "setup",
    "test",
)  # fmt: skip


@dataclass(frozen=True)
class Experiment:
    """A checked config: its own settings and those of each variant."""

    name: str
    path: Path
    variants: dict[str, ExperimentSpec]
    """`base` first, then the config's variants in their order."""
    overrides: tuple[str, ...] = ()
    """Command-line changes, as typed."""
    shortened: tuple[str, ...] = ()
    """What `quick` changed, in words; empty for a full run."""
    quick: bool = False
    """Whether this is the quick run: one seed, shortened where the config says how."""

    @property
    def spec(self) -> ExperimentSpec:
        """The config's own settings."""
        return self.variants[BASE]


def load_experiment(path: Path, overrides: Sequence[str] = (), *, quick: bool = False) -> Experiment:
    """Read and check a config.

    Args:
        path: the YAML file; its stem is the experiment's name.
        overrides: changes such as `optimizer.learning_rate=0.1`; they win over the file and its variants.
        quick: apply the config's `quick:` changes and one seed.

    Raises:
        ConfigError: with every problem of the file and of the overrides.
    """
    document = read_document(path)
    given = [parse_override(text) for text in overrides]
    spec, problems = _validate(document.data, document)
    problems += check_name(path)
    quick_changes = section_changes(document, ("quick",)) if quick else []
    if quick:
        here = Problem(document.source, document.line_of(("quick",)), "quick", "")
        quick_changes.append(Change("seeds", 1, here))

    variants: dict[str, ExperimentSpec] = {}
    for name in (BASE, *_mapping(document.data, "variants")):
        own = [] if name == BASE else section_changes(document, ("variants", name))
        resolved, found = _apply_and_validate(document, [*own, *quick_changes, *given], known=problems)
        problems += found
        if resolved is not None:
            variants[name] = resolved
    if not quick:
        _, found = _apply_and_validate(document, section_changes(document, ("quick",)), known=problems)
        problems += found
    problems += _sweep_problems(document, known=problems)
    problems += _misplaced(document)
    for name, resolved in variants.items():
        at = () if name == BASE else ("variants", name)
        for place, message in check_spec(resolved, path.parent):
            problem = document.problem((*at, *place), message) if at else document.problem(place, message)
            if not any(problem.message == p.message for p in problems):
                problems.append(problem)
    if problems:
        raise ConfigError(sorted(set(problems), key=lambda p: (p.source, p.line or 0, p.place)))
    assert spec is not None  # noqa: S101  (no problems: the base was valid)
    shortened = in_words(spec.model_dump(mode="json"), quick_changes)
    return Experiment(path.stem, path, variants, tuple(overrides), shortened, quick)


def load_all(paths: Iterable[Path], overrides: Sequence[str] = (), *, quick: bool = False) -> list[Experiment]:
    """Load several configs; the problems of all of them in one error."""
    experiments, problems = [], list[Problem]()
    for path in paths:
        try:
            experiments.append(load_experiment(path, overrides, quick=quick))
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(problems)
    return experiments


@cache
def json_schema() -> dict[str, Any]:
    """The JSON Schema of a config, as editors read it."""
    schema = ExperimentSpec.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def check_name(path: Path) -> list[Problem]:
    """The file's stem names folders and make targets, so it must be a plain name."""
    if path.stem in RESERVED:
        return [Problem(str(path), None, "", f"{path.stem} is the name of a make target or of a folder in results")]
    if re.fullmatch(r"[a-z][a-z0-9_]{0,63}", path.stem) and path.suffix == ".yaml":
        return []
    message = f"expected a file name of lower-case letters, digits and '_', ending in .yaml, got {path.name!r}"
    return [Problem(str(path), None, "", message)]


def _validate(data: dict[str, Any], document: Document) -> tuple[ExperimentSpec | None, list[Problem]]:
    try:
        return ExperimentSpec.model_validate(data), []
    except ValidationError as error:
        guide = SchemaGuide(json_schema())
        found = [message_of(e, guide) for e in error.errors(include_url=False)]
        return None, [document.problem(path, message) for path, message in found]


def _apply_and_validate(
    document: Document, changes: list[Change], known: list[Problem]
) -> tuple[ExperimentSpec | None, list[Problem]]:
    """The config with changes laid over it; problems that the file has without them are not repeated."""
    data = copy.deepcopy(document.data)
    by_path: dict[KeyPath, Change] = {}
    problems = []
    for change in changes:
        keys = split_path(change.path)
        by_path[keys] = change
        message = set_value(data, keys, copy.deepcopy(change.value))
        if message:
            at = change.problem_at
            problems.append(Problem(at.source, at.line, at.place, message))
    try:
        return ExperimentSpec.model_validate(data), problems
    except ValidationError as error:
        guide = SchemaGuide(json_schema())
        already = {(p.place, p.message) for p in known}
        for detail in error.errors(include_url=False):
            path, message = message_of(detail, guide)
            behind = _change_behind(path, by_path)
            if behind is not None:
                at = behind.problem_at
                deeper = document.problem(path, message)
                problems.append(Problem(at.source, at.line, at.place or deeper.place, message))
            elif (document.problem(path, message).place, message) not in already:
                problems.append(document.problem(path, message))
        return None, problems


def _change_behind(path: KeyPath, changes: dict[KeyPath, Change]) -> Change | None:
    """The last change at, above or below the place of an error."""
    for keys, change in reversed(changes.items()):
        if keys[: len(path)] == path[: len(keys)]:
            return change
    return None


WHOLE_EXPERIMENT = ("title", "lecture", "metrics", "figures", "variants", "quick", "extended", "sweep")
"""Keys that only the file's own settings have; in a variant they would do nothing."""


def _misplaced(document: Document) -> list[Problem]:
    sections: list[KeyPath] = [("quick",), *(("variants", name) for name in _mapping(document.data, "variants"))]
    problems = []
    for section in sections:
        for change in section_changes(document, section):
            if split_path(change.path)[0] in WHOLE_EXPERIMENT:
                at = change.problem_at
                problems.append(Problem(at.source, at.line, at.place, "belongs to the whole experiment"))
    return problems


def _sweep_problems(document: Document, known: list[Problem]) -> list[Problem]:
    """Every value of a sweep tried on the config, so that a slip is found before the first trial."""
    problems: list[Problem] = []
    parameters = _mapping(_mapping(document.data, "sweep"), "parameters")
    for path, parameter in parameters.items():
        if not isinstance(parameter, dict):
            continue
        values = parameter.get("values")
        tried = (
            values if isinstance(values, list) else [v for k in ("min", "max") if (v := parameter.get(k)) is not None]
        )
        if parameter.get("distribution") == "int_uniform":
            tried = [int(v) if isinstance(v, float) and v.is_integer() else v for v in tried]
        at = document.problem(("sweep", "parameters", path), "")
        for value in tried:
            _, found = _apply_and_validate(document, [Change(path, value, at)], known)
            problems += [p for p in found if p not in problems]
    return problems


def _mapping(data: Any, key: str) -> dict[str, Any]:
    value = data.get(key) if isinstance(data, dict) else None
    return value if isinstance(value, dict) else {}
