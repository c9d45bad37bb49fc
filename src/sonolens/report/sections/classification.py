"""How well runs separate the test cases: the area under the curve, and calls at every threshold."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sonolens.figures.published import CLASSIFICATION
from sonolens.report.numerals import amount
from sonolens.report.order import in_order
from sonolens.report.pictures import Caption
from sonolens.report.runs import confidence_of, name_runs
from sonolens.report.scores import RULES, Score, ScoreSheet, read_test_scores
from sonolens.report.section import Section, Tables
from sonolens.report.sections import birads_comparison, calibration, call_counts, conformal, strata
from sonolens.tables.classification import OperatingPointsTable
from sonolens.tables.cohort import ScansTable, SplitsTable
from sonolens.tables.filled_in import is_filled
from sonolens.tables.vocabulary import CALL_METRICS, LEVELS, OPERATING_RULES


@dataclass(frozen=True)
class Area:
    """The area under a ROC curve with the interval over patients, and with DeLong's."""

    run: str
    level: str
    resampled: Score
    delong: Score


@dataclass(frozen=True)
class Calls:
    """What one threshold makes of the test cases; `scores` has every call metric by name."""

    run: str
    level: str
    rule: str
    chosen_on: str
    threshold: str
    scores: Mapping[str, Score]


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


def list_calls(operating_points: OperatingPointsTable, scores: ScoreSheet) -> list[Calls]:
    """List what every threshold makes of the test cases, the paper's rule first.

    Runs keep their order in the `OperatingPoints` table; scans stand before lesions. A threshold
    without test scores is listed with dashes.
    """
    orders = {"level": LEVELS, "rule": OPERATING_RULES}
    listed = in_order(operating_points, orders, within="run")
    return [
        Calls(
            run=row["run"],
            level=row["level"],
            rule=RULES[row["rule"]],
            chosen_on=row["chosen_on"],
            threshold=_threshold(row["threshold"]),
            scores={
                metric: scores.look_up(
                    run=row["run"], level=row["level"], rule=row["rule"], metric=metric
                )
                for metric in CALL_METRICS
            },
        )
        for row in listed.to_dict(orient="records")
    ]


def count_clustering(scans: ScansTable, splits: SplitsTable) -> Clustering:
    """Count the scans and patients that are tested in any fold."""
    tested = scans[scans["scan_id"].isin(splits.loc[splits["partition"] == "test", "scan_id"])]
    known = not is_filled(tested, "patient_id").any()
    return Clustering(
        scans=len(tested), patients=int(tested["patient_id"].nunique()) if known else None
    )


def _threshold(value: float) -> str:
    return "∞ (nothing is called)" if math.isinf(value) else amount(value)


def _tell(tables: Tables) -> dict[str, Any]:
    scores = read_test_scores(tables["classification_metrics"])
    return {
        **name_runs(tables["training_runs"]),
        "scored_confidence": confidence_of(tables["classification_metrics"]),
        "table_1": tables["table_1"].to_dict(orient="records"),
        "published": {
            name: f"{value:.3f} ± {spread:.3f}" for name, (value, spread) in CLASSIFICATION.items()
        },
        "areas": list_areas(scores),
        "clustering": count_clustering(tables["scans"], tables["splits"]),
        "calls": list_calls(tables["operating_points"], scores),
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
