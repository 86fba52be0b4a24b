"""What each unit of a small network computes over the plane, layer by layer, as TensorFlow Playground shows it."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import ConnectionPatch
from matplotlib.ticker import MaxNLocator

from experiments.figures import style
from experiments.figures.decision_regions import class_legend
from experiments.figures.frame import (
    Drawing,
    finish,
    new_figure,
    nothing_completed,
    of_variant,
    sentence,
    stem_of,
)
from experiments.figures.subject import Subject
from experiments.records import Record
from experiments.spec.model import Mlp

MOST_UNITS = 8
"""Units in a layer that a slide has room for."""
_STEPS = 60
_MOST_POINTS = 150

_ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "linear": lambda z: z,
    "relu": lambda z: np.maximum(z, 0),
    "tanh": np.tanh,
    "sigmoid": lambda z: 0.5 * (1 + np.tanh(z / 2)),
}


def draw(subject: Subject) -> dict[str, Drawing]:
    """`unit_maps` of the first variant, `unit_maps-<variant>` of the others; of each the first seed's last snapshot."""
    if not subject.records:
        return {"unit_maps": nothing_completed(subject)}
    drawings = {}
    for variant, records in subject.records.items():
        layers = layers_of(records[0])
        if layers is not None:
            drawings[stem_of("unit_maps", variant, subject)] = _page(subject, variant, records[0], layers)
    if not drawings:
        text = f"No record holds the weights of a network with layers of up to {MOST_UNITS} units: training.snapshots."
        return {"unit_maps": sentence(subject, "Units", text)}
    return drawings


Layer = tuple[np.ndarray, np.ndarray, str]
"""Kernel (inputs, units), bias (units,), activation."""


def layers_of(record: Record) -> list[Layer] | None:
    """The layers of the last snapshot; None where the record keeps no weights, or the network is another one."""
    model = record.trial.spec.model
    try:
        weights = record.snapshots["weights"][-1]
    except (FileNotFoundError, KeyError):
        return None
    if not isinstance(model, Mlp) or model.batch_norm or max(model.hidden) > MOST_UNITS:
        return None
    names = [model.activation] * len(model.hidden) + [model.output.activation]
    if not set(names) <= set(_ACTIVATIONS):
        return None
    sizes, layers, at = [2, *model.hidden, model.output.units], list[Layer](), 0
    for inputs, units, name in zip(sizes, sizes[1:], names, strict=False):
        kernel = weights[at : at + inputs * units].reshape(inputs, units)
        bias = weights[at + inputs * units : at + (inputs + 1) * units]
        layers.append((kernel, bias, name))
        at += (inputs + 1) * units
    return layers if at == len(weights) else None


def outputs_of(layers: list[Layer], x: np.ndarray) -> list[np.ndarray]:
    """What the units of each layer put out, (N, units) a layer, for inputs (N, 2)."""
    outputs = []
    for kernel, bias, name in layers:
        x = _ACTIVATIONS[name](x @ kernel + bias)
        outputs.append(x)
    return outputs


