"""The station of description: what trained every network, where its masses lay, and how familiar a scan is to it."""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any, TypeAlias

import numpy as np
from kedro.pipeline import Pipeline
from pydantic import BaseModel

from sonolens import travel
from sonolens.arrays import ScanStack
from sonolens.evaluation import pointing
from sonolens.models import NetworkWeights, check_framing, pool_features, rebuild_network
from sonolens.parallel import in_parallel
from sonolens.pipelines.collections import Networks, Pictures, spacing_by_scan
from sonolens.pipelines.consistency import read_weights
from sonolens.pipelines.pairs import inputs_of
from sonolens.pipelines.parameters import EvaluationParameters, InferenceParameters
from sonolens.pipelines.stations import station
from sonolens.progress import track
from sonolens.tables.cohort import ScansTable
from sonolens.tables.pointing import ExtremePoints, MeanMapExtremes
from sonolens.tables.shortcuts import ScanPropertiesTable
from sonolens.tables.training import DecisionsTable, TrainingRunsTable
from sonolens.tables.vocabulary import PLAYED_REGIONS

Document: TypeAlias = dict[str, Any]


def description_station() -> Pipeline:
    """Describe, for every network, the scans that trained it."""
    return station(
        "description",
        {
            describe_training: "training_studies",
            choose_fixed_places: "fixed_places",
            measure_familiarity: "familiarity",
        },
    )


def describe_training(
    scans: ScansTable,
    scan_properties: ScanPropertiesTable,
    raw_images: Pictures,
    decisions: DecisionsTable,
    training_runs: TrainingRunsTable,
    study_facts: Mapping[str, Any],
    run_context: Mapping[str, Any],
) -> Document:
    """Describe, for every network, its fit and the study of it: counts, devices, ranges and salted hashes."""
    if "home_study" in training_runs:
        raise ValueError(
            "these networks came from elsewhere, and what fitted them is not here; pass on the files that they came as"
        )
    fits = training_runs.set_index("run").drop(columns=["configuration", "fold"])
    measured = _measure_scans(scans, raw_images, decisions)
    made_in = run_context["inputs"].get("model_weights", run_context["run_id"])
    return {
        run: {
            "fit": plain(travel.FitFacts.model_validate(fits.loc[run].to_dict())),
            "study": plain(
                travel.describe_training_study(
                    decided,
                    scans,
                    scan_properties,
                    measured,
                    study_facts=study_facts,
                    made_in=made_in,
                )
            ),
        }
        for run, decided in _by_run(decisions).items()
    }


def choose_fixed_places(
    region_masks: Pictures,
    scans: ScansTable,
    decisions: DecisionsTable,
    scoring: EvaluationParameters,
) -> Document:
    """Choose, for every network, the places that hit the regions of most of its training scans."""
    trained = decisions[decisions["partition"] == "train"]
    lookup = pointing.look_up_regions(
        ExtremePoints.empty(),
        MeanMapExtremes.empty(),
        scans,
        region_masks,
        tolerance_mm=scoring.tolerance_mm,
        regions=PLAYED_REGIONS,
        without_maps=trained["scan_id"].unique(),
    )
    places = {}
    for run, learned in _by_run(trained).items():
        fixed_bits = lookup.fixed_bits[lookup.find_scans(learned["scan_id"])]
        prior = pointing.choose_places(fixed_bits, regions=PLAYED_REGIONS)
        told = travel.tell_places(prior, tolerance_mm=scoring.tolerance_mm)
        places[run] = [plain(place) for place in told]
    return places


def measure_familiarity(
    model_weights: Networks,
    model_inputs: ScanStack,
    scans: ScansTable,
    decisions: DecisionsTable,
    inference: InferenceParameters,
) -> dict[str, NetworkWeights]:
    """Measure, in every network's own features, how far validation scans lie from its training scans."""
    of_run, decided_by = {}, _by_run(decisions)
    for run, decided in track(
        decided_by.items(), description="Measuring familiarity", total=len(decided_by)
    ):
        weights = read_weights(model_weights, run)
        check_framing(weights, size_px=model_inputs.shape[1])
        inputs = inputs_of(weights, model_inputs, count=len(scans))
        network = rebuild_network(weights)
        partition_of = scans["scan_id"].map(decided.set_index("scan_id")["partition"])
        training, validation = (
            pool_features(
                network,
                inputs[np.flatnonzero(partition_of == partition)],
                batch_size=inference.batch_size,
                device=inference.device,
            )
            for partition in travel.SHAPED_BY
        )
        of_run[run] = travel.pack_familiarity(training, validation)
    return of_run


def plain(part: BaseModel) -> Any:
    """Turn a part of a card into what a JSON document holds; infinity becomes a word that reads back."""
    return json.loads(part.model_dump_json())


def _by_run(decisions: DecisionsTable) -> dict[str, DecisionsTable]:
    return {str(run): decided for run, decided in decisions.groupby("run", sort=False)}


def _measure_scans(
    scans: ScansTable, raw_images: Pictures, decisions: DecisionsTable
) -> dict[str, travel.MeasuredScan]:
    """Read, in parallel and once, every scan that fitted or chose a network."""
    shaping = decisions["partition"].isin(travel.SHAPED_BY)
    scan_ids = list(decisions.loc[shaping, "scan_id"].unique())
    measure = partial(_measure, raw_images, spacing_by_scan(scans))
    found = track(
        in_parallel(measure, scan_ids), description="Measuring training scans", total=len(scan_ids)
    )
    return dict(zip(scan_ids, found, strict=True))


def _measure(
    raw_images: Pictures, spacing_mm: Mapping[str, tuple[float, float]], scan_id: str
) -> travel.MeasuredScan:
    scan = np.asarray(raw_images[scan_id]())
    return travel.MeasuredScan(
        facts=travel.measure_picture(scan, spacing_mm=spacing_mm[scan_id]),
        digest=travel.digest_scan(scan),
    )
