"""Views -> HTML. Every value is escaped where it is written, unless it is markup that this package made."""

import unicodedata
from collections import Counter
from dataclasses import dataclass
from itertools import groupby

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from experiments.ledger.showing import FAULTS
from experiments.report.claims import GROUPS, ClaimView
from experiments.report.pictures import Missing, Picture
from experiments.report.timings import Timings
from experiments.report.trained import SCORE_NOTE, STATES, TrainedView

TO_MEND = (*FAULTS, "declared")
"""Verdicts that the list of errata holds."""


@dataclass(frozen=True)
class LectureView:
    """A lecture and its claims, in the order of the slides."""

    name: str
    title: str
    author: str
    claims: tuple[ClaimView, ...]

    @property
    def short(self) -> str:
        """The author's name as the lecture's is spelt: 'Piñar' of Manuel Piñar Molina."""
        return next((word for word in self.author.split() if _plain(word) == self.name), self.name.capitalize())

    @property
    def page(self) -> str:
        """File name of its page."""
        return f"lecture-{self.name}.html"

    @property
    def counts(self) -> dict[str, int]:
        """How many claims have each verdict, in the order of the legend."""
        counted = Counter(claim.verdict for claim in self.claims)
        return {verdict: counted[verdict] for verdict in GROUPS if counted[verdict]}

    @property
    def slides(self) -> list[tuple[str, list[ClaimView]]]:
        """Claims that follow each other under one heading, together."""
        return [(heading, list(claims)) for heading, claims in groupby(self.claims, key=lambda claim: claim.heading)]

    @property
    def faults(self) -> list[ClaimView]:
        """What a lecturer should mend."""
        return [claim for claim in self.claims if claim.verdict in TO_MEND]


@dataclass(frozen=True)
class Report:
    """Everything that the pages show."""

    lectures: tuple[LectureView, ...]
    experiments: tuple[TrainedView, ...]
    timings: tuple[Timings, ...]
    charts: tuple[Picture | Missing, ...]
    scripts: tuple[str, ...] = ()
    """Further scripts beside the pages, by file name."""
    styles: tuple[str, ...] = ()

    @property
    def claims(self) -> list[ClaimView]:
        """The claims of all lectures."""
        return [claim for lecture in self.lectures for claim in lecture.claims]

    @property
    def kinds(self) -> list[str]:
        """The kinds of claims that occur."""
        return sorted({claim.kind for claim in self.claims})

    @property
    def verdicts(self) -> dict[str, int]:
        """How many claims have each verdict that occurs."""
        counted = Counter(claim.verdict for claim in self.claims)
        return {verdict: counted[verdict] for verdict in GROUPS if counted[verdict]}


def render(report: Report) -> dict[str, str]:
    """Every page, by file name."""
    site = _environment(report)
    pages = {
        "index.html": site.get_template("index.html").render(here="index.html"),
        "claims.html": site.get_template("claims.html").render(here="claims.html"),
        "experiments.html": site.get_template("experiments.html").render(here="experiments.html"),
        "bench.html": site.get_template("bench.html").render(here="bench.html"),
    }
    for lecture in report.lectures:
        pages[lecture.page] = site.get_template("lecture.html").render(here=lecture.page, lecture=lecture)
    for view in report.experiments:
        page = f"experiment-{view.name}.html"
        pages[page] = site.get_template("experiment.html").render(
            here=page, experiment=view, resting=_resting_on(report, view.name)
        )
    return pages


def render_for_print(report: Report) -> str:
    """One page with everything that is worth paper."""
    return _environment(report).get_template("print.html").render(here="print.html")


def _environment(report: Report) -> Environment:
    site = Environment(
        loader=PackageLoader("experiments.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    site.globals |= {
        "report": report,
        "groups": GROUPS,
        "score_note": SCORE_NOTE,
        "states": STATES,
        "states_count": Counter(view.state for view in report.experiments),
        "lecture_of": {lecture.name: lecture for lecture in report.lectures},
        "with_page": {view.name for view in report.experiments},
    }
    site.tests["missing"] = lambda picture: isinstance(picture, Missing)
    site.filters |= {"breakable": _breakable, "sentence": _sentence}
    return site


def _plain(word: str) -> str:
    """'Piñar' -> 'pinar'."""
    return unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode().lower()


def _resting_on(report: Report, experiment: str) -> list[ClaimView]:
    return [claim for claim in report.claims if experiment in claim.experiments]


def _breakable(text: str) -> Markup:
    """Escaped text in which long names may be broken after an underscore."""
    return Markup("_<wbr>").join(text.split("_"))


def _sentence(text: str) -> str:
    """'a fact of history' -> 'A fact of history.'."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
