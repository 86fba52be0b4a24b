"""A sweep and its points: which settings are tried, each checked like a config before anything runs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from experiments.changes import Change, parse_override
from experiments.compatibility import check_spec
from experiments.data.facts import facts, fingerprint
from experiments.documents import Document, parse_value, read_document
from experiments.identity import trial_id
from experiments.loading import Experiment, load_experiment, resolve
from experiments.problems import ConfigError, Problem
from experiments.records import SWEEP, Trial
from experiments.spec import ExperimentSpec
from experiments.spec.sweep import Objective, Parameter, SweepSpec

HOLD_OUT = "dataset.validation={how: stratified, fraction: 0.1}"
"""Laid over a config without validation data of its own: a sweep needs some, and never chooses by test data."""


NOT_ITS_OWN = ("none", "test")
"""Kinds of validation that hold out no data of their own."""

MOST_TRIALS = 50_000
"""Each is named before the first one runs, which takes a millisecond."""

MOST_PROBLEMS = 20
"""Told of at a time: a slip that spoils one combination may spoil thousands."""


@dataclass(frozen=True)
class Point:
    """One combination of settings, with a trial for each seed."""

    number: int
    """From 1, in the order of the grid or of the draw."""
    settings: Mapping[str, Any]
    """Dotted path -> value."""
    spec: ExperimentSpec
    trials: tuple[Trial, ...]

    @property
    def identity(self) -> str:
        """Equal for points that train the same."""
        return self.trials[0].id


@dataclass(frozen=True)
class Sweep:
    """A checked sweep over an experiment's settings."""

    experiment: Experiment
    spec: SweepSpec
    words: tuple[str, ...]
    """Changes and comma lists of the command line, as typed; empty for the config's sweep as it stands."""
    seeds: tuple[int, ...]
    held_out: bool
    """Whether HOLD_OUT was laid over the config."""
    document: Document = field(repr=False)
    """The config as it is written."""
    places: Mapping[str, Problem] = field(repr=False)
    """Swept key -> where a problem with its values is reported."""
    _fingerprints: dict[str, str] = field(repr=False, default_factory=dict)

    @property
    def metric(self) -> str:
        """The validation score that decides: val_loss or val_accuracy."""
        return self.spec.metric.name

    @property
    def maximise(self) -> bool:
        """Whether more is better."""
        return self.spec.metric.goal == "maximize"

    @property
    def changes(self) -> list[Change]:
        """What the command line lays over the config at every point."""
        return [parse_override(text) for text in self.experiment.overrides]

    def point(self, number: int, settings: Mapping[str, Any]) -> Point:
        """Check a combination of settings and name its trials.

        Raises:
            ConfigError: the combination is no valid config.
        """
        own = [Change(path, value, self.places[path]) for path, value in settings.items()]
        at = replace(self.places[next(iter(settings))], message="")
        spec, problems = resolve(self.document, [*self.changes, *own], self.experiment.path.parent, at)
        if spec is not None and spec.dataset.validation.how in NOT_ITS_OWN:
            message = f"dataset.validation: a sweep never chooses by test data, got {spec.dataset.validation.how}"
            problems = [*problems, replace(at, message=message)]
        if spec is None or problems:
            said = f"point {number} ({describe(settings)})"
            raise ConfigError([replace(p, message=f"{said}: {p.message}") for p in problems])
        data = self._fingerprint(spec)
        name = self.experiment.name
        trials = tuple(Trial(name, SWEEP, seed, spec, trial_id(spec, seed, data)) for seed in self.seeds)
        return Point(number, dict(settings), spec, trials)

    def takes(self, path: str, value: Any) -> bool:
        """Whether the config is valid with this value."""
        at = self.places[path]
        return not resolve(self.document, [*self.changes, Change(path, value, at)], self.experiment.path.parent, at)[1]

    def fingerprints(self) -> list[str]:
        """Identities of the data that points may be trained on: the config's, and those that the sweep names."""
        specs = [self.experiment.spec]
        for path, parameter in self.spec.parameters.items():
            at = self.places[path]
            for value in (parameter.values or ()) if path.split(".")[0] == "dataset" else ():
                changes = [*self.changes, Change(path, value, at)]
                spec, _ = resolve(self.document, changes, self.experiment.path.parent, at)
                specs += [spec] if spec is not None else []
        return sorted({self._fingerprint(spec) for spec in specs})

    def _fingerprint(self, spec: ExperimentSpec) -> str:
        key = spec.dataset.model_dump_json()
        if key not in self._fingerprints:
            self._fingerprints[key] = fingerprint(spec.dataset, self.experiment.path.parent)
        return self._fingerprints[key]


