"""Where a network looks, as numbers that travel: hits of maps and reliance of calls on one scale."""

import pandas as pd
import pytest

from sonolens.tables.pointing import PointingGame
from sonolens.tables.reliance import RelianceScores
from sonolens.travel import score_regions, tell_region_scores
from sonolens.travel.region_scores import read_region_scores

NUMBERS = ["value", "expected", "above", "above_low", "above_high"]


def hits(**changes: object) -> pd.DataFrame:
    """One row of a game: 30 of 40 scans hit, by chance 20 %."""
    row = {
        "region": "any",
        "rule": "either",
        "subset": "correct",
        "label": "both",
        "method": "cam",
        "run": "r",
        "n": 40,
        "hits": 30.0,
        "rate": 0.75,
        "ci_low": 0.6,
        "ci_high": 0.9,
        "chance": 0.2,
        "partition": "test",
        "confidence": 0.95,
        "ring": "0-5 mm",
        "tolerance_mm": 0.0,
    }
    missing = dict.fromkeys(PointingGame.to_schema().columns.keys() - row.keys(), 0.0)
    return pd.DataFrame([{**missing, **row, **changes}])


def hung(**changes: object) -> pd.DataFrame:
    """One row of reliance: half of the calls hang most on the mass, a tenth on its shape elsewhere."""
    row = {
        "measure": "hangs_most",
        "fill": "mean",
        "subset": "correct",
        "label": "both",
        "region": "mass",
        "null": "moved",
        "run": "r",
        "n": 40,
        "partition": "test",
        "value": 0.5,
        "placebo": 0.1,
        "difference": 0.4,
        "confidence": 0.95,
        "difference_low": 0.2,
        "difference_high": 0.6,
    }
    missing = dict.fromkeys(RelianceScores.to_schema().columns.keys() - row.keys(), 0.0)
    return pd.DataFrame([{**missing, **row, **changes}])


def score(game: pd.DataFrame, reliance: pd.DataFrame) -> pd.DataFrame:
    return score_regions(game, reliance, partition="test")


def test_hits_are_told_above_chance_and_reliance_above_its_placebo() -> None:
    scores = score(hits(), hung())

    assert scores["question"].tolist() == ["pointing", "reliance"]
    assert scores[NUMBERS].round(9).to_numpy().tolist() == [
        [0.75, 0.2, 0.55, 0.4, 0.7],
        [0.5, 0.1, 0.4, 0.2, 0.6],
    ]
    assert scores["asked_by"].tolist() == ["cam", "mean"]
    assert scores["drawn"].tolist() == ["ring 0-5 mm", "ring 0-5 mm"]


@pytest.mark.parametrize(
    ("game", "reliance"),
    [
        (hits(partition="validation"), hung(partition="validation")),
        (hits().head(0), hung(null="exchanged")),
    ],
    ids=["scans that chose the network", "other nulls"],
)
def test_what_is_of_other_scans_or_of_another_null_is_not_told(
    game: pd.DataFrame, reliance: pd.DataFrame
) -> None:
    assert len(score(game, reliance)) == 0


def test_a_tolerance_is_a_part_of_how_regions_are_drawn() -> None:
    scores = score(hits(tolerance_mm=1.5), hung().head(0))

    assert scores["drawn"].tolist() == ["ring 0-5 mm, within 1.5 mm"]


def test_scores_read_back_as_they_were_told_and_what_is_unknown_stays_unknown() -> None:
    scores = score(hits(), hung(difference_low=float("nan")))

    pd.testing.assert_frame_equal(
        read_region_scores(tell_region_scores(scores)), scores, check_dtype=False
    )
