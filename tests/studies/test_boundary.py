"""Whatever a library raises becomes one line; what is too large, or no file at all, is refused before it is opened."""

import io
import os
import re
import resource
import socket
import struct
import time
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import made_dicom
import numpy as np
import pytest
import yaml
from hostile_files import as_manifest, dicom, recorded, workbook
from PIL import Image
from pydicom.uid import DeflatedExplicitVRLittleEndian

from sonolens.studies import ReadingLimits, StudyFileError, use_limits
from sonolens.studies.boundary import check_file, reading
from sonolens.studies.dicom_header import read_header, read_pixels
from sonolens.studies.limits import USUAL
from sonolens.studies.manifest import read_manifest
from sonolens.studies.oasbud import read_oasbud
from sonolens.studies.one_scan import is_dicom, read_one
from sonolens.studies.picture import read_mask, read_scan
from sonolens.studies.picture_file import read_colours, read_size
from sonolens.studies.spreadsheet import read_table

CONF = Path(__file__).parents[2] / "conf" / "base" / "globals.yml"


@pytest.fixture
def limits() -> Iterator[Callable[..., None]]:
    """Read by other limits in one test."""
    yield lambda **changes: use_limits(USUAL.model_copy(update=changes))
    use_limits(USUAL)


def read_any_table(path: Path) -> Any:
    return read_table(path, required=("image", "label"))


def read_recording(path: Path) -> Any:
    return read_oasbud(str(path), dynamic_range_db=50.0, skip_samples=20)


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (zlib.error("invalid block type"), "invalid block type"),
        (OSError(5, "Input/output error"), "Input/output error"),
        (NotImplementedError("compression 9"), "compression 9"),
        (KeyError("xl/workbook.xml"), "KeyError 'xl/workbook.xml'"),
        (struct.error("unpack requires 4 bytes"), "unpack requires 4 bytes"),
        (MemoryError(), "does not fit into the memory"),
        (RecursionError("maximum"), "nested too deeply"),
        (Image.DecompressionBombError("too large"), "too large"),
        (UserWarning("odd value"), "odd value"),
        (UnicodeDecodeError("ascii", b"\xe9", 0, 1, "not in range"), "not in range"),
        (RuntimeError("line\nand line\x07"), "line"),
    ],
)
def test_whatever_is_raised_becomes_one_line_with_file_reason_and_remedy(
    error: Exception, why: str
) -> None:
    with (
        pytest.raises(
            StudyFileError, match=rf"picture 'a.png' cannot be read \(.*{re.escape(why)}"
        ) as refused,
        reading("picture 'a.png'", "cannot be read"),
    ):
        raise error
    assert str(refused.value).endswith("; replace it by a good copy")
    assert str(refused.value).isprintable()


def test_a_warning_that_was_turned_into_an_error_is_told_alike() -> None:
    with (
        warnings.catch_warnings(action="error"),
        pytest.raises(StudyFileError, match=r"a.png' .*odd"),
        reading("picture 'a.png'", "cannot be read"),
    ):
        warnings.warn("odd", UserWarning, stacklevel=1)


def test_what_is_no_error_and_what_is_told_already_pass() -> None:
    with pytest.raises(KeyboardInterrupt), reading("a", "b"):
        raise KeyboardInterrupt
    with pytest.raises(StudyFileError, match=r"^told$"), reading("a", "b"):
        raise StudyFileError("told")


def test_a_long_line_keeps_its_file_and_its_remedy() -> None:
    said = str(StudyFileError(f"table 'a.csv' {'x' * 9999}\n; mend it"))

    assert len(said) < 1000
    assert said.startswith("table 'a.csv'")
    assert said.endswith("; mend it")


READS = [read_scan, read_mask, read_size, read_colours, read_header, read_one, read_any_table]


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("kind", ["pipe", "socket", "device"])
def test_what_is_no_file_is_never_waited_for(
    tmp_path: Path, read: Callable[[Path], Any], kind: str
) -> None:
    path = tmp_path / "scan.png"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        server = socket.socket(socket.AF_UNIX)
        server.bind(os.path.relpath(path))
        server.close()

    with pytest.raises(StudyFileError, match=rf"scan.png' is a {kind} and no file"):
        read(path)
    assert not is_dicom(path)


@pytest.mark.parametrize("read", READS)
def test_an_absent_file_and_a_folder_are_named(tmp_path: Path, read: Callable[[Path], Any]) -> None:
    with pytest.raises(FileNotFoundError, match=r"gone.png' does not exist"):
        read(tmp_path / "gone.png")
    with pytest.raises(StudyFileError, match=r"is a folder; name the file in it"):
        read(tmp_path)


