"""The command `relecture`. Only commands that train import Keras; only those that draw import matplotlib."""

import json
import signal
import sys
from textwrap import shorten
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from experiments import __version__
from experiments.console import (
    BAD_INPUT,
    CACHE,
    CONFIGS,
    FAILED,
    FINE,
    HUNG_UP,
    INTERRUPTED,
    RESULTS,
    TERMINATED,
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
from experiments.data.errors import DataError, UnfitDataError
from experiments.figures.slides import commands as slide_commands
from experiments.identity import check_backend
from experiments.ledger import commands as ledger_commands
from experiments.loading import load_all, load_experiment
from experiments.overview import published_summary
from experiments.paths import find_config, is_override, refuse_confusion, some_configs
from experiments.problems import ConfigError, Problem, RecordError
from experiments.report import commands as report_commands
from experiments.sweeps import commands as sweep_commands

app = typer.Typer(
    help="Re-run machine-learning lectures and say, item by item, what holds.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
AGAIN_SECONDS = 5.0
"""Longer than taking away what is half-written, which the second time would interrupt."""

Names = Annotated[list[str], typer.Argument(help="Experiments, by name or by path of a config.")]


@app.command("list")
def list_experiments(configs: Configs = CONFIGS, results: Results = RESULTS, as_json: AsJson = False) -> None:
    """List the experiments and what is published of them."""
    rows: list[dict[str, Any]] = []
    for experiment in load_all(some_configs(configs)):
        published = published_summary(results, experiment.name) or {}
        rows.append(
            {
                "name": experiment.name,
                "lecture": experiment.spec.lecture,
                "title": experiment.spec.title,
                "variants": list(experiment.variants),
                "trials": sum(
                    len(s.seeds) for v, s in experiment.variants.items() if v not in experiment.spec.extended
                ),
                "accuracy": published.get("accuracy"),
            }
        )
    if as_json:
        print_json(rows)
        return
    table = Table(box=None)
    room = max(20, out.width - 64)  # titles are cut rather than wrapped: one line an experiment
    for column in ("experiment", "lecture", "trials", "accuracy", "title"):
        table.add_column(column, no_wrap=column != "title")
    for row in rows:
        accuracy = "–" if row["accuracy"] is None else f"{row['accuracy']:.4f}"
        title = escape(shorten(row["title"], room, placeholder=" …"))
        table.add_row(row["name"], row["lecture"] or "–", str(row["trials"]), accuracy, title)
    out.print(table)


@app.command()
def validate(
    names: Annotated[list[str] | None, typer.Argument(help="Experiments; all where none is named.")] = None,
    configs: Configs = CONFIGS,
) -> None:
    """Check configs: every error of every file, none of them run."""
    paths = [find_config(name, configs) for name in names] if names else some_configs(configs)
    experiments = load_all(paths)
    verb = "is" if len(experiments) == 1 else "are"
    out.print(f"{counted(len(experiments), 'config')} {verb} valid", highlight=False)


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="Experiment, by name or by path of a config.")],
    overrides: Annotated[list[str] | None, typer.Argument(help="Changes such as training.epochs=3.")] = None,
    variant: Annotated[str, typer.Option(help="Which variant's settings.")] = "base",
    configs: Configs = CONFIGS,
) -> None:
    """Print the resolved settings of an experiment, defaults included."""
    from ruamel.yaml import YAML

    experiment = load_experiment(find_config(name, configs), overrides or ())
    if variant not in experiment.variants:
        known = ", ".join(experiment.variants)
        raise ConfigError([Problem("command line", None, "--variant", f"expected one of {known}, got {variant!r}")])
    settings = experiment.variants[variant].model_dump(mode="json", exclude={"variants", "labels", "quick", "extended"})
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.dump(settings, sys.stdout)


@app.command()
def run(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME... [PATH=VALUE...]", help="Experiments, then changes such as training.epochs=3."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Run every experiment.")] = False,
    quick: Annotated[bool, typer.Option(help="One seed; costly experiments shortened, and marked so.")] = False,
    seeds: Annotated[int | None, typer.Option(min=1, help="How many seeds instead of the config's.")] = None,
    extended: Annotated[bool, typer.Option(help="Also the variants too costly for the usual run.")] = False,
    redraw: Annotated[bool, typer.Option(help="Write tables and figures again even if nothing changed.")] = False,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Processes to train in: experiments at a time, or trials of a single one. If not said: one, or as "
            "many as cores and memory allow where the last published run was long.",
        ),
    ] = None,
    trials: Annotated[
        str | None, typer.Option(help="Only these, by their numbers in `relecture trials`: 3,7 or 10-14.")
    ] = None,
    configs: Configs = CONFIGS,
    results: Results = RESULTS,
    cache: Cache = CACHE,
) -> None:
    """Train what is not trained yet; write tables and figures to the results folder."""
    names = [word for word in words or () if not is_override(word)]
    overrides = [word for word in words or () if is_override(word)]
    if seeds is not None:
        overrides.append(f"seeds={seeds}")
    if everything == bool(names):
        message = "expected either names of experiments or --all; `relecture list` shows the names"
        raise ConfigError([Problem("command line", None, "", message)])
    if trials is not None:
        if len(names) != 1 or quick:
            message = "goes with one experiment, and not with --quick"
            raise ConfigError([Problem("command line", None, "--trials", message)])
        sweep_commands.run_some(names[0], overrides, trials, configs, results, cache)
        return
    paths = some_configs(configs) if everything else [find_config(name, configs) for name in names]
    refuse_confusion(paths, configs)
    check_backend()
    experiments = load_all(paths, overrides, quick=quick)  # every config is checked before the first is run
    experiments.sort(key=lambda experiment: bool(experiment.spec.beside))  # these show results of the others
    from experiments.planning import Places
    from experiments.side_by_side import Order, run_orders, usual_workers

    for experiment in experiments:
        if experiment.spec.sweep:
            out.print(f"{experiment.name}: its sweep is not part of this run", highlight=False)
    trained, failures = 0, list[str]()
    orders = [Order(experiment, Places(results, cache), extended, redraw) for experiment in experiments]
    for outcome in run_orders(orders, out, workers or usual_workers(orders)):
        trained += outcome.trained
        failures += outcome.failures
        out.print(f"  [dim]tables and figures in {short(outcome.published)}[/]", highlight=False)
    done = f"{counted(len(experiments), 'experiment')}, {counted(trained, 'trial')} trained now"
    out.print(f"{done}, {len(failures)} failed", highlight=False)
    for line in failures:
        err.print(line, markup=False, highlight=False, soft_wrap=True)
    if failures:
        raise typer.Exit(FAILED)


