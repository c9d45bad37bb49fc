"""A study from a table of one's own: what is understood, what stays empty, what is refused and where."""

import pickle
import shutil
import unicodedata
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from sonolens.studies.manifest import read_manifest
from sonolens.tables import cohort

Write = Callable[..., Path]
HEADER = "image,mask,label"
TWO_ROWS = f"{HEADER}\na.png,a_mask.png,benign\nb.png,b_mask.png,malignant\n"


def draw(folder: Path, name: str, level: int) -> None:
    scan = np.full((20, 30), level, dtype=np.uint8)
    mask = np.zeros((20, 30), dtype=bool)
    mask[5:9, level : level + 3] = True
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(scan).save(folder / f"{name}.png")
    Image.fromarray(mask).save(folder / f"{name}_mask.png")


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a manifest beside the scans a, b and c."""
    for place, name in enumerate("abc"):
        draw(tmp_path / "study", name, place + 1)

    def write_manifest(text: str, encoding: str = "utf-8") -> Path:
        file = tmp_path / "study" / "manifest.csv"
        file.write_text(text, encoding=encoding, newline="")
        return file

    return write_manifest


def row(**values: str) -> str:
    """A manifest whose row 2 is complete and whose row 3 holds further `values`."""
    blanks = "," * len(values)
    return (
        f"{HEADER},{','.join(values)}\na.png,a_mask.png,benign{blanks}\n"
        f"b.png,b_mask.png,malignant,{','.join(values.values())}\n"
    )


def test_each_row_is_a_scan_with_its_own_image_and_mask(write: Write) -> None:
    study = read_manifest(str(write(TWO_ROWS)))

    assert study.scans["scan_id"].tolist() == ["a", "b"]
    assert study.scans["label"].tolist() == ["benign", "malignant"]
    assert study.image("b")[0, 0] == 2
    assert np.argwhere(study.masks["b"]())[0].tolist() == [5, 2]
    assert study.published == {}
    cohort.Scans.validate(study.scans)


def test_what_the_manifest_does_not_say_stays_empty(write: Write) -> None:
    scans = read_manifest(str(write(TWO_ROWS))).scans

    assert scans["lesion_id"].tolist() == scans["patient_id"].tolist() == ["a", "b"]
    unknown = ["view", "birads", "spacing_row_mm", "spacing_col_mm", "device"]
    assert scans[unknown].isna().all(axis=None)
    assert set(scans["source"]) == {"manifest"}


def test_every_column_finds_its_place_and_further_columns_are_kept(write: Write) -> None:
    text = (
        "Image,Mask,Label,Scan ID,lesion_id,patient_id,view,birads,spacing_row_mm,spacing_col_mm,"
        "device,source,Age,\n"
        "a.png,a_mask.png,Benign,s1,L1,007,Longitudinal,4A,0.05,.08,Logiq,Bonn,61,\n"
        "b.png,b_mask.png,MALIGNANT,s2,L2,007,transverse,5,6E-2,0.09,,,,\n"
    )

    scans = read_manifest(str(write(text))).scans

    assert scans["scan_id"].tolist() == ["s1", "s2"]
    assert scans["lesion_id"].tolist() == ["L1", "L2"]
    assert scans["patient_id"].tolist() == ["007", "007"]
    assert scans["view"].tolist() == ["longitudinal", "transverse"]
    assert scans["birads"].tolist() == ["4a", "5"]
    assert scans["spacing_row_mm"].tolist() == [0.05, 0.06]
    assert scans["spacing_col_mm"].tolist() == [0.08, 0.09]
    assert scans["device"].isna().tolist() == [False, True]
    assert scans["source"].tolist() == ["Bonn", "manifest"]
    assert scans.loc[0, "Age"] == "61"
    assert scans["Age"].isna().tolist() == [False, True]
    cohort.Scans.validate(scans)


def test_a_class_of_a_label_map_is_chosen_row_by_row(write: Write) -> None:
    file = write(row(Mask_Value="2", mask_colour=""))
    labels = np.zeros((20, 30), dtype=np.uint8)
    labels[2:18, 2:18], labels[5:9, 5:9] = 1, 2
    Image.fromarray(labels).save(file.parent / "b_mask.png")
    told = read_manifest(str(file))
    silent = read_manifest(str(write(TWO_ROWS)))

    assert told.masks["b"]().sum() == 16
    assert told.masks["a"]().sum() == 12
    assert list(told.scans) == list(silent.scans)
    with pytest.raises(ValueError, match="name it in a column mask_value or mask_colour"):
        silent.masks["b"]()


def test_one_spacing_serves_both_directions(write: Write) -> None:
    scans = read_manifest(str(write(row(spacing_mm="0.07")))).scans

    assert scans.loc[1, ["spacing_row_mm", "spacing_col_mm"]].tolist() == [0.07, 0.07]
    assert scans.loc[0, ["spacing_row_mm", "spacing_col_mm"]].isna().all()


def test_one_means_malignant(write: Write) -> None:
    text = TWO_ROWS.replace("malignant", "1").replace("benign", "0")

    assert read_manifest(str(write(text))).scans["label"].tolist() == ["benign", "malignant"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("point", [".", ","])
@pytest.mark.parametrize("header", ["Patient-ID,Spacing (mm)", "patientid,SPACING_MM"])
def test_tables_of_any_spreadsheet_are_one_study(
    write: Write, separator: str, encoding: str, point: str, header: str
) -> None:
    text = row(patient_id="P2", spacing_mm="0.07").replace("benign,,", "benign,P1,0.06")
    plain = read_manifest(str(write(text))).scans
    exported = text.replace("patient_id,spacing_mm", header).replace(",", separator)
    exported = exported.replace("0.06", f'"0{point}06"').replace("0.07", f'"0{point}07"')

    scans = read_manifest(str(write(exported, encoding))).scans

    pd.testing.assert_frame_equal(scans, plain)
    assert scans["spacing_row_mm"].tolist() == [0.06, 0.07]


def test_an_unquoted_decimal_comma_among_commas_is_refused(write: Write) -> None:
    with pytest.raises(ValueError, match=r"row 3: has 5 cells but the header has 4"):
        read_manifest(str(write(row(spacing_mm="0,07"))))


def test_histology_and_side_are_known_however_they_are_spelled(write: Write) -> None:
    scans = read_manifest(str(write(row(Histology="cyst", SIDE="N.A.")))).scans

    assert scans["histology"].tolist()[1] == "cyst"
    assert scans["histology"].isna().tolist() == [True, False]
    assert scans["side"].isna().all()


@pytest.mark.parametrize("column", ["device", "source", "view", "birads", "spacing_mm"])
@pytest.mark.parametrize("text", ["not available", "N.A.", "0", "-"])
def test_a_word_for_not_knowing_is_an_empty_cell(write: Write, column: str, text: str) -> None:
    told = read_manifest(str(write(row(**{column: text})))).scans

    pd.testing.assert_frame_equal(told, read_manifest(str(write(row(**{column: ""})))).scans)


def test_a_column_that_is_most_likely_the_patient_is_refused(write: Write) -> None:
    with pytest.raises(ValueError, match=r"column 'Subject', which is most likely patient_id"):
        read_manifest(str(write(row(Subject="P1"))))


@pytest.mark.parametrize(("form", "written"), [("NFC", "NFD"), ("NFD", "NFC"), ("NFC", "NFC")])
def test_paths_hold_blanks_umlauts_and_backslashes(
    write: Write, tmp_path: Path, form: str, written: str
) -> None:
    name = unicodedata.normalize(form, "Müller 1")
    draw(tmp_path / "study" / "zwei Bilder", name, 9)
    text = TWO_ROWS + "zwei Bilder\\Müller 1.png,zwei Bilder/Müller 1_mask.png,benign\n"

    study = read_manifest(str(write(unicodedata.normalize(written, text))))

    assert unicodedata.normalize("NFC", study.scans["scan_id"][2]) == "Müller 1"
    assert study.image(study.scans["scan_id"][2])[0, 0] == 9


def test_absolute_paths_are_taken_as_they_are(write: Write, tmp_path: Path) -> None:
    draw(tmp_path / "elsewhere", "far", 7)
    far = tmp_path / "elsewhere" / "far"

    study = read_manifest(str(write(f"{TWO_ROWS}{far}.png,{far}_mask.png,benign\n")))

    assert study.image("far")[0, 0] == 7


def test_the_folder_itself_one_above_and_one_in_it_all_lead_to_the_manifest(write: Write) -> None:
    folder = write(TWO_ROWS).parent
    (folder / "pictures").mkdir()

    for path in (folder, folder.parent, folder / "pictures"):
        assert len(read_manifest(str(path)).scans) == 2


def test_a_folder_above_two_studies_is_ambiguous(write: Write) -> None:
    folder = write(TWO_ROWS).parent
    shutil.copytree(folder, folder.parent / "another")

    with pytest.raises(ValueError, match=r"holds 2 studies, 'another' and others; name one"):
        read_manifest(str(folder.parent))


def test_a_folder_without_a_manifest_says_what_to_write(tmp_path: Path) -> None:
    with pytest.raises(
        FileNotFoundError, match=r"no 'manifest.csv'; write one with .* image, mask"
    ):
        read_manifest(str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"none' does not exist; correct study.path"):
        read_manifest(str(tmp_path / "none"))


def test_a_manifest_may_have_any_name(write: Write) -> None:
    file = write(TWO_ROWS)

    assert len(read_manifest(str(file.rename(file.with_name("my scans.csv")))).scans) == 2


def test_a_lazy_scan_travels_to_other_processes(write: Write) -> None:
    study = read_manifest(str(write(TWO_ROWS)))

    assert pickle.loads(pickle.dumps(study.images["b"]))()[0, 0] == 2


def test_pictures_are_not_decoded_before_they_are_asked_for(write: Write) -> None:
    file = write(TWO_ROWS)
    (file.parent / "b.png").write_text("no picture")

    study = read_manifest(str(file))

    with pytest.raises(ValueError, match=r"b.png' cannot be read"):
        study.image("b")


def test_rows_are_numbered_as_a_spreadsheet_shows_them(write: Write) -> None:
    text = f'{HEADER},note\n\na.png,a_mask.png,benign,"two\nlines"\n,,,\nb.png,b_mask.png,odd,\n'

    with pytest.raises(ValueError, match=r"manifest.csv row 5: label 'odd' is unknown"):
        read_manifest(str(write(text)))


def test_the_first_absent_picture_is_named_and_the_others_counted(write: Write) -> None:
    text = f"{TWO_ROWS}c.png,d_mask.png,benign\nx.png,y.png,benign\n"

    with pytest.raises(
        FileNotFoundError, match=r"row 4: mask 'd_mask.png' does not exist in .* nor do 2 more"
    ):
        read_manifest(str(write(text)))


@pytest.mark.parametrize(
    ("third_row", "told"),
    [
        ("a.png,c_mask.png,benign", "image 'a.png' is already the image of row 2"),
        ("c.png,b_mask.png,benign", "mask 'b_mask.png' is already the mask of row 3"),
        ("c.png,c.png,benign", "mask 'c.png' is already the image of row 4"),
        ("c.png,a.png,benign", "mask 'a.png' is already the image of row 2"),
        ("c.png,./../study/a_mask.png,benign", "is already the mask of row 2"),
        ("c.png,,benign", "has no mask; name its file or remove the row"),
        (",c_mask.png,benign", "has no image"),
        ("c.png,c_mask.png,", "label '' is unknown; write benign or malignant"),
        ("c.png,c_mask.png,2", "label '2' is unknown"),
        ("c.png,c_mask.png,benign,4", "has 4 cells but the header has 3"),
        ("c.png,c_mask.png", "label '' is unknown"),
    ],
)
def test_a_row_that_is_not_understood_is_named(write: Write, third_row: str, told: str) -> None:
    with pytest.raises(ValueError, match=f"manifest.csv row 4: .*{told}"):
        read_manifest(str(write(f"{TWO_ROWS}{third_row}\n")))


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"view": "sagittal"}, "view 'sagittal' is unknown; choose from longitudinal, transverse"),
        ({"birads": "7"}, "birads '7' is unknown; choose from 2, 3, 4, 4a"),
        ({"patient_id": "NA"}, "patient_id 'NA' names nobody; give every row its own"),
        ({"scan_id": "NA"}, "scan_id 'NA' names nothing; leave unknown values empty"),
        ({"scan_id": "x/y"}, "scan_id 'x/y' names files, so it must hold no slash"),
        ({"scan_id": ".."}, "scan_id '..' names files"),
        ({"scan_id": "a"}, "scan_id 'a' is already that of row 2"),
        ({"spacing_mm": "-0.1"}, "spacing_mm '-0.1' is no length"),
        ({"spacing_mm": "inf"}, "spacing_mm 'inf' is no length"),
        ({"spacing_mm": "1e999"}, "spacing_mm '1e999' is no length"),
        ({"spacing_mm": "0.1 mm"}, "spacing_mm '0.1 mm' is no length"),
        ({"spacing_row_mm": "0.1"}, "has one of spacing_row_mm and spacing_col_mm; give both"),
        (
            {"spacing_mm": "0.1", "spacing_row_mm": "0.1", "spacing_col_mm": "0.1"},
            "has spacing_mm beside spacing_row_mm",
        ),
    ],
)
def test_a_value_that_is_not_understood_is_named(
    write: Write, values: dict[str, str], told: str
) -> None:
    with pytest.raises(ValueError, match=f"manifest.csv row 3: {told}"):
        read_manifest(str(write(row(**values))))


@pytest.mark.parametrize(
    ("told_of", "first", "second", "told"),
    [
        (
            "lesion_id",
            "L",
            "L",
            "row 3: lesion 'L' has the label 'malignant' but 'benign' in row 2",
        ),
        ("lesion_id", "L1", "", "row 3: has no lesion_id, but 1 rows of 2 have one"),
        ("patient_id", "", "P1", "row 2: has no patient_id, but 1 rows of 2 have one"),
        ("patient_id", "P1", "P01", "row 3: patient_id 'P01' differs from 'P1' in row 2"),
        ("lesion_id", "l1", "L1", "row 3: lesion_id 'L1' differs from 'l1' in row 2"),
    ],
)
def test_ids_that_make_two_of_one_are_refused(
    write: Write, told_of: str, first: str, second: str, told: str
) -> None:
    text = row(**{told_of: second}).replace("benign,", f"benign,{first}")

    with pytest.raises(ValueError, match=f"manifest.csv {told}"):
        read_manifest(str(write(text)))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "manifest.csv has no column 'image' but none at all"),
        (f"{HEADER}\n,,\n\n", "manifest.csv lists no scan"),
        ("image,label\na.png,benign\n", "has no column 'mask' but image, label"),
        (f"{HEADER},Label\n", "has two columns named 'label'"),
        (f"{HEADER},,age\n", "has a column named ''"),
        (f'{HEADER}\n"a.png', "is no table .*; save it .* as CSV UTF-8"),
    ],
)
def test_a_table_that_is_none_is_refused(write: Write, text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        read_manifest(str(write(text)))


def test_another_encoding_is_refused_rather_than_misread(write: Write) -> None:
    with pytest.raises(ValueError, match=r"row 2: is no UTF-8 text .*; save it .* as CSV UTF-8"):
        read_manifest(str(write(f"{HEADER}\nMüller.png,a_mask.png,benign\n", "cp1252")))


def test_two_images_of_one_name_need_ids(write: Write, tmp_path: Path) -> None:
    draw(tmp_path / "study" / "other", "a", 4)
    text = f"{TWO_ROWS}other/a.png,other/a_mask.png,benign\n"

    with pytest.raises(
        ValueError, match=r"row 4: scan_id 'a' is already that of row 2; give every"
    ):
        read_manifest(str(write(text)))


@pytest.mark.real_scans
def test_published_scans_listed_by_hand_are_a_study(real_scans: Path, tmp_path: Path) -> None:
    folder = real_scans / "Dataset_BUSI_with_GT"
    scans = [
        (label, path)
        for label in ("benign", "malignant")
        for path in sorted((folder / label).glob("*).png"))[:3]
    ]
    lines = [f"{path};{path.with_name(path.stem + '_mask.png')};{label}" for label, path in scans]
    (tmp_path / "manifest.csv").write_text("\n".join(["image;mask;label", *lines]))

    study = read_manifest(str(tmp_path))

    assert len(study.scans) == 6
    for scan_id in study.scans["scan_id"]:
        assert study.image(scan_id).shape == study.masks[scan_id]().shape


def test_annotations_of_ones_own_are_read_where_a_row_names_them(write: Write) -> None:
    file = write(row(annotations="a_mask.png"))  # any picture of marks on black

    study = read_manifest(str(file))

    assert set(study.annotations) == {"b"}
    assert np.argwhere(study.annotations["b"]())[0].tolist() == [5, 1]
    assert "annotations" not in study.scans.columns


def test_annotations_that_do_not_exist_are_refused_with_their_row(write: Write) -> None:
    with pytest.raises(ValueError, match=r"row 3.*annotations 'marks.png' do not exist"):
        read_manifest(str(write(row(annotations="marks.png"))))


NOTED_ROWS = (
    f"{HEADER},Posterior acoustic features,age,shape\n"
    "a.png,a_mask.png,benign,Enhancement,50,oval\nb.png,b_mask.png,malignant,none,61,\n"
)


def test_columns_whose_name_tells_a_region_are_descriptors(write: Write) -> None:
    noted = read_manifest(str(write(NOTED_ROWS))).descriptors

    assert noted["descriptor"].tolist() == ["Posterior acoustic features"] * 2
    assert noted["value"].fillna("").tolist() == ["enhancement", ""]


def test_descriptors_that_are_named_are_read_and_no_others(write: Write) -> None:
    for asked in ("Shape", ["shape"]):
        noted = read_manifest(str(write(NOTED_ROWS)), descriptors=asked).descriptors
        assert noted.to_numpy().tolist() == [["a", "shape", "oval"]]
    assert read_manifest(str(write(NOTED_ROWS)), descriptors=[]).descriptors.empty


def test_a_descriptor_that_is_no_column_is_refused(write: Write) -> None:
    with pytest.raises(ValueError, match=r"no column 'halo' to read descriptors .* age, shape"):
        read_manifest(str(write(NOTED_ROWS)), descriptors=["halo"])
