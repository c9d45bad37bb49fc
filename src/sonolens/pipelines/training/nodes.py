"""scans, splits, model_inputs -> model_weights, predictions and their scores."""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from sonolens.arrays import ScanStack
from sonolens.evaluation import classification
from sonolens.models import check_framing, predict_logits, rebuild_network
from sonolens.pipelines.collections import Checkpoints, Networks
from sonolens.pipelines.parameters import EvaluationParameters, InferenceParameters
from sonolens.pipelines.training.fits import GridFits, describe_run, trace_epochs
from sonolens.pipelines.training.grid import CHOOSERS, plan_fits
from sonolens.pipelines.training.parameters import TrainingParameters


def train_networks(
    scans: pd.DataFrame,
    splits: pd.DataFrame,
    model_inputs: ScanStack,
    checkpoints: Checkpoints,
    training: TrainingParameters,
    inference: InferenceParameters,
) -> tuple[dict[str, Any], pd.DataFrame, pd.DataFrame]:
    """Fit every network of the grid that is not fitted yet, and keep the epochs that were chosen."""
    grid = GridFits(scans, splits, model_inputs, checkpoints, training, inference)
    weights, runs, histories = {}, [], []
    for planned in plan_fits(training, folds=splits["fold"].unique().tolist()):
        fit = grid.fit(planned)
        for protocol, chosen_on in CHOOSERS[training.protocol].items():
            run = planned.run(protocol)
            runs.append(describe_run(fit, planned, protocol=protocol, training=training))
            histories.append(trace_epochs(fit, run=run, chosen_on=chosen_on))
            # Packed when saved, one after the other: a grid's weights would not fit into memory.
            weights[run] = partial(grid.pack, planned, protocol)
    return weights, pd.DataFrame(runs), pd.concat(histories, ignore_index=True)


def predict_scans(
    model_weights: Networks,
    training_runs: pd.DataFrame,
    scans: pd.DataFrame,
    splits: pd.DataFrame,
    model_inputs: ScanStack,
    inference: InferenceParameters,
) -> pd.DataFrame:
    """Let every network judge every scan of its fold; validation scans set the temperature."""
    tables = []
    for row in training_runs.to_dict(orient="records"):
        weights = model_weights[row["run"]]()
        check_framing(weights, size_px=model_inputs.shape[1])
        logits = predict_logits(
            rebuild_network(weights),
            model_inputs,
            batch_size=inference.batch_size,
            device=inference.device,
        )
        fold = splits.loc[splits["fold"] == row["fold"], ["scan_id", "partition"]]
        judged = scans[["scan_id", "lesion_id", "label"]].assign(
            run=row["run"], logit=logits.astype(np.float64)
        )
        judged = judged.merge(fold, on="scan_id", validate="one_to_one")
        tables.append(classification.scale_probabilities(judged, protocol=row["protocol"]))
    return pd.concat(tables, ignore_index=True)


def choose_operating_points(
    predictions: pd.DataFrame, training_runs: pd.DataFrame, scoring: EvaluationParameters
) -> pd.DataFrame:
    """Fix every network's thresholds where its protocol lets them be chosen."""
    return classification.choose_operating_points(
        predictions, training_runs, lesion_probability=scoring.lesion_probability
    )


def decide_scans(
    predictions: pd.DataFrame, scans: pd.DataFrame, operating_points: pd.DataFrame
) -> pd.DataFrame:
    """Call every scan of every run at its frozen threshold; all that scores maps reads it here."""
    return classification.decide_scans(predictions, scans, operating_points)


def score_classification(
    decisions: pd.DataFrame,
    scans: pd.DataFrame,
    mass_measurements: pd.DataFrame,
    operating_points: pd.DataFrame,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Score every network per scan and per lesion, as a whole and by stratum."""
    return classification.score_classification(
        decisions,
        _with_sizes(scans, mass_measurements),
        operating_points,
        lesion_probability=scoring.lesion_probability,
        size_bounds_mm=scoring.size_bounds_mm,
        bins=scoring.calibration_bins,
        bootstrap=scoring.bootstrap,
    )


def trace_roc(predictions: pd.DataFrame, scoring: EvaluationParameters) -> pd.DataFrame:
    """Trace every network's ROC curve per scan and per lesion."""
    return classification.trace_roc(predictions, lesion_probability=scoring.lesion_probability)


def trace_calibration(predictions: pd.DataFrame, scoring: EvaluationParameters) -> pd.DataFrame:
    """Trace how far every network's probabilities can be taken at their word."""
    return classification.trace_calibration(
        predictions,
        lesion_probability=scoring.lesion_probability,
        bins=scoring.calibration_bins,
        confidence=scoring.confidence,
    )


def score_configurations(
    decisions: pd.DataFrame,
    training_runs: pd.DataFrame,
    operating_points: pd.DataFrame,
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
    decisions: pd.DataFrame,
    training_runs: pd.DataFrame,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Compare every two configurations on the same test scans."""
    return classification.compare_configurations(
        decisions,
        training_runs,
        lesion_probability=scoring.lesion_probability,
        bootstrap=scoring.bootstrap,
    )


def measure_optimism(
    decisions: pd.DataFrame,
    training_runs: pd.DataFrame,
    operating_points: pd.DataFrame,
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


def _with_sizes(scans: pd.DataFrame, mass_measurements: pd.DataFrame) -> pd.DataFrame:
    """Put the size of its mass beside every scan."""
    sizes = mass_measurements[["scan_id", "size_mm"]]
    return scans.merge(sizes, on="scan_id", how="left", validate="one_to_one")
