"""How many trials run at once on this machine where nobody says."""

from pathlib import Path

from experiments.memory import GIB, memory_limit
from experiments.threads import trials_at_once

WORKER_BYTES = 2 * GIB
"""Memory that a worker may need for itself and an image dataset."""

DEVICES = Path("/dev")
"""Where Linux shows devices."""

ACCELERATORS = ("nvidia[0-9]*", "kfd", "accel[0-9]*")
"""What Linux calls the devices of NVIDIA, of AMD, and TPUs."""


def accelerator() -> Path | None:
    """An accelerator of this machine; whether the backend can use it, only importing the backend would tell."""
    return next((device for name in ACCELERATORS for device in DEVICES.glob(name)), None)


def most_workers() -> int:
    """As many as cores and memory have place for; one where there is an accelerator, which one process uses alone."""
    if accelerator() is not None:
        return 1
    return max(1, int(min(trials_at_once(), memory_limit() / WORKER_BYTES)))
