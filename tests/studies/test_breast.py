"""BrEaST as published: transparent fields, masks of tumours only, centimetres, text and numbers."""

import pickle
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from PIL import Image

from sonolens.studies.breast import read_breast
from sonolens.tables import cohort
from sonolens.tables.descriptors import Descriptors

TABLE = "BrEaST-Lesions-USG-clinical-data-Dec-15-2023.xlsx"
PICTURES = "BrEaST-Lesions_USG-images_and_masks"
ROWS, COLS = 300, 200


def draw_mask(file: Path, *pixels: tuple[int, int]) -> None:
    mask = np.zeros((ROWS, COLS, 4), dtype=np.uint8)
    for row, col in pixels:
        mask[row, col] = 255
    Image.fromarray(mask).save(file)


def case(number: int, **told: object) -> dict[str, object]:
    """One row of the table, with what most cases say unless told otherwise."""
    name = f"case{number:03d}"
    row = {
        "CaseID": number,
        "Image_filename": f"{name}.png",
        "Mask_tumor_filename": f"{name}_tumor.png",
        "Mask_other_filename": None,
        "Pixel_size": 0.0078125,
        "Age": 57,
        "Tissue_composition": "homogeneous: fat",
        "Signs": "palpable",
        "Symptoms": "no",
        "Shape": "oval",
        "Margin": "not circumscribed - angular&indistinct",
        "Echogenicity": "hypoechoic",
        "Posterior_features": "shadowing",
        "Halo": "no",
        "Calcifications": "no",
        "Skin_thickening": "no",
        "Interpretation": "Cyst filled with thick fluid",
        "BIRADS": 3,
        "Verification": "confirmed by biopsy",
        "Diagnosis": "Fibroadenoma",
        "Classification": "benign",
    }
    return row | told


def write(rows: list[dict[str, object]], home: Path) -> Path:
    """Write pictures and table as published and return the folder of the pictures."""
    folder = home / PICTURES
    folder.mkdir(parents=True, exist_ok=True)
    for row in rows:
        scan = np.full((ROWS, COLS, 4), 255, dtype=np.uint8)
        scan[:, 20:, :3] = 90
        scan[:, :20, 3] = 0
        Image.fromarray(scan).save(folder / str(row["Image_filename"]))
        for place, name in enumerate(str(row["Mask_tumor_filename"] or "").split("&")):
            if name:
                draw_mask(folder / name, (100, 50 + place))
    pd.DataFrame(rows).to_excel(
        home / TABLE, index=False, sheet_name="BrEaST-Lesions-USG clinical dat"
    )
    return folder


@pytest.fixture
def breast_home(tmp_path: Path) -> Path:
    home = tmp_path / "Brüste 2023"
    rows = [
        case(2),
        case(
            22,
            Classification="malignant",
            BIRADS="4a",
            Age="not available",
            Signs="not available",
            Pixel_size=0.01,
            Mask_other_filename="case022_other1.png&case022_other2.png",
        ),
        case(45, Classification="normal", Mask_tumor_filename=None, BIRADS=1),
    ]
    draw_mask(write(rows, home) / "case022_other1.png", (1, 1))
    return home


def test_cases_are_listed_without_the_normal_ones(breast_home: Path) -> None:
    study = read_breast(str(breast_home))

    assert study.scans["scan_id"].tolist() == ["case002", "case022"]
    assert study.scans["patient_id"].tolist() == ["case002", "case022"]
    assert study.scans["label"].tolist() == ["benign", "malignant"]
    assert study.left_out == {"normal": 1}
    assert study.published == {"scans": 256, "benign": 154, "malignant": 98}
    cohort.Scans.validate(study.scans)


def test_centimetres_become_millimetres_on_both_axes(breast_home: Path) -> None:
    scans = read_breast(str(breast_home)).scans

    assert scans["spacing_row_mm"].tolist() == pytest.approx([0.078125, 0.1])
    assert scans["spacing_col_mm"].tolist() == scans["spacing_row_mm"].tolist()


