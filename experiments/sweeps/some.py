"""Some trials by number, in this process: what a job of a job array does."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from experiments.problems import ConfigError, Problem
from experiments.progress import describe_record
from experiments.records import Record, Result, remove_unfinished, write_record
from experiments.runner import find_finished
from experiments.sweeps.claims import claim
from experiments.sweeps.listing import Numbered
from experiments.threads import SWEEP_THREADS, fix_threads


def run_numbered(
    chosen: Sequence[Numbered], config: Path, results: Path, cache: Path, console: Console
) -> list[Record]:
    """Run those that are not finished and that no other process is at; returns those that failed.

    Raises:
        ConfigError: trials of the sweep and others together, which compute on different numbers of threads.
        DataError: the data cannot be had.
        RecordError: a record cannot be written.
    """
    kinds = {one.in_sweep for one in chosen}
    if len(kinds) > 1:
        message = "expected trials of the variants or of the sweep, got both; run them one after the other"
        raise ConfigError([Problem("command line", None, "--trials", message)])
    if kinds == {True}:
        fix_threads(SWEEP_THREADS)
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
                result: Result = run_trial(one.trial, workshop)
                record = write_record(results, one.trial, result)
        finally:
            taken.release()
        # Of a sweep's trial no test score is shown: one might choose by it.
        said = f"{one.of}, seed {one.trial.seed}: {record.outcome}" if one.in_sweep else describe_record(record)
        console.print(f"  {one.number}: {said}{before}", highlight=False, soft_wrap=True)
        if record.outcome == "failed" if one.in_sweep else record.is_fault:
            failures.append(record)
    return failures
