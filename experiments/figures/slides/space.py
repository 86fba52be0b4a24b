"""Three-dimensional panels in the shared style."""

from typing import cast

import matplotlib
import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from mpl_toolkits.mplot3d.axes3d import Axes3D

from experiments.figures import style
from experiments.figures.slides import page


def panel(
    figure: Figure, place: tuple[int, int, int], *, elevation: float, azimuth: float, zoom: float = 1.15
) -> Axes3D:
    """A panel with quiet walls."""
    axes = cast(Axes3D, figure.add_subplot(*place, projection="3d"))
    axes.view_init(elev=elevation, azim=azimuth)
    for axis in (axes.xaxis, axes.yaxis, axes.zaxis):
        axis.set_pane_color(style.tint(style.muted(), 0.07))
        axis.line.set_linewidth(matplotlib.rcParams["axes.linewidth"])
    axes.tick_params(pad=_pad(7, 8), labelsize=page.pt(9))
    axes.set_proj_type("persp", focal_length=0.6)
    axes.set_box_aspect((1, 1, 0.72), zoom=zoom * (0.88 if page.slim() else 1))
    return axes


def label(axes: Axes3D, x: str, y: str, *, close: bool = False) -> None:
    """Names of the lower two axes; the height is named in the title, where nothing can lie over it."""
    for axis, words in ((axes.xaxis, x), (axes.yaxis, y)):
        axis.set_label_text(words)
        axis.labelpad = _pad(16 if close else 22, 21)
    if close:
        axes.tick_params(pad=_pad(5, 8))


def _pad(wanted: float, own: float) -> float:
    """What matplotlib has to add to its own distance, which knows nothing of the page's scale."""
    return page.pt(wanted) - own


def two_shades() -> LinearSegmentedColormap:
    """Values from 0 to 1: the second colour, the ground at a half, the first colour."""
    ends = [style.tint(style.colour(1), 0.8), style.tint(style.muted(), 0.12), style.tint(style.colour(0), 0.8)]
    return LinearSegmentedColormap.from_list("two", ends)


def depth() -> LinearSegmentedColormap:
    """Low values in the first colour, high ones close to the ground."""
    shares = (0.95, 0.6, 0.35, 0.18, 0.06)
    return LinearSegmentedColormap.from_list("depth", [style.tint(style.colour(0), share) for share in shares])


def surface(
    axes: Axes3D, x: np.ndarray, y: np.ndarray, z: np.ndarray, shades: LinearSegmentedColormap,
    *, low: float, high: float, alpha: float = 0.9,
) -> None:  # fmt: skip
    """Z over the plane, (len(y), len(x)), coloured by height."""
    drawn = axes.plot_surface(
        *np.meshgrid(x, y), z, cmap=shades, vmin=low, vmax=high, alpha=alpha, rcount=36, ccount=36,
        linewidth=page.pt(0.15), antialiased=True,
    )  # fmt: skip
    drawn.set_edgecolor(style.tint(style.muted(), 0.5))