def test_birads_stays_text_and_what_is_not_available_stays_empty(breast_home: Path) -> None:
    scans = read_breast(str(breast_home)).scans

    assert scans["birads"].tolist() == ["3", "4a"]
    assert scans["age"].iloc[0] == 57
    assert scans["age"].isna().tolist() == scans["signs"].isna().tolist() == [False, True]


def test_descriptors_keep_the_words_of_the_radiologists(breast_home: Path) -> None:
    first = read_breast(str(breast_home)).scans.iloc[0]

    assert first["posterior_features"] == "shadowing"
    assert first["margin"] == "not circumscribed - angular&indistinct"
    assert first["symptoms"] == "no"
    assert first[["shape", "echogenicity", "halo", "calcifications"]].notna().all()


def test_what_is_seen_and_where_becomes_findings(breast_home: Path) -> None:
    noted = read_breast(str(breast_home)).descriptors
    first = noted[noted["scan_id"] == "case002"].fillna("").groupby("descriptor")["value"]

    assert first.agg(list).to_dict() == {
        "posterior_features": ["shadowing"],
        "margin": ["not circumscribed", "angular", "indistinct"],
        "echogenicity": ["hypoechoic"],
        "calcifications": [""],
        "halo": [""],
        "skin_thickening": [""],
    }
    Descriptors.validate(noted)


def test_white_under_the_transparency_is_black(breast_home: Path) -> None:
    scan = read_breast(str(breast_home)).image("case002")

    assert np.unique(scan[:, :20]).tolist() == [0]
    assert np.unique(scan[:, 20:]).tolist() == [90]


def test_the_mass_is_the_tumour_and_nothing_else(breast_home: Path) -> None:
    mask = read_breast(str(breast_home)).masks["case022"]()

    assert np.argwhere(mask).tolist() == [[100, 50]]


def test_tumours_joined_in_the_table_or_lying_beside_are_one_mass(tmp_path: Path) -> None:
    rows = [
        case(7, Mask_tumor_filename="case007_tumor1.png&case007_tumor2.png"),
        case(8, Classification="malignant"),
    ]
    folder = write(rows, tmp_path)
    draw_mask(folder / "case008_tumor2.png", (200, 60))

    study = read_breast(str(tmp_path))

    assert np.argwhere(study.masks["case007"]()).tolist() == [[100, 50], [100, 51]]
    assert np.argwhere(study.masks["case008"]()).tolist() == [[100, 50], [200, 60]]


@pytest.mark.parametrize("given", ["..", ".", PICTURES, TABLE])
def test_the_set_is_found_from_around_from_its_pictures_and_from_its_table(
    breast_home: Path, given: str
) -> None:
    path = breast_home.parent if given == ".." else breast_home / given

    study = pickle.loads(pickle.dumps(read_breast(str(path))))

    assert study.image("case022").shape == (ROWS, COLS)


def test_the_table_may_lie_among_the_pictures(breast_home: Path) -> None:
    (breast_home / TABLE).rename(breast_home / PICTURES / TABLE)

    assert len(read_breast(str(breast_home / PICTURES)).scans) == 2
    assert len(read_breast(str(breast_home)).scans) == 2


def test_a_missing_table_names_the_archive_to_unpack(breast_home: Path) -> None:
    (breast_home / TABLE).unlink()
    (breast_home / "BrEaST.zip").write_bytes(b"")

    with pytest.raises(FileNotFoundError, match=r"has no 'BrEaST-.*xlsx'; unpack 'BrEaST.zip' and"):
        read_breast(str(breast_home))


def test_a_path_that_does_not_exist_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"and does not exist; unpack the data set"):
        read_breast(str(tmp_path / "nowhere"))


def test_a_table_without_pictures_says_where_they_belong(breast_home: Path) -> None:
    (breast_home / PICTURES).rename(breast_home / ".hidden")

    with pytest.raises(FileNotFoundError, match=r"holds the table but no case\*.png"):
        read_breast(str(breast_home))


def test_two_tables_are_not_chosen_between(breast_home: Path) -> None:
    second = breast_home / TABLE.replace("2023", "2024")
    second.write_bytes((breast_home / TABLE).read_bytes())

    with pytest.raises(ValueError, match="holds two tables"):
        read_breast(str(breast_home))


