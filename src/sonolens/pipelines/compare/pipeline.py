"""Two or more runs -> run_comparison, its figure and page; not part of `kedro run`."""

from typing import Any

import pandas as pd
from kedro.pipeline import Pipeline

from sonolens.evaluation import experiments, pointing
from sonolens.evaluation.experiments import ComparedRun, Pointing
from sonolens.figures.experiments.run_comparison import draw_run_comparison
from sonolens.past_runs import PastRun
from sonolens.pipelines.parameters import EvaluationParameters
from sonolens.pipelines.stations import station
from sonolens.report.run_comparison import write_run_comparison
from sonolens.saliency import EXPLAINERS
from sonolens.tables.pointing import MeanMapExtremes
from sonolens.tables.reliance import RegionReliance

NEEDED = ("decisions", "training_runs", "scans", "extreme_points", "region_shares", "region_masks")
"""What a run must have left to be compared; without region reliance it is compared by the rest."""


def create_pipeline() -> Pipeline:
    """Compare runs that are named by `compare.runs`."""
    return run_comparison_station()


def run_comparison_station() -> Pipeline:
    """Set the runs that `compare.runs` names side by side."""
    return station(
        "run_comparison",
        {
            compare_runs: "run_comparison",
            draw_run_comparison: "run_comparison_figure",
            write_run_comparison: "comparison_page",
        },
    )


def compare_runs(compared_runs: list[PastRun], scoring: EvaluationParameters) -> pd.DataFrame:
    """Compare every two runs by AUC, hit rates and shares of reliance, paired where they share scans."""
    return experiments.compare_runs(
        [gather_run(run, scoring) for run in compared_runs],
        partition=scoring.partition,
        permutations=scoring.permutations,
        bootstrap=scoring.bootstrap,
    )


def gather_run(run: PastRun, scoring: EvaluationParameters) -> ComparedRun:
    """Read what a comparison needs of one run.

    Raises:
        ValueError: If the run left no table of `NEEDED`.
    """
    read = {name: _read(run, name) for name in NEEDED}
    reliance = _read_or(run, "region_reliance", RegionReliance.empty())
    return ComparedRun(
        name=run.placed(run.run_id),
        label=run.label,
        decisions=read["decisions"],
        training_runs=read["training_runs"],
        region_reliance=reliance,
        pointings=_gather_pointing(read, scoring),
        pictures=_digest_pictures(run),
        lesion_probability=run.parameter("evaluation", "lesion_probability")
        or scoring.lesion_probability,
        regions=_describe_regions(run, read),
    )


def _gather_pointing(read: dict[str, Any], scoring: EvaluationParameters) -> list[Pointing]:
    decisions, points = read["decisions"], read["extreme_points"]
    scored = decisions.loc[decisions["partition"] == scoring.partition, "scan_id"]
    points = points[points["scan_id"].isin(scored)]
    return experiments.gather_pointing(
        points,
        read["region_shares"],
        decisions,
        training_runs=read["training_runs"],
        lookup=pointing.look_up_regions(
            points,
            MeanMapExtremes.empty(),
            read["scans"],
            read["region_masks"],
            tolerance_mm=_tolerance_of(read),
        ),
        partition=scoring.partition,
        methods=list(EXPLAINERS),
    )


def _describe_regions(run: PastRun, read: dict[str, Any]) -> str:
    """Say how ring and region below were drawn, and how near to a region a point is inside."""
    below = run.parameter("regions", "below") or {}
    tolerance = _tolerance_of(read)
    parts = [
        f"ring {pointing.read_ring(read['extreme_points'])}",
        ", ".join(f"below.{name} {value}" for name, value in sorted(below.items())),
        f"tolerance {tolerance:g} mm" if tolerance else "",
    ]
    return "; ".join(filter(None, parts))


def _tolerance_of(read: dict[str, Any]) -> float:
    return float(read["region_shares"]["tolerance_mm"].max())


def _digest_pictures(run: PastRun) -> dict[str, tuple[str, str]]:
    """Tell by scan what its picture and mask are; nothing where the run's pictures are gone."""
    try:
        images, masks = run.digest("raw_images"), run.digest("raw_masks")
    except LookupError:
        return {}
    return {name: (images[name], masks[name]) for name in images if name in masks}


def _read(run: PastRun, name: str) -> Any:
    try:
        return run.read(name)
    except LookupError:
        raise ValueError(
            f"run {run.name} left no {name}, so it cannot be compared; name a run that came to its report"
        ) from None


def _read_or(run: PastRun, name: str, otherwise: pd.DataFrame) -> Any:
    try:
        return run.read(name)
    except LookupError:
        return otherwise
