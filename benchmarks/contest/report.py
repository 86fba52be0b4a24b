"""Entries of the race -> CSV, Markdown and a bar chart."""

import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from benchmarks.contest.networks import operations
from benchmarks.contest.race import Entry, Reply
from experiments.figures import saving, style

BASELINES = ("Keras fit", "Keras fit, JAX")
"""What ratios and accuracy differences refer to: the first of these that took part."""


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
        "included. Peak: the share of the speed of matrix products of 2048 x 2048 float32, measured between the "
        "repeats; own products: the share of the speed at which NumPy does nothing but the matrix products of this "
        "network's updates, at their own shapes. MiB: the most memory a process held, its libraries and the data "
        "included. Accuracy: mean over repeats (seeds) after the epochs given, and its difference to plain `fit`, "
        "paired by seed, with the standard deviation of the differences.",
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
    """Seconds an epoch, a panel for each network; a bar's label is how much faster than `fit` it is."""
    groups = list(table.groupby("network", sort=False))
    columns = min(3, len(groups))
    lines = -(-len(groups) // columns)
    longest = max(len(rows) for _, rows in groups)
    figure = Figure(figsize=(4.6 * columns, lines * (1.1 + 0.34 * longest)), layout="constrained")
    names = list(dict.fromkeys(table["contender"]))
    for axes, (name, rows) in zip(np.ravel(figure.subplots(lines, columns, squeeze=False)), groups, strict=False):
        places = np.arange(len(rows))
        seconds = rows["seconds_an_epoch"].to_numpy()
        spread = np.abs(rows[["seconds_q1", "seconds_q3"]].to_numpy() - seconds[:, None]).T
        colours = [style.colour(names.index(contender)) for contender in rows["contender"]]
        bars = axes.barh(places, seconds, xerr=spread, color=colours, error_kw={"ecolor": style.muted()})
        labels = [f"{s:.2g} s" for s in seconds]
        if "times_faster_than_fit" in rows:
            labels = [
                f"{label}, {ratio:.1f}×" for label, ratio in zip(labels, rows["times_faster_than_fit"], strict=True)
            ]
        axes.bar_label(bars, labels, padding=6, fontsize="small")
        axes.set_xlim(0, 1.45 * float(rows["seconds_q3"].max()))
        axes.set_yticks(places, rows["contender"])
        axes.invert_yaxis()
        axes.grid(visible=False, axis="y")
        axes.set_title(f"{name}, batch {rows.iloc[0]['batch']}")
        axes.set_xlabel("seconds an epoch")
    for axes in figure.axes[len(groups) :]:
        axes.set_visible(False)
    return figure


def _column(entry: Entry, name: str) -> np.ndarray:
    return np.array([reply[name] for reply in entry.replies])


def _optional(row: pd.Series, column: str, form: str) -> str:
    value = row.get(column, np.nan)
    return "–" if pd.isna(value) else format(value, form)


def _processor() -> str:
    from experiments.environment import describe_environment

    facts = describe_environment()
    return f"{facts['processor']}, {facts['cores']} cores, Python {platform.python_version()}"
