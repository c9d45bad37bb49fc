"""The station of evidence: saliency_maps, region_masks, decisions -> what a whole map is worth."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from kedro.pipeline import Pipeline

from sonolens.arrays import SaliencyMap
from sonolens.evaluation import evidence
from sonolens.pipelines.collections import (
    MapId,
    Pictures,
    SaliencyMaps,
    methods_drawn,
    spacing_by_scan,
)
from sonolens.pipelines.consistency import decisions_of, read_map, stack_maps
from sonolens.pipelines.explainability.parameters import AbstentionParameters
from sonolens.pipelines.explainability.scored_scans import list_scans, scored_scans
from sonolens.pipelines.explainability.selection import EXPLAINED
from sonolens.pipelines.parameters import EvaluationParameters, InferenceParameters
from sonolens.pipelines.stations import station
from sonolens.progress import track
from sonolens.saliency import EXPLAINERS
from sonolens.tables.cohort import ScansTable
from sonolens.tables.evidence import MapRepeatability, MethodAgreement, Repeatability
from sonolens.tables.pointing import ExtremePointsTable
from sonolens.tables.training import DecisionsTable, TrainingRunsTable

MeanMasks = dict[tuple[str, tuple[int, int]], SaliencyMap | None]
"""By run and grid; None where no training scan is at hand."""

UNSIGNED = [name for name, method in EXPLAINERS.items() if not method.signed]
SAME_AS_CAM = [name for name, method in EXPLAINERS.items() if method.same_as_cam_on_gap]


def evidence_station() -> Pipeline:
    """Score what maps are worth beyond their extremes."""
    return station(
        "evidence",
        {
            score_localization: ["map_localization", "localization_scores"],
            score_abstention: ["abstention_curve", "abstention_scores"],
            compare_abstention: "abstention_gain",
            compare_methods: ["map_agreement", "method_agreement"],
            score_repeatability: ["map_repeatability", "repeatability"],
        },
        takes=EXPLAINED,
    )


def score_localization(
    saliency_maps: SaliencyMaps,
    region_masks: Pictures,
    scans: ScansTable,
    decisions: DecisionsTable,
    scoring: EvaluationParameters,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Score how well the whole of every scored map fits the regions, and average it per method and run."""
    methods, spacing_of = methods_drawn(saliency_maps), spacing_by_scan(scans)
    runs_of = defaultdict(list)
    scored = scored_scans(decisions, partition=scoring.partition)
    for run, scan_ids in scored.items():
        for scan_id in scan_ids:
            runs_of[scan_id].append(run)
    trained = list_scans(decisions, partition="train")  # none of a network from elsewhere
    mean_masks = _average_masks(saliency_maps, region_masks, scored=scored, trained=trained)
    rows: list[dict[str, Any]] = []
    for scan_id, runs in track(
        sorted(runs_of.items()), description="Scoring localization", total=len(runs_of)
    ):
        map_ids = [MapId(method, run, scan_id) for method in methods for run in runs]
        rows += _localize_scan(
            {map_id: read_map(saliency_maps, map_id) for map_id in map_ids},
            np.asarray(region_masks[scan_id]()),
            mean_masks,
            spacing_mm=spacing_of[scan_id],
            seed=scoring.seed,
        )
    map_localization = pd.DataFrame(rows)
    scores = evidence.summarise_localization(
        map_localization,
        decisions,
        partition=scoring.partition,
        unsigned_methods=UNSIGNED,
        bootstrap=scoring.bootstrap,
    )
    # Wilson's limit of a share of nearly 0 may be rounded to just below it.
    return map_localization, scores.assign(ci_low=scores["ci_low"].clip(lower=0.0))


