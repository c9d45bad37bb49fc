"""What mattered to the network: signed maps of evidence, and the points where they are extreme.

A map knows neither masks nor regions. Positive evidence speaks for malignant, negative for benign,
and zero stays zero.
"""

from sonolens.saliency.cam import cam, check_identity
from sonolens.saliency.contributions import ChannelContributions, strongest_channels
from sonolens.saliency.explainers import EXPLAINERS, Explainer, explain_scans
from sonolens.saliency.points import POINT_RULES, locate_extremes

__all__ = [
    "EXPLAINERS",
    "POINT_RULES",
    "ChannelContributions",
    "Explainer",
    "cam",
    "check_identity",
    "explain_scans",
    "locate_extremes",
    "strongest_channels",
]
