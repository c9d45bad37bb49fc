"""What the page says of a region read instead of the whole scan."""

from typing import Any

import pandas as pd
import pytest
from tiny_chosen import chosen_regions

from sonolens.report.sections.chosen_region import SECTION, say_chosen

NAN = float("nan")


@pytest.mark.parametrize(
    ("low", "high", "answer"),
    [
        (-0.02, 0.12, "Reading one region is not shown to tell labels better than the logit."),
        (0.01, 0.12, "Reading one region is shown to tell labels better than the logit."),
        (-0.12, -0.01, "Reading one region tells labels worse than the logit."),
        (0.0, 0.12, "Reading one region is not shown to tell labels better than the logit."),
    ],
)
def test_the_interval_of_the_difference_answers(low: float, high: float, answer: str) -> None:
    (told,) = say_chosen(chosen_regions(difference_low=low, difference_high=high))

    assert told.startswith(answer)
    assert "Of 8 values mass, filled by tissue without structure, did best on 20 validation" in told
    assert "on 30 other scans its AUC is 0.90 [0.80, 0.97], that of the whole logit 0.85" in told
    assert told.endswith("; of placebos chosen alike it is 0.90 [0.80, 0.97].")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"region": "none", "fill": "none", "auc": NAN}, "the 20 validation scans are all of one"),
        ({"auc": NAN, "difference": NAN}, "the 30 scans scored are all of one label"),
    ],
)
def test_why_nothing_can_be_said_is_said(changes: dict[str, Any], why: str) -> None:
    (told,) = say_chosen(chosen_regions(**changes))

    assert why in told
    assert "nan" not in told


def test_rows_name_their_run_only_where_there_are_several() -> None:
    one = SECTION.tell({"chosen_regions": chosen_regions()})
    two = SECTION.tell(
        {"chosen_regions": pd.concat([chosen_regions(), chosen_regions("other net")])}
    )

    assert [row["names"] for row in one["rows"]][-1] == ("any fill", "all else (moved)")
    assert two["rows"][0]["names"] == ("net", "tissue without structure", "mass")
    assert two["sentences"][1].startswith("other net: ")


def test_a_row_reads_choice_test_and_logit() -> None:
    told = SECTION.tell({"chosen_regions": chosen_regions()})
    where_chosen, own, apart, right = told["rows"][0]["cells"]

    assert (where_chosen.text, where_chosen.small) == ("0.95", ("n = 20",))
    assert (own.text, own.small) == ("0.90 [0.80, 0.97]", ("n = 30", "whole logit 0.85"))
    assert (apart.text, apart.small) == ("+0.050 [−0.020, +0.120]", ("p (adjusted) 0.400",))
    assert right.text == "80 % [70, 90]"
    assert right.small == ("n = 30", "by the logit 75 %", "+5 [−10, +20] points")
