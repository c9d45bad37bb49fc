"""How many cases a validation takes: against the published worked example and a package of its authors."""

import math

import numpy as np
import pytest
from scipy.special import logit
from scipy.stats import beta, norm

from sonolens.evaluation.classification.sample_size import (
    size_for_auc,
    size_for_ratio,
    size_for_slope,
)

EVEN = (np.arange(200_000) + 0.5) / 200_000
"""Quantiles at which a distribution is read."""


def within(found: float, expected: float) -> bool:
    """Alike to 1 %: the package rounds standard errors to four digits and draws log-odds by chance."""
    return math.isclose(found, expected, rel_tol=0.01)


@pytest.mark.parametrize(
    ("share", "auc", "log_odds", "expected"),
    [
        # pmvalsampsize 0.2.1, intervals 0.2, 0.2 and 0.1 wide.
        (0.43, 0.77, logit(beta(1.33, 1.75).ppf(EVEN)), (510, 2136, 347)),
        (0.3, 0.85, norm(-1.2, 1.8).ppf(EVEN), (898, 1822, 277)),
    ],
)
def test_sizes_are_those_of_the_authors_own_package(share, auc, log_odds, expected) -> None:
    ratio, slope, area = expected

    assert within(size_for_ratio(share, width=0.2, confidence=0.95), ratio)
    assert within(size_for_slope(log_odds, width=0.2, confidence=0.95), slope)
    assert within(size_for_auc(auc, share, width=0.1, confidence=0.95), area)


def test_the_rare_cancers_of_the_published_example_take_thousands() -> None:
    """pmvalsampsize 0.2.1: prevalence 1.8 %, AUC 0.8, log-odds of mean -5 and spread 2.5."""
    assert within(size_for_ratio(0.018, width=1.0, confidence=0.95), 905)
    assert within(size_for_slope(norm(-5, 2.5).ppf(EVEN), width=0.2, confidence=0.95), 4544)
    assert within(size_for_auc(0.8, 0.018, width=0.1, confidence=0.95), 4252)


def test_half_the_width_takes_four_times_the_cases() -> None:
    wide, narrow = (size_for_ratio(0.4, width=width, confidence=0.95) for width in (0.02, 0.01))

    assert narrow == pytest.approx(4 * wide, rel=0.001)


@pytest.mark.parametrize(
    "size",
    [
        size_for_ratio(0.0, width=0.2, confidence=0.95),
        size_for_ratio(1.0, width=0.2, confidence=0.95),
        size_for_auc(1.0, 0.4, width=0.1, confidence=0.95),
        size_for_auc(math.nan, 0.4, width=0.1, confidence=0.95),
        size_for_slope(np.full(9, 0.7), width=0.2, confidence=0.95),
    ],
    ids=["no cancer", "cancers only", "a perfect AUC", "no AUC told", "one probability for all"],
)
def test_where_nobody_can_say_there_is_no_size(size: float) -> None:
    assert math.isnan(size)
