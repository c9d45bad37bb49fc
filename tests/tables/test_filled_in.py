"""An id that stands in for an unknown one is marked, and says what is resampled in its place."""

import pandas as pd
import pytest

from sonolens.studies.listing import list_scans
from sonolens.tables.cohort import Scans
from sonolens.tables.filled_in import is_filled, mark_filled, name_units


def scans(**ids: list[str]) -> pd.DataFrame:
    return list_scans(["a", "b"], ["benign", "malignant"], source="test", **ids)


@pytest.mark.parametrize(
    ("ids", "filled", "units"),
    [
        ({}, ["lesion_id", "patient_id"], "scans (patients unknown)"),
        ({"lesion_ids": ["1", "2"]}, ["patient_id"], "lesions (patients unknown)"),
        ({"patient_ids": ["1", "2"]}, ["lesion_id"], "patients"),
        ({"patient_ids": ["1", "2"], "lesion_ids": ["1", "2"]}, [], "patients"),
    ],
)
def test_what_a_study_does_not_tell_is_marked(
    ids: dict[str, list[str]], filled: list[str], units: str
) -> None:
    table = Scans.validate(scans(**ids))

    for column in ("lesion_id", "patient_id"):
        assert is_filled(table, column).tolist() == [column in filled] * 2
    assert name_units(table) == units


def test_marks_are_those_of_each_row_and_survive_a_file(tmp_path) -> None:
    marked = mark_filled(
        scans(lesion_ids=["1", "2"]),
        {"lesion_id": [True, False], "patient_id": [True, False]},
    )
    marked.to_csv(tmp_path / "scans.csv", index=False)
    read = pd.read_csv(tmp_path / "scans.csv")

    for table in (marked, read):
        assert is_filled(table, "lesion_id").tolist() == [True, False]
        assert name_units(table) == "patients (unknown for 1 of 2 scans)"


def test_a_table_that_does_not_tell_counts_as_read() -> None:
    assert name_units(pd.DataFrame({"scan_id": ["a"]})) == "patients"
