"""Where the maps of one network have their maxima on phantoms whose regions are known."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
from jaxtyping import Float, Int, UInt8

from sonolens.arrays import Points, RegionMap
from sonolens.evaluation import pointing
from sonolens.tables.vocabulary import PLANTED_REGIONS
from sonolens.ultrasound import Framing, cell_centres, from_shares, to_shares

REGIONS = PLANTED_REGIONS[:-1]

Maps: TypeAlias = Sequence[Float[np.ndarray, "_ _"]]
RegionMaps: TypeAlias = Sequence[UInt8[np.ndarray, "_ _"]]
"""Scans of several sizes."""

Shares: TypeAlias = dict[str, float]
"""A share for each of the four regions; they add up to 1."""


def find_hits(
    maps: Maps,
    region_maps: RegionMaps,
    *,
    size_px: int,
    point_rule: str,
) -> list[dict[str, Shares | None]]:
    """Read the regions under the maxima of one method's maps, on their own scans and on each other's.

    Args:
        maps: One map per scan.
        region_maps: The regions of the same scans, each on its native grid.
        size_px: Side of the framed scans.
        point_rule: As in `locate_extremes`.

    Returns:
        Per scan `hit`, `cell_share` and `exchanged`. `hit` is None where the map is constant, and
        `exchanged` where no other map has a maximum.
    """
    framings = [Framing.of(region_map, size_px=size_px) for region_map in region_maps]
    # Places are shares of the field of view, so that they can be laid on scans of other depths.
    places = [
        to_shares(
            pointing.locate_extremes(
                saliency, on=framing.native_shape, extreme="max", rule=point_rule
            ),
            framing.native_shape,
        )
        for saliency, framing in zip(maps, framings, strict=True)
    ]
    owners = np.repeat(np.arange(len(maps)), [len(points) for points in places])
    laid = np.concatenate([np.empty((0, 2)), *places])
    loud = np.array([len(points) > 0 for points in places])
    found: list[dict[str, Shares | None]] = []
    for own, (region_map, framing) in enumerate(zip(region_maps, framings, strict=True)):
        under = _shares(region_map, laid, owners=owners, maps=len(maps))
        others = loud & (np.arange(len(maps)) != own)
        cells = to_shares(
            cell_centres(maps[own].shape, on=framing.native_shape), framing.native_shape
        )
        share = _shares(region_map, cells, owners=np.zeros(len(cells), dtype=np.int64), maps=1)
        found.append(
            {
                "hit": _named(under[own]) if loud[own] else None,
                "cell_share": _named(share[0]),
                "exchanged": _named(under[others].mean(axis=0)) if others.any() else None,
            }
        )
    return found


def list_hits(
    found: Sequence[dict[str, Shares | None]],
    *,
    scan_ids: Sequence[str],
    planted: Sequence[str],
    cells_mm: Sequence[tuple[float, float]],
) -> Iterator[dict[str, Any]]:
    """Tell the hits of one method as rows of the `PlantedHits` table, but for what they share."""
    for shares, scan_id, (row_mm, col_mm) in zip(found, scan_ids, cells_mm, strict=True):
        for region in REGIONS:
            yield {
                "scan_id": scan_id,
                "region": region,
                "planted": region in planted,
                "cell_row_mm": row_mm,
                "cell_col_mm": col_mm,
                **{name: share[region] if share else np.nan for name, share in shares.items()},
            }


def _shares(
    region_map: RegionMap, places: Points, *, owners: Int[np.ndarray, " points"], maps: int
) -> Float[np.ndarray, "maps regions"]:
    """Share of each map's points in each region, the points of a map being those that it owns."""
    names = np.array(pointing.read_regions_at(region_map, from_shares(places, region_map.shape)))
    inside = [np.bincount(owners[names == region], minlength=maps) for region in REGIONS]
    return np.stack(inside, axis=1) / np.maximum(np.bincount(owners, minlength=maps), 1)[:, None]


def _named(shares: Float[np.ndarray, " regions"]) -> Shares:
    return dict(zip(REGIONS, shares.tolist(), strict=True))
