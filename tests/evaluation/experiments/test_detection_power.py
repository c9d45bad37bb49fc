"""Detection power by hand: which dose is found, from which on, and what accuracy told before."""

import math

import pandas as pd
import pytest

from sonolens.evaluation.experiments import find_detection_limits, score_detection_power
from sonolens.tables.planted import DetectionLimits, DetectionPower

SURE = {"ci_low": 0.4, "p_value": 0.01}
CHANCE = {"ci_low": 0.05, "p_value": 0.6}


def row(share: float, **changes: object) -> dict[str, object]:
    """A fit whose maps find the plant, and whose AUC tells of it."""
    usual = {
        "plant": "shadow",
        "share": share,
        "strength": 1.0,
        "network": "local",
        "seed": 0,
        "method": "cam",
        "region": "planted",
        "n": 10,
        "rate": 0.6,
        "ci_high": 0.8,
        "chance": 0.1,
        "auc": 0.8,
        "auc_ci_low": 0.7,
        "auc_ci_high": 0.9,
        "confidence": 0.95,
    }
    return usual | SURE | changes


def score(*rows: dict[str, object]) -> pd.DataFrame:
    return DetectionPower.validate(score_detection_power(pd.DataFrame(rows)))


def limits(*rows: dict[str, object]) -> pd.Series:
    table = DetectionLimits.validate(find_detection_limits(score(*rows)))
    assert len(table) == 1
    return table.iloc[0]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, 1),
        ({"ci_low": 0.1}, 0),  # chance is within the interval
        ({"p_value": 0.06}, 0),  # other people's maps hit as often
        ({"p_value": 0.05}, 1),
        ({"n": 0, "rate": math.nan, "ci_low": math.nan, "p_value": math.nan}, 0),
    ],
)
def test_a_fit_finds_the_plant_by_its_interval_and_by_exchange(
    changes: dict[str, object], found: int
) -> None:
    assert score(row(1.0, **changes))["found"].tolist() == [found]


def test_power_is_the_share_of_fits_with_wilsons_interval() -> None:
    fits = [row(1.0, seed=seed) for seed in range(8)] + [
        row(1.0, seed=seed, **CHANCE) for seed in (8, 9)
    ]
    (told,) = score(*fits).to_dict(orient="records")

    assert (told["fits"], told["found"], told["n"]) == (10, 8, 100)
    assert (told["power"], told["power_low"], told["power_high"]) == pytest.approx(
        (0.8, 0.490, 0.943), abs=5e-4
    )


def test_one_fit_tells_its_interval_and_several_their_range() -> None:
    one = score(row(1.0)).iloc[0]
    two = score(row(1.0), row(1.0, seed=1, rate=0.2, **CHANCE)).iloc[0]

    assert (one["rate_low"], one["rate_high"]) == (0.4, 0.8)
    assert (two["rate_low"], two["rate"], two["rate_high"]) == (0.2, 0.4, 0.6)


def test_other_regions_than_the_planted_one_do_not_count() -> None:
    assert score(row(1.0), row(1.0, region="mass", **CHANCE))["fits"].tolist() == [1]


def test_the_smallest_share_is_the_one_from_which_on_all_are_found() -> None:
    told = limits(
        row(0.0, auc_ci_low=0.4, **CHANCE),
        row(0.1),  # found by luck: the next is not
        row(0.25, auc_ci_low=0.6, **CHANCE),
        row(0.5),
        row(1.0),
    )

    assert told["smallest_share"] == 0.5
    assert told["accuracy_share"] == 0.1
    assert (told["fits_at_none"], told["false_alarms"], told["accuracy_false_alarms"]) == (1, 0, 0)


def test_a_plant_that_not_even_all_give_away_has_no_smallest_share() -> None:
    told = limits(row(0.5), row(1.0, auc_ci_low=0.5, **CHANCE))

    assert math.isnan(told["smallest_share"])
    assert math.isnan(told["accuracy_share"])
    assert told["fits_at_none"] == 0


def test_share_and_strength_are_axes_of_their_own_and_meet_where_all_bear_the_strongest() -> None:
    told = limits(
        row(0.5, **CHANCE),
        row(1.0, strength=0.25, **CHANCE),
        row(1.0, strength=0.5),
        row(1.0),
    )

    assert (told["smallest_share"], told["smallest_strength"]) == (1.0, 0.5)


def test_what_is_found_at_none_is_a_false_alarm() -> None:
    told = limits(row(0.0), row(0.0, seed=1, auc_ci_low=0.3, **CHANCE))

    assert (told["fits_at_none"], told["asked_at_none"], told["false_alarms"]) == (2, 2, 1)
    assert told["accuracy_false_alarms"] == 1
    assert math.isnan(told["smallest_share"])


def test_a_fit_that_cannot_be_asked_is_no_miss() -> None:
    silent = {"n": 0, "rate": math.nan, "ci_low": math.nan, "chance": math.nan, "p_value": math.nan}
    no_placebo = {"chance": math.nan, "p_value": math.nan}
    told = score(row(1.0), row(1.0, seed=1, **silent), row(1.0, seed=2, **no_placebo)).iloc[0]
    unasked = score(row(0.0, **silent)).iloc[0]

    assert (told["fits"], told["asked"], told["found"], told["power"]) == (3, 1, 1, 1.0)
    assert (unasked["asked"], unasked["learnt"]) == (0, 1)
    assert math.isnan(unasked["power"])


def test_no_evidence_makes_empty_tables() -> None:
    nothing = pd.DataFrame([row(1.0, region="mass")])

    assert DetectionPower.validate(score_detection_power(nothing)).empty
    assert DetectionLimits.validate(find_detection_limits(DetectionPower.empty())).empty
