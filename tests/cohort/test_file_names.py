"""Ids that name no file of their own on other systems, or that a spreadsheet would compute."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonolens.cohort.file_names import (
    LONGEST_BYTES,
    find_formula_like_ids,
    find_unportable_ids,
    find_unusable_ids,
)


def table(*scan_ids: str, **columns: list[str]) -> pd.DataFrame:
    ids = list(scan_ids)
    return pd.DataFrame({"scan_id": ids, "lesion_id": ids, "patient_id": ids} | columns)


@pytest.mark.parametrize(
    ("first", "second"),
    [("Left", "LEFT"), ("stra\u00dfe", "STRASSE"), ("\u00e9", "e\u0301"), ("\u00c9", "e\u0301")],
)
def test_of_two_ids_that_name_one_file_elsewhere_the_later_is_told_with_both(
    first: str, second: str
) -> None:
    (found,) = find_unusable_ids(table(first, "other", second))

    assert found.scan_id == second
    assert repr(first) in found.message
    assert "Windows and macOS" in found.message
    assert found.message.endswith("rename one")


def test_an_id_too_long_for_a_file_name_is_told() -> None:
    sound, long = "x" * LONGEST_BYTES, "\u00e9" * (LONGEST_BYTES // 2 + 1)

    assert [found.scan_id for found in find_unusable_ids(table(sound, long))] == [long]


@pytest.mark.parametrize(
    "scan_id",
    [
        "CON",
        "nul",
        "aux.left",
        "com1",
        "LPT9.x",
        "a:b",
        "a?",
        "*",
        "a|b",
        "<a>",
        'a"b',
        "a\tb",
        "a.",
        "a ",
    ],
)
def test_a_name_that_windows_refuses_is_told(scan_id: str) -> None:
    (found,) = find_unportable_ids(table("sound", scan_id))

    assert found.scan_id == scan_id
    assert found.message.endswith("rename it")


PUBLISHED = [
    "benign (12)",
    "bus_0007-l",
    "case001",
    "000001",
    "ANFO_000",
    "1.2.840.113",
    "IM07-f012",
]


def test_names_of_published_sets_are_fine_everywhere() -> None:
    scans = table(*PUBLISHED, "contour", "auxiliary", "com10", "console.1")

    for find in (find_unusable_ids, find_unportable_ids, find_formula_like_ids):
        assert not list(find(scans))


@given(st.lists(st.text(min_size=1, max_size=9), unique=True, max_size=8))
def test_what_is_left_names_files_of_their_own_that_windows_takes(scan_ids: list[str]) -> None:
    scans = table(*scan_ids)
    odd = {
        found.scan_id for find in (find_unusable_ids, find_unportable_ids) for found in find(scans)
    }
    kept = [scan_id for scan_id in scan_ids if scan_id not in odd]

    assert len({scan_id.casefold() for scan_id in kept}) == len(kept)
    assert not set("".join(kept)) & set('<>:"|?*\n\t')


@pytest.mark.parametrize("value", ["=1+1", "+A1", "-2+3", "@SUM(A1)", "\tx", "\rx"])
def test_an_id_that_a_spreadsheet_computes_is_told_once(value: str) -> None:
    scans = table("a", "b", "c", patient_id=["p", value, value])

    (found,) = find_formula_like_ids(scans)

    assert (found.scan_id, found.value) == ("b", value)
    assert "as do 1 more" in found.message


def test_a_number_with_a_sign_is_no_formula() -> None:
    assert not list(find_formula_like_ids(table("-1", "+2.5", "-0,3")))
