"""The station of marking: raw_images, raw_masks, annotations, scans -> calliper_marks, marked_inputs, marked_guidance."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from kedro.pipeline import Pipeline
from PIL import Image

from sonolens.arrays import FramedScan, GuidanceMasks, ScanStack
from sonolens.parallel import in_parallel
from sonolens.pipelines.collections import Pictures, spacing_by_scan
from sonolens.pipelines.parameters import FramingParameters, RegionsParameters
from sonolens.pipelines.reversed_shortcut.parameters import ReversedShortcutParameters
from sonolens.pipelines.stations import station
from sonolens.pipelines.training.guidance import frame_out_of_bounds
from sonolens.progress import track
from sonolens.regions import outside_regions
from sonolens.tables.cohort import ScansTable, SplitsTable
from sonolens.tables.shortcuts import CalliperMarksTable
from sonolens.tables.vocabulary import MARK_READINGS
from sonolens.ultrasound import Framing, Places, burn_marks, ends_of_mass, places_aside

UNMARKED, AS_TRAINED, REVERSED = MARK_READINGS


def marking_station() -> Pipeline:
    """Burn calliper marks into scans, with one label as they are learnt and with the other reversed."""
    return station(
        "marking",
        {
            choose_marks: "calliper_marks",
            frame_marked_scans: "marked_inputs",
            frame_marked_guidance: "marked_guidance",
        },
    )


def choose_marks(
    raw_masks: Pictures,
    annotations: Pictures,
    scans: ScansTable,
    regions: RegionsParameters,
    reversed_shortcut: ReversedShortcutParameters,
) -> pd.DataFrame:
    """Choose where the marks of every scan would lie, and which scans bear them in which reading."""
    draw = np.random.default_rng(reversed_shortcut.marks_seed)
    drawn = draw.uniform(size=len(scans)) < reversed_shortcut.share
    malignant = (scans["label"] == "malignant").to_numpy()
    work = partial(_locate, raw_masks, annotations, regions, spacing_by_scan(scans))
    tables = []
    for place in reversed_shortcut.places:
        located = in_parallel(partial(work, place), scans["scan_id"])
        rows = list(track(located, description=f"Placing marks, {place}", total=len(scans)))
        tables.append(
            pd.DataFrame(rows).assign(
                place=place,
                **{AS_TRAINED: drawn & malignant, REVERSED: drawn & ~malignant},
            )
        )
    return pd.concat(tables, ignore_index=True)


def frame_marked_scans(
    raw_images: Pictures,
    calliper_marks: CalliperMarksTable,
    scans: ScansTable,
    framing: FramingParameters,
) -> Iterator[tuple[str, ScanStack]]:
    """Frame all scans without marks, and by place with marks as they are learnt and with marks reversed."""
    nowhere: dict[str, Places] = {}
    shown = {UNMARKED: nowhere} | {
        f"{place}/{reading}": places_of(marks, reading=reading)
        for place, marks in calliper_marks.groupby("place", sort=False)
        for reading in (AS_TRAINED, REVERSED)
    }
    return (
        (name, _frame_all(raw_images, scans, places, name, framing.size_px))
        for name, places in shown.items()
    )


def frame_marked_guidance(
    raw_masks: Pictures,
    annotations: Pictures,
    calliper_marks: CalliperMarksTable,
    scans: ScansTable,
    splits: SplitsTable,
    framing: FramingParameters,
    regions: RegionsParameters,
    reversed_shortcut: ReversedShortcutParameters,
) -> Iterator[tuple[str, GuidanceMasks]]:
    """Frame by place what is out of bounds on marked training scans, the marks among it."""
    located = {
        str(place): places_of(marks, reading=AS_TRAINED)
        for place, marks in calliper_marks.groupby("place", sort=False)
    }
    return (
        (
            place,
            frame_out_of_bounds(
                raw_masks,
                {name: partial(_mark, annotations, where, name) for name in scans["scan_id"]},
                scans,
                splits,
                regions,
                guided=reversed_shortcut.guided,
                size_px=framing.size_px,
            ),
        )
        for place, where in located.items()
    )


def places_of(marks: CalliperMarksTable, *, reading: str) -> dict[str, Places]:
    """Tell where the scans that bear marks in a reading bear them."""
    return {
        row["scan_id"]: [
            (row["first_row"], row["first_col"]),
            (row["second_row"], row["second_col"]),
        ]
        for row in marks[marks[reading]].to_dict(orient="records")
    }


def _mark(annotations: Pictures, where: dict[str, Places], scan_id: str) -> Image.Image:
    """Tell the marks of a scan beside what is burnt into it already."""
    known = np.asarray(annotations[scan_id]())
    _, marks = burn_marks(np.zeros_like(known), where.get(scan_id, []))
    return Image.fromarray(np.where(marks > 0, marks, known))


def _locate(
    raw_masks: Pictures,
    annotations: Pictures,
    regions: RegionsParameters,
    spacing_of: dict[str, tuple[float, float]],
    place: str,
    scan_id: str,
) -> dict[str, Any]:
    mask, known = (np.asarray(each[scan_id]()) for each in (raw_masks, annotations))
    if place == "edge":
        places = ends_of_mass(mask.astype(bool))
    else:
        region_map = regions.partition(
            mask, spacing_mm=spacing_of[scan_id], scan_id=scan_id, annotations=known
        )
        places = places_aside(outside_regions(region_map) & (known == 0))
    (first_row, first_col), (second_row, second_col) = places
    return {
        "scan_id": scan_id,
        "first_row": first_row,
        "first_col": first_col,
        "second_row": second_row,
        "second_col": second_col,
    }


def _frame_all(
    raw_images: Pictures, scans: ScansTable, places: dict[str, Places], told: str, size_px: int
) -> ScanStack:
    framed = in_parallel(partial(_frame, raw_images, places, size_px), scans["scan_id"])
    followed = track(framed, description=f"Framing marked scans, {told}", total=len(scans))
    return np.stack(list(followed))


def _frame(
    raw_images: Pictures, places: dict[str, Places], size_px: int, scan_id: str
) -> FramedScan:
    scan, _ = burn_marks(np.asarray(raw_images[scan_id]()), places.get(scan_id, []))
    return Framing.of(scan, size_px=size_px).frame_scan(scan)
