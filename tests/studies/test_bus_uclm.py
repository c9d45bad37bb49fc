"""BUS-UCLM as published: masks in two colours, patients in file names, frames that cannot be used."""

import pickle
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sonolens.studies.bus_uclm import read_bus_uclm
from sonolens.tables import cohort

GREEN, RED = (0, 255, 0), (255, 0, 0)
FRAMES = [
    ("ANFO_000.png", "Benign", "No"),
    ("ANFO_001.png", "Malignant", "No"),
    ("ANFO_002.png", "Normal", "No"),
    ("COPE_000.png", "Benign", "Yes"),
    ("COPE_001.png", "Benign", "No"),
    ("COPE_002.png", "Normal", "Yes"),
    ("HESN_000.png", "Malignant", "No"),
    ("HESN_001.png", "Malignant", "No"),
]


def draw(file: Path, *spots: tuple[int, int, tuple[int, int, int]], rows: int = 20) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.zeros((rows, 30, 3), dtype=np.uint8)
    for row, col, colour in spots:
        pixels[row, col] = colour
    Image.fromarray(pixels).save(file)


def write_table(folder: Path, frames: list[tuple[str, str, str]]) -> None:
    lines = ["Image;Resolution;Label;Doppler;Marks;Combined"]
    lines += [f"{name};30x20;{label};{doppler};No;No" for name, label, doppler in frames]
    (folder / "INFO.csv").write_text("\r\n".join(lines), encoding="utf-8-sig")


@pytest.fixture
def uclm_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "Datos de mamá" / "BUS-UCLM"
    for place, (name, label, _) in enumerate(FRAMES):
        draw(folder / "images" / name)
        colour = {"Benign": GREEN, "Malignant": RED, "Normal": (0, 0, 0)}[label]
        draw(folder / "masks" / name, (5, place, colour))
    draw(folder / "masks" / "HESN_001.png", (5, 5, RED), rows=19)
    write_table(folder, FRAMES)
    return folder


def test_the_patient_is_the_name_before_the_underscore(uclm_folder: Path) -> None:
    study = read_bus_uclm(str(uclm_folder))

    assert study.scans["scan_id"].tolist() == ["ANFO_000", "ANFO_001", "COPE_001", "HESN_000"]
    assert study.scans["patient_id"].tolist() == ["ANFO", "ANFO", "COPE", "HESN"]
    assert study.scans["label"].tolist() == ["benign", "malignant", "benign", "malignant"]
    cohort.Scans.validate(study.scans)


def test_frames_of_one_patient_and_label_count_as_one_lesion(uclm_folder: Path) -> None:
    lesions = read_bus_uclm(str(uclm_folder), doppler="keep").scans.groupby("lesion_id")["scan_id"]

    assert {name: list(ids) for name, ids in lesions} == {
        "ANFO benign": ["ANFO_000"],
        "ANFO malignant": ["ANFO_001"],
        "COPE benign": ["COPE_000", "COPE_001"],
        "HESN malignant": ["HESN_000"],
    }


def test_every_frame_left_out_is_counted_under_one_reason(uclm_folder: Path) -> None:
    assert read_bus_uclm(str(uclm_folder)).left_out == {"normal": 2, "doppler": 1, "mask_size": 1}
    assert read_bus_uclm(str(uclm_folder), doppler="keep").left_out == {"normal": 2, "mask_size": 1}


def test_what_the_authors_published_is_told(uclm_folder: Path) -> None:
    published = read_bus_uclm(str(uclm_folder)).published

    assert published == {"scans": 683}


def test_marks_and_doppler_stay_with_the_scans(uclm_folder: Path) -> None:
    scans = read_bus_uclm(str(uclm_folder), doppler="keep").scans

    assert scans["doppler"].tolist() == ["no", "no", "yes", "no", "no"]
    assert set(scans["marks"]) == set(scans["combined"]) == {"no"}


def test_the_mass_has_the_colour_of_its_label(uclm_folder: Path) -> None:
    draw(uclm_folder / "masks" / "ANFO_001.png", (3, 4, RED), (7, 8, GREEN))
    study = read_bus_uclm(str(uclm_folder))

    assert np.argwhere(study.masks["ANFO_001"]()).tolist() == [[3, 4]]
    assert np.argwhere(study.masks["ANFO_000"]()).tolist() == [[5, 0]]


@pytest.mark.parametrize("colour", [RED, (255, 255, 255)])
def test_a_mask_that_contradicts_its_label_is_refused(
    uclm_folder: Path, colour: tuple[int, int, int]
) -> None:
    draw(uclm_folder / "masks" / "ANFO_000.png", (3, 4, colour))
    study = read_bus_uclm(str(uclm_folder))

    with pytest.raises(
        ValueError, match=r"'ANFO_000.png' holds no green .* calls the frame benign"
    ):
        study.image("ANFO_000")


def test_a_black_mask_is_empty_as_in_any_study(uclm_folder: Path) -> None:
    draw(uclm_folder / "masks" / "ANFO_000.png")
    study = read_bus_uclm(str(uclm_folder))

    with pytest.raises(ValueError, match="mask of scan 'ANFO_000' is empty"):
        study.image("ANFO_000")


