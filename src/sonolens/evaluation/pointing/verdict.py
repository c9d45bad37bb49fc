"""The verdict over all yardsticks: what maps show, what they do not, and what cannot be asked of them."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from statistics import NormalDist
from typing import Any, TypeAlias

import pandas as pd

from sonolens.tables.classification import ClassificationMetricsTable
from sonolens.tables.pointing import AnnotationHitsTable, PointingGameTable, Verdict
from sonolens.tables.vocabulary import ANSWERS, COMPARED_RULES, QUESTIONS

Row: TypeAlias = Mapping[Any, Any]
NOT_SHOWN, CANNOT_BE_ASKED, SHOWN = ANSWERS
COUNTED = "subset == 'correct' and label == 'both'"
"""The rows of the game that the paper counts, of every rule."""
PAPERS = ("any", "either")
"""The region and the rule that are asked for: those of the paper."""
SELDOM = 0.1
"""An answer cannot hang on annotations where fewer than so many scans have an extreme on one: extremes there
count as misses, and of every ten annotations about eight are found, so that few can have been taken for hits."""
AREA = "level == 'scan' and stratum == 'all' and rule == 'none' and metric == 'auc'"
NO_NUMBER = dict.fromkeys(("value", "ci_low", "ci_high", "p_value", "against"), math.nan)
NOT_OF_MAPS = dict.fromkeys(("region", "rule"), None)


def judge_maps(
    pointing_game: PointingGameTable,
    classification_metrics: ClassificationMetricsTable,
    *,
    baselines: Collection[str],
    annotation_hits: AnnotationHitsTable | None = None,
) -> pd.DataFrame:
    """Hold the maps of every method and run against every yardstick.

    A yardstick says ``shown``, ``not shown``, or ``cannot be asked`` where its number is missing; the weakest is
    the verdict. That takes no adjustment for their number: maps that follow nothing pass all of them less often
    than any one.

    Blind points are asked as the paper counts, an extreme in any region. There two fixed places hit nearly every scan,
    and other people's maps as many as one's own. So both are asked in every region apart, fixed places of the one
    extreme that argues for the call too. That one of these rows lies above fixed places is shown by its interval at
    Bonferroni's level; that one is tied to its scan by Holm's p value, which covers the regions.

    That maps keep off annotations is shown by the *upper* limit of the scans with an extreme on one: it lies below
    what blind points would hit, or below `SELDOM`. Few scans, whose interval is wide, so show nothing. Where
    annotations were looked for and no scan has any, no extreme can lie on one.

    Args:
        pointing_game: A `PointingGame` table.
        classification_metrics: A `ClassificationMetrics` table of the same runs.
        baselines: Methods that know nothing of the network.
        annotation_hits: An `AnnotationHits` table of the same maps; None where annotations were not looked for.

    Returns:
        A `Verdict` table: one row per method, run and question, in the order of `QUESTIONS`; empty for an
        empty game.
    """
    areas = _areas(classification_metrics)
    annotated = _by_map(annotation_hits)
    rows: list[dict[str, Any]] = []
    for (method, run), game in pointing_game.query(COUNTED).groupby(["method", "run"], sort=False):
        rates = game.to_dict(orient="records")
        (played,) = (each for each in rates if (each["region"], each["rule"]) == PAPERS)
        told = {
            "above_chance": _ask_chance(played),
            "own_scan": _ask_exchanged(rates),
            "above_location": _ask_location(rates),
            "off_annotations": _ask_annotations(annotated.get((str(method), str(run)))),
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
            NOT_OF_MAPS | NO_NUMBER | told[question] | about | {"question": question}
            for question in QUESTIONS
        ]
    return pd.DataFrame(rows) if rows else Verdict.empty()


def weakest(answers: Iterable[str]) -> str:
    """Return the weakest of several answers, that none was asked for if there is none.

    >>> weakest(["shown", "cannot be asked", "shown"]), weakest(["cannot be asked", "not shown"])
    ('cannot be asked', 'not shown')
    """
    return min(answers, key=ANSWERS.index, default=CANNOT_BE_ASKED)


def _ask_chance(row: Row) -> dict[str, Any]:
    """Ask blind points."""
    number = _limits(row) | {"against": row["chance"]}
    return _name(row) | _answer(number, holds=row["ci_low"] > row["chance"], n=row["n"])


def _ask_exchanged(rows: Sequence[Row]) -> dict[str, Any]:
    """Ask exchanged maps of every region; the row with the smallest p value tells."""
    asked = [
        row for row in rows if row["rule"] == PAPERS[1] and row["n"] and row["p_adjusted"] <= 1
    ]
    if not asked:
        return _answer({}, holds=False, n=0)
    row = min(asked, key=lambda each: each["p_adjusted"])
    level = round(1 - row["confidence"], 12)  # 0.95 leaves 0.05, whatever the last digit
    number = {"p_value": row["p_adjusted"], "against": level}
    return _name(row) | _answer(number, holds=row["p_adjusted"] < level, n=row["n"])


def _ask_location(rows: Sequence[Row]) -> dict[str, Any]:
    """Ask fixed places of every region and rule; the row with the highest lower limit tells."""
    asked = [
        row
        for row in rows
        if row["rule"] in COMPARED_RULES and row["n"] and row["beyond_location_prior"] > -math.inf
    ]
    if not asked:
        return _answer({}, holds=False, n=0)
    widened = [_widen(row, family=len(asked)) for row in asked]
    row, number = max(zip(asked, widened, strict=True), key=lambda each: each[1]["ci_low"])
    return _name(row) | _answer(number | {"against": 0.0}, holds=number["ci_low"] > 0, n=row["n"])


def _widen(row: Row, *, family: int) -> dict[str, float]:
    """Widen an interval to Bonferroni's level for so many, as far as that of a normal deviate becomes wider."""
    tail = (1 - row["confidence"]) / 2
    factor = NormalDist().inv_cdf(tail / family) / NormalDist().inv_cdf(tail)
    value = row["beyond_location_prior"]
    low, high = (row[f"beyond_location_prior_{limit}"] for limit in ("low", "high"))
    return {
        "value": value,
        "ci_low": max(-1.0, value - factor * (value - low)),
        "ci_high": min(1.0, value + factor * (high - value)),
    }


