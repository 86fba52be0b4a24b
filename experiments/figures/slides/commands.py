"""The command `figure`. Matplotlib is imported when it draws."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from experiments.console import CACHE, CONFIGS, RESULTS, Cache, Configs, Results, out, short
from experiments.figures.slides.catalogue import CATALOGUE, resolve
from experiments.figures.trained import TRAINED

Name = Annotated[str | None, typer.Argument(help="Figure, by name or by claim, such as H-54; none: list them all.")]
File = Annotated[
    Path | None, typer.Option("--out", help="Where to: .pdf, .png or .svg, or .csv for the numbers behind it.")
]
Width = Annotated[str | None, typer.Option(help="Such as 8cm or 3in; a whole slide where none is given.")]
Dark = Annotated[bool, typer.Option("--dark", help="For dark slides.")]


def figure(
    name: Name = None,
    file: File = None,
    width: Width = None,
    dark: Dark = False,
    configs: Configs = CONFIGS,
    results: Results = RESULTS,
    cache: Cache = CACHE,
) -> None:
    """Draw one figure of the slides; those of trained networks from an experiment's records. No name: list them."""
    if name is None:
        _list()
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
    out.print(f"{known} in {short(file)}", highlight=False)


def _list() -> None:
    table = Table("figure", "claims", "title", box=None)
    for known, (_, _, title, claims) in CATALOGUE.items():
        table.add_row(known, ", ".join(claims), title)
    for claim, (experiment, kind, variants) in TRAINED.items():
        of = "" if set(variants) == {"base"} else f": {', '.join(variants.values())}"
        table.add_row(claim, claim, f"{kind.replace('_', ' ')} of {experiment}{of}")
    out.print(table)
