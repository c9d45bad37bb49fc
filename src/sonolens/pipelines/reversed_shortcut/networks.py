"""The station of networks fitted to marked scans: marked_inputs, splits -> marked_weights, marked_runs, marked_logits."""

import logging
from typing import Any

import pandas as pd
from kedro.pipeline import Pipeline

from sonolens.arrays import ScanStack
from sonolens.models import build_network, seconds_per_scan
from sonolens.pipelines.collections import Checkpoints, Networks, Stacks
from sonolens.pipelines.parameters import InferenceParameters
from sonolens.pipelines.reversed_shortcut.marking import AS_TRAINED, UNMARKED
from sonolens.pipelines.reversed_shortcut.parameters import ReversedShortcutParameters
from sonolens.pipelines.stations import station
from sonolens.pipelines.training.fitting import judge_scans, train_networks
from sonolens.pipelines.training.grid import plan_fits
from sonolens.pipelines.training.parameters import TrainingParameters
from sonolens.tables.cohort import ScansTable, SplitsTable
from sonolens.tables.shortcuts import MarkedRunsTable
from sonolens.tables.vocabulary import MARK_READINGS

logger = logging.getLogger(__name__)


def marked_networks_station() -> Pipeline:
    """Fit and predict by the functions of the training pipeline, once per place and reading of marks."""
    return station(
        "marked_networks",
        {
            train_marked_networks: ["marked_weights", "marked_runs"],
            predict_marked_scans: "marked_logits",
        },
    )


def train_marked_networks(
    marked_inputs: Stacks,
    marked_guidance: Stacks,
    scans: ScansTable,
    splits: SplitsTable,
    checkpoints: Checkpoints,
    training: TrainingParameters,
    inference: InferenceParameters,
    reversed_shortcut: ReversedShortcutParameters,
) -> tuple[dict[str, Any], pd.DataFrame]:
    """Fit every network of the grid to marked scans, by labels alone and guided; validation scans are marked as well."""
    grid = reversed_shortcut.grid(training)
    _estimate(marked_inputs[UNMARKED](), splits, grid, inference, len(reversed_shortcut.places))
    weights: dict[str, Any] = {}
    tables = []
    for place in reversed_shortcut.places:
        logger.info("Reversed shortcut: fitting to marks at %s", place)
        fitted, runs, _ = train_networks(
            scans,
            splits,
            marked_inputs[f"{place}/{AS_TRAINED}"](),
            marked_guidance[place](),
            checkpoints,
            grid,
            inference,
        )
        weights |= {f"{place}/{run}": pack for run, pack in fitted.items()}
        tables.append(runs.assign(place=place))
    return weights, pd.concat(tables, ignore_index=True)


def predict_marked_scans(
    marked_weights: Networks,
    marked_runs: MarkedRunsTable,
    marked_inputs: Stacks,
    scans: ScansTable,
    splits: SplitsTable,
    inference: InferenceParameters,
) -> pd.DataFrame:
    """Let every network judge every scan of its fold without marks, with marks as learnt, and with marks reversed."""
    tables = []
    for place, runs in marked_runs.groupby("place", sort=False):
        weights = {run: marked_weights[f"{place}/{run}"] for run in runs["run"]}
        for reading in MARK_READINGS:
            name = UNMARKED if reading == UNMARKED else f"{place}/{reading}"
            shown = marked_inputs[name]()
            judged = judge_scans(weights, runs, scans, splits, shown, inference)
            tables += [of_run.assign(place=place, reading=reading) for of_run in judged]
    return pd.concat(tables, ignore_index=True)


def _estimate(
    shown: ScanStack,
    splits: SplitsTable,
    grid: TrainingParameters,
    inference: InferenceParameters,
    places: int,
) -> None:
    """Say how long the fits will take at most, by one timed step of every network."""
    plans = plan_fits(grid, folds=splits["fold"].unique().tolist())
    learnt = splits[splits["partition"] == "train"].groupby("fold").size()
    seconds = 0.0
    for network, adaptation, stride in {(p.network, p.adaptation, p.output_stride) for p in plans}:
        start = build_network(
            network,
            adaptation=adaptation,
            weights=grid.start_of(network),
            seed=0,
            output_stride=stride,
            **grid.drs_options(adaptation),
        )
        each = seconds_per_scan(start, shown[: grid.batch_size], device=inference.device)
        alike = [p for p in plans if (p.network, p.output_stride) == (network, stride)]
        scans = sum(learnt[p.fold] for p in alike if p.adaptation == adaptation)
        seconds += places * grid.epochs * float(scans) * each
    logger.info(
        "Reversed shortcut: %d fits of at most %d epochs, about %.0f min at most on this machine",
        places * len(plans),
        grid.epochs,
        max(seconds / 60, 1),
    )
