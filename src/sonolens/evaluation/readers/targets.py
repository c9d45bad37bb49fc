"""What a point on one scan is held against: every drawing and every reader's point, and what blind points score there."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float

from sonolens.arrays import Points
from sonolens.evaluation.readers.scan_readings import ScanReadings
from sonolens.regions import distance_to_mass_mm, fill_mass
from sonolens.tables.pointing import ExtremePointsTable
from sonolens.tables.vocabulary import POINT_MEASURES
from sonolens.ultrasound import pixels_at

HIT, DISTANCE, APART = POINT_MEASURES
POINTER = ["method", "run", "extreme", "reader"]
PLACE = ["share", "row_px", "col_px"]


@dataclass(frozen=True, eq=False)
class Target:
    """What a point is held against.

    Attributes:
        against: Who drew or pointed.
        measure: One of `POINT_MEASURES`.
        worth: What a point scores at every pixel of the scan.
    """

    against: str
    measure: str
    worth: Float[np.ndarray, "rows cols"]

    @property
    def chance(self) -> float:
        """What a point scores that is thrown anywhere on the scan."""
        return float(self.worth.mean())

    def read(self, points: Points) -> Float[np.ndarray, " points"]:
        """Return what points score; a point counts at the pixel whose square holds it."""
        rows, cols = pixels_at(points, self.worth.shape).T
        return self.worth[rows, cols]


def list_targets(scan: ScanReadings, size: tuple[int, int]) -> Iterator[Target]:
    """List what points of a scan can be held against; millimetres only where its spacing is known.

    A mass is what its drawing encloses (`fill_mass`).

    Args:
        size: Rows and columns of the scan.
    """
    measured = bool(np.isfinite(scan.spacing_mm).all())
    for reader, mask in scan.masks.items():
        yield Target(reader, HIT, fill_mass(mask).astype(float))
        if measured:
            distance = distance_to_mass_mm(mask, spacing_mm=scan.spacing_mm)
            yield Target(reader, DISTANCE, distance)
    if not measured:
        return
    for reader, point in scan.points.items():
        at = pixels_at(point[None], size)[0]
        rows, cols = np.ogrid[: size[0], : size[1]]
        down, across = (rows - at[0]) * scan.spacing_mm[0], (cols - at[1]) * scan.spacing_mm[1]
        yield Target(reader, APART, np.hypot(down, across))


def read_targets(
    scan: ScanReadings, extremes: ExtremePointsTable, *, size: tuple[int, int]
) -> list[dict[Any, Any]]:
    """Hold the extremes of all maps of one scan, and all readers' points, against everything that was drawn or pointed at.

    Args:
        extremes: The rows of an `ExtremePoints` table that are of this scan; points that tie share their score.
        size: Rows and columns of the scan.

    Returns:
        `scan_id`, `method`, `run` and `extreme`, or `reader`, `against`, `measure`, `value`, and the `chance`. A map
        without an extreme has no row.
    """
    points = _list_points(scan, extremes)
    pointers = [points[name] for name in POINTER]
    places = points[["row_px", "col_px"]].to_numpy(dtype=float)
    shares = points["share"].to_numpy(dtype=float)
    rows: list[dict[Any, Any]] = []
    for target in list_targets(scan, size) if len(points) else ():
        scored = pd.Series(target.read(places) * shares, name="value").groupby(pointers).sum()
        table = scored.reset_index().assign(
            scan_id=scan.scan_id,
            against=target.against,
            measure=target.measure,
            chance=target.chance,
        )
        rows += table.to_dict("records")
    return rows


def _list_points(scan: ScanReadings, extremes: ExtremePointsTable) -> pd.DataFrame:
    """List the points of maps and of readers; what does not name one is empty."""
    of_maps = extremes.loc[extremes["row_px"].notna(), [*POINTER[:3], *PLACE]].assign(reader="")
    of_readers = pd.DataFrame(
        [["", "", "", 1.0, *point, reader] for reader, point in scan.points.items()],
        columns=[*POINTER[:3], *PLACE, "reader"],
    )
    parts = [part for part in (of_maps, of_readers) if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else of_readers
