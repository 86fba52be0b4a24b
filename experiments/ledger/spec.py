"""Pydantic models of a ledger: what a lecture claims, and how each claim is checked."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from experiments.ledger.printed import unreadable
from experiments.problems import nearest, shown
from experiments.spec.fields import Positive, Spec

Text = Annotated[str, Field(min_length=1, max_length=2000)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]

CLAIM_ID = r"^[A-Z]{1,8}-[1-9][0-9]{0,4}$"

Kind = Literal["number", "table", "formula", "code", "log", "figure", "statement", "question"]

ErrorKind = Literal["value", "formula", "code", "api", "definition", "notation", "concept", "internal", "citation"]
"""What sort of slip an erratum is."""

Direction = Literal["greater", "less"]


class FromHistory(Spec):
    """One number from a training's history: a column, and where to read it."""

    history: Literal["loss", "accuracy", "val_loss", "val_accuracy"]
    at: Literal["first", "last", "best"] | Annotated[int, Field(ge=1)] | None = None
    """Its value in that epoch; the best is the smallest loss or the largest accuracy."""
    reaches: float | None = None
    """The first epoch in which the column is at least (a loss: at most) this; one more than all epochs if never."""
    epoch_of: Literal["best"] | None = None
    """The number of the best epoch."""

    @model_validator(mode="after")
    def _one_reading(self) -> "FromHistory":
        if sum(v is not None for v in (self.at, self.reaches, self.epoch_of)) != 1:
            raise ValueError("expected one of at, reaches, epoch_of")
        return self


class Difference(Spec):
    """The first quantity minus the second, trial by trial."""

    minus: Annotated[list["Quantity"], Field(min_length=2, max_length=2)]


def _quantity_kind(value: Any) -> str:
    if isinstance(value, str):
        return "Column"
    if isinstance(value, Difference) or (isinstance(value, dict) and "minus" in value):
        return "Difference"
    return "FromHistory"


Quantity = Annotated[
    Annotated[str, Tag("Column")]
    | Annotated[FromHistory, Tag("FromHistory")]
    | Annotated[Difference, Tag("Difference")],
    Discriminator(_quantity_kind),
]
"""A column of trials.csv, a reading of history.csv, or a difference of two quantities."""


class Worked(Spec):
    """A worked example: a function of `experiments.worked`, and what it is given."""

    worked: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]
    inputs: Annotated[dict[str, Any], Field(alias="with")] = {}  # noqa: RUF012


class Trained(Spec):
    """What every check by a trained network names."""

    experiment: Name
    variant: Name = "base"


class Value(Trained):
    """A trained quantity against the printed value, or, with `report`, as the answer to a question."""

    quantity: Quantity
    report: bool = False


class Bound(Trained):
    """A trained quantity against a bound: the interval of its mean decides."""

    quantity: Quantity
    at_least: float | None = None
    at_most: float | None = None

    @model_validator(mode="after")
    def _one_bound(self) -> "Bound":
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("expected either at_least or at_most")
        return self


class Comparison(Spec):
    """Two variants, paired by seed: the first one's quantity is greater (or less) than the second's."""

    experiment: Name
    compare: Annotated[list[Name], Field(min_length=2, max_length=2)]
    quantity: Quantity
    expect: Direction
    by: Positive | None = None
    """By at least this much."""


class WithinTrials(Trained):
    """Two quantities of the same trials: the first is greater (or less) than the second."""

    compare_quantities: Annotated[list[Quantity], Field(min_length=2, max_length=2)]
    expect: Direction
    by: Positive | None = None


class Outcome(Trained):
    """How a script ends that is run as printed, against how the slide implies that it ends."""

    outcome: Literal["completed", "failed", "diverged"]


class Drawn(Trained):
    """A figure of a trained experiment."""

    drawn: Name


class SlideFigure(Spec):
    """A figure that needs no training."""

    figure: Name


class Photograph(Spec):
    """A picture that no computation gives; the text says why."""

    photograph: Text


class External(Spec):
    """A fact that no data at hand can check; the text says why."""

    external: Text


class Declared(Spec):
    """A slip in a citation or a name, which no computation decides; counted apart."""

    declared: Literal["citation", "name"]
    because: Text


