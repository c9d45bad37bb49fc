"""Small valid files of every format that the readers take, and ways to break them, each drawn by seed."""

import io
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gdcm
import made_dicom
import numpy as np
import pandas as pd
import pydicom
from PIL import Image
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    RLELossless,
)
from scipy.io import savemat

from sonolens.studies import add_readings
from sonolens.studies.dicom import read_dicom
from sonolens.studies.manifest import read_manifest
from sonolens.studies.oasbud import read_oasbud
from sonolens.studies.one_scan import list_header_words, read_one
from sonolens.studies.picture import read_mask, read_scan
from sonolens.studies.picture_file import read_colours, read_size
from sonolens.studies.spreadsheet import read_table
from sonolens.studies.study import Study

Draw = np.random.Generator
Break = Callable[[bytes, Draw], bytes]
Reads = Callable[[Path], Iterator[Callable[[], Any]]]

EXTREMES = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 200_000_000)
WORDS = (
    "",
    "nan",
    "-1",
    "1e400",
    "9" * 30,
    "a\\b",
    "1\\2\\3",
    "=1+1",
    "\x00",
    "\u00e9\n",
    "0\\",
    "x" * 3000,
)
TABLE = "image,mask,label,patient_id,spacing_mm\na.png,am.png,benign,P1,0.07\nb.png,bm.png,malignant,P2,0.08\n"
READINGS = "scan_id,reader,mask,point_row,point_col,birads,seconds\na,anna,am.png,3,4,4a,12\nb,anna,,5,6,5,9\n"
KEYWORDS = (
    *(
        "Rows",
        "Columns",
        "NumberOfFrames",
        "BitsStored",
        "BitsAllocated",
        "HighBit",
        "SamplesPerPixel",
    ),
    *(
        "PhotometricInterpretation",
        "PixelRepresentation",
        "WindowCenter",
        "WindowWidth",
        "RescaleSlope",
    ),
    *(
        "RescaleIntercept",
        "SOPClassUID",
        "SOPInstanceUID",
        "PatientID",
        "Manufacturer",
        "PlanarConfiguration",
    ),
    *("SequenceOfUltrasoundRegions", "VOILUTSequence", "PresentationLUTShape", "SegmentSequence"),
    *(
        "PerFrameFunctionalGroupsSequence",
        "SegmentationType",
        "BurnedInAnnotation",
        "VOILUTFunction",
    ),
)


def grey(rows: int = 24, cols: int = 32) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 200, (rows, cols), dtype=np.uint8)


def drawn(rows: int = 24, cols: int = 32) -> np.ndarray:
    mask = np.zeros((rows, cols), dtype=bool)
    mask[8:14, 9:20] = True
    return mask


