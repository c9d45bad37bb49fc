import logging
from collections import namedtuple

import pytest
from data_roots import Root, run_id
from kedro.io import DatasetError

from sonolens.preflight import check_clock, check_room

Usage = namedtuple("Usage", "total used free")


def test_a_folder_that_can_be_written_passes_and_nothing_is_left_in_it(tmp_path, caplog):
    check_room(tmp_path / "new" / "data")

    assert list((tmp_path / "new" / "data").iterdir()) == []
    assert caplog.messages == []


def test_a_place_that_cannot_be_written_is_refused_before_any_work(tmp_path):
    (tmp_path / "file").write_text("no folder")

    with pytest.raises(
        DatasetError, match=r"nothing can be written to data_root 'data' .* --params"
    ):
        check_room(tmp_path / "file" / "data")


def test_little_room_is_told(tmp_path, caplog, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(10**9, 7 * 10**8, 3 * 10**8))

    check_room(tmp_path)

    assert "Only 300.0 MB are free" in caplog.text


@pytest.mark.parametrize(
    ("own", "told"),
    [(1, False), (2, True), (3, False), (4, False)],
    ids=["again", "before", "newest", "later"],
)
def test_a_clock_that_was_set_back_is_noticed(tmp_path, caplog, own, told):
    root = Root(str(tmp_path))
    for number in (1, 3):
        root.run(number, "process")

    with caplog.at_level(logging.WARNING):
        check_clock(run_id(own), root.catalog)

    assert (f"run {run_id(3)} is there already" in caplog.text) is told


def test_the_first_run_has_no_clock_to_be_compared_with(tmp_path, caplog):
    check_clock(run_id(1), Root(str(tmp_path)).catalog)

    assert caplog.messages == []
