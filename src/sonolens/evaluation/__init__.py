"""Numbers in, numbers out: classification, calibration, the pointing game, chance and intervals.

This room sees tables, region maps and points, never a network and never a plot.
"""

from sonolens.evaluation.abstention import score_abstention, trace_abstention
from sonolens.evaluation.agreement import compare_methods, summarise_agreement
from sonolens.evaluation.auc_bootstrap import compare_aucs_bootstrap
from sonolens.evaluation.calibration import (
    calibration_error,
    equal_number_bins,
    estimate_calibration_error,
    trace_calibration,
)
from sonolens.evaluation.case_strata import stratify_cases
from sonolens.evaluation.cases import LesionProbability
from sonolens.evaluation.classification import score_classification
from sonolens.evaluation.configuration_pairs import compare_configurations, holm_adjust
from sonolens.evaluation.configuration_pointing import (
    Pointing,
    describe_configurations,
    gather_pointing,
    score_pointing,
)
from sonolens.evaluation.configurations import score_configurations
from sonolens.evaluation.decisions import Decisions, gather_decisions
from sonolens.evaluation.delong import (
    AucDifference,
    compare_aucs_delong,
    delong_interval,
    delong_variance,
)
from sonolens.evaluation.faithfulness import FILLS, area_under, fill_scans, trace_faithfulness
from sonolens.evaluation.faithfulness_scores import (
    average_faithfulness_curves,
    summarise_faithfulness,
    tabulate_faithfulness,
)
from sonolens.evaluation.gallery import draw_gallery
from sonolens.evaluation.games import read_ring
from sonolens.evaluation.intervals import (
    Bootstrap,
    Rates,
    bootstrap_rates,
    patient_resamples,
    percentile_interval,
    wilson_interval,
)
from sonolens.evaluation.likeness import compare_maps
from sonolens.evaluation.localization import ScanCells, localize_evidence, measure_cells
from sonolens.evaluation.localization_scores import summarise_localization
from sonolens.evaluation.mean_map import average_maps, describe_mean_extremes
from sonolens.evaluation.operating_points import choose_operating_points, threshold_of
from sonolens.evaluation.optimism import measure_optimism
from sonolens.evaluation.performance import (
    RankCorrelation,
    correlate_performance,
    correlate_ranks_of_runs,
    relate_performance,
)
from sonolens.evaluation.places import (
    describe_points,
    measure_region_shares,
    read_regions_at,
)
from sonolens.evaluation.planted import score_planted_evidence
from sonolens.evaluation.pointing import score_pointing_game
from sonolens.evaluation.pointing_pairs import compare_pointing
from sonolens.evaluation.probabilities import scale_probabilities
from sonolens.evaluation.readings import RegionReadings, mark_regions, read_regions
from sonolens.evaluation.recalibration import Estimate, calibration_intercept, calibration_slope
from sonolens.evaluation.ring_sweep import name_regions, score_ring
from sonolens.evaluation.roc import (
    RocPoints,
    auc,
    bootstrap_aucs,
    call_malignant,
    closest_to_corner,
    reach_sensitivity,
    roc_points,
    trace_roc,
    youden,
)
from sonolens.evaluation.sanity import check_sanity, summarise_sanity
from sonolens.evaluation.sign_flips import sign_flip_p_values
from sonolens.evaluation.temperature import fit_temperature

__all__ = [
    "FILLS",
    "AucDifference",
    "Bootstrap",
    "Decisions",
    "Estimate",
    "LesionProbability",
    "Pointing",
    "RankCorrelation",
    "Rates",
    "RegionReadings",
    "RocPoints",
    "ScanCells",
    "area_under",
    "auc",
    "average_faithfulness_curves",
    "average_maps",
    "bootstrap_aucs",
    "bootstrap_rates",
    "calibration_error",
    "calibration_intercept",
    "calibration_slope",
    "call_malignant",
    "check_sanity",
    "choose_operating_points",
    "closest_to_corner",
    "compare_aucs_bootstrap",
    "compare_aucs_delong",
    "compare_configurations",
    "compare_maps",
    "compare_methods",
    "compare_pointing",
    "correlate_performance",
    "correlate_ranks_of_runs",
    "delong_interval",
    "delong_variance",
    "describe_configurations",
    "describe_mean_extremes",
    "describe_points",
    "draw_gallery",
    "equal_number_bins",
    "estimate_calibration_error",
    "fill_scans",
    "fit_temperature",
    "gather_decisions",
    "gather_pointing",
    "holm_adjust",
    "localize_evidence",
    "mark_regions",
    "measure_cells",
    "measure_optimism",
    "measure_region_shares",
    "name_regions",
    "patient_resamples",
    "percentile_interval",
    "reach_sensitivity",
    "read_regions",
    "read_regions_at",
    "read_ring",
    "relate_performance",
    "roc_points",
    "scale_probabilities",
    "score_abstention",
    "score_classification",
    "score_configurations",
    "score_planted_evidence",
    "score_pointing",
    "score_pointing_game",
    "score_ring",
    "sign_flip_p_values",
    "stratify_cases",
    "summarise_agreement",
    "summarise_faithfulness",
    "summarise_localization",
    "summarise_sanity",
    "tabulate_faithfulness",
    "threshold_of",
    "trace_abstention",
    "trace_calibration",
    "trace_faithfulness",
    "trace_roc",
    "wilson_interval",
    "youden",
]