def test_a_file_above_the_limit_is_not_opened(tmp_path: Path) -> None:
    with (tmp_path / "scan.png").open("wb") as file:
        file.truncate(2_100_000_000)  # sparse

    with pytest.raises(
        StudyFileError, match=r"has 2,100 MB, more than the 2,000 .*largest_file_mb"
    ):
        check_file(tmp_path / "scan.png", "picture")


def png(rows: int, cols: int) -> bytes:
    """A valid PNG of zeros, in a thousandth of their room."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    packer, rowful, body = zlib.compressobj(1), bytes(1 + cols), b""
    for _ in range(rows):
        body += packer.compress(rowful)
    head = struct.pack(">IIBBBBB", cols, rows, 8, 0, 0, 0, 0)
    data = chunk(b"IDAT", body + packer.flush())
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + data + chunk(b"IEND", b"")


@pytest.mark.parametrize("read", [read_scan, read_mask, read_size, read_colours])
@pytest.mark.parametrize(("rows", "cols"), [(10_000, 17_000), (6_000, 7_000), (20_000, 20_000)])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(
    tmp_path: Path, read: Callable[[Path], Any], rows: int, cols: int
) -> None:
    claimed = png(4, cols)
    head = b"IHDR" + struct.pack(">IIBBBBB", cols, rows, 8, 0, 0, 0, 0)
    claimed = claimed[:12] + head + struct.pack(">I", zlib.crc32(head)) + claimed[33:]
    (tmp_path / "scan.png").write_bytes(claimed)

    with pytest.raises(StudyFileError, match=r"scan.png'.*(megapixels.*largest_picture_mpx|bomb)"):
        read(tmp_path / "scan.png")


def test_the_limits_of_conf_are_the_usual_ones_and_change_what_is_read(
    tmp_path: Path, limits: Callable[..., None]
) -> None:
    assert ReadingLimits(**yaml.safe_load(CONF.read_text())["reading_limits"]) == USUAL
    (tmp_path / "scan.png").write_bytes(png(100, 200))

    assert read_size(tmp_path / "scan.png") == (100, 200)
    limits(largest_picture_mpx=0.01)
    with pytest.raises(StudyFileError, match=r"has 0.02 megapixels, more than the 0.01"):
        read_size(tmp_path / "scan.png")


def test_an_array_is_held_against_its_header(tmp_path: Path) -> None:
    file = io.BytesIO()
    np.save(file, np.zeros((2, 2)))
    (tmp_path / "a.npy").write_bytes(file.getvalue().replace(b"(2, 2)", b"(9**9,)"[:6]))
    (tmp_path / "b.npy").write_bytes(
        file.getvalue().replace(b"(2, 2), }" + b" " * 12, b"(200000, 200000), }  ")
    )

    for name in ("a.npy", "b.npy"):
        with pytest.raises(StudyFileError, match=rf"{name}' cannot be read"):
            read_scan(tmp_path / name)


def rezipped(**parts: bytes) -> bytes:
    """A workbook with some of its parts replaced, as their names are without folder and ending."""
    with zipfile.ZipFile(io.BytesIO(workbook())) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, parts.get(Path(name).stem, content))
    return written.getvalue()


SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%b</sheetData></worksheet>'
FAR = b"".join(
    b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (row, row) for row in range(1, 4000)
)


@pytest.mark.parametrize(
    ("parts", "refusal"),
    [
        ({"sheet1": SHEET % (b" " * 120_000_000)}, "unpacked, has 120 MB.*largest_table_mb"),
        ({"sheet1": SHEET % FAR}, "cells, more than the 2e.06 .*most_cells"),
        ({"sheet1": SHEET % b'<row r="99999999999"><c><v>1</v></c></row>'}, "cells, more than"),
        ({"sheet1": SHEET % b"<row>"}, "is no XLSX that can be read"),
        ({"sheet1": b""}, "is no XLSX that can be read"),
    ],
    ids=["bomb", "far columns", "far rows", "broken", "empty"],
)
def test_a_small_workbook_does_not_unfold(
    tmp_path: Path, parts: dict[str, bytes], refusal: str
) -> None:
    (tmp_path / "manifest.xlsx").write_bytes(rezipped(**parts))
    started = time.process_time()

    with pytest.raises(StudyFileError, match=rf"manifest.xlsx.*{refusal}"):
        read_any_table(tmp_path / "manifest.xlsx")
    assert (tmp_path / "manifest.xlsx").stat().st_size < 200_000
    assert time.process_time() - started < 10


def matlab(
    dims: tuple[int, int], *, name: bytes = b"data", fields: bytes = b"id".ljust(8, b"\0")
) -> bytes:
    """A struct array of version 5 that promises more than it holds, and holds zeros to no end."""

    def part(kind: int, data: bytes) -> bytes:
        return struct.pack("<II", kind, len(data)) + data + bytes(-len(data) % 8)

    body = part(6, struct.pack("<II", 2, 0)) + part(5, struct.pack("<ii", *dims)) + part(1, name)
    body += struct.pack("<HHi", 5, 4, 8) + part(1, fields) + bytes(20_000_000)
    body = zlib.compress(struct.pack("<II", 14, len(body)) + body)
    header = b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM"
    return header + struct.pack("<II", 15, len(body)) + body


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (matlab((1, 200_000_000)), "2e.08 elements, more than the 1,000 .*most_elements"),
        (matlab((1, -5)), "an array has the shape"),
        (matlab((1, 1), name=b"x" * 3_000_000), "name or shape takes 3000000 bytes"),
        (matlab((1, 1), fields=b"x" * 300_000), "name or shape takes 300000 bytes"),
        (b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM" + bytes(999), "has the type 0"),
    ],
    ids=["elements", "negative", "name", "fields", "zeros"],
)
def test_a_matlab_file_promises_in_vain(tmp_path: Path, content: bytes, refusal: str) -> None:
    (tmp_path / "OASBUD.mat").write_bytes(content)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(StudyFileError, match=rf"OASBUD.mat' .*{refusal}"):
        read_recording(tmp_path / "OASBUD.mat")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000


def test_a_field_of_many_cells_takes_no_room(tmp_path: Path) -> None:
    content = recorded(compressed=False)
    begins = content.rindex(struct.pack("<II", 6, 8))  # flags and shape of the last field
    cells = struct.pack("<I", 1)
    changed = content[: begins + 8] + cells + content[begins + 12 :]
    shape = begins + 24
    changed = changed[:shape] + struct.pack("<ii", 200_000_000, 1) + changed[shape + 8 :]
    (tmp_path / "OASBUD.mat").write_bytes(changed)

    with pytest.raises(StudyFileError, match=r"OASBUD.mat' is damaged .*shape \(200000000, 1\)"):
        read_recording(tmp_path / "OASBUD.mat")


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"Rows": 65_535, "Columns": 65_535}, "megapixels.*largest_picture_mpx"),
        ({"NumberOfFrames": 2_000_000_000}, "MB.*largest_array_mb"),
        ({"Rows": 0}, "cannot be decoded|region"),
        ({"SamplesPerPixel": [1, 3]}, "malformed number SamplesPerPixel"),
        ({"PhotometricInterpretation": ["RGB", "RGB"]}, r"cannot be decoded|is RGB\\RGB"),
    ],
)
def test_a_dicom_file_promises_in_vain(
    tmp_path: Path, changes: dict[str, Any], refusal: str
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made_dicom.save(made_dicom.scan(**changes), tmp_path / "scan.dcm")

        with pytest.raises(StudyFileError, match=rf"scan.dcm'.*({refusal})"):
            read_pixels(tmp_path / "scan.dcm")


@pytest.mark.parametrize("trailing", [b"", b"\x00", b"more"])
def test_a_deflated_dicom_file_does_not_unfold(
    tmp_path: Path, limits: Callable[..., None], trailing: bytes
) -> None:
    content = dicom(
        made_dicom.scan(np.zeros((1000, 2000), np.uint8)), DeflatedExplicitVRLittleEndian
    )
    (tmp_path / "scan.dcm").write_bytes(content + trailing)

    assert read_pixels(tmp_path / "scan.dcm")[1].shape == (1000, 2000)
    limits(largest_array_mb=1.0)
    with pytest.raises(StudyFileError, match=r"scan.dcm', unfolded, has .* MB, more than the 1"):
        read_header(tmp_path / "scan.dcm")


@pytest.mark.parametrize("content", ["image,mask,label\n", "image,mask,label", "", "\n\n"])
def test_a_table_without_rows_is_refused_by_name(tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.csv").write_text(content)

    with pytest.raises(StudyFileError, match=r"manifest.csv (lists no scan|has no column)"):
        read_manifest(str(tmp_path / "manifest.csv"))


def test_a_header_of_many_long_names_takes_no_time(tmp_path: Path) -> None:
    names = ",".join(f"{'id' * 3000}{number}" for number in range(500))
    (tmp_path / "manifest.csv").write_text(f"image,mask,label,{names}\n")
    started = time.process_time()

    with pytest.raises(StudyFileError, match=r"manifest.csv lists no scan"):
        list(as_manifest(tmp_path / "manifest.csv"))[1]()
    assert time.process_time() - started < 10
