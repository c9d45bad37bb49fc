"""Ids that name nobody, are given by halves, or are one id in two spellings."""

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sonolens.studies.identity import check_ids, check_lesions
from sonolens.studies.row import Row


def rows_of(*ids: str) -> list[Row]:
    return [Row("t.csv", number, {"patient_id": text}) for number, text in enumerate(ids, start=2)]


@pytest.mark.parametrize(
    "ids",
    [
        ["", "", ""],
        ["P1", "P1", "P2"],
        ["P1-12", "P11-2"],
        ["1-12", "11-2", "112"],
        ["0", "1", "2"],
        ["0", "0", "1", "1", "2"],
        ["A", "B", "X"],
        ["1.2.840.10", "1.2.840.1"],
        ["Eva", "Eva", "Eva", "Ida", "Ida", "P1", "P2", "P3", "P4", "P5"],
        ["Eva", "Eva", "P1", "P1", "P2", "P3", "P4", "P5"],
        ["Eva", "Eva", "Eva", "P1", "P2"],
    ],
)
def test_ids_that_can_be_told_apart_are_fine(ids: list[str]) -> None:
    check_ids(rows_of(*ids), "patient_id")


@pytest.mark.parametrize(
    ("ids", "told"),
    [
        (["P1", "p1"], "row 3: patient_id 'p1' differs from 'P1' in row 2 in spelling only"),
        (["P2", "P1", "P 01"], "row 4: patient_id 'P 01' differs from 'P1' in row 3"),
        (["7", "7.0"], "row 3: patient_id '7.0' differs from '7'"),
        (["M\u00fc", "Mu\u0308"], r"row 3: patient_id 'Mu\\u0308' differs from 'M\\xfc'"),
        (["P1", "\u200bP1"], r"patient_id '\\u200bP1' differs from 'P1'"),
        (["P1", "", "P2"], "row 3: has no patient_id, but 2 rows of 3 have one"),
        (["P1", "N.A."], "row 3: patient_id 'N.A.' names nobody"),
        (["unknown", "unknown"], "row 2: patient_id 'unknown' names nobody"),
        (["P1", "0", "P2"], "row 3: patient_id '0' names nobody"),
        (["0", "0", "0", "1", "2"], "row 2: patient_id '0' names nobody"),
        (["4711", "0", "815"], "row 3: patient_id '0' names nobody"),
        (["0", "0"], "row 2: patient_id '0' names nobody"),
        (
            ["P1", "ask Eva", "P2", "P3", "P4", "P5", "ask Eva"],
            "row 3: patient_id 'ask Eva' stands in 2 rows, more than any other",
        ),
    ],
)
def test_ids_that_cannot_be_told_apart_are_refused_by_row(ids: list[str], told: str) -> None:
    with pytest.raises(ValueError, match=f"t.csv .*{told}"):
        check_ids(rows_of(*ids), "patient_id")


@given(
    stem=st.from_regex(r"[A-Za-zäö]{1,3}", fullmatch=True),
    number=st.integers(1, 9999),
    joint=st.sampled_from(["", " ", "  ", "-", "_", "\u2013", "\u00a0", "\u200b"]),
    zeros=st.sampled_from(["", "0", "00"]),
    change=st.sampled_from([str.upper, str.lower, str.title]),
    form=st.sampled_from(["NFC", "NFD"]),
)
def test_one_id_in_two_spellings_is_refused_whatever_they_are(
    stem: str, number: int, *, joint: str, zeros: str, change: Callable[[str], str], form: str
) -> None:
    written = f"{stem}{number}"
    other = unicodedata.normalize(form, change(f"{stem}{joint}{zeros}{number}"))
    assume(other != written)

    with pytest.raises(ValueError, match=r"row 4: patient_id .* in row 2 in spelling only"):
        check_ids(rows_of(written, f"{stem}{number + 1}", other), "patient_id")


def test_a_lesion_has_one_patient_and_one_label() -> None:
    rows = rows_of("P1", "P1", "P2")
    both = {"lesion_ids": ["L", "L", "M"], "patient_ids": ["P1", "P1", "P2"]}

    check_lesions(rows, **both, labels=["benign", "benign", "malignant"])
    with pytest.raises(
        ValueError, match=r"row 3: lesion 'L' has the label 'malignant' but 'benign'"
    ):
        check_lesions(rows, **both, labels=["benign", "malignant", "malignant"])
    with pytest.raises(
        ValueError, match=r"row 4: lesion 'L' has the patient_id 'P2' but 'P1' in row 2"
    ):
        check_lesions(
            rows, lesion_ids=["L"] * 3, patient_ids=["P1", "P1", "P2"], labels=["benign"] * 3
        )
