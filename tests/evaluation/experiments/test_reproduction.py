import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonolens.evaluation.experiments.reproduction import (
    compare_files,
    compare_tables,
    tell_uncompared,
)
from sonolens.tables.reproduction import Reproduction

FIRST = pd.DataFrame(
    {
        "scan_id": ["a", "b", "c"],
        "logit": [1.0, -200.0, np.nan],
        "n": [3, 4, 5],
        "call": ["m", "b", "m"],
    }
)


def compare(first, second, *, keys=("scan_id",), tolerance=1e-6):
    found = compare_tables("t", first, second, keys=keys, tolerance=tolerance)
    Reproduction.validate(found)
    return found.set_index(found["column"].fillna("rows"))


def test_a_table_equals_itself_in_any_order_of_rows():
    found = compare(FIRST, FIRST.iloc[::-1].reset_index(drop=True))

    assert set(found["verdict"]) == {"exact"}
    assert found.loc["rows", "n"] == 3
    assert (found.loc[["logit", "n"], "largest_difference"] == 0).all()
    assert found["kind"].to_dict() == {
        "rows": "rows",
        "scan_id": "text",
        "logit": "number",
        "n": "number",
        "call": "text",
    }


def test_differences_are_relative_above_one_and_absolute_below():
    second = FIRST.assign(logit=[1.0 + 9e-7, -200.0 + 1.9e-4, np.nan])

    found = compare(FIRST, second).loc["logit"]

    assert (found["n_exact"], found["n_within"], found["n_differs"]) == (1, 2, 0)
    assert found["verdict"] == "within tolerance"
    assert found["largest_difference"] == pytest.approx(1.9e-4)
    assert compare(FIRST, second, tolerance=1e-9).loc["logit", "n_differs"] == 2


def test_a_cell_that_is_missing_on_one_side_differs():
    found = compare(FIRST, FIRST.assign(logit=[1.0, np.nan, np.nan])).loc["logit"]

    assert (found["n_exact"], found["n_differs"], found["verdict"]) == (2, 1, "differs")


def test_another_word_differs_and_has_no_size():
    found = compare(FIRST, FIRST.assign(call=["m", "m", "m"])).loc["call"]

    assert (found["n_differs"], found["verdict"]) == (1, "differs")
    assert pd.isna(found["largest_difference"])


def test_rows_of_one_side_only_are_counted_and_the_shared_ones_compared():
    second = pd.concat([FIRST.iloc[1:], FIRST.iloc[:1].assign(scan_id="d")])

    found = compare(FIRST, second)

    assert (found.loc["rows", "n"], found.loc["rows", "n_exact"]) == (4, 2)
    assert found.loc["rows", "verdict"] == "differs"
    assert found.loc["logit", "n"] == 2
    assert found.loc["logit", "verdict"] == "exact"


def test_a_column_of_one_side_only_is_not_compared():
    found = compare(FIRST, FIRST.drop(columns="n").assign(extra=1))

    assert found.loc["n", "verdict"] == "not compared"
    assert "made again" in found.loc["n", "reason"]
    assert "archived" in found.loc["extra", "reason"]


def test_how_long_something_took_is_not_compared():
    found = compare(FIRST.assign(seconds=1.0), FIRST.assign(seconds=2.0)).loc["seconds"]

    assert (found["verdict"], found["n_differs"]) == ("not compared", 0)


def test_without_keys_rows_are_paired_in_their_order():
    found = compare(FIRST, FIRST.iloc[:2], keys=())

    assert (found.loc["rows", "n"], found.loc["rows", "n_exact"]) == (3, 2)


@pytest.mark.parametrize("keys", [(), ("scan_id",)])
def test_empty_tables_are_equal_and_an_emptied_one_is_not(keys):
    assert set(compare(FIRST[:0], FIRST[:0], keys=keys)["verdict"]) == {"exact"}
    assert compare(FIRST, FIRST[:0], keys=keys).loc["rows", "verdict"] == "differs"


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=8), st.floats(0, 10))
def test_cells_are_exact_within_or_differ_and_no_cell_is_lost(values, shift):
    first = pd.DataFrame({"v": values})
    found = compare(first, first + shift, keys=()).loc["v"]

    assert found["n_exact"] + found["n_within"] + found["n_differs"] == len(values)
    assert found["largest_difference"] <= shift + 1e-9


def test_files_are_counted_by_their_hashes():
    found = compare_files("maps", {"a": "1", "b": "2"}, {"a": "1", "c": "3"}, tolerance=0.0).iloc[0]

    assert (found["n"], found["n_exact"], found["n_differs"]) == (3, 1, 2)


def test_what_could_not_be_compared_says_why():
    assert (
        tell_uncompared("t", "was not made again", tolerance=0.0).iloc[0]["verdict"]
        == "not compared"
    )
