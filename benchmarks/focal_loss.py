"""Focal loss, forward and backward, from logits: this suite's against Keras's, in time and in accuracy.

    python benchmarks/focal_loss.py                        # TensorFlow
    KERAS_BACKEND=jax python benchmarks/focal_loss.py      # JAX
    python benchmarks/focal_loss.py --out results/bench/focal_loss.csv

One call is the mean loss of a batch and its gradient with respect to the logits, compiled by XLA. The candidates take
turns, so that a busy machine slows all of them alike. Accuracy is judged against float64 on logits spread evenly over
+-30, half of the labels being the largest logit: |a - b| / |b|, over gradient entries above 1e-30 for the reference.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
from rich.console import Console
from rich.table import Table

from losses import focal_crossentropy

Call = Callable[[], tuple[np.ndarray, np.ndarray]]


def make_batch(n: int, classes: int, spread: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return logits and class indices: every other label is the largest logit, an easy example."""
    rng = np.random.default_rng(seed)
    logits = rng.uniform(-spread, spread, (n, classes)).astype("float32")
    labels = rng.integers(0, classes, n)
    labels[::2] = logits[::2].argmax(axis=1)
    return logits, labels.astype("int32")


def reference(logits: np.ndarray, labels: np.ndarray, gamma: float) -> tuple[np.ndarray, np.ndarray]:
    """Return each example's loss, and the gradient of their mean, in float64 and without cancellation."""
    rows = np.arange(len(labels))
    x = logits.astype("float64")
    e = np.exp(x - x.max(axis=1, keepdims=True))
    true = e[rows, labels]
    e[rows, labels] = 0
    rest = e.sum(axis=1)  # summed without the true class, not total minus true
    p, q, log_p = true / (true + rest), rest / (true + rest), -np.log1p(rest / true)
    slope = -(q**gamma) + gamma * p * log_p * q ** (gamma - 1)
    gradient = -(e / (true + rest)[:, None]) * slope[:, None]
    gradient[rows, labels] = slope * q
    return -(q**gamma) * log_p, gradient / len(labels)


def compile_call(loss: Callable[[Any, Any], Any], labels: np.ndarray, logits: np.ndarray) -> Call:
    """Return a call that runs each example's loss and the gradient of their mean, and waits for both."""
    if keras.config.backend() == "jax":
        import jax

        def total(x: Any, y: Any) -> tuple[Any, Any]:
            each = loss(y, x)
            return keras.ops.mean(each), each

        run = jax.jit(jax.grad(total, has_aux=True))
        x, y = jax.numpy.asarray(logits), jax.numpy.asarray(labels)

        def call() -> Any:
            return jax.block_until_ready(run(x, y))

        return lambda: call()[::-1]
    import tensorflow as tf

    x, y = tf.constant(logits), tf.constant(labels)

    @tf.function(jit_compile=True)
    def step(x: Any, y: Any) -> tuple[Any, Any]:
        with tf.GradientTape() as tape:
            tape.watch(x)
            each = loss(y, x)
            mean = tf.reduce_mean(each)
        return each, tape.gradient(mean, x)

    def call_tensorflow() -> Any:
        each, gradient = step(x, y)
        each.numpy()  # a TensorFlow call returns before it has run
        return each, gradient

    return call_tensorflow


def candidates(logits: np.ndarray, labels: np.ndarray, gamma: float) -> dict[str, Call]:
    """Return the calls by name; one-hot labels for both, and the indices that only ours takes."""
    one_hot = np.eye(logits.shape[1], dtype="float32")[labels]

    def theirs(y: Any, x: Any) -> Any:
        return keras.losses.categorical_focal_crossentropy(y, x, alpha=1.0, gamma=gamma, from_logits=True)

    def ours(y: Any, x: Any) -> Any:
        return focal_crossentropy(y, x, gamma=gamma, from_logits=True)

    return {
        "Keras, one-hot": compile_call(theirs, one_hot, logits),
        "relecture, one-hot": compile_call(ours, one_hot, logits),
        "relecture, indices": compile_call(ours, labels, logits),
    }


def relative_error(value: Any, exact: np.ndarray) -> np.ndarray:
    """Return |value - exact| / |exact| where float32 has all its digits."""
    value = np.asarray(value, "float64")
    kept = np.abs(exact) > 1e-30
    return np.abs(value[kept] - exact[kept]) / np.abs(exact[kept])


def measure(calls: dict[str, Call], repeats: int) -> dict[str, np.ndarray]:
    """Return seconds a call for each candidate, taken in turns."""
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(repeats):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            seconds[name].append(time.perf_counter() - start)
    return {name: np.array(values) for name, values in seconds.items()}


def main() -> None:
    """Measure, print, and write a CSV where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=4096)
    parser.add_argument("--classes", type=int, default=1000)
    parser.add_argument("--gamma", type=float, default=2.0)
    parser.add_argument("--spread", type=float, default=30.0, help="logits lie in [-spread, spread]")
    parser.add_argument("--repeats", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="also write a CSV here")
    arguments = parser.parse_args()

    logits, labels = make_batch(arguments.examples, arguments.classes, arguments.spread, arguments.seed)
    value, gradient = reference(logits, labels, arguments.gamma)
    calls = candidates(logits, labels, arguments.gamma)
    errors = {}
    for name, call in calls.items():  # the first call compiles
        each, slope = call()
        errors[name] = (relative_error(each, value), relative_error(slope, gradient))
    seconds = measure(calls, arguments.repeats)

    baseline = np.median(seconds["Keras, one-hot"])
    rows = [
        {
            "backend": keras.config.backend(),
            "loss": name,
            "median_ms": 1e3 * np.median(s),
            "p25_ms": 1e3 * np.percentile(s, 25),
            "p75_ms": 1e3 * np.percentile(s, 75),
            "min_ms": 1e3 * s.min(),
            "speedup": baseline / np.median(s),
            "value_median_error": np.median(errors[name][0]),
            "value_max_error": errors[name][0].max(),
            "gradient_median_error": np.median(errors[name][1]),
            "gradient_max_error": errors[name][1].max(),
        }
        for name, s in seconds.items()
    ]
    show(rows, arguments)
    if arguments.out:
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        with arguments.out.open("w", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows({k: f"{v:.6g}" if isinstance(v, float) else v for k, v in row.items()} for row in rows)


def show(rows: list[dict[str, Any]], arguments: argparse.Namespace) -> None:
    """Print the table."""
    table = Table(
        title=f"Focal loss forward and backward, {arguments.examples} x {arguments.classes} float32, "
        f"gamma {arguments.gamma:g}, {arguments.repeats} repeats, {rows[0]['backend']}"
    )
    for heading in ("loss", "median ms", "quartiles", "speed", "value error med / max", "gradient error med / max"):
        table.add_column(heading, justify="left" if heading == "loss" else "right")
    for row in rows:
        table.add_row(
            row["loss"],
            f"{row['median_ms']:.1f}",
            f"{row['p25_ms']:.1f}-{row['p75_ms']:.1f}",
            f"{row['speedup']:.2f}x",
            f"{row['value_median_error']:.0e} / {row['value_max_error']:.0e}",
            f"{row['gradient_median_error']:.0e} / {row['gradient_max_error']:.0e}",
        )
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
