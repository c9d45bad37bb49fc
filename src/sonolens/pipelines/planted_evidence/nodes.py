"""params -> planted_inputs -> planted_predictions, planted_hits -> planted_evidence, its figure."""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sonolens.arrays import FramedScan, ScanStack
from sonolens.evaluation import experiments
from sonolens.figures import planted
from sonolens.models import ScanClassifier, predict_logits, receptive_field_px
from sonolens.parallel import in_parallel
from sonolens.pipelines.collections import Checkpoints, spacing_by_scan
from sonolens.pipelines.explainability.parameters import ExplanationParameters, RegionsParameters
from sonolens.pipelines.parameters import (
    EvaluationParameters,
    FramingParameters,
    InferenceParameters,
)
from sonolens.pipelines.planted_evidence.explaining import find_hits, list_hits
from sonolens.pipelines.planted_evidence.parameters import PlantedEvidenceParameters
from sonolens.pipelines.planted_evidence.studies import PLANTS, plan_study, split_study
from sonolens.pipelines.training.fits import GridFits
from sonolens.pipelines.training.grid import PlannedFit
from sonolens.pipelines.training.parameters import TrainingParameters
from sonolens.progress import track
from sonolens.saliency import explain_scans
from sonolens.studies import Study
from sonolens.ultrasound import Framing

logger = logging.getLogger(__name__)


def draw_planted_scans(
    planted: PlantedEvidenceParameters, framing: FramingParameters
) -> Iterator[tuple[str, ScanStack]]:
    """Draw one phantom study per cue and frame its scans, study after study."""
    return (
        (cue, _frame_study(cue, study, size_px=framing.size_px))
        for cue, study in _studies(planted).items()
    )


