"""The station of descriptors: what was noted, extreme_points, region_reliance -> descriptor_agreement."""

import pandas as pd
from kedro.pipeline import Pipeline

from sonolens.evaluation import descriptors as noting
from sonolens.pipelines.explainability.selection import EXPLAINED
from sonolens.pipelines.parameters import EvaluationParameters
from sonolens.pipelines.stations import station
from sonolens.tables.descriptors import DescriptorsTable
from sonolens.tables.pointing import ExtremePointsTable, RegionSharesTable
from sonolens.tables.reliance import RegionRelianceTable
from sonolens.tables.training import DecisionsTable


def descriptors_station() -> Pipeline:
    """Hold maps and reliance against what a radiologist noted."""
    return station("descriptors", {compare_descriptors: "descriptor_agreement"}, takes=EXPLAINED)


def compare_descriptors(
    descriptors: DescriptorsTable,
    extreme_points: ExtremePointsTable,
    region_shares: RegionSharesTable,
    region_reliance: RegionRelianceTable,
    decisions: DecisionsTable,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Compare scans where something was noted with others: where maps point, and what decisions hang on."""
    return noting.compare_descriptors(
        descriptors,
        extreme_points,
        region_shares,
        region_reliance,
        decisions,
        partition=scoring.partition,
        permutations=scoring.permutations,
        bootstrap=scoring.bootstrap,
    )