def load_sweep(path: Path, words: Sequence[str] = (), metric: str | None = None) -> Sweep:
    """Read and check a config's sweep, or the unnamed grid that comma lists make of a config.

    Args:
        path: the config.
        words: changes such as `training.epochs=3`, and lists such as `training.batch_size=32,128`. Lists take the
            place of the config's own sweep.
        metric: val_loss or val_accuracy, instead of the config's; without either, the accuracy where there is one.

    Raises:
        ConfigError: with every problem of the file and of the words.
    """
    lists, plain = split_words(words)
    experiment = load_experiment(path, plain)
    held_out = _lacks_validation(experiment, lists)
    if held_out:
        experiment = load_experiment(path, [*plain, HOLD_OUT])
    document, own = read_document(path), experiment.spec.sweep
    if lists:
        spec = _grid(experiment, lists, metric)
        places = {p: Problem("command line", None, word, "") for p, (_, word) in lists.items()}
    elif own is None:
        message = "has no sweep; add `sweep:` to it, or give lists such as training.batch_size=32,128"
        raise ConfigError([Problem(document.source, None, "", message)])
    else:
        spec = own if metric is None else own.model_copy(update={"metric": _objective(metric)})
        places = {p: document.problem(("sweep", "parameters", p), "") for p in spec.parameters}
    typed = any(word.startswith("seeds=") for word in plain)
    seeds = experiment.spec.seeds if typed or spec.seeds is None else spec.seeds
    sweep = Sweep(experiment, spec, tuple(words), tuple(seeds), held_out, document, places)
    problems = _problems_of_whole(sweep, listed=bool(lists), metric_typed=metric is not None or bool(lists))
    problems += _problems_of_lists(sweep) if lists else []
    if problems:
        raise ConfigError(problems)
    return sweep


def short_names(paths: Sequence[str]) -> dict[str, str]:
    """Dotted paths -> their last part, where no two of them share it."""
    last = {path: path.rpartition(".")[2] for path in paths}
    return {path: name if list(last.values()).count(name) == 1 else path for path, name in last.items()}


def value_text(value: Any) -> str:
    """A setting as tables and figures print it."""
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, dict):
        parts = [value_text(v) if key in ("name", "how") else f"{key} {value_text(v)}" for key, v in value.items()]
        return ", ".join(parts)
    if isinstance(value, list):
        return f"[{', '.join(map(value_text, value))}]"
    return str(value) if value is not None else "none"


def cell_text(cell: Any) -> str:
    """A table's cell as text; what is no plain value lies there as JSON."""
    return value_text(json.loads(cell) if isinstance(cell, str) and cell[:1] in "[{" else cell)


def describe(settings: Mapping[str, Any]) -> str:
    """'learning_rate 0.1, batch_size 32'."""
    names = short_names(list(settings))
    return ", ".join(f"{names[path]} {value_text(value)}" for path, value in settings.items())


def split_words(words: Sequence[str]) -> tuple[dict[str, tuple[list[Any], str]], list[str]]:
    """Comma lists (path -> values, the word as typed) and plain changes.

    A comma within brackets makes no list: `model.hidden=[12,6]` is one value.

    Raises:
        ConfigError: a list with a gap, or a key that is swept twice or belongs to the file alone.
    """
    lists: dict[str, tuple[list[Any], str]] = {}
    plain, problems = [], []
    for word in words:
        path, equals, text = word.partition("=")
        values: Any = None
        if equals and "," in text:
            try:
                values = parse_value(f"[{text}]", "command line")
            except ConfigError:
                values = None
            if text.rstrip().endswith(",") or text.lstrip().startswith(",") or values is None or None in values:
                message = "expected values between commas, such as training.batch_size=32,128"
                problems.append(Problem("command line", None, word, message))
                continue
        if values is not None and len(values) > 1:
            parse_override(f"{path}=0")  # refuses keys that only the file may set
            if path.strip() in lists:
                problems.append(Problem("command line", None, word, "swept twice"))
            lists[path.strip()] = (values, word)
        else:
            plain.append(word)
    if problems:
        raise ConfigError(problems)
    return lists, plain


