"""The table of faults counts what it says, and nothing that is no fault."""

import ast
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.faults.elsewhere import ELSEWHERE, Injection
from tests.faults.table import Counter, as_markdown, renew

ROOT = Path(__file__).parents[2]
KEPT = Injection("tests/data/test_cache.py::TestDamage::test_kept", times=3, kept=True)


def report(node: str, *faults: Sequence[object], outcome: str = "passed", when: Any = "call") -> pytest.TestReport:
    found: Any = [("fault", list(fault)) for fault in faults]
    ended: Any = outcome
    return pytest.TestReport(node, ("", 0, ""), {}, ended, None, when, user_properties=found)


@pytest.mark.parametrize("fault", ELSEWHERE)
def test_every_test_that_is_counted_is_there(fault: str) -> None:
    for injection in ELSEWHERE[fault]:
        file, *names = injection.test.partition("[")[0].split("::")
        inside: list[ast.stmt] = ast.parse((ROOT / file).read_text(encoding="utf-8")).body
        for name in names:
            found = [n for n in inside if isinstance(n, ast.ClassDef | ast.FunctionDef) and n.name == name]
            assert found, injection.test
            inside = found[0].body


@pytest.mark.parametrize(
    ("node", "covered"),
    [
        ("a.py::TestX::test_y", True),
        ("a.py::TestX::test_y[1]", True),
        ("a.py::TestX::test_y_and_z", False),
        ("a.py::TestX2::test_y", False),
        ("a.py::test_y", False),
    ],
)
def test_a_name_covers_its_cases_and_no_longer_name(node: str, covered: bool) -> None:
    assert Injection("a.py::TestX::test_y").covers(node) == covered
    assert Injection("a.py::TestX").covers(node) == node.startswith("a.py::TestX::")


def test_counts_are_added_and_what_was_lost_is_told_apart_from_what_could_not_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(ELSEWHERE, "elsewhere", (KEPT,))
    counter = Counter()
    counter.pytest_runtest_logreport(report("a", ["bad input", 10, 9, None], ["kill", 5, 5, 0]))
    counter.pytest_runtest_logreport(report("b", ["kill", 5, 4, 2]))
    counter.pytest_runtest_logreport(report("b", ["kill", 5, 4, 2], when="teardown"))
    counter.pytest_runtest_logreport(report("c", outcome="skipped"))
    counter.pytest_runtest_logreport(report(f"{KEPT.test}[one]"))
    counter.pytest_runtest_logreport(report(f"{KEPT.test}[other]", outcome="failed"))
    counter.pytest_runtest_logreport(report(f"{KEPT.test}_not"))
    assert counter.skipped == ["c"]
    assert counter.failed == [f"{KEPT.test}[other]"]
    assert as_markdown(counter.rows, 600.0).splitlines()[2:] == [
        "| bad input | 10 | 9 | – |",
        "| elsewhere | 6 | 3 | 0 |",
        "| kill | 10 | 9 | 2 |",
        "| **all** | **26** | **21** | **2** |",
        "",
        "Counted by `make faults` in 10 minutes.",
    ]


def test_only_the_table_of_the_page_is_renewed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text((ROOT / "docs" / "reliability.md").read_text(encoding="utf-8"), encoding="utf-8")
    before = page.read_text(encoding="utf-8")
    renew(page, "TABLE")
    head, _, rest = before.partition("<!-- faults: written by make faults -->")
    assert page.read_text(encoding="utf-8") == (
        f"{head}<!-- faults: written by make faults -->\nTABLE\n<!-- end of faults -->"
        + rest.partition("<!-- end of faults -->")[2]
    )


def test_every_promise_names_tests_that_are_there() -> None:
    page = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(tests/[^`]+)`", page))
    assert len(named) > 15
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
    promises = [part for part in re.split(r"\n(?=- \*\*|\n|#)", page.partition("## Not promised")[0]) if "- **" in part]
    assert len(promises) > 15
    assert [promise for promise in promises if "`tests/" not in promise] == []
