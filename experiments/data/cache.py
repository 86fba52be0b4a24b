"""The project's own copy of the published datasets: verified .npy files, memory-mapped.

`<cache>/<dataset>/<array>.npy` holds an array, `<array>.stamp` beside it says that this very file (size, times,
inode) had the right sum when it was last hashed. A file that no longer fits its stamp is hashed again; one with
a wrong sum counts as missing, and the caller fetches anew over it. So nothing is ever used unverified, and an
untouched cache costs no hashing.
"""

import contextlib
import errno
import hashlib
import json
import logging
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from experiments.data.errors import DataError
from experiments.data.progress import Progress
from experiments.data.sums import ARRAYS, Array

log = logging.getLogger(__name__)

LOCK_PATIENCE = 3600.0
"""Seconds to wait for another process that fetches the same dataset."""
STAMP_AGE_NS = 1_000_000_000
"""A stamp counts only if it was written this much after the file last changed: file times are coarse, and a
change within the same tick as the stamp would not show."""

Arrays = dict[str, NDArray[np.uint8]]


def present(cache: Path, dataset: str) -> bool:
    """Tell whether every array lies in the cache with its right size; nothing is hashed."""
    return all(
        _size(_path(cache, dataset, name)) == 128 + array_bytes(array) for name, array in ARRAYS[dataset].items()
    )


def array_bytes(array: Array) -> int:
    """Count the bytes that an array must have."""
    return int(np.prod(array.shape)) * np.dtype(array.dtype).itemsize


def sum_of(array: NDArray[Any]) -> str:
    """Hash an array's bytes in C order, little-endian, with SHA-256."""
    plain = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    return hashlib.sha256(plain.reshape(-1).view(np.uint8).data).hexdigest()


def mismatch(dataset: str, arrays: Mapping[str, NDArray[Any]]) -> str | None:
    """Say what differs from the published arrays, or None where all is right."""
    for name, expected in ARRAYS[dataset].items():
        got = arrays.get(name)
        if got is None:
            return f"{name} is missing"
        if got.shape != expected.shape or got.dtype.newbyteorder("<") != np.dtype(expected.dtype):
            return f"{name}: expected {np.dtype(expected.dtype)} {expected.shape}, got {got.dtype} {got.shape}"
        digest = sum_of(got)
        if digest != expected.sha256:
            return f"{name}: expected sha256 {expected.sha256}, got {digest}"
    return None


def read(cache: Path, dataset: str, *, warn: bool = True) -> Arrays | None:
    """Map a dataset's arrays, verified; None where one is missing or damaged.

    A damaged file stays where it is until `write` replaces it: removing it here could hit the sound one that
    another process has just put in its place.

    Raises:
        DataError: if a file is there but cannot be read.
    """
    arrays: Arrays = {}
    for name, expected in ARRAYS[dataset].items():
        path = _path(cache, dataset, name)
        try:
            with path.open("rb") as file:
                arrays[name] = _map_verified(file, path, expected)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except _DamagedError as damage:
            if warn:
                log.warning("%s is damaged (%s) and will be fetched again", path, damage)
            return None
        except OSError as error:
            raise DataError(f"{path}: the cached data cannot be read: {error.strerror or error}") from None
    return arrays


