"""How many threads a process computes with: said before the backend starts, for it cannot be changed afterwards.

A sum split over two threads is rounded otherwise than a sum on one, so the same trial gives other last bits. Trials of
a sweep run wherever there is room (in process, in workers, on a cluster), and must be the same everywhere: each of
them computes on one thread. That also is the fastest way to use the cores: trials side by side need no waiting for
one another.
"""

import os
import sys

SWEEP_THREADS = 1

_LIBRARIES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NPROC")
"""Read by scikit-learn's and NumPy's libraries, and (NPROC) by JAX on CPUs."""


def environment(threads: int = SWEEP_THREADS) -> dict[str, str]:
    """The variables that a process has to start with to compute on so many threads."""
    return {"RELECTURE_THREADS": str(threads), **dict.fromkeys(_LIBRARIES, str(threads))}


def fix_threads(threads: int = SWEEP_THREADS) -> None:
    """Compute on so many threads from now on, in this process.

    Raises:
        RuntimeError: the backend has been started with another number.
    """
    started = sys.modules.get("experiments.backend")
    running = None if started is None else started.THREADS
    if started is not None and running != threads:
        raise RuntimeError(
            f"expected a process whose backend computes on {threads} thread, got one already started with "
            f"{running or 'every core'}; start it with RELECTURE_THREADS={threads}"
        )
    os.environ.update(environment(threads))
    if "numpy" in sys.modules:  # its library is loaded and no longer reads the environment
        from threadpoolctl import threadpool_limits

        threadpool_limits(limits=threads)
