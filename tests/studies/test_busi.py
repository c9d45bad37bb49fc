"""BUSI as published and as curated: names with blanks and brackets, several masks, normal scans."""

import pickle
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sonolens.studies.busi import read_busi
from sonolens.tables import cohort


def draw(file: Path, *, pixels: list[tuple[int, int]] | None = None, mode: str = "1") -> Path:
    """A 20 x 30 picture: a mask with these pixels inside, or a grey scan."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if pixels is None:
        picture = Image.new("RGB", (30, 20), (90, 90, 90))
    else:
        picture = Image.new("1", (30, 20))
        for row, col in pixels:
            picture.putpixel((col, row), 1)
        picture = picture.convert(mode)
    picture.save(file)
    return file


@pytest.fixture
def busi_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "Daten für Brust" / "Dataset_BUSI_with_GT"
    for label, number in (("benign", 2), ("benign", 10), ("malignant", 1), ("normal", 1)):
        draw(folder / label / f"{label} ({number}).png")
        inside = [] if label == "normal" else [(5, number)]
        draw(folder / label / f"{label} ({number})_mask.png", pixels=inside)
    draw(folder / "benign" / "benign (10)_mask_1.png", pixels=[(6, 7)], mode="RGBA")
    draw(folder / "benign" / "benign (10)_mask_2.png", pixels=[(8, 9)], mode="RGB")
    return folder


@pytest.fixture
def curated_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "curated"
    for label, number in (("benign", 3), ("malignant", 12)):
        draw(folder / "images" / f"{label}_id_{number}.png")
        draw(folder / "masks" / f"{label}_id_{number}.png", pixels=[(1, number)], mode="L")
    return folder


def test_scans_are_listed_by_label_and_number_without_the_normal_ones(busi_folder: Path) -> None:
    study = read_busi(str(busi_folder))

    assert study.scans["scan_id"].tolist() == ["benign (2)", "benign (10)", "malignant (1)"]
    assert study.scans["label"].tolist() == ["benign", "benign", "malignant"]
    assert study.scans["patient_id"].tolist() == study.scans["scan_id"].tolist()
    assert study.left_out == {"normal": 1}
    assert study.published == {"scans": 780, "benign": 437, "malignant": 210}
    cohort.Scans.validate(study.scans)


def test_three_masks_of_three_modes_are_one_mass(busi_folder: Path) -> None:
    study = read_busi(str(busi_folder))

    assert np.argwhere(study.masks["benign (10)"]()).tolist() == [[5, 10], [6, 7], [8, 9]]
    assert np.argwhere(study.masks["benign (2)"]()).tolist() == [[5, 2]]
    assert np.unique(study.image("benign (10)")).tolist() == [90]


def test_a_study_can_be_sent_to_another_process(busi_folder: Path) -> None:
    study = pickle.loads(pickle.dumps(read_busi(str(busi_folder))))

    assert study.image("malignant (1)").shape == (20, 30)


@pytest.mark.parametrize("given", ["..", "benign", "malignant"])
def test_the_folder_is_found_one_level_off(busi_folder: Path, given: str) -> None:
    path = busi_folder.parent if given == ".." else busi_folder / given

    assert len(read_busi(str(path)).scans) == 3


def test_an_archive_that_is_not_unpacked_is_named(tmp_path: Path) -> None:
    (tmp_path / "Dataset_BUSI.zip").write_bytes(b"")

    with pytest.raises(
        FileNotFoundError, match=r"unpack 'Dataset_BUSI.zip' and .* benign, malignant"
    ):
        read_busi(str(tmp_path / "Dataset_BUSI_with_GT"))


def test_a_set_without_normal_scans_leaves_nothing_out(busi_folder: Path) -> None:
    for file in (busi_folder / "normal").iterdir():
        file.unlink()
    (busi_folder / "normal").rmdir()

    assert read_busi(str(busi_folder)).left_out == {}


def test_a_scan_without_mask_is_named(busi_folder: Path) -> None:
    (busi_folder / "malignant" / "malignant (1)_mask.png").unlink()

    with pytest.raises(
        FileNotFoundError, match=re.escape("'malignant (1).png' of busi has no mask")
    ):
        read_busi(str(busi_folder))


def test_a_mask_without_scan_is_named(busi_folder: Path) -> None:
    (busi_folder / "benign" / "benign (2).png").unlink()

    with pytest.raises(FileNotFoundError, match=re.escape("'benign (2)_mask.png' has no scan")):
        read_busi(str(busi_folder))


@pytest.mark.parametrize("name", ["benign (2) copy.png", "malignant (7).png", "scan.png"])
def test_a_picture_that_fits_no_name_is_refused_and_not_skipped(
    busi_folder: Path, name: str
) -> None:
    draw(busi_folder / "benign" / name)

    with pytest.raises(ValueError, match=re.escape(f"{name!r} in the BUSI folder 'benign'")):
        read_busi(str(busi_folder))


def test_litter_of_the_operating_system_is_ignored(busi_folder: Path) -> None:
    (busi_folder / "benign" / "._benign (2).png").write_bytes(b"")
    (busi_folder / "benign" / "Thumbs.db").write_bytes(b"")

    assert len(read_busi(str(busi_folder)).scans) == 3


def test_a_truncated_scan_is_named_when_it_is_read(busi_folder: Path) -> None:
    file = busi_folder / "benign" / "benign (2).png"
    file.write_bytes(file.read_bytes()[:60])
    study = read_busi(str(busi_folder))

    with pytest.raises(ValueError, match=r"benign \(2\).png' cannot be read"):
        study.image("benign (2)")


@pytest.mark.parametrize("given", [".", "images", "masks"])
def test_the_curated_set_is_read_by_its_own_names(curated_folder: Path, given: str) -> None:
    study = read_busi(str(curated_folder / given))

    assert study.name == "busi_curated"
    assert study.scans["scan_id"].tolist() == ["benign_id_3", "malignant_id_12"]
    assert study.scans["label"].tolist() == ["benign", "malignant"]
    assert np.argwhere(study.masks["malignant_id_12"]()).tolist() == [[1, 12]]
    assert study.published == {}
    cohort.Scans.validate(study.scans)


@pytest.mark.real_scans
def test_the_published_scans_are_read_as_an_independent_reading_does(real_scans: Path) -> None:
    folder = real_scans / "Dataset_BUSI_with_GT"
    study = read_busi(str(folder))

    assert study.scans["label"].value_counts().to_dict() == {"benign": 22, "malignant": 14}
    assert study.left_out == {"normal": 5}
    for scan_id, label in zip(study.scans["scan_id"], study.scans["label"], strict=True):
        files = [file for file in (folder / label).iterdir() if f"{scan_id}_mask" in file.name]
        expected = sum(
            np.asarray(Image.open(file).convert("RGB"), dtype=int)[..., 0] for file in files
        )
        assert np.array_equal(study.masks[scan_id](), expected > 0)
    colours = np.asarray(Image.open(folder / "benign" / "benign (195).png"), dtype=float)
    grey = colours @ [0.299, 0.587, 0.114]
    assert np.abs(study.image("benign (195)") - grey).max() <= 1
    assert np.array_equal(study.image("benign (433)"), study.image("malignant (145)"))
