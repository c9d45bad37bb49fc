"""What is written as DICOM opens by pydicom alone, with the right values at the right places, and is the only thing that names a patient."""

import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pydicom
import pytest
from click.testing import CliRunner
from desk_network import draw_mask, draw_scan
from made_dicom import scan as make_scan
from PIL import Image
from pydicom.uid import generate_uid

from sonolens.console import main
from sonolens.explain import Wanted, explain_files, list_given
from sonolens.regions import REGIONS
from sonolens.studies import find_scans
from sonolens.travel import read_network
from sonolens.ultrasound import resample_map

TOP, LEFT, ROWS, COLS = 12, 20, 160, 200
PICTURE = (190, 240)
STUDY = {
    "PatientName": "Planted^Nora",
    "PatientID": "PID-77312",
    "AccessionNumber": "ACC-90210",
    "StudyDate": "20190713",
    "StudyInstanceUID": generate_uid(),
    "SeriesInstanceUID": generate_uid(),
}
INSIDE = (slice(TOP, TOP + ROWS), slice(LEFT, LEFT + COLS))

needs_highdicom = pytest.mark.skipif(
    find_spec("highdicom") is None,
    reason="highdicom is an extra: pip install 'sonolens[dicom]'",
)


def save(folder: Path, name: str = "scan.dcm", **changes: object) -> Path:
    """A file whose tissue is a part of its picture, in pixels of 0.2 mm."""
    pixels = np.zeros(PICTURE, dtype=np.uint8)
    pixels[INSIDE] = draw_scan(7, shape=(ROWS, COLS))
    file = make_scan(pixels, **{**STUDY, "SOPInstanceUID": generate_uid(), **changes})
    file.file_meta.MediaStorageSOPInstanceUID = file.SOPInstanceUID
    for region in file.SequenceOfUltrasoundRegions or ():
        region.RegionLocationMinX0, region.RegionLocationMinY0 = LEFT, TOP
        region.RegionLocationMaxX1, region.RegionLocationMaxY1 = LEFT + COLS - 1, TOP + ROWS - 1
        region.PhysicalDeltaX = region.PhysicalDeltaY = 0.02
    for keyword in [name for name, value in changes.items() if value is None]:
        delattr(file, keyword)
    file.PixelData *= int(changes.get("NumberOfFrames", 1))
    folder.mkdir(exist_ok=True)
    file.save_as(folder / name, enforce_file_format=True)
    return folder / name


@pytest.fixture
def whole_mask(save_mask):
    mask = np.zeros(PICTURE, dtype=np.uint8)
    mask[INSIDE] = draw_mask((ROWS, COLS))
    return save_mask(255 * mask)


@pytest.fixture
def save_mask(tmp_path):
    def save_mask(pixels: np.ndarray) -> Path:
        Image.fromarray(pixels).save(tmp_path / "mass.png")
        return tmp_path / "mass.png"

    return save_mask


def explained(network_file, scan, mask):
    given = list_given([scan], masks=[mask], names="auto")
    (found,) = explain_files(given, read_network(network_file), Wanted())
    return found


@needs_highdicom
def test_a_map_opens_again_with_its_values_at_their_places(
    at_desk, network_file, tmp_path, whole_mask
):
    scan = save(tmp_path / "dicom")
    out, report = at_desk(scan, masks=[whole_mask], dicom=True)
    source, made = pydicom.dcmread(scan), pydicom.dcmread(out / "scan-001.map.dcm")
    found = explained(network_file, scan, whole_mask)
    values = np.frombuffer(made.FloatPixelData, dtype="<f4").reshape(made.Rows, made.Columns)

    assert report.explained == 1
    assert (made.SOPClassUID.name, made.NumberOfFrames) == ("Parametric Map Storage", 1)
    assert values.shape == PICTURE
    assert np.array_equal(values, made.pixel_array)
    assert np.array_equal(values[INSIDE], resample_map(found.asked.saliency, to=(ROWS, COLS)))
    outside = np.ones(PICTURE, dtype=bool)
    outside[INSIDE] = False
    assert not values[outside].any()
    assert made.StudyInstanceUID == source.StudyInstanceUID
    assert made.SeriesInstanceUID != source.SeriesInstanceUID
    (series,) = made.ReferencedSeriesSequence
    assert series.SeriesInstanceUID == source.SeriesInstanceUID
    assert series.ReferencedInstanceSequence[0].ReferencedSOPInstanceUID == source.SOPInstanceUID
    measures = made.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
    assert [float(side) for side in measures.PixelSpacing] == pytest.approx([0.2, 0.2])


