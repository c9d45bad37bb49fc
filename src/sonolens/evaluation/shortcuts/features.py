"""What the label may be told from, set by set: numbers of every scan that are not its mass's appearance."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float

from sonolens.tables.cohort import ScansTable
from sonolens.tables.shortcuts import ScanPropertiesTable
from sonolens.tables.vocabulary import GEOMETRY

ANNOTATED = "annotation_"
"""Columns of the scans' properties that tell of annotations begin so."""

ABSENT = {
    "device": "no scan names its device",
    "field": "no scan has a spacing",
    "annotations": "annotations were not looked for",
}
"""Why a set cannot be asked of a study that does not tell it."""


@dataclass(frozen=True)
class FeatureSet:
    """A set of numbers per scan that is asked together.

    Attributes:
        name: One of `SHORTCUTS`, or `GEOMETRY`.
        values: One column per feature, NaN where unknown.
        reason: Why it cannot be asked; empty if it can.
    """

    name: str
    values: Float[np.ndarray, "scans features"]
    reason: str


def list_feature_sets(
    scans: ScansTable, scan_properties: ScanPropertiesTable
) -> tuple[FeatureSet, ...]:
    """List `SHORTCUTS` in their order, then `GEOMETRY`.

    The picture's size is its rows, columns and their ratio; the device, one column each, the unknown too; the
    field, spacing and depth in mm; grey, mean and standard deviation
    of all but the mass and what lies below it; annotations, their share of the picture, all and by kind, and where
    their middle lies, unknown where a scan has none; the position, where
    the middle of the mass lies as a share of the picture. Geometry is height, width, area, height over width and
    position of the mass: in mm if every scan has a spacing, else as shares of the picture.

    Returns:
        Values in the order of `scans`.

    Raises:
        KeyError: If a scan has no properties.
    """
    found = scan_properties.set_index("scan_id").loc[scans["scan_id"]]
    rows, cols = (found[name].to_numpy(float) for name in ("rows_px", "cols_px"))
    spacing = scans[["spacing_row_mm", "spacing_col_mm"]].to_numpy(float)
    place = found[["mass_row_px", "mass_col_px"]].to_numpy(float) / np.column_stack([rows, cols])
    devices = scans["device"].astype(object).where(scans["device"].notna(), "")
    annotated = [name for name in map(str, found) if name.startswith(ANNOTATED)]
    values = {
        "picture_size": np.column_stack([rows, cols, cols / rows]),
        "device": pd.get_dummies(devices).to_numpy(float) if (devices != "").any() else _none(rows),
        "field": np.column_stack([spacing, rows * spacing[:, 0]])
        if (spacing > 0).any()
        else _none(rows),
        "grey": found[["mean_grey", "contrast"]].to_numpy(float),
        "annotations": found[annotated].to_numpy(float),
        "position": place,
        GEOMETRY: _measure_geometry(found, np.column_stack([rows, cols]), spacing, place),
    }
    return tuple(FeatureSet(name, each, _reason(name, each)) for name, each in values.items())


def _measure_geometry(
    found: pd.DataFrame,
    size_px: Float[np.ndarray, "scans 2"],
    spacing_mm: Float[np.ndarray, "scans 2"],
    place: Float[np.ndarray, "scans 2"],
) -> Float[np.ndarray, "scans 6"]:
    """Measure the mass in mm if every scan has a spacing, else in shares of the picture."""
    known = bool((spacing_mm > 0).all())
    unit = spacing_mm if known else 1 / size_px
    extent = found[["mass_height_px", "mass_width_px"]].to_numpy(float)
    extent_mm = extent * spacing_mm if known else extent
    area = found["mass_area_px"].to_numpy(float) * unit.prod(axis=1)
    aspect = extent_mm[:, 0] / extent_mm[:, 1]
    where = place * size_px * spacing_mm if known else place
    return np.column_stack([extent * unit, area, aspect, where])


def _none(rows: Float[np.ndarray, " scans"]) -> Float[np.ndarray, "scans 0"]:
    return np.empty((len(rows), 0))


def _reason(name: str, values: Float[np.ndarray, "scans features"]) -> str:
    """Say why a set cannot be asked; empty if it can."""
    known = values[:, ~np.isnan(values).all(axis=0)]
    if known.shape[1] == 0:
        return ABSENT.get(name, "nothing is known of it")
    alike = (known == known[:1]) | (np.isnan(known) & np.isnan(known[:1]))
    return "it is the same for all scans, so it cannot tell them apart" if alike.all() else ""
