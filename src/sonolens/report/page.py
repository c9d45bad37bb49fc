"""One self-contained HTML page that says what a run found, how, and how far it can be trusted."""

from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from sonolens.figures.published import CLASSIFICATION, POINTING_HITS
from sonolens.report import numerals
from sonolens.report.layout import open_templates
from sonolens.report.paper_tables import REGION_TITLES, look_up_nulls
from sonolens.report.pictures import embed
from sonolens.report.scores import read_test_scores
from sonolens.report.sections.abstention import tell_abstention
from sonolens.report.sections.answer import answer_question, tally_verdicts
from sonolens.report.sections.banners import raise_banners
from sonolens.report.sections.calibration import list_calibrations
from sonolens.report.sections.classification import (
    count_clustering,
    list_areas,
    list_calls,
    list_strata,
)
from sonolens.report.sections.configurations import (
    has_epoch_choice,
    list_comparisons,
    list_configuration_scores,
    list_optimism,
    span_optimism,
)
from sonolens.report.sections.evidence import EvidenceTables, Kinds, tell_evidence
from sonolens.report.sections.planted import read_measured, tell_planted
from sonolens.report.sections.study import (
    average_shares,
    count_birads,
    count_partitions,
    count_spaced,
    measure_cells,
    summarise_screening,
)
from sonolens.report.sections.training import list_configurations, list_runs

FEW_RUNS = 6
"""Beyond so many runs, what is told run by run is folded away behind a line."""

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
    training_runs: pd.DataFrame,
    training_history: pd.DataFrame,
    predictions: pd.DataFrame,
    operating_points: pd.DataFrame,
    classification_metrics: pd.DataFrame,
    configuration_metrics: pd.DataFrame,
    configuration_comparison: pd.DataFrame,
    protocol_optimism: pd.DataFrame,
    pointing_game: pd.DataFrame,
    region_shares: pd.DataFrame,
    localization_scores: pd.DataFrame,
    abstention_scores: pd.DataFrame,
    faithfulness_scores: pd.DataFrame,
    sanity_checks: pd.DataFrame,
    table_1: pd.DataFrame,
    table_2: pd.DataFrame,
    figures: Mapping[str, bytes],
    baselines: Collection[str],
    same_as_cam: Collection[str],
    run_context: Mapping[str, Any],
) -> str:
    """Write the report of a run. The same inputs give the same text, byte for byte.

    The page needs no file, script or network: styles and figures are inside it. What many runs tell
    one by one is folded away; a row per configuration stays in sight.

    Args:
        study_facts: Of the study: its `name` and `description`, and counts `read`, `published` and
            `left_out`.
        screening: A `Screening` table.
        scans: A `Scans` table.
        splits: A `Splits` table.
        training_runs: A `TrainingRuns` table.
        training_history: A `TrainingHistory` table.
        predictions: A `Predictions` table, for the temperatures.
        operating_points: An `OperatingPoints` table.
        classification_metrics: A `ClassificationMetrics` table.
        configuration_metrics: A `ConfigurationMetrics` table.
        configuration_comparison: A `ConfigurationComparison` table; empty for one configuration.
        protocol_optimism: A `ProtocolOptimism` table.
        pointing_game: A `PointingGame` table.
        region_shares: A `RegionShares` table.
        localization_scores: A `LocalizationScores` table.
        abstention_scores: An `AbstentionScores` table.
        faithfulness_scores: A `FaithfulnessScores` table.
        sanity_checks: A `SanityChecks` table.
        table_1: What `tabulate_classification` made of the metrics.
        table_2: What `tabulate_pointing_game` made of the pointing game.
        figures: The bytes of a PNG file per dataset name, exactly those of `pictures.CAPTIONS`.
        baselines: Methods that see no network; their rows are the floor.
        same_as_cam: Methods whose maps are those of CAM by construction, CAM among them.
        run_context: What the run says of itself: the keys `RUN_FACTS`.

    Returns:
        An HTML document.

    Raises:
        ValueError: If a figure is missing, unknown or no PNG, or a fact of the run is missing.
    """
    _check_run_context(run_context)
    flattered = set(training_runs.loc[training_runs["protocol"] == "paper", "run"])
    banners = raise_banners(
        scans=scans,
        pointing_game=pointing_game,
        training_runs=training_runs,
        protocol_optimism=protocol_optimism,
    )
    kinds = Kinds(baselines=baselines, same_as_cam=same_as_cam)
    evidence = EvidenceTables(
        pointing_game, localization_scores, faithfulness_scores, sanity_checks
    )
    told = {
        **_tell_study(study_facts, screening, scans=scans, splits=splits),
        **_tell_training(training_runs, training_history),
        **_tell_classification(
            classification_metrics,
            operating_points=operating_points,
            predictions=predictions,
            table_1=table_1,
        ),
        **_tell_configurations(configuration_metrics, configuration_comparison, protocol_optimism),
        **_tell_answers(
            pointing_game, classification_metrics, scans=scans, splits=splits, flattered=flattered
        ),
        **_tell_pointing(pointing_game, region_shares, table_2),
        **tell_evidence(evidence, training_runs, kinds=kinds),
        **tell_abstention(abstention_scores, kinds=kinds),
        **tell_planted(read_measured()),
    }
    page = open_templates().get_template("page.html")
    return page.render(
        run=run_context,
        banners=banners,
        flattered=flattered,
        few=FEW_RUNS,
        pictures=embed(figures),
        published=_published(),
        **told,
    )


