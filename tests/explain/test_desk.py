import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from desk_network import SPACING, draw_scan
from pydicom.uid import generate_uid

from sonolens.console import main
from sonolens.explain.document import FamiliarityCheck
from sonolens.explain.page import _tell_familiarity
from sonolens.studies import without_quotes

STUDIES = Path(__file__).parents[1] / "studies"


def every_byte(folder: Path) -> bytes:
    return b"".join(
        file.name.encode() + file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    )


def read_rows(out: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((out / "scans.csv").read_text())))


@pytest.fixture
def folder(tmp_path, save):
    for number in range(3):
        save(draw_scan(number + 50), f"scans/s{number}.png")
    return tmp_path / "scans"


def test_one_picture_leaves_a_document_a_picture_and_a_page(at_desk, new_scan):
    out, report = at_desk(new_scan)

    assert sorted(file.name for file in out.iterdir()) == ["scan.html", "scan.json", "scan.png"]
    assert (report.explained, report.refused) == (1, 0)
    page = (out / "scan.html").read_text()
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert "Research use only" in page
    assert "AUC on test scans of the same study: 0.87 [0.82, 0.92], n = 40" in page
    assert "Brier score 0.12" in page


def test_a_folder_leaves_a_row_per_scan_and_one_odd_file_costs_itself_alone(at_desk, folder):
    (folder / "s1.png").write_bytes(b"no picture")
    (folder / "notes.txt").write_text("not a scan")
    out, report = at_desk(folder)
    rows = read_rows(out)

    assert [row["state"] for row in rows] == ["explained", "left out", "explained"]
    assert [row["name"] for row in rows] == ["s0", "s1", "s2"]
    assert rows[1]["reason"]
    assert str(folder) not in rows[1]["reason"]
    lines = [json.loads(line) for line in (out / "scans.jsonl").read_text().splitlines()]
    assert [line["name"] for line in lines] == ["s0", "s2"]
    assert "Left out:" in (out / "index.html").read_text()
    assert (report.explained, report.refused) == (2, 1)


def test_scans_of_a_folder_say_what_they_say_alone(at_desk, folder):
    out, _ = at_desk(folder, pages=True)
    lines = [json.loads(line) for line in (out / "scans.jsonl").read_text().splitlines()]

    for line in lines:
        assert json.loads((out / f"{line['name']}.json").read_text()) == line


def test_masks_of_a_folder_are_found_by_name_and_are_no_scans(at_desk, folder, save):
    from desk_network import draw_mask  # noqa: PLC0415

    save(255 * draw_mask(), "scans/s2_mask.png")
    out, report = at_desk(folder, masks=[folder])
    lines = [json.loads(line) for line in (out / "scans.jsonl").read_text().splitlines()]

    assert report.explained == 3
    assert [line["regions"] is not None for line in lines] == [False, False, True]


@pytest.mark.parametrize("name", ['<script>alert("1")</script>', "a'b\"c", "=1+1", "-a..b", "ü\n"])
def test_no_name_of_a_file_reaches_a_page_or_a_table_unescaped(at_desk, save, name):
    scan = save(draw_scan(1), "hostile/x.png")
    scan = scan.rename(scan.with_name(name.replace("/", "|") + ".png"))
    out, report = at_desk(scan.parent, pages=True)

    assert report.explained == 1
    written = every_byte(out)
    assert b"<script" not in written
    assert all(file.parent == out for file in out.rglob("*"))
    (row,) = read_rows(out)
    assert not row["name"].startswith(("=", "+", "-", "@"))


def test_nothing_of_a_dicom_header_leaves(at_desk, tmp_path):
    sys.path.insert(0, str(STUDIES))
    from made_dicom import scan as make_scan  # noqa: PLC0415

    uid = generate_uid()
    planted = {
        "PatientName": "Planted^Nora",
        "PatientID": "PID-77312",
        "PatientBirthDate": "19610417",
        "StudyDate": "20190713",
        "AccessionNumber": "ACC-90210",
        "StudyInstanceUID": generate_uid(),
        "SOPInstanceUID": uid,
        "InstitutionName": "Planted Hospital",
        "Manufacturer": "PlantedMaker",
    }
    sound = make_scan(draw_scan(7, shape=(160, 200)), **planted)
    region = sound.SequenceOfUltrasoundRegions[0]
    region.RegionLocationMinX0 = region.RegionLocationMinY0 = 0
    region.RegionLocationMaxX1, region.RegionLocationMaxY1 = 199, 159
    region.PhysicalDeltaX = region.PhysicalDeltaY = 0.02
    files = tmp_path / "dicom"
    files.mkdir()
    sound.save_as(files / f"{uid}.dcm", enforce_file_format=True)
    with without_quotes():
        sound.PhotometricInterpretation = "Planted^Nora"
    sound.save_as(files / "zz Planted^Nora.dcm", enforce_file_format=True)
    out, report = at_desk(files, pages=True)

    assert (report.explained, report.refused) == (1, 1)
    told = json.loads((out / "scan-001.json").read_text())
    assert told["picture"]["spacing_row_mm"] == pytest.approx(SPACING[0])
    assert told["picture"]["spacing_from"] == "header"
    assert told["device"] == "unseen"
    written = every_byte(out) + "\n".join(report.lines).encode()
    for value in planted.values():
        for word in str(value).split("^"):
            assert word.encode() not in written, word


