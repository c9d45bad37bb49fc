"""The station of train x test: view_logits, view_runs -> view_matrix, its figure and its page."""

import numpy as np
import pandas as pd
from kedro.pipeline import Pipeline
from matplotlib.figure import Figure

from sonolens.evaluation import reliance as hanging
from sonolens.figures.reliance import view_matrix as figure
from sonolens.pipelines.collections import Pictures
from sonolens.pipelines.experiment_page import page_of_experiment
from sonolens.pipelines.parameters import EvaluationParameters
from sonolens.pipelines.region_views.parameters import RegionViewsParameters
from sonolens.pipelines.stations import station
from sonolens.removal import name_regions
from sonolens.report.sections import view_matrix as section
from sonolens.tables.cohort import ScansTable
from sonolens.tables.views import ViewLogitsTable, ViewMatrixTable, ViewRunsTable


def view_matrix_station() -> Pipeline:
    """Score every fit on every view."""
    return station(
        "view_matrix",
        {score_view_matrix: "view_matrix", draw_view_matrix: "view_matrix_figure"},
    ) + page_of_experiment(section.SECTION, namespace="view_matrix", report="view_matrix_page")


def score_view_matrix(
    view_logits: ViewLogitsTable,
    view_runs: ViewRunsTable,
    scans: ScansTable,
    region_masks: Pictures,
    region_views: RegionViewsParameters,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Score how well fits to each view tell the label on each, beside the fit to whole scans."""
    scored = view_logits.loc[view_logits["partition"] == scoring.partition, "scan_id"]
    return hanging.score_view_matrix(
        view_logits,
        view_runs,
        scans,
        regions_of={
            each: name_regions(np.asarray(region_masks[each]())) for each in scored.unique()
        },
        partition=scoring.partition,
        bootstrap=scoring.bootstrap,
    ).assign(fill=region_views.fill)


def draw_view_matrix(view_matrix: ViewMatrixTable) -> Figure:
    """Draw the AUC of every fit on every view."""
    return figure.draw_view_matrix(view_matrix)
