"""Scores, maps and scans -> the paper's tables and figures, and one report."""

from kedro.pipeline import Pipeline

from sonolens.pipelines.reporting import figures, page, tables


def create_pipeline() -> Pipeline:
    """Set out the tables, draw the figures, write the report: a namespace each."""
    return tables.create_pipeline() + figures.create_pipeline() + page.create_pipeline()
