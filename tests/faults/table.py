"""Inject every fault and write the table of docs/reliability.md: `python -m tests.faults.table`, or `make faults`.

It stands beside the tests because each row is what tests counted: they report `fault` as a property (its name, times
injected, times survived, finished things lost, or None where none could be). Those of `elsewhere` are counted by name.
"""

import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from experiments.problems import RecordError
from tests.faults.elsewhere import ELSEWHERE, runnable

PAGE = Path("docs/reliability.md")
START, END = "<!-- faults: written by make faults -->", "<!-- end of faults -->"

TOO_LONG = "tests/faults/test_determinism.py::test_every_other_experiment"
"""Every experiment twice: half an hour, so that `make test-all` alone runs it."""

MOST_SECONDS = 15 * 60
"""What `make faults` may take on two quiet cores."""


@dataclass
class Row:
    """What came of a fault."""

    injected: int = 0
    survived: int = 0
    lost: int | None = None
    """Finished things that were there before and not afterwards; None if no test had any that could be lost."""

    def add(self, injected: int, survived: int, lost: int | None) -> None:
        """Count on."""
        self.injected += injected
        self.survived += survived
        if lost is not None:
            self.lost = (self.lost or 0) + lost


class Counter:
    """A plugin that adds up what the tests report."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.failed: list[str] = []
        self.skipped: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test; one that failed before it counted counts as not survived."""
        if report.failed:
            self.failed.append(report.nodeid)
        if report.skipped:
            self.skipped.append(report.nodeid)
        if report.when != "call" or report.skipped:
            return
        found = [value for name, value in report.user_properties if name == "fault"]
        for name, *counts in found:
            self._row(name).add(*counts)
        for name, injections in ELSEWHERE.items():
            for one in injections:
                if one.covers(report.nodeid):
                    # A test that looks at what was finished fails if some of it is gone.
                    self._row(name).add(one.times, one.times * report.passed, 0 if one.kept and report.passed else None)

    def _row(self, name: str) -> Row:
        return self.rows.setdefault(name, Row())


def as_markdown(rows: dict[str, Row], seconds: float) -> str:
    """The table, and how long it took."""
    lines = ["| fault | times injected | times survived | data lost |", "|---|---:|---:|---:|"]
    for name, row in sorted(rows.items()):
        lost = "–" if row.lost is None else f"{row.lost:,}"
        lines.append(f"| {name} | {row.injected:,} | {row.survived:,} | {lost} |")
    injected, survived = sum(row.injected for row in rows.values()), sum(row.survived for row in rows.values())
    lost = sum(row.lost or 0 for row in rows.values())
    lines.append(f"| **all** | **{injected:,}** | **{survived:,}** | **{lost:,}** |")
    return "\n".join([*lines, "", f"Counted by `make faults` in {seconds / 60:.0f} minutes."])


def renew(page: Path, table: str) -> None:
    """Put the table between the marks of the page."""
    text = page.read_text(encoding="utf-8")
    head, start, rest = text.partition(START)
    _, end, tail = rest.partition(END)
    if not start or not end:
        raise RecordError(f"{page}: expected the marks {START} and {END}")
    page.write_text(f"{head}{START}\n{table}\n{END}{tail}", encoding="utf-8")


def main() -> int:
    """Run the tests and renew the page; a failed test is an error, and the page is left as it was."""
    counter, began = Counter(), time.monotonic()
    options = [f"--deselect={TOO_LONG}", "--numprocesses=2", "--dist=worksteal", *sys.argv[1:]]
    code = pytest.main(["tests/faults", *runnable(), *options], plugins=[counter])
    seconds = time.monotonic() - began
    for name in counter.skipped:
        sys.stderr.write(f"not injected here: {name}\n")
    if code != pytest.ExitCode.OK:
        why = f"{len(counter.failed)} tests failed" if counter.failed else "pytest did not come to an end"
        sys.stderr.write(f"{PAGE} is left as it was: {why}\n")
        return int(code)
    renew(PAGE, as_markdown(counter.rows, seconds))
    sys.stdout.write(f"table in {PAGE} renewed; it took {seconds:.0f} s\n")
    if seconds > MOST_SECONDS:
        sys.stderr.write(f"make faults took {seconds:.0f} s, and may take {MOST_SECONDS} s on two quiet cores\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
