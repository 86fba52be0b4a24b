"""A user's own arrays from one .npz file, read strictly and never unpickled.

The file holds x_train, y_train, x_test and y_test: examples (N, F), (N, H, W) or (N, H, W, C) of any number
type, labels (N,) or (N, 1) of an integer type, from 0 to K-1 with every class in y_train. It is read whole: NumPy maps
no arrays within a zip, so the arrays must fit into memory.
"""

import contextlib
import hashlib
import math
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from experiments.data.errors import UnfitDataError
from experiments.memory import GIB, memory_limit

NAMES = ("x_train", "y_train", "x_test", "y_test")
_SHAPES = "(N, F), (N, H, W) or (N, H, W, C)"


@dataclass(frozen=True)
class Outline:
    """What the headers and the labels tell."""

    shape: tuple[int, ...]
    """Of one example; images with a channel axis."""
    class_names: tuple[str, ...]
    train_counts: tuple[int, ...]
    """Training examples of each class."""
    test_examples: int
    stored_bytes: int
    """Of all arrays together, unpacked."""
    float32: bool
    """Whether examples are stored as networks take them, and need no copy."""


@dataclass(frozen=True)
class Arrays:
    """The whole file: x as stored but for a channel axis, y int64 (N,)."""

    x_train: NDArray[Any]
    y_train: NDArray[np.int64]
    x_test: NDArray[Any]
    y_test: NDArray[np.int64]
    class_names: tuple[str, ...]
    sha256: str


@dataclass(frozen=True)
class _Header:
    shape: tuple[int, ...]
    dtype: np.dtype[Any]


def file_sum(path: Path) -> str:
    """Hash a file's bytes with SHA-256.

    Raises:
        UnfitDataError: if it cannot be read.
    """
    with _opened(path) as file:
        return _sum(file)


def outline(path: Path, class_names: Sequence[str] | None) -> Outline:
    """Tell shapes and counts, reading the labels but not the examples.

    Raises:
        UnfitDataError: as `load`, but for values that only the examples hold.
    """
    with _opened(path) as file, _archive(file, path) as archive:
        headers = _headers(archive, path)
        y_train, y_test, names = _labels(archive, path, headers, class_names)
    counts = np.bincount(y_train, minlength=len(names))
    shape = _with_channel(headers["x_train"].shape)[1:]
    float32 = all(headers[name].dtype == np.float32 for name in ("x_train", "x_test"))
    return Outline(shape, names, tuple(int(count) for count in counts), len(y_test), _stored_bytes(headers), float32)


def load(path: Path, class_names: Sequence[str] | None) -> Arrays:
    """Read and check everything.

    Args:
        path: of the .npz file.
        class_names: one a class, or None for "0", "1", ...

    Raises:
        UnfitDataError: naming the file, the array, what was expected and what was found: a file that is no zip of
            .npy arrays, a missing array, objects in place of numbers, NaN or infinity, values that float32
            cannot hold, wrong or differing shapes, labels that are not 0 to K-1, or the wrong number of names.
    """
    with _opened(path) as file:
        digest = _sum(file)
        with _archive(file, path) as archive:
            headers = _headers(archive, path)
            y_train, y_test, names = _labels(archive, path, headers, class_names)
            x_train = _examples(archive, path, "x_train", headers)
            x_test = _examples(archive, path, "x_test", headers)
    return Arrays(x_train, y_train, x_test, y_test, names, digest)


def read_exactly(path: Path, expected: Mapping[str, tuple[str, tuple[int, ...]]]) -> dict[str, NDArray[Any]]:
    """Read arrays of known types and shapes (by name), as Keras's own mnist.npz holds them.

    Raises:
        UnfitDataError: if the file is not exactly so.
    """
    arrays = {}
    with _opened(path) as file, _archive(file, path) as archive:
        for name, (dtype, shape) in expected.items():
            header = _header(archive, path, name)
            if (header.dtype, header.shape) != (np.dtype(dtype), shape):
                got = f"{header.dtype} {header.shape}"
                raise UnfitDataError(f"{path}: {name}: expected {np.dtype(dtype)} {shape}, got {got}")
            arrays[name] = _read(archive, name)
    return arrays


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    try:
        if not path.is_file():  # opening a pipe or a device could wait for ever
            there = "it is not a file" if path.exists() else "there is no such file"
            raise UnfitDataError(f"{path}: expected an .npz file, but {there}")
        file = path.open("rb")
    except (OSError, ValueError) as error:  # ValueError: a null character in the path
        raise UnfitDataError(f"{path}: cannot be read: {_reason(error)}") from None
    with file:
        yield file