def score_abstention(
    extreme_points: ExtremePointsTable,
    decisions: DecisionsTable,
    abstention: AbstentionParameters,
    scoring: EvaluationParameters,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Suspend decisions whose map points nowhere relevant, and see how often the kept ones are wrong."""
    explained = evidence.explain_decisions(
        extreme_points, decisions, partition=scoring.partition, relevant=abstention.relevant
    )
    bootstrap = scoring.bootstrap
    return (
        evidence.trace_abstention(explained, steps=abstention.steps, bootstrap=bootstrap),
        evidence.score_abstention(explained, steps=abstention.steps, bootstrap=bootstrap),
    )


def compare_abstention(
    extreme_points: ExtremePointsTable,
    decisions: DecisionsTable,
    abstention: AbstentionParameters,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Compare suspending by probability and map with suspending as many by probability alone."""
    return evidence.compare_abstention(
        extreme_points,
        decisions,
        partition=scoring.partition,
        relevant=abstention.relevant,
        suspended=abstention.suspended,
        bootstrap=scoring.bootstrap,
    )


def compare_methods(
    saliency_maps: SaliencyMaps,
    extreme_points: ExtremePointsTable,
    decisions: DecisionsTable,
    scans: ScansTable,
    inference: InferenceParameters,
    scoring: EvaluationParameters,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compare what every two methods say of the same scored scans; one method alone has no pair."""
    methods = methods_drawn(saliency_maps)
    compared = [
        evidence.compare_methods(
            stack_maps(
                saliency_maps,
                decisions_of(decisions, run=run, scan_ids=scan_ids),
                methods=methods,
                tolerance=inference.logit_tolerance,
            ),
            extreme_points,
            scans,
            run=run,
            scan_ids=scan_ids,
        )
        for run, scan_ids in scored_scans(decisions, partition=scoring.partition).items()
    ]
    map_agreement = pd.concat(compared, ignore_index=True)
    if map_agreement.empty:
        return map_agreement, pd.DataFrame(columns=list(MethodAgreement.to_schema().columns))
    return map_agreement, evidence.summarise_agreement(
        map_agreement,
        decisions,
        partition=scoring.partition,
        same_as_cam=SAME_AS_CAM,
        bootstrap=scoring.bootstrap,
    )


def score_repeatability(
    saliency_maps: SaliencyMaps,
    training_runs: TrainingRunsTable,
    decisions: DecisionsTable,
    scoring: EvaluationParameters,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compare the maps that fits of one configuration draw of the same scans, beside those of strangers."""
    scored = decisions[decisions["partition"] == scoring.partition]
    pairs = list(evidence.pair_repeats(training_runs))
    tables = [
        _compare_pair(saliency_maps, scored, method, pair, seed=scoring.seed)
        for pair in track(pairs, description="Comparing repeated fits", total=len(pairs))
        for method in methods_drawn(saliency_maps)
    ]
    if not tables:
        return MapRepeatability.empty(), Repeatability.empty()
    map_repeatability = pd.concat(tables, ignore_index=True)
    scores = evidence.summarise_repeatability(map_repeatability, bootstrap=scoring.bootstrap)
    return map_repeatability, scores.assign(partition=scoring.partition)


def _compare_pair(
    saliency_maps: SaliencyMaps,
    scored: pd.DataFrame,
    method: str,
    pair: tuple[str, str, str, str],
    *,
    seed: int,
) -> pd.DataFrame:
    """Compare two runs on the scans that either scores; fits of two folds seldom test the same."""
    configuration, varied, *runs = pair
    scans = scored[scored["run"].isin(runs)].drop_duplicates("scan_id").sort_values("scan_id")
    first, second = (
        np.stack([read_map(saliency_maps, MapId(method, run, each)) for each in scans["scan_id"]])
        for run in runs
    )
    compared = evidence.compare_repeats(first, second, scans["patient_id"].to_numpy(), seed=seed)
    about = scans[["scan_id", "patient_id"]].reset_index(drop=True)
    return (
        compared.join(about, on="scan")
        .drop(columns="scan")
        .assign(
            configuration=configuration, method=method, varied=varied, first=runs[0], second=runs[1]
        )
    )


def _average_masks(
    saliency_maps: SaliencyMaps,
    region_masks: Pictures,
    *,
    scored: dict[str, list[str]],
    trained: dict[str, list[str]],
) -> MeanMasks:
    """Average every run's training masks on the grids of its maps; the masks are read once for all."""
    grids = {
        (run, read_map(saliency_maps, MapId(method, run, scan_id)).shape)
        for run, scan_ids in scored.items()
        for method in methods_drawn(saliency_maps)
        for scan_id in scan_ids[:1]
    }
    scans = sorted({scan_id for run in scored for scan_id in trained.get(run, [])})
    masks = (
        (scan_id, np.asarray(region_masks[scan_id]()))
        for scan_id in track(scans, description="Reading where masses lie", total=len(scans))
    )
    shares = evidence.measure_mass_shares(masks, {shape for _, shape in grids})
    return {(run, shape): shares.average(trained.get(run, []), shape) for run, shape in grids}


def _localize_scan(
    maps: dict[MapId, SaliencyMap],
    region_map: np.ndarray,
    mean_masks: MeanMasks,
    *,
    spacing_mm: tuple[float, float],
    seed: int,
) -> Iterator[dict[str, Any]]:
    """Score all maps of one scan; each grid of cells is laid on it once."""
    cells = {
        shape: evidence.measure_cells(region_map, shape, spacing_mm=spacing_mm, seed=seed)
        for shape in {saliency.shape for saliency in maps.values()}
    }
    of_masks = {
        (run, shape): evidence.score_mean_mask(mean_masks.get((run, shape)), cells[shape])
        for run, shape in {(map_id.run, saliency.shape) for map_id, saliency in maps.items()}
    }
    for map_id, saliency in maps.items():
        known = of_masks[map_id.run, saliency.shape]
        for row in evidence.localize_evidence(saliency, cells[saliency.shape]):
            mean_mask = known.get((str(row["score"]), str(row["region"])), np.nan)
            yield map_id._asdict() | row | {"mean_mask": mean_mask}
