"""The runs of a data root -> an index page, and a way to the newest report."""

from kedro.pipeline import Pipeline

from sonolens.past_runs import PastRun
from sonolens.pipelines.stations import station
from sonolens.report.run_index import address_of, write_run_index


def create_pipeline() -> Pipeline:
    """List the runs; the hook does the same whenever a run has written a report."""
    return run_index_station()


def run_index_station() -> Pipeline:
    """List the reported runs."""
    return station("run_index", {write_index: ["index", "latest"]})


def write_index(runs: list[PastRun]) -> tuple[str, str]:
    """List all reported runs on a page, and tell where the newest report lies."""
    newest = next((address_of(run) for run in runs if run.reported), "")
    return write_run_index(runs), newest
