"""Ledger file -> checked ledger: every problem of the file in one go, with file and line."""

import contextlib
import inspect
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from experiments.documents import Document, KeyPath, read_document
from experiments.figures.slides.catalogue import CATALOGUE as SLIDE_FIGURES
from experiments.ledger.measuring import worked_function, worked_names
from experiments.ledger.printed import is_numeral
from experiments.ledger.quantities import unknown_column
from experiments.ledger.spec import (
    CLAIM_ID,
    ON_TRIALS,
    Check,
    Claim,
    Comparison,
    Difference,
    Drawn,
    FromHistory,
    Ledger,
    Outcome,
    Quantity,
    SlideFigure,
    Value,
    WithinTrials,
    Worked,
)
from experiments.loading import Experiment, load_experiment
from experiments.messages import SchemaGuide, message_of
from experiments.paths import config_paths
from experiments.problems import ConfigError, Problem, nearest, shown

LARGEST = 200_000
"""Greatest number that a worked example is given: some compute exactly, or as many rows as they are told to."""


@dataclass(frozen=True)
class LoadedLedger:
    """A checked ledger, where it came from, and the experiments that its checks read."""

    ledger: Ledger
    path: Path
    experiments: Mapping[str, Experiment]


def ledger_paths(configs: Path) -> list[Path]:
    """The ledgers of a folder of configs, in the order of their names."""
    return sorted((configs / "lectures").glob("*.yaml"))


def load_ledgers(paths: Iterable[Path], configs: Path) -> list[LoadedLedger]:
    """Read and check ledgers; the problems of all of them in one error.

    Args:
        paths: the YAML files.
        configs: the folder of the experiments that checks name.

    Raises:
        ConfigError: with every problem of every file.
    """
    known: dict[str, Experiment] = {}
    loaded, problems, seen = [], list[Problem](), dict[str, str]()
    for path in paths:
        try:
            one = _load(path, configs, known)
        except ConfigError as error:
            problems += error.problems
            continue
        for claim in one.ledger.claims:
            if claim.id in seen:
                problems.append(Problem(str(path), None, claim.id, f"also a claim of {seen[claim.id]}"))
            seen[claim.id] = path.name
        loaded.append(one)
    if problems:
        raise ConfigError(problems)
    return loaded


