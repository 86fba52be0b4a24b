"""Entries of the race -> CSV, Markdown and a bar chart."""

import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.contest.networks import CLASSES, networks, operations
from benchmarks.contest.race import Entry, Reply
from experiments.figures import saving, style

BASELINES = ("Keras fit", "Keras fit, JAX")
"""What ratios and accuracy differences refer to: the first of these that took part."""

_DATA = {"mnist": ("MNIST", 784), "cifar10": ("CIFAR-10", 3072)}
"""What a network's data are called, and the inputs of an example."""
_WIDTH = 8.0
"""Inches, as all figures have."""


def tabulate(entries: Sequence[Entry], peaks: Sequence[Reply], training_examples: int) -> pd.DataFrame:
    """One row a contender of one network.

    Ratios and differences are medians and means over repeats of pairs from the same repeat, which had the same load
    and the same seed.
    """
    baseline = next((e for name in BASELINES for e in entries if e.contender == name), None)
    peak, own_peak = (np.median([p.get(name, np.nan) for p in peaks]) for name in ("gflops", "own_gflops"))
    rows = []
    for entry in entries:
        network, seconds = entry.network, _column(entry, "seconds")
        shape = (784,) if network.dataset == "mnist" else (32, 32, 3) if network.convolutional else (3072,)
        speed = operations(network, shape) * training_examples / np.median(seconds) / 1e9
        row: dict[str, Any] = {
            "network": network.name,
            "batch": network.batch,
            "contender": entry.contender,
            "engine": entry.ready["engine"],
            "device": entry.ready["device"],
            "networks_at_once": entry.ready["networks"],
            "examples": training_examples,
            "epochs": entry.epochs,
            "repeats": len(seconds),
            "seconds_an_epoch": np.median(seconds),
            "seconds_q1": np.percentile(seconds, 25),
            "seconds_q3": np.percentile(seconds, 75),
            "share_of_gemm_peak": speed / peak,
            "share_of_own_products": speed / own_peak,
            "gemm_peak_gflops": peak,
            "own_products_gflops": own_peak,
            "peak_memory_mib": max(reply["peak_mib"] for reply in entry.replies),
            "first_training_s": entry.ready["first_training_s"],
            "train_loss": np.mean(_column(entry, "train_loss")),
            "train_accuracy": np.mean(_column(entry, "train_accuracy")),
            "test_accuracy": np.mean(_column(entry, "accuracy")),
        }
        if baseline is not None:
            difference = _column(entry, "accuracy") - _column(baseline, "accuracy")
            row["times_faster_than_fit"] = np.median(_column(baseline, "seconds") / seconds)
            row["accuracy_minus_fit"] = np.mean(difference)
            row["accuracy_difference_sd"] = np.std(difference, ddof=1) if len(difference) > 1 else np.nan
        rows.append(row)
    return pd.DataFrame(rows)


def earlier(path: Path, names: Sequence[str]) -> dict[str, pd.DataFrame]:
    """The rows of some networks that an earlier run wrote, by network; none where there was no such run."""
    if not path.is_file():
        return {}
    table = pd.read_csv(path)
    return {str(name): rows for name, rows in table.groupby("network") if name in names}