def test_a_renamed_column_is_named_beside_those_present(breast_home: Path) -> None:
    book = openpyxl.load_workbook(breast_home / TABLE)
    heading = next(cell for cell in book.active[1] if cell.value == "Pixel_size")
    heading.value = "Pixel spacing"
    book.save(breast_home / TABLE)

    with pytest.raises(ValueError, match=r"no column 'Pixel_size' but CaseID, .*Pixel spacing"):
        read_breast(str(breast_home))


@pytest.mark.parametrize(("pixel_size", "depth"), [(0.1, 300), (0.0003, 1)])
def test_a_pixel_size_in_another_unit_is_refused(
    tmp_path: Path, pixel_size: float, depth: int
) -> None:
    write([case(2), case(3, Classification="malignant", Pixel_size=pixel_size)], tmp_path)

    with pytest.raises(ValueError, match=rf"'case003.png' .* field {depth} mm deep instead of 10"):
        read_breast(str(tmp_path))


def test_an_unknown_pixel_size_leaves_the_spacing_empty(tmp_path: Path) -> None:
    write([case(2, Pixel_size="not available"), case(3, Classification="malignant")], tmp_path)

    scans = read_breast(str(tmp_path)).scans

    assert scans["spacing_row_mm"].isna().tolist() == [True, False]


def test_a_tumour_without_a_mask_is_named(tmp_path: Path) -> None:
    write([case(2), case(3, Classification="malignant", Mask_tumor_filename=None)], tmp_path)

    with pytest.raises(ValueError, match=r"'case003.png' is malignant but has no Mask_tumor"):
        read_breast(str(tmp_path))


@pytest.mark.parametrize("name", ["case002.png", "case022_tumor.png"])
def test_an_absent_picture_is_named(breast_home: Path, name: str) -> None:
    (breast_home / PICTURES / name).unlink()

    with pytest.raises(FileNotFoundError, match=f"BrEaST lists '{name}'"):
        read_breast(str(breast_home))


def test_an_empty_class_is_no_label(tmp_path: Path) -> None:
    write([case(2), case(3, Classification=None)], tmp_path)

    with pytest.raises(ValueError, match=r"row 3: Classification '' is unknown"):
        read_breast(str(tmp_path))


@pytest.mark.real_scans
def test_the_published_cases_are_read_as_an_independent_reading_does(real_scans: Path) -> None:
    study = read_breast(str(real_scans / PICTURES))
    cells = list(openpyxl.load_workbook(real_scans / TABLE).worksheets[0].values)
    rows = [dict(zip(cells[0], row, strict=True)) for row in cells[1:] if row[0] is not None]
    rows = [row for row in rows if row["Classification"] != "normal"]

    scans = study.scans
    cohort.Scans.validate(scans)
    assert scans["label"].value_counts().to_dict() == {"benign": 30, "malignant": 22}
    assert study.left_out == {"normal": 2}
    assert scans["label"].tolist() == [row["Classification"] for row in rows]
    assert scans["birads"].tolist() == [str(row["BIRADS"]) for row in rows]
    assert scans["spacing_row_mm"].tolist() == pytest.approx(
        [10 * row["Pixel_size"] for row in rows]
    )
    assert scans["posterior_features"].value_counts()["shadowing"] == 15
    for row in rows[::4]:
        scan_id = row["Image_filename"].removesuffix(".png")
        with Image.open(real_scans / PICTURES / row["Mask_tumor_filename"]) as picture:
            assert np.array_equal(study.masks[scan_id](), np.asarray(picture)[..., 3] > 0)
        with Image.open(real_scans / PICTURES / row["Image_filename"]) as picture:
            outside = np.asarray(picture)[..., 3] == 0
        assert not study.image(scan_id)[outside].any()


def test_a_broken_picture_costs_its_scan_and_not_the_set(breast_home: Path) -> None:
    (broken,) = breast_home.rglob("case002.png")
    broken.write_bytes(b"no picture at all")

    study = read_breast(str(breast_home))

    with pytest.raises(ValueError, match=r"case002.png' cannot be read"):
        study.images["case002"]()
    others = [scan_id for scan_id in study.scans["scan_id"] if scan_id != "case002"]
    assert all(study.images[scan_id]().size for scan_id in others)
    assert others
