"""params -> planted_scans, planted_inputs -> planted_weights, planted_predictions, planted_decisions.

Whatever a study has, scans and runs, bears the name of its cue in front.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from kedro.pipeline import Node

from sonolens.arrays import FramedScan, ScanStack
from sonolens.evaluation import classification
from sonolens.models import build_network, receptive_field_px
from sonolens.parallel import in_parallel
from sonolens.pipelines.collections import Checkpoints, Networks
from sonolens.pipelines.parameters import FramingParameters, InferenceParameters
from sonolens.pipelines.planted_evidence.parameters import PlantedEvidenceParameters
from sonolens.pipelines.training.fitting import (
    choose_operating_points,
    predict_scans,
    train_networks,
)
from sonolens.pipelines.training.parameters import TrainingParameters
from sonolens.progress import track
from sonolens.studies import Study
from sonolens.ultrasound import Framing

Stacks = Mapping[str, Callable[[], ScanStack]]
"""The framed scans of every study, by cue."""

logger = logging.getLogger(__name__)


def network_nodes() -> list[Node]:
    """Plant, fit, predict and decide; the last two by the functions of the training pipeline."""
    return [
        Node(
            list_planted_scans,
            inputs="params:planted_evidence",
            outputs="planted_scans",
            name="list_planted_scans",
        ),
        Node(
            draw_planted_scans,
            inputs=["params:planted_evidence", "params:framing"],
            outputs="planted_inputs",
            name="draw_planted_scans",
        ),
        Node(
            fit_planted_networks,
            inputs=[
                "planted_inputs",
                "checkpoints",
                "params:planted_evidence",
                "params:training",
                "params:inference",
            ],
            outputs=["planted_weights", "planted_runs"],
            name="fit_planted_networks",
        ),
        Node(
            predict_planted_scans,
            inputs=[
                "planted_weights",
                "planted_runs",
                "planted_scans",
                "planted_inputs",
                "params:inference",
            ],
            outputs="planted_predictions",
            name="predict_planted_scans",
        ),
        Node(
            choose_operating_points,
            inputs=["planted_predictions", "planted_runs", "params:evaluation"],
            outputs="planted_operating_points",
            name="choose_operating_points",
        ),
        Node(
            classification.decide_scans,
            inputs=["planted_predictions", "planted_scans", "planted_operating_points"],
            outputs="planted_decisions",
            name="decide_scans",
        ),
    ]


def list_planted_scans(planted: PlantedEvidenceParameters) -> pd.DataFrame:
    """List the scans of every cue's phantom study, and deal its patients to partitions."""
    tables = []
    for cue in planted.cues:
        scans = planted.plan_study(cue).scans
        partition = planted.split(scans).set_index("scan_id")["partition"]
        listed = scans.assign(cue=cue, partition=scans["scan_id"].map(partition))
        tables.append(listed.assign(scan_id=f"{cue}-" + scans["scan_id"]))
    return pd.concat(tables, ignore_index=True)


def draw_planted_scans(
    planted: PlantedEvidenceParameters, framing: FramingParameters
) -> Iterator[tuple[str, ScanStack]]:
    """Draw one phantom study per cue and frame its scans, study after study."""
    return (
        (cue, _frame_study(cue, planted.plan_study(cue), size_px=framing.size_px))
        for cue in planted.cues
    )


def fit_planted_networks(
    planted_inputs: Stacks,
    checkpoints: Checkpoints,
    planted: PlantedEvidenceParameters,
    training: TrainingParameters,
    inference: InferenceParameters,
) -> tuple[dict[str, Any], pd.DataFrame]:
    """Fit every network on every study from random weights; validation scans choose its epoch."""
    weights: dict[str, Any] = {}
    tables = []
    for cue, network in product(planted.cues, planted.networks):
        logger.info("Planted evidence: fitting %s to %s", network, cue)
        # Fits are told a study's own scan ids, by which their checkpoints know them.
        scans = planted.plan_study(cue).scans
        recipe = planted.recipe_of(network, training)
        fitted, runs, _ = train_networks(
            scans, planted.split(scans), planted_inputs[cue](), checkpoints, recipe, inference
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
            scans.assign(fold=0),
            planted_inputs[cue](),
            inference,
        )
        for cue, scans in by_study(planted_scans)
    ]
    return pd.concat(tables, ignore_index=True)


def by_study(planted_scans: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield every cue with its scans, their index the place in its stack."""
    for cue, scans in planted_scans.groupby("cue", sort=False):
        yield str(cue), scans.reset_index(drop=True)


def _frame_study(cue: str, study: Study, *, size_px: int) -> ScanStack:
    scan_ids = list(study.scans["scan_id"])
    framed = in_parallel(partial(_draw_framed, study, size_px), scan_ids)
    return np.stack(
        list(track(framed, description=f"Drawing phantoms, {cue}", total=len(scan_ids)))
    )


def _draw_framed(study: Study, size_px: int, scan_id: str) -> FramedScan:
    scan = study.images[scan_id]()
    return Framing.of(scan, size_px=size_px).frame_scan(scan)