_CHECKS = {
    "worked": "Worked",
    "figure": "SlideFigure",
    "photograph": "Photograph",
    "external": "External",
    "declared": "Declared",
    "drawn": "Drawn",
    "outcome": "Outcome",
    "compare": "Comparison",
    "compare_quantities": "WithinTrials",
    "at_least": "Bound",
    "at_most": "Bound",
}
"""A check's kind by the key that only it has; a check without any of these is a `Value`."""


def _check_kind(value: Any) -> str:
    if not isinstance(value, dict):
        return type(value).__name__
    return next((kind for key, kind in _CHECKS.items() if key in value), "Value")


Check = Annotated[
    Annotated[Worked, Tag("Worked")]
    | Annotated[Value, Tag("Value")]
    | Annotated[Bound, Tag("Bound")]
    | Annotated[Comparison, Tag("Comparison")]
    | Annotated[WithinTrials, Tag("WithinTrials")]
    | Annotated[Outcome, Tag("Outcome")]
    | Annotated[Drawn, Tag("Drawn")]
    | Annotated[SlideFigure, Tag("SlideFigure")]
    | Annotated[Photograph, Tag("Photograph")]
    | Annotated[External, Tag("External")]
    | Annotated[Declared, Tag("Declared")],
    Discriminator(_check_kind),
]

ON_TRIALS = (Value, Bound, Comparison, WithinTrials, Outcome, Drawn)
"""Checks that read an experiment's published results."""


def _as_list(value: Any) -> Any:
    checks = value if isinstance(value, list) else [value]
    starts = ("worked", "experiment", "figure", "photograph", "external", "declared")
    for check in checks:
        if not isinstance(check, dict) or not any(key in check for key in starts):
            got = f"a mapping of {shown(', '.join(map(str, check)))}" if isinstance(check, dict) else shown(check)
            raise ValueError(f"expected a check: a mapping with one of the keys {', '.join(starts)}, got {got}")
    return checks


class Claim(Spec):
    """One thing that a lecture prints, and how it is checked."""

    id: Annotated[str, Field(pattern=CLAIM_ID)]
    heading: Text
    kind: Kind
    claim: Text
    """In one line of our own words."""
    formula: Text | None = None
    """LaTeX."""
    printed: dict[str, Any] = {}  # noqa: RUF012
    """Quantity: what the slide prints. A numeral in quotes carries its precision; a bare integer is exact."""
    check: Annotated[list[Check], Field(min_length=1), BeforeValidator(_as_list)]
    tolerance: str | dict[str, str] | None = None
    """Replaces the half unit of the last printed digit; a numeral in quotes, or one for each printed quantity."""
    tolerance_reason: Text | None = None
    family: Name | None = None
    """Claims judged together: the intervals are widened for the number of values printed in all of them."""
    error: ErrorKind | None = None
    """What sort of slip it is, should a check contradict the slide."""
    explanation: Text | None = None
    """Shown only if a check contradicts the slide."""
    note: Text | None = None
    figure: Name | None = None
    """A slide figure that goes with the claim."""

    @model_validator(mode="after")
    def _readable(self) -> "Claim":
        for name, value in self.printed.items():
            if message := unreadable(value):
                raise ValueError(f"printed: {name}: {message}")
        given = self.tolerance if isinstance(self.tolerance, dict) else {"": self.tolerance}
        for name, value in given.items():
            if value is not None and (message := unreadable(value, numeral=True)):
                raise ValueError(f"tolerance: {message}")
            if name and name not in self.printed:
                raise ValueError(f"tolerance: nothing is printed for {name!r}{nearest(name, self.printed)}")
        if self.tolerance is not None and self.tolerance_reason is None:
            raise ValueError("tolerance: needs a tolerance_reason")
        values = [c for c in self.check if isinstance(c, Value) and not c.report]
        if values and self.tolerance is None:
            raise ValueError("a trained value needs a tolerance and a tolerance_reason")
        if len(self.printed) < len(values):
            raise ValueError("each trained value needs a printed one to be held against")
        if (self.error is None) != (self.explanation is None):
            raise ValueError("error and explanation go together")
        return self

    def tolerance_of(self, name: str) -> str | None:
        """The declared tolerance of a printed quantity."""
        return self.tolerance.get(name) if isinstance(self.tolerance, dict) else self.tolerance


class Ledger(Spec):
    """A lecture's claims in the order of its slides."""

    lecture: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
    title: Text
    author: Text
    claims: Annotated[list[Claim], Field(min_length=1)]
