"""OASBUD from echoes: where a reflector lies, how loud it is, who is malignant, what goes wrong."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.io import savemat

from sonolens.studies import matlab
from sonolens.studies.completeness import count_study
from sonolens.studies.oasbud import LINE_MM, PIXEL_MM, SAMPLE_MM, read_oasbud
from sonolens.tables import cohort

OPTIONS: dict[str, Any] = {"dynamic_range_db": 50.0, "skip_samples": 20}
SAMPLES, LINES = 1040, 60
FIELDS = ("id", "rf1", "rf2", "roi1", "roi2", "birads", "class")


def echoes(*reflectors: tuple[int, int, float]) -> np.ndarray:
    """Pulses of 10 MHz sampled at 40 MHz, at (sample, line) with an amplitude, as int16."""
    rf = np.zeros((SAMPLES, LINES))
    time = np.arange(SAMPLES)
    for sample, line, amplitude in reflectors:
        pulse = np.cos(np.pi / 2 * (time - sample)) * np.exp(-(((time - sample) / 16) ** 2))
        rf[:, line] += amplitude * pulse
    return np.rint(rf).astype(np.int16)


def drawn(first: int, last: int, left: int, right: int) -> np.ndarray:
    """A mass drawn on samples and lines, both ends included."""
    roi = np.zeros((SAMPLES, LINES), dtype=bool)
    roi[first : last + 1, left : right + 1] = True
    return roi


def mass(**changes: Any) -> dict[str, Any]:
    """One element of the published array: a benign mass whose two scans differ."""
    return {
        "id": "17",
        "rf1": echoes((500, 20, 8000)),
        "rf2": echoes((700, 41, 8000)),
        "roi1": drawn(400, 599, 10, 29),
        "roi2": drawn(600, 799, 30, 49),
        "birads": "3",
        "class": 0,
    } | changes


MASSES = [mass(), mass(id="9", birads="4a", **{"class": 1}), mass(id="9", birads="5")]


def save(path: Path, masses: list[dict[str, Any]], *, compressed: bool = True) -> Path:
    """Write masses as OASBUD.mat, a struct array of 1 x n."""
    data = np.empty((1, len(masses)), dtype=[(name, object) for name in FIELDS])
    for column, element in enumerate(masses):
        data[0, column] = tuple(element[name] for name in FIELDS)
    savemat(path, {"about": "other", "data": data}, do_compression=compressed)
    return path


@pytest.fixture(params=[True, False], ids=["compressed", "plain"])
def oasbud_file(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Three masses of two patients."""
    (tmp_path / "545928").mkdir()
    return save(tmp_path / "545928" / "OASBUD.mat", MASSES, compressed=request.param)


def test_a_reflector_lies_at_its_depth_and_line(oasbud_file: Path) -> None:
    study = read_oasbud(str(oasbud_file), **OPTIONS)

    for scan_id, sample, line in (("oasbud_003_1", 500, 20), ("oasbud_002_2", 700, 41)):
        scan = study.images[scan_id]()
        row, column = np.unravel_index(int(scan.argmax()), scan.shape)
        assert row == pytest.approx((sample - 20 + 0.5) * SAMPLE_MM / PIXEL_MM - 0.5, abs=0.5)
        assert column == pytest.approx((line + 0.5) * LINE_MM / PIXEL_MM - 0.5, abs=0.5)
        assert scan.max() == 255


def test_a_fifth_of_the_amplitude_is_fourteen_decibels_darker(tmp_path: Path) -> None:
    plates = [(500, line, 10000) for line in range(10, 20)]
    plates += [(500, line, 2000) for line in range(40, 50)]  # wider than a pixel
    file = save(tmp_path / "OASBUD.mat", [mass(rf1=echoes(*plates)), mass(**{"class": 1})])

    scan = read_oasbud(str(file), **OPTIONS).images["oasbud_001_1"]()

    dimmer_db = (int(scan[:, :30].max()) - int(scan[:, 30:].max())) / 255 * 50
    assert dimmer_db == pytest.approx(20 * np.log10(5), abs=0.5)


def test_the_dynamic_range_decides_what_is_black(tmp_path: Path) -> None:
    rf = echoes((500, 20, 10000), (500, 40, 50))  # 46 dB apart
    file = save(tmp_path / "OASBUD.mat", [mass(rf1=rf), mass(**{"class": 1})])

    shown = {
        range_db: read_oasbud(str(file), dynamic_range_db=range_db, skip_samples=0)
        .images["oasbud_001_1"]()[:, 30:]
        .any()
        for range_db in (40.0, 60.0)
    }

    assert shown == {40.0: False, 60.0: True}


def test_the_samples_next_to_the_probe_do_not_set_the_white_level(tmp_path: Path) -> None:
    rf = echoes((500, 20, 3000))
    rf[:15] = 30000
    file = save(tmp_path / "OASBUD.mat", [mass(rf1=rf), mass(**{"class": 1})])

    kept, skipped = (
        read_oasbud(str(file), dynamic_range_db=50.0, skip_samples=samples).images["oasbud_001_1"]()
        for samples in (0, 20)
    )

    assert kept[100:].max() < 255
    assert skipped[100:].max() == 255
    assert len(kept) == int(SAMPLES * SAMPLE_MM / PIXEL_MM)
    assert len(skipped) == int((SAMPLES - 20) * SAMPLE_MM / PIXEL_MM)


