"""One self-contained HTML page that says what a run found, how, and how far it can be trusted."""

import json
from collections.abc import Mapping
from typing import Any

import jinja2
import pandas as pd

from sonolens.figures.published import CLASSIFICATION, POINTING_HITS
from sonolens.report import numerals
from sonolens.report.answer import answer_question
from sonolens.report.banners import raise_banners
from sonolens.report.overview import (
    average_shares,
    count_birads,
    count_partitions,
    count_spaced,
    measure_cells,
    summarise_screening,
    summarise_training,
)
from sonolens.report.paper_tables import REGION_TITLES
from sonolens.report.pictures import embed

RUN_FACTS = (
    "run_id",
    "started",
    "env",
    "pipelines",
    "inputs",
    "runtime_params",
    "parameters",
    "made_with",
    "git",
    "packages",
    "python",
    "platform",
)
"""What a page needs to know of the run that it belongs to."""


def render_report(
    *,
    study_facts: Mapping[str, Any],
    screening: pd.DataFrame,
    scans: pd.DataFrame,
    splits: pd.DataFrame,
    classification_metrics: pd.DataFrame,
    operating_points: pd.DataFrame,
    pointing_game: pd.DataFrame,
    region_shares: pd.DataFrame,
    table_1: pd.DataFrame,
    table_2: pd.DataFrame,
    training_history: pd.DataFrame,
    figures: Mapping[str, bytes],
    run_context: Mapping[str, Any],
) -> str:
    """Write the report of a run. The same inputs give the same text, byte for byte.

    The page needs no file, script or network: styles and figures are inside it.

    Args:
        study_facts: Of the study: its `name` and `description`, and counts `read`, `published` and
            `left_out`.
        screening: A `Screening` table.
        scans: A `Scans` table.
        splits: A `Splits` table.
        classification_metrics: A `ClassificationMetrics` table.
        operating_points: An `OperatingPoints` table.
        pointing_game: A `PointingGame` table.
        region_shares: A `RegionShares` table.
        table_1: What `tabulate_classification` made of the metrics.
        table_2: What `tabulate_pointing_game` made of the pointing game.
        training_history: A `TrainingHistory` table.
        figures: The bytes of a PNG file per dataset name, exactly those of `pictures.CAPTIONS`.
        run_context: What the run says of itself: the keys `RUN_FACTS`.

    Returns:
        An HTML document.

    Raises:
        ValueError: If a figure is missing, unknown or no PNG, or a fact of the run is missing.
    """
    _check_run_context(run_context)
    counts = count_partitions(scans, splits)
    # What was done stands in the tables: this run's parameters may not be those of its inputs.
    partition = str(pointing_game["partition"].iloc[0])
    confidence = float(pointing_game["confidence"].iloc[0])
    return (
        _templates()
        .get_template("page.html")
        .render(
            run=run_context,
            study=study_facts,
            findings=summarise_screening(screening),
            confidence=confidence,
            partition=partition,
            banners=raise_banners(scans, pointing_game, starts=set(training_history["start"])),
            answers=answer_question(
                pointing_game,
                classification_metrics,
                partition=partition,
                patients=_patients(scans, splits, partition=partition),
                confidence=confidence,
            ),
            counts=counts,
            folds=len({count.fold for count in counts}),
            birads=count_birads(scans),
            sources=sorted(scans["source"].unique()),
            scans=len(scans),
            spaced=count_spaced(scans),
            shares=average_shares(region_shares),
            cells=measure_cells(region_shares),
            rings=sorted(pointing_game["ring"].unique()),
            table_1=table_1.to_dict(orient="records"),
            table_2=table_2.to_dict(orient="records"),
            operating_points=operating_points.to_dict(orient="records"),
            pointing_game=pointing_game.to_dict(orient="records"),
            training=summarise_training(training_history),
            pictures=embed(figures),
            published=_published(),
        )
    )


def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("sonolens.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "percent": numerals.percent,
        "ratio": numerals.ratio,
        "amount": numerals.amount,
        "tally": numerals.tally,
        "indented": _indented,
    }
    environment.globals |= {
        "percent_with_interval": numerals.percent_with_interval,
        "counted": numerals.counted,
        "nothing": numerals.NOTHING,
    }
    return environment


def _indented(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


def _published() -> dict[str, dict[str, str]]:
    return {
        "table_1": {
            name: f"{value:.3f} ± {spread:.3f}" for name, (value, spread) in CLASSIFICATION.items()
        },
        "table_2": {
            REGION_TITLES[region]: numerals.percent(rate) for region, rate in POINTING_HITS.items()
        },
    }


def _patients(scans: pd.DataFrame, splits: pd.DataFrame, *, partition: str) -> int:
    listed = splits.loc[splits["partition"] == partition, "scan_id"]
    return int(scans.loc[scans["scan_id"].isin(listed), "patient_id"].nunique())


def _check_run_context(run_context: Mapping[str, Any]) -> None:
    missing = [name for name in RUN_FACTS if name not in run_context]
    if missing:
        raise ValueError(
            f"run_context lacks {', '.join(missing)}, so the report cannot say where its numbers come "
            "from; take it from the catalog, where the run's hook puts it"
        )
