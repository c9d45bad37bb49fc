"""How well networks tell malignant from benign masses, and what they call each scan."""

from sonolens.evaluation.classification.auc_bootstrap import (
    compare_aucs_bootstrap,
    difference_of_drawn,
)
from sonolens.evaluation.classification.birads_comparison import compare_with_birads
from sonolens.evaluation.classification.calibration import (
    calibration_error,
    equal_number_bins,
    estimate_calibration_error,
    trace_calibration,
)
from sonolens.evaluation.classification.call_counts import count_calls
from sonolens.evaluation.classification.case_strata import stratify_cases
from sonolens.evaluation.classification.cases import LesionProbability
from sonolens.evaluation.classification.configuration_comparison import compare_configurations
from sonolens.evaluation.classification.configurations import score_configurations
from sonolens.evaluation.classification.conformal import calibrate_sets, form_sets
from sonolens.evaluation.classification.conformal_scores import score_sets
from sonolens.evaluation.classification.decisions import decide_scans
from sonolens.evaluation.classification.delong import (
    AucDifference,
    compare_aucs_delong,
    delong_interval,
    delong_variance,
)
from sonolens.evaluation.classification.local_recalibration import score_recalibration
from sonolens.evaluation.classification.net_benefit import trace_net_benefit
from sonolens.evaluation.classification.operating_points import (
    JUDGED_BY,
    choose_operating_points,
    threshold_of,
)
from sonolens.evaluation.classification.optimism import measure_optimism
from sonolens.evaluation.classification.probabilities import divide_logits, scale_probabilities
from sonolens.evaluation.classification.recalibration import (
    Estimate,
    calibration_intercept,
    calibration_slope,
)
from sonolens.evaluation.classification.roc import (
    EVEN,
    RankedCases,
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
from sonolens.evaluation.classification.sample_size import score_sample_size
from sonolens.evaluation.classification.scores import score_classification
from sonolens.evaluation.classification.temperature import fit_temperature
