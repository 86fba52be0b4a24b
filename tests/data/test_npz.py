"""A user's own file: what is right loads, what is wrong gets one message with file, array, expected and got."""

import io
import os
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from experiments.data import npz
from experiments.data.errors import DataError

Change = dict[str, Any]


def good() -> dict[str, Any]:
    return {
        "x_train": np.arange(12, dtype=np.float32).reshape(6, 2),
        "y_train": np.array([0, 1, 2, 0, 1, 2]),
        "x_test": np.ones((3, 2), np.float32),
        "y_test": np.array([0, 1, 2]),
    }


def save(path: Path, changes: Change | None = None) -> Path:
    arrays = {**good(), **(changes or {})}
    np.savez(path, **{name: array for name, array in arrays.items() if array is not None})
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "own.npz"


class TestGood:
    def test_values_counts_and_names(self, path: Path) -> None:
        arrays = npz.load(save(path), None)
        np.testing.assert_array_equal(arrays.x_train, good()["x_train"])
        np.testing.assert_array_equal(arrays.y_test, [0, 1, 2])
        assert arrays.y_train.dtype == np.int64
        assert arrays.class_names == ("0", "1", "2")
        assert arrays.sha256 == npz.file_sum(path)
        outline = npz.outline(path, ["a", "b", "c"])
        stored = sum(array.nbytes for array in good().values())
        assert outline == npz.Outline((2,), ("a", "b", "c"), (2, 2, 2), 3, stored, True)

    def test_the_limit_is_what_this_process_may_use(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """In a container less than the machine has. The arrays count as they lie in the file, not as copies."""
        stored = sum(array.nbytes for array in good().values())
        save(path)
        monkeypatch.setattr(npz, "memory_limit", lambda: float(stored))
        assert npz.load(path, None).x_train.shape == good()["x_train"].shape
        monkeypatch.setattr(npz, "memory_limit", lambda: stored - 1.0)
        with pytest.raises(DataError, match="its arrays take"):
            npz.outline(path, None)

    @pytest.mark.parametrize(
        ("stored", "shape"),
        [((6, 5), (5,)), ((6, 4, 3), (4, 3, 1)), ((6, 4, 3, 2), (4, 3, 2)), ((6, 1), (1,))],
    )
    def test_images_get_a_channel_axis(self, stored: tuple[int, ...], shape: tuple[int, ...], path: Path) -> None:
        save(path, {"x_train": np.zeros(stored), "x_test": np.zeros((3, *stored[1:]))})
        assert npz.outline(path, None).shape == shape
        assert npz.load(path, None).x_train.shape == (6, *shape)

    @pytest.mark.parametrize("dtype", ["?", "u1", "i8", ">i4", "f2", ">f8", "g"])
    def test_number_types(self, dtype: str, path: Path) -> None:
        x = np.array([[0, 1]] * 6, dtype)
        arrays = npz.load(save(path, {"x_train": x}), None)
        np.testing.assert_array_equal(arrays.x_train, x)
        assert arrays.x_train.dtype.isnative

    @pytest.mark.parametrize("dtype", ["u1", "i1", ">i8", "u8"])
    def test_label_types_and_the_shape_that_keras_uses(self, dtype: str, path: Path) -> None:
        labels = np.array([[2], [1], [0], [2], [1], [0]], dtype)
        assert npz.load(save(path, {"y_train": labels}), None).y_train.tolist() == [2, 1, 0, 2, 1, 0]

    def test_fortran_order_compression_and_other_members(self, path: Path) -> None:
        x = np.asfortranarray(np.arange(24.0).reshape(6, 4))
        arrays = {**good(), "x_train": x, "x_test": x[:3], "extra": np.array("note")}
        np.savez_compressed(path, **arrays)
        loaded = npz.load(path, None).x_train
        np.testing.assert_array_equal(loaded, x)
        assert loaded.flags.c_contiguous

    def test_a_test_set_may_lack_a_class(self, path: Path) -> None:
        save(path, {"y_test": np.array([0, 0, 0])})
        assert npz.load(path, None).class_names == ("0", "1", "2")


def with_value(value: float, dtype: str = "f8") -> np.ndarray:
    x = np.zeros((6, 2), dtype)
    x[4, 1] = value
    return x


WRONG: list[tuple[Change, str]] = [
    ({"y_test": None}, r"expected the arrays x_train, y_train, x_test, y_test; y_test missing, found x_test, "),
    ({"x_train": None, "y_test": None}, "x_train, y_test missing"),
    ({"x_train": with_value(np.nan)}, r"x_train: expected finite numbers, got nan at index \[4, 1\]"),
    ({"x_train": with_value(np.inf)}, r"x_train: expected finite numbers, got inf at index \[4, 1\]"),
    ({"x_train": with_value(-np.inf, "f2")}, "x_train: expected finite numbers, got -inf"),
    ({"x_train": with_value(-1e300)}, r"x_train: expected values that float32 can hold, got one of 1e\+300"),
    ({"x_train": np.zeros(6)}, r"x_train: expected shape \(N, F\), .*, got \(6,\)"),
    ({"x_train": np.zeros((6, 1, 1, 1, 2))}, r"x_train: expected shape .*, got \(6, 1, 1, 1, 2\)"),
    ({"x_test": np.zeros(())}, r"x_test: expected shape .*, got \(\)"),
    ({"x_train": np.zeros((0, 2)), "y_train": np.zeros(0, int)}, "x_train: expected at least one example"),
    ({"x_test": np.zeros((0, 2)), "y_test": np.zeros(0, int)}, "x_test: expected at least one example"),
    ({"x_test": np.zeros((3, 4))}, r"x_test: expected examples of shape \(2,\) as in x_train, got \(4,\)"),
    ({"x_train": np.array([["a", "b"]] * 6)}, "x_train: expected numbers, got type <U1"),
    ({"x_train": np.zeros((6, 2), complex)}, "x_train: expected numbers, got type complex128"),
    ({"x_train": np.zeros((6, 2), "M8[s]")}, "x_train: expected numbers, got type datetime64"),
    ({"x_train": np.zeros((6, 2), [("a", "f4")])}, r"x_train: expected numbers, got type \[\('a'"),
    ({"x_train": np.array([[None, {}]] * 6)}, "x_train: expected numbers, got Python objects"),
    ({"y_train": np.array([0, 1, 2, 0, 1, None])}, "y_train: expected numbers, got Python objects"),
    ({"y_train": np.array([0, 1, 2, 0, 1])}, r"y_train: expected shape \(6,\) or \(6, 1\), .* got \(5,\)"),
    ({"y_train": np.eye(6, 3)}, r"y_train: expected shape .* got \(6, 3\); one-hot labels become integers by argmax"),
    ({"y_train": np.zeros(6)}, r"y_train: expected integer labels from 0, got type float64; .*astype\(int\)"),
    ({"y_train": np.zeros(6, bool)}, "y_train: expected integer labels from 0, got type bool"),
    ({"y_train": np.array([0, 1, 2, 0, 1, -3])}, "y_train: expected integer labels from 0, got -3"),
    ({"y_train": np.array([0, 1, 2, 0, 1, 2**63], "u8")}, "y_train: expected .*, got 9223372036854775808"),
    (
        {"y_train": np.array([0, 1, 2, 0, 1, 10**12])},
        "expected every class from 0 to 10+ at least once, got none of class 3",
    ),
    ({"y_train": np.array([1, 2, 1, 2, 1, 2])}, "y_train: expected every class from 0 to 2 .* none of class 0"),
    ({"y_train": np.array([0, 3, 0, 3, 0, 1])}, "y_train: expected every class from 0 to 3 .* none of class 2"),
    ({"y_train": np.zeros(6, int)}, "y_train: expected at least two classes, got only label 0"),
    ({"y_test": np.array([0, 1, 3])}, "y_test: expected labels from 0 to 2, the classes of y_train, got 3"),
    ({"y_test": np.array([0, 1, -1])}, "y_test: expected integer labels from 0, got -1"),
]


class TestWrongArrays:
    @pytest.mark.parametrize(("changes", "message"), WRONG)
    def test_message_names_file_array_expected_and_got(self, changes: Change, message: str, path: Path) -> None:
        save(path, changes)
        with pytest.raises(DataError, match=message) as caught:
            npz.load(path, None)
        assert str(caught.value).startswith(f"{path}: ")
        assert "\n" not in str(caught.value)

    @pytest.mark.parametrize(
        ("names", "message"),
        [
            (["a", "b"], "y_train: expected labels from 0 to 1 for the 2 class_names, got 2"),
            (["a", "b", "c", "d"], "expected every class from 0 to 3 at least once, got none of class 3"),
        ],
    )
    def test_names_of_another_number(self, names: list[str], message: str, path: Path) -> None:
        save(path)
        with pytest.raises(DataError, match=message):
            npz.load(path, names)
        with pytest.raises(DataError, match=message):
            npz.outline(path, names)


class TestWrongFiles:
    def test_missing_folder_pipe_and_null_character(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        for name, message in [
            ("none.npz", "there is no such file"),
            (".", "it is not a file"),
            ("pipe", "it is not a file"),
            ("a\0b", "there is no such file|cannot be read"),
        ]:
            with pytest.raises(DataError, match=message):
                npz.load(tmp_path / name, None)

    @pytest.mark.parametrize("data", [b"", b"text", bytes(1000), b"PK\x05\x06" + bytes(18)])
    def test_not_an_npz(self, data: bytes, path: Path) -> None:
        path.write_bytes(data)
        with pytest.raises(DataError, match=r"expected (an .npz file as numpy.savez writes it|the arrays)"):
            npz.load(path, None)

    def test_a_lone_npy(self, path: Path) -> None:
        with path.open("wb") as file:
            np.save(file, np.zeros(3))
        with pytest.raises(DataError, match=r"expected an \.npz file"):
            npz.load(path, None)

    def test_encrypted(self, path: Path) -> None:
        save(path)
        data = bytearray(path.read_bytes())
        at = data.find(b"PK\x01\x02")
        data[at + 8] |= 1  # the directory's flag of the first member
        path.write_bytes(data)
        with pytest.raises(DataError, match=r"damaged: .*encrypted"):
            npz.load(path, None)

    @pytest.mark.filterwarnings("ignore:Stored array in format 3.0")
    def test_field_names_outside_latin_1(self, path: Path) -> None:
        save(path, {"x_train": np.zeros((6, 2), [("漢", "f4")])})
        with pytest.raises(DataError, match="x_train: expected a plain array, got one with named fields"):
            npz.load(path, None)

    def crafted(self, path: Path, header: bytes, body: bytes = b"") -> None:
        """Save with a hand-written .npy as x_train."""
        save(path, {"x_train": None})
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("x_train.npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + body)

    @pytest.mark.parametrize(
        ("header", "message"),
        [
            (
                b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000, 2)}\n",
                "expected 16000000000000 bytes",
            ),
            (b"{'descr': '<f8', 'fortran_order': False, 'shape': (-1, 2)}\n", "expected -16 bytes"),
            (b"{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2)}\n", "expected 16 bytes .*, got 8"),
            (b"{'descr': '|O', 'fortran_order': False, 'shape': (1,)}\n", "never unpickled"),
            (b"{'descr': '<f8'}\n", "damaged"),
            (b"__import__('os').getcwd()\n", "damaged"),
            (b"(" * 5000 + b"\n", "damaged"),
            (b"[" * 60000 + b"\n", "damaged"),
            (b"{'descr': '<f8', 'fortran_order': False, 'shape': (True, 2)}\n", "x_train|damaged"),
            (b"\x00" * 64, "damaged"),
        ],
    )
    def test_hostile_header(self, header: bytes, message: str, path: Path) -> None:
        self.crafted(path, header, bytes(8))
        with pytest.raises(DataError, match=message):
            npz.load(path, None)

    def test_bomb(self, path: Path) -> None:
        # 4 TB of zeros as the directory tells it; the check comes before anything is inflated.
        header = b"{'descr': '|u1', 'fortran_order': False, 'shape': (2000000000000, 2)}\n"
        self.crafted(path, header, bytes(8))
        data = bytearray(path.read_bytes())
        at = data.rfind(b"PK\x01\x02")
        size = len(header) + 10 + 4_000_000_000_000
        # The size moves into a ZIP64 field appended to the directory's entry.
        end = data.rfind(b"PK\x05\x06")
        data[at + 24 : at + 28] = b"\xff" * 4
        extra = struct.pack("<HHQ", 1, 8, size)
        data[at + 30 : at + 32] = struct.pack("<H", len(extra))
        name_end = at + 46 + len("x_train.npy")
        data[name_end:name_end] = extra
        end += len(extra)
        data[end + 12 : end + 16] = struct.pack("<I", struct.unpack("<I", data[end + 12 : end + 16])[0] + len(extra))
        path.write_bytes(data)
        with pytest.raises(DataError, match=r"its arrays take \d+\.\d GiB of memory, and there are"):
            npz.load(path, None)
        with pytest.raises(DataError, match="its arrays take"):
            npz.outline(path, None)

    def test_truncated_at_every_tenth_byte(self, path: Path) -> None:
        whole = save(path).read_bytes()
        for size in range(0, len(whole) - 1, 10):
            path.write_bytes(whole[:size])
            with pytest.raises(DataError):
                npz.load(path, None)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_altered_bytes_end_in_arrays_or_in_a_data_error(tmp_path: Path, data: st.DataObject) -> None:
    stream = io.BytesIO()
    np.savez(stream, **good())
    spoilt = bytearray(stream.getvalue())
    for _ in range(data.draw(st.integers(1, 4))):
        spoilt[data.draw(st.integers(0, len(spoilt) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "spoilt.npz"
    path.write_bytes(spoilt)
    try:
        arrays = npz.load(path, None)
    except DataError:
        return
    # The zip's checksums let nothing through but what was saved.
    np.testing.assert_array_equal(arrays.x_train, good()["x_train"])


def test_read_exactly_refuses_another_type_or_shape(path: Path) -> None:
    save(path)
    check: Callable[..., object] = npz.read_exactly
    assert check(path, {"y_test": ("<i8", (3,))}).keys() == {"y_test"}  # type: ignore[attr-defined]
    for expected in [("<i8", (3, 1)), ("|u1", (3,))]:
        with pytest.raises(DataError, match=r"y_test: expected .*, got int64 \(3,\)"):
            check(path, {"y_test": expected})
    with pytest.raises(DataError, match=r"damaged: .*z.npy"):
        check(path, {"z": ("<i8", (3,))})