def test_a_device_of_the_training_study_is_known(explain, tmp_path):
    sys.path.insert(0, str(STUDIES))
    from made_dicom import scan as make_scan  # noqa: PLC0415

    file = make_scan(draw_scan(7, shape=(160, 200)), BurnedInAnnotation="NO")
    del file.SequenceOfUltrasoundRegions
    file.save_as(tmp_path / "a.dcm", enforce_file_format=True)
    told = explain(tmp_path / "a.dcm", spacing_mm=SPACING)

    assert told.device == "known"
    assert told.picture.spacing_from == "given"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--method", "nonsense"], "is unknown; choose from cam"),
        (["--method", "random"], "knows nothing of the network"),
    ],
)
def test_the_command_refuses_in_one_line(network_file, new_scan, tmp_path, options, told):
    called = [str(new_scan), "--network", str(network_file), "--out", str(tmp_path / "o"), *options]
    result = CliRunner().invoke(main, ["explain", *called])

    assert result.exit_code == 1
    assert told in result.output
    assert len(result.output.strip().splitlines()) == 1


@pytest.mark.parametrize(("broken", "status"), [(0, 0), (1, 3), (3, 1)])
def test_the_exit_status_says_whether_scans_were_left_out(
    network_file, folder, tmp_path, broken, status
):
    for number in range(broken):
        (folder / f"s{number}.png").write_bytes(b"no picture")
    called = [str(folder), "--network", str(network_file), "--out", str(tmp_path / "o")]
    result = CliRunner().invoke(main, ["explain", *called])

    assert result.exit_code == status, result.output
    assert f"{3 - broken} scan" in result.output


def test_an_empty_folder_and_what_is_no_network_are_refused(network_file, new_scan, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "no.safetensors").write_bytes(b"\x80\x02 a pickle")
    for called in (
        [str(tmp_path / "empty"), "--network", str(network_file)],
        [str(new_scan), "--network", str(tmp_path / "no.safetensors")],
        [str(tmp_path / "absent.png"), "--network", str(network_file)],
    ):
        result = CliRunner().invoke(main, ["explain", *called])
        assert result.exit_code == 1
        assert len(result.output.strip().splitlines()) == 1


def test_away_from_any_project_a_scan_is_explained_without_kedro(network_file, new_scan, tmp_path):
    away = tmp_path / "away"
    away.mkdir()
    command = (
        "import sys; from sonolens.console import main\n"
        f"sys.argv = ['sonolens', 'explain', {str(new_scan)!r}, '--network', {str(network_file)!r}]\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "assert not [name for name in sys.modules if name.split('.')[0].startswith('kedro')]\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", command], check=False, cwd=away, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr
    assert (away / "explained" / "scan.html").is_file()


def test_help_of_the_command_needs_no_torch():
    command = (
        "import sys, sonolens.console; assert not {'torch', 'kedro', 'pandas'} & set(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", command], check=False, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr


def test_a_mask_is_of_one_scan_each(network_file, folder, tmp_path, new_mask):
    called = [str(folder), "--network", str(network_file), "--mask", str(new_mask)]
    result = CliRunner().invoke(main, ["explain", *called])

    assert result.exit_code == 1
    assert "1 masks for 3 scans" in result.output


def test_two_scans_of_one_name_are_told_apart(at_desk, save):
    one = save(draw_scan(1), "a/x.png")
    other = save(np.flipud(draw_scan(1)), "b/x.png")
    out, _ = at_desk(one, other, pages=True)

    assert {"x.json", "x-2.json"} <= {file.name for file in out.iterdir()}


FAR = FamiliarityCheck(
    distance=7.5, threshold=5.0, unfamiliar=True, false_alarm_rate=0.05, validation_scans=40
)


def page_of(told, found):
    return _tell_familiarity(told.model_copy(update={"familiarity": found}))


def test_the_page_tells_distance_and_limit_or_that_none_was_measured(explain, new_scan):
    told = explain(new_scan)

    assert page_of(told, FAR) == (
        "Distance of its features from those of the training scans: 7.5; beyond 5 a scan counts as unlike them, as 5 % "
        "of 40 validation scans of the same study do."
    )
    assert page_of(told, None) == "How familiar the scan is to the network could not be measured."


def test_an_infinite_distance_is_told_in_words(explain, new_scan):
    infinite = FAR.model_copy(update={"distance": None})

    assert ": beyond any number; beyond 5" in page_of(explain(new_scan), infinite)
