"""MNIST and CIFAR-10 in small: the same formats and code, but few images and therefore other sums.

Also run as a program in tests that need a second process: `python tiny_datasets.py DATASET CACHE`.
"""

import gzip
import hashlib
import io
import json
import struct
import sys
import tarfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from experiments.data import sources
from experiments.data.sums import ARRAYS, Array

RANDOM = np.random.default_rng(7)
MNIST: dict[str, NDArray[np.uint8]] = {
    "x_train": RANDOM.integers(0, 256, (40, 28, 28), np.uint8),
    "y_train": np.tile(np.arange(10, dtype=np.uint8), 4),
    "x_test": RANDOM.integers(0, 256, (20, 28, 28), np.uint8),
    "y_test": np.tile(np.arange(10, dtype=np.uint8), 2),
}
CIFAR10: dict[str, NDArray[np.uint8]] = {
    "x_train": RANDOM.integers(0, 256, (30, 32, 32, 3), np.uint8),
    "y_train": np.tile(np.arange(10, dtype=np.uint8), 3).reshape(-1, 1),
    "x_test": RANDOM.integers(0, 256, (10, 32, 32, 3), np.uint8),
    "y_test": np.arange(10, dtype=np.uint8).reshape(-1, 1),
}
TINY = {"mnist": MNIST, "cifar10": CIFAR10}


def sums_of(arrays: dict[str, NDArray[np.uint8]]) -> dict[str, Array]:
    return {
        name: Array("|u1", array.shape, hashlib.sha256(array.tobytes()).hexdigest()) for name, array in arrays.items()
    }


def idx(array: NDArray[np.uint8]) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def png(images: NDArray[np.uint8]) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(images.reshape(len(images), 1024, 3)).save(stream, "PNG")
    return stream.getvalue()


def tar_gz(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with gzip.GzipFile(fileobj=stream, mode="wb", mtime=0) as plain, tarfile.open(fileobj=plain, mode="w") as tar:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return stream.getvalue()


def mnist_package(arrays: dict[str, NDArray[np.uint8]] = MNIST) -> bytes:
    files = {sources.IDX_FILES[name]: idx(array) for name, array in arrays.items()}
    return tar_gz({"package/package.json": b"{}", **files})


def cifar_package(arrays: dict[str, NDArray[np.uint8]] = CIFAR10) -> bytes:
    batches = np.split(arrays["x_train"], 5)
    members = {f"package/data_batch_{i}.png": png(batch) for i, batch in enumerate(batches, 1)}
    members["package/index.bundle.js"] = b"throw 1"
    members["package/test_batch.png"] = png(arrays["x_test"])
    members["package/test_lables.json"] = json.dumps(arrays["y_test"].ravel().tolist()).encode()
    members["package/train_lables.json"] = json.dumps(arrays["y_train"].ravel().tolist()).encode()
    return tar_gz(members)


def package(dataset: str) -> bytes:
    return mnist_package() if dataset == "mnist" else cifar_package()


def records(x: NDArray[np.uint8], y: NDArray[np.uint8]) -> bytes:
    return b"".join(
        bytes([int(label[0])]) + image.transpose(2, 0, 1).tobytes() for image, label in zip(x, y, strict=True)
    )


def cifar_binary() -> bytes:
    folder = "cifar-10-batches-bin"
    batches = zip(np.split(CIFAR10["x_train"], 5), np.split(CIFAR10["y_train"], 5), strict=True)
    members = {f"{folder}/data_batch_{i}.bin": records(x, y) for i, (x, y) in enumerate(batches, 1)}
    return tar_gz({**members, f"{folder}/test_batch.bin": records(CIFAR10["x_test"], CIFAR10["y_test"])})


def mnist_npz() -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **MNIST)  # type: ignore[arg-type]
    return stream.getvalue()


def main() -> None:
    dataset, cache = sys.argv[1], Path(sys.argv[2])
    ARRAYS.update({name: sums_of(arrays) for name, arrays in TINY.items()})
    for name, array in sources.obtain(dataset, cache).items():
        assert np.array_equal(array, TINY[dataset][name])
    print("all arrays are right")


if __name__ == "__main__":
    main()
