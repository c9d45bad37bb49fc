"""Scans that several people read, made by hand."""

from typing import Any

import numpy as np
import pandas as pd

from sonolens.evaluation.readers import ScanReadings
from sonolens.regions import REGIONS

SIZE = (40, 50)
SPACING = (0.5, 0.5)


def box(top: int, left: int, bottom: int, right: int) -> np.ndarray:
    mask = np.zeros(SIZE, dtype=bool)
    mask[top:bottom, left:right] = True
    return mask


MASS = box(10, 10, 20, 30)
REGION_MAP = (MASS * REGIONS["mass"]).astype(np.uint8)


def readings(*rows: dict[str, Any]) -> pd.DataFrame:
    """Readings with all that is not told empty."""
    empty = {"point_row_px": np.nan, "point_col_px": np.nan, "birads": None, "left_out": None}
    listed = [
        empty | {"reading_id": f"r{number}", "drawn": False, "confidence": None, "seconds": np.nan} | row
        for number, row in enumerate(rows)
    ]  # fmt: skip
    return pd.DataFrame(listed)


def scans(*scan_ids: str, **columns: Any) -> pd.DataFrame:
    return pd.DataFrame(
        {"scan_id": scan_ids, "patient_id": scan_ids, "lesion_id": scan_ids} | columns
    )


def gather(
    rows: pd.DataFrame,
    masks: dict[str, np.ndarray] | None = None,
    spacing: tuple[float, float] = SPACING,
    birads: str | None = None,
) -> ScanReadings:
    return ScanReadings.gather(
        rows,
        open_mask=lambda reading_id: (masks or {})[reading_id],
        study_mask=MASS,
        study_birads=birads,
        spacing_mm=spacing,
    )


def decide(*scan_ids: str, called: bool = True, partition: str = "test") -> pd.DataFrame:
    ids = {name: list(scan_ids) for name in ("scan_id", "lesion_id", "patient_id")}
    return pd.DataFrame(ids | {"run": "net", "partition": partition, "called": called})


def extremes(scan_id: str, *points: tuple[str, float, float]) -> pd.DataFrame:
    """Extreme points of the method ``cam``; those of one extreme share it."""
    table = pd.DataFrame(points, columns=["extreme", "row_px", "col_px"])
    share = 1 / table.groupby("extreme")["extreme"].transform("size")
    return table.assign(method="cam", run="net", scan_id=scan_id, share=share)
