"""What a reader sees: the paper's figures and the curves, in one visual language.

Every function returns a figure and saves nothing.
"""

from sonolens.figures.cam_scheme import draw_cam_scheme
from sonolens.figures.curves import draw_roc
from sonolens.figures.hits import draw_pointing_game
from sonolens.figures.losses import draw_training
from sonolens.figures.paper_figures import (
    draw_example_scans,
    draw_regions,
    draw_saliency_examples,
)
from sonolens.figures.planted import draw_planted_evidence
from sonolens.figures.reliability import draw_calibration
from sonolens.figures.scan_view import ScanView

__all__ = [
    "ScanView",
    "draw_calibration",
    "draw_cam_scheme",
    "draw_example_scans",
    "draw_planted_evidence",
    "draw_pointing_game",
    "draw_regions",
    "draw_roc",
    "draw_saliency_examples",
    "draw_training",
]
