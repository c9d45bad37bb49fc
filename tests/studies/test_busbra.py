"""BUS-BRA as published: who is a patient, which mask belongs to which scan, what goes wrong."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from sonolens.studies import read_busbra
from sonolens.tables import cohort


def test_both_scans_of_a_case_share_lesion_and_patient(busbra_folder: Path) -> None:
    scans = read_busbra(str(busbra_folder)).scans

    assert scans["patient_id"].tolist() == ["7", "7", "12", "12"]
    assert scans["lesion_id"].tolist() == scans["patient_id"].tolist()
    assert scans["label"].tolist() == ["benign", "benign", "malignant", "malignant"]
    cohort.Scans.validate(scans)


def test_what_busbra_does_not_publish_stays_empty(busbra_folder: Path) -> None:
    scans = read_busbra(str(busbra_folder)).scans

    assert scans[["spacing_row_mm", "spacing_col_mm", "view"]].isna().all(axis=None)


def test_histology_and_side_are_kept(busbra_folder: Path) -> None:
    scans = read_busbra(str(busbra_folder)).scans

    assert scans["histology"].tolist() == ["cyst"] * 4
    assert scans["side"].tolist() == ["left", "right"] * 2


@pytest.mark.parametrize(
    ("column", "text", "told"),
    [
        ("BIRADS", "IVb", "row 4: BIRADS 'IVb' is unknown; choose from 2, 3"),
        ("Case", "012", "row 4: Case '012' differs from '12'|row 5: Case '12' differs from '012'"),
        ("Case", "n/a", "row 4: Case 'n/a' names nobody"),
    ],
)
def test_an_odd_cell_is_told_by_row_before_a_picture_is_read(
    busbra_folder: Path, column: str, text: str, told: str
) -> None:
    table = pd.read_csv(busbra_folder / "bus_data.csv", dtype="str")
    table.loc[2, column] = text
    table.to_csv(busbra_folder / "bus_data.csv", index=False)
    (busbra_folder / "Images" / "bus_0007-l.png").write_bytes(b"")

    with pytest.raises(ValueError, match=f"bus_data.csv ({told})"):
        read_busbra(str(busbra_folder))


def test_the_mask_of_a_scan_is_found_by_its_name(busbra_folder: Path) -> None:
    other = np.zeros((80, 100), dtype=bool)
    other[30, 50] = True
    Image.fromarray(other).save(busbra_folder / "Masks" / "mask_0012-r.png")

    study = read_busbra(str(busbra_folder))

    assert np.argwhere(study.masks["bus_0012-r"]()).tolist() == [[30, 50]]
    assert study.masks["bus_0012-l"]().sum() == 10 * 15


def test_a_folder_one_level_too_high_or_too_low_is_found(busbra_folder: Path) -> None:
    for path in (busbra_folder.parent, busbra_folder / "Images"):
        assert len(read_busbra(str(path)).scans) == 4


def test_a_folder_without_the_table_is_refused_with_the_remedy(busbra_folder: Path) -> None:
    (busbra_folder / "bus_data.csv").unlink()

    with pytest.raises(FileNotFoundError, match=r"bus_data\.csv.*--params study\.path="):
        read_busbra(str(busbra_folder))


def test_the_official_folds_are_the_published_outer_ones(busbra_folder: Path) -> None:
    (busbra_folder / "5-fold-cv.csv").write_text(
        "ID,Pathology,kFold,valid_1\nbus_0007-l,benign,3,NaN\nbus_0007-r,benign,3,1\n"
    )

    folds = read_busbra(str(busbra_folder)).official_folds

    assert folds.to_dict("list") == {"scan_id": ["bus_0007-l", "bus_0007-r"], "fold": [3, 3]}


def test_a_renamed_column_is_named(busbra_folder: Path) -> None:
    table = pd.read_csv(busbra_folder / "bus_data.csv").rename(columns={"Case": "Patient"})
    table.to_csv(busbra_folder / "bus_data.csv", index=False)

    with pytest.raises(ValueError, match="no column 'Case' but ID, Patient"):
        read_busbra(str(busbra_folder))


def test_an_unknown_pathology_is_named_with_its_scan(busbra_folder: Path) -> None:
    table = pd.read_csv(busbra_folder / "bus_data.csv").replace("malignant", "borderline")
    table.to_csv(busbra_folder / "bus_data.csv", index=False)

    with pytest.raises(ValueError, match=r"bus_data.csv row 4: Pathology 'borderline' is unknown"):
        read_busbra(str(busbra_folder))


def test_a_truncated_picture_is_named_when_it_is_read(busbra_folder: Path) -> None:
    picture = busbra_folder / "Images" / "bus_0007-l.png"
    picture.write_bytes(picture.read_bytes()[:60])
    study = read_busbra(str(busbra_folder))

    with pytest.raises(ValueError, match=r"bus_0007-l.png.* cannot be read .* replace it"):
        study.image("bus_0007-l")


@pytest.mark.real_scans
def test_the_published_fold_is_read_whole(real_scans: Path) -> None:
    study = read_busbra(str(real_scans / "BUSBRA"))

    assert study.scans["label"].value_counts().to_dict() == {"benign": 254, "malignant": 122}
    assert study.scans["patient_id"].nunique() == 212
    for scan_id in study.scans["scan_id"][::40]:
        assert study.image(scan_id).shape == study.masks[scan_id]().shape
