"""Struct arrays read element by element: the same values as SciPy reads at once."""

import struct
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.io import loadmat, savemat

from sonolens.studies.matlab import open_struct_array

RNG = np.random.default_rng(5)
ELEMENTS = 6


def save(path: Path, *, compressed: bool, samples: int = 50_000) -> Path:
    """A struct array whose large fields cannot be deflated much, between two other variables."""
    data = np.empty(
        (1, ELEMENTS), dtype=[(name, object) for name in ("name", "large", "flag", "n")]
    )
    for element in range(ELEMENTS):
        large = RNG.integers(-3000, 3000, (samples, 2), dtype=np.int16)
        data[0, element] = (f"no {element}", large, large > 0, element / 2)
    savemat(path, {"before": 1, "data": data, "after": "x"}, do_compression=compressed)
    return path


@pytest.fixture(params=[True, False], ids=["compressed", "plain"])
def file(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    return save(tmp_path / "some.mat", compressed=request.param)


@pytest.mark.parametrize("element", [5, 0, 3])
def test_any_element_reads_as_scipy_reads_it(file: Path, element: int) -> None:
    whole: Any = loadmat(file, simplify_cells=True)["data"][element]

    read = open_struct_array(file, "data").read(element, ("flag", "name", "large", "n"))

    assert list(read) == ["flag", "name", "large", "n"]
    assert (read["name"], read["n"]) == (whole["name"], whole["n"])
    for name in ("large", "flag"):
        assert read[name].dtype == whole[name].dtype
        np.testing.assert_array_equal(read[name], whole[name])


def test_fields_keep_their_order(file: Path) -> None:
    assert open_struct_array(file, "data").fields == ("name", "large", "flag", "n")


def test_memory_is_that_of_an_element_not_of_the_array(tmp_path: Path) -> None:
    path = save(tmp_path / "large.mat", compressed=True, samples=500_000)  # 6 x 3 MB

    tracemalloc.start()
    open_struct_array(path, "data").read(4, ("flag",))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 6e6


def test_a_file_of_the_other_byte_order_reads_alike(tmp_path: Path) -> None:
    def part(kind: int, data: bytes) -> bytes:
        return struct.pack(">II", kind, len(data)) + data + b"\0" * (-len(data) % 8)

    def matrix(number: int, dims: tuple[int, ...], rest: bytes) -> bytes:
        flags, shape = struct.pack(">II", number, 0), struct.pack(f">{len(dims)}i", *dims)
        return part(14, part(6, flags) + part(5, shape) + rest)

    value = matrix(10, (1, 2), part(1, b"") + part(3, struct.pack(">hh", 258, -2)))
    fields = part(1, b"data") + struct.pack(">HHi", 4, 5, 8) + part(1, b"rf1".ljust(8, b"\0"))
    array = matrix(2, (1, 2), fields + value + value)
    header = b"MATLAB 5.0 MAT-file".ljust(124) + b"\x01\x00MI"
    (tmp_path / "big.mat").write_bytes(header + part(15, zlib.compress(array)))

    opened = open_struct_array(tmp_path / "big.mat", "data")

    assert len(opened.elements) == 2
    np.testing.assert_array_equal(opened.read(1, ("rf1",))["rf1"], [258, -2])


def test_a_file_that_changes_is_read_anew(file: Path) -> None:
    old = open_struct_array(file, "data").read(0, ("large",))["large"]
    save(file, compressed=True)

    new = open_struct_array(file, "data").read(0, ("large",))["large"]

    assert not np.array_equal(old, new)


def test_another_variable_is_named(file: Path) -> None:
    with pytest.raises(ValueError, match="no struct array 'lesions' but before, data, after"):
        open_struct_array(file, "lesions")


@pytest.mark.parametrize("share", [0.3, 0.95])
def test_a_truncated_file_is_refused_by_name(file: Path, share: float) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * share)])

    with pytest.raises(ValueError, match=r"some.mat' is damaged .* replace it by a good copy"):
        open_struct_array(file, "data").read(5, ("large", "flag"))


def test_damaged_bytes_are_refused_by_name(tmp_path: Path) -> None:
    file = save(tmp_path / "some.mat", compressed=True)
    content = bytearray(file.read_bytes())
    content[900:960] = bytes(60)
    file.write_bytes(content)

    with pytest.raises(ValueError, match=r"some.mat' is damaged"):
        open_struct_array(file, "data").read(5, ("large",))


@pytest.mark.parametrize("content", [b"", b"MATLAB 7.3 MAT-file".ljust(512), b"PK\3\4" * 99])
def test_another_format_is_refused_with_the_remedy(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other.mat").write_bytes(content)

    with pytest.raises(ValueError, match=r"not a MATLAB file of version 5 to 7 .* save it .* -v7"):
        open_struct_array(tmp_path / "other.mat", "data")
