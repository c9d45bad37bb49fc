"""Which frames and segments of a DICOM segmentation are the mass of a frame of a picture."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_dicom import (
    X0,
    X1,
    Y0,
    Y1,
    clip,
    make_folder,
    read,
    save,
    segmentation,
    whole_mask,
    write_labels,
    write_rows,
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
