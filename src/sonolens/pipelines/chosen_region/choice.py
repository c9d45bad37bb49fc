"""The station of choosing a region: model_weights, region_reliance, decisions -> chosen_regions, its figure and its page."""

import pandas as pd
from kedro.pipeline import Pipeline
from matplotlib.figure import Figure

from sonolens.arrays import ScanStack
from sonolens.evaluation import reliance as hanging
from sonolens.figures.reliance import chosen as figure
from sonolens.pipelines.collections import Networks, Pictures
from sonolens.pipelines.experiment_page import page_of_experiment
from sonolens.pipelines.explainability.parameters import RelianceParameters
from sonolens.pipelines.explainability.reliance import ask_coalitions, share_out_logits
from sonolens.pipelines.parameters import EvaluationParameters, InferenceParameters
from sonolens.pipelines.stations import station
from sonolens.report.sections import chosen_region as section
from sonolens.tables.cohort import ScansTable
from sonolens.tables.reliance import ChosenRegionsTable, RegionRelianceTable
from sonolens.tables.training import DecisionsTable


def region_choice_station() -> Pipeline:
    """Ask about validation scans, choose a region by them, and read the scored scans by it."""
    return station(
        "region_choice",
        {
            ask_validation_coalitions: "validation_coalitions",
            share_out_logits: "validation_reliance",
            score_chosen_regions: "chosen_regions",
            draw_chosen_regions: "chosen_regions_figure",
        },
        takes={"coalition_logits": "validation_coalitions"},
    ) + page_of_experiment(section.SECTION, namespace="region_choice", report="chosen_regions_page")


def ask_validation_coalitions(
    model_weights: Networks,
    model_inputs: ScanStack,
    region_masks: Pictures,
    scans: ScansTable,
    decisions: DecisionsTable,
    reliance: RelianceParameters,
    inference: InferenceParameters,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Ask every network about validation scans with each combination of their regions filled."""
    if scoring.partition == "validation":
        raise ValueError(
            "evaluation.partition is validation, but a region that is chosen on validation scans must be judged on "
            "others; set it to test"
        )
    return ask_coalitions(
        model_weights,
        model_inputs,
        region_masks,
        scans,
        decisions,
        reliance,
        inference,
        scoring.model_copy(update={"partition": "validation"}),
    )


def score_chosen_regions(
    validation_reliance: RegionRelianceTable,
    region_reliance: RegionRelianceTable,
    decisions: DecisionsTable,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Score whether the region chosen tells the scored scans apart better than the whole logit."""
    return hanging.score_chosen_regions(
        validation_reliance,
        region_reliance,
        decisions,
        partition=scoring.partition,
        bootstrap=scoring.bootstrap,
    )


def draw_chosen_regions(chosen_regions: ChosenRegionsTable) -> Figure:
    """Draw the AUC of the region chosen beside that of the whole logit and of a null."""
    return figure.draw_chosen_regions(chosen_regions)
