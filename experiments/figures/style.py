"""The look that all figures share, light or dark."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import matplotlib
from matplotlib.colors import to_rgb

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
"""Told apart without colour."""


@contextmanager
def applied(*, dark: bool = False) -> Iterator[None]:
    """Draw and save inside this context; nothing of a user's own matplotlib settings shines through.

    Args:
        dark: light lines and letters on a dark ground.
    """
    here = Path(__file__).parent
    names = ["relecture.mplstyle", *(["relecture-dark.mplstyle"] if dark else [])]
    with matplotlib.rc_context():
        # The interactive backend is the surrounding program's business.
        defaults = {k: v for k, v in matplotlib.rcParamsDefault.items() if not k.startswith("backend")}
        matplotlib.rcParams.update(defaults)
        for name in names:
            matplotlib.rcParams.update(matplotlib.rc_params_from_file(here / name, use_default_template=False))
        yield


def colours() -> list[str]:
    """The palette, in the order in which variants or classes take it."""
    return [str(colour) for colour in matplotlib.rcParams["axes.prop_cycle"].by_key()["color"]]


def colour(index: int) -> str:
    """The palette's colour of a variant or class; beyond the last it begins again."""
    palette = colours()
    return palette[index % len(palette)]


_CALLED = {"red": 1, "green": 2}
"""Members of both palettes, for classes that are called a colour."""


def class_colour(index: int, names: Sequence[str] = ()) -> str:
    """The palette's colour of a class; where both of two classes are called a colour, that one."""
    called = [_CALLED[name] for name in names if name in _CALLED]
    return colour(called[index] if names and len(called) == len(names) else index)


def marker(index: int) -> str:
    """The point shape of a class; colours and shapes together repeat only after 56 classes."""
    return MARKERS[index % len(MARKERS)]


def text_colour() -> str:
    """Letters on the figure's ground."""
    return str(matplotlib.rcParams["text.color"])


def muted() -> str:
    """Letters of lesser rank, and thin lines."""
    return str(matplotlib.rcParams["xtick.color"])


def ground() -> str:
    """What figures are drawn on."""
    return str(matplotlib.rcParams["axes.facecolor"])


def readable_on(background: object) -> str:
    """Black or white letters for a ground; white as far as it can be read, for it is calmer on saturated colours."""
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(background)]
    luminance = 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
    return "black" if luminance > 0.25 else "white"


def tint(name: str, share: float) -> tuple[float, float, float]:
    """A colour thinned on the figure's ground, `share` of it left."""
    top, under = to_rgb(name), to_rgb(ground())
    red, green, blue = (share * t + (1 - share) * u for t, u in zip(top, under, strict=True))
    return red, green, blue
