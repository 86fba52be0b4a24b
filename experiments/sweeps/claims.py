"""Who runs which trial, and who writes to the journal: locks that vanish with their owner, however it ends.

The kernel holds a lock (`flock`), not the file's existence: after `kill -9` or a crash it is free at once. On a
folder shared by NFS (version 4) it reaches across machines, and is free when a dead machine's lease has run out.
"""

import contextlib
import os
from pathlib import Path

from filelock import FileLock, Timeout

from experiments.records import Trial


class JournalLock:
    """Lock of Optuna's journal, in place of its own, which is a file: a dead owner's blocks for half a minute.

    Whoever gets it finds the journal whole. May be held several times over by the same process.
    """

    def __init__(self, journal: Path):
        self._journal = journal
        self._lock = FileLock(journal.with_name(f".{journal.name}.lock"))

    def acquire(self) -> bool:
        """Wait for the lock; cut off a last line that a killed process left short, for a line must end to be read."""
        self._lock.acquire()
        if self._lock.lock_counter == 1 and self._journal.exists():
            _cut_unfinished_line(self._journal)
        return True

    def release(self) -> None:
        """Let others write."""
        self._lock.release()

    def __enter__(self) -> "JournalLock":
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def _cut_unfinished_line(path: Path) -> None:
    with path.open("rb+") as file:
        if not file.seek(0, os.SEEK_END):
            return
        file.seek(-1, os.SEEK_END)
        if file.read() != b"\n":
            file.seek(0)
            file.truncate(file.read().rfind(b"\n") + 1)


class Claim:
    """The right to run a trial, held by this process."""

    def __init__(self, lock: FileLock):
        self._lock = lock

    def release(self) -> None:
        """Give it up; the lock's file goes, too, or thousands would stay behind."""
        with contextlib.suppress(OSError):
            Path(self._lock.lock_file).unlink(missing_ok=True)  # still held: nobody else can have it meanwhile
        self._lock.release()


def claim(trial: Trial, results: Path) -> Claim | None:
    """The claim on a trial; None if another process has it."""
    folder = results / trial.experiment / "runs" / ".claims"
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / f"{trial.id}.lock", thread_local=False)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return None
    return Claim(lock)
