"""The trials of an experiment by number, and some of them run by number: what a job of a job array does."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from experiments.loading import Experiment, load_experiment
from experiments.planning import find_finished, plan_trials
from experiments.problems import ConfigError, Problem, shown
from experiments.progress import describe_record
from experiments.records import SWEEP, Record, Trial, find_record, remove_unfinished, write_record
from experiments.sweeps.claims import claim
from experiments.sweeps.plans import known_plan, sweep_folder
from experiments.sweeps.points import MOST_PROBLEMS, Sweep, describe, load_sweep, split_words
from experiments.sweeps.room import shortages


@dataclass(frozen=True)
class Numbered:
    """A trial and its number: first those of the variants, in the config's order, then those of the sweep."""

    number: int
    trial: Trial
    of: str
    """The variant, or the point's settings."""
    state: str
    """`completed`, `diverged`, `failed`, or `to run`."""
    settings: dict[str, Any]

    @property
    def in_sweep(self) -> bool:
        """Whether it is a trial of the sweep."""
        return self.trial.variant == SWEEP

    @property
    def finished(self) -> bool:
        """Whether it need not be run."""
        return self.state in ("completed", "diverged") or (self.state == "failed" and self.trial.spec.as_printed)

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "number": self.number,
            "id": self.trial.id,
            "variant": self.trial.variant,
            "settings": self.settings,
            "seed": self.trial.seed,
            "state": self.state,
        }


def number_trials(path: Path, words: Sequence[str], results: Path) -> list[Numbered]:
    """Every trial of a config, numbered from 1; of a Bayesian sweep those that are proposed by now."""
    sweep, experiment = _sweep_or_none(path, words)
    rows: list[tuple[Trial, str, dict[str, Any]]] = [(trial, trial.variant, {}) for trial in plan_trials(experiment)]
    if sweep is not None:
        for point in known_plan(sweep, sweep_folder(sweep, results)).points():
            rows += [(trial, describe(point.settings), dict(point.settings)) for trial in point.trials]
    return [
        Numbered(number, trial, of, _state(results, trial), settings)
        for number, (trial, of, settings) in enumerate(rows, start=1)
    ]


def _sweep_or_none(path: Path, words: Sequence[str]) -> tuple[Sweep | None, Experiment]:
    if not split_words(words)[0]:
        experiment = load_experiment(path, words)
        if experiment.spec.sweep is None:
            return None, experiment
    sweep = load_sweep(path, words)
    plain = sweep.experiment.overrides[: len(sweep.experiment.overrides) - sweep.held_out]
    return sweep, load_experiment(path, plain)


def _state(results: Path, trial: Trial) -> str:
    record = find_finished(results, trial)
    if record is None:  # to run, but for what failed, which is worth knowing
        record = find_record(results, trial)
        return "failed" if record is not None and record.outcome == "failed" else "to run"
    return record.outcome


def parse_numbers(text: str, most: int) -> list[int]:
    """'3,7,10-12' -> [3, 7, 10, 11, 12].

    Raises:
        ConfigError: it is no list of numbers, or one is beyond the last trial.
    """
    numbers: dict[int, None] = {}
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        ends = [first, last] if dash else [first]
        if not all(end.isascii() and end.isdecimal() for end in ends):
            message = f"expected numbers such as 3,7 or 10-14, got {shown(text)}"
            raise ConfigError([Problem("command line", None, "--trials", message)])
        # Before anything is counted or converted: a slip of the finger may stand for more numbers than fit in memory.
        ends = [end.lstrip("0") or "0" for end in ends]
        beyond = [end for end in ends if len(end) > len(str(most)) or not 1 <= int(end) <= most]
        if beyond:
            got = beyond[0] if len(beyond[0]) <= 20 else f"a number of {len(beyond[0])} digits"
            message = f"expected numbers from 1 to {most}, got {got}; see `relecture trials`"
            raise ConfigError([Problem("command line", None, "--trials", message)])
        low, high = int(ends[0]), int(ends[-1])
        if low > high:
            message = f"expected the smaller number first, got {low}-{high}"
            raise ConfigError([Problem("command line", None, "--trials", message)])
        numbers |= dict.fromkeys(range(low, high + 1))
    return list(numbers)


def as_ranges(numbers: Sequence[int]) -> str:
    """[1, 2, 3, 7] -> '1-3,7', as job arrays take it."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and parts[-1][1] == number - 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in parts)


def run_numbered(
    chosen: Sequence[Numbered], config: Path, results: Path, cache: Path, console: Console
) -> list[Record]:
    """Run those that are not finished and that no other process is at, here; returns those that failed.

    Raises:
        ConfigError: a trial cannot fit into memory.
        DataError: the data cannot be had.
        RecordError: a record cannot be written.
    """
    _refuse_what_cannot_fit(chosen, config)
    remove_unfinished(results, chosen[0].trial.experiment)
    from experiments.trial import Workshop, run_trial

    workshop = Workshop(config.parent, cache)
    failures = []
    for one in chosen:
        taken = claim(one.trial, results)
        if taken is None:
            console.print(f"  {one.number}: another process is at it", highlight=False)
            continue
        try:
            record = find_finished(results, one.trial)
            before = " (finished before)" if record is not None else ""
            if record is None:
                record = write_record(results, one.trial, run_trial(one.trial, workshop))
        finally:
            taken.release()
        # Of a sweep's trial no test score is shown: one might choose by it.
        said = f"{one.of}, seed {one.trial.seed}: {record.outcome}" if one.in_sweep else describe_record(record)
        console.print(f"  {one.number}: {said}{before}", highlight=False, soft_wrap=True)
        if record.outcome == "failed" if one.in_sweep else record.is_fault:
            failures.append(record)
    return failures


def _refuse_what_cannot_fit(chosen: Sequence[Numbered], config: Path) -> None:
    waiting = [one for one in chosen if not one.finished]
    problems: dict[str, Problem] = {}
    for one, message in zip(waiting, shortages((one.trial.spec for one in waiting), config.parent), strict=True):
        if message is not None and message not in problems:
            problems[message] = Problem(str(config), None, f"trial {one.number} ({one.of})", message)
    if problems:
        raise ConfigError(list(problems.values())[:MOST_PROBLEMS])
