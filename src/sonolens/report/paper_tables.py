"""The paper's Tab. 1 and Tab. 2 for the study at hand, with intervals and chance beside every rate."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from sonolens.figures.published import counted_by_paper
from sonolens.report.numerals import (
    p_value,
    percent,
    percent_with_interval,
    points_with_interval,
    ratio,
    score_with_interval,
)
from sonolens.report.order import in_order
from sonolens.report.scores import JUDGED_BY, NO_RULE, WHOLE
from sonolens.tables.classification import ClassificationMetricsTable
from sonolens.tables.pointing import PointingGameTable
from sonolens.tables.vocabulary import LEVELS

METRICS = ("auc", "accuracy", "sensitivity", "specificity")

REGION_TITLES = {
    "mass": "Breast mass region",
    "peritumoral": "Peritumoral region (boundary region)",
    "below": "Region below the breast mass",
    "any": "At least one of the three",
}
"""The regions as Tab. 2 names them, in its order."""

TABLE_1_COLUMNS = ["run", "level", "n", *METRICS]
TABLE_2_COLUMNS = ["method", "run", "region", "n", "hits", "chance", "enrichment", "ring"]


def tabulate_classification(classification_metrics: ClassificationMetricsTable) -> pd.DataFrame:
    """Set out how the runs classify the test partition, scans and lesions apart.

    Returns:
        A `PaperTable1` table: cells such as ``0.91 [0.83, 0.97]``, a dash where a metric does not
        exist (one class only). Calls are made at the point closest to the corner; intervals resample
        patients. `n` counts all cases of the level. Without test cases it is empty.

    References:
        Byra et al. 2022, Tab. 1, which says neither its level nor what its ± means.
    """
    tested = classification_metrics[
        (classification_metrics["partition"] == "test")
        & (classification_metrics["stratum"] == WHOLE)
        & (classification_metrics["rule"].isin([NO_RULE, JUDGED_BY]))
    ]
    rows: list[dict[str, Any]] = []
    for (run, level), found in tested.groupby(["run", "level"], sort=False):
        scores = {row["metric"]: row for row in found.to_dict(orient="records")}
        cells = {
            metric: score_with_interval(
                scores[metric]["value"], scores[metric]["ci_low"], scores[metric]["ci_high"]
            )
            for metric in METRICS
        }
        # Sensitivity and specificity count one class each; accuracy counts every case.
        rows.append({"run": run, "level": level, "n": scores["accuracy"]["n"], **cells})
    table = pd.DataFrame(rows, columns=TABLE_1_COLUMNS)
    return in_order(table, {"level": LEVELS}, within="run")


def tabulate_pointing_game(pointing_game: PointingGameTable) -> pd.DataFrame:
    """Set out how often an extreme of the map hits each region, for correctly classified scans.

    Returns:
        A `PaperTable2` table: the rule is ``either``, benign and malignant scans together. Cells are
        such as ``44 % [32, 57]``, with dashes where nothing was counted (`n` is 0).

    References:
        Byra et al. 2022, Tab. 2, to which chance, enrichment and intervals are added.
    """
    shown = counted_by_paper(pointing_game)
    table = pd.DataFrame(
        [
            {
                "method": row["method"],
                "run": row["run"],
                "region": REGION_TITLES[row["region"]],
                "n": row["n"],
                "hits": percent_with_interval(row["rate"], row["ci_low"], row["ci_high"]),
                "chance": percent(row["chance"]),
                "enrichment": ratio(row["enrichment"]),
                "ring": row["ring"],
            }
            for row in shown.to_dict(orient="records")
        ],
        columns=TABLE_2_COLUMNS,
    )
    titles = list(REGION_TITLES.values())
    return in_order(table, {"region": titles}, within=["method", "run"])


@dataclass(frozen=True)
class Nulls:
    """What stands against a rate of Tab. 2: chance, fixed places, the mean map, and the adjusted p."""

    chance: str
    enrichment: str
    location_prior: str
    beyond_location_prior: str
    centre_prior: str
    p_adjusted: str


def look_up_nulls(pointing_game: PointingGameTable) -> dict[tuple[str, str, str], Nulls]:
    """Look up chance, the fixed places, the mean map and p of the rows of Tab. 2, by method, run and region's title.

    Args:
        pointing_game: The `PointingGame` table that Tab. 2 was made of.
    """
    shown = counted_by_paper(pointing_game)
    return {
        (row["method"], row["run"], REGION_TITLES[row["region"]]): Nulls(
            percent(row["chance"]),
            ratio(row["enrichment"]),
            percent_with_interval(
                row["location_prior"], row["location_prior_low"], row["location_prior_high"]
            ),
            points_with_interval(
                row["beyond_location_prior"],
                row["beyond_location_prior_low"],
                row["beyond_location_prior_high"],
            ),
            percent(row["centre_prior"]),
            p_value(row["p_adjusted"]),
        )
        for row in shown.to_dict(orient="records")
    }
