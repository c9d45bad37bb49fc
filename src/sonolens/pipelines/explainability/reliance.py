"""The station of reliance: model_weights, region_masks, decisions -> coalition_logits, region_reliance."""

from functools import partial

import pandas as pd
from kedro.pipeline import Pipeline
from PIL import Image

from sonolens.arrays import ScanStack
from sonolens.evaluation import reliance as hanging
from sonolens.models import ScanClassifier, randomise_cascade
from sonolens.pipelines.collections import Networks, Pictures
from sonolens.pipelines.consistency import decisions_of, read_weights
from sonolens.pipelines.explainability.asked_networks import framed_scans, predict, rebuild
from sonolens.pipelines.explainability.parameters import RelianceParameters
from sonolens.pipelines.explainability.region_questions import prepare_questions
from sonolens.pipelines.explainability.scored_scans import draw_some, scored_scans
from sonolens.pipelines.explainability.selection import EXPLAINED
from sonolens.pipelines.pairs import inputs_of
from sonolens.pipelines.parameters import EvaluationParameters, InferenceParameters
from sonolens.pipelines.stations import station
from sonolens.progress import track
from sonolens.tables.cohort import ScansTable
from sonolens.tables.reliance import (
    CoalitionLogitsTable,
    RegionRelianceTable,
    RelianceAucsTable,
    RelianceScoresTable,
)
from sonolens.tables.training import DecisionsTable


def reliance_station() -> Pipeline:
    """Ask what decisions hang on: leave out regions in every combination, and share out the logit."""
    return station(
        "reliance",
        {
            ask_coalitions: "coalition_logits",
            draw_coalitions: "coalition_pictures",
            share_out_logits: "region_reliance",
            score_interactions: "region_interactions",
            score_reliance: ["reliance_scores", "reliance_aucs"],
            judge_reliance: "reliance_verdict",
        },
        takes={"decisions": EXPLAINED["decisions"]},
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
        decided = decisions_of(
            decisions,
            run=run,
            scan_ids=draw_some(scored, at_most=reliance.scans, seed=reliance.seed),
        )
        seen = inputs_of(read_weights(model_weights, run), model_inputs, count=len(scans))
        framed = framed_scans(seen, scans, list(decided.index))
        network = rebuild(model_weights, run, framed, decided["logit"], inference)
        judges = _judges(network, reliance, inference)
        of_run = decisions[decisions["run"] == run]
        questions = prepare_questions(
            seen, region_masks, scans, of_run, decided["patient_id"], reliance
        )
        for scan_id, question in track(
            questions, description=f"Leaving out regions, {run}", total=len(decided)
        ):
            for null, judge in judges.items():
                tables.append(
                    hanging.ask_coalitions(judge, question.of(null), fills=reliance.fills).assign(
                        run=run, scan_id=scan_id
                    )
                )
    return pd.concat(tables, ignore_index=True)


def draw_coalitions(
    model_weights: Networks,
    model_inputs: ScanStack,
    region_masks: Pictures,
    scans: ScansTable,
    decisions: DecisionsTable,
    reliance: RelianceParameters,
    scoring: EvaluationParameters,
) -> dict[str, Image.Image]:
    """Draw for one scan of each label what the first network was shown by every fill."""
    run, scored = next(iter(scored_scans(decisions, partition=scoring.partition).items()))
    asked = draw_some(scored, at_most=reliance.scans, seed=reliance.seed)
    decided = decisions_of(decisions, run=run, scan_ids=asked)
    of_run = decisions[decisions["run"] == run]
    shown = decided.drop_duplicates("label")["patient_id"]
    seen = inputs_of(read_weights(model_weights, run), model_inputs, count=len(scans))
    questions = prepare_questions(seen, region_masks, scans, of_run, shown, reliance)
    return {
        f"{run}/{scan_id}/{fill}/{coalition}": Image.fromarray(picture)
        for scan_id, question in questions
        for fill in reliance.fills
        for coalition, picture in hanging.draw_named_coalitions(question, fill=fill).items()
    }


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
