"""The temperature of a run: what its logits are divided by, so that they can be taken at their word."""

import logging

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit

from sonolens.arrays import Labels, Logits

log = logging.getLogger(__name__)

LOWEST_TEMPERATURE = 0.05
HIGHEST_TEMPERATURE = 20.0
SHARPEST_LOG_ODDS = 30.0  # beyond, probabilities round towards 1 and begin to tie


def fit_temperature(logits: Logits, labels: Labels) -> float:
    """Find the temperature under which the labels are most likely.

    The probability of malignancy is the sigmoid of `logit / temperature`, so scaling moves
    probabilities away from or towards 0.5 and never changes their order. The likelihood has one
    maximum in `1 / temperature`, found where its slope is 0.

    Temperatures lie between 0.05 and 20. A low one is not let sharpen the largest logit beyond
    log-odds of 30, or probabilities would round to 1 and tie; 1 is always allowed. Ending at a bound is
    logged as a warning. Where the sign of every logit is right, the likelihood would rise without end
    and the cases do not tell how sure to be: the temperature is then 1, with a warning too.

    Args:
        logits: Raw logits, of scans that were not fitted.

    Returns:
        The temperature; 1 where all logits are 0.

    Raises:
        ValueError: If a class is missing.

    References:
        Guo et al. (2017), On calibration of modern neural networks, ICML.
    """
    if labels.all() or not labels.any():
        raise ValueError(
            f"a temperature needs both classes, but {int(labels.sum())} of {len(labels)} scans are "
            "malignant; give this partition both classes"
        )
    z = logits.astype(np.float64)
    if not z.any():
        return 1.0
    if np.all(np.where(labels, z, -z) > 0):
        log.warning(
            "all %d logits have the right sign, so no temperature is most likely; it stays 1",
            len(z),
        )
        return 1.0
    sharpest = max(LOWEST_TEMPERATURE, min(1.0, np.abs(z).max() / SHARPEST_LOG_ODDS))

    def slope(inverse: float) -> float:
        return float(np.mean(z * (expit(inverse * z) - labels)))

    for bound, beyond in (
        (sharpest, slope(1 / sharpest) <= 0),
        (HIGHEST_TEMPERATURE, slope(1 / HIGHEST_TEMPERATURE) >= 0),
    ):
        if beyond:
            log.warning("the temperature ends at its bound %g; check the probabilities", bound)
            return float(bound)
    return 1 / float(brentq(slope, 1 / HIGHEST_TEMPERATURE, 1 / sharpest, xtol=1e-12))
