"""abstention, faithfulness, sanity, agreement -> their figures."""

import pandas as pd
from matplotlib.figure import Figure

from sonolens.figures.evidence import abstention, agreement, faithfulness, sanity


def draw_abstention(abstention_curve: pd.DataFrame, abstention_scores: pd.DataFrame) -> Figure:
    """Draw how often the kept decisions are wrong when the others are suspended."""
    return abstention.draw_abstention(abstention_curve, abstention_scores)


def draw_faithfulness(
    faithfulness_curve: pd.DataFrame, faithfulness_scores: pd.DataFrame
) -> Figure:
    """Draw how the call fares as the scan is deleted and inserted."""
    return faithfulness.draw_faithfulness(faithfulness_curve, faithfulness_scores)


def draw_sanity(sanity_checks: pd.DataFrame) -> Figure:
    """Draw how alike maps stay while their network forgets."""
    return sanity.draw_sanity(sanity_checks)


def draw_agreement(method_agreement: pd.DataFrame) -> Figure:
    """Draw how alike the maps of every two methods are."""
    return agreement.draw_agreement(method_agreement)
