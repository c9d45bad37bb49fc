"""Numbers in, numbers out: classification, the pointing game, their chance levels and intervals.

This room sees tables, region maps and points, never a network and never a plot.
"""

from sonolens.evaluation.classification import (
    choose_operating_points,
    score_classification,
    trace_roc,
)
from sonolens.evaluation.gallery import draw_gallery
from sonolens.evaluation.intervals import (
    Rates,
    bootstrap_rates,
    patient_resamples,
    percentile_interval,
    wilson_interval,
)
from sonolens.evaluation.pointing import (
    describe_points,
    measure_region_shares,
    read_regions_at,
    score_pointing_game,
)
from sonolens.evaluation.roc import (
    RocPoints,
    auc,
    bootstrap_aucs,
    call_malignant,
    closest_to_corner,
    roc_points,
)

__all__ = [
    "Rates",
    "RocPoints",
    "auc",
    "bootstrap_aucs",
    "bootstrap_rates",
    "call_malignant",
    "choose_operating_points",
    "closest_to_corner",
    "describe_points",
    "draw_gallery",
    "measure_region_shares",
    "patient_resamples",
    "percentile_interval",
    "read_regions_at",
    "roc_points",
    "score_classification",
    "score_pointing_game",
    "trace_roc",
    "wilson_interval",
]
