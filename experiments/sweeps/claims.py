"""Who runs which trial: locks that vanish with their owner, however it ends.

The kernel holds the lock (`flock`), not the file's existence: after `kill -9` or a crash it is free at once. On a
folder shared by NFS (version 4) it reaches across machines, and is free when a dead machine's lease has run out.
"""

import contextlib
from pathlib import Path

from filelock import FileLock, Timeout

from experiments.records import Trial


class JournalLock:
    """Optuna's journal, locked by the kernel: its own lock is a file, and a dead owner's blocks for half a minute.

    May be held several times over by the same process.
    """

    def __init__(self, journal: Path):
        self._lock = FileLock(journal.with_name(f".{journal.name}.lock"))

    def acquire(self) -> bool:
        """Wait for the lock."""
        self._lock.acquire()
        return True

    def release(self) -> None:
        """Let others write."""
        self._lock.release()

    def __enter__(self) -> "JournalLock":
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


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
