"""Answers read back: known masks and points return, and an odd answer costs one reading."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from sonolens.reading_task import read_answers
from sonolens.reading_task.key import KeyedScan, TaskKey
from sonolens.studies import add_readings, read_phantoms

TASK, SIZE = "0123456789ab", (20, 30)
BOX = [[2.5, 4.5], [2.5, 14.5], [8.5, 14.5], [8.5, 4.5]]
FULL = {"code": "00000001", "point": [5.25, 7.5], "contour": BOX, "birads": "4a", "confidence": 4, "seconds": 9.87}  # fmt: skip


@pytest.fixture
def key(tmp_path: Path) -> Path:
    scans = [
        KeyedScan(code=f"0000000{place}", scan_id=name, rows=SIZE[0], cols=SIZE[1])
        for place, name in enumerate(["first", "second", "=third"], start=1)
    ]
    file = tmp_path / "key.json"
    file.write_text(TaskKey(format=1, task=TASK, seed=3, scans=tuple(scans)).model_dump_json())
    return file


def save(folder: Path, *answers: Any, name: str = "a.json", **changes: Any) -> Path:
    file = folder / name
    content = {"format": 1, "task": TASK, "reader": "A", "answers": list(answers)} | changes
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


def read(folder: Path, key: Path, *files: Path) -> tuple[pd.DataFrame, list[str]]:
    told = read_answers(files, [key], folder / "out" / "readings.csv")
    table = pd.read_csv(folder / "out" / "readings.csv", dtype=str, keep_default_na=False)
    return table, told


def test_point_mask_category_confidence_and_time_return(key: Path, tmp_path: Path) -> None:
    table, told = read(tmp_path, key, save(tmp_path, FULL))

    (row,) = table.to_dict("records")
    mask = np.asarray(Image.open(tmp_path / "out" / row.pop("mask")))
    known = np.zeros(SIZE, dtype=bool)
    known[3:9, 5:15] = True
    np.testing.assert_array_equal(mask, known)
    assert row == {
        "scan_id": "first",
        "reader": "A",
        "point_row": "5.25",
        "point_col": "7.50",
        "birads": "4a",
        "confidence": "4",
        "seconds": "9.9",
    }
    assert told[-1].startswith("1 reading, 0 left out")


def test_a_reader_who_marked_nothing_has_an_empty_row(key: Path, tmp_path: Path) -> None:
    table, _ = read(tmp_path, key, save(tmp_path, {"code": "00000002"}))

    assert table.iloc[0].tolist() == ["second", "A", "", "", "", "", "", ""]


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        ({"code": "ffffffff"}, "none of the task"),
        ({"code": "00000001"}, "answered already"),
        ({"code": "00000002", "point": [5.0, 99.0]}, "beyond scan"),
        ({"code": "00000002", "point": [float("nan"), 1.0]}, "point.0"),
        ({"code": "00000002", "contour": BOX[:2]}, "2 corners"),
        ({"code": "00000002", "birads": "9"}, "birads"),
        ({"code": "00000002", "confidence": 17}, "confidence"),
        ({"code": "../../evil"}, "none of the task"),
        ("nonsense", "it: "),
    ],
)
def test_an_odd_answer_costs_one_reading(key: Path, tmp_path: Path, odd: Any, reason: str) -> None:
    last = FULL | {"code": "00000003"}
    table, told = read(tmp_path, key, save(tmp_path, FULL, odd, last))

    assert table["scan_id"].tolist() == ["first", "=third"]
    assert reason in told[0]
    assert told[-1].startswith("2 readings, 1 left out")


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*FULL]), inner),
    max_leaves=8,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(odd=JSON)
def test_whatever_an_answer_holds_the_next_is_read(key: Path, tmp_path: Path, odd: Any) -> None:
    table, _ = read(tmp_path, key, save(tmp_path, odd, FULL | {"code": "00000003"}))

    assert "=third" in table["scan_id"].tolist()


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("  B ", "B"),
        ("=cmd|calc", "cmd|calc"),
        ("\u202ea\n", "a"),
        ("", "reader 1"),
        (7, "reader 1"),
    ],
)
def test_a_reader_is_called_what_shows_of_the_name(
    key: Path, tmp_path: Path, typed: Any, named: str
) -> None:
    table, _ = read(tmp_path, key, save(tmp_path, FULL, reader=typed))

    assert table["reader"].tolist() == [named]


def test_several_readers_make_one_table(key: Path, tmp_path: Path) -> None:
    files = [save(tmp_path, FULL, name=f"{name}.json", reader=name) for name in "AB"]
    table, _ = read(tmp_path, key, *files)

    assert table["reader"].tolist() == ["A", "B"]
    assert table["mask"].nunique() == 2


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "holds no answers"),
        ("[" * 100_000, "holds no answers"),
        ("[]", "holds no answers"),
        ('{"answers": []}', "holds no answers"),
        ('{"format": 9, "task": "x", "answers": []}', "newer page"),
        ('{"format": 1, "task": "x", "answers": []}', "answers another task"),
    ],
)
def test_a_file_that_holds_no_answers_to_the_task_is_refused(
    key: Path, tmp_path: Path, content: str, reason: str
) -> None:
    file = tmp_path / "odd.json"
    file.write_text(content)
    with pytest.raises(ValueError, match=reason):
        read_answers([file], [key], tmp_path / "readings.csv")
    with pytest.raises(ValueError, match="no key of a reading task"):
        read_answers([file], [file], tmp_path / "readings.csv")


def test_a_study_takes_the_table_as_it_is(tmp_path: Path) -> None:
    study = read_phantoms(None, masses=2, malignant_share=0.5, cues=["margin"], least_look=0.4, foci_site="mass", seed=0)  # fmt: skip
    name = study.scans["scan_id"].iloc[0]
    rows, cols = study.images[name]().shape
    keyed = KeyedScan(code="00000001", scan_id=name, rows=rows, cols=cols)
    key = tmp_path / "key.json"
    key.write_text(TaskKey(format=1, task=TASK, seed=0, scans=(keyed,)).model_dump_json())
    read(tmp_path, key, save(tmp_path, FULL))
    found = add_readings(study, tmp_path / "out" / "readings.csv")

    (row,) = found.readings.to_dict("records")
    assert (row["scan_id"], row["reader"], row["drawn"]) == (name, "A", True)
    assert found.reader_masks[row["reading_id"]]().sum() == 60