def test_a_mask_of_another_size_than_published_is_refused_when_read(uclm_folder: Path) -> None:
    draw(uclm_folder / "masks" / "COPE_001.png", (3, 4, GREEN), rows=19)
    study = read_bus_uclm(str(uclm_folder))

    with pytest.raises(ValueError, match="mask of scan 'COPE_001' is 19 x 30 pixels"):
        study.image("COPE_001")


@pytest.mark.parametrize("given", ["..", ".", "images", "INFO.csv"])
def test_the_folder_is_found_one_level_off(uclm_folder: Path, given: str) -> None:
    path = uclm_folder.parent if given == ".." else uclm_folder / given

    study = pickle.loads(pickle.dumps(read_bus_uclm(str(path))))

    assert study.image("COPE_001").shape == (20, 30)


def test_names_without_their_ending_are_completed(uclm_folder: Path) -> None:
    write_table(uclm_folder, [(name.removesuffix(".png"), *rest) for name, *rest in FRAMES])

    assert read_bus_uclm(str(uclm_folder)).scans["scan_id"].iloc[-1] == "HESN_000"


def test_a_renamed_column_is_named_beside_those_present(uclm_folder: Path) -> None:
    table = uclm_folder / "INFO.csv"
    table.write_text(table.read_text(encoding="utf-8-sig").replace("Label", "Class"))

    with pytest.raises(ValueError, match="no column 'Label' but Image, Resolution, Class, Doppler"):
        read_bus_uclm(str(uclm_folder))


@pytest.mark.parametrize("yes", ["Y", "yes", "TRUE", "1", "Si"])
def test_yes_may_be_short(uclm_folder: Path, yes: str) -> None:
    write_table(uclm_folder, [("ANFO_000.png", "Benign", yes), *FRAMES[1:]])

    study = read_bus_uclm(str(uclm_folder))

    assert study.left_out == {"doppler": 2, "normal": 2, "mask_size": 1}


@pytest.mark.parametrize("answer", ["maybe", "", "-"])
def test_an_unclear_answer_costs_its_frame_alone(uclm_folder: Path, answer: str) -> None:
    write_table(uclm_folder, [("ANFO_000.png", "Benign", answer), *FRAMES[1:]])

    study = read_bus_uclm(str(uclm_folder))

    assert "ANFO_000" not in set(study.scans["scan_id"])
    assert study.left_out == {"unclear answer": 1, "normal": 2, "doppler": 1, "mask_size": 1}
    assert "ANFO_000" in set(read_bus_uclm(str(uclm_folder), doppler="keep").scans["scan_id"])


def test_frames_of_two_pictures_are_left_out_and_counted_first(uclm_folder: Path) -> None:
    table = uclm_folder / "INFO.csv"
    lines = table.read_text(encoding="utf-8-sig").splitlines()
    told = [
        f"{line[:-2]}Yes" if line.startswith(("ANFO_000", "ANFO_002")) else line for line in lines
    ]
    table.write_text("\n".join(told))

    study = read_bus_uclm(str(uclm_folder))

    assert study.left_out == {"combined": 2, "normal": 1, "doppler": 1, "mask_size": 1}
    assert set(study.scans["combined"]) == {"no"}


def test_an_unknown_choice_for_doppler_is_refused(uclm_folder: Path) -> None:
    with pytest.raises(ValueError, match="no doppler='off'; choose 'drop' or 'keep'"):
        read_bus_uclm(str(uclm_folder), doppler="off")


@pytest.mark.parametrize("part", ["images", "masks"])
def test_an_absent_picture_is_named(uclm_folder: Path, part: str) -> None:
    (uclm_folder / part / "COPE_001.png").unlink()

    with pytest.raises(FileNotFoundError, match=rf"BUS-UCLM lists 'COPE_001.png' .*{part}"):
        read_bus_uclm(str(uclm_folder))


def test_the_picture_of_a_frame_left_out_need_not_be_there(uclm_folder: Path) -> None:
    (uclm_folder / "images" / "ANFO_002.png").unlink()

    assert read_bus_uclm(str(uclm_folder)).left_out["normal"] == 2


def test_only_normal_frames_are_no_study(uclm_folder: Path) -> None:
    write_table(uclm_folder, [("ANFO_002.png", "Normal", "No")])

    with pytest.raises(ValueError, match="holds no scan"):
        read_bus_uclm(str(uclm_folder))


def test_a_truncated_mask_is_named_when_it_is_read(uclm_folder: Path) -> None:
    file = uclm_folder / "masks" / "ANFO_000.png"
    file.write_bytes(file.read_bytes()[:50])
    study = read_bus_uclm(str(uclm_folder))

    with pytest.raises(ValueError, match=r"ANFO_000.png' cannot be read"):
        study.image("ANFO_000")


def test_a_frame_that_cannot_be_read_is_told_when_it_is_read(uclm_folder: Path) -> None:
    (uclm_folder / "images" / "HESN_001.png").write_bytes(b"no picture at all")

    study = read_bus_uclm(str(uclm_folder))

    with pytest.raises(ValueError, match=r"HESN_001.png' cannot be read"):
        study.images["HESN_001"]()
    assert study.images["HESN_000"]().size
