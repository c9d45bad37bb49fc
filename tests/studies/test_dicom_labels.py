"""Which frame of a DICOM file a row of the table means, and what its scan is called."""

from pathlib import Path

import numpy as np
import pytest
from made_dicom import (
    TISSUE,
    X0,
    X1,
    Y0,
    Y1,
    clip,
    make_folder,
    read,
    save,
    whole_mask,
    write_rows,
)
from PIL import Image

BOX = np.s_[Y0 : Y1 + 1, X0 : X1 + 1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two scans with masks, a table and, outside the folder, a secret."""
    return make_folder(tmp_path)


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
