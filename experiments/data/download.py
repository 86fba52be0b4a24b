"""Fetch one public file over HTTP without ever hanging.

A firewall often swallows packets instead of refusing them. So connecting (name lookup, all addresses, proxy and
TLS together) may take CONNECT_SECONDS, silence in between STALL_SECONDS, and all of it DEADLINE_SECONDS.
"""

import http.client
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from experiments.data.errors import SourceRefused
from experiments.data.progress import Progress

CONNECT_SECONDS = 5.0
STALL_SECONDS = 30.0
DEADLINE_SECONDS = 1800.0

Result = TypeVar("Result")


def download(url: str, target: Path, limit: int, progress: Progress) -> None:
    """Write what lies at `url` to the file `target`.

    Args:
        url: http or https; proxies are taken from the environment as usual.
        target: a file that does not exist yet.
        limit: the most bytes to accept.
        progress: told the bytes done.

    Raises:
        SourceRefused: with the reason: no connection, an HTTP status, silence, too slow, too large, cut short.
        OSError: if `target` cannot be written.
    """
    started = time.monotonic()
    name = urlsplit(url).path.rsplit("/", 1)[-1]
    opener = urllib.request.build_opener(_Http, _Https)
    try:
        response = _within(CONNECT_SECONDS + STALL_SECONDS, lambda: opener.open(url))
    except urllib.error.HTTPError as error:
        error.close()
        raise SourceRefused(f"HTTP {error.code} {error.reason}") from None
    except urllib.error.URLError as error:
        raise SourceRefused(f"no connection: {_reason(error.reason)}") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise SourceRefused(f"no answer: {_reason(error)}") from None
    with response, target.open("xb") as file:
        announced = response.headers.get("Content-Length", "")
        total = int(announced) if announced.isdecimal() else None
        done = 0
        while chunk := _next_chunk(response):
            done += len(chunk)
            if done > limit:
                raise SourceRefused(f"larger than the {limit} bytes expected at most")
            if time.monotonic() - started > DEADLINE_SECONDS:
                raise SourceRefused(f"not finished within {DEADLINE_SECONDS:g} s ({done} bytes came)")
            file.write(chunk)
            progress(f"downloading {name}", done, total)
    if total is not None and done != total:
        raise SourceRefused(f"cut short: {done} of {total} bytes came")


def _next_chunk(response: Any) -> bytes:
    try:
        # read1 returns what one receive brings, so that a trickle cannot outlast the deadline unseen.
        chunk: bytes = response.read1(1 << 18)
    except TimeoutError:
        raise SourceRefused(f"nothing came for {STALL_SECONDS:g} s") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise SourceRefused(f"connection lost: {_reason(error)}") from None
    return chunk


def _within(seconds: float, work: Callable[[], Result]) -> Result:
    """Wait at most so long for work in a thread of its own, which is abandoned when it takes longer.

    Sockets' own timeouts cover neither the name lookup nor the sum over several addresses and header lines.
    """
    outcome: list[Result] = []
    failure: list[Exception] = []

    def run() -> None:
        try:
            outcome.append(work())
        except Exception as error:  # raised again below, in the thread that waits
            failure.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if failure:
        raise failure[0]
    if not outcome:
        raise TimeoutError(f"none within {seconds:g} s")
    return outcome[0]


class _PatientHttp(http.client.HTTPConnection):
    def connect(self) -> None:
        _within(CONNECT_SECONDS, super().connect)
        self.sock.settimeout(STALL_SECONDS)


class _PatientHttps(http.client.HTTPSConnection):
    def connect(self) -> None:
        _within(CONNECT_SECONDS, super().connect)
        self.sock.settimeout(STALL_SECONDS)


class _Http(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_PatientHttp, req)


class _Https(urllib.request.HTTPSHandler):
    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_PatientHttps, req)


def _reason(error: object) -> str:
    if isinstance(error, socket.gaierror):
        return "the host's name is not known here"
    return str(error) or type(error).__name__