def picture(mode: str, ending: str, **how: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(grey()).convert(mode).save(file, ending, **how)
    return file.getvalue()


def array() -> bytes:
    file = io.BytesIO()
    np.save(file, grey())
    return file.getvalue()


def workbook() -> bytes:
    file = io.BytesIO()
    pd.read_csv(io.StringIO(TABLE)).to_excel(file, index=False)
    return file.getvalue()


def dicom(file: Dataset, syntax: str | None = None) -> bytes:
    if syntax is RLELossless:
        file.compress(RLELossless, generate_instance_uid=False)
    elif syntax:
        file.file_meta.TransferSyntaxUID = syntax
    written = io.BytesIO()
    file.save_as(written, enforce_file_format=True)
    return written.getvalue()


def encapsulated(kind: str, syntax: str, **how: Any) -> bytes:
    """A DICOM file whose picture is a JPEG or JPEG 2000 stream."""
    stream = io.BytesIO()
    Image.fromarray(made_dicom.screen()).save(stream, kind, **how)
    file = made_dicom.scan()
    file.PixelData = encapsulate([stream.getvalue()])
    file["PixelData"].VR = "OB"
    return dicom(file, syntax)


def by_gdcm(syntax: int) -> bytes:
    """A DICOM file in a compression that GDCM alone knows."""
    with tempfile.TemporaryDirectory() as folder:
        plain, packed = f"{folder}/plain.dcm", f"{folder}/packed.dcm"
        made_dicom.save(made_dicom.scan(), Path(plain))
        reader, change, writer = (
            gdcm.ImageReader(),
            gdcm.ImageChangeTransferSyntax(),
            gdcm.ImageWriter(),
        )
        reader.SetFileName(plain)
        assert reader.Read()
        change.SetTransferSyntax(gdcm.TransferSyntax(syntax))
        change.SetInput(reader.GetImage())
        assert change.Change()
        writer.SetFileName(packed)
        writer.SetFile(reader.GetFile())
        writer.SetImage(change.GetOutput())
        assert writer.Write()
        return Path(packed).read_bytes()


def looked_up() -> Dataset:
    table = Dataset()
    table.LUTDescriptor, table.LUTData = [256, 0, 8], np.arange(256, dtype=np.uint16).tobytes()
    table["LUTDescriptor"].VR, table["LUTData"].VR = "US", "OW"
    return made_dicom.scan(
        VOILUTSequence=pydicom.Sequence([table]), RescaleSlope="1", RescaleIntercept="0"
    )


def recorded(*, compressed: bool) -> bytes:
    rng = np.random.default_rng(2)
    fields = ("id", "rf1", "rf2", "roi1", "roi2", "birads", "class")
    data = np.empty((1, 2), dtype=[(name, object) for name in fields])
    for place in range(2):
        rf = [rng.integers(-99, 99, (90, 12), dtype=np.int16) for _ in range(2)]
        roi = [np.abs(each) > 50 for each in rf]
        data[0, place] = (str(place), *rf, *roi, "4", place)
    file = io.BytesIO()
    savemat(file, {"about": "x", "data": data}, do_compression=compressed)
    return file.getvalue()


def flip_bits(content: bytes, rng: Draw) -> bytes:
    changed = bytearray(content)
    for place in rng.integers(0, len(changed), int(rng.integers(1, 17))):
        changed[place] ^= 1 << int(rng.integers(8))
    return bytes(changed)


def truncate(content: bytes, rng: Draw) -> bytes:
    return content[: int(rng.integers(0, len(content)))]


def fill_with_zeros(content: bytes, rng: Draw) -> bytes:
    start = int(rng.integers(0, len(content)))
    end = min(len(content), start + int(rng.integers(1, 200)))
    return content[:start] + bytes(end - start) + content[end:]


def insert(content: bytes, rng: Draw) -> bytes:
    place = int(rng.integers(0, len(content)))
    return content[:place] + rng.bytes(int(rng.integers(1, 40))) + content[place:]


def splice(content: bytes, rng: Draw) -> bytes:
    first, second = (int(each) for each in rng.integers(0, len(content), 2))
    return content[:first] + content[second:]


def edit_number(content: bytes, rng: Draw) -> bytes:
    """Put an extreme number of two or four bytes somewhere, mostly near the beginning."""
    layout = str(rng.choice(["<I", ">I", "<H", ">H"]))
    number = int(rng.choice(EXTREMES)) & (0xFFFFFFFF if layout[1] == "I" else 0xFFFF)
    written = struct.pack(layout, number)
    reach = len(content) if rng.random() < 0.4 else min(400, len(content))
    place = int(rng.integers(0, max(1, reach - len(written))))
    return content[:place] + written + content[place + len(written) :]


def edit_word(content: bytes, rng: Draw) -> bytes:
    """Replace a cell, or what looks like one, by a word that means nothing there."""
    parts = content.split(b",")
    parts[int(rng.integers(len(parts)))] = str(rng.choice(WORDS)).encode()
    return b",".join(parts)


def edit_shape(content: bytes, rng: Draw) -> bytes:
    shape = rng.choice([b"(9999999, 9999999)", b"(24,)", b"(0, 9)", b"(-4, 6)", b"(24, 3200)"])
    return content.replace(b"(24, 32)", bytes(shape))


def edit_chunk(content: bytes, rng: Draw) -> bytes:
    """Change a chunk of a PNG and make its checksum fit."""
    chunks, place = [], 8
    while place < len(content):
        (length,) = struct.unpack(">I", content[place : place + 4])
        chunks.append((content[place + 4 : place + 8], content[place + 8 : place + 8 + length]))
        place += 12 + length
    which = int(rng.integers(len(chunks)))
    name, body = chunks[which]
    chunks[which] = (name, break_somehow(body, rng) if body else rng.bytes(4))
    return content[:8] + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )


