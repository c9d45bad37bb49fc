from hashlib import sha256

import pandas as pd
import pytest
from kedro.io import DatasetError, Version
from PIL import Image

from sonolens.datasets import (
    ComparedRunsDataset,
    JsonDataset,
    ReportDataset,
    RunRecordDataset,
    RunsDataset,
    TableDataset,
    VersionedCollection,
)
from sonolens.datasets.runs import runs_found

FIRST, SECOND, THIRD = (f"2026-01-0{day}T00.00.00.000Z" for day in (1, 2, 3))
PLACES = {
    "report": "08_reporting/report.html",
    "run_record": "08_reporting/run_record.json",
    "contents": {"scans": "01_raw/scans.csv", "verdict": "08_reporting/verdict.csv"},
}


def leave(root, run_id, *, label=None, world=None, report=True, scans=None):
    """Leave behind what a run leaves, through the datasets that runs use."""
    planned = ["scans"] if scans is not None else []
    session = {
        "run_id": run_id,
        "session": "1",
        "label": label,
        "status": "complete",
        "planned": planned,
        "world": world or {},
        "made_from": {},
    }
    path = f"{root}/{PLACES['run_record']}"
    record = RunRecordDataset(filepath=path, version=Version(None, None))
    record.replace_version(run_id, {"run_id": run_id, "sessions": [session]})
    if report:
        page = ReportDataset(filepath=f"{root}/{PLACES['report']}", version=Version(None, run_id))
        page.save("<p>")
    if scans is not None:
        table = TableDataset(filepath=f"{root}/01_raw/scans.csv", version=Version(None, run_id))
        table.save(pd.DataFrame({"scan_id": scans}))


@pytest.fixture(params=["local", "memory"])
def root(request, tmp_path):
    place = str(tmp_path) if request.param == "local" else f"memory:///{tmp_path.name}"
    leave(place, FIRST, label="base", scans=["0007"])
    leave(place, SECOND, world={"scans": FIRST})
    leave(place, THIRD, report=False, scans=["0008"])
    return place


def compared(root, asked):
    return ComparedRunsDataset(path=root, asked=asked, **PLACES).load()


def test_runs_are_listed_newest_first_and_read_what_they_saw(root):
    runs = RunsDataset(path=root, **PLACES).load()

    assert [run.run_id for run in runs] == [THIRD, SECOND, FIRST]
    assert [run.reported for run in runs] == [False, True, True]
    assert runs[1].read("scans")["scan_id"].tolist() == ["0007"]


def test_what_a_run_never_saw_is_a_lookup_error(root):
    with pytest.raises(LookupError, match="has no verdict"):
        RunsDataset(path=root, **PLACES).load()[0].read("verdict")


def test_documents_and_pictures_of_a_run_are_read_and_pictures_have_digests(tmp_path):
    places = {"card": "08_reporting/card.json", "maps": "07_model_output/maps"}
    told = {**PLACES, "contents": {**PLACES["contents"], **places}}
    picture = Image.new("L", (3, 2), 7)
    JsonDataset(filepath=f"{tmp_path}/{places['card']}", version=Version(None, FIRST)).save(
        {"a": 1}
    )
    VersionedCollection(
        path=f"{tmp_path}/{places['maps']}",
        dataset={"type": "pillow.ImageDataset"},
        filename_suffix=".png",
        version=Version(None, FIRST),
    ).save({"s1": picture})
    leave(str(tmp_path), FIRST, scans=["0007"], world={"card": FIRST, "maps": FIRST})
    (run,) = RunsDataset(path=str(tmp_path), **told).load()

    assert run.read("card") == {"a": 1}
    assert run.read("maps")["s1"]().getpixel((0, 0)) == 7
    content = (tmp_path / places["maps"] / FIRST / "s1.png").read_bytes()
    assert run.digest("maps") == {"s1": sha256(content).hexdigest()}
    assert run.digest("card") == {}


def test_runs_found_to_compare_are_told_for_the_record_and_those_of_other_roots_are_not(
    root, tmp_path
):
    leave(str(tmp_path / "other"), FIRST)
    dataset = ComparedRunsDataset(
        path=root, asked=f"latest base {FIRST}@{tmp_path / 'other'}", **PLACES
    )
    assert runs_found(dataset) == []

    dataset.load()

    assert runs_found(dataset) == [FIRST, SECOND]
    assert runs_found(RunsDataset(path=root, **PLACES)) == []


def test_the_runs_of_an_empty_data_root_are_none(tmp_path):
    assert RunsDataset(path=str(tmp_path / "nothing"), **PLACES).load() == []


def test_runs_are_read_only(tmp_path):
    with pytest.raises(DatasetError, match="read-only"):
        RunsDataset(path=str(tmp_path), **PLACES).save([])


def test_compared_runs_come_in_the_order_asked_and_from_other_roots_too(root, tmp_path):
    leave(str(tmp_path / "other"), FIRST)

    runs = compared(root, f"latest base {FIRST}@{tmp_path / 'other'}")

    assert [(run.run_id, bool(run.root)) for run in runs] == [
        (SECOND, False),
        (FIRST, False),
        (FIRST, True),
    ]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (f"base {FIRST}", "twice, as 'base' and"),
        ("base", "at least two runs"),
        (None, "at least two runs"),
        ("base bose", "did you mean base"),
    ],
)
def test_a_comparison_that_makes_no_sense_is_refused_in_one_line(root, asked, message):
    with pytest.raises(DatasetError, match=message) as error:
        compared(root, asked)

    assert "\n" not in str(error.value)
