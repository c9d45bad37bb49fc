"""configuration_pointing, performance_and_pointing -> one figure each."""

import pandas as pd
from matplotlib.figure import Figure

from sonolens import figures


def draw_methods_and_networks(configuration_pointing: pd.DataFrame) -> Figure:
    """Draw the hit rates of all methods and configurations, with the size of their cells."""
    return figures.draw_methods_and_networks(configuration_pointing)


def draw_performance_and_pointing(
    performance_and_pointing: pd.DataFrame, performance_correlation: pd.DataFrame
) -> Figure:
    """Draw how often maps point at the regions beside how well their networks classify."""
    return figures.draw_performance_and_pointing(performance_and_pointing, performance_correlation)
