"""How long work tells that it goes on, without knowing who listens."""

from typing import Protocol


class Progress(Protocol):
    """Called now and then while data are fetched; `total` is None where it is not known."""

    def __call__(self, description: str, done: int, total: int | None) -> None:
        """Take note of `done` bytes out of `total`."""


def silent(description: str, done: int, total: int | None) -> None:
    """Listen to nothing."""