def test_the_mass_keeps_its_place_and_size_in_millimetres(oasbud_file: Path) -> None:
    study = read_oasbud(str(oasbud_file), **OPTIONS)

    mask = study.masks["oasbud_001_1"]()
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))

    # samples 400..599 begin at depth 380 of those kept; lines 10..29
    for found, first, last, size_mm in ((rows, 380, 580, SAMPLE_MM), (columns, 10, 30, LINE_MM)):
        assert found[0] * PIXEL_MM == pytest.approx(first * size_mm, abs=PIXEL_MM / 2)
        assert (found[-1] + 1) * PIXEL_MM == pytest.approx(last * size_mm, abs=PIXEL_MM / 2)
    assert mask.sum() == len(rows) * len(columns)
    assert mask.shape == study.image("oasbud_001_1").shape


def test_masks_and_scans_of_a_mass_are_not_exchanged(oasbud_file: Path) -> None:
    study = read_oasbud(str(oasbud_file), **OPTIONS)

    for scan_id in study.scans["scan_id"]:
        scan, mask = study.image(scan_id), study.masks[scan_id]()
        assert mask[np.unravel_index(int(scan.argmax()), scan.shape)]


def test_masses_are_counted_by_position_and_patients_by_id(oasbud_file: Path) -> None:
    study = read_oasbud(str(oasbud_file), **OPTIONS)

    assert study.scans["lesion_id"].tolist() == ["001", "001", "002", "002", "003", "003"]
    assert study.scans["patient_id"].tolist() == ["17", "17", "9", "9", "9", "9"]
    assert study.scans["birads"].tolist() == ["3", "3", "4a", "4a", "5", "5"]
    assert study.scans["view"].isna().all()
    assert study.scans[["spacing_row_mm", "spacing_col_mm"]].eq(0.075).all(axis=None)
    assert count_study(study)["malignant"] == 2
    cohort.Scans.validate(study.scans)


def test_class_one_is_malignant(oasbud_file: Path) -> None:
    scans = read_oasbud(str(oasbud_file), **OPTIONS).scans

    assert scans["label"].tolist() == ["benign"] * 2 + ["malignant"] * 2 + ["benign"] * 2


def test_numbers_stored_as_numbers_become_the_same_text(tmp_path: Path) -> None:
    numbers = [mass(id=7.0, birads=4), mass(id=np.uint8(7), birads="4A ", **{"class": 1.0})]
    empty = mass(id=8, birads=np.zeros((0, 0)))
    scans = read_oasbud(str(save(tmp_path / "OASBUD.mat", [*numbers, empty])), **OPTIONS).scans

    assert scans["patient_id"].tolist() == ["7"] * 4 + ["8"] * 2
    assert scans["birads"].tolist()[:4] == ["4", "4", "4a", "4a"]
    assert scans["birads"].isna().sum() == 2


@pytest.mark.parametrize(
    ("malignant", "refusal"),
    [(52, None), (48, "48 masses of class 1 .* are inverted"), (51, "51 masses .* are changed")],
)
def test_a_complete_file_has_fifty_two_malignant_masses(
    tmp_path: Path, malignant: int, refusal: str | None
) -> None:
    small = {name: np.zeros((2, 2), np.int16) for name in ("rf1", "rf2", "roi1", "roi2")}
    masses = [mass(**small, **{"class": int(row < malignant)}) for row in range(100)]
    file = save(tmp_path / "OASBUD.mat", masses)

    if refusal is None:
        counts = count_study(read_oasbud(str(file), **OPTIONS))
        assert (counts["malignant"], counts["benign"]) == (104, 96)
    else:
        with pytest.raises(ValueError, match=refusal):
            read_oasbud(str(file), **OPTIONS)


def test_a_class_that_is_neither_is_named_with_its_mass(tmp_path: Path) -> None:
    file = save(tmp_path / "OASBUD.mat", [mass(), mass(**{"class": 2})])

    with pytest.raises(ValueError, match=r"mass 2 of OASBUD.mat has the class '2'; 0 is benign"):
        read_oasbud(str(file), **OPTIONS)


def test_the_file_is_found_one_folder_below(oasbud_file: Path) -> None:
    for path in (oasbud_file.parent, oasbud_file.parent.parent):
        assert len(read_oasbud(str(path), **OPTIONS).scans) == 6


def test_a_path_without_the_file_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(
        FileNotFoundError, match=r"no 'OASBUD.mat'; download .*545928.* study.path="
    ):
        read_oasbud(str(tmp_path), **OPTIONS)


def test_options_out_of_range_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="skip_samples -1 must be 0 or more"):
        read_oasbud(str(tmp_path), dynamic_range_db=50.0, skip_samples=-1)


def test_more_samples_to_skip_than_there_are_is_refused_by_name(oasbud_file: Path) -> None:
    study = read_oasbud(str(oasbud_file), dynamic_range_db=50.0, skip_samples=1040)

    with pytest.raises(ValueError, match=r"rf2 of mass 1 .* shape \(1040, 60\).* 1040 samples"):
        study.images["oasbud_001_2"]()


def test_the_study_travels_to_other_processes(oasbud_file: Path) -> None:
    study = read_oasbud(str(oasbud_file), **OPTIONS)
    matlab._index.cache_clear()

    travelled = pickle.loads(pickle.dumps(study))

    np.testing.assert_array_equal(travelled.image("oasbud_003_2"), study.image("oasbud_003_2"))


def test_nothing_is_written_beside_the_file(oasbud_file: Path) -> None:
    before = oasbud_file.read_bytes()
    read_oasbud(str(oasbud_file), **OPTIONS).image("oasbud_002_1")

    assert [file.name for file in oasbud_file.parent.iterdir()] == ["OASBUD.mat"]
    assert oasbud_file.read_bytes() == before
