"""Calls at a threshold: what each is a share of, and what blind calls would score."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from sonolens.arrays import Labels
from sonolens.tables.vocabulary import CALL_METRICS

CallColumns = Float[np.ndarray, "scans metrics"]


@dataclass(frozen=True)
class Tally:
    """What every case adds to each of `CALL_METRICS`; a metric is `sum(hits) / sum(counts)`.

    Attributes:
        hits: 1 where a case counts and the call is right.
        counts: 1 where a case counts: all for accuracy, malignant for sensitivity, benign for
            specificity, called malignant for ppv, called benign for npv.
    """

    hits: CallColumns
    counts: CallColumns


def tally_calls(malignant: Labels, called: Bool[np.ndarray, " scans"]) -> Tally:
    """Count the calls of every case towards every metric.

    Args:
        malignant: The truth.
        called: Whether each case was called malignant.

    Examples:
        >>> tally = tally_calls(np.array([True, True, False]), np.array([True, False, False]))
        >>> dict(zip(CALL_METRICS, tally.hits.sum(axis=0) / tally.counts.sum(axis=0)))
        {'accuracy': np.float64(0.666...), 'sensitivity': np.float64(0.5),
         'specificity': np.float64(1.0), 'ppv': np.float64(1.0), 'npv': np.float64(0.5)}
    """
    counted = {
        "accuracy": np.ones_like(malignant),
        "sensitivity": malignant,
        "specificity": ~malignant,
        "ppv": called,
        "npv": ~called,
    }
    counts = np.column_stack([counted[metric] for metric in CALL_METRICS]).astype(float)
    return Tally(hits=counts * (called == malignant)[:, None], counts=counts)


def blind_chances(
    malignant: Labels, called: Bool[np.ndarray, " scans"]
) -> Float[np.ndarray, " metrics"]:
    """Return what as many malignant calls would score if they were dealt out blindly.

    With a share `q` called malignant and a prevalence `p`: `q` for sensitivity, `1 - q` for
    specificity, `p` for ppv, `1 - p` for npv and `q p + (1 - q) (1 - p)` for accuracy.

    Returns:
        In the order of `CALL_METRICS`; NaN without cases.
    """
    if len(malignant) == 0:
        return np.full(len(CALL_METRICS), np.nan)
    share_called, prevalence = float(called.mean()), float(malignant.mean())
    chances = {
        "accuracy": share_called * prevalence + (1 - share_called) * (1 - prevalence),
        "sensitivity": share_called,
        "specificity": 1 - share_called,
        "ppv": prevalence,
        "npv": 1 - prevalence,
    }
    return np.array([chances[metric] for metric in CALL_METRICS])
