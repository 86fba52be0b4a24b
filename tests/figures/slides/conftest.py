"""Every slide figure, drawn once for a light slide and once for a dark column of eight centimetres."""

from collections.abc import Callable

import matplotlib
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.data import sources
from experiments.figures.frame import Drawing
from experiments.figures.slides import page
from experiments.figures.slides.catalogue import draw_slide_figure


def made_up_mnist() -> dict[str, np.ndarray]:
    """As many made-up pictures of each digit as a row shows, and more."""
    x = np.random.default_rng(0).integers(0, 256, (100, 28, 28), dtype=np.uint8)
    return {"x_train": x, "y_train": (np.arange(100) % 10).astype(np.uint8)}


@pytest.fixture(scope="session")
def drawings() -> dict[tuple[str, bool], Drawing]:
    return {}


@pytest.fixture
def drawn(drawings, monkeypatch, tmp_path) -> Callable[..., Drawing]:
    """Draws a figure where no test has drawn it yet; `small` is dark and 8 cm wide."""

    def draw(name: str, *, small: bool = False) -> Drawing:
        if (name, small) not in drawings:
            monkeypatch.setattr(sources, "obtain", lambda dataset, cache: made_up_mnist())
            with page.applied(width_cm=8 if small else None, dark=small):
                matplotlib.rcParams["figure.dpi"] = 100
                drawing = draw_slide_figure(name, cache=tmp_path)
                drawing.figure.draw_without_rendering()
            drawings[name, small] = drawing
        return drawings[name, small]

    return draw


@pytest.fixture
def lines() -> Callable:
    """The lines of a panel by their labels; of two with one label the last."""

    def collect(axes: Axes) -> dict:
        return {line.get_label(): line for line in axes.get_lines()}

    return collect


@pytest.fixture
def words() -> Callable:
    """Everything written in a figure, without line breaks."""

    def collect(figure: Figure) -> str:
        texts = [t.get_text() for t in figure.findobj(matplotlib.text.Text) if t.get_visible()]
        return " | ".join(text.replace("\n", " ") for text in texts if text)

    return collect
