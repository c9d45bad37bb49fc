"""UDIAT as handed out: numbers without zeros in the table, names with zeros on disk."""

import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from sonolens.studies.udiat import read_udiat
from sonolens.tables import cohort


@pytest.fixture
def udiat_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "Übung eins" / "BUS"
    for part in ("original", "GT"):
        (folder / part).mkdir(parents=True)
    for number in (1, 163):
        grey = np.full((20, 30), number, dtype=np.uint8)
        mask = np.zeros((20, 30), dtype=np.uint8)
        mask[5, number % 30] = 255
        Image.fromarray(grey).save(folder / "original" / f"{number:06d}.png")
        Image.fromarray(mask).save(folder / "GT" / f"{number:06d}.png")
    write_table(folder, columns=("Image", "Type"))
    return folder


def write_table(folder: Path, *, columns: tuple[str, str]) -> None:
    rows = pd.DataFrame({columns[0]: [163, 1], columns[1]: ["Malignant", "Benign"]})
    rows.to_excel(folder / "DatasetB.xlsx", index=False)


def test_numbers_gain_the_zeros_of_the_file_names(udiat_folder: Path) -> None:
    study = read_udiat(str(udiat_folder))

    assert study.scans["scan_id"].tolist() == ["000163", "000001"]
    assert study.scans["patient_id"].tolist() == ["000163", "000001"]
    assert study.scans["label"].tolist() == ["malignant", "benign"]
    assert study.published == {"scans": 163}
    assert study.left_out == {}
    cohort.Scans.validate(study.scans)


def test_a_scan_is_read_with_its_own_mask(udiat_folder: Path) -> None:
    study = pickle.loads(pickle.dumps(read_udiat(str(udiat_folder))))

    assert np.unique(study.image("000163")).tolist() == [163]
    assert np.argwhere(study.masks["000163"]()).tolist() == [[5, 13]]
    assert np.argwhere(study.masks["000001"]()).tolist() == [[5, 1]]


@pytest.mark.parametrize("columns", [("image", "TYPE"), (" Image ", "type ")])
def test_the_case_of_the_columns_does_not_matter(
    udiat_folder: Path, columns: tuple[str, str]
) -> None:
    write_table(udiat_folder, columns=columns)

    assert read_udiat(str(udiat_folder)).scans["label"].tolist() == ["malignant", "benign"]


def test_a_renamed_column_is_named_beside_those_present(udiat_folder: Path) -> None:
    write_table(udiat_folder, columns=("Image", "Class"))

    with pytest.raises(ValueError, match=r"DatasetB.xlsx has no column 'Type' but Image, Class"):
        read_udiat(str(udiat_folder))


@pytest.mark.parametrize("given", ["..", ".", "GT", "original", "DatasetB.xlsx"])
def test_the_folder_is_found_one_level_off(udiat_folder: Path, given: str) -> None:
    path = udiat_folder.parent if given == ".." else udiat_folder / given

    assert len(read_udiat(str(path)).scans) == 2


@pytest.mark.parametrize("part", ["original", "GT"])
def test_an_absent_picture_is_named(udiat_folder: Path, part: str) -> None:
    (udiat_folder / part / "000001.png").unlink()

    with pytest.raises(FileNotFoundError, match=rf"UDIAT lists '000001.png' .*{part}"):
        read_udiat(str(udiat_folder))


def test_an_archive_that_is_not_unpacked_is_named(tmp_path: Path) -> None:
    (tmp_path / "BUS.zip").write_bytes(b"")

    with pytest.raises(FileNotFoundError, match=r"unpack 'BUS.zip' and .* DatasetB.xlsx"):
        read_udiat(str(tmp_path / "BUS"))


def test_a_truncated_scan_is_named_when_it_is_read(udiat_folder: Path) -> None:
    file = udiat_folder / "original" / "000001.png"
    file.write_bytes(file.read_bytes()[:50])
    study = read_udiat(str(udiat_folder))

    with pytest.raises(ValueError, match=r"000001.png' cannot be read"):
        study.image("000001")
