"""DICOM files that tests of this room make: a screen with a box of tissue, and segmentations of it."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.pixels.utils import pack_bits
from pydicom.sequence import Sequence
from pydicom.uid import (
    ExplicitVRLittleEndian,
    SegmentationStorage,
    UltrasoundImageStorage,
    generate_uid,
)

from sonolens.studies.dicom import read_dicom

ROWS, COLS = 60, 80
X0, Y0, X1, Y1 = 10, 5, 69, 54  # the tissue, ends included
SECRET = b"0123456789abcdef-secret"


def screen() -> np.ndarray:
    """A screen on which every pixel of the tissue differs from its neighbours."""
    rows, cols = np.mgrid[:ROWS, :COLS]
    return ((3 * rows + 2 * cols) % 251).astype(np.uint8)


TISSUE = screen()[Y0 : Y1 + 1, X0 : X1 + 1]


def region(**changes: Any) -> Dataset:
    """A tissue region of 0.06 x 0.08 mm pixels."""
    item = Dataset()
    values = {
        "RegionSpatialFormat": 1,
        "RegionDataType": 1,
        "RegionFlags": 0,
        "RegionLocationMinX0": X0,
        "RegionLocationMinY0": Y0,
        "RegionLocationMaxX1": X1,
        "RegionLocationMaxY1": Y1,
        "PhysicalUnitsXDirection": 3,
        "PhysicalUnitsYDirection": 3,
        "PhysicalDeltaX": 0.008,
        "PhysicalDeltaY": 0.006,
    }
    for keyword, value in (values | changes).items():
        setattr(item, keyword, value)
    return item


def scan(pixels: np.ndarray | None = None, **changes: Any) -> Dataset:
    """An uncompressed ultrasound file of a patient with a name."""
    pixels = screen() if pixels is None else pixels
    file = Dataset()
    file.file_meta = FileMetaDataset()
    file.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    file.SOPClassUID = file.file_meta.MediaStorageSOPClassUID = UltrasoundImageStorage
    file.SOPInstanceUID = file.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    file.Modality = "US"
    file.PatientName, file.PatientID, file.PatientBirthDate = (
        "Kowalska^Anna",
        "PL-44017",
        "19700203",
    )
    file.Manufacturer, file.ManufacturerModelName = "ACME", "Echo 9"
    file.Rows, file.Columns = pixels.shape[:2]
    file.BitsAllocated = file.BitsStored = 8
    file.HighBit, file.PixelRepresentation = 7, 0
    file.SamplesPerPixel = 1 if pixels.ndim == 2 else 3
    file.PhotometricInterpretation = "MONOCHROME2" if pixels.ndim == 2 else "RGB"
    if pixels.ndim == 3:
        file.PlanarConfiguration = 0
    file.SequenceOfUltrasoundRegions = Sequence([region()])
    file.PixelData = pixels.tobytes()
    for keyword, value in changes.items():
        setattr(file, keyword, value)
    return file


def save(file: Dataset, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    file.save_as(path, enforce_file_format=True)


def whole_mask() -> np.ndarray:
    """A mass drawn on the whole screen."""
    mask = np.zeros((ROWS, COLS), dtype=bool)
    mask[20:30, 25:45] = True
    return mask


def segmentation(*references: str, mask: np.ndarray | None = None, **changes: Any) -> Dataset:
    """A binary DICOM segmentation, one frame per referenced picture."""
    mask = whole_mask() if mask is None else mask
    file = scan()
    del file.SequenceOfUltrasoundRegions
    file.SOPClassUID = file.file_meta.MediaStorageSOPClassUID = SegmentationStorage
    file.Modality = "SEG"
    file.SegmentationType = "BINARY"
    file.SegmentSequence = Sequence([Dataset()])
    file.Rows, file.Columns = mask.shape
    file.BitsAllocated = file.BitsStored = 1
    file.HighBit = 0
    frames = []
    for instance in references:
        source, derivation, group = Dataset(), Dataset(), Dataset()
        source.ReferencedSOPInstanceUID = instance
        derivation.SourceImageSequence = Sequence([source])
        group.DerivationImageSequence = Sequence([derivation])
        frames.append(group)
    file.PerFrameFunctionalGroupsSequence = Sequence(frames)
    count = max(1, len(references))
    file.NumberOfFrames = count
    rolled = [np.roll(mask, frame, axis=1) for frame in range(count)]
    file.PixelData = pack_bits(np.stack(rolled).astype(np.uint8).ravel())
    for keyword, value in changes.items():
        setattr(file, keyword, value)
    return file


def make_folder(tmp_path: Path) -> Path:
    """Two scans with masks, a table and, outside the folder, a secret."""
    (tmp_path / "patients.key").write_bytes(SECRET + b"\n")
    for name in ("first", "second"):
        save(scan(), tmp_path / "dicom" / f"{name}.dcm")
        Image.fromarray(whole_mask()).save(tmp_path / "dicom" / f"{name}_mask.png")
    write_labels(tmp_path / "dicom")
    return tmp_path / "dicom"


def write_labels(folder: Path, **columns: list[str]) -> None:
    table = {"file": ["first.dcm", "second.dcm"], "label": ["benign", "malignant"]} | columns
    pd.DataFrame(table).to_csv(folder / "labels.csv", index=False)


def read(folder: Path) -> Any:
    return read_dicom(str(folder), key_file=str(folder.parent / "patients.key"))


def clip(frames: int = 3, **changes: Any) -> Dataset:
    """A file whose frame k is the screen plus k - 1."""
    pixels = np.stack([screen() + frame for frame in range(frames)]).astype(np.uint8)
    file = scan(pixels[0], NumberOfFrames=frames, **changes)
    file.PixelData = pixels.tobytes()
    return file


def write_rows(folder: Path, *rows: str) -> None:
    (folder / "labels.csv").write_text("\n".join(["file,label,frame", *rows]) + "\n")