def _sum(file: IO[bytes]) -> str:
    try:
        return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    except OSError as error:
        raise UnfitDataError(f"{file.name}: cannot be read: {_reason(error)}") from None


@contextlib.contextmanager
def _archive(file: IO[bytes], path: Path) -> Iterator[zipfile.ZipFile]:
    """Open the zip; whatever a hostile or damaged file makes the reading code raise becomes one message."""
    try:
        opened = zipfile.ZipFile(file)
    except Exception as error:
        raise UnfitDataError(f"{path}: expected an .npz file as numpy.savez writes it: {_reason(error)}") from None
    try:
        with opened as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # NumPy's about headers that Python 2 wrote; they read well
            yield archive
    except UnfitDataError:
        raise
    except MemoryError:
        raise UnfitDataError(f"{path}: its arrays do not fit into memory") from None
    except Exception as error:  # zlib, struct, header parser: a dozen types
        raise UnfitDataError(f"{path}: damaged: {_reason(error)}") from None


def _headers(archive: zipfile.ZipFile, path: Path) -> dict[str, _Header]:
    present = [name.removesuffix(".npy") for name in archive.namelist()]
    missing = [name for name in NAMES if name not in present]
    if missing:
        found = ", ".join(sorted(present)[:8]) or "nothing"
        lacks = f"{', '.join(missing)} missing, found {found}"
        raise UnfitDataError(f"{path}: expected the arrays {', '.join(NAMES)}; {lacks}")
    headers = {name: _header(archive, path, name) for name in NAMES}
    for name in ("x_train", "x_test"):
        _check_example_header(path, name, headers[name])
    train, test = headers["x_train"].shape[1:], headers["x_test"].shape[1:]
    if train != test:
        raise UnfitDataError(f"{path}: x_test: expected examples of shape {train} as in x_train, got {test}")
    _refuse_larger_than_memory(path, headers)
    return headers


def _header(archive: zipfile.ZipFile, path: Path, name: str) -> _Header:
    info = archive.getinfo(f"{name}.npy")
    with archive.open(info) as file:
        version = np.lib.format.read_magic(file)
        if version == (1, 0):
            shape, _, dtype = np.lib.format.read_array_header_1_0(file)
        elif version == (2, 0):
            shape, _, dtype = np.lib.format.read_array_header_2_0(file)
        else:  # version 3 exists for field names outside latin-1
            raise UnfitDataError(f"{path}: {name}: expected a plain array, got one with named fields")
        start = file.tell()
    if dtype.hasobject:
        raise UnfitDataError(f"{path}: {name}: expected numbers, got Python objects, which are never unpickled")
    # Before anything is allocated, the stated shape must be what the bytes amount to.
    if min(shape, default=0) < 0 or math.prod(shape) * dtype.itemsize != info.file_size - start:
        raise UnfitDataError(
            f"{path}: {name}: expected {math.prod(shape) * dtype.itemsize} bytes for shape {shape}, "
            f"got {info.file_size - start}"
        )
    return _Header(shape, dtype)


def _check_example_header(path: Path, name: str, header: _Header) -> None:
    shape, dtype = header.shape, header.dtype
    if dtype.kind not in "buif":
        raise UnfitDataError(f"{path}: {name}: expected numbers, got type {dtype}")
    if not 2 <= len(shape) <= 4:
        raise UnfitDataError(f"{path}: {name}: expected shape {_SHAPES}, got {shape}")
    if 0 in shape:
        raise UnfitDataError(f"{path}: {name}: expected at least one example and no empty axis, got shape {shape}")


def _refuse_larger_than_memory(path: Path, headers: dict[str, _Header]) -> None:
    """A small zip can hold enormous arrays of zeros; the kernel would kill the process half-way.

    What preparing them takes beyond that depends on the config: `experiments.memory` knows it.
    """
    stored, memory = _stored_bytes(headers), memory_limit()
    if stored > memory:
        message = f"its arrays take {stored / GIB:.1f} GiB of memory, and there are {memory / GIB:.1f} GiB"
        raise UnfitDataError(f"{path}: {message}")


