"""A network away from home, in words: nothing that an interval does not settle is claimed."""

import pytest
from tiny_external import NAN, of_areas, of_drift, of_regions

from sonolens.report.sections.external import (
    _rows_of_comparison,
    _rows_of_drift,
    _rows_of_regions,
    _say_enough,
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
        ({"difference_low": 0.01, "difference_high": 0.1}, "they gained −0.200 [+0.010, +0.100]."),
        (
            {"home_n": 0, "difference": NAN},
            "hits in any region lie +0.100 [+0.020, +0.180] above chance here (n = 90).",
        ),
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


@pytest.mark.parametrize(("several", "before"), [(False, ()), (True, ("net",))])
def test_what_was_scored_at_home_and_here_stands_side_by_side(several, before) -> None:
    (row,) = _rows_of_comparison(of_areas(), several=several)

    assert row["names"] == (*before, "AUC", "lesion")
    assert [cell.text for cell in row["cells"]] == [
        "0.90 [0.85, 0.94]",
        "0.80 [0.74, 0.85]",
        "−0.100 [−0.160, −0.030]",
        "0.50",
    ]
    assert [cell.small for cell in row["cells"][:2]] == [("n = 50",), ("n = 120",)]


def test_a_metric_without_a_chance_has_none_and_a_rule_that_is_not_shown_no_row() -> None:
    (row,) = _rows_of_comparison(of_areas(chance=NAN), several=False)

    assert row["cells"][3].text == "–"
    assert _rows_of_comparison(of_areas(rule="youden"), several=False) == []


def test_regions_stand_side_by_side_and_what_was_not_asked_at_home_says_so() -> None:
    (row,) = _rows_of_regions(of_regions(), several=False)
    (alone,) = _rows_of_regions(of_regions(home_n=0), several=False)

    assert [cell.small for cell in row["cells"][:2]] == [
        ("70 % against 40 %", "n = 40"),
        ("60 % against 50 %", "n = 90"),
    ]
    assert row["cells"][2].text == "−0.200 [−0.330, −0.070]"
    assert alone["cells"][0].small == ("not asked",)
    assert alone["cells"][1].small == row["cells"][1].small


@pytest.mark.parametrize(
    ("n", "needed", "said"),
    [(100, 100, "enough"), (99, 100, "too few"), (100, NAN, "nobody can say")],
)
def test_a_study_is_enough_from_what_is_needed_on(n, needed, said) -> None:
    assert _say_enough({"n": n, "needed": needed}) == said
