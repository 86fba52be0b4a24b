"""How a file or folder comes to its final name: written under a private one, flushed to the disk, renamed.

A private name tells which process of which machine writes there, so that whoever writes beside it next can take away
what a killed one left.
"""

import hashlib
import os
import platform
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from experiments.problems import RecordError

_MARK = ".writing-"


def private(folder: Path) -> Path:
    """A new name in a folder that tells this process: node and number."""
    return folder / f"{_MARK}{platform.node()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"


def place_file(path: Path, fill: Callable[[Path], object]) -> None:
    """Have a file written whole, or leave what lies there as it was.

    What killed processes left in its folder is taken away. A link keeps its name, a file its permissions.

    Args:
        path: the file; folders that lead to it are made.
        fill: writes the file at the path that it is given.

    Raises:
        RecordError: the file cannot be written.
    """
    final = Path(os.path.realpath(path))
    try:
        if final.exists() and not final.is_file():
            raise RecordError(f"cannot write {path}: a {'folder' if final.is_dir() else 'device'} lies in its place")
        final.parent.mkdir(parents=True, exist_ok=True)
        remove_abandoned(final.parent)
        temporary = private(final.parent)
        try:
            fill(temporary)
            if final.exists():
                shutil.copymode(final, temporary)
            sync(temporary)
            temporary.replace(final)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise RecordError(f"cannot write {path}: {error.strerror or error}") from error


@contextmanager
def placed_folder(folder: Path) -> Iterator[Path]:
    """A new folder to fill, which then takes the place of another as a whole; if anything fails, that one stays.

    Only `kill -9` and the like between two renames leave none. What killed processes left is taken away.

    Raises:
        RecordError: the folder cannot be written.
    """
    final = Path(os.path.realpath(folder))
    fresh, old = private(final.parent), private(final.parent)
    try:
        try:
            remove_abandoned(final.parent)
            fresh.mkdir(parents=True)
            yield fresh
            flush(fresh)
            if final.exists():
                final.rename(old)
            fresh.rename(final)
        finally:
            if old.exists() and not final.exists():  # ended between the two
                old.rename(final)
            for left in (fresh, old):
                shutil.rmtree(left, ignore_errors=True)
    except OSError as error:
        raise RecordError(f"cannot write {folder}: {error.strerror or error}") from error


def remove_abandoned(folder: Path) -> int:
    """Delete what lies in a folder under the private names of writers that are gone; returns how many."""
    removed = 0
    for path in folder.glob(f"{_MARK}*"):
        if _abandoned(path):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                with suppress(OSError):  # another user's
                    path.unlink()
            removed += 1
    return removed


def flush(folder: Path) -> None:
    """Have all that a folder holds on the disk before a rename makes it final."""
    for path in (*folder.rglob("*"), folder):
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


def _abandoned(path: Path) -> bool:
    """Whether the process that was writing is gone. One on another machine is taken to be alive for a day."""
    node, _, pid = path.name.removeprefix(_MARK).rpartition("-")[0].rpartition("-")
    try:
        if node != platform.node():
            return time.time() - path.stat().st_mtime > 86_400
        os.kill(int(pid), 0)
    except (ProcessLookupError, FileNotFoundError):
        return True
    except (OSError, ValueError, OverflowError):
        return False
    return False
