"""A network away from home, in words: nothing that an interval does not settle is claimed."""

import pytest
from tiny_external import NAN, of_areas, of_drift, of_regions

from sonolens.report.sections.external import (
    _rows_of_drift,
    say_how_it_travelled,
    say_where_it_looks,
)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "it lost −0.100 [−0.160, −0.030]"),
        ({"difference": -0.05, "difference_high": 0.02}, "a difference is not shown"),
        ({"difference_low": 0.01, "difference_high": 0.1}, "not that it improved"),
        ({"away_low": 0.49}, "here it is not shown to be above chance"),
        ({"away": NAN, "away_low": NAN, "away_high": NAN}, "all of one label"),
    ],
)
def test_an_auc_that_changed_is_told_from_one_of_which_nothing_is_known(changes, said) -> None:
    (sentence,) = say_how_it_travelled(of_areas(**changes))

    assert sentence.startswith("net: ")
    assert said in sentence


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "they lost −0.200 [−0.330, −0.070]"),
        ({"difference_high": 0.01}, "a difference is not shown"),
        ({"away_above_low": -0.01}, "here it is not shown that maps hit more often than blind"),
        ({"away_above": NAN}, "no map was scored here"),
        (
            {"home_drawn": "ring 0-8 mm", "difference": NAN},
            "with ring 0-8 mm at home and with ring 0-5 mm here, so that the two are not compared",
        ),
    ],
)
def test_where_maps_point_is_told_above_chance_and_never_beyond_its_interval(changes, said) -> None:
    (sentence,) = say_where_it_looks(of_regions(**changes))

    assert said in sentence


def test_scans_beyond_the_training_scans_stand_beside_what_was_expected() -> None:
    (row,) = _rows_of_drift(of_drift(), several=False)

    assert row["names"] == ("depth, mm",)
    assert [cell.text for cell in row["cells"]] == ["20 to 40", "44", "60 % [50, 69]", "1 %"]
    assert row["cells"][2].small == ("n = 100, unknown of 3",)
