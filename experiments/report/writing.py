"""The report as text: Markdown for GitHub, booktabs tables for papers."""

import re
from collections.abc import Sequence

from experiments.report.claims import GROUPS, ClaimView
from experiments.report.pages import Report
from experiments.report.trained import SCORE_NOTE
from metrics import latex

_TAG = re.compile(r"<(?=[A-Za-z/!])")
"""What Markdown would take for the beginning of an HTML tag."""

_LONG_WORD = re.compile(r"\S{31,}")
_JOINT = re.compile(r"(?:[(=]|\\_)(?=\w)")

_NEEDS = "% \\usepackage{booktabs,longtable,array}\n"


def latex_tables(report: Report) -> dict[str, str]:
    """Tables ready for an input command, by file name: ledger counts, errata, experiments."""
    return {
        "ledger.tex": _ledger(report),
        "errata.tex": _errata(report),
        "experiments.tex": _experiments(report),
    }


def markdown(report: Report) -> str:
    """Verdicts by lecture, what to mend, and every experiment, for `results/report/`."""
    lines = ["# Results of the reference run", "", "## Verdicts", "", *verdict_table(report)]
    lines += ["", "## What to mend", ""]
    for lecture in report.lectures:
        lines += [f"### {lecture.short}: {len(lecture.faults)}", ""]
        lines += [_mend(claim) for claim in lecture.faults]
        lines += [""]
    lines += ["## Experiments", ""]
    lines += [*_row(["experiment", "what", "seeds", "score", "seconds a seed"]), "|---|---|---:|---:|---:|"]
    for view in report.experiments:
        name = f"[{view.name}](../{view.name}/summary.md)" if view.tables else view.name
        lines += _row([name, view.title, str(len(view.seeds)), view.score, view.seconds])
    lines += ["", SCORE_NOTE, ""]
    lines += ["`make report` makes this page, and beside it `index.html` with every claim and every figure.", ""]
    return "\n".join(lines)


def verdict_table(report: Report) -> list[str]:
    """How many claims of each lecture have each verdict, and what that means: lines of a Markdown table."""
    lines = _row(["verdict", *(lecture.short for lecture in report.lectures), "all", "meaning"])
    lines += ["|---|" + "---:|" * (len(report.lectures) + 1) + "---|"]
    for verdict, total in report.verdicts.items():
        counts = [str(lecture.counts.get(verdict, 0)) for lecture in report.lectures]
        lines += _row([verdict, *counts, str(total), GROUPS[verdict][1]])
    return lines + _row(
        ["all", *(str(len(lecture.claims)) for lecture in report.lectures), str(len(report.claims)), ""]
    )


def _ledger(report: Report) -> str:
    head = ["verdict", *(lecture.short for lecture in report.lectures), "all"]
    rows = [
        [verdict, *(str(lecture.counts.get(verdict, 0)) for lecture in report.lectures), str(total)]
        for verdict, total in report.verdicts.items()
    ]
    total = ["all", *(str(len(lecture.claims)) for lecture in report.lectures), str(len(report.claims))]
    lines = [rf"\begin{{tabular}}{{l{'r' * (len(head) - 1)}}}", r"\toprule", latex.row(head), r"\midrule"]
    lines += [*map(latex.row, rows), r"\midrule", latex.row(total), r"\bottomrule", r"\end{tabular}"]
    return "\n".join(lines) + "\n"


def _errata(report: Report) -> str:
    wrapped = r">{\raggedright\arraybackslash\hspace{0pt}}p"  # without the space a first word is never hyphenated
    columns = rf"@{{}}l{wrapped}{{0.19\linewidth}}{wrapped}{{0.12\linewidth}}*{{2}}{{{wrapped}{{0.26\linewidth}}}}@{{}}"
    head = latex.row(["claim", "slide", "kind", "printed", "computed"])
    lines = [
        r"{\footnotesize\setlength{\tabcolsep}{4pt}",
        rf"\begin{{longtable}}{{{columns}}}",
        r"\toprule",
        head,
        r"\midrule",
        r"\endhead",
        r"\bottomrule",
    ]
    lines.append(r"\endfoot")
    for lecture in report.lectures:
        for claim in lecture.faults:
            # What is wrong without a wrong number is told in words.
            rows = [row for row in claim.rows if row.mark or not claim.explanation]
            printed = "; ".join(f"{row.name} {row.printed}" for row in rows) or claim.text
            computed = "; ".join(f"{row.name} {row.computed}" for row in rows) or claim.explanation or claim.reason
            kind = claim.error or claim.verdict
            lines.append(_breakable(latex.row([claim.id, claim.heading, kind, printed, computed])))
    return _NEEDS + "\n".join([*lines, r"\end{longtable}}"]) + "\n"


def _breakable(row: str) -> str:
    """Long words, which are code, may be broken after a bracket, an equals sign, an underscore."""
    return _LONG_WORD.sub(lambda word: _JOINT.sub(r"\g<0>\\allowbreak{}", word[0]), row)


def _experiments(report: Report) -> str:
    lines = [
        r"{\small",
        r"\begin{longtable}{@{}llrrr@{}}",
        r"\toprule",
        latex.row(["experiment", "lecture", "seeds", "score", "s per seed"]),
    ]
    lines += [r"\midrule", r"\endhead", r"\bottomrule", r"\endfoot"]
    authors = {lecture.name: lecture.short for lecture in report.lectures}
    for view in report.experiments:
        lecture = authors.get(view.lecture, view.lecture or "–")
        lines.append(latex.row([view.name, lecture, str(len(view.seeds)), view.score, view.seconds]))
    return _NEEDS + "\n".join([*lines, r"\end{longtable}}"]) + "\n"


def _mend(claim: ClaimView) -> str:
    pairs = "; ".join(f"{r.name}: printed {r.printed}, computed {r.computed}" for r in claim.rows if r.mark)
    why = claim.explanation or claim.reason
    said = f"- **{claim.id}**, {claim.heading} ({claim.error or claim.verdict}). {claim.text}"
    lines = [said, pairs and f"{pairs}.", why, claim.caveat]
    return _TAG.sub(r"\<", "  \n  ".join(line for line in lines if line))


def _row(cells: Sequence[str]) -> list[str]:
    return ["| " + " | ".join(_TAG.sub(r"\<", cell).replace("|", r"\|") for cell in cells) + " |"]
