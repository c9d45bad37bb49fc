"""What the cells of a row say, and how a row tells where it is wrong."""

import math

import pytest

from sonolens.studies.row import Row


def cell(text: str, column: str = "birads") -> Row:
    return Row("t.csv", 5, {column: text})


@pytest.mark.parametrize(
    ("text", "read"),
    [
        *(
            ("4a", "4a"),
            ("4A", "4a"),
            ("4 a", "4a"),
            ("4-A", "4a"),
            ("4.0", "4"),
            ("BI-RADS 5", "5"),
        ),
        *(("", None), ("n/a", None), ("0", None), ("not available", None)),
    ],
)
def test_a_category_is_read_however_it_is_spelled(text: str, read: str | None) -> None:
    assert cell(text).choice("birads", ("4", "4a", "5")) == read


@pytest.mark.parametrize("text", ["IVb", "7", "4d", "4a/4b", "probably 4"])
def test_a_category_that_is_none_is_refused_by_row(text: str) -> None:
    with pytest.raises(ValueError, match=f"t.csv row 5: birads '{text}' is unknown; choose from 4"):
        cell(text).choice("birads", ("4", "4a", "5"))


@pytest.mark.parametrize(
    ("text", "read"), [("0.07", 0.07), ("0,07", 0.07), (".5", 0.5), (",5", 0.5), ("6E-2", 0.06)]
)
def test_decimals_have_a_point_or_a_comma(text: str, read: float) -> None:
    assert cell(text).millimetres("birads") == cell(text).amount("birads") == read


@pytest.mark.parametrize("text", ["", "NA", "0", "?", "unbekannt"])
def test_an_unknown_number_is_nan(text: str) -> None:
    assert math.isnan(cell(text).amount("birads"))
    assert math.isnan(cell(text).millimetres("birads"))


@pytest.mark.parametrize("text", ["-0.1", "inf", "1e999", "0.1 mm", "1.234,5", "1,2,3", "nought"])
def test_what_is_no_length_is_refused_by_row(text: str) -> None:
    with pytest.raises(ValueError, match=f"t.csv row 5: birads '{text}' is no length"):
        cell(text).millimetres("birads")


@pytest.mark.parametrize("text", ["0", "0.0", "benign", " Benign", "BENIGN"])
def test_nought_is_benign(text: str) -> None:
    assert cell(text, "label").label("label") == "benign"


@pytest.mark.parametrize("text", ["", "2", "normal", "yes", "na"])
def test_a_label_that_is_none_is_refused_by_row(text: str) -> None:
    with pytest.raises(ValueError, match=f"row 5: label '{text}' is unknown"):
        cell(text, "label").label("label")
