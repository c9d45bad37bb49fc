"""What a reader sees: the paper's figures and the curves, in one visual language.

Every function returns a figure and saves nothing.
"""

from sonolens.figures.abstention import draw_abstention
from sonolens.figures.agreement import draw_agreement
from sonolens.figures.cam_scheme import draw_cam_scheme
from sonolens.figures.comparison import draw_methods_and_networks
from sonolens.figures.curves import draw_roc
from sonolens.figures.faithfulness import draw_faithfulness
from sonolens.figures.hits import draw_pointing_game
from sonolens.figures.losses import draw_training
from sonolens.figures.method_examples import draw_method_examples
from sonolens.figures.paper_figures import (
    draw_example_scans,
    draw_regions,
    draw_saliency_examples,
)
from sonolens.figures.performance import draw_performance_and_pointing
from sonolens.figures.planted import draw_planted_evidence
from sonolens.figures.reliability import draw_calibration
from sonolens.figures.ring_sweep import draw_ring_sweep
from sonolens.figures.sanity import draw_sanity
from sonolens.figures.scan_view import ScanView

__all__ = [
    "ScanView",
    "draw_abstention",
    "draw_agreement",
    "draw_calibration",
    "draw_cam_scheme",
    "draw_example_scans",
    "draw_faithfulness",
    "draw_method_examples",
    "draw_methods_and_networks",
    "draw_performance_and_pointing",
    "draw_planted_evidence",
    "draw_pointing_game",
    "draw_regions",
    "draw_ring_sweep",
    "draw_roc",
    "draw_saliency_examples",
    "draw_sanity",
    "draw_training",
]
