"""The command `figure`. Matplotlib is imported when it draws."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from experiments.console import CACHE, Cache, out, short
from experiments.figures.slides.catalogue import CATALOGUE, resolve

Name = Annotated[str | None, typer.Argument(help="Figure, by name or by claim, such as H-54; none: list them all.")]
File = Annotated[
    Path | None, typer.Option("--out", help="Where to: .pdf, .png or .svg, or .csv for the numbers behind it.")
]
Width = Annotated[str | None, typer.Option(help="Such as 8cm or 3in; a whole slide where none is given.")]
Dark = Annotated[bool, typer.Option("--dark", help="For dark slides.")]


def figure(name: Name = None, file: File = None, width: Width = None, dark: Dark = False, cache: Cache = CACHE) -> None:
    """Draw one of the slides' own figures that need no training; without a name, list them."""
    if name is None:
        table = Table("figure", "claims", "title", box=None)
        for known, (_, _, title, claims) in CATALOGUE.items():
            table.add_row(known, ", ".join(claims), title)
        out.print(table)
        return
    file = file or Path(f"{resolve(name)}.pdf")

    from experiments.figures.slides.drawing import centimetres, draw_to_file

    draw_to_file(name, file, None if width is None else centimetres(width), dark, cache=cache)
    out.print(f"{resolve(name)} in {short(file)}", highlight=False)
