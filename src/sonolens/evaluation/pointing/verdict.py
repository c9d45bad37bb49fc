"""The verdict over all yardsticks: what maps show, what they do not, and what cannot be asked of them."""

import math
from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeAlias

import pandas as pd

from sonolens.tables.classification import ClassificationMetricsTable
from sonolens.tables.pointing import PointingGameTable, Verdict
from sonolens.tables.vocabulary import ANSWERS, QUESTIONS

Row: TypeAlias = Mapping[Any, Any]
NOT_SHOWN, CANNOT_BE_ASKED, SHOWN = ANSWERS
COUNTED = "rule == 'either' and subset == 'correct' and label == 'both'"
"""The rows of the game that the paper counts."""
PLAYED, ANNOTATIONS = "any", "annotation"
"""The region that is asked for, and that of what is burnt into the picture, where it plays."""
AREA = "level == 'scan' and stratum == 'all' and rule == 'none' and metric == 'auc'"
NO_NUMBER = dict.fromkeys(("value", "ci_low", "ci_high", "p_value", "against"), math.nan)


def judge_maps(
    pointing_game: PointingGameTable,
    classification_metrics: ClassificationMetricsTable,
    *,
    baselines: Collection[str],
) -> pd.DataFrame:
    """Hold the maps of every method and run against every yardstick.

    A yardstick says ``shown``, ``not shown``, or ``cannot be asked`` where its number is missing; the weakest is
    the verdict. That takes no adjustment for their number: maps that follow nothing pass all of them less often
    than any one.

    Args:
        pointing_game: A `PointingGame` table.
        classification_metrics: A `ClassificationMetrics` table of the same runs.
        baselines: Methods that know nothing of the network.

    Returns:
        A `Verdict` table: one row per method, run and question, in the order of `QUESTIONS`; empty for an
        empty game.
    """
    areas = _areas(classification_metrics)
    rows: list[dict[str, Any]] = []
    for (method, run), game in pointing_game.query(COUNTED).groupby(["method", "run"], sort=False):
        regions = {row["region"]: row for row in game.to_dict(orient="records")}
        played = regions[PLAYED]
        told = {
            **_ask_maps(played),
            "off_annotations": _ask_annotations(regions.get(ANNOTATIONS)),
            "discriminates": _ask_network(areas.get((str(run), played["partition"]))),
        }
        about = {
            "method": method,
            "run": run,
            "baseline": method in baselines,
            "partition": played["partition"],
            "confidence": played["confidence"],
            "verdict": weakest(told[question]["answer"] for question in QUESTIONS),
        }
        rows += [
            NO_NUMBER | told[question] | about | {"question": question} for question in QUESTIONS
        ]
    return pd.DataFrame(rows) if rows else Verdict.empty()


def weakest(answers: Iterable[str]) -> str:
    """Return the weakest of several answers, that none was asked for if there is none.

    >>> weakest(["shown", "cannot be asked", "shown"]), weakest(["cannot be asked", "not shown"])
    ('cannot be asked', 'not shown')
    """
    return min(answers, key=ANSWERS.index, default=CANNOT_BE_ASKED)


def _ask_maps(row: Row) -> dict[str, dict[str, Any]]:
    """Ask blind points, fixed places and exchanged maps."""
    beyond = "beyond_location_prior"
    chance = {"value": row["rate"], "ci_low": row["ci_low"], "ci_high": row["ci_high"]}
    location = {
        "value": row[beyond],
        "ci_low": row[f"{beyond}_low"],
        "ci_high": row[f"{beyond}_high"],
    }
    level = round(1 - row["confidence"], 12)  # 0.95 leaves 0.05, whatever the last digit
    numbers = {
        "above_chance": (chance | {"against": row["chance"]}, row["ci_low"] > row["chance"]),
        "above_location": (location | {"against": 0.0}, row[f"{beyond}_low"] > 0),
        "own_scan": ({"p_value": row["p_adjusted"], "against": level}, row["p_adjusted"] < level),
    }
    return {
        question: _answer(number, holds=holds, n=row["n"])
        for question, (number, holds) in numbers.items()
    }


def _ask_annotations(row: Row | None) -> dict[str, Any]:
    """Ask whether extremes lie on annotations more often than blind points do."""
    if row is None:
        return _answer({}, holds=False, n=0)
    limits = {name: row[name] for name in ("ci_low", "ci_high")}
    number = {"value": row["rate"], "against": row["chance"]} | limits
    return _answer(number, holds=row["ci_low"] <= row["chance"], n=row["n"])


def _ask_network(row: Row | None) -> dict[str, Any]:
    """Ask whether the network tells malignant from benign."""
    if row is None:
        return _answer({}, holds=False, n=0)
    limits = {name: row[name] for name in ("ci_low", "ci_high")}
    number = {"value": row["value"], "against": row["chance"]} | limits
    return _answer(number, holds=row["ci_low"] > row["chance"], n=row["n"])


def _answer(number: Mapping[str, float], *, holds: bool, n: int) -> dict[str, Any]:
    """Answer; where nothing was counted, or a number is missing, there is nothing to ask."""
    if not n or not number or any(math.isnan(each) for each in number.values()):
        return {"answer": CANNOT_BE_ASKED, "n": int(n)}
    return {**number, "answer": SHOWN if holds else NOT_SHOWN, "n": int(n)}


def _areas(classification_metrics: pd.DataFrame) -> dict[tuple[str, str], Row]:
    """Find the area under the ROC curve of every run and partition, its interval from resampled patients."""
    found = classification_metrics.query(AREA).to_dict(orient="records")
    return {(row["run"], row["partition"]): row for row in found}
