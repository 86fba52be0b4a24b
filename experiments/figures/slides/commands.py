"""The command `figure`. Matplotlib is imported when it draws."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from experiments.console import (
    CACHE,
    CONFIGS,
    RESULTS,
    AsJson,
    Cache,
    Configs,
    Results,
    counted,
    out,
    print_json,
    short,
)
from experiments.figures.slides.catalogue import CATALOGUE, resolve
from experiments.figures.trained import TRAINED
from experiments.loading import load_experiment
from experiments.paths import find_config
from experiments.problems import ConfigError, Problem

Name = Annotated[str | None, typer.Argument(help="Figure, by name or by claim, such as H-54; none: list them all.")]
Every = Annotated[bool, typer.Option("--all", help="Every figure that needs no training, into the folder --out.")]
File = Annotated[
    Path | None,
    typer.Option("--out", help="Where to: .pdf, .png or .svg, or .csv for the numbers behind it; a folder for --all."),
]
Width = Annotated[str | None, typer.Option(help="Such as 8cm or 3in; a whole slide where none is given.")]
Dark = Annotated[bool, typer.Option("--dark", help="For dark slides.")]


def figure(
    name: Name = None,
    everything: Every = False,
    file: File = None,
    width: Width = None,
    dark: Dark = False,
    configs: Configs = CONFIGS,
    results: Results = RESULTS,
    cache: Cache = CACHE,
    as_json: AsJson = False,
) -> None:
    """Draw one figure of the slides; those of trained networks from an experiment's records. No name: list them."""
    if everything:
        _draw_all(name, file, width, dark, cache, as_json=as_json)
        return
    if name is None:
        rows = _rows(configs)
        if as_json:
            print_json(rows)
        else:
            _list(rows)
        return
    claim = name.strip().upper()
    known = claim if claim in TRAINED else resolve(name, others=TRAINED)
    file = file or Path(f"{known}.pdf")

    from experiments.figures.slides.drawing import centimetres, draw_to_file

    width_cm = None if width is None else centimetres(width)
    if known in TRAINED:
        from experiments.figures.trained_drawing import draw_trained_to_file

        draw_trained_to_file(known, file, width_cm, dark, configs=configs, results=results, cache=cache)
    else:
        draw_to_file(known, file, width_cm, dark, cache=cache)
    if as_json:
        print_json({"figure": known, "file": str(file)})
    else:
        out.print(f"{known} in {short(file)}", highlight=False)


def _draw_all(
    name: str | None, folder: Path | None, width: str | None, dark: bool, cache: Path, *, as_json: bool
) -> None:
    if name is not None:
        raise ConfigError([Problem("command line", None, name, "expected a figure or --all, got both")])
    if folder is None:
        raise ConfigError([Problem("command line", None, "--all", "expected a folder, such as --out figures")])

    from experiments.figures.slides.drawing import centimetres, draw_all

    width_cm = None if width is None else centimetres(width)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=out, transient=True, disable=as_json or not out.is_terminal) as progress:
        bar = progress.add_task("drawing", total=len(CATALOGUE))
        for drawn in draw_all(folder, width_cm, dark, cache=cache):
            progress.update(bar, advance=1, description=drawn)
    if as_json:
        print_json({"figures": list(CATALOGUE), "folder": str(folder)})
    else:
        out.print(f"{counted(len(CATALOGUE), 'figure')} in {short(folder)}", highlight=False)


def _rows(configs: Path) -> list[dict[str, Any]]:
    """Every figure: its name, the claims that it answers, its title."""
    rows: list[dict[str, Any]] = [
        {"figure": known, "claims": list(claims), "title": title} for known, (_, _, title, claims) in CATALOGUE.items()
    ]
    for claim, (experiment, kind, variants) in TRAINED.items():
        of = ""
        if len(variants) > 1:
            spec = load_experiment(find_config(experiment, configs)).spec
            of = f": {', '.join(map(spec.label_of, variants))}"
        rows.append({"figure": claim, "claims": [claim], "title": f"{kind.replace('_', ' ')} of {experiment}{of}"})
    return rows


def _list(rows: list[dict[str, Any]]) -> None:
    table = Table("figure", "claims", "title", box=None)
    for row in rows:
        table.add_row(row["figure"], ", ".join(row["claims"]), row["title"])
    out.print(table)