@cache
def ledger_schema() -> dict[str, Any]:
    """The JSON Schema of a ledger, as editors read it."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Ledger.model_json_schema()}


def _load(path: Path, configs: Path, known: dict[str, Experiment]) -> LoadedLedger:
    document = read_document(path)
    ledger, problems = None, _order_problems(document)
    try:
        ledger = Ledger.model_validate(document.data)
        claims = dict(enumerate(ledger.claims))
    except ValidationError as error:
        guide = SchemaGuide(ledger_schema())
        found = [message_of(e, guide) for e in error.errors(include_url=False)]
        problems += [document.problem(_as_written(p, document), message) for p, message in found]
        claims = _sound_claims(document)
    for number, claim in claims.items():
        for index, check in enumerate(claim.check):
            at = _as_written(("claims", number, "check", index), document)
            problems += [
                document.problem((*at, *place), text) for place, text in _check_problems(check, configs, known)
            ]
        problems += [document.problem(("claims", number, *place), text) for place, text in _printed_problems(claim)]
        if claim.figure is not None and claim.figure not in SLIDE_FIGURES:
            problems.append(document.problem(("claims", number, "figure"), _unknown_figure(claim.figure)))
    if problems or ledger is None:
        raise ConfigError(sorted(problems, key=lambda p: p.line or 0))
    return LoadedLedger(ledger, path, known)


def _as_written(path: KeyPath, document: Document) -> KeyPath:
    """Models hold a list of checks; in the file a single check stands under `check` itself."""
    return path if path[2:3] != ("check",) or path[:4] in document.lines else (*path[:3], *path[4:])


def _entries(document: Document) -> list[Any]:
    """What stands under `claims`, whatever it is."""
    entries = document.data.get("claims")
    return entries if isinstance(entries, list) else []


def _sound_claims(document: Document) -> dict[int, Claim]:
    """The claims, by place, that are readable on their own: what they refer to is looked up though others are not."""
    sound = {}
    for number, entry in enumerate(_entries(document)):
        with contextlib.suppress(ValidationError):
            sound[number] = Claim.model_validate(entry)
    return sound


def _order_problems(document: Document) -> list[Problem]:
    """Ids share a letter, and count up: a claim out of order is a claim that nobody finds."""
    problems, before = [], None
    seen: dict[str, int] = {}
    for number, entry in enumerate(_entries(document)):
        name = entry.get("id") if isinstance(entry, dict) else None
        if not isinstance(name, str) or not re.fullmatch(CLAIM_ID, name):
            continue  # the model says so
        place: KeyPath = ("claims", number, "id")
        prefix, _, count = name.partition("-")
        if name in seen:
            first = document.line_of(("claims", seen[name], "id"))
            problems.append(document.problem(place, f"duplicate id {name}; first on line {first}"))
        elif before is not None and (prefix != before[0] or int(count) <= before[1]):
            problems.append(document.problem(place, f"expected an id after {before[0]}-{before[1]}, got {name}"))
        else:
            before = (prefix, int(count))
        seen.setdefault(name, number)
    return problems


def _printed_problems(claim: Claim) -> list[tuple[KeyPath, str]]:
    """What trained values are held against: printed numerals, in their order, that no worked check computes."""
    values = sum(isinstance(check, Value) and not check.report for check in claim.check)
    if any(isinstance(check, Worked) for check in claim.check):
        # What that computes is known only when it has: enough numerals must be there, and judging says which.
        numerals = sum(map(is_numeral, claim.printed.values()))
        few = f"expected a numeral for each of {values} trained values, got {numerals}"
        return [(("printed",), few)] if numerals < values else []
    return [
        (("printed", name), f"expected a numeral to hold a trained value against, got {shown(value)}")
        for name, value in list(claim.printed.items())[:values]
        if not is_numeral(value)
    ]


def _check_problems(check: Check, configs: Path, known: dict[str, Experiment]) -> list[tuple[KeyPath, str]]:
    if isinstance(check, Worked):
        return _worked_problems(check)
    if isinstance(check, SlideFigure):
        return [] if check.figure in SLIDE_FIGURES else [(("figure",), _unknown_figure(check.figure))]
    if isinstance(check, ON_TRIALS):
        return _trained_problems(check, configs, known)
    return []


def _worked_problems(check: Worked) -> list[tuple[KeyPath, str]]:
    function = worked_function(check.worked)
    if function is None:
        return [(("worked",), f"no such worked example{nearest(check.worked, worked_names())}")]
    parameters = inspect.signature(function).parameters
    problems: list[tuple[KeyPath, str]] = [
        (
            ("with", name),
            f"{check.worked} takes no {name}{nearest(name, parameters)} (it takes {', '.join(parameters)})",
        )
        for name in check.inputs
        if name not in parameters
    ]
    problems += [
        (("with", name), f"expected numbers of at most {LARGEST:,}, got {shown(value)}")
        for name, value in check.inputs.items()
        if _largest(value) > LARGEST
    ]
    missing = [n for n, p in parameters.items() if p.default is p.empty and n not in check.inputs]
    if missing:
        problems.append((("with",), f"{check.worked} needs {', '.join(missing)}"))
    return problems


def _largest(value: Any) -> float:
    """The greatest magnitude among the numbers of nested data; text counts as the number that it is read as."""
    if isinstance(value, dict | list):
        return max(map(_largest, value.values() if isinstance(value, dict) else value), default=0)
    try:
        return 0 if value is None else abs(float(value))
    except ValueError:  # a name
        return 0


def _trained_problems(check: Any, configs: Path, known: dict[str, Experiment]) -> list[tuple[KeyPath, str]]:
    names = {path.stem: path for path in config_paths(configs)}
    if check.experiment not in names:
        return [(("experiment",), f"no such experiment{nearest(check.experiment, names)}")]
    if check.experiment not in known:
        try:
            known[check.experiment] = load_experiment(names[check.experiment])
        except ConfigError:
            return [(("experiment",), f"the config {check.experiment}.yaml is not valid; relecture validate")]
    experiment = known[check.experiment]
    variants = check.compare if isinstance(check, Comparison) else [check.variant]
    problems: list[tuple[KeyPath, str]] = [
        (("variant",), f"{check.experiment} has no variant {variant!r}{nearest(variant, experiment.variants)}")
        for variant in variants
        if variant not in experiment.variants
    ]
    if isinstance(check, Drawn):
        if check.drawn not in experiment.spec.figures:
            drawn = ", ".join(experiment.spec.figures) or "none"
            problems.append((("drawn",), f"{check.experiment} does not draw {check.drawn}; its figures are {drawn}"))
    elif not isinstance(check, Outcome):
        wanted = check.compare_quantities if isinstance(check, WithinTrials) else [check.quantity]
        problems += [(("quantity",), message) for q in wanted if (message := _quantity_problem(q))]
    return problems


def _quantity_problem(quantity: Quantity) -> str:
    if isinstance(quantity, Difference):
        return next((message for q in quantity.minus if (message := _quantity_problem(q))), "")
    return "" if isinstance(quantity, FromHistory) else unknown_column(quantity)


def _unknown_figure(name: str) -> str:
    return f"no such slide figure{nearest(name, SLIDE_FIGURES)}"


def find_claim(ledgers: Iterable[LoadedLedger], name: str) -> tuple[LoadedLedger, Claim]:
    """The claim of an id.

    Raises:
        ConfigError: no ledger has it.
    """
    ids = []
    for loaded in ledgers:
        for claim in loaded.ledger.claims:
            if claim.id == name.upper():
                return loaded, claim
            ids.append(claim.id)
    raise ConfigError([Problem("command line", None, name, f"no such claim{nearest(name, ids)}")])
