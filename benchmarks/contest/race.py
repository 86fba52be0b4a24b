"""Contenders of one network against each other: all started, then trained in turns."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.contest.networks import ROOT, Network
from experiments.threads import cores

Reply = dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """One contender's results on one network: facts once ready, then a reply for each repeat."""

    network: Network
    contender: str
    epochs: int
    examples: int | None
    ready: Reply
    replies: list[Reply]


class WorkerError(RuntimeError):
    """A contender's process ended; the message is the end of what it wrote."""


class Worker:
    """A process of `contest.worker`."""

    def __init__(self, arguments: Sequence[str], errors: Any):
        self._errors = errors
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "benchmarks.contest.worker", *arguments],
            cwd=ROOT,
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "RELECTURE_THREADS": str(cores())},  # all cores, for all
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )

    def read(self) -> Reply:
        """Its next answer."""
        assert self._process.stdout is not None  # noqa: S101
        line = self._process.stdout.readline()
        if not line:
            self._errors.seek(0)
            lines = self._errors.read().decode(errors="replace").strip().splitlines()
            raise WorkerError("\n".join(lines[-8:]) or "its process was killed")
        return dict(json.loads(line))

    def ask(self, seed: int) -> Reply:
        """Have it train with a seed."""
        assert self._process.stdin is not None  # noqa: S101
        with suppress(BrokenPipeError):  # it has ended: what it wrote last says why
            self._process.stdin.write(f"{seed}\n")
            self._process.stdin.flush()
        return self.read()

    def close(self) -> None:
        """Let it end, and wait."""
        self._process.communicate()


@contextmanager
def opened(arguments: Sequence[str]) -> Iterator[Worker]:
    """A worker that ends with the block."""
    with tempfile.TemporaryFile() as errors:
        worker = Worker(arguments, errors)
        try:
            yield worker
        finally:
            worker.close()


def race(
    network: Network,
    contenders: Sequence[str],
    *,
    cache: Path,
    repeats: int,
    epochs: int,
    examples: int | None,
    say: Callable[[str], None],
) -> tuple[list[Entry], list[Reply]]:
    """Train each contender `repeats` times, in turns, repeat number = seed.

    The contenders start one after another, so that none compiles while another does; each repeat begins with another
    of them. A contender that breaks, before the race or amid it, is reported and left out; the others go on.

    Returns:
        The entries, and the speeds of matrix products measured in each repeat, as `contest.worker` answers.
    """
    sizes = [] if examples is None else ["--examples", str(examples)]
    common = ["--network", network.name, "--cache", str(cache.resolve()), "--epochs", str(epochs), *sizes]
    with ExitStack() as stack:
        peak = stack.enter_context(opened(["--contender", "peak", "--network", network.name]))
        peak.read()
        running: list[tuple[Entry, Worker]] = []
        for name in contenders:
            say(f"{network.name}: {name} starts")
            worker = stack.enter_context(opened(["--contender", name, *common]))
            try:
                running.append((Entry(network, name, epochs, examples, worker.read(), []), worker))
            except WorkerError as error:
                say(f"{network.name}: {name} cannot be timed:\n{error}")
        peaks = []
        for repeat in range(repeats):
            say(f"{network.name}: repeat {repeat + 1} of {repeats}")
            peaks.append(peak.ask(repeat))
            start = repeat % len(running) if running else 0
            for entry, worker in running[start:] + running[:start]:
                try:
                    entry.replies.append(worker.ask(repeat))
                except WorkerError as error:
                    say(f"{network.name}: {entry.contender} breaks in repeat {repeat + 1} and is left out:\n{error}")
                    running.remove((entry, worker))
        return [entry for entry, _ in running], peaks
