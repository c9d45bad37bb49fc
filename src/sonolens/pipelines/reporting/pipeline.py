"""Scores, maps and scans -> the paper's tables and figures, and one report."""

from kedro.pipeline import Pipeline

from sonolens.pipelines.reporting.cases import cases_station
from sonolens.pipelines.reporting.figures import figures_station
from sonolens.pipelines.reporting.page import page_station
from sonolens.pipelines.reporting.tables import tables_station


def create_pipeline() -> Pipeline:
    """Set out the tables, draw the figures, set out the cases, write the report."""
    return tables_station() + figures_station() + cases_station() + page_station()
