"""Home and away: the same score on two studies that share no patient."""

import math

import pandas as pd
import pytest

from sonolens.tables.external import HomeAndAway
from sonolens.travel import NetworkCard, compare_home_and_away


def told(**numbers: float) -> dict[str, object]:
    return {
        "level": "lesion",
        "rule": "none",
        "metric": "auc",
        "partition": "test",
        "confidence": 0.95,
        **numbers,
    }


def at_home(card: NetworkCard, *rows: dict[str, object]) -> NetworkCard:
    decisions = card.decisions.model_dump() | {"performance": rows}
    return NetworkCard.model_validate(card.model_dump() | {"decisions": decisions})


def here(*rows: dict[str, object]) -> pd.DataFrame:
    return pd.DataFrame(rows).assign(run="r", stratum="all", chance=0.5)


def compare(card: NetworkCard, metrics: pd.DataFrame) -> pd.DataFrame:
    return HomeAndAway.validate(
        compare_home_and_away(card, metrics, partition="test").assign(run="r")
    )


def test_the_distances_to_both_limits_are_squared_and_added(card: NetworkCard) -> None:
    home = at_home(card, told(value=0.9, ci_low=0.86, ci_high=0.93, n=200))

    (row,) = compare(home, here(told(value=0.8, ci_low=0.77, ci_high=0.84, n=100))).to_dict(
        orient="records"
    )

    assert row["difference"] == pytest.approx(-0.1)
    assert row["difference_low"] == pytest.approx(-0.1 - math.hypot(0.03, 0.03))
    assert row["difference_high"] == pytest.approx(-0.1 + math.hypot(0.04, 0.04))
    assert (row["home_n"], row["away_n"]) == (200, 100)


def test_scores_of_scans_that_chose_the_network_are_no_home(card: NetworkCard) -> None:
    chosen = told(value=0.99, ci_low=0.98, ci_high=1.0, n=20) | {"partition": "validation"}
    home = at_home(card, chosen, told(value=0.9, ci_low=0.8, ci_high=0.95, n=20))

    table = compare(home, here(told(value=0.8, ci_low=0.7, ci_high=0.9, n=10)))

    assert table["home"].tolist() == [0.9]


def test_a_score_that_does_not_exist_here_leaves_the_difference_empty(card: NetworkCard) -> None:
    home = at_home(card, told(value=0.9, ci_low=0.8, ci_high=0.95, n=20))
    nothing = told(value=math.nan, ci_low=math.nan, ci_high=math.nan, n=0)

    (row,) = compare(home, here(nothing)).to_dict(orient="records")

    assert math.isnan(row["difference"])
    assert row["home"] == 0.9


def test_intervals_of_unlike_coverage_have_no_difference(card: NetworkCard) -> None:
    home = at_home(card, told(value=0.9, ci_low=0.8, ci_high=0.95, n=20, confidence=0.9))

    (row,) = compare(home, here(told(value=0.8, ci_low=0.7, ci_high=0.9, n=10))).to_dict(
        orient="records"
    )

    assert row["difference"] == pytest.approx(-0.1)
    assert math.isnan(row["difference_low"])
