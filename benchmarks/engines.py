"""Training engines side by side: this suite's, plain Keras, PyTorch, JAX, NumPy, scikit-learn, on MNIST and CIFAR-10.

    python benchmarks/engines.py                              # everything, into results/bench: an hour on two cores
    python benchmarks/engines.py --networks 784-10            # one network; the others' rows in results/bench stay
    python benchmarks/engines.py --quick                      # does it work? small networks, few examples
    python benchmarks/engines.py --networks 784-10 --contenders relecture "Keras fit" --repeats 9
    python benchmarks/engines.py --gpu                        # JAX with a GPU: one network, and 32 at once by vmap

Needs the extra `bench` (JAX, PyTorch). Contenders take turns, repeat by repeat, each in a process of its own; see
`contest/networks.py` for what exactly is trained, `contest/by_*.py` for the contenders. Close other programs first.
"""

import argparse
import os
import sys
from pathlib import Path

import pandas as pd
from rich.console import Console

sys.path.insert(0, str(Path(__file__).parents[1]))  # the benchmarks are no installed package

from benchmarks.contest import report
from benchmarks.contest.networks import ROOT, load_data, networks
from benchmarks.contest.race import race
from benchmarks.contest.worker import CONTENDERS, can_train

ON_CPU = [name for name in CONTENDERS if "JAX," not in name and not name.endswith(", JAX")]
ON_GPU = ["relecture, JAX", "relecture, JAX, 32 at once", "Keras fit, JAX", "JAX", "PyTorch"]
QUICK_NETWORKS = ["784-10", "784-64-64-64-10"]
QUICK_EXAMPLES = 5_000


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--networks", nargs="+", choices=list(networks()), help="default: all")
    parser.add_argument("--contenders", nargs="+", choices=list(CONTENDERS), help="default: all that run here")
    parser.add_argument("--repeats", type=int, default=5, help="trainings of each contender; the seeds are 0, 1, ...")
    parser.add_argument("--epochs", type=int, help="epochs a training; default: by network")
    parser.add_argument("--examples", type=int, help="training examples; default: all (10,000 for cifar10_cnn)")
    parser.add_argument("--gpu", action="store_true", help="the contenders that use a GPU; files end in _gpu")
    parser.add_argument("--quick", action="store_true", help="two small networks, 5,000 examples, 2 repeats of 1 epoch")
    parser.add_argument("--cache", type=Path, default=ROOT / ".data", help="folder of fetched data")
    parser.add_argument("--out", type=Path, default=ROOT / "results" / "bench")
    chosen = parser.parse_args(arguments)
    if chosen.repeats < 1:
        parser.error("--repeats: expected at least 1")
    if chosen.quick:
        chosen.networks = chosen.networks or QUICK_NETWORKS
        chosen.examples = chosen.examples or QUICK_EXAMPLES
        chosen.epochs, chosen.repeats = chosen.epochs or 1, min(chosen.repeats, 2)
    return chosen


def main() -> None:
    """Race, print and write."""
    chosen, console = parse(), Console()
    if chosen.gpu:
        os.environ["RELECTURE_BENCH_GPU"] = "1"
        os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")  # the processes share the GPU's memory
    stem = "engines" + ("_gpu" if chosen.gpu else "") + ("_quick" if chosen.quick else "")
    command = f"python benchmarks/engines.py{' --gpu' if chosen.gpu else ''}{' --quick' if chosen.quick else ''}"
    asked = chosen.networks or list(networks())
    tables = report.earlier(chosen.out / f"{stem}.csv", [name for name in networks() if name not in asked])
    measured = False
    for name in asked:
        network = networks()[name]
        kind = {"convolutional": network.convolutional, "hidden": bool(network.hidden), "dropout": network.dropout > 0}
        contenders = [c for c in chosen.contenders or (ON_GPU if chosen.gpu else ON_CPU) if can_train(c, **kind)]
        examples = len(load_data(network, chosen.cache, chosen.examples).x)  # fetched here once, if need be
        entries, peaks = race(
            network,
            contenders,
            cache=chosen.cache,
            repeats=chosen.repeats,
            epochs=chosen.epochs or network.epochs,
            examples=chosen.examples,
            say=lambda text: console.print(text, style="dim", markup=False, highlight=False),
        )
        if entries:
            tables[name] = report.tabulate(entries, peaks, examples)
            measured = True
            report.write(_in_order(tables), chosen.out, stem, command)  # what is measured is kept if the rest breaks
    if not measured:
        sys.exit("no contender could be timed")
    console.print(report.markdown(_in_order(tables), command), markup=False, highlight=False, soft_wrap=True)
    console.print(f"written: {chosen.out / stem}.csv, .md, .png, .pdf")


def _in_order(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([tables[name] for name in networks() if name in tables])


if __name__ == "__main__":
    main()
