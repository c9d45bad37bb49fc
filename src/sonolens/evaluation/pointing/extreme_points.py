"""Where the extremes of a map lie, and how much of a scan and of its cells each region holds."""

import numpy as np

from sonolens.arrays import Points, RegionMap
from sonolens.evaluation.pointing.region_lookup import region_bits_at, regions_of_bits
from sonolens.regions import REGIONS, read_distances_at
from sonolens.tables.vocabulary import PLAYED_REGIONS, Unions
from sonolens.ultrasound import pixels_at, to_shares


def read_regions_at(region_map: RegionMap, points: Points) -> list[str]:
    """Name the region under every point.

    Args:
        region_map: Region codes on the native grid.
        points: (row, column) positions; each reads the pixel whose square holds it.

    Returns:
        ``mass``, ``peritumoral``, ``below`` or ``other`` per point.
    """
    name_of = {code: name for name, code in REGIONS.items()}
    rows, cols = pixels_at(points, region_map.shape).T
    return [name_of[int(code)] for code in region_map[rows, cols]]


def measure_region_shares(
    region_map: RegionMap,
    cell_centres: Points,
    *,
    tolerance_mm: float = 0.0,
    spacing_row_mm: float,
    spacing_col_mm: float,
    regions: Unions = PLAYED_REGIONS,
) -> list[dict[str, str | float]]:
    """Measure each region's share of the scan and of the cells a map can point at.

    Args:
        region_map: Region codes on the native grid.
        cell_centres: Native (row, column) of the centre of every cell of the map.
        tolerance_mm: A cell whose centre is as near as this to a region counts as inside.
        spacing_row_mm: Pixel height; may be NaN when there is no tolerance.
        spacing_col_mm: Pixel width; may be NaN when there is no tolerance.
        regions: The regions that play.

    Returns:
        `region`, `area_share`, `cell_share` and `tolerance_mm` of every region that plays.
    """
    area = np.bincount(region_map.ravel(), minlength=len(REGIONS)) / region_map.size
    region_bits = region_bits_at(
        region_map,
        cell_centres,
        tolerance_mm=tolerance_mm,
        spacing_row_mm=spacing_row_mm,
        spacing_col_mm=spacing_col_mm,
    )
    cells = regions_of_bits(regions)[region_bits].mean(axis=0)
    return [
        {
            "region": name,
            "area_share": float(min(1.0, sum(area[REGIONS[part]] for part in union))),
            "cell_share": float(cell_share),
            "tolerance_mm": tolerance_mm,
        }
        for (name, union), cell_share in zip(regions.items(), cells, strict=True)
    ]


def describe_points(
    points: Points, region_map: RegionMap, *, spacing_row_mm: float, spacing_col_mm: float
) -> list[dict[str, str | float]]:
    """Say where the points of one extreme lie.

    Args:
        points: Native (row, column) of the extreme; several when cells tie, none for a constant map.
        region_map: Region codes on the native grid.
        spacing_row_mm: Pixel height, NaN when unknown.
        spacing_col_mm: Pixel width, NaN when unknown.

    Returns:
        `row_px`, `col_px`, `row_share`, `col_share`, `share`, `region` and `distance_to_mass_mm` per
        point; points that tie share the extreme equally. Without points one row with region ``none`` and
        no position.
    """
    if len(points) == 0:
        place = ("row_px", "col_px", "row_share", "col_share", "distance_to_mass_mm")
        nowhere: dict[str, str | float] = {"share": 1.0, "region": "none"}
        return [nowhere | dict.fromkeys(place, np.nan)]
    distances = read_distances_at(
        region_map == REGIONS["mass"],
        points,
        spacing_row_mm=spacing_row_mm,
        spacing_col_mm=spacing_col_mm,
    )
    names = read_regions_at(region_map, points)
    places = to_shares(points, region_map.shape)
    return [
        {
            "row_px": float(row),
            "col_px": float(col),
            "row_share": float(down),
            "col_share": float(across),
            "share": 1 / len(points),
            "region": name,
            "distance_to_mass_mm": float(distance),
        }
        for (row, col), (down, across), name, distance in zip(
            points, places, names, distances, strict=True
        )
    ]
