"""How many threads a trial computes on: one, unless the variable RELECTURE_THREADS says another number.

A sum split over two threads is rounded otherwise than a sum on one, so the same trial gives other last bits, and after
some hundred updates other digits. On one thread it gives the same whatever the number of cores, in this process, in a
worker or on a cluster. That also is the fastest way to use the cores, for trials side by side do not wait for one
another: there are more trials than cores, and these networks are small.
"""

import os
import sys

from experiments.problems import ConfigError, Problem

VARIABLE = "RELECTURE_THREADS"

_LIBRARIES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NPROC")
"""Read by scikit-learn's and NumPy's libraries, and (NPROC) by JAX on CPUs."""


def threads() -> int:
    """The number of threads.

    Raises:
        ConfigError: the variable holds no positive integer.
    """
    number = os.environ.get(VARIABLE, "1")
    if not (number.isascii() and number.isdecimal() and int(number) > 0):
        raise ConfigError([Problem("environment", None, VARIABLE, f"expected a positive integer, got {number!r}")])
    return int(number)


def environment(number: int | None = None) -> dict[str, str]:
    """The variables that a process has to start with to compute on so many threads; None: on as many as this one."""
    number = number or threads()
    return {VARIABLE: str(number), **dict.fromkeys(_LIBRARIES, str(number))}


def limit_libraries() -> None:
    """Hold what computes beside the backend to the same number of threads, in this process, from now on."""
    os.environ.update(environment())
    if "numpy" in sys.modules:  # its library is loaded and no longer reads the environment
        from threadpoolctl import threadpool_limits

        threadpool_limits(limits=threads())


def cores() -> int:
    """Cores that this process may use, by its affinity and its container's limit."""
    from joblib.externals.loky import cpu_count

    return int(cpu_count())


def trials_at_once() -> int:
    """Trials that the cores can compute at once: at least one."""
    return max(1, cores() // threads())
