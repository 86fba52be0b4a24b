"""The command `report`. What it needs is imported when it runs."""

from pathlib import Path
from typing import Annotated

import typer

from experiments.console import CACHE, CONFIGS, RESULTS, Cache, Configs, Results, counted, out, short
from experiments.overview import overview, renew_table

Folder = Annotated[Path | None, typer.Option("--out", help="Folder of the report; results/report if not said.")]
Pdf = Annotated[bool, typer.Option(help="Also report.pdf, where a browser is installed.")]


def report(
    folder: Folder = None, pdf: Pdf = True, configs: Configs = CONFIGS, results: Results = RESULTS, cache: Cache = CACHE
) -> None:
    """Write pages, Markdown and LaTeX tables of all claims and results; renew the tables in the README."""
    from experiments.loading import load_all
    from experiments.paths import some_configs
    from experiments.report.building import build

    built = build(configs, results, cache, folder or results / "report", pdf=pdf)
    size = f"{built.size / 1e6:.1f} MB"
    what = f"{counted(built.pages, 'page')}, {counted(built.claims, 'claim')}, {size}"
    out.print(f"report in {short(built.folder / 'index.html')}: {what}", highlight=False)
    if pdf and built.no_pdf:
        out.print(f"no report.pdf: {built.no_pdf}", highlight=False)
    readme = results.parent / "README.md"
    if folder is None:
        experiments = overview(load_all(some_configs(configs)), results, links=results.name)
        renewed = [renew_table(readme, "experiments", experiments), renew_table(readme, "verdicts", built.verdicts)]
        if any(renewed):
            out.print(f"tables in {short(readme)} renewed", highlight=False)
