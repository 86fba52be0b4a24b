"""Whatever strikes, at whichever system call: what is finished stays, what is not is written on the next start."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMES = {
    "kill": "`kill -9` before a system call of the writer",
    "interrupt": "Ctrl-C at a system call of the writer",
    "terminate": "SIGTERM at a system call of the writer",
    "full disk": "disk full from a system call on",
    "permission lost": "permission to write lost at a system call",
    "renamed": "folder of results renamed at a system call",
}


def strike(stride: int, faults: list[str], record_property: Callable[[str, object], None]) -> None:
    command = [sys.executable, "-m", "tests.faults.at_every_call", str(stride), *faults]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=900)
    assert done.returncode == 0, done.stderr
    for fault, writers in json.loads(done.stdout).items():
        for writer, counts in writers.items():
            counted = [counts["injected"], counts["survived"], counts["lost"]]
            record_property("fault", [f"{NAMES[fault]}: {writer}", *counted])
            assert counts["injected"] > 0
            assert not counts["problems"], (fault, writer)
            assert not counts["lost"]


def can_trace() -> bool:
    return sys.platform == "linux" and not os.environ.get("RELECTURE_NO_PTRACE")


pytestmark = pytest.mark.skipif(not can_trace(), reason="faults at system calls are injected by Linux's ptrace")


def test_some_calls(record_property: Callable[[str, object], None]) -> None:
    strike(80, ["kill", "full disk"], record_property)


@pytest.mark.slow
def test_every_call_is_survived_by_all_that_is_finished(record_property: Callable[[str, object], None]) -> None:
    strike(1, ["kill"], record_property)


@pytest.mark.slow
def test_other_faults_at_every_fifth_call(record_property: Callable[[str, object], None]) -> None:
    strike(5, [fault for fault in NAMES if fault != "kill"], record_property)
