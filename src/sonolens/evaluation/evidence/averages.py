"""Means over the scans of a partition, with intervals from resampled patients."""

from collections.abc import Hashable, Sequence

import numpy as np
import pandas as pd
from jaxtyping import Float
from numpy.typing import ArrayLike

from sonolens.evaluation.statistics.intervals import (
    Bootstrap,
    count_patients,
    ratio,
    resampled_sums,
)
from sonolens.evaluation.statistics.percentiles import resampled_interval
from sonolens.tables.training import DecisionsTable


def average_over_scans(
    values: pd.DataFrame,
    decisions: DecisionsTable,
    *,
    by: Sequence[str],
    partition: str,
    bootstrap: Bootstrap,
) -> pd.DataFrame:
    """Average a table with a `value` per scan over the scans of a partition.

    Args:
        values: Columns `run`, `scan_id`, `value` and those of `by`.
        by: What is averaged apart.
        partition: Whose scans count.

    Returns:
        `n`, `mean`, `ci_low`, `ci_high`, `n_left_out`, `partition` and `confidence` per group, in the order
        of the table. Scans whose value is NaN leave `n` and are counted in `n_left_out`. A mean that
        resampling cannot move has no interval.

    Raises:
        ValueError: If no scan of the partition has a value.
    """
    chosen = decisions.loc[decisions["partition"] == partition, ["run", "scan_id", "patient_id"]]
    counted = values.merge(chosen, on=["run", "scan_id"])
    if counted.empty:
        raise ValueError(
            f"none of the {len(values)} values is of a scan of the {partition} partition; measure its "
            "scans first, or choose another partition"
        )
    rows = []
    for group, cases in counted.groupby(list(by), sort=False):
        keys: tuple[Hashable, ...] = group if isinstance(group, tuple) else (group,)
        rows.append(dict(zip(by, keys, strict=True)) | _average(cases, bootstrap))
    return pd.DataFrame(rows).assign(partition=partition, confidence=bootstrap.confidence)


def mean_limits(
    values: Float[np.ndarray, " rows"], patient_ids: ArrayLike, *, bootstrap: Bootstrap
) -> tuple[float, float]:
    """Return the interval of the mean of values, NaN left out; NaN for both where resampling cannot move it."""
    known = ~np.isnan(values)
    columns = np.column_stack([np.nan_to_num(values), known.astype(float)])
    sums = resampled_sums(columns, patient_ids, bootstrap=bootstrap)
    means = ratio(sums[:, 0], sums[:, 1])
    if not known.any() or not np.ptp(means[~np.isnan(means)]) > 0:
        return np.nan, np.nan
    patients = count_patients(np.asarray(patient_ids)[known])
    return resampled_interval(means, patients=patients, confidence=bootstrap.confidence)


def _average(cases: pd.DataFrame, bootstrap: Bootstrap) -> dict[Hashable, float | int]:
    value = cases["value"].to_numpy(dtype=float)
    low, high = mean_limits(value, cases["patient_id"], bootstrap=bootstrap)
    known = value[~np.isnan(value)]
    return {
        "n": len(known),
        "mean": float(known.mean()) if len(known) else np.nan,
        "ci_low": low,
        "ci_high": high,
        "n_left_out": len(value) - len(known),
    }
