"""The station of planted evidence: planted_inputs -> planted_maps, planted_reliance -> planted_evidence."""

import pandas as pd
from kedro.pipeline import Pipeline
from matplotlib.figure import Figure

from sonolens.evaluation import experiments, pointing
from sonolens.figures import planted as figure
from sonolens.parallel import Pending, in_turn
from sonolens.pipelines.collections import MapId, Networks, Pictures, SaliencyMaps, Stacks
from sonolens.pipelines.explainability.maps import NamedMap, draw_saliency_maps
from sonolens.pipelines.explainability.parameters import ExplanationParameters, RelianceParameters
from sonolens.pipelines.explainability.points import locate_extreme_points, measure_region_shares
from sonolens.pipelines.explainability.reliance import ask_coalitions, share_out_logits
from sonolens.pipelines.parameters import EvaluationParameters, InferenceParameters
from sonolens.pipelines.planted_evidence.parameters import PlantedEvidenceParameters
from sonolens.pipelines.planted_evidence.planting import (
    by_study,
    explained_scans,
    played_regions,
)
from sonolens.pipelines.stations import station
from sonolens.tables.pointing import MeanMapExtremes
from sonolens.tables.reliance import RegionRelianceTable


def planted_evidence_station() -> Pipeline:
    """Explain networks, and play the pointing game with what is planted in it."""
    return station(
        "planted_evidence",
        {
            draw_planted_maps: "planted_maps",
            locate_extreme_points: "planted_points",
            measure_planted_shares: "planted_shares",
            ask_planted_coalitions: "planted_coalitions",
            share_out_logits: "planted_reliance",
            score_planted_evidence: "planted_evidence",
            draw_planted_evidence: "planted_evidence_figure",
        },
        takes={
            "saliency_maps": "planted_maps",
            "region_masks": "planted_regions",
            "scans": "planted_scans",
            "coalition_logits": "planted_coalitions",
        },
    )


def draw_planted_maps(
    planted_weights: Networks,
    planted_runs: pd.DataFrame,
    planted_scans: pd.DataFrame,
    planted_inputs: Stacks,
    planted_decisions: pd.DataFrame,
    planted: PlantedEvidenceParameters,
    explanation: ExplanationParameters,
    inference: InferenceParameters,
) -> Pending[list[NamedMap]]:
    """Explain every network's logit for the malignant test scans that bear the cue, by the network's own methods."""
    return in_turn(
        draw_saliency_maps(
            {run["run"]: planted_weights[run["run"]]},
            planted_inputs[cue]()[scans.index],
            scans,
            planted_decisions,
            explanation.model_copy(update={"methods": planted.recipes[run["network"]].methods}),
            inference,
        )
        for cue, scans in explained_scans(planted_scans)
        for run in planted_runs[planted_runs["cue"] == cue].to_dict(orient="records")
    )


def ask_planted_coalitions(
    planted_weights: Networks,
    planted_scans: pd.DataFrame,
    planted_inputs: Stacks,
    planted_regions: Pictures,
    planted_decisions: pd.DataFrame,
    reliance: RelianceParameters,
    inference: InferenceParameters,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Ask every network about malignant test scans with each combination of their regions filled."""
    tables = []
    explained = dict(explained_scans(planted_scans))
    for cue, scans in by_study(planted_scans):
        # Training scans are donors; of the test scans only those that are explained have regions.
        asked = {
            *scans.loc[scans["partition"] == "train", "scan_id"],
            *explained[cue]["scan_id"],
        }
        decided = planted_decisions[planted_decisions["scan_id"].isin(asked)]
        tables.append(
            ask_coalitions(
                {run: planted_weights[run] for run in decided["run"].unique()},
                planted_inputs[cue](),
                planted_regions,
                scans,
                decided,
                reliance,
                inference,
                scoring.model_copy(update={"partition": "test"}),
            )
        )
    return pd.concat(tables, ignore_index=True)


def measure_planted_shares(
    planted_maps: SaliencyMaps,
    planted_regions: Pictures,
    planted_scans: pd.DataFrame,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Measure the share of the four regions and of the planted one, on the scan and on its cells."""
    tables = []
    for cue, scans in explained_scans(planted_scans):
        explained = set(scans["scan_id"])
        maps = {
            name: read
            for name, read in planted_maps.items()
            if MapId.parse(name).scan_id in explained
        }
        tables.append(
            measure_region_shares(
                maps, planted_regions, scans, scoring, regions=played_regions(cue)
            )
        )
    return pd.concat(tables, ignore_index=True)


def score_planted_evidence(
    planted_points: pd.DataFrame,
    planted_shares: pd.DataFrame,
    planted_reliance: RegionRelianceTable,
    planted_regions: Pictures,
    planted_decisions: pd.DataFrame,
    planted_runs: pd.DataFrame,
    planted_scans: pd.DataFrame,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Score how often maps point to where the evidence was planted, and how often calls hang on it."""
    lookups = {
        cue: pointing.look_up_regions(
            planted_points[planted_points["scan_id"].isin(scans["scan_id"])],
            MeanMapExtremes.empty(),
            scans,
            planted_regions,
            tolerance_mm=scoring.tolerance_mm,
            regions=played_regions(cue),
        )
        for cue, scans in explained_scans(planted_scans)
    }
    return experiments.score_planted_evidence(
        planted_points,
        planted_shares,
        planted_decisions,
        planted_runs,
        region_reliance=planted_reliance,
        lookups=lookups,
        permutations=scoring.permutations,
        bootstrap=scoring.bootstrap,
    )


def draw_planted_evidence(planted_evidence: pd.DataFrame) -> Figure:
    """Draw the share of maps that point to the planted evidence, beside chance."""
    return figure.draw_planted_evidence(experiments.name_strides(planted_evidence))
