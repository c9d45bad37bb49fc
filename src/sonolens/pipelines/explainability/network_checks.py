"""The station of network checks: whether maps know what their network needs, and follow its weights."""

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager

import numpy as np
import pandas as pd
from kedro.pipeline import Pipeline
from scipy.special import expit

from sonolens.arrays import SaliencyStack, ScanStack
from sonolens.evaluation import evidence
from sonolens.models import ScanClassifier, count_parts, randomise_cascade, rebuild_network
from sonolens.pipelines.collections import Networks, SaliencyMaps, methods_drawn
from sonolens.pipelines.consistency import decisions_of, read_weights, stack_maps
from sonolens.pipelines.explainability.asked_networks import framed_scans, predict, rebuild
from sonolens.pipelines.explainability.parameters import (
    ExplanationParameters,
    FaithfulnessParameters,
    SanityParameters,
)
from sonolens.pipelines.explainability.scored_scans import draw_some, scored_scans
from sonolens.pipelines.explainability.selection import EXPLAINED
from sonolens.pipelines.pairs import inputs_of
from sonolens.pipelines.parameters import (
    EvaluationParameters,
    FramingParameters,
    InferenceParameters,
)
from sonolens.pipelines.stations import station
from sonolens.progress import Advance, counting
from sonolens.saliency import explain_scans, predict_even_grey
from sonolens.tables.cohort import ScansTable
from sonolens.tables.evidence import MapCompleteness
from sonolens.tables.training import DecisionsTable

CURVES = 4
"""Of a map: insertion and deletion, in its own order and at random."""

logger = logging.getLogger(__name__)

SHARES_OUT_LOGIT = ("integrated_gradients",)
"""Methods whose maps sum to the logit of the scan less that of the even grey they start from."""


def network_checks_station() -> Pipeline:
    """Ask every network again: about scans with parts deleted, and with weights drawn anew."""
    return station(
        "network_checks",
        {
            score_faithfulness: ["map_faithfulness", "faithfulness_curve", "faithfulness_scores"],
            check_sanity: ["map_sanity", "sanity_checks"],
            check_completeness: "map_completeness",
        },
        takes={"decisions": EXPLAINED["decisions"]},
    )


