"""The pointing game: where maps point, what lies there, and what baselines would score."""

from sonolens.evaluation.pointing.annotation_hits import ANNOTATION, score_annotation_hits
from sonolens.evaluation.pointing.cases import describe_cases, tabulate_cases
from sonolens.evaluation.pointing.centre_prior import average_maps, locate_mean_extremes
from sonolens.evaluation.pointing.extreme_points import (
    describe_points,
    locate_extreme_points,
    measure_region_shares,
    read_regions_at,
)
from sonolens.evaluation.pointing.extremes import POINT_RULES, locate_extremes
from sonolens.evaluation.pointing.location_prior import LocationPrior, choose_places
from sonolens.evaluation.pointing.mask_uncertainty import Extreme, summarise_mask_uncertainty
from sonolens.evaluation.pointing.pointing_game import score_pointing_game
from sonolens.evaluation.pointing.region_lookup import (
    FIXED_GRID,
    RegionLookup,
    look_up_regions,
    region_bits_at,
)
from sonolens.evaluation.pointing.ring_growth import (
    Tally,
    find_drawn,
    follow_shares,
    tally_cells,
    tally_places,
)
from sonolens.evaluation.pointing.ring_sweep import name_regions, score_ring
from sonolens.evaluation.pointing.scored_maps import read_ring
from sonolens.evaluation.pointing.verdict import judge_maps, weakest
