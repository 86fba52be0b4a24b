"""One contender in a process of its own, told over standard input what to do: see `serve`.

Its peak memory is then its own, its threads and its library's settings too, and idle it takes no processor time.
"""

import argparse
import importlib
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

CONTENDERS: dict[str, tuple[str, str, str]] = {
    "relecture": ("by_keras", "Ours", "tensorflow"),
    "Keras fit": ("by_keras", "Fit", "tensorflow"),
    "Keras fit, 50 steps, jit": ("by_keras", "FitManySteps", "tensorflow"),
    "PyTorch": ("by_torch", "Torch", ""),
    "JAX": ("by_jax", "Jax", ""),
    "NumPy": ("by_numpy", "NumPy", ""),
    "scikit-learn": ("by_numpy", "ScikitLearn", ""),
    "relecture, JAX": ("by_keras", "Ours", "jax"),
    "relecture, JAX, 32 at once": ("by_keras", "OursTogether", "jax"),
    "Keras fit, JAX": ("by_keras", "Fit", "jax"),
}
"""Name: module, class, Keras backend."""


def can_train(contender: str, *, convolutional: bool, hidden: bool, dropout: bool) -> bool:
    """Whether a contender has what a network needs: scikit-learn no dropout, hand-written NumPy no convolutions."""
    if contender == "scikit-learn":
        return hidden and not convolutional and not dropout
    return not (contender == "NumPy" and convolutional)


def serve(arguments: argparse.Namespace, answer: Any) -> None:
    """Build the contender, train once to compile, then obey: a line with a seed is a training to time."""
    from benchmarks.contest.networks import load_data, networks

    network = networks()[arguments.network]
    data = load_data(network, arguments.cache, arguments.examples)
    loaded = _peak_memory()
    started = time.perf_counter()
    module, kind, backend = CONTENDERS[arguments.contender]
    if backend:
        os.environ["KERAS_BACKEND"] = backend
    if kind.startswith("Ours"):
        import experiments.backend  # noqa: F401 - quiet and deterministic before Keras is imported
    contender = getattr(importlib.import_module(f"benchmarks.contest.{module}"), kind)(network, data, arguments.epochs)
    imported = time.perf_counter()
    contender.train(0)
    contender.accuracy()
    compiled = time.perf_counter()
    ready = {
        "engine": contender.engine,
        "networks": contender.networks,
        "device": _device(module, backend),
        "import_s": imported - started,
        "first_training_s": compiled - imported,
        "loaded_mib": loaded,
    }
    print(json.dumps(ready), file=answer, flush=True)
    for line in sys.stdin:
        seed = int(line)
        seconds = contender.train(seed) / arguments.epochs / contender.networks
        reply = {"seed": seed, "seconds": seconds, "accuracy": contender.accuracy(), "peak_mib": _peak_memory()}
        print(json.dumps(reply), file=answer, flush=True)


def measure_peak(answer: Any, size: int) -> None:
    """Obey with the best speed of a float32 matrix product, GFLOP/s: the roof that every contender is held against."""
    import numpy as np

    multiply = _product(np, size)
    multiply()
    print(json.dumps({"device": "cpu"}), file=answer, flush=True)
    for _ in sys.stdin:
        times = []
        for _ in range(5):
            started = time.perf_counter()
            multiply()
            times.append(time.perf_counter() - started)
        print(json.dumps({"gflops": 2 * size**3 / min(times) / 1e9}), file=answer, flush=True)


def _product(np: Any, size: int) -> Any:
    """A product of two square matrices: by NumPy, or by JAX where it has an accelerator."""
    a = np.random.default_rng(0).random((size, size), dtype=np.float32)
    if os.environ.get("RELECTURE_BENCH_GPU"):
        import jax

        on_device, product = jax.numpy.asarray(a), jax.jit(lambda x: x @ x)
        return lambda: jax.block_until_ready(product(on_device))
    return lambda: a @ a


def _device(module: str, backend: str) -> str:
    if module == "by_jax" or backend == "jax":
        import jax

        return str(jax.devices()[0].device_kind)
    if module == "by_torch":
        import torch

        return torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"
    return "cpu" if module == "by_numpy" else _tensorflow_device()


def _tensorflow_device() -> str:
    import tensorflow as tf

    return "gpu" if tf.config.list_physical_devices("GPU") else "cpu"


def _peak_memory() -> float:
    """Most memory that this process has held so far, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contender", required=True, help="a contender's name, or 'peak'")
    parser.add_argument("--network", default="")
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--examples", type=int)
    parser.add_argument("--size", type=int, default=2048, help="of the matrices whose product is timed")
    arguments = parser.parse_args()
    # Libraries talk on standard output; the answers get a channel of their own, under which nothing else is written.
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    if arguments.contender == "peak":
        measure_peak(answer, arguments.size)
    else:
        serve(arguments, answer)


if __name__ == "__main__":
    main()
