"""The pointing game: where maps point, what lies there, and what know-nothings would score."""

from sonolens.evaluation.pointing.centre_prior import average_maps, describe_mean_extremes
from sonolens.evaluation.pointing.extreme_points import (
    describe_points,
    measure_region_shares,
    read_regions_at,
)
from sonolens.evaluation.pointing.pointing_game import score_pointing_game
from sonolens.evaluation.pointing.region_lookup import RegionLookup, look_up_regions, region_bits_at
from sonolens.evaluation.pointing.ring_sweep import name_regions, score_ring
from sonolens.evaluation.pointing.scored_maps import read_ring

__all__ = [
    "RegionLookup",
    "average_maps",
    "describe_mean_extremes",
    "describe_points",
    "look_up_regions",
    "measure_region_shares",
    "name_regions",
    "read_regions_at",
    "read_ring",
    "region_bits_at",
    "score_pointing_game",
    "score_ring",
]
