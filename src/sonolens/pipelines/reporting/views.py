"""What a figure may show of a scan, gathered from the datasets of a run."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from sonolens.arrays import SaliencyMap, Scan
from sonolens.figures.scan_view import ScanView
from sonolens.pipelines.collections import MapId, Pictures, SaliencyMaps
from sonolens.tables.cohort import ScansTable
from sonolens.tables.pointing import ExtremePointsTable
from sonolens.tables.shown import GalleryTable
from sonolens.tables.vocabulary import EXTREMES
from sonolens.ultrasound import resample_map


def right_and_wrong(gallery: GalleryTable) -> pd.DataFrame:
    """The first scan that was called rightly, then the first that was not, malignant ones before benign."""
    ordered = gallery.sort_values(["correct", "label"], ascending=False, kind="stable")
    return ordered.drop_duplicates("correct")


def shown_scan(gallery: GalleryTable) -> pd.Series:
    """The one scan that Fig. 2 and 3 show: the first malignant one that was called so, if any."""
    return right_and_wrong(gallery).iloc[0]


def view_scans(
    gallery: GalleryTable,
    scans: ScansTable,
    *,
    raw_images: Pictures,
    raw_masks: Pictures,
    region_masks: Pictures | None = None,
    ring: str | None = None,
) -> list[ScanView]:
    """Gather the scans of a gallery, with their regions where these are given."""
    return [
        ScanView(
            **_facts(row),
            scan=np.asarray(raw_images[row["scan_id"]]()),
            mask=np.asarray(raw_masks[row["scan_id"]]()),
            region_map=None if region_masks is None else np.asarray(region_masks[row["scan_id"]]()),
            ring=ring,
        )
        for _, row in _listed(gallery, scans).iterrows()
    ]


def view_explained_scans(
    gallery: GalleryTable,
    scans: ScansTable,
    *,
    raw_images: Pictures,
    raw_masks: Pictures,
    region_masks: Pictures,
    saliency_maps: SaliencyMaps,
    extreme_points: ExtremePointsTable,
    method: str,
) -> list[ScanView]:
    """Gather the scans of a gallery with their regions, `method`'s maps and their extremes."""
    points = extreme_points[extreme_points["method"] == method].set_index(["run", "scan_id"])
    views = view_scans(
        gallery, scans, raw_images=raw_images, raw_masks=raw_masks, region_masks=region_masks
    )
    explained = []
    for run, view in zip(gallery["run"], views, strict=True):
        saliency = saliency_maps[str(MapId(method, run, view.scan_id))]()
        found = points.loc[[(run, view.scan_id)]]
        explained.append(replace(view, **_explanation(saliency, found, scan=view.scan)))
    return explained


def _listed(gallery: GalleryTable, scans: ScansTable) -> pd.DataFrame:
    return gallery.merge(scans.drop(columns="label"), on="scan_id", validate="one_to_one")


def _facts(row: pd.Series) -> dict[str, Any]:
    names = ("scan_id", "label", "spacing_row_mm", "spacing_col_mm", "probability", "threshold")
    return {name: row[name] for name in names} | {
        "birads": None if pd.isna(row["birads"]) else row["birads"]
    }


def _explanation(saliency: SaliencyMap, found: pd.DataFrame, *, scan: Scan) -> dict[str, Any]:
    """The map, the same on the native grid, and the first point of each extreme."""
    first = found.dropna(subset="row_px").drop_duplicates("extreme").set_index("extreme")
    return {
        "saliency": saliency,
        "native_saliency": resample_map(saliency, to=scan.shape),
        "points": {
            extreme: (first.at[extreme, "row_px"], first.at[extreme, "col_px"])
            for extreme in EXTREMES
            if extreme in first.index
        },
        "ring": found["ring"].iloc[0],
    }
