"""Where the seconds of a short training go: `relecture run` with one seed, in parts, with and without XLA's own cache.

    python benchmarks/startup.py                 # into results/bench/startup.csv: two minutes on two cores

Each repeat is a process of its own that trains each variant of a config with one seed, data at hand, nothing kept from
before. The parts: imports are timed in processes that do nothing else; preparing, epochs and predicting come from the
trials' records; tracing and compiling is what the first epoch takes beyond the others; the rest is mostly figures
and tables. The second row of each config gives XLA a folder to keep compiled programs in, filled beforehand.
Medians. Close other programs first.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from rich.console import Console

ROOT = Path(__file__).parents[1]
CONFIGS = {"mnist_perceptron": "1 seed", "mnist_mlp": "3 variants, 1 seed each"}
PARTS = (
    "command line, imports",
    "Keras and TensorFlow, imports",
    "data",
    "tracing and compiling",
    "epochs",
    "predicting",
    "figures, tables, rest",
)


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--cache", type=Path, default=ROOT / ".data", help="folder of fetched data")
    parser.add_argument("--out", type=Path, default=ROOT / "results" / "bench" / "startup.csv")
    return parser.parse_args(arguments)


def main() -> None:
    """Time, print and write."""
    chosen, console = parse(), Console()
    measured = []
    with TemporaryDirectory() as folder:
        programs = {"": "", ", XLA's cache on disk": f"--tf_xla_persistent_cache_directory={folder}/xla"}
        for config, trials in CONFIGS.items():
            for kept in programs.values():  # the first runs read programs from disk, and fill XLA's folder
                one_run(config, chosen.cache, Path(folder), kept)
            for _ in range(chosen.repeats):  # in turns, so that a slow minute is everybody's
                for words, kept in programs.items():
                    run = one_run(config, chosen.cache, Path(folder), kept)
                    measured.append({"training": f"{config}, {trials}{words}", **run})
                    console.print(measured[-1], style="dim")
    runs = pd.DataFrame(measured).groupby("training", sort=False)
    table = runs.median().round(2).assign(quartiles=_quartiles(runs["whole"]), repeats=chosen.repeats).reset_index()
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(chosen.out, index=False)
    console.print(table.to_string(index=False))


def one_run(config: str, cache: Path, folder: Path, xla: str) -> dict[str, float]:
    """Seconds of a run and of its parts."""
    results = folder / "results"
    shutil.rmtree(results, ignore_errors=True)
    light = timed("import experiments.cli")
    heavy = timed("import experiments.cli, experiments.backend")
    words = ["run", config, "--seeds", "1", "--results", str(results), "--cache", str(cache)]
    whole = timed("from experiments.cli import main; main()", *words, xla=xla)
    data = fit = steady = predict = 0.0
    for record in results.rglob("environment.json"):
        seconds = json.loads(record.read_text(encoding="utf-8"))["seconds"]
        epochs = pd.read_csv(record.with_name("history.csv"))["seconds"]
        data, fit, predict = data + seconds["prepare"], fit + seconds["fit"], predict + seconds["predict"]
        steady += float(epochs[1:].median()) * len(epochs)
    rest = whole - heavy - data - fit - predict
    parts = [light, heavy - light, data, fit - steady, steady, predict, rest]
    return dict(zip(PARTS, parts, strict=True)) | {"whole": whole}


def timed(code: str, *words: str, xla: str = "") -> float:
    """Seconds from a process's start to its end."""
    began = time.perf_counter()
    subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", code, *words],
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "TF_XLA_FLAGS": xla},
    )
    return time.perf_counter() - began


def _quartiles(seconds: "pd.api.typing.SeriesGroupBy") -> "pd.Series[str]":
    return seconds.agg(lambda s: f"{s.quantile(0.25):.2f}–{s.quantile(0.75):.2f}")


if __name__ == "__main__":
    main()
