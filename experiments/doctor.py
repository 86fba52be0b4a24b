"""What to look at when something is wrong: versions, devices, data, disk."""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from experiments.environment import describe_environment
from experiments.loading import load_all
from experiments.paths import config_paths
from experiments.problems import ConfigError, Problem, nearest

FETCHED = ("mnist", "cifar10")


def examine(configs: Path, results: Path, cache: Path, console: Console) -> bool:
    """Print a line for each thing examined; False if one of them would stop a run."""
    from experiments.data.cache import present

    fine = True

    def line(name: str, value: str, good: bool = True) -> None:
        nonlocal fine
        fine = fine and good
        console.print(f"{'[green]ok[/]  ' if good else '[red]bad[/] '} {name:<12} {value}", highlight=False)

    environment = describe_environment()
    line("relecture", f"{environment['relecture']}, commit {environment['commit'] or 'unknown'}")
    line("python", f"{environment['python']}, expected 3.11 or newer", sys.version_info >= (3, 11))
    for package, version in environment["packages"].items():
        line(package, version)
    line("processor", f"{environment['processor']}, {environment['cores']} cores")
    try:
        from experiments.backend import device_name

        line("backend", f"{environment['backend']} on {device_name()}")
    except Exception as error:  # (a broken install can raise anything; the doctor's job is to say so)
        line("backend", f"{environment['backend']} cannot be imported: {error}", good=False)
    try:
        line("configs", f"{len(load_all(config_paths(configs)))} valid")
    except ConfigError as error:
        line("configs", f"{len(error.problems)} problems; see `relecture validate`", good=False)
    for name in FETCHED:
        there = present(cache, name)
        line(name, "in the cache" if there else "not fetched yet; `make data` fetches it")
    free = shutil.disk_usage(results if results.exists() else Path.cwd()).free
    line("disk", f"{free / 1e9:.1f} GB free, expected at least 2", free > 2e9)
    return fine


def fetch_datasets(names: Sequence[str], cache: Path, console: Console) -> None:
    """Fetch datasets into the cache, with a bar, and say what each source answered.

    Raises:
        ConfigError: a name that is no fetched dataset.
        DataError: no source has the data.
    """
    from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn

    from experiments.data.sources import obtain

    for name in names:
        if name not in FETCHED:
            message = f"expected one of {', '.join(FETCHED)}, got {name!r}{nearest(name, FETCHED)}"
            raise ConfigError([Problem("command line", None, "", message)])
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def progress(description: str, done: int, total: int | None) -> None:
            if description not in tasks:
                tasks[description] = bars.add_task(description, total=total)
            bars.update(tasks[description], completed=done, total=total)

        for name in names:
            answers: list[str] = []
            obtain(name, cache, progress, answers.append)
            for answer in [*answers, "in the cache, sums right"]:
                console.print(f"{name}: {answer}", markup=False, highlight=False, soft_wrap=True)
