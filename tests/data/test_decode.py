"""Decoders take exactly what is published and refuse everything else."""

import contextlib
import io
import json
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from experiments.data import decode
from experiments.data.errors import DataError
from tests.data import tiny_datasets as tiny


class TestIdx:
    # By hand: 2 images of 1 x 3 bytes.
    HEADER = bytes.fromhex("00000803 00000002 00000001 00000003")

    def test_by_hand(self) -> None:
        array = decode.idx(self.HEADER + bytes([1, 2, 3, 4, 5, 255]), (2, 1, 3))
        assert array.dtype == np.uint8
        assert array.tolist() == [[[1, 2, 3]], [[4, 5, 255]]]

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            (HEADER + bytes(5), "expected 6 values for shape .*, got 5"),
            (HEADER + bytes(7), "expected 6 values for shape .*, got 7"),
            (HEADER[:10], "expected header"),
            (b"", "got nothing"),
            (bytes.fromhex("00000903") + HEADER[4:] + bytes(6), "expected header 00000803"),
            (HEADER[:-1] + b"\x04" + bytes(8), "expected header"),
        ],
    )
    def test_refused(self, data: bytes, message: str) -> None:
        with pytest.raises(DataError, match=message):
            decode.idx(data, (2, 1, 3))


def png_header_only(width: int, height: int) -> bytes:
    """A PNG that announces a size and has no pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


class TestCifarPng:
    def test_pixel_of_a_row_is_row_by_row_of_the_image(self) -> None:
        images = tiny.CIFAR10["x_test"]
        flat = np.zeros((10, 1024, 3), np.uint8)
        for n in range(10):
            for i in range(32):
                for j in range(32):
                    flat[n, 32 * i + j] = images[n, i, j]
        stream = io.BytesIO()
        Image.fromarray(flat).save(stream, "PNG")
        np.testing.assert_array_equal(decode.cifar_png(stream.getvalue(), 10), images)

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            (b"", "cannot be decoded"),
            (b"GIF89a" + bytes(50), "cannot be decoded"),
            (tiny.png(tiny.CIFAR10["x_test"])[:-2000], "cannot be decoded"),
            (tiny.png(tiny.CIFAR10["x_test"][:9]), "expected 1024 x 10 RGB pixels, got 1024 x 9 RGB"),
            (png_header_only(1024, 10), "cannot be decoded"),
            (png_header_only(100_000, 1700), "cannot be decoded|got 100000 x 1700"),
            (png_header_only(100_000, 100_000), "cannot be decoded"),
        ],
    )
    def test_refused(self, data: bytes, message: str) -> None:
        with pytest.raises(DataError, match=message):
            decode.cifar_png(data, 10)

    def test_other_formats_and_modes(self) -> None:
        grey, bitmap = io.BytesIO(), io.BytesIO()
        Image.new("L", (1024, 10)).save(grey, "PNG")
        Image.new("RGB", (1024, 10)).save(bitmap, "BMP")
        with pytest.raises(DataError, match="got 1024 x 10 L"):
            decode.cifar_png(grey.getvalue(), 10)
        with pytest.raises(DataError, match="cannot be decoded"):
            decode.cifar_png(bitmap.getvalue(), 10)


class TestJsonLabels:
    def test_by_hand(self) -> None:
        labels = decode.json_labels(b"[6, 9, 0]", 3)
        assert labels.dtype == np.uint8
        assert labels.tolist() == [[6], [9], [0]]

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            (b"[1, 2]", "expected a list of 3 labels, got a list of 2"),
            (b'{"a": 1}', "got dict"),
            (b"[1, 2, 10]", "expected integers from 0 to 9, got 10"),
            (b"[1, 2, -1]", "got -1"),
            (b"[1, 2, true]", "got True"),
            (b"[1, 2, 3.0]", "got 3.0"),
            (b"[1, 2, NaN]", "got nan"),
            (b"[1, 2", "cannot be decoded"),
            (b"\xff\xfe", "cannot be decoded"),
            (b"[" * 100_000, "cannot be decoded"),
        ],
    )
    def test_refused(self, data: bytes, message: str) -> None:
        with pytest.raises(DataError, match=message):
            decode.json_labels(data, 3)


class TestCifarRecords:
    def test_red_green_blue_planes(self) -> None:
        data = bytes([7]) + bytes([1]) * 1024 + bytes([2]) * 1024 + bytes([3]) * 1023 + bytes([9])
        x, y = decode.cifar_records(data, 1)
        assert y.tolist() == [[7]]
        assert x[0, 0, 0].tolist() == [1, 2, 3]
        assert x[0, 31, 31].tolist() == [1, 2, 9]
        assert x.flags.c_contiguous

    @pytest.mark.parametrize("size", [0, 3072, 3074, 6146])
    def test_refused(self, size: int) -> None:
        with pytest.raises(DataError, match=f"expected 3073 bytes, got {size}"):
            decode.cifar_records(bytes(size), 1)


@given(st.binary(max_size=300))
def test_any_bytes_end_in_an_array_or_in_a_data_error(data: bytes) -> None:
    for work in (
        lambda: decode.idx(data, (2, 1, 3)),
        lambda: decode.cifar_png(b"\x89PNG\r\n\x1a\n" + data, 10),
        lambda: decode.json_labels(data, 3),
        lambda: decode.json_labels(json.dumps(list(data)).encode(), 3),
        lambda: decode.cifar_records(data, 1),
    ):
        with contextlib.suppress(DataError):
            work()
