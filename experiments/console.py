"""What the commands share: consoles, exit codes, common options, and small ways to print."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from experiments.paths import project_root

FINE, FAILED, BAD_INPUT, HUNG_UP, INTERRUPTED, TERMINATED = 0, 1, 2, 129, 130, 143

out = Console()
err = Console(stderr=True)

Configs = Annotated[Path, typer.Option(help="Folder of the configs.", envvar="RELECTURE_CONFIGS")]
Results = Annotated[Path, typer.Option(help="Folder of the results.", envvar="RELECTURE_RESULTS")]
Cache = Annotated[Path, typer.Option(help="Folder of the fetched data.", envvar="RELECTURE_DATA")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]

CONFIGS, RESULTS, CACHE = project_root() / "configs", project_root() / "results", project_root() / ".data"


def counted(number: int, noun: str) -> str:
    """'1 trial', '2 trials'."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def print_json(value: object) -> None:
    """A value as indented JSON on standard output."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def short(path: Path) -> str:
    """A path as short as it can be said from here."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
