"""Files and folders come to their final names whole, and what a killed process left goes with the next one."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from experiments.paths import write_text
from experiments.placing import place_file, placed_folder, private
from experiments.problems import RecordError

NODE = os.uname().nodename


@pytest.fixture
def dead() -> int:
    """The number of a process that is no more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def half_then(error: BaseException) -> Callable[[Path], None]:
    def fill(path: Path) -> None:
        path.write_bytes(b"half")
        raise error

    return fill


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(143), ValueError("wrong")])
def test_whatever_ends_the_writing_leaves_the_old_file_and_no_other(tmp_path: Path, error: BaseException) -> None:
    (tmp_path / "page.md").write_text("old")
    with pytest.raises(type(error)):
        place_file(tmp_path / "page.md", half_then(error))
    assert names(tmp_path) == ["page.md"]
    assert (tmp_path / "page.md").read_text() == "old"


def test_what_the_disk_refuses_is_told_with_the_file(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"cannot write .*page\.md: No space left on device"):
        place_file(tmp_path / "new" / "page.md", half_then(OSError(28, "No space left on device")))
    assert names(tmp_path / "new") == []


@pytest.mark.parametrize("name", ["folder", ".", "folder/..", ""])
def test_a_folder_is_never_taken_for_a_file(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RecordError, match="a folder lies in its place"):
        write_text(Path(name), "text")
    assert names(tmp_path) == ["folder"]


def test_a_device_is_not_replaced() -> None:
    with pytest.raises(RecordError, match="a device lies in its place"):
        write_text(Path(os.devnull), "text")
    assert Path(os.devnull).is_char_device()


def test_a_file_keeps_its_permissions_and_a_link_its_name(tmp_path: Path) -> None:
    page, link = tmp_path / "page.md", tmp_path / "link.md"
    page.write_text("old")
    page.chmod(0o640)
    link.symlink_to("page.md")
    write_text(link, "new")
    assert link.is_symlink()
    assert page.read_text() == "new"
    assert page.stat().st_mode & 0o777 == 0o640


def test_bytes_are_on_the_disk_before_they_have_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "page.md"
    flushed: dict[int, bool] = {}
    real = os.fsync

    def note(descriptor: int) -> None:
        real(descriptor)
        flushed[os.fstat(descriptor).st_ino] = page.exists()

    monkeypatch.setattr(os, "fsync", note)
    write_text(page, "text")
    assert flushed == {page.stat().st_ino: False}


def test_leftovers_of_the_dead_are_taken_away_and_no_others(tmp_path: Path, dead: int) -> None:
    left, folder = (tmp_path / f".writing-{NODE}-{dead}-{what}" for what in ("ab", "cd"))
    left.write_bytes(b"half")
    folder.mkdir()
    (folder / "half").write_bytes(b"half")
    kept = [private(tmp_path), tmp_path / f".writing-elsewhere-{dead}-ab", tmp_path / ".page.md.1"]
    for path in kept:
        path.write_bytes(b"of someone who lives")
    write_text(tmp_path / "page.md", "text")
    assert names(tmp_path) == sorted([*(path.name for path in kept), "page.md"])


@pytest.fixture
def old(tmp_path: Path) -> Path:
    folder = tmp_path / "report"
    folder.mkdir()
    (folder / "page").write_text("old")
    return folder


def test_a_new_folder_takes_the_place_of_the_old_one_as_a_whole(old: Path, dead: int) -> None:
    left = old.with_name(f".writing-{NODE}-{dead}-ab")
    left.mkdir()
    (old / "stale").write_text("old")
    with placed_folder(old) as fresh:
        assert not left.exists()
        (fresh / "page").write_text("new")
        assert (old / "page").read_text() == "old"
    assert names(old) == ["page"]
    assert (old / "page").read_text() == "new"
    assert names(old.parent) == ["report"]


@pytest.mark.parametrize("when", [1, 2])
@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device")])
@pytest.mark.parametrize("done", [False, True])
def test_an_end_between_the_two_renames_brings_the_old_folder_back(
    old: Path, monkeypatch: pytest.MonkeyPatch, when: int, error: BaseException, done: bool
) -> None:
    real, calls = Path.rename, 0

    def rename(path: Path, target: Path) -> None:
        nonlocal calls
        calls += 1
        if calls != when or done:
            real(path, target)
        if calls == when:
            raise error

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises((KeyboardInterrupt, RecordError)), placed_folder(old) as fresh:
        (fresh / "page").write_text("new")
    assert (old / "page").read_text() == ("new" if when == 2 and done else "old")
    assert names(old.parent) == ["report"]