def _lacks_validation(experiment: Experiment, lists: Mapping[str, Any]) -> bool:
    own = experiment.spec.sweep
    swept = lists or (own.parameters if own is not None else {})
    lacks = experiment.spec.dataset.validation.how in NOT_ITS_OWN
    return lacks and not any(path.startswith("dataset.validation") for path in swept)


def _grid(experiment: Experiment, lists: Mapping[str, tuple[list[Any], str]], metric: str | None) -> SweepSpec:
    own = experiment.spec.sweep
    if metric is None:
        classes = facts(experiment.spec.dataset, experiment.path.parent).class_names
        metric = own.metric.name if own else "val_accuracy" if classes else "val_loss"
    parameters = {path: Parameter(values=values) for path, (values, _) in lists.items()}
    try:
        return SweepSpec(method="grid", metric=_objective(metric), parameters=parameters)
    except ValidationError as error:
        messages = [str(detail.get("ctx", {}).get("error", detail["msg"])) for detail in error.errors()]
        raise ConfigError([Problem("command line", None, "", message) for message in messages]) from None


def _objective(name: str) -> Objective:
    if name not in ("val_loss", "val_accuracy"):
        message = f"expected val_loss or val_accuracy, got {name!r}; a sweep never chooses by test data"
        raise ConfigError([Problem("command line", None, "--metric", message)])
    goal = "minimize" if name == "val_loss" else "maximize"
    return Objective.model_validate({"name": name, "goal": goal})


def cut_short(problems: Sequence[Problem], untried: int) -> list[Problem]:
    """The first problems, and a line that says where looking for more of them was stopped."""
    message = f"stopped at {MOST_PROBLEMS} problems, with {untried:,} more to try"
    return [*problems[:MOST_PROBLEMS], replace(problems[0], message=message)]


def _problems_of_whole(sweep: Sweep, *, listed: bool, metric_typed: bool) -> list[Problem]:
    """Whether runs produce the metric, seeds are left to prune, and there are not too many trials."""
    base = sweep.experiment.spec.model_copy(update={"sweep": sweep.spec})
    whole, metric = sweep.document.problem(("sweep",), ""), sweep.document.problem(("sweep", "metric"), "")
    if listed:
        whole = Problem("command line", None, "", "")
    if metric_typed:
        metric = Problem("command line", None, "--metric", "")
    findings = check_spec(base, sweep.experiment.path.parent)
    problems = [replace(metric, message=message) for place, message in findings if place[0] == "sweep"]
    prune = sweep.spec.prune
    if prune is not None and prune.after_seeds >= len(sweep.seeds):
        message = f"after_seeds {prune.after_seeds} of {len(sweep.seeds)} seeds leaves nothing to prune"
        problems.append(sweep.document.problem(("sweep", "prune"), message))
    points, seeds = sweep.spec.most_points, len(sweep.seeds)
    if points * seeds > MOST_TRIALS:
        message = f"expected at most {MOST_TRIALS:,} trials, got {points:,} points with {seeds:,} seeds each"
        problems.append(replace(whole, message=message))
    return problems


def _problems_of_lists(sweep: Sweep) -> list[Problem]:
    """Every value of the command line's lists tried on the config."""
    problems: list[Problem] = []
    values = [(path, value) for path, parameter in sweep.spec.parameters.items() for value in parameter.values or ()]
    for tried, (path, value) in enumerate(values, start=1):
        at = sweep.places[path]
        changes = [*sweep.changes, Change(path, value, at)]
        found = resolve(sweep.document, changes, sweep.experiment.path.parent, at)[1]
        problems += [p for p in found if p not in problems]
        if len(problems) >= MOST_PROBLEMS:
            return cut_short(problems, len(values) - tried)
    return problems