def write(cache: Path, dataset: str, arrays: Mapping[str, NDArray[np.uint8]]) -> None:
    """Put verified arrays into the cache, each under a private name first and then renamed.

    No fsync: a file that a power cut leaves short has the wrong sum, and is fetched again.

    Raises:
        DataError: if the cache cannot be written, for example for want of space; nothing partial stays.
    """
    for name in ARRAYS[dataset]:
        path = _path(cache, dataset, name)
        private = path.with_name(f"{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
        array = np.ascontiguousarray(arrays[name])
        with writing(cache):
            try:
                with private.open("xb") as file:
                    np.lib.format.write_array_header_1_0(file, np.lib.format.header_data_from_array_1_0(array))
                    # Not ndarray.tofile, whose error on a full disk does not say that it is full.
                    file.write(array.reshape(-1).view(np.uint8).data)
                private.replace(path)
            finally:
                private.unlink(missing_ok=True)


@contextlib.contextmanager
def writing(cache: Path) -> Iterator[None]:
    """Turn what the operating system says about a cache that cannot be written into words for the user.

    Raises:
        DataError: for every OSError inside.
    """
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            free = f", {shutil.disk_usage(cache).free / 1e6:.0f} MB free" if cache.exists() else ""
            what = f"is full: no space left ({error.strerror}{free})"
            todo = "free about 500 MB, or choose another cache folder"
        elif error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            what = f"is not writable ({error.strerror}), and it has no complete, undamaged copy of the data"
            todo = "make it writable, choose another cache folder, or copy a complete cache there"
        else:
            what, todo = f"cannot be written ({error.strerror or error})", "choose another cache folder"
        raise DataError(f"{cache}: the data cache {what}; {todo}") from None


@contextlib.contextmanager
def locked(cache: Path, dataset: str, progress: Progress) -> Iterator[None]:
    """Hold the dataset's lock, so that a second process waits for the first one's data.

    The kernel frees the lock when its owner ends, however it ends. The lock only saves work: without it (a
    file system that has none, an owner that is stopped for an hour) both fetch, each under private names.

    Raises:
        DataError: if the cache folder cannot be written.
    """
    folder = cache / dataset
    with writing(cache):
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / ".lock").open("ab")
    with lock:
        if _acquire(lock, dataset, progress):
            _sweep(folder)
        yield


def _acquire(lock: IO[bytes], dataset: str, progress: Progress) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows
        return False
    waited_until = time.monotonic() + LOCK_PATIENCE
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > waited_until:
                return False
            progress(f"waiting for another process that fetches {dataset}", 0, None)
            time.sleep(0.1)
        except OSError:  # no locks on this file system
            return False
        else:
            return True


def _sweep(folder: Path) -> None:
    """Remove what a killed process left; under the lock nobody else is writing."""
    for left in folder.glob("*.tmp"):
        with contextlib.suppress(OSError):
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left)
            else:
                left.unlink()


class _DamagedError(Exception):
    """A cached file is not what it must be."""


def _map_verified(file: IO[bytes], path: Path, expected: Array) -> NDArray[np.uint8]:
    # One open file for status, hash and map: what was verified is what is used, whoever renames meanwhile.
    status = os.fstat(file.fileno())
    try:
        np.lib.format.read_magic(file)
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(file)
    except Exception as error:  # NumPy's parser lets tokenizer errors through
        raise _DamagedError(f"not a .npy file: {error}") from None
    if shape != expected.shape or fortran or dtype != np.dtype(expected.dtype):
        raise _DamagedError(f"expected {expected.dtype} {expected.shape}, got {dtype.str} {shape}")
    start = file.tell()
    if status.st_size != start + array_bytes(expected):
        raise _DamagedError(f"expected {start + array_bytes(expected)} bytes, got {status.st_size}")
    array: NDArray[np.uint8] = np.memmap(file, dtype, mode="r", offset=start, shape=shape)
    stamp = path.with_suffix(".stamp")
    if not _stamped(stamp, status, expected.sha256):
        digest = sum_of(array)
        if digest != expected.sha256:
            raise _DamagedError(f"expected sha256 {expected.sha256}, got {digest}")
        _write_stamp(stamp, status, digest)
    return array


def _identity(status: os.stat_result, digest: str) -> dict[str, int | str]:
    # The change time as well, because the modification time can be set back by hand.
    return {
        "size": status.st_size,
        "mtime_ns": status.st_mtime_ns,
        "ctime_ns": status.st_ctime_ns,
        "inode": status.st_ino,
        "sha256": digest,
    }


def _stamped(stamp: Path, status: os.stat_result, digest: str) -> bool:
    try:
        with stamp.open("rb") as file:
            # Both times are the file system's, so that its clock may differ from this machine's.
            age = os.fstat(file.fileno()).st_mtime_ns - status.st_ctime_ns
            return age >= STAMP_AGE_NS and json.loads(file.read(1000)) == _identity(status, digest)
    except (OSError, ValueError, RecursionError):
        return False


def _write_stamp(stamp: Path, status: os.stat_result, digest: str) -> None:
    private = stamp.with_name(f"{stamp.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
    with contextlib.suppress(OSError):  # a read-only cache works, it is only hashed each time
        try:
            private.write_text(json.dumps(_identity(status, digest)), encoding="utf-8")
            private.replace(stamp)
        finally:
            private.unlink(missing_ok=True)


def _path(cache: Path, dataset: str, name: str) -> Path:
    return cache / dataset / f"{name}.npy"


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1
