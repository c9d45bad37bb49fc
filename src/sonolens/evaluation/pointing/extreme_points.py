"""Where the extremes of a map lie, and how much of a scan and of its cells each region holds."""

import numpy as np

from sonolens.arrays import Points, RegionMap, SaliencyMap
from sonolens.evaluation.pointing.extremes import locate_extremes
from sonolens.evaluation.pointing.region_lookup import region_bits_at, regions_of_bits
from sonolens.regions import REGIONS, read_distances_at
from sonolens.tables.vocabulary import EXTREMES, PLAYED_REGIONS, Unions
from sonolens.ultrasound import cell_centres, pixels_at, to_shares


def read_regions_at(region_map: RegionMap, points: Points) -> list[str]:
    """Name the region under every point.

    Args:
        points: (row, column) positions; each reads the pixel whose square holds it.

    Returns:
        ``mass``, ``peritumoral``, ``below``, ``annotation`` or ``other`` per point.
    """
    name_of = {code: name for name, code in REGIONS.items()}
    rows, cols = pixels_at(points, region_map.shape).T
    return [name_of[int(code)] for code in region_map[rows, cols]]


def measure_region_shares(
    region_map: RegionMap,
    cells: tuple[int, int],
    *,
    spacing_mm: tuple[float, float],
    tolerance_mm: float = 0.0,
    regions: Unions = PLAYED_REGIONS,
) -> list[dict[str, str | float]]:
    """Measure each region's share of the scan and of the cells a map can point at.

    Args:
        cells: Rows and columns of the map.
        spacing_mm: Height and width of a pixel; NaN where unknown.
        tolerance_mm: A cell whose centre is as near as this to a region counts as inside.
        regions: The regions that play.

    Returns:
        `region`, `area_share`, `cell_share`, `tolerance_mm`, `cell_row_mm` and `cell_col_mm` of every
        region that plays.

    Raises:
        ValueError: If there is a tolerance and no spacing to measure it with.
    """
    pixels = np.bincount(region_map.ravel(), minlength=len(REGIONS))
    region_bits = region_bits_at(
        region_map,
        cell_centres(cells, on=region_map.shape),
        tolerance_mm=tolerance_mm,
        spacing_mm=spacing_mm,
    )
    cell_shares = regions_of_bits(regions)[region_bits].mean(axis=0)
    about = {
        "tolerance_mm": tolerance_mm,
        "cell_row_mm": spacing_mm[0] * region_map.shape[0] / cells[0],
        "cell_col_mm": spacing_mm[1] * region_map.shape[1] / cells[1],
    }
    return [
        {
            "region": name,
            "area_share": float(sum(pixels[REGIONS[part]] for part in union) / region_map.size),
            "cell_share": float(cell_share),
            **about,
        }
        for (name, union), cell_share in zip(regions.items(), cell_shares, strict=True)
    ]


def locate_extreme_points(
    saliency: SaliencyMap,
    region_map: RegionMap,
    *,
    spacing_mm: tuple[float, float],
    rule: str,
) -> list[dict[str, str | float]]:
    """Say where a map is largest and where it is smallest, and what lies there.

    Args:
        saliency: A map at its own resolution, over the whole scan.
        spacing_mm: Height and width of a pixel; NaN where unknown.
        rule: As in `locate_extremes`.

    Returns:
        The columns of an `ExtremePoints` table that one map can tell; a constant map has one row per
        extreme, without a position.
    """
    rows = []
    for extreme in EXTREMES:
        points = locate_extremes(saliency, on=region_map.shape, extreme=extreme, rule=rule)
        value = saliency.max() if extreme == "max" else saliency.min()
        described = describe_points(points, region_map, spacing_mm=spacing_mm)
        rows += [{"extreme": extreme, "value": value} | row for row in described]
    return rows


def describe_points(
    points: Points, region_map: RegionMap, *, spacing_mm: tuple[float, float]
) -> list[dict[str, str | float]]:
    """Say where the points of one extreme lie.

    Args:
        points: Native (row, column) of the extreme; several when cells tie, none for a constant map.
        spacing_mm: Height and width of a pixel; NaN where unknown.

    Returns:
        `row_px`, `col_px`, `row_share`, `col_share`, `share`, `region` and `distance_to_mass_mm` per
        point; points that tie share the extreme equally. Without points one row with region ``none`` and
        no position. The distance is NaN without spacing, and where an annotation covers all of the mass.
    """
    if len(points) == 0:
        place = ("row_px", "col_px", "row_share", "col_share", "distance_to_mass_mm")
        nowhere: dict[str, str | float] = {"share": 1.0, "region": "none"}
        return [nowhere | dict.fromkeys(place, np.nan)]
    mass = region_map == REGIONS["mass"]
    # What is burnt in may cover a small mass altogether; then nothing is left to be near to.
    distances = (
        read_distances_at(mass, points, spacing_mm=spacing_mm)
        if mass.any()
        else np.full(len(points), np.nan)
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
