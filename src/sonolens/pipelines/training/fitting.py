"""The station of fitting: scans, splits, model_inputs, guidance_masks -> model_weights, predictions, decisions, conformal_thresholds."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
import pandas as pd
from kedro.pipeline import Pipeline

from sonolens.arrays import GuidanceMasks, Logits, ScanStack
from sonolens.evaluation import classification
from sonolens.models import (
    NetworkWeights,
    ScanClassifier,
    check_framing,
    cut_batches,
    predict_logits,
    rebuild_network,
)
from sonolens.parallel import BuildsOnce, spread
from sonolens.pipelines.collections import Checkpoints, Networks
from sonolens.pipelines.pairs import inputs_of, is_paired
from sonolens.pipelines.parameters import EvaluationParameters, InferenceParameters
from sonolens.pipelines.stations import station
from sonolens.pipelines.training.fits import GridFits, describe_run, trace_epochs
from sonolens.pipelines.training.grid import CHOOSERS, plan_fits
from sonolens.pipelines.training.parameters import ConformalParameters, TrainingParameters
from sonolens.tables.cohort import ScansTable, SplitsTable
from sonolens.tables.training import PredictionsTable, TrainingRunsTable


def fitting_station() -> Pipeline:
    """Fit networks, let them judge every scan, fix all thresholds, and decide every scan once."""
    return station(
        "fitting",
        {
            train_networks: ["model_weights", "training_runs", "training_history"],
            predict_scans: "predictions",
            choose_operating_points: "operating_points",
            classification.decide_scans: "decisions",
            calibrate_sets: "conformal_thresholds",
        },
    )


def train_networks(
    scans: ScansTable,
    splits: SplitsTable,
    model_inputs: ScanStack,
    guidance_masks: GuidanceMasks,
    checkpoints: Checkpoints,
    training: TrainingParameters,
    inference: InferenceParameters,
) -> tuple[dict[str, Any], pd.DataFrame, pd.DataFrame]:
    """Fit every network of the grid that is not fitted yet, and keep the epochs that were chosen."""
    grid = GridFits(scans, splits, model_inputs, guidance_masks, checkpoints, training, inference)
    weights, runs, histories = {}, [], []
    folds, paired = splits["fold"].unique().tolist(), is_paired(model_inputs, count=len(scans))
    plans = plan_fits(training, folds=folds, paired=paired)
    grid.refuse_without_places(plans)
    for planned, fit in zip(plans, spread(grid.fit, plans), strict=True):
        for protocol, chosen_on in CHOOSERS[training.protocol].items():
            run = planned.run(protocol)
            runs.append(describe_run(fit, planned, protocol=protocol, training=training))
            histories.append(trace_epochs(fit, run=run, chosen_on=chosen_on))
            # Packed when saved, one after the other: a grid's weights would not fit into memory.
            weights[run] = partial(grid.pack, planned, protocol)
    return weights, pd.DataFrame(runs), pd.concat(histories, ignore_index=True)


def predict_scans(
    model_weights: Networks,
    training_runs: TrainingRunsTable,
    scans: ScansTable,
    splits: SplitsTable,
    model_inputs: ScanStack,
    inference: InferenceParameters,
) -> pd.DataFrame:
    """Let every network judge every scan of its fold; validation scans set the temperature."""
    judged = judge_scans(model_weights, training_runs, scans, splits, model_inputs, inference)
    tables = [
        classification.scale_probabilities(of_run, protocol=protocol)
        for of_run, protocol in zip(judged, training_runs["protocol"], strict=True)
    ]
    return pd.concat(tables, ignore_index=True)


def judge_scans(
    model_weights: Networks,
    training_runs: TrainingRunsTable,
    scans: ScansTable,
    splits: SplitsTable,
    model_inputs: ScanStack,
    inference: InferenceParameters,
) -> Iterator[pd.DataFrame]:
    """Yield for one run after the other the logit of every scan of its fold, with label and partition."""
    for row in training_runs.to_dict(orient="records"):
        weights = model_weights[row["run"]]()
        check_framing(weights, size_px=model_inputs.shape[1])
        inputs = np.asarray(inputs_of(weights, model_inputs, count=len(scans)))
        judged_batches = spread(
            RunLogits(weights, inference), cut_batches(inputs, batch_size=inference.batch_size)
        )
        logits = np.concatenate([np.empty(0, dtype=np.float32), *judged_batches])
        fold = splits.loc[splits["fold"] == row["fold"], ["scan_id", "partition"]]
        judged = scans[["scan_id", "lesion_id", "label"]].assign(
            run=row["run"], logit=logits.astype(np.float64)
        )
        yield judged.merge(fold, on="scan_id", validate="one_to_one")


@dataclass(frozen=True, eq=False)
class RunLogits(BuildsOnce):
    """Judges batches of scans by one network, which whoever judges them builds once."""

    weights: NetworkWeights
    inference: InferenceParameters

    @cached_property
    def _network(self) -> ScanClassifier:
        return rebuild_network(self.weights)

    def __call__(self, scans: ScanStack) -> Logits:
        """Return the logit of every scan."""
        asked = self.inference
        return predict_logits(
            self._network, scans, batch_size=asked.batch_size, device=asked.device
        )


def choose_operating_points(
    predictions: PredictionsTable, training_runs: TrainingRunsTable, scoring: EvaluationParameters
) -> pd.DataFrame:
    """Fix every network's thresholds where its protocol lets them be chosen."""
    return classification.choose_operating_points(
        predictions, training_runs, lesion_probability=scoring.lesion_probability
    )


def calibrate_sets(
    predictions: PredictionsTable,
    scans: ScansTable,
    conformal: ConformalParameters,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Calibrate on validation scans which labels stand in the set of a case."""
    return classification.calibrate_sets(
        predictions,
        scans,
        lesion_probability=scoring.lesion_probability,
        alphas=conformal.alphas,
        least_patients=conformal.least_patients,
    )
