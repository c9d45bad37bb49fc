"""Net benefit: what calling by a network is worth beside calling everybody or nobody malignant."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float

from sonolens.evaluation.classification.cases import LesionProbability, form_cases, group_cases
from sonolens.evaluation.statistics.intervals import Bootstrap, count_patients, resampled_sums
from sonolens.evaluation.statistics.percentiles import resampled_interval
from sonolens.tables.training import DecisionsTable

Worth = Float[np.ndarray, "cases policies"]

POLICIES = ("network", "everybody", "nobody")


def trace_net_benefit(
    decisions: DecisionsTable,
    *,
    thresholds: Sequence[float],
    partition: str,
    lesion_probability: LesionProbability,
    bootstrap: Bootstrap,
) -> pd.DataFrame:
    """Trace the net benefit of biopsies by a network's probability over the odds that a biopsy is held worth.

    At threshold `t` a missed cancer is held `(1 - t) / t` times as bad as a needless biopsy. Net benefit is the share
    of cases that are cancers and biopsied, less the share that are benign and biopsied times `t / (1 - t)`.

    Args:
        decisions: Probabilities that were frozen before these cases were seen; patients tell what is resampled.
        thresholds: Probabilities from which on a biopsy would be made, above 0 and below 1.
        partition: Whose cases count.

    Returns:
        Rows per run and threshold, of lesions: `net_benefit` of the network, of `everybody` (`nobody` has 0), and
        `gain` over the better of the two, with the interval over resampled patients; `n` and `n_malignant`.

    References:
        Vickers and Elkin (2006), Med Decis Making 26:565-574; intervals: Vickers et al. (2008), BMC Med Inform
        Decis Mak 8:53.
    """
    groups = group_cases(form_cases(decisions, lesion_probability=lesion_probability))
    rows: list[dict[str, object]] = []
    for run in decisions["run"].unique():
        cases = groups.get((run, "lesion", partition))
        if cases is None:
            continue
        malignant = cases["malignant"].to_numpy(dtype=bool)
        probability = cases["probability"].to_numpy(dtype=float)
        for threshold in thresholds:
            worth = weigh_calls(malignant, probability >= threshold, threshold=threshold)
            rows.append(
                {"run": run, "threshold": threshold}
                | _estimate(worth, cases["patient_id"], bootstrap=bootstrap)
                | {"n": len(malignant), "n_malignant": int(malignant.sum())}
            )
    return pd.DataFrame(rows).assign(partition=partition, confidence=bootstrap.confidence)


def weigh_calls(
    malignant: Bool[np.ndarray, " cases"], called: Bool[np.ndarray, " cases"], *, threshold: float
) -> Worth:
    """Tell what every case adds to the net benefit of the network, of calling everybody, and of calling nobody.

    Args:
        malignant: Whether a case is a cancer.
        called: Whether the network has it biopsied.
        threshold: The probability at which a biopsy is worth its harm.

    Examples:
        At 0.2 four needless biopsies weigh as much as one cancer found.

        >>> cancer, called = (
        ...     np.array([True, True, False, False]),
        ...     np.array([True, False, True, False]),
        ... )
        >>> weigh_calls(cancer, called, threshold=0.2).mean(axis=0).tolist()
        [0.1875, 0.375, 0.0]
    """
    of_biopsy = np.where(malignant, 1.0, -threshold / (1 - threshold))
    return np.column_stack([np.where(called, of_biopsy, 0.0), of_biopsy, np.zeros(len(malignant))])


def _estimate(
    worth: Worth, patient_ids: "pd.Series[str]", *, bootstrap: Bootstrap
) -> dict[str, float]:
    columns = np.column_stack([worth, np.ones(len(worth))])
    sums = resampled_sums(columns, patient_ids, bootstrap=bootstrap)
    drawn = sums[:, :-1] / sums[:, -1:]
    network, everybody, _ = worth.mean(axis=0).tolist()
    # Which of the two is better is settled by all cases, so that its lead is not chosen anew in every resample.
    rival = int(everybody < 0) + 1
    gain = network - max(everybody, 0.0)
    spread = drawn[:, 0] - drawn[:, rival]
    patients = count_patients(patient_ids)
    low, high = resampled_interval(spread, patients=patients, confidence=bootstrap.confidence)
    return {
        "net_benefit": network,
        "everybody": everybody,
        "gain": gain,
        "gain_low": low,
        "gain_high": high,
    }
