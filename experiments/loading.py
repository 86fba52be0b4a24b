"""Config file -> experiment: every error of the file in one go, then every variant resolved."""

import contextlib
import copy
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from experiments.changes import COMMAND_LINE, Change, in_words, parse_override, section_changes, set_value, split_path
from experiments.compatibility import check_spec
from experiments.documents import Document, KeyPath, read_document
from experiments.identity import DECIDES_NUMBERS
from experiments.messages import SchemaGuide, message_of
from experiments.problems import ConfigError, Problem, dotted, nearest, shown
from experiments.spec import ExperimentSpec
from experiments.spec.sweep import Parameter

BASE = "base"
MOST_VARIANTS, MOST_SWEPT = 200, 1000
"""Each variant and each swept value is checked in full, which takes milliseconds."""
RESERVED = (
    "bench", "clean", "custom", "data", "doctor", "faults", "format", "help", "lint", "quick", "report", "reproduce",
    "setup", "test",
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
    if len(_mapping(document.data, "variants")) > MOST_VARIANTS:
        raise ConfigError([document.problem(("variants",), f"expected at most {MOST_VARIANTS} variants")])
    quick_changes = section_changes(document, ("quick",)) if quick else []
    if quick:
        here = Problem(document.source, document.line_of(("quick",)), "quick", "")
        quick_changes.append(Change("seeds", 1, here))

    variants: dict[str, ExperimentSpec] = {}
    for name in (BASE, *_mapping(document.data, "variants")):
        own = [] if name == BASE else section_changes(document, ("variants", name))
        resolved, found = _apply_and_validate(
            document, [*own, *_still_there([*quick_changes, *given], own)], known=problems
        )
        problems += found
        if resolved is not None:
            variants[name] = resolved
    if not quick:
        _, found = _apply_and_validate(document, section_changes(document, ("quick",)), known=problems)
        problems += found
    problems += [*_misplaced(document), *_label_problems(document)]
    for name, resolved in variants.items():
        at = () if name == BASE else ("variants", name)
        for place, message in check_spec(resolved, path.parent):
            if at and place[0] == "sweep":  # sweeps are of the config's own settings, not of variants
                continue
            problem = document.problem((*at, *place), message) if at else document.problem(place, message)
            if not any(problem.message == p.message for p in problems):
                problems.append(problem)
    problems += _sweep_problems(document, given, path.parent, known=problems)
    if problems:
        problems = _after(problems, path, overrides, quick=quick) if overrides else problems
        raise ConfigError(sorted(set(problems), key=lambda p: (p.source, p.line or 0, p.place)))
    assert spec is not None  # noqa: S101  (no problems: the base was valid)
    shortened = in_words(spec.model_dump(mode="json"), quick_changes)
    return Experiment(path.stem, path, variants, tuple(overrides), shortened, quick)


def _after(problems: list[Problem], path: Path, overrides: Sequence[str], *, quick: bool) -> list[Problem]:
    """The problems, with the command line's changes named where the file alone has no such problem."""
    alone: Collection[Problem] = ()
    try:
        load_experiment(path, quick=quick)
    except ConfigError as error:
        alone = error.problems
    note = f" (after {' '.join(overrides)})"
    return [p if p.source == COMMAND_LINE or p in alone else replace(p, message=p.message + note) for p in problems]


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
                place = at.place or document.problem(path, message).place
                if at.source != COMMAND_LINE and len(path) > len(split_path(behind.path)):
                    inner = dotted(path[len(split_path(behind.path)) :])  # the key within the changed section
                    place += inner if inner.startswith("[") else f".{inner}"
                problems.append(Problem(at.source, at.line, place, message))
            elif (document.problem(path, message).place, message) not in already:
                problems.append(document.problem(path, message))
        return None, problems


def _still_there(changes: list[Change], own: list[Change]) -> list[Change]:
    """The changes but for those in a section that the variant itself took out, such as `training: null`."""
    gone = tuple(f"{change.path}." for change in own if change.value is None)
    return [change for change in changes if not change.path.startswith(gone)]


def _change_behind(path: KeyPath, changes: dict[KeyPath, Change]) -> Change | None:
    """The last change at, above or below the place of an error."""
    for keys, change in reversed(changes.items()):
        if keys[: len(path)] == path[: len(keys)]:
            return change
    return None


WHOLE_EXPERIMENT = (
    "title", "lecture", "metrics", "figures", "ensemble", "accuracy_level", "beside", "variants", "labels", "quick",
    "extended", "may_diverge", "sweep",
)  # fmt: skip
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


def _label_problems(document: Document) -> list[Problem]:
    """Labels are of variants that there are, in one line, and no two variants are read alike."""
    variants = [BASE, *_mapping(document.data, "variants")]
    labels = _mapping(document.data, "labels")
    taken = {name: name for name in variants if name not in labels}
    problems = []
    for name, label in labels.items():
        message = ""
        if name not in variants:
            message = f"no variant is named {shown(name)}{nearest(name, variants)}"
        elif isinstance(label, str) and label in taken:
            message = f"expected distinct labels, got {shown(label)} for {taken[label]} and {name}"
        elif isinstance(label, str) and label and " ".join(label.split()) != label:
            message = f"expected words in one line with single spaces, got {shown(label)}"
        if message:
            problems.append(document.problem(("labels", name), message))
        elif isinstance(label, str):
            taken[label] = name
    return problems


def _sweep_problems(document: Document, given: list[Change], folder: Path, known: list[Problem]) -> list[Problem]:
    """Every value of a sweep tried on the config, so that a slip is found before the first trial."""
    problems: list[Problem] = []
    parameters = _mapping(_mapping(document.data, "sweep"), "parameters")
    count = sum(len(_tried(parameter)) for parameter in parameters.values() if isinstance(parameter, dict))
    if count > MOST_SWEPT:
        message = f"expected at most {MOST_SWEPT} values in all, got {count}"
        return [document.problem(("sweep", "parameters"), message)]
    for path, parameter in parameters.items():
        if not isinstance(parameter, dict):
            continue
        at = document.problem(("sweep", "parameters", path), "")
        for value in _tried(parameter):
            _, found = resolve(document, [*given, Change(path, value, at)], folder, at, known=known)
            problems += [p for p in found if p not in problems]
        low, high = parameter.get("min"), parameter.get("max")
        continuous = parameter.get("distribution") in ("uniform", "log_uniform_values")
        if not problems and continuous and isinstance(low, int | float) and isinstance(high, int | float):
            between = low + 0.382 * (high - low) if high > low else low
            if resolve(document, [*given, Change(path, between, at)], folder, at, known=known)[1]:
                message = f"takes whole numbers; expected the distribution int_uniform, got {parameter['distribution']}"
                problems.append(replace(at, message=message))
    return problems


def resolve(
    document: Document, changes: list[Change], folder: Path, at: Problem, known: Collection[Problem] = ()
) -> tuple[ExperimentSpec | None, list[Problem]]:
    """The config with changes laid over it, checked in full; a misfit of its parts is reported at `at`.

    Problems with the messages of known ones are not repeated.
    """
    for change in changes:
        root = split_path(change.path)[0]
        if change.problem_at == at and root in ExperimentSpec.model_fields and root not in DECIDES_NUMBERS:
            message = f"does not change what is trained; expected a key of {', '.join(DECIDES_NUMBERS)}"
            return None, [replace(at, message=message)]
    resolved, problems = _apply_and_validate(document, changes, list(known))
    if resolved is None or problems:
        return None, problems
    said = {p.message for p in known}
    value = "".join(f" (with {shown(c.value)})" for c in changes if c.problem_at == at)
    problems = [
        replace(at, message=f"{dotted(place)}: {message}{value}")
        for place, message in check_spec(resolved, folder)
        if message not in said and place[0] != "sweep"
    ]
    return (None if problems else resolved), problems


def _tried(parameter: dict[str, Any]) -> list[Any]:
    """The values of a swept key, or the ends of its range as they would be drawn."""
    values = parameter.get("values")
    if isinstance(values, list):
        return values
    ends = [v for k in ("min", "max") if (v := parameter.get(k)) is not None]
    if parameter.get("distribution") == "int_uniform":
        return [int(v) if isinstance(v, float) and v.is_integer() else v for v in ends]
    if str(parameter.get("distribution")).startswith("q_"):
        with contextlib.suppress(ValidationError):  # the spec itself tells of it
            return Parameter.model_validate(parameter).rounded_ends
    return ends


def _mapping(data: Any, key: str) -> dict[str, Any]:
    value = data.get(key) if isinstance(data, dict) else None
    return value if isinstance(value, dict) else {}
