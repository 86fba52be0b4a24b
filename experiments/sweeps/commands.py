"""The commands of sweeps: sweep, trials, and `run --trials`. What they need is imported when they run."""

import json
import os
import shlex
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.markup import escape
from rich.table import Table

from experiments.console import (
    CACHE,
    CONFIGS,
    FAILED,
    RESULTS,
    AsJson,
    Cache,
    Configs,
    Results,
    counted,
    err,
    out,
    print_json,
    short,
)
from experiments.identity import check_backend
from experiments.paths import find_config, refuse_confusion
from experiments.workers import accelerator

if TYPE_CHECKING:
    from experiments.sweeps.driving import Outcome
    from experiments.sweeps.points import Sweep

Words = Annotated[
    list[str] | None,
    typer.Argument(metavar="[PATH=VALUE[,VALUE]...]...", help="Changes; lists make an unnamed grid."),
]
Name = Annotated[str, typer.Argument(help="Experiment, by name or by path of a config.")]
Metric = Annotated[str | None, typer.Option(help="val_loss or val_accuracy, instead of the config's.")]


def sweep(
    name: Name,
    words: Words = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print points, trials and time; run nothing.")] = False,
    executor: Annotated[
        Literal["inline", "loky", "dask"] | None,
        typer.Option(help="Where trials run; loky: processes of this machine."),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Trials at once; if not said, as many as cores and memory allow.")
    ] = None,
    scheduler: Annotated[str | None, typer.Option(help="A running Dask scheduler, such as tcp://host:8786.")] = None,
    metric: Metric = None,
    redraw: Annotated[bool, typer.Option(help="Write tables and figures again even if nothing changed.")] = False,
    configs: Configs = CONFIGS,
    results: Results = RESULTS,
    cache: Cache = CACHE,
    as_json: AsJson = False,
) -> None:
    """Search settings: a config's `sweep:`, or lists such as training.batch_size=32,128. Finished trials are kept."""
    check_backend()
    chosen = _load(name, words or (), metric, configs)
    from experiments.sweeps.executors import count_workers, open_executor, workers_here
    from experiments.sweeps.room import refuse_what_cannot_fit

    here = workers_here(executor, workers, scheduler)
    if dry_run:
        from experiments.sweeps.foresight import foresee

        foreseen = foresee(chosen, results, count_workers(executor, workers, scheduler))
        refuse_what_cannot_fit(chosen, foreseen.points, results, here)
        if as_json:
            print_json(foreseen.as_json())
        else:
            foreseen.show(out)
        return
    from rich.console import Console

    from experiments.planning import Places
    from experiments.sweeps.driving import Driver
    from experiments.sweeps.plans import open_plan, sweep_folder
    from experiments.sweeps.points import describe
    from experiments.sweeps.progress import SweepProgress

    folder = sweep_folder(chosen, results)
    plan = open_plan(chosen, folder)  # every point is checked before a worker starts
    refuse_what_cannot_fit(chosen, plan.points(), results, here)
    console = Console(stderr=True) if as_json else out
    runner = open_executor(executor, workers, scheduler)
    progress = SweepProgress(console, chosen, len(runner.slots()))
    console.print(f"[bold]{chosen.experiment.name}[/]: {_in_words(chosen, plan.total)}", highlight=False)
    if here == 1 and workers is None and executor != "inline" and (device := accelerator()) is not None:
        console.print(f"  one worker, as there is an accelerator, {device}; --workers starts more", soft_wrap=True)
    if chosen.held_out:
        console.print(
            "  it has no validation data of its own: a tenth of the training examples is held out", soft_wrap=True
        )
    # What draws takes a second to load: time enough while the first trials run.
    load = partial(import_module, "experiments.sweeps.publishing")
    outcome = Driver(chosen, plan, Places(results, cache), runner, progress).run(meanwhile=load)
    from experiments.sweeps.publishing import publish_sweep

    publish_sweep(chosen, outcome, folder, _command(chosen, metric), redraw=redraw)
    if as_json:
        print_json(_as_json(chosen, outcome, folder))
    else:
        for point, value in outcome.best_first(maximise=chosen.maximise)[:1]:
            out.print(f"  best: {escape(describe(point.settings))}: {chosen.metric} {value:.4f}", highlight=False)
        out.print(f"  [dim]tables, figures and the best point's config in {short(folder)}[/]", highlight=False)
        counts = f"{counted(len(outcome.points), 'point')}, {counted(outcome.trained, 'trial')} trained now"
        out.print(f"{counts}, {len(outcome.failures)} failed", highlight=False)
    _tell_failures(outcome)


