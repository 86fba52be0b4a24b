"""What a page shows of a thing to play with."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Widget:
    """A part of a page that its reader can change.

    Attributes:
        title: heading over it, plain text.
        html: the part itself, trusted: whatever came from a file is escaped in it already.
    """

    title: str
    html: str
