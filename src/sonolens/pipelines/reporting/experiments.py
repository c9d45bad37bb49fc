"""pointing_game, classification_metrics -> do better classifiers point better? And the experiments' figures."""

import pandas as pd
from matplotlib.figure import Figure

from sonolens.evaluation import experiments
from sonolens.figures.experiments import comparison, performance
from sonolens.pipelines.parameters import EvaluationParameters


def relate_performance(
    pointing_game: pd.DataFrame,
    classification_metrics: pd.DataFrame,
    training_runs: pd.DataFrame,
    region_shares: pd.DataFrame,
    decisions: pd.DataFrame,
    scoring: EvaluationParameters,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Set how well runs classify beside how often their maps point at the regions, and correlate both."""
    performance = experiments.relate_performance(
        pointing_game, classification_metrics, training_runs, region_shares, decisions
    )
    correlation = experiments.correlate_performance(
        performance, permutations=scoring.permutations, bootstrap=scoring.bootstrap
    )
    return performance, correlation


def draw_methods_and_networks(configuration_pointing: pd.DataFrame) -> Figure:
    """Draw the hit rates of all methods and configurations, with the size of their cells."""
    return comparison.draw_methods_and_networks(configuration_pointing)


def draw_performance_and_pointing(
    performance_and_pointing: pd.DataFrame, performance_correlation: pd.DataFrame
) -> Figure:
    """Draw how often maps point at the regions beside how well their networks classify."""
    return performance.draw_performance_and_pointing(
        performance_and_pointing, performance_correlation
    )
