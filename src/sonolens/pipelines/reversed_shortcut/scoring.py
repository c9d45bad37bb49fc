"""The station of the reversed shortcut: marked_logits -> reversed_shortcut, its figure and its page."""

import pandas as pd
from kedro.pipeline import Pipeline
from matplotlib.figure import Figure

from sonolens.evaluation import experiments
from sonolens.figures.experiments import reversed_shortcut as figure
from sonolens.pipelines.experiment_page import page_of_experiment
from sonolens.pipelines.parameters import EvaluationParameters
from sonolens.pipelines.stations import station
from sonolens.report.sections import reversed_shortcut as section
from sonolens.tables.cohort import ScansTable
from sonolens.tables.shortcuts import (
    CalliperMarksTable,
    MarkedLogitsTable,
    MarkedRunsTable,
    ReversedShortcutTable,
)


def reversed_shortcut_station() -> Pipeline:
    """Score every fit with the shortcut as it was learnt, gone, and reversed."""
    return station(
        "reversed_shortcut",
        {
            score_reversed_shortcut: "reversed_shortcut",
            draw_reversed_shortcut: "reversed_shortcut_figure",
        },
    ) + page_of_experiment(
        section.SECTION, namespace="reversed_shortcut", report="reversed_shortcut_page"
    )


def score_reversed_shortcut(
    marked_logits: MarkedLogitsTable,
    marked_runs: MarkedRunsTable,
    calliper_marks: CalliperMarksTable,
    scans: ScansTable,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Score how well guided and unguided networks tell labels apart in every reading of the marks."""
    return experiments.score_reversed_shortcut(
        marked_logits,
        marked_runs,
        calliper_marks,
        scans,
        partition=scoring.partition,
        bootstrap=scoring.bootstrap,
    )


def draw_reversed_shortcut(reversed_shortcut: ReversedShortcutTable) -> Figure:
    """Draw the AUC of every fit with marks as learnt, without, and reversed."""
    return figure.draw_reversed_shortcut(reversed_shortcut)