@app.command()
def compare(
    names: Names,
    score: Annotated[str, typer.Option(help="Which score to compare.")] = "accuracy",
    configs: Configs = CONFIGS,
    results: Results = RESULTS,
    as_json: AsJson = False,
) -> None:
    """Set variants and experiments side by side: the first against each other one, paired by seed."""
    from experiments.comparing import compare_experiments, readable_rows

    experiments = load_all([find_config(name, configs) for name in names])
    comparison = compare_experiments(experiments, results, score)
    if as_json:
        print_json(json.loads(comparison.to_json(orient="records")))
        return
    table = Table(*comparison.columns, box=None)
    for row in readable_rows(comparison, experiments).itertuples(index=False):
        table.add_row(*("–" if v != v else f"{v:.4f}" if isinstance(v, float) else escape(str(v)) for v in row))
    out.print(table)


app.command()(ledger_commands.check)
app.command()(ledger_commands.explain)
app.command()(ledger_commands.errata)
app.command()(sweep_commands.sweep)
app.command()(sweep_commands.trials)
app.command()(slide_commands.figure)
app.command()(report_commands.report)


@app.command()
def data(
    names: Annotated[list[str] | None, typer.Argument(help="mnist, cifar10; both where none is named.")] = None,
    cache: Cache = CACHE,
) -> None:
    """Fetch the datasets and check their sums."""
    from experiments.doctor import fetch_datasets

    fetch_datasets(names or ["mnist", "cifar10"], cache, out)


@app.command()
def doctor(configs: Configs = CONFIGS, results: Results = RESULTS, cache: Cache = CACHE) -> None:
    """Report versions, devices, data and disk: what to look at when something is wrong."""
    from experiments.doctor import examine

    if not examine(configs, results, cache, out):
        raise typer.Exit(FAILED)


@app.command()
def schema(ledger: Annotated[bool, typer.Option("--ledger", help="Of a ledger instead of a config.")] = False) -> None:
    """Print the JSON Schema of a config, for editors."""
    if ledger:
        from experiments.ledger.loading import ledger_schema

        print_json(ledger_schema())
        return
    from experiments.loading import json_schema

    print_json(json_schema())


def _version(value: bool) -> None:
    if value:
        out.print(f"relecture {__version__}", highlight=False)
        raise typer.Exit(FINE)


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = (
        False
    ),
) -> None:
    """Options before the command."""


def main() -> None:
    """Run the command line; every expected error ends in a message and an exit code, never in a traceback."""
    if hasattr(signal, "setitimer"):  # Unix
        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) == signal.SIG_DFL:  # `nohup` has the second one ignored, and means it
                signal.signal(number, _end)
    try:
        app()
    except SystemExit as end:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)  # what `_end` set
        # Typer has turned Ctrl-C into an exit of its own.
        words = {INTERRUPTED: "interrupted", TERMINATED: "terminated", HUNG_UP: "hung up"}.get(end.code)  # type: ignore[arg-type]
        if words:
            err.print(f"{words}; finished trials are kept, the same command goes on from there", highlight=False)
        raise
    except ConfigError as error:
        for problem in error.problems:
            err.print(str(problem), markup=False, highlight=False, soft_wrap=True)
        sys.exit(BAD_INPUT)
    except (DataError, RecordError) as error:
        err.print(str(error), markup=False, highlight=False, soft_wrap=True)
        sys.exit(BAD_INPUT if isinstance(error, UnfitDataError) else FAILED)  # a user's own arrays are input, too
    except MemoryError as error:
        err.print(f"out of memory: {error}; finished trials are kept", markup=False, highlight=False, soft_wrap=True)
        sys.exit(FAILED)
    except OSError as error:  # of what is written or read beside run folders: a full disk, a folder taken away
        err.print(f"cannot go on: {error}", markup=False, highlight=False, soft_wrap=True)
        sys.exit(FAILED)


def _end(number: int, frame: object) -> None:
    """End as after Ctrl-C, so that what is half-written is taken away, when a cluster or a terminal says to.

    Said again after a while: Python drops what is raised amid a collection of garbage.
    """
    signal.signal(signal.SIGALRM, lambda *_: _end(number, None))
    signal.setitimer(signal.ITIMER_REAL, AGAIN_SECONDS)
    raise SystemExit(128 + number)
