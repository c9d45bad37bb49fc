"""Descriptors: the cells of a table, as findings, as nothing noted, and as not known."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonolens.studies.descriptors import list_descriptors, read_findings
from sonolens.tables.descriptors import Descriptors

WORDS = st.sampled_from(["shadowing", "angular", "not circumscribed", "complex cystic/solid", "2"])


@pytest.mark.parametrize("cell", ["no", "No", "none", "None", "0", "absent", "N", "false", "nil"])
def test_an_answer_that_says_no_notes_nothing(cell: str) -> None:
    assert read_findings(cell) == ()


@pytest.mark.parametrize("cell", ["no posterior features", "No calcifications", "without halo"])
def test_a_sentence_that_begins_with_no_notes_nothing(cell: str) -> None:
    assert read_findings(cell) == ()


@pytest.mark.parametrize("cell", ["", "-", "not available", "n/a", "unknown", "?", "no data"])
def test_what_nobody_knows_is_not_nothing(cell: str) -> None:
    assert read_findings(cell) is None


@pytest.mark.parametrize("cell", ["yes", "Y", "TRUE", "ja"])
def test_every_yes_is_one_finding(cell: str) -> None:
    assert read_findings(cell) == ("yes",)


@pytest.mark.parametrize("cell", ["0.37", "1,5", "-.2"])
def test_a_measurement_is_no_finding(cell: str) -> None:
    assert read_findings(cell) is None


@given(st.lists(WORDS, min_size=1, max_size=4), st.sampled_from(["&", " & ", ", ", ";", " and "]))
def test_findings_of_one_cell_are_parted_however_they_are_joined(
    words: list[str], sign: str
) -> None:
    assert read_findings(sign.join(words)) == tuple(words)


def told(*rows: tuple[str, str, str | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["scan_id", "descriptor", "value"]).astype("str")


def test_every_finding_is_a_row_and_what_is_not_known_is_none() -> None:
    found = list_descriptors(
        ["a", "b", "c"], {"Margin": ["not circumscribed - angular", "no", "n/a"]}
    )

    expected = told(
        ("a", "Margin", "not circumscribed"), ("a", "Margin", "angular"), ("b", "Margin", None)
    )
    pd.testing.assert_frame_equal(Descriptors.validate(found), expected)


def test_spellings_of_one_finding_are_one() -> None:
    found = list_descriptors(
        ["a", "b", "c"], {"echo": ["Ill-defined", "ill defined", "ILL_DEFINED"]}
    )

    assert found["value"].tolist() == ["ill-defined"] * 3


def test_combined_posterior_features_are_both_and_a_combined_shape_is_itself() -> None:
    found = list_descriptors(
        ["a"], {"posterior": ["combined pattern"], "shape": ["combined pattern"]}
    )

    assert found["value"].tolist() == ["shadowing", "enhancement", "combined pattern"]


def test_a_finding_that_a_cell_tells_twice_is_noted_once() -> None:
    assert len(list_descriptors(["a"], {"margin": ["angular & Angular"]})) == 1


def test_without_descriptors_the_table_is_empty() -> None:
    assert Descriptors.validate(list_descriptors(["a"], {})).empty
