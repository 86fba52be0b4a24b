"""Schematics: nodes, boxes and arrows in units of their own, letters too: proportions hold at any width."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch
from matplotlib.text import Text

from experiments.figures import style
from experiments.figures.slides import page

Point = tuple[float, float]

_LETTERS = 0.44
"""Height of ordinary letters, in units; a page is about sixteen units wide."""
_USED = 0.962
"""Share of the page's width that the layout leaves to panels."""


class Sketch:
    """An empty drawing of so many units; x goes right, y goes up.

    Args:
        axes: the panel, whose own axes are hidden.
        width: units from left to right.
        height: units from bottom to top.
        share: of the page's width that the panel takes.
    """

    def __init__(self, axes: Axes, width: float, height: float, *, share: float = 1.0):
        axes.set(xlim=(0, width), ylim=(0, height), aspect="equal")
        axes.axis("off")
        self.axes = axes
        self.room = page.design_width() * _USED * share * height / width
        """Inches of height that it needs, for `page.finish`."""
        self._unit = page.pt(72 * page.design_width() * _USED * share / width)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = _LETTERS,
        colour: str | None = None,
        bold: bool = False,
        ha: str = "center",
        va: str = "center",
        covering: bool = False,
    ) -> Text:
        """Write; `covering` puts the letters on a patch of ground, so that a line behind them does not cross them."""
        patch = {"facecolor": style.ground(), "edgecolor": "none", "pad": 0.08 * self._unit} if covering else None
        return self.axes.text(
            x, y, words, fontsize=size * self._unit, color=colour or style.text_colour(), ha=ha, va=va,
            fontweight="bold" if bold else "normal", bbox=patch, zorder=6, linespacing=1.25,
        )  # fmt: skip

    def node(
        self,
        x: float,
        y: float,
        words: str = "",
        *,
        colour: str | None = None,
        radius: float = 0.5,
        size: float = _LETTERS,
        off: bool = False,
    ) -> Circle:
        """A unit of a network; `off` draws one that takes no part."""
        edge = style.muted() if off else colour or style.colour(0)
        face = style.ground() if off else style.tint(edge, 0.22)
        circle = Circle(
            (x, y), radius, facecolor=face, edgecolor=edge, linewidth=0.05 * self._unit, zorder=4,
            linestyle=(0, (2, 1.5)) if off else "-",
        )  # fmt: skip
        self.axes.add_patch(circle)
        if words:
            self.text(x, y, words, size=size)
        return circle

    def box(
        self, x: float, y: float, width: float, height: float, words: str = "", *,
        colour: str | None = None, size: float = _LETTERS, bold: bool = False,
    ) -> FancyBboxPatch:  # fmt: skip
        """A box around its middle."""
        edge = colour or style.colour(0)
        patch = FancyBboxPatch(
            (x - width / 2 + 0.12, y - height / 2 + 0.12), width - 0.24, height - 0.24,
            boxstyle="round,pad=0.12,rounding_size=0.2", facecolor=style.tint(edge, 0.16), edgecolor=edge,
            linewidth=0.045 * self._unit, zorder=3,
        )  # fmt: skip
        self.axes.add_patch(patch)
        if words:
            self.text(x, y, words, size=size, bold=bold)
        return patch

    def arrow(
        self, start: Point, end: Point, *, colour: str | None = None, width: float = 0.05, bend: float = 0.0,
        gap: float | Point = 0.0,
    ) -> FancyArrowPatch:  # fmt: skip
        """An arrow from point to point, `gap` units short of either end, or so many of the one and of the other."""
        before, after = gap if isinstance(gap, tuple) else (gap, gap)
        patch = FancyArrowPatch(
            start, end, arrowstyle="-|>", mutation_scale=0.42 * self._unit,
            color=colour or style.muted(), linewidth=width * self._unit, shrinkA=before * self._unit,
            shrinkB=after * self._unit, connectionstyle=f"arc3,rad={bend}", zorder=3.5,
        )  # fmt: skip
        self.axes.add_patch(patch)
        return patch

    def line(
        self, start: Point, end: Point, *, colour: str | None = None, width: float = 0.035, alpha: float = 1.0
    ) -> None:
        """A straight line, behind nodes and boxes."""
        self.axes.plot(
            *zip(start, end, strict=True), color=colour or style.muted(), linewidth=width * self._unit, alpha=alpha,
            zorder=1, solid_capstyle="round",
        )  # fmt: skip

    def layer(
        self, x: float, heights: Sequence[float], words: Sequence[str] = (), *,
        colour: str | None = None, radius: float = 0.5, size: float = _LETTERS,
    ) -> list[Point]:  # fmt: skip
        """Units above each other, the first on top; returns where they are."""
        for y, label in zip(heights, words or [""] * len(heights), strict=True):
            self.node(x, y, label, colour=colour, radius=radius, size=size)
        return [(x, y) for y in heights]

    def connect(self, left: Sequence[Point], right: Sequence[Point], *, width: float = 0.03) -> None:
        """A line from every unit of one layer to every unit of the next."""
        for start in left:
            for end in right:
                self.line(start, end, width=width, alpha=0.75)


def spread(count: int, middle: float, step: float) -> list[float]:
    """Heights of `count` units around a middle, from top to bottom."""
    return [middle + step * ((count - 1) / 2 - i) for i in range(count)]
