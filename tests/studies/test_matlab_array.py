"""An array of a MATLAB file reads as SciPy reads it where it is sound, and is refused where it is not."""

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.io import loadmat, savemat

from sonolens.studies.matlab import open_struct_array
from sonolens.studies.matlab_array import read_array

VALUES: dict[str, Any] = {
    "bytes": np.array([[1, 2, 3], [4, 5, 6]], np.uint8),
    "shorts": np.arange(-30, 30, dtype=np.int16).reshape(12, 5),
    "longs": np.array([[2**40], [-1]]),
    "singles": np.linspace(0, 1, 12, dtype=np.float32).reshape(3, 4),
    "doubles": np.array([[0.1, np.nan], [-np.inf, 1e300]]),
    "flags": np.array([[True, False, True]]),
    "cube": np.arange(24.0).reshape(2, 3, 4),
    "number": 2.5,
    "whole": 7,
    "text": "4a",
    "umlaut": "Brüste",
    "rows": np.array(["ab", "cd"]),
}


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("compressed", [True, False])
def test_a_sound_array_reads_as_scipy_reads_it(
    tmp_path: Path, name: str, *, compressed: bool
) -> None:
    data = np.empty((1, 1), dtype=[(name, object)])
    data[0, 0] = (VALUES[name],)
    savemat(tmp_path / "a.mat", {"data": data}, do_compression=compressed)
    expected: Any = loadmat(tmp_path / "a.mat", simplify_cells=True)["data"][name]

    read = open_struct_array(tmp_path / "a.mat", "data").read(0, (name,))[name]

    np.testing.assert_array_equal(read, expected)
    assert np.asarray(read).dtype.kind == np.asarray(expected).dtype.kind


def part(kind: int, data: bytes) -> bytes:
    return struct.pack("<II", kind, len(data)) + data + bytes(-len(data) % 8)


def array(
    *, flags: int = 6, shape: tuple[int, ...] = (1, 2), stored: int = 9, data: bytes = bytes(16)
) -> bytes:
    dims = struct.pack(f"<{len(shape)}i", *shape)
    body = part(6, struct.pack("<II", flags, 0)) + part(5, dims) + part(1, b"") + part(stored, data)
    return struct.pack("<II", 14, len(body)) + body


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"stored": 99}, "numbers have the type 99"),
        ({"flags": 4, "stored": 99}, "text has the type 99"),
        ({"flags": 1, "shape": (200_000_000, 1)}, "class 1 and shape"),
        ({"flags": 6 | 0x800}, "is no array of numbers"),
        ({"shape": (1, -2)}, r"the shape \(1, -2\)"),
        ({"shape": (2,)}, r"the shape \(2,\)"),
        ({"shape": (30_000, 30_000)}, "2 numbers do not fill the shape"),
    ],
)
def test_what_does_not_fit_together_is_refused(changes: dict[str, Any], refusal: str) -> None:
    assert read_array(array(), "<").tolist() == [0, 0]

    with pytest.raises(ValueError, match=refusal):
        read_array(array(**changes), "<")
    with pytest.raises(ValueError, match="it ends"):
        read_array(array()[:-20], "<")
