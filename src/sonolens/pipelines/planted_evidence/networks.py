"""planted_inputs, planted_scans -> planted_weights, planted_runs, planted_predictions, planted_decisions."""

import logging
from itertools import product
from typing import Any

import pandas as pd
from kedro.pipeline import Pipeline

from sonolens.evaluation import classification
from sonolens.models import build_network, receptive_field_px
from sonolens.pipelines.collections import Checkpoints, Networks, Stacks
from sonolens.pipelines.explainability.parameters import RelianceParameters
from sonolens.pipelines.parameters import InferenceParameters
from sonolens.pipelines.planted_evidence.parameters import PlantedEvidenceParameters
from sonolens.pipelines.planted_evidence.planting import by_study, explained_scans, own_scans
from sonolens.pipelines.planted_evidence.time_needed import plan_work, time_judgement
from sonolens.pipelines.stations import station
from sonolens.pipelines.training.fitting import (
    choose_operating_points,
    predict_scans,
    train_networks,
)
from sonolens.pipelines.training.guidance import NOT_GUIDED
from sonolens.pipelines.training.parameters import TrainingParameters
from sonolens.tables.cohort import Splits

LEAST_TOLD_S = 120
SPLIT = list(Splits.to_schema().columns)

logger = logging.getLogger(__name__)


def planted_networks_station() -> Pipeline:
    """Fit, predict and decide; the last two by the functions of the training pipeline."""
    return station(
        "planted_networks",
        {
            train_planted_networks: ["planted_weights", "planted_runs"],
            predict_planted_scans: "planted_predictions",
            choose_operating_points: "planted_operating_points",
            classification.decide_scans: "planted_decisions",
        },
        takes={
            "predictions": "planted_predictions",
            "training_runs": "planted_runs",
            "scans": "planted_scans",
            "operating_points": "planted_operating_points",
        },
    )


def train_planted_networks(
    planted_inputs: Stacks,
    planted_scans: pd.DataFrame,
    checkpoints: Checkpoints,
    planted: PlantedEvidenceParameters,
    training: TrainingParameters,
    inference: InferenceParameters,
    reliance: RelianceParameters,
) -> tuple[dict[str, Any], pd.DataFrame]:
    """Fit every network on every study; validation scans choose its epoch."""
    _tell_time_needed(planted_inputs, planted_scans, planted, training, inference, reliance)
    weights: dict[str, Any] = {}
    tables = []
    cues = list(dict.fromkeys(planted_scans["cue"]))
    for cue, network in product(cues, planted.fitted_networks):
        logger.info("Planted evidence: fitting %s to %s", network, cue)
        # Fits are told a study's own scan ids, by which their checkpoints know them.
        scans = own_scans(planted_scans, cue)
        recipe = planted.recipe_of(network, cue=cue, training=training)
        fitted, runs, _ = train_networks(
            scans,
            scans.assign(fold=0)[SPLIT],
            planted_inputs[cue](),
            NOT_GUIDED,
            checkpoints,
            recipe.unguided(),
            inference,
        )
        weights |= {f"{cue}-{run}": pack for run, pack in fitted.items()}
        start = build_network(network, adaptation="full", weights="none", seed=0)
        named = {column: f"{cue}-" + runs[column] for column in ("run", "configuration")}
        tables.append(runs.assign(**named, cue=cue, receptive_field_px=receptive_field_px(start)))
    return weights, pd.concat(tables, ignore_index=True)


def predict_planted_scans(
    planted_weights: Networks,
    planted_runs: pd.DataFrame,
    planted_scans: pd.DataFrame,
    planted_inputs: Stacks,
    inference: InferenceParameters,
) -> pd.DataFrame:
    """Let every network judge the scans of its study; validation scans set the temperature."""
    tables = [
        predict_scans(
            planted_weights,
            planted_runs[planted_runs["cue"] == cue],
            scans,
            scans.assign(fold=0)[SPLIT],
            planted_inputs[cue](),
            inference,
        )
        for cue, scans in by_study(planted_scans)
    ]
    return pd.concat(tables, ignore_index=True)


def _tell_time_needed(
    planted_inputs: Stacks,
    planted_scans: pd.DataFrame,
    planted: PlantedEvidenceParameters,
    training: TrainingParameters,
    inference: InferenceParameters,
    reliance: RelianceParameters,
) -> None:
    """Tell how long all fits and questions take if no fit ends early and none was made before."""
    explained = {cue: len(scans) for cue, scans in explained_scans(planted_scans)}
    scans_of, seconds, seeds = dict(by_study(planted_scans)), 0.0, len(planted.seeds)
    fitted = list(product(planted.fitted_networks, planted.output_strides))
    for network, stride in fitted:
        start = build_network(
            network,
            adaptation="full",
            weights="none",
            seed=0,
            output_stride=None if stride == "own" else stride,
        )
        first = next(iter(explained))
        judged = time_judgement(start, planted_inputs[first](), inference)
        for cue, count in explained.items():
            work = plan_work(
                scans_of[cue],
                min(count, reliance.scans or count),
                epochs=planted.recipe_of(network, cue=cue, training=training).epochs,
                methods=len(planted.recipes[network].methods),
                reliance=reliance,
            )
            seconds += seeds * judged * work.judgements
    logger.info(
        "Planted evidence: %d fits; fitting, maps and reliance take %s on this machine at most, less where fits end early "
        "or a checkpoint holds them",
        seeds * len(explained) * len(fitted),
        f"{seconds / 60:.0f} min" if seconds >= LEAST_TOLD_S else "less than two minutes",
    )
