"""What is read of every region of a scan: where maps point, its share of reliance, and what it adds to the logit."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sonolens.evaluation.reliance.scores import ROUNDING, PerRegion, tabulate_values
from sonolens.evaluation.statistics.intervals import ratio
from sonolens.tables.pointing import ExtremePointsTable, RegionSharesTable
from sonolens.tables.reliance import RegionRelianceTable
from sonolens.tables.vocabulary import DESCRIPTOR_READINGS, RELIANCE_REGIONS

POINTS, SHARE, VALUE = DESCRIPTOR_READINGS


@dataclass(frozen=True)
class Reading:
    """One reading of the scans of a run.

    Attributes:
        name: A name in `DESCRIPTOR_READINGS`.
        source: The method of the map, or the fill.
        of_regions: Per scan and region of `RELIANCE_REGIONS`; NaN where the scan has no such region or no answer.
    """

    name: str
    source: str
    of_regions: PerRegion


def read_points(
    extreme_points: ExtremePointsTable, region_shares: RegionSharesTable, decided: pd.DataFrame
) -> Iterator[Reading]:
    """Read, for every method, how much of the extreme that argues for the call lies in each region.

    Args:
        extreme_points: Those of one run.
        region_shares: Those of one run, which tell the regions that a scan lacks.
        decided: The decisions of the run that count, indexed by scan.
    """
    argues = decided["called"].map({True: "max", False: "min"}).rename("extreme")
    chosen = extreme_points.merge(argues.reset_index(), on=["scan_id", "extreme"])
    for method, points in chosen.groupby("method", sort=False):
        inside = points.pivot_table(
            index="scan_id", columns="region", values="share", aggfunc="sum", fill_value=0.0
        )
        silent = inside.index[inside.get("none", pd.Series(0.0, index=inside.index)) > 0]
        found = inside.reindex(columns=list(RELIANCE_REGIONS), fill_value=0.0).drop(index=silent)
        absent = region_shares[
            (region_shares["method"] == method) & (region_shares["area_share"] == 0)
        ]
        for region, rows in absent.groupby("region"):
            if region in found:
                found.loc[found.index.isin(rows["scan_id"]), str(region)] = np.nan
        yield Reading(POINTS, str(method), found.reindex(decided.index).to_numpy(dtype=float))


def read_reliance(region_reliance: RegionRelianceTable, decided: pd.DataFrame) -> Iterator[Reading]:
    """Read, for every fill, what each region adds to the logit, and its share of all that regions add or take.

    Args:
        region_reliance: That of one run.
        decided: The decisions of the run that count, indexed by scan.
    """
    own = region_reliance[region_reliance["null"] == "none"]
    for fill, rows in own.groupby("fill", sort=False):
        values = tabulate_values(rows, decided.index)
        size = np.abs(values)
        whole = np.nansum(size, axis=1, keepdims=True)
        shared = np.broadcast_to(np.where(whole > ROUNDING, whole, 0.0), size.shape)
        yield Reading(SHARE, str(fill), ratio(size, shared))
        yield Reading(VALUE, str(fill), values)
