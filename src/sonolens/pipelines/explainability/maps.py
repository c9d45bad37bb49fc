"""The station of maps: model_weights, model_inputs, scans, decisions -> saliency_maps."""

import logging
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import pandas as pd
from jaxtyping import Float32
from kedro.pipeline import Pipeline

from sonolens.arrays import SaliencyMap, ScanStack
from sonolens.models import NetworkWeights, check_framing, cut_batches, rebuild_network
from sonolens.parallel import BuildsOnce, Pending, in_turn, spread
from sonolens.pipelines.collections import MapId, Networks
from sonolens.pipelines.consistency import check_logits
from sonolens.pipelines.explainability.parameters import ExplanationParameters
from sonolens.pipelines.pairs import inputs_of
from sonolens.pipelines.parameters import InferenceParameters
from sonolens.pipelines.stations import station
from sonolens.progress import track
from sonolens.saliency import ExplainedBatch, ScanExplainer, check_identity
from sonolens.tables.cohort import ScansTable
from sonolens.tables.training import DecisionsTable

logger = logging.getLogger(__name__)

NamedMap: TypeAlias = tuple[str, SaliencyMap]
"""A map and its name in `saliency_maps`: method, run and scan."""

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
) -> Pending[list[NamedMap]]:
    """Explain every network's logit for every scan, and check that class activations add up to it."""
    return in_turn(
        _explain_run(
            run,
            load_weights(),
            model_inputs,
            _logits_of(run, scans=scans, decisions=decisions),
            explanation=explanation,
            inference=inference,
        )
        for run, load_weights in model_weights.items()
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
    run: str,
    weights: NetworkWeights,
    model_inputs: ScanStack,
    logits: pd.Series,
    *,
    explanation: ExplanationParameters,
    inference: InferenceParameters,
) -> Pending[list[NamedMap]]:
    """Draw one network's maps batch by batch and check each before it is handed on."""
    check_framing(weights, size_px=model_inputs.shape[1])
    inputs = np.asarray(inputs_of(weights, model_inputs, count=len(logits)))
    size = inference.batch_size
    batches = [
        StoredBatch(batch, logits.iloc[place * size : place * size + len(batch)])
        for place, batch in enumerate(cut_batches(inputs, batch_size=size))
    ]
    draw = RunMaps(run, weights, inputs[:1], explanation, inference)
    return track(
        spread(draw, batches), description="Drawing saliency maps, in batches", total=len(batches)
    )


@dataclass(frozen=True, eq=False)
class StoredBatch:
    """Framed scans, and what the run's decisions say of them: their logits by scan."""

    scans: ScanStack
    logits: pd.Series


@dataclass(frozen=True, eq=False)
class RunMaps(BuildsOnce):
    """Draws and checks the maps of one network, which whoever draws them builds once.

    Attributes:
        run: What the study calls it.
        weights: The packed network.
        first: The study's first scan, as `ScanExplainer` takes it.
        explanation: How maps are drawn.
        inference: How scans pass through networks.
    """

    run: str
    weights: NetworkWeights
    first: ScanStack
    explanation: ExplanationParameters
    inference: InferenceParameters

    @cached_property
    def _explainer(self) -> ScanExplainer:
        return ScanExplainer(
            tuple(self.explanation.methods),
            rebuild_network(self.weights),
            self.first,
            run=self.run,
            settings=self.explanation,
            device=self.inference.device,
            undefined="refuse" if self.explanation.on_error == "stop" else "keep",
        )

    def __call__(self, stored: StoredBatch) -> list[NamedMap]:
        """Draw the maps of a batch by all methods, and check them."""
        batch = self._explainer.explain(stored.scans, list(stored.logits.index))
        tolerance = self.inference.logit_tolerance
        check_logits(batch.logits, stored.logits, run=self.run, tolerance=tolerance)
        drawn = []
        for method in batch.maps:
            scan_ids, maps = _sound_maps(batch, method, run=self.run)
            if method in ADDS_UP_TO_LOGIT:
                check_identity(
                    maps,
                    bias=self._explainer.network.bias,
                    logits=stored.logits.loc[scan_ids].to_numpy(dtype=np.float32),
                    scan_ids=scan_ids,
                    tolerance=tolerance,
                )
            drawn += [
                (str(MapId(method, self.run, scan_id)), saliency)
                for scan_id, saliency in zip(scan_ids, maps, strict=True)
            ]
        return drawn


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
