"""Inject every fault and write the table of docs/reliability.md: `python -m tests.faults.table`, or `make faults`.

It stands beside the tests because each row is what tests counted: they report `fault` as a property (its name, times
injected, times survived, finished things lost). Tests from elsewhere that inject a fault a case are counted by name.
"""

import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from experiments.problems import RecordError

PAGE = Path("docs/reliability.md")
START, END = "<!-- faults: written by make faults -->", "<!-- end of faults -->"

SOURCES, CACHE, NPZ = "tests/data/test_sources.py", "tests/data/test_cache.py", "tests/data/test_npz.py"
ELSEWHERE = {
    "download that answers 500, is silent, stalls, trickles, is cut short, altered, empty or another page": (
        f"{SOURCES}::TestRefusals::test_faulty_download_is_refused_and_the_next_source_asked",
        f"{SOURCES}::TestRefusals::test_connecting_that_never_ends",
        f"{SOURCES}::TestRefusals::test_too_large",
    ),
    "source with the right format and wrong or hostile content": (
        f"{SOURCES}::TestRefusals::test_right_format_with_wrong_images",
        f"{SOURCES}::TestRefusals::test_keras_file_with_objects_is_never_unpickled",
        f"{SOURCES}::TestNpm",
        f"{SOURCES}::TestArchives",
    ),
    "cached file damaged, stamp forged, times put back": (
        f"{CACHE}::TestStamps",
        f"{CACHE}::TestDamage",
    ),
    "cache on a full disk, or where a file lies in its place": (f"{CACHE}::TestCannotWrite",),
    "cache that may not be written": (f"{CACHE}::TestReadOnly",),
    "two processes that fetch at once, one killed": (f"{CACHE}::TestTwoProcesses",),
    "npz with a hostile header, a bomb, objects, NaN, wrong shapes or labels, cut at every tenth byte": (NPZ,),
    "training that breaks or leaves the finite numbers": (
        "tests/experiments/test_runner.py::test_a_failing_trial_is_recorded_and_stops_no_other",
        "tests/experiments/test_runner.py::test_divergence_is_an_outcome",
        "tests/experiments/test_training.py::test_divergence_ends_the_training",
    ),
    "network or data that cannot fit into memory": (
        "tests/experiments/test_memory.py::test_a_network_that_cannot_fit_is_refused_before_it_starts",
        "tests/experiments/test_memory.py::test_data_that_cannot_fit_are_refused",
    ),
}
"""Faults that the tests of the parts inject, one a case."""

TOO_LONG = "tests/faults/test_determinism.py::test_every_other_experiment"
"""Every experiment twice: half an hour, so that `make test-all` alone runs it."""

Row = list[int]
"""Times injected, times survived, finished things lost."""


class Counter:
    """A plugin that adds up what the tests report."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.failed: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test; one that failed before it counted counts as not survived."""
        if report.failed:
            self.failed.append(report.nodeid)
        if report.when != "call":
            return
        found = [value for name, value in report.user_properties if name == "fault"]
        for name, *counts in found:
            self._add(name, counts)
        for name, tests in ELSEWHERE.items():
            if not found and report.nodeid.startswith(tests) and not report.skipped:
                self._add(name, [1, int(report.passed), 0])

    def _add(self, name: str, counts: Iterable[Any]) -> None:
        row = self.rows.setdefault(name, [0, 0, 0])
        for i, count in enumerate(counts):
            row[i] += count


def as_markdown(rows: dict[str, Row], minutes: float) -> str:
    """The table, and how long it took."""
    lines = ["| fault | times injected | times survived | data lost |", "|---|---:|---:|---:|"]
    lines += [f"| {name} | {i:,} | {s:,} | {lost:,} |" for name, (i, s, lost) in sorted(rows.items())]
    total = [sum(row[i] for row in rows.values()) for i in range(3)]
    lines.append(f"| **all** | **{total[0]:,}** | **{total[1]:,}** | **{total[2]:,}** |")
    return "\n".join([*lines, "", f"Counted by `make faults` in {minutes:.0f} minutes."])


def main() -> int:
    """Run the tests and renew the page; a failed test is an error, and the page is left as it was."""
    counter, began = Counter(), time.monotonic()
    elsewhere = [test for tests in ELSEWHERE.values() for test in tests]
    code = pytest.main(["tests/faults", *elsewhere, f"--deselect={TOO_LONG}", *sys.argv[1:]], plugins=[counter])
    if code != pytest.ExitCode.OK:
        sys.stderr.write(f"{PAGE} is left as it was: {len(counter.failed)} tests failed\n")
        return int(code)
    text = PAGE.read_text(encoding="utf-8")
    head, start, rest = text.partition(START)
    _, end, tail = rest.partition(END)
    if not start or not end:
        raise RecordError(f"{PAGE}: expected the marks {START} and {END}")
    table = as_markdown(counter.rows, (time.monotonic() - began) / 60)
    PAGE.write_text(f"{head}{START}\n{table}\n{END}{tail}", encoding="utf-8")
    sys.stdout.write(f"table in {PAGE} renewed\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
