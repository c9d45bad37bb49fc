"""The station beside home: what networks score here beside what they scored at home, and why that may differ."""

from collections.abc import Mapping
from functools import partial

import numpy as np
import pandas as pd
from jaxtyping import Float
from kedro.pipeline import Pipeline

from sonolens import travel
from sonolens.arrays import ScanStack
from sonolens.evaluation import classification
from sonolens.figures.external import draw_home_and_away, draw_net_benefit
from sonolens.models import pool_features
from sonolens.parallel import in_parallel
from sonolens.pipelines.collections import Networks, Pictures, Travellers, spacing_by_scan
from sonolens.pipelines.consistency import read_weights
from sonolens.pipelines.experiment_page import page_of_experiment
from sonolens.pipelines.external_validation.parameters import ExternalValidationParameters
from sonolens.pipelines.pairs import inputs_of
from sonolens.pipelines.parameters import EvaluationParameters, InferenceParameters
from sonolens.pipelines.stations import station
from sonolens.progress import track
from sonolens.report.sections import external
from sonolens.tables.classification import ClassificationMetricsTable
from sonolens.tables.cohort import ScansTable
from sonolens.tables.pointing import PointingGameTable
from sonolens.tables.reliance import RelianceScoresTable
from sonolens.tables.shortcuts import ScanPropertiesTable
from sonolens.tables.training import DecisionsTable

LOCAL = "train"
"""The partition that is learnt from here, in place of training scans."""


def beside_home_station() -> Pipeline:
    """Compare home and away, measure how the scans differ, and say what the probabilities are worth here."""
    return station(
        "beside_home",
        {
            compare_home_and_away: "home_and_away",
            compare_regions: "regions_home_and_away",
            measure_drift: "drift",
            score_recalibration: "local_recalibration",
            trace_net_benefit: "net_benefit",
            score_sample_size: "validation_size",
            draw_home_and_away: "home_and_away_figure",
            draw_net_benefit: "net_benefit_figure",
        },
    ) + page_of_experiment(
        external.SECTION, namespace="beside_home", report="external_validation_page"
    )


def compare_home_and_away(
    external_networks: Travellers,
    classification_metrics: ClassificationMetricsTable,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Set what every network scores here beside what it scored on test scans of its own study."""
    tables = [
        travel.compare_home_and_away(
            file.read_card(),
            classification_metrics[classification_metrics["run"] == run],
            partition=scoring.partition,
        ).assign(run=run)
        for run, file in external_networks.items()
    ]
    return pd.concat(tables, ignore_index=True)


def compare_regions(
    external_networks: Travellers,
    pointing_game: PointingGameTable,
    reliance_scores: RelianceScoresTable,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Set where every network looks here beside where it looked on test scans of its own study."""
    tables = [
        travel.compare_regions(
            file.read_card(),
            travel.score_regions(
                pointing_game[pointing_game["run"] == run],
                reliance_scores[reliance_scores["run"] == run],
                partition=scoring.partition,
            ).assign(partition=scoring.partition),
        ).assign(run=run)
        for run, file in external_networks.items()
    ]
    return pd.concat(tables, ignore_index=True)


def measure_drift(
    external_networks: Travellers,
    model_weights: Networks,
    model_inputs: ScanStack,
    raw_images: Pictures,
    scans: ScansTable,
    scan_properties: ScanPropertiesTable,
    inference: InferenceParameters,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Tell how the scans here differ from those that trained every network."""
    facts = _measure_scans(raw_images, scans, scan_properties)
    devices = [None if pd.isna(each) else str(each) for each in scans["device"]]
    tables = []
    for run, file in external_networks.items():
        travelled = file.read()
        inputs = inputs_of(read_weights(model_weights, run), model_inputs, count=len(scans))
        drift = travel.measure_drift(
            travelled.card,
            facts=facts,
            devices=devices,
            distances=_measure_distances(travelled, inputs, inference),
            confidence=scoring.confidence,
        )
        tables.append(drift.assign(run=run))
    return pd.concat(tables, ignore_index=True)


def score_recalibration(decisions: DecisionsTable, scoring: EvaluationParameters) -> pd.DataFrame:
    """Score what recalibrating on the local share of patients would buy on the others."""
    return classification.score_recalibration(
        decisions,
        local=LOCAL,
        partition=scoring.partition,
        lesion_probability=scoring.lesion_probability,
        bootstrap=scoring.bootstrap,
    )


def trace_net_benefit(
    decisions: DecisionsTable,
    external_validation: ExternalValidationParameters,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Trace what biopsies by every network are worth beside biopsies of everybody or nobody."""
    return classification.trace_net_benefit(
        decisions,
        thresholds=external_validation.biopsy_thresholds,
        partition=scoring.partition,
        lesion_probability=scoring.lesion_probability,
        bootstrap=scoring.bootstrap,
    )


def score_sample_size(
    external_networks: Travellers,
    decisions: DecisionsTable,
    external_validation: ExternalValidationParameters,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Score whether there are as many lesions here as a validation takes."""
    return classification.score_sample_size(
        decisions,
        home_auc={
            run: travel.find_home_auc(file.read_card()) for run, file in external_networks.items()
        },
        widths=external_validation.interval_widths.model_dump(),
        partition=scoring.partition,
        lesion_probability=scoring.lesion_probability,
        confidence=scoring.confidence,
    )


def _measure_scans(
    raw_images: Pictures, scans: ScansTable, scan_properties: ScanPropertiesTable
) -> list[travel.ScanFacts]:
    """Measure every scan as the training scans were, in the order of `scans`."""
    measure = partial(_measure, raw_images, spacing_by_scan(scans))
    pictures = track(
        in_parallel(measure, scans["scan_id"]), description="Measuring scans", total=len(scans)
    )
    masses = travel.measure_masses(scans, scan_properties).loc[scans["scan_id"]]
    of_masses = masses.to_dict(orient="records")
    return [
        one | {str(name): float(value) for name, value in other.items()}
        for one, other in zip(pictures, of_masses, strict=True)
    ]


def _measure(
    raw_images: Pictures, spacing_mm: Mapping[str, tuple[float, float]], scan_id: str
) -> travel.ScanFacts:
    return travel.measure_picture(np.asarray(raw_images[scan_id]()), spacing_mm=spacing_mm[scan_id])


def _measure_distances(
    travelled: travel.TravellingNetwork, inputs: ScanStack, inference: InferenceParameters
) -> Float[np.ndarray, " scans"] | None:
    """How far every scan is from the training scans in the network's own features, where that is known."""
    if travelled.familiarity is None:
        return None
    features = pool_features(
        travelled.network, inputs, batch_size=inference.batch_size, device=inference.device
    )
    return travelled.familiarity.distance(features)
