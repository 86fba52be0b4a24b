"""Where and with what a trial ran: versions, device, commit."""

import os
import platform
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from experiments import NUMERICS_VERSION, __version__

PACKAGES = ("keras", "tensorflow", "jax", "numpy", "scikit-learn", "pandas", "matplotlib")


def describe_environment() -> dict[str, Any]:
    """Versions, processor, commit; nothing that names the machine or a folder of it."""
    commit, dirty = _git_state()
    return {
        "relecture": __version__,
        "relecture_numerics": NUMERICS_VERSION,
        "commit": commit,
        "dirty": dirty,
        "python": platform.python_version(),
        "packages": {name: v for name in PACKAGES if (v := _version(name))},
        "backend": os.environ.get("KERAS_BACKEND", "tensorflow"),
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "cores": os.cpu_count(),
        "determinism": "same seed, machine and versions give the same bits; other machines or backends need not",
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


@cache
def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


@cache
def _git_state() -> tuple[str | None, bool | None]:
    """The commit of the checkout and whether files differ from it; (None, None) outside a checkout.

    Generated results do not count: a run must not call its own tree dirty.
    """
    checkout = Path(__file__).resolve().parents[1]
    git = ["git", "-C", str(checkout)]
    try:
        commit = subprocess.run(  # noqa: S603
            [*git, "rev-parse", "HEAD"], capture_output=True, text=True, timeout=10, check=True
        ).stdout.strip()
        status = subprocess.run(  # noqa: S603
            [*git, "status", "--porcelain", "--", ":!results"], capture_output=True, text=True, timeout=30, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None, None
    return commit, bool(status.strip())