def _stored_bytes(headers: Mapping[str, _Header]) -> int:
    return sum(math.prod(header.shape) * header.dtype.itemsize for header in headers.values())


def _labels(
    archive: zipfile.ZipFile,
    path: Path,
    headers: dict[str, _Header],
    class_names: Sequence[str] | None,
) -> tuple[NDArray[np.int64], NDArray[np.int64], tuple[str, ...]]:
    y_train = _label_array(archive, path, "y_train", headers)
    y_test = _label_array(archive, path, "y_test", headers)
    present = np.unique(y_train)
    classes = len(class_names) if class_names is not None else int(present[-1]) + 1
    if int(present[-1]) >= classes:
        raise UnfitDataError(
            f"{path}: y_train: expected labels from 0 to {classes - 1} for the {classes} class_names, got {present[-1]}"
        )
    if classes < 2:
        raise UnfitDataError(f"{path}: y_train: expected at least two classes, got only label 0")
    if len(present) < classes:
        # The first gap: position i holds label i as long as none is missing.
        gap = int(np.argmax(np.append(present, -1) != np.arange(len(present) + 1)))
        raise UnfitDataError(
            f"{path}: y_train: expected every class from 0 to {classes - 1} at least once, got none of class {gap}"
        )
    if int(y_test.max()) >= classes:
        raise UnfitDataError(
            f"{path}: y_test: expected labels from 0 to {classes - 1}, the classes of y_train, got {y_test.max()}"
        )
    names = class_names if class_names is not None else [str(k) for k in range(classes)]
    return y_train, y_test, tuple(names)


def _label_array(archive: zipfile.ZipFile, path: Path, name: str, headers: dict[str, _Header]) -> NDArray[np.int64]:
    shape, dtype = headers[name].shape, headers[name].dtype
    examples = headers[name.replace("y", "x")].shape[0]
    if shape not in ((examples,), (examples, 1)):
        raise UnfitDataError(
            f"{path}: {name}: expected shape ({examples},) or ({examples}, 1), one label for each of the "
            f"{examples} examples of {name.replace('y', 'x')}, got {shape}"
            + ("; one-hot labels become integers by argmax(axis=1)" if len(shape) == 2 and shape[1] > 1 else "")
        )
    if dtype.kind not in "iu":
        hint = "; floats become integers by astype(int)" if dtype.kind == "f" else ""
        raise UnfitDataError(f"{path}: {name}: expected integer labels from 0, got type {dtype}{hint}")
    labels = _read(archive, name).reshape(-1)
    if int(labels.min()) < 0 or int(labels.max()) > np.iinfo(np.int64).max:
        wrong = labels.min() if int(labels.min()) < 0 else labels.max()
        raise UnfitDataError(f"{path}: {name}: expected integer labels from 0, got {wrong}")
    return labels.astype(np.int64)


def _examples(archive: zipfile.ZipFile, path: Path, name: str, headers: dict[str, _Header]) -> NDArray[Any]:
    x = _read(archive, name)
    if x.dtype.kind == "f":
        # min and max carry NaN through, and need no array of booleans.
        low, high = float(x.min()), float(x.max())
        if math.isnan(low) or math.isinf(low) or math.isinf(high):
            first = np.argwhere(~np.isfinite(x))[0]
            where = ", ".join(str(i) for i in first)
            raise UnfitDataError(f"{path}: {name}: expected finite numbers, got {x[tuple(first)]} at index [{where}]")
        largest = max(-low, high)
        if largest > np.finfo(np.float32).max:
            raise UnfitDataError(f"{path}: {name}: expected values that float32 can hold, got one of {largest:.3g}")
    return x.reshape(_with_channel(headers[name].shape))


def _read(archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    with archive.open(f"{name}.npy") as file:
        array: NDArray[Any] = np.lib.format.read_array(file, allow_pickle=False)
    return np.ascontiguousarray(array, array.dtype.newbyteorder("="))


def _with_channel(shape: tuple[int, ...]) -> tuple[int, ...]:
    return (*shape, 1) if len(shape) == 3 else shape


def _reason(error: BaseException) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join((text or type(error).__name__).split())[:200]
