"""The settings by which a new scan is explained: those of the default study, for there is no conf here (a test compares)."""

from sonolens.regions import RegionRule
from sonolens.regions.below import Below
from sonolens.regions.ring import Ring
from sonolens.saliency import (
    CamerasSettings,
    CentrePriorSettings,
    EdgesSettings,
    IntegratedGradientsSettings,
    MethodSettings,
    OcclusionSettings,
    ScoreCamSettings,
    SmoothGradSettings,
)

MID_GREY = 114.5

METHODS = MethodSettings(
    score_cam=ScoreCamSettings(channels=None, baseline_grey=MID_GREY),
    cameras=CamerasSettings(largest_px=924, step_px=100),
    integrated_gradients=IntegratedGradientsSettings(steps=50, baseline_grey=0),
    smooth_grad=SmoothGradSettings(samples=50, noise_share=0.15),
    occlusion=OcclusionSettings(window_px=32, stride_px=16, fill_grey=MID_GREY),
    centre_prior=CentrePriorSettings(sigma_share=0.25),
    edges=EdgesSettings(sigma_px=3.0),
    seed=0,
)

POINT_RULE = "cell"
LOGIT_TOLERANCE = 0.001
FEATHER_PX = 2.0
SEED = 0

FILLS = ("mean", "blurred", "tissue")
"""Those that need no training scan."""

MIN_SIDE_PX, MAX_MASK_COMPONENTS = 64, 3
DEPTH_MM = (10.0, 120.0)
"""Depths of a field outside of which a spacing must be wrong."""

BELOW = Below(lateral_trim=0.0, max_depth_mm=None, exclude_ring=True)


def choose_rule(*, spacing_known: bool) -> RegionRule:
    """Draw the ring in millimetres where they are known, else relative to the mass."""
    mode = "millimetres" if spacing_known else "relative"
    return RegionRule(
        ring=Ring(mode=mode, inner_mm=0.0, outer_mm=5.0, outer_radii=0.5), below=BELOW
    )
