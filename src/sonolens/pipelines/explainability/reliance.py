"""The station of reliance: model_weights, region_masks, decisions -> coalition_logits, region_reliance."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
from kedro.pipeline import Pipeline

from sonolens.arrays import ScanStack
from sonolens.evaluation import reliance as hanging
from sonolens.models import ScanClassifier, randomise_cascade
from sonolens.pipelines.collections import Networks, Pictures
from sonolens.pipelines.consistency import decisions_of
from sonolens.pipelines.explainability.asked_networks import framed_scans, predict, rebuild
from sonolens.pipelines.explainability.parameters import RelianceParameters
from sonolens.pipelines.explainability.scored_scans import draw_some, scored_scans
from sonolens.pipelines.parameters import EvaluationParameters, InferenceParameters
from sonolens.pipelines.stations import station
from sonolens.progress import track
from sonolens.removal import FillSources, Players, divide_scan, find_tissue, move_regions
from sonolens.tables.cohort import ScansTable
from sonolens.tables.reliance import (
    CoalitionLogitsTable,
    RegionRelianceTable,
    RelianceAucsTable,
    RelianceScoresTable,
)
from sonolens.tables.training import DecisionsTable
from sonolens.tables.vocabulary import LABELS


def reliance_station() -> Pipeline:
    """Ask what decisions hang on: leave out regions in every combination, and share out the logit."""
    return station(
        "reliance",
        {
            ask_coalitions: "coalition_logits",
            share_out_logits: "region_reliance",
            score_interactions: "region_interactions",
            score_reliance: ["reliance_scores", "reliance_aucs"],
            judge_reliance: "reliance_verdict",
        },
    )


def ask_coalitions(
    model_weights: Networks,
    model_inputs: ScanStack,
    region_masks: Pictures,
    scans: ScansTable,
    decisions: DecisionsTable,
    reliance: RelianceParameters,
    inference: InferenceParameters,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Ask every network about scored scans with each combination of their regions filled."""
    tables = []
    for run, scored in scored_scans(decisions, partition=scoring.partition).items():
        scan_ids = draw_some(scored, at_most=reliance.scans, seed=reliance.seed)
        decided = decisions_of(decisions, run=run, scan_ids=scan_ids)
        framed = framed_scans(model_inputs, scans, scan_ids)
        network = rebuild(model_weights, run, framed, decided["logit"], inference)
        judges = _judges(network, reliance, inference)
        strangers = hanging.pair_strangers(decided["patient_id"], seed=reliance.seed)
        donors = _find_donors(decisions[decisions["run"] == run], scans, reliance)
        for place in track(
            range(len(scan_ids)), description=f"Leaving out regions, {run}", total=len(scan_ids)
        ):
            partitions = _divide(
                region_masks,
                scan_ids[place],
                strangers[place],
                size_px=framed.shape[1],
                reliance=reliance,
            )
            number = int(pd.Index(scans["scan_id"]).get_loc(scan_ids[place]))
            sources = FillSources(
                tissue=find_tissue(partitions["none"]),
                donors=np.asarray(model_inputs[donors(number)]),
                seed=reliance.seed + number,
            )
            for null, judge in judges.items():
                asked = partitions if null == "none" else {null: partitions["none"]}
                tables.append(
                    hanging.ask_coalitions(
                        judge, framed[place], asked, sources=sources, fills=reliance.fills
                    ).assign(run=run, scan_id=scan_ids[place])
                )
    return pd.concat(tables, ignore_index=True)


def share_out_logits(coalition_logits: CoalitionLogitsTable) -> pd.DataFrame:
    """Share out every logit among the regions of its scan by their Shapley values."""
    return hanging.share_out_logits(coalition_logits)


def score_interactions(
    coalition_logits: CoalitionLogitsTable, decisions: DecisionsTable, scoring: EvaluationParameters
) -> pd.DataFrame:
    """Average what every two regions add to a logit together beyond what they add apart."""
    return hanging.summarise_interactions(
        coalition_logits, decisions, partition=scoring.partition, bootstrap=scoring.bootstrap
    )


def score_reliance(
    region_reliance: RegionRelianceTable, decisions: DecisionsTable, scoring: EvaluationParameters
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Score what the decisions of each run hang on, and how well they are made without it."""
    scores = hanging.score_reliance(
        region_reliance,
        decisions,
        partition=scoring.partition,
        permutations=scoring.permutations,
        bootstrap=scoring.bootstrap,
    )
    aucs = hanging.score_reliance_aucs(
        region_reliance, decisions, partition=scoring.partition, bootstrap=scoring.bootstrap
    )
    return scores, aucs


def judge_reliance(
    reliance_scores: RelianceScoresTable, reliance_aucs: RelianceAucsTable
) -> pd.DataFrame:
    """Judge by the weakest yardstick over all fills whether decisions hang on a region."""
    return hanging.judge_reliance(reliance_scores, reliance_aucs)


def _judges(
    network: ScanClassifier, reliance: RelianceParameters, inference: InferenceParameters
) -> dict[str, hanging.Judge]:
    """The network as it was fitted, and, if asked for, with all its weights drawn anew."""
    networks = {"none": network}
    if "randomised" in reliance.nulls:
        *_, networks["randomised"] = randomise_cascade(network, seed=reliance.seed)
    return {null: partial(predict, asked, inference=inference) for null, asked in networks.items()}


def _divide(
    region_masks: Pictures,
    scan_id: str,
    stranger: str | None,
    *,
    size_px: int,
    reliance: RelianceParameters,
) -> dict[str, Players]:
    """Divide a framed scan among its own regions, and among placebos as far as it has any."""
    own = np.asarray(region_masks[scan_id]())
    divided = {"none": own}
    if "moved" in reliance.nulls and (moved := move_regions(own)) is not None:
        divided["moved"] = moved
    if "exchanged" in reliance.nulls and stranger is not None:
        divided["exchanged"] = np.asarray(region_masks[stranger]())
    return {
        null: divide_scan(region_map, size_px=size_px, feather_px=reliance.feather_px)
        for null, region_map in divided.items()
    }


def _find_donors(
    decided: pd.DataFrame, scans: ScansTable, reliance: RelianceParameters
) -> Callable[[int], list[int]]:
    """Find the training scans whose place can be shown: as many of each label, drawn anew for each scan.

    Raises:
        ValueError: If fill ``donor`` is asked for and a label has too few training scans.
    """
    if "donor" not in reliance.fills:
        return lambda _number: []
    training = decided[decided["partition"] == "train"]
    numbers = pd.Index(scans["scan_id"])
    pools = [
        numbers.get_indexer(training.loc[training["label"] == label, "scan_id"]) for label in LABELS
    ]
    for label, pool in zip(LABELS, pools, strict=True):
        if len(pool) < reliance.donor_pairs:
            raise ValueError(
                f"fill donor needs {reliance.donor_pairs} {label} training scans but run "
                f"{decided['run'].iloc[0]!r} has {len(pool)}; lower reliance.donor_pairs, or leave donor "
                "out of reliance.fills"
            )

    def draw(number: int) -> list[int]:
        rng = np.random.default_rng([reliance.seed, number])
        return [
            int(each)
            for pool in pools
            for each in rng.choice(pool, reliance.donor_pairs, replace=False)
        ]

    return draw
