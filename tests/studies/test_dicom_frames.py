"""Frames of DICOM files: which one a row means, whose mask it is, and what a malformed header costs."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_dicom import (
    COLS,
    ROWS,
    TISSUE,
    X0,
    X1,
    Y0,
    Y1,
    make_folder,
    read,
    region,
    save,
    scan,
    screen,
    segmentation,
    whole_mask,
    write_labels,
)
from PIL import Image
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

BOX = np.s_[Y0 : Y1 + 1, X0 : X1 + 1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two scans with masks, a table and, outside the folder, a secret."""
    return make_folder(tmp_path)


def clip(frames: int = 3, **changes: Any) -> Dataset:
    """A file whose frame k is the screen plus k - 1."""
    pixels = np.stack([screen() + frame for frame in range(frames)]).astype(np.uint8)
    file = scan(pixels[0], NumberOfFrames=frames, **changes)
    file.PixelData = pixels.tobytes()
    return file


def write_rows(folder: Path, *rows: str) -> None:
    (folder / "labels.csv").write_text("\n".join(["file,label,frame", *rows]) + "\n")


def draw(folder: Path, *names: str, shift: int = 0) -> None:
    for name in names:
        Image.fromarray(np.roll(whole_mask(), shift, axis=1)).save(folder / f"{name}_mask.png")


def test_frames_of_one_file_are_scans_of_one_lesion(folder: Path) -> None:
    save(clip(), folder / "clip.dcm")
    draw(folder, "clip-f001")
    draw(folder, "clip-f003", shift=2)
    write_rows(folder, "first.dcm,malignant,", "clip.dcm,benign,1", "clip.dcm,benign,3.0")

    study = read(folder)

    assert study.scans["scan_id"].tolist() == ["first", "clip-f001", "clip-f003"]
    assert study.scans["lesion_id"].tolist() == ["first", "clip", "clip"]
    np.testing.assert_array_equal(study.image("clip-f001"), TISSUE)
    np.testing.assert_array_equal(study.image("clip-f003"), TISSUE + 2)
    np.testing.assert_array_equal(study.masks["clip-f001"](), whole_mask()[BOX])
    shifted = np.roll(whole_mask(), 2, axis=1)
    np.testing.assert_array_equal(study.masks["clip-f003"](), shifted[BOX])


def test_the_mask_of_the_only_listed_frame_may_be_named_like_the_file(folder: Path) -> None:
    save(clip(), folder / "clip.dcm")
    draw(folder, "clip")
    write_rows(folder, "first.dcm,malignant,", "clip.dcm,benign,2")

    np.testing.assert_array_equal(read(folder).image("clip-f002"), TISSUE + 1)


def test_a_mask_named_like_the_file_is_not_shared_by_frames(folder: Path) -> None:
    save(clip(), folder / "clip.dcm")
    draw(folder, "clip")
    write_rows(folder, "first.dcm,malignant,", "clip.dcm,benign,1", "clip.dcm,benign,2")

    with pytest.raises(FileNotFoundError, match=r"no mask: neither 'clip-f001_mask.png' beside"):
        read(folder)


@pytest.mark.parametrize(
    ("rows", "refusal"),
    [
        (["clip.dcm,benign,"], r"row 3: DICOM file 'clip.dcm' holds 3 frames; .*column frame"),
        (["clip.dcm,benign,4"], r"row 3: frame 4 is none of the 3 of DICOM file 'clip.dcm'"),
        (["clip.dcm,benign,0"], r"row 3: frame"),
        (["clip.dcm,benign,1.5"], r"row 3: frame '1.5' is no whole number"),
        (["clip.dcm,benign,last"], r"row 3: frame 'last' is no number"),
        (["clip.dcm,benign,2", "clip.dcm,benign,2"], r"row 4: frame 2 of file 'clip.dcm' is alrea"),
        (["first.dcm,benign,"], r"row 3: file 'first.dcm' is already that of row 2"),
    ],
)
def test_a_frame_that_is_not_known_is_refused_by_its_row(
    folder: Path, rows: list[str], refusal: str
) -> None:
    save(clip(), folder / "clip.dcm")
    write_rows(folder, "first.dcm,malignant,", *rows)

    with pytest.raises(ValueError, match=refusal):
        read(folder)


