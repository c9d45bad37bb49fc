"""Where a network looks, in numbers that can be taken elsewhere: how far above chance maps point at a region and calls hang on it."""

from typing import Any

import pandas as pd

from sonolens.tables.pointing import PointingGameTable
from sonolens.tables.reliance import RelianceScoresTable
from sonolens.travel.card import RegionScore

KEYS = ["question", "asked_by", "measure", "region", "subset", "label"]
"""What one score is of."""

NUMBERS = ["value", "expected", "above", "above_low", "above_high"]
UNKNOWN = "unknown"
AGAINST = "moved"
"""The null that reliance is held against here: the regions' own shapes, where there is no mass."""


def score_regions(
    pointing_game: PointingGameTable, reliance_scores: RelianceScoresTable, *, partition: str
) -> pd.DataFrame:
    """Put hits of maps and reliance of calls on one scale: how much more than chance, or than a placebo.

    Args:
        pointing_game: Of one run. The interval of `above` is that of the rate, less chance, which hardly varies between
            resamples.
        reliance_scores: Of the same run.
        partition: Whose scans are told.

    Returns:
        One row per score, with the columns of `RegionScore`; none where neither table has one.
    """
    hits = pointing_game[pointing_game["partition"] == partition]
    hung = reliance_scores[
        (reliance_scores["partition"] == partition) & (reliance_scores["null"] == AGAINST)
    ]
    ring = f"ring {hits['ring'].iloc[0]}" if len(hits) else UNKNOWN
    return pd.concat([_of_pointing(hits), _of_reliance(hung, drawn=ring)], ignore_index=True)


def tell_region_scores(scores: pd.DataFrame) -> tuple[RegionScore, ...]:
    """Turn scores into a part of a card; what is not known is None."""
    return tuple(
        RegionScore.model_validate(
            {name: None if pd.isna(value) else value for name, value in row.items()}
        )
        for row in scores.to_dict(orient="records")
    )


def read_region_scores(told: tuple[RegionScore, ...]) -> pd.DataFrame:
    """Turn a part of a card back into a table."""
    rows: list[dict[str, Any]] = [each.model_dump() for each in told]
    columns = list(RegionScore.model_fields)
    table = pd.DataFrame(rows, columns=columns)
    return table.astype(dict.fromkeys(NUMBERS, float))


def _of_pointing(hits: PointingGameTable) -> pd.DataFrame:
    within = hits["tolerance_mm"].map(lambda mm: f", within {mm:g} mm" if mm else "")
    return pd.DataFrame(
        {
            "question": "pointing",
            "asked_by": hits["method"],
            "measure": hits["rule"],
            "region": hits["region"],
            "subset": hits["subset"],
            "label": hits["label"],
            "drawn": "ring " + hits["ring"] + within,
            "value": hits["rate"],
            "expected": hits["chance"],
            "above": hits["rate"] - hits["chance"],
            "above_low": hits["ci_low"] - hits["chance"],
            "above_high": hits["ci_high"] - hits["chance"],
            "confidence": hits["confidence"],
            "n": hits["n"],
        }
    )


def _of_reliance(hung: RelianceScoresTable, *, drawn: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "question": "reliance",
            "asked_by": hung["fill"],
            "measure": hung["measure"],
            "region": hung["region"],
            "subset": hung["subset"],
            "label": hung["label"],
            "drawn": drawn,
            "value": hung["value"],
            "expected": hung["placebo"],
            "above": hung["difference"],
            "above_low": hung["difference_low"],
            "above_high": hung["difference_high"],
            "confidence": hung["confidence"],
            "n": hung["n"],
        }
    )
