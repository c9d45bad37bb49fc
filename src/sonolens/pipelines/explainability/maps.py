"""The station of maps: model_weights, model_inputs, scans, decisions -> saliency_maps."""

import logging
import math
from collections.abc import Iterator

import numpy as np
import pandas as pd
from jaxtyping import Float32
from kedro.pipeline import Pipeline

from sonolens.arrays import SaliencyMap, ScanStack
from sonolens.models import NetworkWeights, check_framing, rebuild_network
from sonolens.pipelines.collections import MapId, Networks
from sonolens.pipelines.consistency import check_logits
from sonolens.pipelines.explainability.parameters import ExplanationParameters
from sonolens.pipelines.pairs import inputs_of
from sonolens.pipelines.parameters import InferenceParameters
from sonolens.pipelines.stations import station
from sonolens.progress import track
from sonolens.saliency import ExplainedBatch, check_identity, explain_scans
from sonolens.tables.cohort import ScansTable
from sonolens.tables.training import DecisionsTable

logger = logging.getLogger(__name__)

ADDS_UP_TO_LOGIT = {"cam"}
"""Methods whose maps sum to the logit: ``mean(map) + bias == logit``."""


def maps_station() -> Pipeline:
    """Draw every network's maps of every scan."""
    # Logits are read from decisions, so that a run killed while drawing has decided its scans.
    return station("maps", {draw_saliency_maps: "saliency_maps"})


def draw_saliency_maps(
    model_weights: Networks,
    model_inputs: ScanStack,
    scans: ScansTable,
    decisions: DecisionsTable,
    explanation: ExplanationParameters,
    inference: InferenceParameters,
) -> Iterator[tuple[str, SaliencyMap]]:
    """Explain every network's logit for every scan, and check that class activations add up to it."""
    return (
        (str(MapId(method, run, scan_id)), saliency)
        for run, load_weights in model_weights.items()
        for method, scan_id, saliency in _explain_run(
            load_weights(),
            model_inputs,
            _logits_of(run, scans=scans, decisions=decisions),
            explanation=explanation,
            inference=inference,
        )
    )


def _logits_of(run: str, *, scans: ScansTable, decisions: DecisionsTable) -> pd.Series:
    """The stored logits of one run, by scan in the order of `scans`."""
    logits = decisions.loc[decisions["run"] == run].set_index("scan_id")["logit"]
    missing = scans.loc[~scans["scan_id"].isin(logits.index), "scan_id"]
    if len(missing):
        raise ValueError(
            f"run {run!r} has weights but no prediction for scan {missing.iloc[0]!r}; "
            "weights and predictions come from different runs, so run the training pipeline again"
        )
    return logits.loc[scans["scan_id"]]


def _explain_run(
    weights: NetworkWeights,
    model_inputs: ScanStack,
    logits: pd.Series,
    *,
    explanation: ExplanationParameters,
    inference: InferenceParameters,
) -> Iterator[tuple[str, str, SaliencyMap]]:
    """Draw one network's maps batch by batch and check each before it is handed on."""
    check_framing(weights, size_px=model_inputs.shape[1])
    network = rebuild_network(weights)
    batches = explain_scans(
        explanation.methods,
        network,
        inputs_of(weights, model_inputs, count=len(logits)),
        scan_ids=list(logits.index),
        run=weights.header["run"],
        settings=explanation,
        batch_size=inference.batch_size,
        device=inference.device,
        undefined="refuse" if explanation.on_error == "stop" else "keep",
    )
    total = math.ceil(len(logits) / inference.batch_size)
    for batch in track(batches, description="Drawing saliency maps, in batches", total=total):
        stored = logits.loc[list(batch.scan_ids)]
        check_logits(
            batch.logits, stored, run=weights.header["run"], tolerance=inference.logit_tolerance
        )
        for method in batch.maps:
            scan_ids, maps = _sound_maps(batch, method, run=weights.header["run"])
            if method in ADDS_UP_TO_LOGIT:
                check_identity(
                    maps,
                    bias=network.bias,
                    logits=stored.loc[scan_ids].to_numpy(dtype=np.float32),
                    scan_ids=scan_ids,
                    tolerance=inference.logit_tolerance,
                )
            for scan_id, saliency in zip(scan_ids, maps, strict=True):
                yield method, scan_id, saliency


def _sound_maps(
    batch: ExplainedBatch, method: str, *, run: str
) -> tuple[list[str], Float32[np.ndarray, "scans ..."]]:
    """Keep the maps that are finite, and tell of the others; there are others only where they may be left out."""
    maps = batch.maps[method]
    sound = np.isfinite(maps).reshape(len(maps), -1).all(axis=1)
    for place in (~sound).nonzero()[0]:
        logger.warning(
            "Scan %s is left out: its map of method %s, run %s holds infinite or undefined values",
            batch.scan_ids[place],
            method,
            run,
        )
    return [batch.scan_ids[place] for place in sound.nonzero()[0]], maps[sound]