def _page(subject: Subject, variant: str, record: Record, layers: list[Layer]) -> Drawing:
    dataset, grid = subject.load(variant), record.decision_grid
    x1, x2 = (np.linspace(grid[name][0], grid[name][-1], _STEPS) for name in ("x1", "x2"))
    plane = np.stack(np.meshgrid(x1, x2), axis=-1).reshape(-1, 2)
    columns = [plane, *outputs_of(layers, plane)]
    figure = new_figure(5.6)
    rows = max(column.shape[1] for column in columns)
    # Two rows of the grid a unit, so that shorter layers stand in the middle.
    cells = figure.add_gridspec(2 * rows, len(columns) + 1, width_ratios=[*[1.0] * (len(columns) - 1), 1.7, 0.06])
    panels: list[list[Axes]] = []
    table = {}
    for number, values in enumerate(columns):
        units, last = values.shape[1], number == len(columns) - 1
        start = rows - units
        panels.append([])
        for unit in range(units):
            place = cells[:, number] if last and units == 1 else cells[start + 2 * unit : start + 2 * unit + 2, number]
            axes = figure.add_subplot(place)
            _map(axes, (x1, x2), values[:, unit].reshape(_STEPS, _STEPS), relative=number == 0)
            name = _name(number, unit, len(columns))
            axes.set_title(name, fontsize=9.5, fontweight="normal", pad=3)
            panels[-1].append(axes)
            table[name] = values[:, unit]
    _examples(panels[-1][0], subject, variant)
    bar = figure.colorbar(ScalarMappable(Normalize(-1, 1), _shades()), cax=figure.add_subplot(cells[:, -1]))
    bar.set_label("output")
    bar.outline.set_visible(False)
    _links(figure, panels, layers)
    seed = record.trial.seed
    notes = [f"network of seed {seed}, snapshot of epoch {record.snapshots['at'][-1]:,}"]
    notes += ["inputs: each over its own range", f"{min(len(dataset.train), _MOST_POINTS)} training points"]
    legend = [
        *class_legend(dataset.class_names),
        Line2D([], [], color=style.colour(1), linewidth=2, label="positive weight"),
        Line2D([], [], color=style.colour(0), linewidth=2, label="negative weight"),
    ]
    finish(
        figure, subject, f"What each unit computes{of_variant(variant, subject)}", notes=notes, legend=legend, room=3.6
    )
    every = (np.arange(_STEPS) % 2 == 0)[:, None] & (np.arange(_STEPS) % 2 == 0)
    return Drawing(figure, pd.DataFrame(table)[every.ravel()].reset_index(drop=True))


def _name(layer: int, unit: int, layers: int) -> str:
    if layer == 0:
        return f"x{unit + 1}"
    return "output" if layer == layers - 1 else f"hidden {layer}, unit {unit + 1}"


def _shades() -> LinearSegmentedColormap:
    """From the colour of class 0 over the figure's ground to that of class 1."""
    return LinearSegmentedColormap.from_list("units", [style.colour(0), style.ground(), style.colour(1)])


def _map(axes: Axes, over: tuple[np.ndarray, np.ndarray], values: np.ndarray, *, relative: bool) -> None:
    x1, x2 = over
    reach = float(np.abs(values).max()) if relative else 1.0
    axes.imshow(
        values, origin="lower", extent=(x1[0], x1[-1], x2[0], x2[-1]), cmap=_shades(), vmin=-reach, vmax=reach,
        aspect="equal", zorder=1,
    )  # fmt: skip
    if values.min() < 0 < values.max():
        axes.contour(x1, x2, values, levels=[0.0], colors=[style.text_colour()], linewidths=0.8, zorder=2)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.grid(visible=False)
    axes.spines[:].set_visible(True)


def _examples(axes: Axes, subject: Subject, variant: str) -> None:
    train = subject.load(variant).train
    for k in np.unique(train.y[:_MOST_POINTS]):
        x = train.x[:_MOST_POINTS][train.y[:_MOST_POINTS] == k]
        axes.scatter(
            x[:, 0], x[:, 1], s=14, marker=style.marker(int(k)), color=style.colour(int(k)),
            edgecolors=style.ground(), linewidths=0.5, zorder=4,
        )  # fmt: skip
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_locator(MaxNLocator(5))


def _links(figure: Figure, panels: list[list[Axes]], layers: list[Layer]) -> None:
    """Lines from unit to unit, the wider the larger the weight."""
    greatest = max(float(np.abs(kernel).max()) for kernel, _, _ in layers)
    for number, (kernel, _, _) in enumerate(layers):
        for i, j in np.ndindex(kernel.shape):
            weight = float(kernel[i, j])
            figure.add_artist(
                ConnectionPatch(
                    (1.0, 0.5), (0.0, 0.5), "axes fraction", "axes fraction",
                    axesA=panels[number][i], axesB=panels[number + 1][j],
                    color=style.colour(1 if weight > 0 else 0), linewidth=0.3 + 3.5 * abs(weight) / greatest,
                    alpha=0.75, zorder=0, in_layout=False,
                )
            )  # fmt: skip