def explain_planted_networks(
    planted_inputs: Mapping[str, Callable[[], ScanStack]],
    checkpoints: Checkpoints,
    planted: PlantedEvidenceParameters,
    training: TrainingParameters,
    inference: InferenceParameters,
    explanation: ExplanationParameters,
    regions: RegionsParameters,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Fit every network on every study, let it judge, and find the maxima of its maps."""
    asked = list(product(planted.networks, planted.seeds, _studies(planted).items()))
    predictions, hits = [], []
    for name, seed, (cue, study) in track(
        asked, description="Explaining planted networks", total=len(asked)
    ):
        logger.info("Planted evidence %s: network %s, seed %d", cue, name, seed)
        work = _Work(
            cue=cue,
            study=study,
            stack=planted_inputs[cue](),
            splits=split_study(
                study.scans,
                validation_share=planted.validation_share,
                test_share=planted.test_share,
                seed=planted.study_seed,
            ),
            methods=planted.recipes[name].methods,
            inference=inference,
        )
        network = _fit(work, checkpoints, name, seed, planted=planted, training=training)
        key: dict[str, Any] = {"cue": cue, "network": name, "seed": seed}
        predictions.append(_judge(work, network).assign(**key))
        located = _locate(
            work,
            network,
            region_maps=_draw_regions(work, regions),
            planted=PLANTS[cue].regions,
            explanation=explanation,
        )
        hits.append(pd.DataFrame(located).assign(**key))
    return pd.concat(predictions, ignore_index=True), pd.concat(hits, ignore_index=True)


def score_planted_evidence(
    planted_hits: pd.DataFrame, planted_predictions: pd.DataFrame, scoring: EvaluationParameters
) -> pd.DataFrame:
    """Score how often maps point to where the evidence was planted."""
    return experiments.score_planted_evidence(
        planted_hits,
        planted_predictions,
        bootstrap=scoring.bootstrap,
    )


def draw_planted_evidence(planted_evidence: pd.DataFrame) -> Figure:
    """Draw the share of maps that point to the planted evidence, beside chance."""
    return planted.draw_planted_evidence(planted_evidence)


@dataclass(frozen=True)
class _Work:
    """One study and how its network is asked."""

    cue: str
    study: Study
    stack: ScanStack
    splits: pd.DataFrame
    methods: tuple[str, ...]
    inference: InferenceParameters

    @property
    def judged(self) -> pd.DataFrame:
        """The validation and test scans."""
        scans = self.study.scans.merge(
            self.splits[["scan_id", "partition"]], on="scan_id", validate="one_to_one"
        )
        return scans[scans["partition"] != "train"]

    @property
    def explained(self) -> pd.DataFrame:
        """The malignant test scans."""
        return self.judged.query("partition == 'test' and label == 'malignant'")


def _studies(planted: PlantedEvidenceParameters) -> dict[str, Study]:
    return {
        cue: plan_study(
            cue,
            masses=planted.masses,
            malignant_share=planted.malignant_share,
            seed=planted.study_seed,
        )
        for cue in planted.cues
    }


def _frame_study(cue: str, study: Study, *, size_px: int) -> ScanStack:
    scan_ids = list(study.scans["scan_id"])
    framed = in_parallel(partial(_draw_framed, study, size_px), scan_ids)
    return np.stack(
        list(track(framed, description=f"Drawing phantoms, {cue}", total=len(scan_ids)))
    )


def _draw_framed(study: Study, size_px: int, scan_id: str) -> FramedScan:
    scan = study.images[scan_id]()
    return Framing.of(scan, size_px=size_px).frame_scan(scan)


def _fit(
    work: _Work,
    checkpoints: Checkpoints,
    name: str,
    seed: int,
    *,
    planted: PlantedEvidenceParameters,
    training: TrainingParameters,
) -> ScanClassifier:
    """Fit a network from random weights; validation scans choose its epoch."""
    own = planted.recipes[name]
    rates = training.learning_rates.model_copy(update={"full": own.learning_rate})
    plan = {
        "protocol": "rigorous",
        "networks": (name,),
        "adaptations": ("full",),
        "weights": "none",
        "output_strides": ("own",),
        "learning_rates": rates,
        "epochs": own.epochs,
        "patience": own.patience,
    }
    grid = GridFits(
        work.study.scans,
        work.splits,
        work.stack,
        checkpoints,
        training.model_copy(update=plan),
        work.inference,
    )
    fit = grid.fit(PlannedFit(name, "full", None, seed=seed, fold=0))
    return fit.network_of("validation")


def _judge(work: _Work, network: ScanClassifier) -> pd.DataFrame:
    judged = work.judged
    logits = predict_logits(
        network,
        work.stack[judged.index],
        batch_size=work.inference.batch_size,
        device=work.inference.device,
    )
    known = judged[["scan_id", "patient_id", "label", "partition"]]
    return known.assign(
        logit=logits.astype(np.float64), receptive_field_px=receptive_field_px(network)
    )


def _draw_regions(work: _Work, regions: RegionsParameters) -> dict[str, np.ndarray]:
    """Draw the regions of the malignant test scans."""
    return {
        scan_id: regions.partition(
            work.study.masks[scan_id](), spacing_mm=spacing_mm, scan_id=scan_id
        )
        for scan_id, spacing_mm in spacing_by_scan(work.explained).items()
    }


def _locate(
    work: _Work,
    network: ScanClassifier,
    *,
    region_maps: dict[str, np.ndarray],
    planted: tuple[str, ...],
    explanation: ExplanationParameters,
) -> Iterator[dict[str, Any]]:
    """Tell the hits of all methods, one method after the other so that few maps are held."""
    scans = work.explained
    for method in work.methods:
        batches = explain_scans(
            [method],
            network,
            work.stack[scans.index],
            # Studies share their masses and their names, but must not share what is drawn at random.
            scan_ids=[f"{work.cue}/{scan_id}" for scan_id in scans["scan_id"]],
            run=network.recipe.network,
            settings=explanation,
            batch_size=work.inference.batch_size,
            device=work.inference.device,
        )
        maps = [saliency for batch in batches for saliency in batch.maps[method]]
        found = find_hits(
            maps,
            list(region_maps.values()),
            size_px=work.stack.shape[1],
            point_rule=explanation.point_rule,
        )
        cells_mm = [
            (
                row["spacing_row_mm"] * region_maps[row["scan_id"]].shape[0] / saliency.shape[0],
                row["spacing_col_mm"] * region_maps[row["scan_id"]].shape[1] / saliency.shape[1],
            )
            for row, saliency in zip(scans.to_dict(orient="records"), maps, strict=True)
        ]
        for row in list_hits(found, scan_ids=list(region_maps), planted=planted, cells_mm=cells_mm):
            yield {"method": method} | row
