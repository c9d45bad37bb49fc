"""How far hit rates hang on where a reader drew the contour, on the spacing, and on where in its cell a point lies."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float
from numpy.typing import ArrayLike

from sonolens.arrays import Points, RegionMap
from sonolens.evaluation.statistics.intervals import (
    Bootstrap,
    bootstrap_rates,
    count_patients,
    resampled_sums,
)
from sonolens.evaluation.statistics.percentiles import percentile_interval, resampled_interval
from sonolens.regions import REGIONS
from sonolens.tables.vocabulary import PLAYED_REGIONS
from sonolens.ultrasound import from_shares, pixels_at

_HOLDS = np.array(
    [[name in union for union in PLAYED_REGIONS.values()] for name in REGIONS], dtype=bool
)[np.argsort(list(REGIONS.values()))]
"""By code of `REGIONS`, which of the regions that play hold it."""

PerRegion = Float[np.ndarray, " regions"]


@dataclass(frozen=True, eq=False)
class Extreme:
    """The extreme of one map that argues for the call.

    Attributes:
        places: (row, column) of the centres of the cells that tie, as shares of the field of view.
        shares: Their shares, which add up to 1.
        grid_shape: Rows and columns of the map.
    """

    places: Points
    shares: Float[np.ndarray, " places"]
    grid_shape: tuple[int, int]

    def hit(self, region_map: RegionMap) -> PerRegion:
        """Return the share of the extreme that lies in each region, in the order of `PLAYED_REGIONS`."""
        return self._read(region_map, self.places)

    def hit_anywhere(self, region_map: RegionMap, rng: np.random.Generator) -> PerRegion:
        """Return the same with every place drawn anew, evenly within its cell."""
        drawn = (self._cells + rng.random(self.places.shape)) / np.array(self.grid_shape)
        return self._read(region_map, drawn)

    def is_near(self, region_map: RegionMap) -> Bool[np.ndarray, " regions"]:
        """Tell where a place in one of the cells lies in a region and another does not."""
        sides = np.array(region_map.shape) / np.array(self.grid_shape)
        near: Bool[np.ndarray, " regions"] = np.zeros(len(PLAYED_REGIONS), dtype=bool)
        for cell in self._cells:
            first, last = (
                np.floor(cell * sides).astype(int),
                np.ceil((cell + 1) * sides).astype(int),
            )
            inside = _HOLDS[region_map[first[0] : last[0], first[1] : last[1]].ravel()]
            near |= inside.any(axis=0) & ~inside.all(axis=0)
        return near

    @property
    def _cells(self) -> Float[np.ndarray, "places 2"]:
        return np.floor(self.places * np.array(self.grid_shape))

    def _read(self, region_map: RegionMap, places: Points) -> PerRegion:
        rows, cols = pixels_at(from_shares(places, region_map.shape), region_map.shape).T
        return self.shares @ _HOLDS[region_map[rows, cols]]


def summarise_mask_uncertainty(
    hits: Float[np.ndarray, "scans draws regions"],
    near: Bool[np.ndarray, "scans regions"],
    patient_ids: ArrayLike,
    *,
    bootstrap: Bootstrap,
) -> pd.DataFrame:
    """Set the interval of resampled patients beside that of moved annotations, and both together.

    Args:
        hits: Share of every extreme in every region; the first draw is the study as it was annotated.
        near: Whether a hit or miss is decided by less than a cell.
        patient_ids: The patient of every scan.
        bootstrap: How patients are resampled; every resample takes one draw of the annotations.

    Returns:
        The columns of a `MaskUncertainty` table but `method`, `run`, `partition` and `chance`.
    """
    told, drawn = hits[:, 0], hits[:, 1:]
    rates = bootstrap_rates(told, np.ones_like(told), patient_ids, bootstrap=bootstrap)
    patients = count_patients(patient_ids)
    rows = []
    for place, region in enumerate(PLAYED_REGIONS):
        moved = drawn[:, :, place].mean(axis=0)
        both = _resample(drawn[:, :, place], patient_ids, bootstrap=bootstrap)
        # Annotations were drawn by a law that is known, and not resampled.
        limits = [
            percentile_interval(moved, confidence=bootstrap.confidence),
            resampled_interval(both, patients=patients, confidence=bootstrap.confidence),
        ]
        of_region, decided = told[:, place], near[:, place]
        rows.append(
            {
                "region": region,
                "n": len(told),
                "rate": rates.value[place],
                "ci_low": rates.ci_low[place],
                "ci_high": rates.ci_high[place],
                "moved_rate": moved.mean(),
                "moved_low": limits[0][0],
                "moved_high": limits[0][1],
                "both_low": limits[1][0],
                "both_high": limits[1][1],
                "near_hits": _share(of_region * decided, of_region),
                "near_misses": _share((1 - of_region) * decided, 1 - of_region),
                "draws": drawn.shape[1],
                "confidence": bootstrap.confidence,
            }
        )
    return pd.DataFrame(rows)


def _resample(
    drawn: Float[np.ndarray, "scans draws"], patient_ids: ArrayLike, *, bootstrap: Bootstrap
) -> Float[np.ndarray, " resamples"]:
    """Return the rate of every resample of the patients, each under one draw of the annotations in turn."""
    sums = resampled_sums(
        np.column_stack([drawn, np.ones(len(drawn))]), patient_ids, bootstrap=bootstrap
    )
    resamples = np.arange(len(sums))
    return sums[resamples, resamples % drawn.shape[1]] / sums[:, -1]


def _share(part: Float[np.ndarray, " scans"], whole: Float[np.ndarray, " scans"]) -> float:
    return float(part.sum() / whole.sum()) if whole.sum() > 0 else float("nan")
