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
from contextlib import suppress
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
        loss, right = contender.log[-1]
        reply = {"seed": seed, "seconds": seconds, "train_loss": loss, "train_accuracy": right}
        reply |= {"accuracy": contender.accuracy(), "peak_mib": _peak_memory()}
        print(json.dumps(reply), file=answer, flush=True)


def measure_peak(answer: Any, size: int, network_name: str) -> None:
    """Obey with speeds of float32 matrix products, GFLOP/s: the roofs that every contender is held against.

    `gflops`: of two large square matrices, the machine's best. `own_gflops`: of the very products that the network's
    updates are made of, whose small batches no library multiplies as fast; absent for convolutions. Each is the best
    of the libraries at hand: NumPy's, PyTorch's, on an accelerator JAX's.
    """
    import numpy as np

    from benchmarks.contest.networks import matrix_products, networks

    network, features = networks()[network_name], {"mnist": 784, "cifar10": 3072}
    shapes = [] if network.convolutional else matrix_products(network, features[network.dataset])
    squares, owns = _products(np, [(size, size, size)]), _products(np, shapes)
    print(json.dumps({"device": "cpu"}), file=answer, flush=True)
    for _ in sys.stdin:
        speeds = {"gflops": 2 * size**3 / min(_fastest(work, 5) for work in squares) / 1e9}
        if shapes:
            operations = 2 * sum(m * k * n for m, k, n in shapes)
            speeds["own_gflops"] = operations / min(_fastest(work, 50) for work in owns) / 1e9
        print(json.dumps(speeds), file=answer, flush=True)


def _fastest(work: Any, repeats: int) -> float:
    work()
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def _products(np: Any, shapes: list[tuple[int, int, int]]) -> list[Any]:
    """Products of matrices of some shapes, one after another, by each library; by JAX alone where a GPU is raced on."""
    rng = np.random.default_rng(0)
    pairs = [(rng.random((m, k), dtype=np.float32), rng.random((k, n), dtype=np.float32)) for m, k, n in shapes]
    if os.environ.get("RELECTURE_BENCH_GPU"):
        import jax

        on_device, product = jax.tree.map(jax.numpy.asarray, pairs), jax.jit(lambda a, b: a @ b)
        return [lambda: jax.block_until_ready([product(a, b) for a, b in on_device])]
    works: list[Any] = [lambda: [a @ b for a, b in pairs]]
    with suppress(ImportError):
        import torch

        tensors = [(torch.from_numpy(a), torch.from_numpy(b)) for a, b in pairs]
        works.append(lambda: [a @ b for a, b in tensors])
    return works


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
    """Most memory that this process has held so far, MiB.

    Linux's `ru_maxrss` starts at what the process that started this one held, which has loaded the data too.
    """
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
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
        measure_peak(answer, arguments.size, arguments.network)
    else:
        serve(arguments, answer)


if __name__ == "__main__":
    main()
