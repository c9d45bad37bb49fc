"""Patients who may be several, and columns that may be the patient."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonolens.cohort.identities import find_crowded_patients, find_likely_ids


def scans_of(patients: list[str], **own: list[object]) -> pd.DataFrame:
    """One scan of one lesion per entry."""
    names = [f"s{place:03d}" for place in range(len(patients))]
    return pd.DataFrame({"scan_id": names, "lesion_id": names, "patient_id": patients, **own})


def two_each(count: int) -> list[str]:
    return [f"P{place // 2:02d}" for place in range(2 * count)]


def test_a_patient_of_far_more_lesions_than_others_is_named_with_numbers() -> None:
    scans = scans_of([*two_each(10), *["nobody"] * 20])

    found = list(find_crowded_patients(scans))

    assert [each.scan_id for each in found] == scans["scan_id"].tolist()[20:]
    assert {each.value for each in found} == {"20"}
    assert "patient 'nobody' has 20 lesions, but three of four other patients have at most 2" in (
        found[0].message
    )


@pytest.mark.parametrize(
    "patients",
    [
        ["P"] * 30,
        [f"P{place}" for place in range(30)],
        [f"P{place % 5}" for place in range(60)],
        [*two_each(10), *["Q"] * 4],
        [*["Q"] * 12, *["R"] * 9, *["S"] * 5, *["T"] * 4, "U"],
    ],
)
def test_patients_of_usual_numbers_are_not_named(patients: list[str]) -> None:
    assert list(find_crowded_patients(scans_of(patients))) == []


def test_scans_of_one_lesion_are_one_lesion() -> None:
    scans = scans_of([*two_each(10), *["Q"] * 20]).assign(
        lesion_id=[*(f"L{place}" for place in range(20)), *["M"] * 20]
    )

    assert list(find_crowded_patients(scans)) == []


LONERS = [f"s{place:03d}" for place in range(40)]
PAIRED = [place // 2 for place in range(40)]


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("exam", [f"A{place:02d}" for place in PAIRED]),
        ("exam", [f"1.2.840.{place}f" for place in PAIRED[::-1]]),
        ("study_id", [str(place) for place in np.random.default_rng(0).permutation(PAIRED)]),
        ("woman", [str(place) for place in PAIRED]),
        ("who", [f"{chr(65 + place)} Smith" for place in PAIRED]),
        ("who", [None if place % 4 == 0 else f"W{place}" for place in PAIRED]),
    ],
)
def test_a_column_that_repeats_as_an_id_would_is_named(column: str, values: list[object]) -> None:
    [found] = find_likely_ids(scans_of(LONERS, **{column: values}))

    assert found.value == column
    assert "rename it to patient_id" in found.message


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("age", [str(30 + place) for place in PAIRED]),
        ("alter", [30 + place for place in PAIRED]),
        ("BMI", [f"{20 + place / 4}" for place in PAIRED]),
        ("resolution", [f"{500 + place}x{400 + place}" for place in PAIRED]),
        ("examined", [f"2020-01-{place + 1:02d}" for place in PAIRED]),
        ("years", [str(30 + place % 20) for place in range(40)]),
        ("hospital", [f"H{place % 4}" for place in range(40)]),
        ("reader_id", [str(place % 3) for place in range(40)]),
        ("note_id", [str(place) for place in range(40)]),
        ("score", [float(place) for place in PAIRED]),
        ("histology", [("cyst", "fibroadenoma", "NST")[place % 3] for place in range(40)]),
        ("empty", [None] * 40),
    ],
)
def test_a_column_that_measures_or_sorts_is_not_named(column: str, values: list[object]) -> None:
    assert list(find_likely_ids(scans_of(LONERS, **{column: values}))) == []


def test_an_id_within_the_patients_tells_nothing_new() -> None:
    scans = scans_of([f"P{place // 2}" for place in PAIRED], exam=[f"E{place}" for place in PAIRED])

    assert list(find_likely_ids(scans)) == []


def test_all_such_columns_are_one_finding() -> None:
    ids = [f"A{place}" for place in PAIRED]

    [found] = find_likely_ids(scans_of(LONERS, exam=ids, visit=ids))

    assert found.value == "exam, visit"


@given(st.lists(st.integers(0, 8), min_size=1, max_size=40))
def test_whoever_is_named_has_many_lesions(places: list[int]) -> None:
    scans = scans_of([f"P{place}" for place in places])
    counts = scans["patient_id"].value_counts()

    for found in find_crowded_patients(scans):
        patient = scans.set_index("scan_id").loc[found.scan_id, "patient_id"]
        assert counts[patient] == int(found.value) >= 5
        assert counts[patient] == counts.max() or (counts > counts[patient]).sum() < len(counts) / 4