def refer(file: Dataset, *frames: list[int]) -> Dataset:
    """Let each frame of a segmentation refer to frames of its picture."""
    for group, referred in zip(file.PerFrameFunctionalGroupsSequence, frames, strict=True):
        source = group.DerivationImageSequence[0].SourceImageSequence[0]
        source.ReferencedFrameNumber = referred
    return file


def test_a_segmentation_refers_to_frames(folder: Path) -> None:
    instance = save_clip_without_masks(folder)
    save(refer(segmentation(instance, instance), [3], [1, 2]), folder / "drawing.dcm")

    masks = read(folder).masks

    shifted = np.roll(whole_mask(), 1, axis=1)  # the second frame of the segmentation
    np.testing.assert_array_equal(masks["clip-f001"](), shifted[BOX])
    np.testing.assert_array_equal(masks["clip-f003"](), whole_mask()[BOX])


def test_a_segmentation_that_does_not_tell_its_frames_is_refused_by_name(folder: Path) -> None:
    instance = save_clip_without_masks(folder)
    save(segmentation(instance, instance), folder / "drawing.dcm")

    with pytest.raises(ValueError, match=r"'drawing.dcm' does not tell on which of .* 3 frames"):
        read(folder).masks["clip-f001"]()


def save_clip_without_masks(folder: Path) -> str:
    file = clip()
    save(file, folder / "clip.dcm")
    write_rows(folder, "first.dcm,malignant,", "clip.dcm,benign,1", "clip.dcm,benign,3")
    return str(file.SOPInstanceUID)


def parts(*labels: str) -> Sequence:
    """Segments numbered from 1."""
    items = []
    for number, label in enumerate(labels, start=1):
        item = Dataset()
        item.SegmentNumber, item.SegmentLabel = number, label
        items.append(item)
    return Sequence(items)


def label_map(folder: Path, *, labels: tuple[str, ...] = ("mass", "shadow")) -> Dataset:
    """A label map of the first scan: the mass is 1, and 2 below it."""
    instance = dcmread(folder / "first.dcm").SOPInstanceUID
    numbers = whole_mask().astype(np.uint8)
    numbers[35:40, 25:45] = len(labels)
    return segmentation(
        instance,
        SegmentationType="LABELMAP",
        SegmentSequence=parts(*labels),
        BitsAllocated=8,
        BitsStored=8,
        HighBit=7,
        PixelData=numbers.tobytes(),
    )


def two_segments(folder: Path) -> Dataset:
    """The same in a binary segmentation: one frame per segment."""
    instance = dcmread(folder / "first.dcm").SOPInstanceUID
    file = segmentation(instance, instance, SegmentSequence=parts("mass", "shadow"))
    for number, group in enumerate(file.PerFrameFunctionalGroupsSequence, start=1):
        item = Dataset()
        item.ReferencedSegmentNumber = number
        group.SegmentIdentificationSequence = Sequence([item])
    return file


@pytest.mark.parametrize("make", [label_map, two_segments])
def test_one_of_several_segments_is_chosen_by_its_number(folder: Path, make: Any) -> None:
    save(make(folder), folder / "first_mask.dcm")
    (folder / "first_mask.png").unlink()
    write_labels(folder, mask_value=["1", ""])

    np.testing.assert_array_equal(read(folder).masks["first"](), whole_mask()[BOX])


@pytest.mark.parametrize(
    ("make", "told"), [(label_map, r"\(100 px\)"), (two_segments, r"\(200 px\)")]
)
@pytest.mark.parametrize(("chosen", "more"), [("", ""), ("7", " and has no segment 7")])
def test_several_segments_without_a_choice_are_told_with_their_areas(
    folder: Path, make: Any, told: str, chosen: str, more: str
) -> None:
    save(make(folder), folder / "first_mask.dcm")
    (folder / "first_mask.png").unlink()
    write_labels(folder, mask_value=[chosen, ""])

    refusal = rf"of 2 segments, 1 'mass' \(200 px\), 2 'shadow' {told}{more}; .* column mask_value"
    with pytest.raises(ValueError, match=refusal):
        read(folder).masks["first"]()


