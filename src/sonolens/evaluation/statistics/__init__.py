"""Intervals and p values that every score shares."""

from sonolens.evaluation.statistics.intervals import (
    Bootstrap,
    Rates,
    bootstrap_differences,
    bootstrap_rates,
    independent_difference,
    patient_resamples,
    wilson_interval,
)
from sonolens.evaluation.statistics.multiple_tests import holm_adjust
from sonolens.evaluation.statistics.paired_permutation import sign_flip_p_values
from sonolens.evaluation.statistics.percentiles import percentile_interval, resampled_interval