def trials(
    name: Name,
    words: Words = None,
    only_sweep: Annotated[bool, typer.Option("--sweep", help="Only the sweep's.")] = False,
    unfinished: Annotated[bool, typer.Option("--unfinished", help="Only those without a record.")] = False,
    numbers: Annotated[bool, typer.Option("--numbers", help="Print the numbers alone: 1-4,7.")] = False,
    configs: Configs = CONFIGS,
    results: Results = RESULTS,
    as_json: AsJson = False,
) -> None:
    """List the trials of an experiment and of its sweep by number, for `run --trials` and job arrays."""
    from experiments.sweeps.numbering import as_ranges, number_trials

    path = find_config(name, configs)
    listed = number_trials(path, words or (), results)
    listed = [t for t in listed if (t.in_sweep or not only_sweep) and not (unfinished and t.finished)]
    if numbers:
        out.print(as_ranges([t.number for t in listed]), highlight=False, soft_wrap=True)
        return
    if as_json:
        print_json([t.as_json() for t in listed])
        return
    table = Table("number", "id", "of", "seed", "state", box=None)
    for one in listed:
        table.add_row(str(one.number), one.trial.id, escape(one.of), str(one.trial.seed), one.state)
    out.print(table)


def run_some(name: str, words: Sequence[str], wanted: str, configs: Path, results: Path, cache: Path) -> None:
    """Run the trials of some numbers, such as `3,7` or `10-14`: what a job of a job array does.

    Nothing is published: `relecture run` and `relecture sweep` do that when all trials are there.
    """
    from experiments.sweeps.numbering import number_trials, parse_numbers, run_numbered

    path = find_config(name, configs)
    refuse_confusion([path], configs)
    check_backend()
    listed = number_trials(path, words, results)
    chosen = parse_numbers(wanted, len(listed))
    failures = run_numbered([listed[number - 1] for number in chosen], path, results, cache, out)
    if failures:
        raise typer.Exit(FAILED)


def _load(name: str, words: Sequence[str], metric: str | None, configs: Path) -> "Sweep":
    from experiments.sweeps.points import load_sweep

    path = find_config(name, configs)
    refuse_confusion([path], configs)
    return load_sweep(path, words, metric)


def _in_words(sweep: "Sweep", total: int) -> str:
    seeds = counted(len(sweep.seeds), "seed")
    return f"{sweep.spec.method}, {counted(total, 'point')}, {seeds} each, {sweep.metric} ({sweep.spec.metric.goal})"


def _command(sweep: "Sweep", metric: str | None) -> str:
    """The command that gives these results, wherever it runs."""
    option = ["--metric", metric] if metric else []
    return shlex.join(["relecture", "sweep", sweep.experiment.name, *sweep.words, *option])


def _as_json(sweep: "Sweep", outcome: "Outcome", folder: Path) -> dict[str, object]:
    from experiments.sweeps.tables import points_table

    about = json.loads((folder / "sweep.json").read_text(encoding="utf-8"))
    points = json.loads(points_table(sweep, outcome).to_json(orient="records"))
    return {**about, "trained": outcome.trained, "folder": os.fspath(folder), "table": points}


def _tell_failures(outcome: "Outcome") -> None:
    for record in outcome.failures:
        who = f"{record.trial.experiment}, seed {record.trial.seed}, {record.trial.id}"
        err.print(f"{who}: {record.outcome}: {record.error}", markup=False, highlight=False, soft_wrap=True)
    if outcome.failures:
        raise typer.Exit(FAILED)