def edit_part(content: bytes, rng: Draw) -> bytes:
    """Change one part of a workbook and zip it anew."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = str(rng.choice(list(parts)))
    if rng.random() < 0.2:
        del parts[name]
    elif rng.random() < 0.5:
        far = rng.choice([b'r="XFD1048576"', b'r="A1"', b'r="1e9"', b't="d"', b't="s"', b'r="A0"'])
        parts[name] = parts[name].replace(b't="n"', bytes(far)).replace(b'r="2"', b'r="1048576"')
    else:
        parts[name] = break_somehow(parts[name], rng)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, body in parts.items():
            archive.writestr(each, body)
    return written.getvalue()


def edit_element(content: bytes, rng: Draw) -> bytes:
    """Give an element of a DICOM header another type and a value that means nothing there, if it can be written."""
    try:
        return _edit_element(content, rng)
    except Exception:
        return flip_bits(content, rng)


def _edit_element(content: bytes, rng: Draw) -> bytes:
    file = pydicom.dcmread(io.BytesIO(content))
    inner = file.get("SequenceOfUltrasoundRegions")
    part = inner[0] if inner and rng.random() < 0.3 else file
    tags = list(part.keys()) if part is not file else [pydicom.tag.Tag(word) for word in KEYWORDS]
    tag = tags[int(rng.integers(len(tags)))]
    kind = str(rng.choice(["LO", "UN", "US", "SQ", "DS", "DELETE"]))
    if kind == "DELETE":
        part.pop(tag, None)
    else:
        odd = Dataset()
        odd.add_new(0x00101010, "LO", "x")
        value: Any = {
            "LO": str(rng.choice(WORDS)).replace("\x00", ""),
            "UN": bytes(rng.integers(0, 128, 7, dtype=np.uint8)),
            "US": [int(each) & 0xFFFF for each in rng.choice(EXTREMES, int(rng.integers(1, 4)))],
            "SQ": pydicom.Sequence([odd] * int(rng.integers(0, 3))),
            "DS": ["1e300", "-0"][: int(rng.integers(1, 3))],
        }[kind]
        part[tag] = DataElement(tag, kind, value, validation_mode=pydicom.config.IGNORE)
    return dicom(file)


def edit_inflated(content: bytes, rng: Draw) -> bytes:
    """Change what a MATLAB file holds compressed, and compress it anew."""
    place, parts = 128, [content[:128]]
    while place < len(content):
        kind, count = struct.unpack("<II", content[place : place + 8])
        body = content[place + 8 : place + 8 + count]
        if kind == 15:
            body = zlib.compress(break_somehow(zlib.decompress(body), rng))
        parts.append(struct.pack("<II", kind, len(body)) + body)
        place += 8 + count
    return b"".join(parts)


SOMEHOW: tuple[Break, ...] = (flip_bits, truncate, fill_with_zeros, insert, splice, edit_number)


def break_somehow(content: bytes, rng: Draw) -> bytes:
    return SOMEHOW[int(rng.integers(len(SOMEHOW)))](content, rng)


def all_of(study: Study) -> Iterator[Callable[[], Any]]:
    yield from study.images.values()
    yield from study.masks.values()
    yield from study.reader_masks.values()


def as_pictures(file: Path) -> Iterator[Callable[[], Any]]:
    for read in (read_scan, read_mask, read_size, read_colours):
        yield lambda read=read: read(file)


def as_array(file: Path) -> Iterator[Callable[[], Any]]:
    yield lambda: read_scan(file)
    yield lambda: read_mask(file)


def beside(file: Path, names: str = "a b") -> None:
    for name in names.split():
        Image.fromarray(grey()).save(file.parent / f"{name}.png")
        Image.fromarray(drawn()).save(file.parent / f"{name}m.png")


def as_manifest(file: Path) -> Iterator[Callable[[], Any]]:
    beside(file)
    yield lambda: read_table(file, required=("image", "mask", "label"))
    yield lambda: read_manifest(str(file))


def as_readings(file: Path) -> Iterator[Callable[[], Any]]:
    beside(file)
    (file.parent / "manifest.csv").write_text(TABLE)
    study = read_manifest(str(file.parent / "manifest.csv"))
    yield lambda: add_readings(study, file)


def as_dicom(file: Path) -> Iterator[Callable[[], Any]]:
    """A new scan, and a study of it and a sound one; of either every picture."""
    yield lambda: read_one(file, frame=1)
    yield lambda: list_header_words(file)
    (file.parent / "patients.key").write_bytes(made_dicom.SECRET)
    made_dicom.save(made_dicom.scan(PatientID="sound"), file.parent / "sound.dcm")
    for name in (file.stem, "sound"):
        Image.fromarray(made_dicom.whole_mask()).save(file.parent / f"{name}_mask.png")
    (file.parent / "labels.csv").write_text(
        f"file,label,frame\n{file.name},benign,1\nsound.dcm,malignant,1\n"
    )
    read: list[Study] = []
    yield lambda: read.append(
        read_dicom(str(file.parent), key_file=str(file.parent / "patients.key"))
    )
    yield from (each for study in read for each in all_of(study))


def as_segmentation(file: Path) -> Iterator[Callable[[], Any]]:
    made_dicom.save(made_dicom.scan(SOPInstanceUID="1.2.3"), file.parent / "sound.dcm")
    yield lambda: read_one(file.parent / "sound.dcm", mask=file)


def as_recording(file: Path) -> Iterator[Callable[[], Any]]:
    read: list[Study] = []
    yield lambda: read.append(read_oasbud(str(file), dynamic_range_db=50.0, skip_samples=20))
    yield from (each for study in read for each in all_of(study))


FORMATS: dict[str, tuple[str, Callable[[], bytes], Reads, tuple[Break, ...]]] = {
    "png": ("scan.png", lambda: picture("L", "png"), as_pictures, (edit_chunk,)),
    "png with transparency": (
        "scan.png",
        lambda: picture("RGBA", "png"),
        as_pictures,
        (edit_chunk,),
    ),
    "png with palette": (
        "scan.png",
        lambda: picture("P", "png", transparency=0),
        as_pictures,
        (edit_chunk,),
    ),
    "jpeg": ("scan.jpg", lambda: picture("L", "jpeg"), as_pictures, ()),
    "bmp": ("scan.bmp", lambda: picture("RGB", "bmp"), as_pictures, ()),
    "tiff": ("scan.tif", lambda: picture("L", "tiff", compression="tiff_lzw"), as_pictures, ()),
    "plain tiff": ("scan.tif", lambda: picture("RGBA", "tiff"), as_pictures, ()),
    "npy": ("scan.npy", array, as_array, (edit_shape,)),
    "csv": ("manifest.csv", TABLE.encode, as_manifest, (edit_word,)),
    "utf-16 csv": ("manifest.csv", lambda: TABLE.encode("utf-16"), as_manifest, (edit_word,)),
    "readings": ("readings.csv", READINGS.encode, as_readings, (edit_word,)),
    "xlsx": ("manifest.xlsx", workbook, as_manifest, (edit_part,)),
    "dicom": ("first.dcm", lambda: dicom(made_dicom.scan()), as_dicom, (edit_element,)),
    "dicom clip": ("first.dcm", lambda: dicom(made_dicom.clip()), as_dicom, (edit_element,)),
    "dicom with look-up": ("first.dcm", lambda: dicom(looked_up()), as_dicom, (edit_element,)),
    "rle dicom": ("first.dcm", lambda: dicom(made_dicom.scan(), RLELossless), as_dicom, ()),
    "jpeg dicom": (
        "first.dcm",
        lambda: encapsulated("jpeg", JPEGBaseline8Bit),
        as_dicom,
        (),
    ),
    "jpeg 2000 dicom": (
        "first.dcm",
        lambda: encapsulated("jpeg2000", JPEG2000Lossless, no_jp2=True),
        as_dicom,
        (),
    ),
    "lossless jpeg dicom": (
        "first.dcm",
        lambda: by_gdcm(gdcm.TransferSyntax.JPEGLosslessProcess14_1),
        as_dicom,
        (),
    ),
    "jpeg-ls dicom": (
        "first.dcm",
        lambda: by_gdcm(gdcm.TransferSyntax.JPEGLSLossless),
        as_dicom,
        (),
    ),
    "deflated dicom": (
        "first.dcm",
        lambda: dicom(made_dicom.scan(), DeflatedExplicitVRLittleEndian),
        as_dicom,
        (edit_element,),
    ),
    "dicom segmentation": (
        "drawn.dcm",
        lambda: dicom(made_dicom.segmentation("1.2.3")),
        as_segmentation,
        (edit_element,),
    ),
    "matlab": ("OASBUD.mat", lambda: recorded(compressed=False), as_recording, ()),
    "compressed matlab": (
        "OASBUD.mat",
        lambda: recorded(compressed=True),
        as_recording,
        (edit_inflated,),
    ),
}
"""Name of a file, what makes a valid one, what reads it, and how it is broken beside `SOMEHOW`."""
