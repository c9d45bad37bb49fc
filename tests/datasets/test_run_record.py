from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest
from kedro.io import DatasetError, Version

from sonolens.datasets import RunRecordDataset

RUN = "2026-01-01T00.00.00.000Z"


def record_at(root):
    return RunRecordDataset(filepath=f"{root}/run_record.json", version=Version(None, None))


def write_often(root, process):
    for count in range(25):
        session = {"session": f"{process}-{count}", "started": "2026", "count": count}
        record_at(root).write_session(RUN, session)


def test_processes_that_write_at_once_lose_nothing(tmp_path):
    with ProcessPoolExecutor(3, mp_context=get_context("fork")) as pool:
        list(pool.map(write_often, [str(tmp_path)] * 3, "abc"))

    sessions = record_at(tmp_path).read_version(RUN)["sessions"]
    assert len(sessions) == 75
    assert record_at(tmp_path).list_versions(full_path=False) == [RUN]


@pytest.mark.parametrize("place", ["file", "memory"])
def test_a_session_replaces_what_it_wrote_before_and_sessions_are_told_by_their_time(
    tmp_path, place
):
    root = str(tmp_path) if place == "file" else f"memory:///{tmp_path.name}"
    late = {"session": "b", "started": "2026-01-02"}
    early = {"session": "c", "started": "2026-01-01"}
    for session in (late | {"status": "running"}, early, late | {"status": "complete"}):
        record_at(root).write_session(RUN, session)

    assert record_at(root).load() == {
        "run_id": RUN,
        "sessions": [early, late | {"status": "complete"}],
    }


def test_records_that_held_their_sessions_themselves_are_read(tmp_path):
    old = {"session": "0", "started": "2025"}
    record_at(tmp_path).replace_version(RUN, {"run_id": RUN, "sessions": [old]})
    record_at(tmp_path).write_session(RUN, {"session": "1", "started": "2026"})

    assert [each["session"] for each in record_at(tmp_path).load()["sessions"]] == ["0", "1"]


def test_a_damaged_session_is_told(tmp_path):
    record_at(tmp_path).write_session(RUN, {"session": "1", "started": "2026"})
    (tmp_path / "run_record.json" / RUN / "sessions" / "1.json").write_text("{")

    with pytest.raises(DatasetError, match="is damaged"):
        record_at(tmp_path).load()
