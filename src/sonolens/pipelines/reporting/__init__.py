"""Scores, maps and scans -> the paper's tables and figures, and one report."""

from sonolens.pipelines.reporting.pipeline import create_pipeline
