"""How a folder comes to its final name: written under a private one, flushed to the disk, renamed.

A private name tells which process of which machine writes there, so that the next run can take away what a killed one
left.
"""

import hashlib
import os
import platform
import shutil
import time
import uuid
from pathlib import Path

_MARK = ".writing-"


def private(folder: Path) -> Path:
    """A new name in a folder that tells this process: node and number."""
    return folder / f"{_MARK}{platform.node()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"


def remove_abandoned(folders: Path, pattern: str) -> int:
    """Delete private folders whose writers are gone; returns how many.

    Args:
        folders: where to look.
        pattern: of the folders that may hold private ones, such as `*`.
    """
    removed = 0
    for folder in folders.glob(f"{pattern}/{_MARK}*"):
        if _abandoned(folder):
            shutil.rmtree(folder, ignore_errors=True)
            removed += 1
    return removed


def flush(folder: Path) -> None:
    """Have a folder's files on the disk before a rename makes them final."""
    for path in (*folder.iterdir(), folder):
        sync(path)


def sync(path: Path) -> None:
    """Have one file, or the names that a folder holds, on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sum_of(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _abandoned(folder: Path) -> bool:
    """Whether the process that was writing is gone. One on another machine is taken to be alive for a day."""
    node, _, pid = folder.name.removeprefix(_MARK).rpartition("-")[0].rpartition("-")
    try:
        if node != platform.node():
            return time.time() - folder.stat().st_mtime > 86_400
        os.kill(int(pid), 0)
    except (ProcessLookupError, FileNotFoundError):
        return True
    except (OSError, ValueError, OverflowError):
        return False
    return False
