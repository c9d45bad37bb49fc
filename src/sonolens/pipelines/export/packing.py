"""The station of packing: networks, how they decide and what trained them -> exported_networks."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from kedro.pipeline import Pipeline

from sonolens import travel
from sonolens.models import NetworkWeights
from sonolens.pipelines.collections import Networks
from sonolens.pipelines.consistency import read_weights
from sonolens.pipelines.export.description import Document, plain
from sonolens.pipelines.pairs import BLANK
from sonolens.pipelines.parameters import EvaluationParameters, FramingParameters
from sonolens.pipelines.stations import station
from sonolens.report.cards import PublicationParameters
from sonolens.tables.classification import ClassificationMetricsTable, OperatingPointsTable
from sonolens.tables.conformal import ConformalThresholdsTable
from sonolens.tables.pointing import PointingGameTable
from sonolens.tables.reliance import RelianceScoresTable
from sonolens.tables.training import DecisionsTable


def packing_station() -> Pipeline:
    """Freeze how every network decides, and pack it with all that using it needs."""
    return station(
        "packing",
        {describe_behaviour: "network_behaviour", export_networks: "exported_networks"},
    )


def describe_behaviour(
    decisions: DecisionsTable,
    operating_points: OperatingPointsTable,
    classification_metrics: ClassificationMetricsTable,
    conformal_thresholds: ConformalThresholdsTable,
    pointing_game: PointingGameTable,
    reliance_scores: RelianceScoresTable,
    scoring: EvaluationParameters,
) -> Document:
    """Describe how every network decides, and how well it decided and where it looked on test scans."""
    return {
        str(run): {
            "decisions": plain(
                travel.freeze_decisions(
                    decided,
                    operating_points[operating_points["run"] == run],
                    classification_metrics[classification_metrics["run"] == run],
                    conformal_thresholds[conformal_thresholds["run"] == run],
                    lesion_probability=scoring.lesion_probability,
                )
            ),
            "regions": [
                plain(score)
                for score in travel.tell_region_scores(
                    travel.score_regions(
                        pointing_game[pointing_game["run"] == run],
                        reliance_scores[reliance_scores["run"] == run],
                        partition=travel.JUDGED_ON,
                    )
                )
            ],
        }
        for run, decided in decisions.groupby("run", sort=False)
    }


def export_networks(
    model_weights: Networks,
    familiarity: Networks,
    training_studies: Mapping[str, Any],
    fixed_places: Mapping[str, Any],
    network_behaviour: Mapping[str, Any],
    framing: FramingParameters,
    publication: PublicationParameters,
    run_context: Mapping[str, Any],
) -> dict[str, Any]:
    """Export every network with its card, one file each that needs no study."""
    software = {**run_context["packages"], "python": run_context["python"]}
    # Packed when saved, one after the other: a grid's weights would not fit into memory.
    return {
        run: partial(
            _pack,
            partial(read_weights, model_weights, run),
            familiarity[run],
            told={
                **trained,
                "fixed_places": fixed_places[run],
                **network_behaviour[run],
            },
            framing=framing,
            publication=publication,
            software=software,
        )
        for run, trained in training_studies.items()
    }


def _pack(
    read: Callable[[], NetworkWeights],
    read_familiarity: Callable[[], NetworkWeights],
    *,
    told: Mapping[str, Any],
    framing: FramingParameters,
    publication: PublicationParameters,
    software: Mapping[str, str],
) -> NetworkWeights:
    weights = read()
    blank = weights.header.get("annotations") == BLANK
    return travel.pack_run(
        weights,
        annotations="blank" if blank else framing.ways[0],
        told=told,
        familiarity=read_familiarity(),
        licences=(publication.model_license, publication.data_license),
        software=software,
    )
