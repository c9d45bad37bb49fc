"""How well runs separate the test cases: the area under the curve, and calls at every threshold."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sonolens.figures.published import CLASSIFICATION
from sonolens.report.case_links import CaseLink, CaseLinks
from sonolens.report.numerals import amount
from sonolens.report.order import in_order
from sonolens.report.paper_tables import METRICS
from sonolens.report.pictures import Caption
from sonolens.report.runs import NAMED, confidence_of, name_rows, name_runs
from sonolens.report.scores import JUDGED_BY, NO_RULE, RULES, Score, ScoreSheet, read_test_scores
from sonolens.report.section import Section, Tables
from sonolens.report.sections import birads_comparison, calibration, call_counts, conformal, strata
from sonolens.tables.classification import OperatingPointsTable
from sonolens.tables.cohort import ScansTable, SplitsTable
from sonolens.tables.filled_in import is_filled
from sonolens.tables.vocabulary import CALL_METRICS, LEVELS, OPERATING_RULES

CASES_NAMED = {"run": "Run", "level": "Level"}


@dataclass(frozen=True)
class Area:
    """The area under a ROC curve with the interval over patients, and with DeLong's."""

    run: str
    level: str
    resampled: Score
    delong: Score


@dataclass(frozen=True)
class Calls:
    """What one threshold makes of the test cases: by call metric its score, and the scans that it counts."""

    run: str
    level: str
    rule: str
    chosen_on: str
    threshold: str
    scores: Mapping[str, Score]
    cases: Mapping[str, CaseLink]


@dataclass(frozen=True)
class Clustering:
    """How many scans and patients the test partitions of all folds have; None: not all are known."""

    scans: int
    patients: int | None


def list_areas(scores: ScoreSheet) -> list[Area]:
    """List the area under the curve of every run and level with both its intervals."""
    return [
        Area(
            run=run,
            level=level,
            resampled=scores.look_up(run=run, level=level, metric="auc"),
            delong=scores.look_up(run=run, level=level, metric="auc_delong"),
        )
        for run, level in scores.cases
    ]


def list_calls(
    operating_points: OperatingPointsTable, scores: ScoreSheet, links: CaseLinks
) -> list[Calls]:
    """List what every threshold makes of the test cases, the paper's rule first.

    Runs keep their order in the `OperatingPoints` table; scans stand before lesions. A threshold
    without test scores is listed with dashes.
    """
    orders = {"level": LEVELS, "rule": OPERATING_RULES}
    listed = in_order(operating_points, orders, within="run")
    return [_tell_calls(row, scores, links) for row in listed.to_dict(orient="records")]


def _tell_calls(row: Mapping[Any, Any], scores: ScoreSheet, links: CaseLinks) -> Calls:
    key = {name: row[name] for name in ("run", "level", "rule")}
    found = {metric: scores.look_up(**key, metric=metric) for metric in CALL_METRICS}
    numbers = {metric: score.n for metric, score in found.items()}
    return Calls(
        run=row["run"],
        level=row["level"],
        rule=RULES[row["rule"]],
        chosen_on=row["chosen_on"],
        threshold=_threshold(row["threshold"]),
        scores=found,
        cases={metric: CaseLink(str(number)) for metric, number in numbers.items()}
        | (
            links.show_scores(row["run"], numbers, row["threshold"])
            if row["level"] == "scan"
            else {}
        ),
    )


def count_clustering(scans: ScansTable, splits: SplitsTable) -> Clustering:
    """Count the scans and patients that are tested in any fold."""
    tested = scans[scans["scan_id"].isin(splits.loc[splits["partition"] == "test", "scan_id"])]
    known = not is_filled(tested, "patient_id").any()
    return Clustering(
        scans=len(tested), patients=int(tested["patient_id"].nunique()) if known else None
    )


def _threshold(value: float) -> str:
    return "∞ (nothing is called)" if math.isinf(value) else amount(value)


def recall_numbers(table_1: pd.DataFrame, scores: ScoreSheet) -> list[dict[str, Any]]:
    """List the rows of Tab. 1 with the numbers that its cells were printed from, where these print the same."""
    rows = []
    for row in table_1.to_dict(orient="records"):
        found = {
            metric: scores.look_up(
                run=row["run"],
                level=row["level"],
                metric=metric,
                rule=NO_RULE if metric == "auc" else JUDGED_BY,
            ).text
            for metric in METRICS
        }
        kept = {metric: text for metric, text in found.items() if text == row[metric]}
        rows.append({str(name): kept.get(str(name), value) for name, value in row.items()})
    return rows


def _tell(tables: Tables) -> dict[str, Any]:
    scores = read_test_scores(tables["classification_metrics"])
    runs, links = name_runs(tables["training_runs"]), CaseLinks(tables["cases"])
    calls = list_calls(tables["operating_points"], scores, links)
    flattered, kept = runs["flattered"], ("level",)
    table_1, areas = recall_numbers(tables["table_1"], scores), list_areas(scores)
    return {
        **runs,
        "scored_confidence": confidence_of(tables["classification_metrics"]),
        "table_1": table_1,
        "scans_of": {
            row["run"]: links.show_calls(str(row["n"]), row["n"], run=row["run"])
            for row in table_1
            if row["level"] == "scan"
        },
        "run_names": name_rows(table_1, CASES_NAMED, kept=kept, flattered=flattered),
        "area_names": name_rows(areas, CASES_NAMED, kept=kept, flattered=flattered),
        "call_names": name_rows(calls, NAMED, kept=("rule",), flattered=flattered),
        "published": {
            name: f"{value:.3f} ± {spread:.3f}" for name, (value, spread) in CLASSIFICATION.items()
        },
        "areas": areas,
        "clustering": count_clustering(tables["scans"], tables["splits"]),
        "calls": calls,
    }


SECTION = Section(
    "classification",
    "Classification",
    "classification.html",
    folded=False,
    needs=(
        "classification_metrics",
        "operating_points",
        "table_1",
        "training_runs",
        "scans",
        "splits",
        "cases",
    ),
    figures=(
        Caption(
            name="roc_figure",
            intervals=True,
            title="Receiver operating characteristic",
            text="Sensitivity against 1 − specificity as the threshold moves; the diagonal is chance.",
            alt="Chart of the ROC curves beside the diagonal of chance.",
        ),
    ),
    tell=_tell,
    parts=(
        call_counts.SECTION,
        birads_comparison.SECTION,
        calibration.SECTION,
        conformal.SECTION,
        strata.SECTION,
    ),
)
