"""Ultrasound files that come with pydicom: each loads, or is refused for what it is."""

from pathlib import Path
from typing import Any

import numpy as np
import pydicom.data
import pytest
from made_dicom import make_folder, read, region, write_labels
from PIL import Image
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_color_lut
from pydicom.pixels.utils import pixel_array
from pydicom.sequence import Sequence

from sonolens.studies.remarks import listen

FILES = Path(pydicom.data.__file__).parent / "test_files"

NO_REGION = r"has 0 two-dimensional tissue regions .* BurnedInAnnotation NO, or list it, cropped"
RESIZED = r"has a tissue region of rows {} and columns {} in a picture of {}; use the file as the"
REASONS = {
    # Flow in colours beside the hospital's name, and no header that says where tissue is.
    "examples_jpeg2k.dcm": NO_REGION,
    "examples_rgb_color.dcm": NO_REGION,
    # A corner of a coloured screen.
    "ExplVR_BigEnd.dcm": NO_REGION,
    # pydicom cut its lower part off and left the region as it was.
    "examples_palette.dcm": RESIZED.format("60 to 518", "120 to 800", "350 x 800"),
    # pydicom halved its pictures and left the region as it was.
    "examples_ybr_color.dcm": RESIZED.format("31 to 414", "84 to 595", "240 x 320"),
}
"""Why none of them loads as it comes; with the header that is missing each does, see below."""


def is_ultrasound(file: Path) -> bool:
    try:
        header = dcmread(
            file, stop_before_pixels=True, specific_tags=["Modality", "SOPClassUID"], force=True
        )
    except Exception:  # some of pydicom's files are broken on purpose
        return False
    return header.get("Modality") == "US" or "Ultrasound" in getattr(
        header.get("SOPClassUID"), "name", ""
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two scans with masks, a table with patients and, outside the folder, a secret."""
    folder = make_folder(tmp_path)
    write_labels(folder, patient_id=["a", "b"])
    return folder


def show(folder: Path, file: Dataset, *, frame: str = "") -> tuple[np.ndarray, list[str]]:
    """Put a file in the place of the first one; return its grey levels and what is said of it."""
    file.save_as(folder / "first.dcm")
    mask = np.zeros((file.Rows, file.Columns), dtype=bool)
    mask[file.Rows // 2, file.Columns // 2] = True
    Image.fromarray(mask).save(folder / "first_mask.png")
    write_labels(folder, patient_id=["a", "b"], frame=[frame, ""])
    study = read(folder)
    with listen() as heard:
        return study.image(study.scans["scan_id"].iloc[0]), [said.check for said in heard]


@pytest.mark.filterwarnings("ignore::UserWarning")  # pydicom's, of broken files
def test_every_ultrasound_file_of_pydicom_is_looked_at_here() -> None:
    assert {file.name for file in FILES.rglob("*.dcm") if is_ultrasound(file)} == set(REASONS)


@pytest.mark.parametrize("name", REASONS)
def test_as_it_comes_it_is_refused_for_what_it_is(folder: Path, name: str) -> None:
    file = dcmread(FILES / name)
    frame = "1" if file.get("NumberOfFrames") else ""

    with pytest.raises(ValueError, match=f"'first.dcm' {REASONS[name]}"):
        show(folder, file, frame=frame)


def box(left: int, top: int, right: int, bottom: int) -> dict[str, Any]:
    """One tissue region, ends included."""
    edges = {"MinX0": left, "MinY0": top, "MaxX1": right, "MaxY1": bottom}
    tissue = region(**{f"RegionLocation{edge}": at for edge, at in edges.items()})
    return {"SequenceOfUltrasoundRegions": Sequence([tissue])}


MENDED = {
    # Grey but for callipers; its maker flags every file with a palette.
    "examples_palette.dcm": (box(120, 60, 799, 349), ["coloured_scan"]),
    "examples_ybr_color.dcm": (box(42, 15, 297, 206), []),
    "examples_jpeg2k.dcm": ({"BurnedInAnnotation": "NO"}, ["coloured_scan"]),
    "examples_rgb_color.dcm": ({"BurnedInAnnotation": "NO"}, ["coloured_scan"]),
    "ExplVR_BigEnd.dcm": ({"BurnedInAnnotation": "NO"}, ["coloured_scan"]),
}


@pytest.mark.parametrize("name", MENDED)
def test_with_the_header_that_was_missing_it_loads(folder: Path, name: str) -> None:
    changes, heard = MENDED[name]
    file = dcmread(FILES / name)
    colours = pixel_array(file, index=(file.get("NumberOfFrames") or 1) - 1)
    if file.PhotometricInterpretation == "PALETTE COLOR":
        colours = apply_color_lut(colours, file) >> 8
    for keyword, value in changes.items():
        setattr(file, keyword, value)

    grey, said = show(folder, file, frame=str(file.get("NumberOfFrames") or ""))

    luminance = colours @ np.array([0.299, 0.587, 0.114])
    if "SequenceOfUltrasoundRegions" in file:
        tissue = file.SequenceOfUltrasoundRegions[0]
        rows = slice(tissue.RegionLocationMinY0, tissue.RegionLocationMaxY1 + 1)
        luminance = luminance[rows, tissue.RegionLocationMinX0 : tissue.RegionLocationMaxX1 + 1]
    np.testing.assert_allclose(grey, luminance, atol=1)
    assert said == heard


def test_a_segmentation_that_lost_frames_is_refused_by_name(folder: Path) -> None:
    (folder / "first_mask.png").unlink()
    dcmread(FILES / "liver_1frame.dcm").save_as(folder / "first_mask.dcm")

    with pytest.raises(ValueError, match=r"'first_mask.dcm' has 1 frames but tells of 3; export"):
        read(folder).masks["first"]()
