"""What all readers saw of one scan: their drawings, points and categories."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float

from sonolens.arrays import Mask
from sonolens.tables.readers import ReadingsTable
from sonolens.tables.vocabulary import STUDY_READER


@dataclass(frozen=True, eq=False)
class ScanReadings:
    """What readers saw of one scan, the study's own drawing among theirs.

    Attributes:
        scan_id: The scan.
        spacing_mm: Height and width of its pixels; NaN where unknown.
        readers: Who read it, the study first, the others by name.
        masks: What was drawn, by reader; of the same size, and not empty.
        points: Row and column of where readers pointed.
        birads: The categories that were given.
    """

    scan_id: str
    spacing_mm: tuple[float, float]
    readers: tuple[str, ...]
    masks: Mapping[str, Mask]
    points: Mapping[str, Float[np.ndarray, "2"]]
    birads: Mapping[str, str]

    @classmethod
    def gather(
        cls,
        rows: ReadingsTable,
        *,
        open_mask: Callable[[str], Mask],
        study_mask: Mask,
        study_birads: str | None,
        spacing_mm: tuple[float, float],
    ) -> "ScanReadings":
        """Gather the usable readings of one scan.

        Args:
            rows: They, one per reader.
            open_mask: Reads what was drawn in a reading, by its id.
            study_mask: The study's own mask.
            study_birads: The study's own category, if it tells one.
        """
        listed = rows.to_dict("records")
        masks = {row["reader"]: open_mask(row["reading_id"]) for row in listed if row["drawn"]}
        points = {
            row["reader"]: np.array([row["point_row_px"], row["point_col_px"]], dtype=float)
            for row in listed
            if pd.notna(row["point_row_px"])
        }
        birads = {row["reader"]: row["birads"] for row in listed if pd.notna(row["birads"])}
        own = {} if study_birads is None else {STUDY_READER: study_birads}
        return cls(
            scan_id=str(rows["scan_id"].iloc[0]),
            spacing_mm=spacing_mm,
            readers=(STUDY_READER, *sorted(rows["reader"])),
            masks=({STUDY_READER: study_mask} if study_mask.any() else {}) | masks,
            points=points,
            birads=own | birads,
        )


def usable_readings(readings: ReadingsTable) -> pd.DataFrame:
    """Keep the readings that fit their scans."""
    return readings[readings["left_out"].isna()]
