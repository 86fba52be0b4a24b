"""Faults at the system calls of everything that writes what must not be lost.

A program, because it forks, and the tests' own process has the threads of a backend:

    python -m tests.faults.at_every_call STRIDE FAULT...

strikes each writer at every STRIDE-th call, lets the next start find what is left, and prints as JSON, by fault and
writer, how often the fault was injected, how often all was well afterwards, how much of what had been finished was
lost, and what was wrong.
"""

import json
import os
import resource
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from experiments.data.errors import DataError
from experiments.problems import RecordError
from tests.faults import tracing
from tests.faults.writers import WRITERS, Writer

NOBODY = 65534
"""The user that root becomes, who may write everywhere."""


def kill(pid: int, folder: Path) -> None:
    os.kill(pid, signal.SIGKILL)


def interrupt(pid: int, folder: Path) -> None:
    os.kill(pid, signal.SIGINT)


def terminate(pid: int, folder: Path) -> None:
    os.kill(pid, signal.SIGTERM)


def fill_disk(pid: int, folder: Path) -> None:
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, 0))


def take_permission(pid: int, folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if path.is_dir():
            path.chmod(0o555)


def rename(pid: int, folder: Path) -> None:
    if (folder / "results").exists():
        (folder / "results").rename(folder / "renamed")


FAULTS: dict[str, Callable[[int, Path], None]] = {
    "kill": kill,
    "interrupt": interrupt,
    "terminate": terminate,
    "full disk": fill_disk,
    "permission lost": take_permission,
    "renamed": rename,
}


def applies(fault: str, writer: str) -> bool:
    """Only run folders have a name that their user might change while they are written."""
    return fault != "renamed" or writer.startswith("record")


EXPECTED = (RecordError, DataError, KeyboardInterrupt, SystemExit)
ENDS = {"kill": (-signal.SIGKILL,)}
"""How a process may end that a fault struck; else by an expected error, or well, where nothing was left to go wrong."""


@dataclass(frozen=True)
class Struck:
    """What came of one injection."""

    wrong: list[str]
    lost: int | None
    """Of what had been finished; None where nothing had been."""


def strike(writer: Writer, fault: str, folder: Path, at: int) -> Struck | None:
    """One injection; None if the process had ended before that call."""
    writer.prepare(folder)
    before = writer.finished(folder)
    reached = []

    def work() -> None:
        if fault == "permission lost" and os.geteuid() == 0:  # root may write everywhere
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        writer.work(folder)

    def inject(pid: int) -> None:
        reached.append(pid)
        FAULTS[fault](pid, folder)

    if fault == "permission lost" and os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
    end = tracing.run(work, EXPECTED, at, inject)
    for path in (folder, *folder.rglob("*")):
        if path.is_dir():
            path.chmod(0o755)
    problems = [] if end.code in ENDS.get(fault, (0, tracing.REFUSED)) else [f"ended with {end.code}"]
    problems += writer.wrong(folder, fault)
    problems += writer.recover(folder)
    if not reached:
        return None
    lost = len(before - writer.finished(folder)) if before else None
    return Struck([f"call {at}: {problem}" for problem in problems], lost)


def strike_often(name: str, fault: str, stride: int) -> dict[str, object]:
    """Strike at every `stride`-th call of a writer."""
    done = list[Struck]()
    with tempfile.TemporaryDirectory() as place:
        top = Path(place)
        top.chmod(0o755)
        (top / "scratch").mkdir()
        writer = WRITERS[name](top / "scratch")
        writer.prepare(top / "warm")
        writer.work(top / "warm")  # what is imported late is imported now
        writer.prepare(top / "undisturbed")
        calls = tracing.run(lambda: writer.work(top / "undisturbed"), (), 0, lambda pid: None).calls
        for at in range(1, calls + 1, stride):
            folder = top / "here"
            struck = strike(writer, fault, folder, at)
            done += [struck] if struck is not None else []
            shutil.rmtree(folder)
    lost = [one.lost for one in done if one.lost is not None]
    return {
        "injected": len(done),
        "survived": sum(not one.wrong for one in done),
        "lost": sum(lost) if lost else None,
        "problems": [problem for one in done for problem in one.wrong][:20],
    }


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # as the command does
    every, faults = int(sys.argv[1]), sys.argv[2:]
    print(json.dumps({f: {w: strike_often(w, f, every) for w in WRITERS if applies(f, w)} for f in faults}))
