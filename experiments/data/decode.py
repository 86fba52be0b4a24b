"""The formats that MNIST and CIFAR-10 are published in -> uint8 arrays.

Every function checks sizes before it allocates and raises DataError if the bytes are not exactly what they
must be; whether they are the right images is for the sums to say.
"""

import io
import json
import struct

import numpy as np
from numpy.typing import NDArray

from experiments.data.errors import DataError

CIFAR_SHAPE = (32, 32, 3)


def idx(data: bytes, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Decode an IDX file of unsigned bytes, the format of MNIST (LeCun, Cortes and Burges).

    Two zero bytes, 0x08 for unsigned bytes, the number of axes, each axis as a big-endian 32-bit integer, then
    the values in C order.

    Raises:
        DataError: unless the header states `shape` and the file ends where it must.
    """
    head = bytes([0, 0, 8, len(shape)]) + struct.pack(f">{len(shape)}I", *shape)
    if data[: len(head)] != head:
        raise DataError(
            f"IDX file: expected header {head.hex()} for unsigned bytes of shape {shape}, "
            f"got {data[: len(head)].hex() or 'nothing'}"
        )
    values = np.frombuffer(data, np.uint8, offset=len(head))
    if values.size != np.prod(shape):
        raise DataError(f"IDX file: expected {np.prod(shape)} values for shape {shape}, got {values.size}")
    return values.reshape(shape)


def cifar_png(data: bytes, images: int) -> NDArray[np.uint8]:
    """Decode a PNG in which each row of 1024 RGB pixels is one 32 x 32 image -> (images, 32, 32, 3).

    Raises:
        DataError: if it is no such PNG.
    """
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as picture:
            # Known from the header: a picture of another size is never decompressed.
            if picture.size != (1024, images) or picture.mode != "RGB":
                raise DataError(
                    f"PNG file: expected 1024 x {images} RGB pixels, got "
                    f"{picture.size[0]} x {picture.size[1]} {picture.mode}"
                )
            return np.asarray(picture).reshape(images, *CIFAR_SHAPE)
    except DataError:
        raise
    except Exception as error:  # Pillow raises OSError, SyntaxError, ValueError, its own bomb error, ...
        raise DataError(f"PNG file: cannot be decoded: {error}") from None


def json_labels(data: bytes, images: int, classes: int = 10) -> NDArray[np.uint8]:
    """Decode a JSON list of class indices -> (images, 1), the shape that CIFAR-10's labels have in Keras.

    Raises:
        DataError: if it is no list of `images` integers from 0 to classes - 1.
    """
    try:
        labels = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise DataError(f"label file: cannot be decoded as JSON: {error}") from None
    if not isinstance(labels, list) or len(labels) != images:
        got = f"a list of {len(labels)}" if isinstance(labels, list) else type(labels).__name__
        raise DataError(f"label file: expected a list of {images} labels, got {got}")
    for label in labels:
        if type(label) is not int or not 0 <= label < classes:
            raise DataError(f"label file: expected integers from 0 to {classes - 1}, got {label!r:.40}")
    return np.array(labels, np.uint8).reshape(-1, 1)


def cifar_records(data: bytes, images: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Decode records of CIFAR-10's binary version -> images (N, 32, 32, 3) and labels (N, 1).

    A record is one byte of label and 3072 of pixels: all red, then all green, then all blue, row by row.

    Raises:
        DataError: if the size is not that of `images` records.
    """
    record = 1 + 32 * 32 * 3
    if len(data) != images * record:
        raise DataError(f"binary batch: expected {images * record} bytes, got {len(data)}")
    rows = np.frombuffer(data, np.uint8).reshape(images, record)
    x = rows[:, 1:].reshape(images, 3, 32, 32).transpose(0, 2, 3, 1)
    return np.ascontiguousarray(x), rows[:, :1].copy()