def test_a_label_map_of_one_segment_needs_no_choice(folder: Path) -> None:
    save(label_map(folder, labels=("mass",)), folder / "first_mask.dcm")
    (folder / "first_mask.png").unlink()

    assert read(folder).masks["first"]().sum() == 300


@pytest.mark.parametrize(("column", "value"), [("mask_value", "2"), ("mask_colour", "#020202")])
def test_one_class_of_a_drawn_label_map_is_chosen(folder: Path, column: str, value: str) -> None:
    classes = whole_mask().astype(np.uint8)
    classes[35:40, 25:45] = 2
    Image.fromarray(classes).save(folder / "first_mask.png")
    write_labels(folder, **{column: [value, ""]})

    np.testing.assert_array_equal(read(folder).masks["first"](), (classes == 2)[BOX])


def test_a_segment_chosen_by_colour_is_refused_by_its_row(folder: Path) -> None:
    save(label_map(folder), folder / "first_mask.dcm")
    (folder / "first_mask.png").unlink()
    write_labels(folder, mask_colour=["red", ""])

    with pytest.raises(ValueError, match=r"row 2: chooses a class by its colour .*as mask_value"):
        read(folder)


@pytest.mark.parametrize(
    ("keyword", "vr", "value"),
    [
        ("NumberOfFrames", "LO", "1A"),
        ("NumberOfFrames", "IS", "-2"),
        ("Rows", "LO", "sixty"),
        ("Columns", "LO", "80.5"),
        ("BitsStored", "LO", "8 bit"),
        ("WindowCenter", "LO", "mid"),
        ("WindowWidth", "LO", "nan"),
    ],
)
def test_a_malformed_number_is_refused_with_file_attribute_and_value(
    folder: Path, keyword: str, vr: str, value: str
) -> None:
    file = scan()
    if keyword in file:
        del file[keyword]
    file.add_new(keyword, vr, value)
    save(file, folder / "first.dcm")

    with pytest.raises(
        ValueError,
        match=rf"'first.dcm' has the malformed number {keyword} '{value}[^;]*'; correct it",
    ):
        read(folder)


@pytest.mark.parametrize(
    ("keyword", "vr", "value"),
    [
        ("PhysicalDeltaX", "LO", "wide"),
        ("PhysicalDeltaY", "FD", float("nan")),
        ("RegionLocationMinX0", "LO", "left"),
        ("RegionDataType", "LO", "tissue"),
    ],
)
def test_a_malformed_number_of_a_region_is_refused_alike(
    folder: Path, keyword: str, vr: str, value: Any
) -> None:
    item = region()
    del item[keyword]
    item.add_new(keyword, vr, value)
    save(scan(SequenceOfUltrasoundRegions=Sequence([item])), folder / "first.dcm")

    with pytest.raises(ValueError, match=rf"'first.dcm' has the malformed number {keyword}"):
        read(folder)


def test_a_number_of_bytes_that_is_none_is_refused_alike(folder: Path) -> None:
    file = scan(NumberOfFrames="11")
    save(file, folder / "first.dcm")
    content = (folder / "first.dcm").read_bytes()
    tag = b"\x28\x00\x08\x00IS\x02\x00"
    assert content.count(tag + b"11") == 1
    (folder / "first.dcm").write_bytes(content.replace(tag + b"11", tag + b"1A"))

    with pytest.raises(
        ValueError, match=r"'first.dcm' has the malformed number NumberOfFrames '1A'"
    ):
        read(folder)


def test_an_unlisted_file_that_is_no_dicom_costs_nothing(folder: Path) -> None:
    (folder / "notes.dcm").write_bytes(b"no DICOM at all" * 20)

    assert read(folder).left_out == {"not in labels.csv": 1}


def test_flow_costs_its_own_scan(folder: Path) -> None:
    flow = Sequence([region(), region(RegionDataType=2)])
    save(scan(SequenceOfUltrasoundRegions=flow), folder / "first.dcm")

    study = read(folder)

    for part in (study.images["first"], study.masks["first"]):
        with pytest.raises(ValueError, match=r"'first.dcm' shows colour flow; export the B-mode"):
            part()
    assert study.image("second").shape == TISSUE.shape
    assert whole_mask().shape == (ROWS, COLS)