def write(table: pd.DataFrame, folder: Path, stem: str, command: str) -> None:
    """`<stem>.csv`, `<stem>.md`, `<stem>.png`, `<stem>.pdf`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{stem}.md").write_text(markdown(table, command), encoding="utf-8")
    with style.applied():
        saving.save_figure(draw(table), folder, stem, table)


def markdown(table: pd.DataFrame, command: str) -> str:
    """The table for people."""
    lines = [
        "# Engines side by side",
        "",
        f"`{command}`, on {_processor()}; devices: {', '.join(sorted(set(table['device'])))}. "
        "One network after another (`--networks` renews one of them); its contenders take turns, each in its own "
        "process; medians over repeats, with quartiles. Seconds are those of "
        "the epochs: imports, compiling and the drawing of weights are left out. All train the same "
        "network with SGD and momentum at a constant rate, minibatches drawn anew each epoch, the last partial one "
        "included, and keep the loss and the accuracy of each epoch, as `fit` does (scikit-learn the loss alone). "
        "Peak: the share of the speed of matrix products of 2048 x 2048 float32, measured between the repeats; own "
        "products: the share of the speed of nothing but the matrix products of this network's updates, at their own "
        "shapes; both by the faster of NumPy and PyTorch, with --gpu by JAX. MiB: the most memory a process held, its "
        "libraries and the data included. Times `fit`: the median of the ratios of pairs from the same repeat. "
        "Accuracy: mean over repeats (seeds) after the epochs given, and its difference to plain `fit`, paired by "
        "seed, with the standard deviation of the differences.",
        "",
    ]
    for name, rows in table.groupby("network", sort=False):
        first = rows.iloc[0]
        lines += [
            f"## {name}, batch {first['batch']}, {first['examples']} examples, {first['epochs']} epochs",
            "",
            f"Peak: {first['gemm_peak_gflops']:.0f} GFLOP/s"
            + (f"; own products: {own:.0f} GFLOP/s." if (own := first["own_products_gflops"]) == own else "."),
            "",
            "| contender | engine | s an epoch | quartiles | times `fit` | peak | own products | MiB | accuracy "
            "| minus `fit` |",
            "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|",
        ]
        for _, row in rows.iterrows():
            difference = (
                f"{_optional(row, 'accuracy_minus_fit', '+.4f')} ± {_optional(row, 'accuracy_difference_sd', '.4f')}"
            )
            lines.append(
                f"| {row['contender']} | {row['engine']} | {row['seconds_an_epoch']:.3g} "
                f"| {row['seconds_q1']:.3g}–{row['seconds_q3']:.3g} | {_optional(row, 'times_faster_than_fit', '.2f')} "
                f"| {row['share_of_gemm_peak']:.1%} | {_optional(row, 'share_of_own_products', '.1%')} "
                f"| {row['peak_memory_mib']:.0f} | {row['test_accuracy']:.4f} | {difference} |"
            )
        lines.append("")
    return "\n".join(lines)


def draw(table: pd.DataFrame) -> Figure:
    """Seconds an epoch, a panel for each network; beside a bar its seconds, and by how much it is faster than `fit`.

    That is the ratio of the two medians shown; the table's is the median of the pairs' ratios.
    """
    groups = {str(name): rows.set_index("contender") for name, rows in table.groupby("network", sort=False)}
    names = list(dict.fromkeys(table["contender"]))
    baseline = next((name for name in BASELINES if name in names), None)
    columns = 1 if len(groups) % 2 else 2  # no row half empty
    lines = -(-len(groups) // columns)
    figure = Figure(figsize=(_WIDTH, 1.3 + lines * (0.95 + 0.27 * len(names))), layout="constrained")
    figure.suptitle("Engines side by side: seconds an epoch", x=0.015, ha="left", fontsize=14, fontweight="bold")
    panels = figure.subplots(lines, columns, squeeze=False, sharey=True)
    for axes, (name, rows) in zip(panels.flat, groups.items(), strict=False):
        _panel(axes, rows, names, baseline)
        axes.set_title(f"{_title(name)}\nbatch {rows.iloc[0]['batch']}", fontsize=10.5)
    for axes in panels.flat[len(groups) :]:
        axes.set_visible(False)
    repeats = " to ".join(str(n) for n in sorted({table["repeats"].min(), table["repeats"].max()}))
    notes = [f"bar: median of {repeats} repeats; line: quartiles; less is better"]
    if baseline is not None:
        notes.append(f"×: median of {baseline} divided by the bar's")
    figure.supxlabel("\n".join(notes), x=0.015, ha="left", fontsize=9.5)
    return figure


def _panel(axes: Axes, rows: pd.DataFrame, names: Sequence[str], baseline: str | None) -> None:
    """The bars of one network; who did not take part has a line of its own all the same."""
    slowest = float(rows["seconds_q3"].max())
    for place, contender in enumerate(names):
        if contender not in rows.index:
            axes.text(0.02 * slowest, place, "not timed", va="center", fontsize="small", color=style.muted())
            continue
        row = rows.loc[contender]
        seconds = float(row["seconds_an_epoch"])
        colour = {"relecture": style.colour(0), baseline: style.colour(1)}.get(
            contender, style.tint(style.muted(), 0.6)
        )
        spread = [[seconds - row["seconds_q1"]], [row["seconds_q3"] - seconds]]
        axes.barh(place, seconds, xerr=spread, color=colour, error_kw={"ecolor": style.text_colour()})
        label = f"{seconds:#.2g}".rstrip(".") + " s"
        if baseline in rows.index:
            label += f", {rows.loc[baseline, 'seconds_an_epoch'] / seconds:.1f}×"
        axes.text(row["seconds_q3"] + 0.03 * slowest, place, label, va="center", fontsize="small")
    axes.set_xlim(0, 1.5 * slowest)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.grid(visible=False, axis="y")


def _title(name: str) -> str:
    """A network by its data and layers, whatever it is called."""
    network = networks().get(name)
    if network is None:
        return name
    data, inputs = _DATA[network.dataset]
    layers = "-".join(map(str, [inputs, *network.hidden, CLASSES]))
    return f"{data}, {'convolutional network' if network.convolutional else layers}"


def _column(entry: Entry, name: str) -> np.ndarray:
    return np.array([reply[name] for reply in entry.replies])


def _optional(row: pd.Series, column: str, form: str) -> str:
    value = row.get(column, np.nan)
    return "–" if pd.isna(value) else format(value, form)


def _processor() -> str:
    from experiments.environment import describe_environment

    facts = describe_environment()
    return f"{facts['processor']}, {facts['cores']} cores, Python {platform.python_version()}"
