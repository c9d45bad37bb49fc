import logging
import pickle

import numpy as np
import pandas as pd
import pytest
from kedro.io import DatasetError

from sonolens import studies
from sonolens.datasets import StudyDataset, UnreadStudyDataset
from sonolens.studies.boundary import limits, use_limits
from sonolens.studies.limits import USUAL

TINY = {
    "masses": 2,
    "malignant_share": 0.5,
    "cues": (),
    "least_look": 0.4,
    "foci_site": "mass",
    "seed": 0,
}


@pytest.fixture(autouse=True)
def readers(monkeypatch):
    def read_echo(path, *, count, seed=0):
        raise ValueError(f"{path} {count} {seed}")

    def read_folder(path):
        raise FileNotFoundError(f"no table in {path}")

    monkeypatch.setitem(studies.READERS, "echo", read_echo)
    monkeypatch.setitem(studies.READERS, "folder", read_folder)


def test_the_reader_gets_path_and_options_and_its_error_is_passed_on(tmp_path):
    with pytest.raises(DatasetError, match=f"{tmp_path} 3 0"):
        StudyDataset(reader="echo", path=str(tmp_path), options={"count": 3}).load()


def test_a_reader_without_a_path_gets_none():
    with pytest.raises(DatasetError, match="None 3 1"):
        StudyDataset(reader="echo", options={"count": 3, "seed": 1}).load()


def test_an_unknown_reader_is_told_those_that_exist():
    with pytest.raises(
        DatasetError, match=r"'ecco' is no study reader; did you mean echo\? known are"
    ):
        StudyDataset(reader="ecco").load()


def test_an_unknown_option_is_told_those_that_exist():
    with pytest.raises(DatasetError, match=r"'cuont' is no option .*did you mean count\?"):
        StudyDataset(reader="echo", options={"cuont": 3}).load()


def test_a_reader_without_options_says_so(tmp_path):
    with pytest.raises(DatasetError, match=r"'x' is no option of .*'folder' .*none at all"):
        StudyDataset(reader="folder", path=str(tmp_path), options={"x": 1}).load()


def test_a_missing_option_is_named():
    with pytest.raises(DatasetError, match=r"'count'; set it in study\.options"):
        StudyDataset(reader="echo").load()


def test_a_path_that_is_not_there_comes_with_its_remedy(tmp_path):
    dataset = StudyDataset(reader="folder", path=str(tmp_path / "BUSBRA"))

    assert not dataset.exists()
    with pytest.raises(DatasetError, match=r"BUSBRA' does not exist; .* --params study\.path="):
        dataset.load()


def test_a_missing_part_is_the_readers_message(tmp_path):
    with pytest.raises(DatasetError, match=r"^no table in"):
        StudyDataset(reader="folder", path=str(tmp_path)).load()


def test_a_study_cannot_be_overwritten():
    with pytest.raises(DatasetError, match="study 'echo' is read-only"):
        StudyDataset(reader="echo").save("anything")


def test_an_option_changed_for_one_run_replaces_the_one_in_conf():
    with pytest.raises(DatasetError, match="None 5 1"):
        StudyDataset(
            reader="echo", options={"count": 3, "seed": 1}, changed_options={"count": 5}
        ).load()


def grey():
    return np.zeros((4, 4), dtype=np.uint8)


@pytest.fixture
def half_a_study(monkeypatch):
    def read_half(path):
        scans = pd.DataFrame(
            {
                "scan_id": ["a", "b"],
                "lesion_id": ["1", "2"],
                "patient_id": ["1", "2"],
                "label": ["benign", "malignant"],
            }
        )
        readers = dict.fromkeys(scans["scan_id"], grey)
        published = {"scans": 5, "malignant": 1}
        return studies.Study("half", scans, readers, readers, "half", published, {"normal": 1})

    monkeypatch.setitem(studies.READERS, "half", read_half)


def test_a_difference_from_the_publication_is_logged(half_a_study, caplog):
    with caplog.at_level(logging.INFO):
        StudyDataset(reader="half").load()

    assert caplog.messages == [
        "Study half: 2 scans, 1 normal left out; not as published: 3 scans of 5"
    ]


def test_it_is_an_error_where_completeness_is_expected(half_a_study):
    with pytest.raises(DatasetError, match=r"'half' is not as published: 3 scans of 5; complete"):
        StudyDataset(reader="half", expect_complete=True).load()


def test_an_unread_study_is_looked_at_when_it_is_called_for_and_read_once(monkeypatch, tmp_path):
    read = []

    def read_tiny(path):
        read.append(path)
        return studies.read_phantoms(**TINY)

    monkeypatch.setitem(studies.READERS, "tiny", read_tiny)
    dataset = UnreadStudyDataset(reader="tiny", path=str(tmp_path / "study"))
    unread = dataset.load()
    assert dataset.exists()
    with pytest.raises(DatasetError, match="does not exist"):
        unread()

    (tmp_path / "study").mkdir()
    assert len(unread().scans) == len(unread().scans) == 4
    assert read == [str(tmp_path / "study")]


def test_who_is_sent_a_study_that_was_read_reads_for_himself():
    dataset = UnreadStudyDataset(reader="phantoms", options=TINY)
    unread = dataset.load()
    before = pickle.dumps(unread)

    assert len(unread().scans) == 4
    assert pickle.dumps(unread) == before


def test_an_unread_study_is_read_only_too():
    with pytest.raises(DatasetError, match="read-only"):
        UnreadStudyDataset(reader="phantoms").save(1)


def test_a_study_is_read_once(half_a_study):
    dataset = StudyDataset(reader="half")

    assert dataset.load() is dataset.load()


def test_files_are_read_by_the_limits_that_are_set_and_else_by_those_in_force(half_a_study):
    strict = USUAL.model_dump() | {"largest_file_mb": 7.0}
    before = limits()
    try:
        StudyDataset(reader="half").load()
        assert limits() == before
        StudyDataset(reader="half", limits=strict).load()
        assert limits().model_dump() == strict
    finally:
        use_limits(before)


def test_what_is_read_and_how_is_told_without_where_it_lies(tmp_path):
    changed = {"count": 5}
    dataset = StudyDataset(
        reader="echo", path=str(tmp_path), options={"count": 3, "seed": 1}, changed_options=changed
    )

    assert dataset.settings == {"reader": "echo", "options": {"count": 5, "seed": 1}}