def score_faithfulness(
    model_weights: Networks,
    model_inputs: ScanStack,
    saliency_maps: SaliencyMaps,
    scans: ScansTable,
    decisions: DecisionsTable,
    faithfulness: FaithfulnessParameters,
    inference: InferenceParameters,
    scoring: EvaluationParameters,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Delete and insert scans cell by cell in the order of their maps, and ask the network again."""
    areas, curves = [], []
    methods = methods_drawn(saliency_maps)
    drawn = _draw_scans(decisions, scoring, at_most=faithfulness.scans, seed=faithfulness.seed)
    with _counting_scans("Scoring faithfulness", drawn) as advance:
        for run, scan_ids in drawn.items():
            decided = decisions_of(decisions, run=run, scan_ids=scan_ids)
            seen = inputs_of(read_weights(model_weights, run), model_inputs, count=len(scans))
            framed = framed_scans(seen, scans, scan_ids)
            traced = _ask_again(
                rebuild(model_weights, run, framed, decided["logit"], inference),
                decided,
                framed,
                stack_maps(
                    saliency_maps, decided, methods=methods, tolerance=inference.logit_tolerance
                ),
                faithfulness=faithfulness,
                inference=inference,
                advance=advance,
            )
            for method, curve in traced:
                area = evidence.tabulate_faithfulness(
                    curve, method=method, run=run, scan_ids=scan_ids, fill=faithfulness.fill
                )
                areas.append(area)
                curves.append(evidence.average_faithfulness_curves(curve, method=method, run=run))
    map_faithfulness = pd.concat(areas, ignore_index=True)
    scores = evidence.summarise_faithfulness(
        map_faithfulness, decisions, partition=scoring.partition, bootstrap=scoring.bootstrap
    )
    return map_faithfulness, pd.concat(curves, ignore_index=True), scores


def check_sanity(
    model_weights: Networks,
    model_inputs: ScanStack,
    scans: ScansTable,
    decisions: DecisionsTable,
    explanation: ExplanationParameters,
    sanity: SanityParameters,
    inference: InferenceParameters,
    scoring: EvaluationParameters,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw every network's weights anew from the output backwards, and see whether its maps change."""
    tables = []
    drawn = _draw_scans(decisions, scoring, at_most=sanity.scans, seed=sanity.seed)
    with _counting_scans("Checking sanity", drawn) as advance:
        for run, scan_ids in drawn.items():
            seen = inputs_of(read_weights(model_weights, run), model_inputs, count=len(scans))
            framed = framed_scans(seen, scans, scan_ids)
            stored = decisions_of(decisions, run=run, scan_ids=scan_ids)["logit"]
            network = rebuild(model_weights, run, framed, stored, inference)
            depths = []
            for each in _forgetting(network, seed=sanity.seed):
                maps = _explain(
                    each, framed, scan_ids, run=run, explanation=explanation, inference=inference
                )
                depths.append(maps)
                advance(len(scan_ids) / (1 + count_parts(network)))
            tables += [
                evidence.check_sanity(
                    depths[0][method],
                    [maps[method] for maps in depths[1:]],
                    method=method,
                    run=run,
                    scan_ids=scan_ids,
                )
                for method in explanation.methods
            ]
    map_sanity = pd.concat(tables, ignore_index=True)
    return map_sanity, evidence.summarise_sanity(
        map_sanity, decisions, partition=scoring.partition, bootstrap=scoring.bootstrap
    )


def check_completeness(
    model_weights: Networks,
    saliency_maps: SaliencyMaps,
    decisions: DecisionsTable,
    explanation: ExplanationParameters,
    framing: FramingParameters,
    inference: InferenceParameters,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """See whether maps that share out a logit add up to it, and warn where they do not."""
    methods = [name for name in methods_drawn(saliency_maps) if name in SHARES_OUT_LOGIT]
    if not methods:
        return MapCompleteness.empty()
    tables = []
    for run, scored in scored_scans(decisions, partition=scoring.partition).items():
        decided = decisions_of(decisions, run=run, scan_ids=list(scored))
        baseline_logit = predict_even_grey(
            rebuild_network(read_weights(model_weights, run)),
            grey=explanation.integrated_gradients.baseline_grey,
            size_px=framing.size_px,
            device=inference.device,
        )
        stacks = stack_maps(
            saliency_maps, decided, methods=methods, tolerance=inference.logit_tolerance
        )
        tables += [
            evidence.tabulate_completeness(
                maps, decided["logit"], baseline_logit=baseline_logit, method=method, run=run
            )
            for method, maps in stacks.items()
        ]
    gaps = pd.concat(tables, ignore_index=True)
    _warn_of_gaps(gaps)
    return gaps


def _warn_of_gaps(gaps: pd.DataFrame) -> None:
    wide = gaps[gaps["gap"] > evidence.WORTH_A_WARNING]
    if len(wide):
        logger.warning(
            "%d of %d maps that share out a logit miss it by more than %.0f %% (at most %.0f %%): raise "
            "explanation.integrated_gradients.steps",
            len(wide),
            len(gaps),
            100 * evidence.WORTH_A_WARNING,
            100 * wide["gap"].max(),
        )


def _draw_scans(
    decisions: DecisionsTable, scoring: EvaluationParameters, *, at_most: int | None, seed: int
) -> dict[str, list[str]]:
    """Draw the scans of every run that its network is asked about again."""
    scored = scored_scans(decisions, partition=scoring.partition)
    return {run: draw_some(each, at_most=at_most, seed=seed) for run, each in scored.items()}


def _counting_scans(
    description: str, drawn: dict[str, list[str]]
) -> AbstractContextManager[Advance]:
    return counting(description=f"{description}, in scans", total=sum(map(len, drawn.values())))


def _ask_again(
    network: ScanClassifier,
    decided: pd.DataFrame,
    framed: ScanStack,
    maps: dict[str, SaliencyStack],
    *,
    faithfulness: FaithfulnessParameters,
    inference: InferenceParameters,
    advance: Advance,
) -> Iterator[tuple[str, dict[tuple[str, str], np.ndarray]]]:
    """Trace the curves of every method on some scans of one run, in the probabilities of its table."""
    temperature = float(decided["temperature"].iloc[0])
    pictures_per_scan = len(maps) * CURVES * (faithfulness.steps + 1)

    def judge(changed: ScanStack) -> np.ndarray:
        advance(len(changed) / pictures_per_scan)
        return np.asarray(expit(predict(network, changed, inference) / temperature))

    for method, of_scans in maps.items():
        yield (
            method,
            evidence.trace_faithfulness(
                judge,
                framed,
                of_scans,
                called_malignant=decided["called"].to_numpy(dtype=bool),
                fill=faithfulness.fill,
                steps=faithfulness.steps,
                batch_size=inference.batch_size,
                seed=faithfulness.seed,
            ),
        )


def _forgetting(network: ScanClassifier, *, seed: int) -> Iterator[ScanClassifier]:
    """The network as it was fitted, and then with more and more of it drawn anew."""
    yield network
    yield from randomise_cascade(network, seed=seed)


def _explain(
    network: ScanClassifier,
    framed: ScanStack,
    scan_ids: list[str],
    *,
    run: str,
    explanation: ExplanationParameters,
    inference: InferenceParameters,
) -> dict[str, SaliencyStack]:
    batches = list(
        explain_scans(
            explanation.methods,
            network,
            framed,
            scan_ids=scan_ids,
            run=run,
            settings=explanation,
            batch_size=inference.batch_size,
            device=inference.device,
        )
    )
    return {
        method: np.concatenate([batch.maps[method] for batch in batches])
        for method in explanation.methods
    }
