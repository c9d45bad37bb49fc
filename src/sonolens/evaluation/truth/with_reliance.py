"""Whether a map points at the region that its decision hangs on, which is known exactly, and not from a map."""

from dataclasses import dataclass

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
from sonolens.tables.pointing import ExtremePointsTable
from sonolens.tables.vocabulary import RELIANCE_REGIONS

PerRegion = Float[np.ndarray, "scans regions"]


@dataclass(frozen=True)
class Accord:
    """How often map and reliance name one region.

    Attributes:
        value: Share of the scans; a map whose extreme is shared by cells counts by shares.
        chance: What the same extremes and the same regions would agree by if they were dealt out anew.
        beyond_low, beyond_high: Limits of `value - chance`; NaN where resampling moves nothing.
        n: Scans whose call hangs on one region by every fill and whose map has an extreme.
        regions: Different regions among those that calls hang on.
    """

    value: float
    chance: float
    beyond_low: float
    beyond_high: float
    n: int
    regions: int


def compare_with_reliance(
    extreme_points: ExtremePointsTable,
    decided: pd.DataFrame,
    relied_on: "pd.Series[str]",
    *,
    bootstrap: Bootstrap,
) -> Accord:
    """Compare the extremes of one method's maps of one run with the regions that its calls hang on.

    The extreme is the one that argues for the call. Chance is `sum_r p_r q_r`, of the shares of extremes and of
    calls in every region: maps that always point at the mass agree with calls that always hang on it, and say
    nothing of any scan.

    Args:
        extreme_points: Rows of one method and run.
        decided: Decisions of the run, one row per scan: `scan_id`, `patient_id`, `called`.
        relied_on: By scan, from `sonolens.evaluation.reliance.name_most_relied_on`; scans whose fills differ, or where
            no region speaks for the call, are left out.
        bootstrap: How patients are resampled; chance is computed anew in every resample.

    Returns:
        All NaN and an `n` of 0 where no scan counts.
    """
    named = relied_on[relied_on.isin(RELIANCE_REGIONS)]
    counted = decided[decided["scan_id"].isin(named.index)]
    pointed = _lay_out(extreme_points, counted)
    spoken = pointed.sum(axis=1) > 0
    counted, pointed = counted[spoken], pointed[spoken]
    if counted.empty:
        return Accord(np.nan, np.nan, np.nan, np.nan, n=0, regions=0)
    places = pd.Index(RELIANCE_REGIONS).get_indexer(pd.Index(named.loc[counted["scan_id"]]))
    hung = np.eye(len(RELIANCE_REGIONS))[places]
    observed, chance = _agree(pointed, hung)
    low, high = _limits(pointed, hung, counted["patient_id"], bootstrap=bootstrap)
    return Accord(observed, chance, low, high, n=len(counted), regions=len(set(places)))


def _lay_out(extreme_points: ExtremePointsTable, decided: pd.DataFrame) -> PerRegion:
    """Return the share of every scan's extreme for the call that lies in each region; 0 of a constant map."""
    extremes = extreme_points.merge(decided[["scan_id", "called"]], on="scan_id")
    for_call = np.where(extremes["called"].astype(bool), "max", "min")
    kept = extremes[extremes["extreme"] == for_call]
    laid = np.zeros((len(decided), len(RELIANCE_REGIONS)))
    rows = pd.Index(decided["scan_id"]).get_indexer(pd.Index(kept["scan_id"]))
    cols = pd.Index(RELIANCE_REGIONS).get_indexer(pd.Index(kept["region"]))
    inside = cols >= 0
    np.add.at(laid, (rows[inside], cols[inside]), kept["share"].to_numpy(dtype=float)[inside])
    return laid


def _agree(pointed: PerRegion, hung: PerRegion) -> tuple[float, float]:
    observed = float((pointed * hung).sum(axis=1).mean())
    return observed, float(pointed.mean(axis=0) @ hung.mean(axis=0))


def _limits(
    pointed: PerRegion, hung: PerRegion, patient_ids: ArrayLike, *, bootstrap: Bootstrap
) -> tuple[float, float]:
    regions = pointed.shape[1]
    columns = np.column_stack([(pointed * hung).sum(axis=1), np.ones(len(pointed)), pointed, hung])
    sums = resampled_sums(columns, patient_ids, bootstrap=bootstrap)
    scans = sums[:, 1]
    by_chance = (sums[:, 2 : 2 + regions] * sums[:, 2 + regions :]).sum(axis=1)
    beyond = ratio(sums[:, 0], scans) - ratio(by_chance, scans**2)
    if np.ptp(beyond) == 0:
        return np.nan, np.nan
    patients = count_patients(patient_ids)
    return resampled_interval(beyond, patients=patients, confidence=bootstrap.confidence)