def _ask_annotations(row: Row | None) -> dict[str, Any]:
    """Ask whether extremes surely lie on annotations less often than blind points, or seldom."""
    if row is None:
        return _answer({}, holds=False, n=0)
    limits = {"value": 0.0, "ci_low": 0.0, "ci_high": 0.0}  # where there is none to hit
    number = (_limits(row) if row["n_annotated"] else limits) | {"against": row["chance"]}
    holds = number["ci_high"] < SELDOM or number["ci_high"] <= number["against"]
    return {"region": "annotation", "rule": PAPERS[1]} | _answer(number, holds=holds, n=row["n"])


def _ask_network(row: Row | None) -> dict[str, Any]:
    """Ask whether the network tells malignant from benign."""
    if row is None:
        return _answer({}, holds=False, n=0)
    limits = {name: row[name] for name in ("value", "ci_low", "ci_high")}
    number = limits | {"against": row["chance"]}
    return _answer(number, holds=row["ci_low"] > row["chance"], n=row["n"])


def _answer(number: Mapping[str, float], *, holds: bool, n: int) -> dict[str, Any]:
    """Answer; where nothing was counted, or a number is missing, there is nothing to ask."""
    if not n or not number or any(math.isnan(each) for each in number.values()):
        return {"answer": CANNOT_BE_ASKED, "n": int(n)}
    return {**number, "answer": SHOWN if holds else NOT_SHOWN, "n": int(n)}


def _limits(row: Row) -> dict[str, float]:
    return {"value": row["rate"], "ci_low": row["ci_low"], "ci_high": row["ci_high"]}


def _name(row: Row) -> dict[str, str]:
    return {"region": row["region"], "rule": row["rule"]}


def _by_map(annotation_hits: pd.DataFrame | None) -> dict[tuple[str, str], Row]:
    """Find the hits on annotations of every method and run; none where nobody looked."""
    rows = [] if annotation_hits is None else annotation_hits.to_dict(orient="records")
    return {(row["method"], row["run"]): row for row in rows}


def _areas(classification_metrics: pd.DataFrame) -> dict[tuple[str, str], Row]:
    """Find the area under the ROC curve of every run and partition, its interval from resampled patients."""
    found = classification_metrics.query(AREA).to_dict(orient="records")
    return {(row["run"], row["partition"]): row for row in found}
