"""Home and away: the same score on two studies that share no patient."""

import math

import pandas as pd
import pytest

from sonolens.tables.external import HomeAndAway, RegionsHomeAndAway
from sonolens.travel import NetworkCard, compare_home_and_away, compare_regions


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


def looked(above: float, *, spread: float = 0.1, **changes: object) -> dict[str, object]:
    """Hits in any region so far above a chance of 20 %."""
    return {
        "question": "pointing",
        "asked_by": "cam",
        "measure": "either",
        "region": "any",
        "subset": "correct",
        "label": "both",
        "drawn": "ring 0-5 mm",
        "confidence": 0.95,
        "value": 0.2 + above,
        "expected": 0.2,
        "n": 40,
        "above": above,
        "above_low": above - spread,
        "above_high": above + spread,
        **changes,
    }


def compare_looks(card: NetworkCard, home: list[object], here: list[object]) -> pd.DataFrame:
    travelled = NetworkCard.model_validate(card.model_dump() | {"regions": home})
    table = compare_regions(travelled, pd.DataFrame(here).assign(partition="test"))
    return RegionsHomeAndAway.validate(table.assign(run="r"))


def test_what_lies_above_chance_is_compared_for_each_study_has_a_chance_of_its_own(
    card: NetworkCard,
) -> None:
    elsewhere = looked(0.3) | {"value": 0.7, "expected": 0.4}  # larger masses, more hits by chance

    (row,) = compare_looks(card, [looked(0.5)], [elsewhere]).to_dict(orient="records")

    assert (row["home"], row["away"]) == pytest.approx((0.7, 0.7))
    assert row["difference"] == pytest.approx(-0.2)
    assert row["difference_low"] == pytest.approx(-0.2 - math.hypot(0.1, 0.1))
    assert row["difference_high"] == pytest.approx(-0.2 + math.hypot(0.1, 0.1))


@pytest.mark.parametrize(
    "home",
    [[], [looked(0.5, asked_by="grad_cam")]],
    ids=["nothing told", "another method"],
)
def test_what_was_not_asked_at_home_in_the_same_way_has_no_difference(
    card: NetworkCard, home: list[object]
) -> None:
    (row,) = compare_looks(card, home, [looked(0.3)]).to_dict(orient="records")

    assert row["away_above"] == 0.3
    assert (row["home_n"], math.isnan(row["home_above"]), math.isnan(row["difference"])) == (
        0,
        True,
        True,
    )


def test_regions_that_were_drawn_otherwise_are_told_but_not_compared(card: NetworkCard) -> None:
    (row,) = compare_looks(card, [looked(0.5, drawn="ring 0-8 mm")], [looked(0.3)]).to_dict(
        orient="records"
    )

    assert (row["home_above"], row["home_drawn"]) == (0.5, "ring 0-8 mm")
    assert math.isnan(row["difference"])


def test_intervals_of_unlike_coverage_leave_the_difference_without_one(card: NetworkCard) -> None:
    (row,) = compare_looks(card, [looked(0.5, confidence=0.9)], [looked(0.3)]).to_dict(
        orient="records"
    )

    assert row["difference"] == pytest.approx(-0.2)
    assert math.isnan(row["difference_low"])
