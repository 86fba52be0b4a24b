"""Whatever is in a config, a ledger, a word of the command line or an .npz: success, or one clear error, in seconds.

A few hundred cases in `make test`; `make test-all` and `make faults` try more than 10,000. Some of them are given to
the command itself, whose exit code must fit: 0, or 2 for bad input.
"""

import io
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import Any, NoReturn
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings

from experiments import cli, runner
from experiments.data.errors import DataError, EmptyClass
from experiments.loading import load_experiment
from experiments.planning import plan_trials
from experiments.problems import ConfigError, RecordError
from experiments.records import write_record
from experiments.spec import sweep as sweep_spec
from tests.experiments.conftest import IRIS
from tests.faults.kinds import KINDS
from tests.faults.writers import DONE, tree

SECONDS = 10
"""Of this process's own computing: how busy the machine is must not decide."""

Property = Callable[[str, object], None]


class HangError(Exception):
    """It took too long."""


@contextmanager
def within_seconds() -> Iterator[None]:
    """Have what hangs raise HangError."""

    def ring(number: int, frame: object) -> None:
        raise HangError(f"not done within {SECONDS} s")

    before = [signal.signal(number, ring) for number in (signal.SIGPROF, signal.SIGALRM)]
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    signal.setitimer(signal.ITIMER_REAL, 30 * SECONDS)  # what waits for ever computes nothing
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in zip((signal.SIGPROF, signal.SIGALRM), before, strict=True):
            signal.signal(number, handler)


@contextmanager
def writing_nothing(folder: Path) -> Iterator[None]:
    """No file may come or go."""
    before = sorted(folder.rglob("*"))
    try:
        yield
    finally:
        assert sorted(folder.rglob("*")) == before


def end_of(work: Callable[[], object], folder: Path) -> str:
    """`fine` or `refused`; whatever else the work does is a fault, and so is a file that it leaves."""
    try:
        with writing_nothing(folder), within_seconds():
            work()
    except (ConfigError, DataError, RecordError) as error:
        message = str(error)
        assert message.strip()
        message.encode("utf-8")  # it can be printed
        return "refused"
    return "fine"


def command(*words: str) -> tuple[int, str]:
    """Exit code of `relecture` and all that it prints, in this process: what it lets through is raised here."""
    printed = io.StringIO()
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        with (
            patch.object(sys, "argv", ["relecture", *words]),
            redirect_stdout(printed),
            redirect_stderr(printed),
            pytest.raises(SystemExit) as end,
        ):
            cli.main()
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    return int(end.value.code or 0), printed.getvalue()


FEW = 40
FEW_COMMANDS, MANY_COMMANDS = 12, 200


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a finished trial, of an experiment that no input names."""
    monkeypatch.setattr(sweep_spec, "MOST_POINTS", 150)  # those that are allowed take longer than SECONDS to plan
    with tempfile.TemporaryDirectory() as place:
        config = Path(place) / "kept.yaml"
        config.write_text(IRIS, encoding="utf-8")
        write_record(Path(place) / "results", plan_trials(load_experiment(config))[0], DONE)
        yield Path(place)


def try_cases(kind: str, number: int, folder: Path, case: Callable[[Any], str], record_property: Property) -> Counter:
    """Draw cases; count how they end, and what is lost of the finished trial."""
    ends: Counter[str] = Counter()
    finished, tried = tree(folder / "results"), 0

    @settings(max_examples=number, deadline=None, suppress_health_check=list(HealthCheck))
    @given(KINDS[kind].strategy)
    def one(given_input: Any) -> None:
        nonlocal tried
        tried += 1
        KINDS[kind].lay_down(folder, given_input)
        ends[case(given_input)] += 1

    try:
        one()
    finally:
        now = tree(folder / "results")
        lost = sum(now.get(name) != content for name, content in finished.items())
        record_property("fault", [f"hostile {kind}", tried, ends.total(), lost])
    assert lost == 0
    return ends


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cases", [FEW, pytest.param(None, marks=pytest.mark.slow, id="many")])
def test_hostile_input_ends_in_success_or_in_one_clear_error(
    kind: str, cases: int | None, folder: Path, record_property: Property
) -> None:
    def case(given_input: Any) -> str:
        return end_of(lambda: KINDS[kind].use(folder, given_input), folder)

    ends = try_cases(kind, cases or KINDS[kind].cases, folder, case, record_property)
    assert ends["refused"] > ends.total() / 20, ends
    if cases is None:  # of few cases all may be refused
        assert ends["fine"] > ends.total() / 100, ends


def load_and_end(trial: Any, workshop: Any, *rest: object) -> NoReturn:
    """In the place of a training: load its data, if they are the user's own, and end as if all were done."""
    if trial.spec.dataset.name == "npz":
        with suppress(EmptyClass):
            workshop.dataset(trial.spec.dataset)
    raise SystemExit(cli.FINE)


def end_well(*given: object, **named: object) -> NoReturn:
    raise SystemExit(cli.FINE)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cases", [FEW_COMMANDS, pytest.param(MANY_COMMANDS, marks=pytest.mark.slow)])
def test_the_command_ends_with_2_where_its_input_is_refused(
    kind: str, cases: int, folder: Path, monkeypatch: pytest.MonkeyPatch, record_property: Property
) -> None:
    monkeypatch.setattr(runner, "_train", load_and_end)
    monkeypatch.setattr(runner, "publish", end_well)  # where nothing is left to train
    good = {"fine": {cli.FINE}, "refused": {cli.BAD_INPUT}}
    if kind == "ledgers":  # claims that nothing decides, and verdicts that are not the accepted ones
        good["fine"] = {cli.FINE, cli.FAILED}

    def case(given_input: Any) -> str:
        end = end_of(lambda: KINDS[kind].use(folder, given_input), folder)
        with writing_nothing(folder), within_seconds():
            code, printed = command(*KINDS[kind].words(folder, given_input))
        printed.encode("utf-8")
        assert code in good[end], (code, end, printed)
        assert "Traceback" not in printed
        assert printed.strip()
        return end

    ends = try_cases(kind, cases, folder, case, record_property)
    if cases == MANY_COMMANDS:
        assert min(ends["fine"], ends["refused"]) > 0, ends
