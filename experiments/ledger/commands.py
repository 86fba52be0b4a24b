"""The commands of the ledger: check, explain, errata. What they need is imported when they run."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from experiments.console import (
    CONFIGS,
    FAILED,
    RESULTS,
    AsJson,
    Configs,
    Results,
    counted,
    err,
    out,
    print_json,
    short,
)
from experiments.paths import write_text
from experiments.problems import ConfigError, Problem, nearest

if TYPE_CHECKING:
    from experiments.ledger.judging import Judged
    from experiments.ledger.loading import LoadedLedger

Words = Annotated[
    list[str] | None,
    typer.Argument(metavar="[LECTURE|CLAIM|FILE.yaml]...", help="Lectures, claims or ledger files; all if none."),
]

STYLES = {"erratum": "red", "not reproduced": "red", "unchecked": "red", "rounded": "yellow", "inconclusive": "yellow"}


def check(
    words: Words = None,
    accept: Annotated[bool, typer.Option(help="Take these verdicts as the reference, results/ledger.")] = False,
    only: Annotated[str | None, typer.Option(help="Show the claims of one verdict, such as erratum.")] = None,
    configs: Configs = CONFIGS,
    results: Results = RESULTS,
    as_json: AsJson = False,
) -> None:
    """Judge every claim: printed against computed. Exit 1 if a verdict is not the accepted one, or cannot be had."""
    from experiments.ledger.reference import departures, write_reference
    from experiments.ledger.showing import as_rows, as_text, counts, shown_computed
    from experiments.ledger.verdicts import SEVERITY

    if only is not None and only not in SEVERITY:
        hint = nearest(only, SEVERITY) or f"; verdicts are {', '.join(SEVERITY)}"
        raise ConfigError([Problem("command line", None, "--only", f"no such verdict{hint}")])
    judged = _judged(words or [], configs, results)
    if accept:
        whole = not any(_is_claim(word) for word in words or [])
        if not whole:
            message = "accepts whole lectures, not single claims"
            raise ConfigError([Problem("command line", None, "--accept", message)])
        if any(j.judgement.verdict == "unchecked" for j in judged):
            raise ConfigError([Problem("command line", None, "--accept", _nothing_accepted(judged))])
        for path in write_reference(results, judged):
            err.print(f"accepted: {short(path)}", highlight=False)
    shown = [j for j in judged if only is None or j.judgement.verdict == only]
    if as_json:
        print_json(as_rows(shown))
    else:
        table = Table("claim", "heading", "printed", "computed", "verdict", box=None)
        for one in shown:
            verdict = one.judgement.verdict
            cells = (
                one.claim.id,
                one.claim.heading,
                as_text(one.claim.printed),
                as_text(shown_computed(one), digits=5),
            )
            table.add_row(*(escape(_cut(c)) for c in cells), f"[{STYLES.get(verdict, 'default')}]{verdict}[/]")
        out.print(table)
        for lecture, verdicts in counts(judged).items():
            numbers = ", ".join(f"{n} {verdict}" for verdict, n in sorted(verdicts.items(), key=lambda v: -v[1]))
            out.print(f"{lecture}: {counted(sum(verdicts.values()), 'claim')}: {numbers}", highlight=False)
    unchecked = [j for j in judged if j.judgement.verdict == "unchecked"]
    changed = departures(judged, results)
    for one in unchecked:
        err.print(f"{one.claim.id}: {one.judgement.reason}", markup=False, highlight=False, soft_wrap=True)
    for one, accepted in changed:
        text = f"{one.claim.id}: the accepted verdict is {accepted}, now it is {one.judgement.verdict}"
        err.print(text, markup=False, highlight=False, soft_wrap=True)
    if unchecked or changed:
        raise typer.Exit(FAILED)


def explain(
    claims: Annotated[
        list[str],
        typer.Argument(metavar="CLAIM... [FILE.yaml]", help="Claims, such as H-28, and a ledger of your own."),
    ],
    configs: Configs = CONFIGS,
    results: Results = RESULTS,
    as_json: AsJson = False,
) -> None:
    """Show how a claim was judged: formula, the steps with their numbers, the verdict and why."""
    from experiments.ledger.reference import read_reference
    from experiments.ledger.showing import as_rows
    from experiments.ledger.showing import explain as explained

    words = [word if _is_file(word) else word.upper() for word in claims]
    # A file beside claims only says where else to look for them; alone it is explained whole.
    judged = _judged(words, configs, results, whole_files=all(map(_is_file, words)))
    if as_json:
        print_json(as_rows(judged))
        return
    for number, one in enumerate(judged):
        accepted = (read_reference(results, one.lecture) or {}).get(one.claim.id)
        out.print(("\n" if number else "") + explained(one, accepted), markup=False, highlight=False, soft_wrap=True)


def errata(
    words: Words = None,
    to: Annotated[Path | None, typer.Option("--out", help="A Markdown file instead of the terminal.")] = None,
    configs: Configs = CONFIGS,
    results: Results = RESULTS,
    as_json: AsJson = False,
) -> None:
    """Print what a lecturer should mend, in the order of the slides, as Markdown."""
    from experiments.ledger.showing import FAULTS, as_rows
    from experiments.ledger.showing import errata as listed

    if to is not None and to.is_dir():
        raise ConfigError([Problem("command line", None, "--out", f"{to} is a folder; expected the name of a file")])
    if to is not None and as_json:
        message = "prints to the terminal; leave out --out, which takes Markdown"
        raise ConfigError([Problem("command line", None, "--json", message)])
    judged = _judged(words or [], configs, results)
    if as_json:
        print_json(as_rows([one for one in judged if one.judgement.verdict in (*FAULTS, "declared")]))
        return
    text = listed(judged)
    if to is None:
        out.print(text, markup=False, highlight=False, soft_wrap=True)
    else:
        write_text(to, text)
        err.print(f"errata in {short(to)}", highlight=False)


def _judged(words: list[str], configs: Path, results: Path, *, whole_files: bool = True) -> "list[Judged]":
    """The claims that some words name, judged; all where there are none."""
    from experiments.ledger.judging import judge_all
    from experiments.ledger.loading import find_claim, ledger_paths, load_ledgers

    known = ledger_paths(configs)
    own = [Path(word) for word in words if _is_file(word)]
    if not known and not own:
        raise ConfigError([Problem(str(configs / "lectures"), None, "", "holds no ledgers")])
    ledgers = load_ledgers([*known, *own], configs)
    if not words:
        return judge_all(ledgers, results)
    chosen: dict[str, LoadedLedger] = {}
    ids: set[str] = set()
    for word in words:
        if _is_file(word) and not whole_files:
            continue
        whole = [loaded for loaded in ledgers if word == loaded.ledger.lecture or Path(word) == loaded.path]
        if not whole and not _is_claim(word):
            names = [loaded.ledger.lecture for loaded in ledgers]
            hint = nearest(word, names) or f"; known are {', '.join(names)}, claims such as H-28, and ledger files"
            raise ConfigError([Problem("command line", None, word, f"no such lecture{hint}")])
        for loaded in whole:
            chosen[str(loaded.path)] = loaded
            ids |= {claim.id for claim in loaded.ledger.claims}
        if not whole:
            loaded, claim = find_claim(ledgers, word)
            chosen[str(loaded.path)] = loaded
            ids.add(claim.id)
    return judge_all(chosen.values(), results, lambda claim: claim.id in ids)


def _nothing_accepted(judged: "list[Judged]") -> str:
    """Why nothing is accepted: an accepted `unchecked` would keep every later check from missing what is not there."""
    unchecked = [j for j in judged if j.judgement.verdict == "unchecked"]
    first = f"{unchecked[0].claim.id}: {unchecked[0].judgement.reason}"
    are = "is" if len(unchecked) == 1 else "are"
    return f"nothing is accepted while {counted(len(unchecked), 'claim')} {are} unchecked, first {first}"


def _is_file(word: str) -> bool:
    return word.endswith((".yaml", ".yml"))


def _is_claim(word: str) -> bool:
    prefix, dash, number = word.partition("-")
    return bool(dash) and prefix.isalpha() and number.isdigit()


def _cut(text: str, width: int = 60) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
