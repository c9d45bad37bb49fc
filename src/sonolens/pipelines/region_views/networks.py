"""The station of networks fitted to views: viewed_inputs, splits -> view_weights, view_runs, view_logits."""

import logging
from itertools import product
from typing import Any

import pandas as pd
from kedro.pipeline import Pipeline

from sonolens.pipelines.collections import Checkpoints, Networks, Stacks
from sonolens.pipelines.parameters import InferenceParameters
from sonolens.pipelines.stations import station
from sonolens.pipelines.training.fitting import judge_scans, train_networks
from sonolens.pipelines.training.guidance import NOT_GUIDED
from sonolens.pipelines.training.parameters import TrainingParameters
from sonolens.tables.cohort import ScansTable, SplitsTable
from sonolens.tables.views import ViewRunsTable

logger = logging.getLogger(__name__)


def view_networks_station() -> Pipeline:
    """Fit and predict by the functions of the training pipeline, once per view and pair of views."""
    return station(
        "view_networks",
        {
            train_view_networks: ["view_weights", "view_runs"],
            predict_views: "view_logits",
        },
    )


def train_view_networks(
    viewed_inputs: Stacks,
    scans: ScansTable,
    splits: SplitsTable,
    checkpoints: Checkpoints,
    training: TrainingParameters,
    inference: InferenceParameters,
) -> tuple[dict[str, Any], pd.DataFrame]:
    """Fit every network of the grid to every view; what training fitted to whole scans is taken up."""
    weights: dict[str, Any] = {}
    tables = []
    for view, read in viewed_inputs.items():
        logger.info("Region views: fitting to %s", view)
        fitted, runs, _ = train_networks(
            scans, splits, read(), NOT_GUIDED, checkpoints, training.unguided(), inference
        )
        weights |= {f"{view}/{run}": pack for run, pack in fitted.items()}
        tables.append(runs.assign(trained_on=view))
    return weights, pd.concat(tables, ignore_index=True)


def predict_views(
    view_weights: Networks,
    view_runs: ViewRunsTable,
    viewed_inputs: Stacks,
    scans: ScansTable,
    splits: SplitsTable,
    inference: InferenceParameters,
) -> pd.DataFrame:
    """Let every network judge every view of every scan of its fold."""
    tables = []
    for trained_on, asked_of in product(view_runs["trained_on"].unique(), viewed_inputs):
        runs = view_runs[view_runs["trained_on"] == trained_on]
        weights = {run: view_weights[f"{trained_on}/{run}"] for run in runs["run"]}
        shown = viewed_inputs[asked_of]()
        judged = judge_scans(weights, runs, scans, splits, shown, inference)
        pair = {"trained_on": trained_on, "asked_of": asked_of}
        tables += [of_run.assign(**pair) for of_run in judged]
    return pd.concat(tables, ignore_index=True)
