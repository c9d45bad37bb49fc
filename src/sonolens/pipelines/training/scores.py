"""The station of scores: predictions, decisions -> how well runs and configurations classify."""

import pandas as pd
from kedro.pipeline import Pipeline

from sonolens.evaluation import classification
from sonolens.pipelines.parameters import EvaluationParameters
from sonolens.pipelines.stations import station
from sonolens.tables.classification import OperatingPointsTable
from sonolens.tables.cohort import MassMeasurementsTable, ScansTable
from sonolens.tables.conformal import ConformalSetsTable, ConformalThresholdsTable
from sonolens.tables.training import DecisionsTable, PredictionsTable, TrainingRunsTable


def scores_station() -> Pipeline:
    """Score runs per scan and per lesion, and configurations over their runs."""
    return station(
        "scores",
        {
            score_classification: "classification_metrics",
            trace_roc: "roc_curve",
            trace_calibration: "calibration_curve",
            score_configurations: "configuration_metrics",
            compare_configurations: "configuration_comparison",
            compare_with_birads: "birads_comparison",
            measure_optimism: "protocol_optimism",
            form_sets: "conformal_sets",
            score_sets: "conformal_scores",
        },
    )


def score_classification(
    decisions: DecisionsTable,
    scans: ScansTable,
    mass_measurements: MassMeasurementsTable,
    operating_points: OperatingPointsTable,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Score every network per scan and per lesion, as a whole and by stratum."""
    sizes = mass_measurements[["scan_id", "size_mm"]]
    return classification.score_classification(
        decisions,
        scans.merge(sizes, on="scan_id", how="left", validate="one_to_one"),
        operating_points,
        lesion_probability=scoring.lesion_probability,
        size_bounds_mm=scoring.size_bounds_mm,
        bins=scoring.calibration_bins,
        bootstrap=scoring.bootstrap,
    )


def trace_roc(predictions: PredictionsTable, scoring: EvaluationParameters) -> pd.DataFrame:
    """Trace every network's ROC curve per scan and per lesion."""
    return classification.trace_roc(predictions, lesion_probability=scoring.lesion_probability)


def trace_calibration(predictions: PredictionsTable, scoring: EvaluationParameters) -> pd.DataFrame:
    """Trace how far every network's probabilities can be taken at their word."""
    return classification.trace_calibration(
        predictions,
        lesion_probability=scoring.lesion_probability,
        bins=scoring.calibration_bins,
        confidence=scoring.confidence,
    )


def score_configurations(
    decisions: DecisionsTable,
    training_runs: TrainingRunsTable,
    operating_points: OperatingPointsTable,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Score every configuration over its runs: their spread, and all folds' test scans together."""
    return classification.score_configurations(
        decisions,
        training_runs,
        operating_points,
        lesion_probability=scoring.lesion_probability,
        bootstrap=scoring.bootstrap,
    )


def compare_configurations(
    decisions: DecisionsTable,
    training_runs: TrainingRunsTable,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Compare every two configurations on the same test scans."""
    return classification.compare_configurations(
        decisions,
        training_runs,
        lesion_probability=scoring.lesion_probability,
        bootstrap=scoring.bootstrap,
    )


def compare_with_birads(
    decisions: DecisionsTable, scans: ScansTable, scoring: EvaluationParameters
) -> pd.DataFrame:
    """Compare every network with the BI-RADS category alone, on the same test cases."""
    return classification.compare_with_birads(
        decisions,
        scans,
        lesion_probability=scoring.lesion_probability,
        bootstrap=scoring.bootstrap,
    )


def measure_optimism(
    decisions: DecisionsTable,
    training_runs: TrainingRunsTable,
    operating_points: OperatingPointsTable,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Measure what a score gains when the test scans themselves choose."""
    return classification.measure_optimism(
        decisions,
        training_runs,
        operating_points,
        lesion_probability=scoring.lesion_probability,
        bootstrap=scoring.bootstrap,
    )


def form_sets(
    predictions: PredictionsTable,
    scans: ScansTable,
    conformal_thresholds: ConformalThresholdsTable,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Form the set of every test case by thresholds that are frozen."""
    return classification.form_sets(
        predictions, scans, conformal_thresholds, lesion_probability=scoring.lesion_probability
    )


def score_sets(
    conformal_sets: ConformalSetsTable,
    conformal_thresholds: ConformalThresholdsTable,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Score whether sets keep their promise, and how many biopsies they would spare for how many missed cancers."""
    return classification.score_sets(
        conformal_sets, conformal_thresholds, bootstrap=scoring.bootstrap
    )
