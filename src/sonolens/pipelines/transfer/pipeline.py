"""External validations on several studies -> transfer_matrix and its figure; not part of `kedro run`."""

from typing import Any

import pandas as pd
from kedro.pipeline import Pipeline

from sonolens import travel
from sonolens.figures.transfer import draw_transfer_matrix
from sonolens.past_runs import PastRun
from sonolens.pipelines.stations import station


def create_pipeline() -> Pipeline:
    """Set the studies that `compare.runs` names beside the networks that arrived there."""
    return transfer_station()


def transfer_station() -> Pipeline:
    """Set what every network scores on every study side by side, with what it scored at home."""
    return station(
        "transfer",
        {
            tabulate_transfer: "transfer_matrix",
            draw_transfer_matrix: "transfer_matrix_figure",
        },
    )


def tabulate_transfer(compared_runs: list[PastRun]) -> pd.DataFrame:
    """Tabulate the AUC and the hits above chance of every network at home and on every study."""
    studies = [str(_read(run, "study_facts")["name"]) for run in compared_runs]
    return travel.tabulate_transfer(
        [
            travel.Validation(
                study=study if studies.count(study) == 1 else f"{study}, {run.name}",
                home_and_away=_read(run, "home_and_away"),
                regions_home_and_away=_read(run, "regions_home_and_away"),
            )
            for run, study in zip(compared_runs, studies, strict=True)
        ]
    )


def _read(run: PastRun, name: str) -> Any:
    try:
        return run.read(name)
    except LookupError:
        raise ValueError(
            f"run {run.name} left no {name}, so no network arrived there; name runs of "
            "kedro run --pipelines external_validation,reporting"
        ) from None