@needs_highdicom
def test_regions_open_again_pixel_by_pixel(at_desk, network_file, tmp_path, whole_mask):
    scan = save(tmp_path / "dicom")
    out, _ = at_desk(scan, masks=[whole_mask], dicom=True)
    made = pydicom.dcmread(out / "scan-001.regions.dcm")
    region_map = explained(network_file, scan, whole_mask).region_map
    frames = made.pixel_array.reshape(-1, *PICTURE).astype(bool)

    labels = [each.SegmentLabel for each in made.SegmentSequence]
    assert [label.split()[0] for label in labels] == ["Mass", "Ring", "Tissue"]
    assert made.SegmentationType == "BINARY"
    numbers = [
        each.SegmentIdentificationSequence[0].ReferencedSegmentNumber
        for each in made.PerFrameFunctionalGroupsSequence
    ]
    for name, number in zip(("mass", "peritumoral", "below"), (1, 2, 3), strict=True):
        frame = frames[numbers.index(number)]
        assert np.array_equal(frame[INSIDE], region_map == REGIONS[name])
        assert frame.sum() == (region_map == REGIONS[name]).sum()


@needs_highdicom
def test_only_the_objects_name_the_patient_and_only_if_they_are_asked_for(
    at_desk, tmp_path, whole_mask
):
    scan = save(tmp_path / "dicom")
    out, report = at_desk(scan, masks=[whole_mask], dicom=True, pages=True)

    objects = {file for file in out.iterdir() if file.suffix == ".dcm"}
    assert {file.name for file in objects} == {"scan-001.map.dcm", "scan-001.regions.dcm"}
    assert "carry the patient's name and number" in report.lines[-1]
    for file in out.iterdir():
        content = file.read_bytes()
        for word in ("Planted", "PID-77312", "ACC-90210", STUDY["StudyInstanceUID"]):
            assert (word.encode() in content) == (file in objects), (file.name, word)

    plain, report = at_desk(scan, pages=True, out=tmp_path / "plain")
    assert not list(plain.glob("*.dcm"))
    assert not any("patient" in line for line in report.lines)


@needs_highdicom
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"StudyInstanceUID": None}, "the header has no StudyInstanceUID"),
        ({"SeriesInstanceUID": ""}, "the header has no SeriesInstanceUID"),
    ],
)
def test_a_source_that_cannot_be_referred_to_costs_its_object_and_no_more(
    at_desk, tmp_path, changes, reason
):
    out, report = at_desk(save(tmp_path / "dicom", **changes), dicom=True)

    assert report.explained == 1
    assert report.lines[0] == (
        f"No DICOM object of scan-001: its source cannot be referred to: {reason}"
    )
    assert not list(out.glob("*.dcm"))


@needs_highdicom
def test_a_frame_of_several_is_explained_and_has_no_object(at_desk, tmp_path):
    out, report = at_desk(save(tmp_path / "dicom", NumberOfFrames=2), dicom=True, frame=2)

    assert report.explained == 1
    assert report.lines[0].endswith(
        "the file holds 2 frames, and objects are made of files with one"
    )
    assert not list(out.glob("*.dcm"))


@needs_highdicom
def test_what_a_header_may_lack_is_left_empty(at_desk, tmp_path):
    out, _ = at_desk(save(tmp_path / "dicom", PatientID=None, AccessionNumber=None), dicom=True)

    assert not pydicom.dcmread(out / "scan-001.map.dcm").PatientID


@needs_highdicom
def test_an_object_of_a_scan_without_spacing_claims_no_size_of_its_pixels(at_desk, tmp_path):
    scan = save(tmp_path / "dicom", BurnedInAnnotation="NO", SequenceOfUltrasoundRegions=None)
    out, report = at_desk(scan, dicom=True)
    made = pydicom.dcmread(out / "scan-001.map.dcm")

    assert report.explained == 1
    assert "PixelMeasuresSequence" not in made.SharedFunctionalGroupsSequence[0]
    assert (made.Rows, made.Columns) == PICTURE


@needs_highdicom
def test_what_was_written_is_no_scan_when_the_folder_is_explained_again(at_desk, tmp_path):
    scan = save(tmp_path / "dicom")
    at_desk(scan, dicom=True, out=tmp_path / "dicom")

    assert find_scans(tmp_path / "dicom") == [tmp_path / "dicom" / "scan-001.png", scan]


@needs_highdicom
def test_a_picture_beside_dicom_files_is_told_to_have_no_patient(at_desk, tmp_path, new_scan):
    out, report = at_desk(save(tmp_path / "dicom"), new_scan, dicom=True)

    assert [file.name for file in out.glob("*.dcm")] == ["scan-001.map.dcm"]
    assert report.lines[0].startswith("No DICOM object of scan: a picture has no patient")


@needs_highdicom
def test_pictures_alone_are_refused_before_the_network_is_asked(network_file, new_scan, tmp_path):
    called = [str(new_scan), "--network", str(network_file), "--out", str(tmp_path / "o")]
    result = CliRunner().invoke(main, ["explain", *called, "--dicom"])

    assert result.exit_code == 1
    assert "a picture has no patient and no study" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_without_the_extra_the_command_says_how_to_get_it(network_file, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "highdicom", None)
    called = [str(save(tmp_path / "d")), "--network", str(network_file), "--out", str(tmp_path)]
    result = CliRunner().invoke(main, ["explain", *called, "--dicom"])

    assert result.exit_code == 1
    assert "pip install 'sonolens[dicom]', or leave --dicom out" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
