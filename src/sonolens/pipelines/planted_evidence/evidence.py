"""planted_weights, planted_decisions -> planted_maps, planted_points -> planted_evidence, its figure."""

from collections.abc import Callable, Iterator
from functools import partial

import pandas as pd
from kedro.pipeline import Node
from matplotlib.figure import Figure
from PIL import Image

from sonolens.arrays import Mask, SaliencyMap
from sonolens.evaluation import experiments, pointing
from sonolens.figures import planted as figure
from sonolens.pipelines.collections import MapId, Networks, Pictures, SaliencyMaps
from sonolens.pipelines.explainability.maps import draw_region_masks, draw_saliency_maps
from sonolens.pipelines.explainability.parameters import ExplanationParameters, RegionParameters
from sonolens.pipelines.explainability.points import locate_extreme_points, measure_region_shares
from sonolens.pipelines.parameters import EvaluationParameters, InferenceParameters
from sonolens.pipelines.planted_evidence.networks import Stacks, by_study
from sonolens.pipelines.planted_evidence.parameters import PlantedEvidenceParameters
from sonolens.pipelines.planted_evidence.studies import PLANTS
from sonolens.tables.pointing import MeanMapExtremes


def evidence_nodes() -> list[Node]:
    """Explain the malignant test scans and play the pointing game, with what is planted in it."""
    return [
        Node(
            draw_planted_regions,
            inputs=["planted_scans", "params:planted_evidence", "params:regions"],
            outputs="planted_regions",
            name="draw_planted_regions",
        ),
        Node(
            draw_planted_maps,
            inputs=[
                "planted_weights",
                "planted_runs",
                "planted_scans",
                "planted_inputs",
                "planted_predictions",
                "params:planted_evidence",
                "params:explanation",
                "params:inference",
            ],
            outputs="planted_maps",
            name="draw_planted_maps",
        ),
        Node(
            locate_extreme_points,
            inputs=[
                "planted_maps",
                "planted_regions",
                "planted_scans",
                "params:regions",
                "params:explanation",
            ],
            outputs="planted_points",
            name="locate_extreme_points",
        ),
        Node(
            measure_planted_shares,
            inputs=["planted_maps", "planted_regions", "planted_scans", "params:evaluation"],
            outputs="planted_shares",
            name="measure_planted_shares",
        ),
        Node(
            score_planted_evidence,
            inputs=[
                "planted_points",
                "planted_shares",
                "planted_regions",
                "planted_decisions",
                "planted_runs",
                "planted_scans",
                "params:evaluation",
            ],
            outputs="planted_evidence",
            name="score_planted_evidence",
        ),
        Node(
            draw_planted_evidence,
            inputs="planted_evidence",
            outputs="planted_evidence_figure",
            name="draw_planted_evidence",
        ),
    ]


def draw_planted_regions(
    planted_scans: pd.DataFrame, planted: PlantedEvidenceParameters, regions: RegionParameters
) -> Iterator[tuple[str, Image.Image]]:
    """Draw the mass, its ring and what lies below on the scans that are explained."""
    masks = {
        f"{cue}-{scan_id}": partial(_picture_mask, read)
        for cue in planted.cues
        for scan_id, read in planted.plan_study(cue).masks.items()
    }
    return draw_region_masks(
        masks, pd.concat([scans for _, scans in _explained(planted_scans)]), regions
    )


def draw_planted_maps(
    planted_weights: Networks,
    planted_runs: pd.DataFrame,
    planted_scans: pd.DataFrame,
    planted_inputs: Stacks,
    planted_predictions: pd.DataFrame,
    planted: PlantedEvidenceParameters,
    explanation: ExplanationParameters,
    inference: InferenceParameters,
) -> Iterator[tuple[str, SaliencyMap]]:
    """Explain every network's logit for the malignant test scans, by the network's own methods."""
    return (
        named_map
        for cue, scans in _explained(planted_scans)
        for run in planted_runs[planted_runs["cue"] == cue].to_dict(orient="records")
        for named_map in draw_saliency_maps(
            {run["run"]: planted_weights[run["run"]]},
            planted_inputs[cue]()[scans.index],
            scans,
            planted_predictions,
            explanation.model_copy(update={"methods": planted.recipes[run["network"]].methods}),
            inference,
        )
    )


def measure_planted_shares(
    planted_maps: SaliencyMaps,
    planted_regions: Pictures,
    planted_scans: pd.DataFrame,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Measure the share of the four regions and of the planted one, on the scan and on its cells."""
    tables = []
    for cue, scans in _explained(planted_scans):
        explained = set(scans["scan_id"])
        maps = {
            name: read
            for name, read in planted_maps.items()
            if MapId.parse(name).scan_id in explained
        }
        tables.append(
            measure_region_shares(
                maps, planted_regions, scans, scoring, regions=PLANTS[cue].played_regions
            )
        )
    return pd.concat(tables, ignore_index=True)


def score_planted_evidence(
    planted_points: pd.DataFrame,
    planted_shares: pd.DataFrame,
    planted_regions: Pictures,
    planted_decisions: pd.DataFrame,
    planted_runs: pd.DataFrame,
    planted_scans: pd.DataFrame,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Score how often maps point to where the evidence was planted."""
    lookups = {
        cue: pointing.look_up_regions(
            planted_points[planted_points["scan_id"].isin(scans["scan_id"])],
            MeanMapExtremes.empty(),
            scans,
            planted_regions,
            tolerance_mm=scoring.tolerance_mm,
            regions=PLANTS[cue].played_regions,
        )
        for cue, scans in _explained(planted_scans)
    }
    return experiments.score_planted_evidence(
        planted_points,
        planted_shares,
        planted_decisions,
        planted_runs,
        lookups=lookups,
        permutations=scoring.permutations,
        bootstrap=scoring.bootstrap,
    )


def draw_planted_evidence(planted_evidence: pd.DataFrame) -> Figure:
    """Draw the share of maps that point to the planted evidence, beside chance."""
    return figure.draw_planted_evidence(planted_evidence)


def _explained(planted_scans: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield every cue with its malignant test scans, their index the place in its stack."""
    for cue, scans in by_study(planted_scans):
        yield cue, scans.query("partition == 'test' and label == 'malignant'")


def _picture_mask(read: Callable[[], Mask]) -> Image.Image:
    return Image.fromarray(read())
