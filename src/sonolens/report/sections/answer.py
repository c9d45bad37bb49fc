"""The answer in sentences: what the maps hit, whether chance explains it, and what to be careful about."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from sonolens.figures.published import counted_by_paper
from sonolens.report.numerals import (
    counted,
    p_value,
    percent,
    percent_with_interval,
    score_with_interval,
)
from sonolens.report.runs import describe_scoring, name_runs
from sonolens.report.scores import NO_RULE, WHOLE
from sonolens.report.section import Section, Tables
from sonolens.report.sections.banners import raise_banners
from sonolens.tables.classification import ClassificationMetricsTable
from sonolens.tables.cohort import ScansTable, SplitsTable
from sonolens.tables.filled_in import name_units
from sonolens.tables.pointing import PointingGameTable

Verdict = Literal["above", "includes", "below", "unknown"]

FEW_PATIENTS = 100
"""Below this many patients the page says that a percentile interval is rather too narrow."""

VERDICTS: dict[Verdict, str] = {
    "above": "The {confidence} interval lies above chance: the extremes lie there more often than "
    "blind points would.",
    "includes": "The {confidence} interval includes chance: these scans cannot tell the maps from "
    "blind points.",
    "below": "The {confidence} interval lies below chance: the extremes lie there less often than "
    "blind points would.",
}
CAUTIONS: dict[Verdict, str] = {
    "above": "Above chance is not yet understanding: masses tend to lie near the middle of a scan, so "
    "a map that merely prefers the middle beats blind points too.",
    "includes": "That is no proof that the network looks elsewhere: more scans or finer maps may show "
    "a difference.",
    "below": "Where the extremes lie instead, the run's table extreme_points tells scan by scan.",
}
FLATTERED = (
    "The test scans chose this run's epoch and threshold, so how well it classifies is flattered, and so is "
    "which scans count as correctly classified."
)
PLACES = {"mass": "the mass", "peritumoral": "the ring", "below": "the region below"}


@dataclass(frozen=True)
class Resampled:
    """How many units an interval is taken over, and what they are: patients, or what stands in for them."""

    number: int
    units: str = "patients"


@dataclass(frozen=True)
class Answer:
    """What one method and run answer.

    Attributes:
        method: Name of the explainer.
        run: Name of the network.
        verdict: Where the interval lies relative to chance; ``unknown`` when nothing was scored.
        finding: The one sentence with the hit rate and chance.
        details: Further sentences: the verdict in words, hits by region, how well the run classifies.
        cautions: Sentences that keep the reader from making too much of it.
    """

    method: str
    run: str
    verdict: Verdict
    finding: str
    details: tuple[str, ...]
    cautions: tuple[str, ...]


def answer_question(
    pointing_game: PointingGameTable,
    classification_metrics: ClassificationMetricsTable,
    *,
    partition: str,
    resampled: Resampled,
    confidence: float,
    flattered: Collection[str],
) -> list[Answer]:
    """Answer, per method and run, whether the network looks at the mass, its ring or below it.

    Args:
        partition: The partition whose scans played.
        resampled: How many patients that partition has, or what stands in for them.
        confidence: Coverage of the intervals, between 0 and 1.
        flattered: Runs whose epoch and threshold the test scans chose.
    """
    shown = counted_by_paper(pointing_game)
    answers = []
    for (method, run), found in shown.groupby(["method", "run"], sort=False):
        rows = {row["region"]: row for row in found.to_dict(orient="records")}
        classified = _describe_classification(classification_metrics, run=str(run))
        answers.append(
            _answer(
                rows,
                method=str(method),
                run=str(run),
                partition=partition,
                resampled=resampled,
                confidence=confidence,
                classified=classified,
                warning=FLATTERED if run in flattered else "",
            )
        )
    return answers


def tally_verdicts(answers: Collection[Answer]) -> str:
    """Say of how many answers the interval lies above chance, includes it, or lies below.

    >>> tally_verdicts([])
    'Above chance: 0 of 0; not told from chance: 0; below chance: 0; nothing scored: 0.'
    """
    counts = dict.fromkeys(("above", "includes", "below", "unknown"), 0)
    for answer in answers:
        counts[answer.verdict] += 1
    return (
        f"Above chance: {counts['above']} of {len(answers)}; not told from chance: "
        f"{counts['includes']}; below chance: {counts['below']}; nothing scored: "
        f"{counts['unknown']}."
    )


def judge(row: Mapping[Any, Any]) -> Verdict:
    """Say where a rate's interval lies relative to its chance; touching it counts as including it.

    >>> judge({"ci_low": 0.6, "ci_high": 0.9, "chance": 0.58})
    'above'
    >>> judge({"ci_low": 0.58, "ci_high": 0.9, "chance": 0.58})
    'includes'
    """
    if any(math.isnan(row[name]) for name in ("ci_low", "ci_high", "chance")):
        return "unknown"
    if row["ci_low"] > row["chance"]:
        return "above"
    return "below" if row["ci_high"] < row["chance"] else "includes"


def _answer(
    rows: Mapping[str, Mapping[Any, Any]],
    *,
    method: str,
    run: str,
    partition: str,
    resampled: Resampled,
    confidence: float,
    classified: str,
    warning: str,
) -> Answer:
    whole = rows["any"]
    if not whole["n"]:
        finding, details = _explain_absence(whole, partition=partition), [classified]
        return Answer(method, run, "unknown", finding, tuple(filter(None, details)), ())
    verdict = judge(whole)
    hits = percent_with_interval(whole["rate"], whole["ci_low"], whole["ci_high"])
    finding = (
        f"On {counted(whole['n'], f'correctly classified {partition} scan')} an extreme of the map "
        f"lay in the mass, its ring or below it in {hits}; a map that knows nothing would score "
        f"{percent(whole['chance'])}."
    )
    details = [
        VERDICTS.get(verdict, "").format(confidence=percent(confidence)),
        _describe_nulls(whole),
        _describe_regions(rows),
        _describe_uncounted(whole),
        classified,
    ]
    cautions = [warning, CAUTIONS.get(verdict, ""), _warn_of_few(resampled, partition=partition)]
    return Answer(
        method, run, verdict, finding, tuple(filter(None, details)), tuple(filter(None, cautions))
    )


def _explain_absence(row: Mapping[Any, Any], *, partition: str) -> str:
    unscored = row["n_silent"] + row["n_empty"]
    if not unscored:
        return (
            f"The network classified no {partition} scan correctly, so there is no map to ask: the "
            "question stays open."
        )
    return (
        f"None of the {counted(unscored, f'correctly classified {partition} scan')} can be scored "
        f"({row['n_silent']} with a constant map, {row['n_empty']} without a region): the question "
        "stays open."
    )


def _describe_nulls(row: Mapping[Any, Any]) -> str:
    """Tell what knowing where masses usually lie would score, and what exchanged maps say."""
    parts = []
    if not math.isnan(row["centre_prior"]):
        parts.append(
            f"The average map of the training scans, laid on every scan, would score {percent(row['centre_prior'])}."
        )
    if not math.isnan(row["p_adjusted"]):
        parts.append(
            "With the maps exchanged between the scans, as many hits or more have an adjusted p of "
            f"{p_value(row['p_adjusted'])}."
        )
    return " ".join(parts)


def _describe_regions(rows: Mapping[str, Mapping[Any, Any]]) -> str:
    parts = [
        f"{place} {percent_with_interval(row['rate'], row['ci_low'], row['ci_high'])} "
        f"against {percent(row['chance'])}"
        for region, place in PLACES.items()
        if (row := rows[region])["n"]
    ]
    return f"By region, hits against chance: {'; '.join(parts)}." if parts else ""


def _describe_uncounted(row: Mapping[Any, Any]) -> str:
    if not row["n_silent"]:
        return ""
    return f"Apart from these, {counted(row['n_silent'], 'map')} had no extreme (constant)."


def _describe_classification(metrics: pd.DataFrame, *, run: str) -> str:
    found = metrics[
        (metrics["run"] == run)
        & (metrics["level"] == "scan")
        & (metrics["partition"] == "test")
        & (metrics["stratum"] == WHOLE)
        & (metrics["rule"] == NO_RULE)
        & (metrics["metric"] == "auc")
    ].dropna(subset="value")
    if found.empty:
        return ""
    row = found.iloc[0]
    score = score_with_interval(row["value"], row["ci_low"], row["ci_high"])
    scored = f"an AUC of {score} on {counted(int(row['n']), 'test scan')}"
    if row["ci_low"] > row["chance"]:
        return f"The network tells malignant from benign with {scored}."
    return (
        f"The network does not reliably tell malignant from benign, with {scored}: where it looks "
        "explains little."
    )


def _warn_of_few(resampled: Resampled, *, partition: str) -> str:
    if resampled.number >= FEW_PATIENTS:
        return ""
    return (
        f"The {partition} partition has only {resampled.number} {resampled.units}: intervals from so few "
        "are rather too narrow, and another draw of patients may move every number here."
    )


def _count_resampled(scans: ScansTable, splits: SplitsTable, *, partition: str) -> Resampled:
    listed = splits.loc[splits["partition"] == partition, "scan_id"]
    patients = scans.loc[scans["scan_id"].isin(listed), "patient_id"]
    return Resampled(number=patients.nunique(), units=name_units(scans))


def _tell(tables: Tables) -> dict[str, Any]:
    scoring = describe_scoring(tables["pointing_game"])
    answers = answer_question(
        tables["pointing_game"],
        tables["classification_metrics"],
        **scoring,
        resampled=_count_resampled(
            tables["scans"], tables["splits"], partition=scoring["partition"]
        ),
        flattered=name_runs(tables["training_runs"])["flattered"],
    )
    return {
        "answers": answers,
        "tally": tally_verdicts(answers),
        "banners": raise_banners(tables),
    }


SECTION = Section(
    "answer",
    "The answer",
    "answer.html",
    needs=(
        "pointing_game",
        "extreme_points",
        "classification_metrics",
        "scans",
        "splits",
        "training_runs",
        "protocol_optimism",
    ),
    tell=_tell,
)