def _tell_study(
    study_facts: Mapping[str, Any],
    screening: pd.DataFrame,
    *,
    scans: pd.DataFrame,
    splits: pd.DataFrame,
) -> dict[str, Any]:
    counts = count_partitions(scans, splits)
    return {
        "study": study_facts,
        "findings": summarise_screening(screening),
        "counts": counts,
        "folds": len({count.fold for count in counts}),
        "birads": count_birads(scans),
        "sources": sorted(scans["source"].unique()),
        "scans": len(scans),
        "spaced": count_spaced(scans),
        "clustering": count_clustering(scans, splits),
    }


def _tell_training(training_runs: pd.DataFrame, training_history: pd.DataFrame) -> dict[str, Any]:
    return {
        "fitted_configurations": list_configurations(training_runs, training_history),
        "runs": list_runs(training_runs, training_history),
    }


def _tell_classification(
    classification_metrics: pd.DataFrame,
    *,
    operating_points: pd.DataFrame,
    predictions: pd.DataFrame,
    table_1: pd.DataFrame,
) -> dict[str, Any]:
    scores = read_test_scores(classification_metrics)
    return {
        "scored_confidence": float(classification_metrics["confidence"].iloc[0]),
        "table_1": table_1.to_dict(orient="records"),
        "areas": list_areas(scores),
        "calls": list_calls(operating_points, scores),
        "calibrations": list_calibrations(scores, predictions),
        "strata": list_strata(scores),
        "strata_names": scores.strata,
    }


def _tell_configurations(
    configuration_metrics: pd.DataFrame,
    configuration_comparison: pd.DataFrame,
    protocol_optimism: pd.DataFrame,
) -> dict[str, Any]:
    return {
        "configuration_scores": list_configuration_scores(configuration_metrics),
        "comparisons": list_comparisons(configuration_comparison),
        "optimism": list_optimism(protocol_optimism),
        "optimism_spans": span_optimism(protocol_optimism),
        "epoch_choice": has_epoch_choice(protocol_optimism),
    }


def _tell_answers(
    pointing_game: pd.DataFrame,
    classification_metrics: pd.DataFrame,
    *,
    scans: pd.DataFrame,
    splits: pd.DataFrame,
    flattered: Collection[str],
) -> dict[str, Any]:
    # What was done stands in the tables: this run's parameters may not be those of its inputs.
    partition = str(pointing_game["partition"].iloc[0])
    confidence = float(pointing_game["confidence"].iloc[0])
    answers = answer_question(
        pointing_game,
        classification_metrics,
        partition=partition,
        patients=_patients(scans, splits, partition=partition),
        confidence=confidence,
        flattered=flattered,
    )
    return {
        "answers": answers,
        "tally": tally_verdicts(answers),
        "partition": partition,
        "confidence": confidence,
    }


def _tell_pointing(
    pointing_game: pd.DataFrame, region_shares: pd.DataFrame, table_2: pd.DataFrame
) -> dict[str, Any]:
    return {
        "pointing_game": pointing_game.to_dict(orient="records"),
        "table_2": table_2.to_dict(orient="records"),
        "nulls": look_up_nulls(pointing_game),
        "rings": sorted(pointing_game["ring"].unique()),
        "shares": average_shares(region_shares),
        "cells": measure_cells(region_shares),
    }


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
