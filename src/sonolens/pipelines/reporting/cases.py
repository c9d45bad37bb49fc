"""Maps, calls, scans and what is known of them -> every case, as a table and as what the case browser draws."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
import pandas as pd
from kedro.pipeline import Pipeline

from sonolens.evaluation import pointing
from sonolens.parallel import in_parallel
from sonolens.pipelines.collections import MapId, Pictures, SaliencyMaps
from sonolens.pipelines.explainability.scored_scans import scored_scans
from sonolens.pipelines.explainability.selection import EXPLAINED
from sonolens.pipelines.parameters import EvaluationParameters, RegionsParameters
from sonolens.pipelines.reporting.parameters import ReportingParameters
from sonolens.pipelines.stations import station
from sonolens.progress import track
from sonolens.regions import GrowingRegions, Ring, grow_regions
from sonolens.report import case_views
from sonolens.tables.cohort import MassMeasurementsTable, ScansTable, ScreeningTable
from sonolens.tables.descriptors import DescriptorsTable
from sonolens.tables.pointing import ExtremePointsTable, MeanMapExtremes
from sonolens.tables.shown import Cases, CasesTable
from sonolens.tables.training import DecisionsTable
from sonolens.tables.vocabulary import EXTREMES

KEY = ["method", "run", "scan_id"]
OF_SCAN = ["scan_id", "view", "birads", "device", "spacing_row_mm", "spacing_col_mm"]


def cases_station() -> Pipeline:
    """Set out every case, and make small what the page shows of it."""
    return station(
        "cases", {tabulate_cases: "cases", draw_case_views: "case_views"}, takes=EXPLAINED
    )


def tabulate_cases(
    extreme_points: ExtremePointsTable,
    region_masks: Pictures,
    decisions: DecisionsTable,
    scans: ScansTable,
    mass_measurements: MassMeasurementsTable,
    descriptors: DescriptorsTable,
    screening: ScreeningTable,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Set out every scored scan of every method and run with its call, its extremes and what is known of it."""
    played = set().union(*scored_scans(decisions, partition=scoring.partition).values())
    points = extreme_points[extreme_points["scan_id"].isin(played)]
    lookup = pointing.look_up_regions(
        points,
        MeanMapExtremes.empty(),
        scans,
        region_masks,
        tolerance_mm=scoring.tolerance_mm,
    )
    cases = pointing.tabulate_cases(points, decisions, lookup, partition=scoring.partition)
    cases = cases.merge(scans[OF_SCAN], on="scan_id", how="left")
    sizes = mass_measurements[["scan_id", "size_mm"]].rename(columns={"size_mm": "mass_mm"})
    cases = cases.merge(sizes, on="scan_id", how="left")
    cases = pointing.describe_cases(
        cases, descriptors, of="descriptors", by="descriptor", told="value"
    )
    cases = pointing.describe_cases(cases, screening, of="findings", by="check", told="check")
    return cases[[*KEY, *(name for name in Cases.to_schema().columns if name not in KEY)]]


def draw_case_views(
    raw_images: Pictures,
    raw_masks: Pictures,
    annotations: Pictures,
    saliency_maps: SaliencyMaps,
    extreme_points: ExtremePointsTable,
    cases: CasesTable,
    regions: RegionsParameters,
    reporting: ReportingParameters,
) -> dict[str, Any]:
    """Make small what the page shows of every case, and follow its points and cells through rings of every width."""
    desk = _Desk(
        raw_images, raw_masks, annotations, saliency_maps, cases, regions, reporting.picture_px
    )
    rings = _choose_rings(regions, reporting, tolerance_mm=desk.tolerance_mm)
    points_of = dict(iter(extreme_points.groupby("scan_id", sort=False)))
    scans, maps = {}, {}
    work = partial(_follow_scan, desk, rings, points_of)
    scan_ids = list(desk.spacing_of)
    followed = track(
        in_parallel(work, scan_ids), description="Following cases", total=len(scan_ids)
    )
    for scan_id, (scan, of_maps) in zip(scan_ids, followed, strict=True):
        scans[scan_id] = scan
        maps.update(of_maps)
    shown = _add_pictures(desk, rings, scans, maps, budget=reporting.picture_megabytes * 1e6)
    unit = "mm" if regions.ring.mode == "millimetres" else "radii"
    widths = case_views.name_widths([ring.outer for ring in rings])
    return {
        "rings": {"unit": unit, "widths": widths, "own": desk.own(rings)},
        "scans": scans,
        "maps": maps,
        "shown": shown,
    }


@dataclass(frozen=True)
class _Desk:
    """What is laid out to draw cases from."""

    raw_images: Pictures
    raw_masks: Pictures
    annotations: Pictures
    saliency_maps: SaliencyMaps
    cases: pd.DataFrame
    regions: RegionsParameters
    largest_px: int

    @cached_property
    def spacing_of(self) -> dict[str, tuple[float, float]]:
        """The spacing of every scan that is a case, in the order of the cases."""
        told = ["scan_id", "spacing_row_mm", "spacing_col_mm"]
        rows = self.cases.drop_duplicates("scan_id")[told].itertuples(index=False)
        return {str(scan_id): (float(row_mm), float(col_mm)) for scan_id, row_mm, col_mm in rows}

    @cached_property
    def tolerance_mm(self) -> float:
        """How near to a region still counts as inside."""
        return float(self.cases["tolerance_mm"].max())

    @cached_property
    def map_ids(self) -> list[MapId]:
        """Name the maps of all cases, in their order."""
        keys = self.cases[KEY].itertuples(index=False)
        return [MapId(*map(str, key)) for key in keys]

    @cached_property
    def maps_of(self) -> dict[str, list[MapId]]:
        """The same by scan."""
        by_scan: dict[str, list[MapId]] = {}
        for map_id in self.map_ids:
            by_scan.setdefault(map_id.scan_id, []).append(map_id)
        return by_scan

    def own(self, rings: list[Ring]) -> int:
        """Tell which of the rings is the study's own."""
        return [ring.label for ring in rings].index(self.regions.ring.label)

    def grow(self, scan_id: str, rings: list[Ring]) -> GrowingRegions:
        """Draw the regions of a scan with every ring."""
        return grow_regions(
            self.regions,
            np.asarray(self.raw_masks[scan_id]()),
            rings,
            spacing_mm=self.spacing_of[scan_id],
            scan_id=scan_id,
            annotations=np.asarray(self.annotations[scan_id]()),
        )


def _follow_scan(
    desk: _Desk, rings: list[Ring], points_of: Mapping[Any, pd.DataFrame], scan_id: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Follow cells and extremes of one scan through all rings; return what is told of it, and of its maps."""
    growing = desk.grow(scan_id, rings)
    asked: dict[str, Any] = {
        "tolerance_mm": desk.tolerance_mm,
        "spacing_mm": desk.spacing_of[scan_id],
    }
    points = points_of[scan_id]
    _check_regions(points, growing, desk.own(rings), scan_id)
    rows, cols = growing.parts.shape
    cells, maps = {}, {}
    for map_id in desk.maps_of[scan_id]:
        shape = desk.saliency_maps[str(map_id)]().shape
        name = f"{shape[0]}x{shape[1]}"
        if name not in cells:
            cells[name] = case_views.write_tally(pointing.tally_cells(growing, shape, **asked))
        of_map = points[(points["method"] == map_id.method) & (points["run"] == map_id.run)]
        maps[str(map_id)] = {"shape": name} | {
            extreme: _follow_extreme(of_map[of_map["extreme"] == extreme], growing, asked)
            for extreme in EXTREMES
        }
    drawn = " ".join(map(str, pointing.find_drawn(growing)))
    return {"rows": rows, "cols": cols, "cells": cells, "drawn": drawn}, maps


def _follow_extreme(
    points: pd.DataFrame, growing: GrowingRegions, asked: Mapping[str, Any]
) -> dict[str, Any]:
    there = points.dropna(subset=["row_share", "col_share"])
    shares = there[["row_share", "col_share"]].to_numpy(dtype=float)
    places = pointing.follow_shares(growing, shares, **asked)
    tally = pointing.tally_places(places, there["share"]) if len(there) else []
    at = there[["row_px", "col_px"]].to_numpy(dtype=float)
    return {
        "inside": case_views.write_tally(tally),
        "points": case_views.write_points(at),
        "tied": len(there),
    }


def _check_regions(points: pd.DataFrame, growing: GrowingRegions, own: int, scan_id: str) -> None:
    """Refuse points whose regions were drawn by another rule than this run's parameters."""
    there = points.dropna(subset=["row_px", "col_px"])
    at = there[["row_px", "col_px"]].to_numpy(dtype=float)
    named = there["region"].tolist()
    now = pointing.read_regions_at(growing.with_ring(own), at) if len(there) else []
    moved = [number for number, region in enumerate(now) if region != named[number]]
    if moved:
        raise ValueError(
            f"an extreme of scan {scan_id!r} lies in {named[moved[0]]!r}, but with this run's "
            f"parameters of regions in {now[moved[0]]!r}; run explainability again with these parameters, or "
            "reporting with those that its regions were drawn with"
        )


def _choose_rings(
    regions: RegionsParameters, reporting: ReportingParameters, *, tolerance_mm: float
) -> list[Ring]:
    """Choose the rings of the slider; with a tolerance only those of the study, for each costs distances anew."""
    steps = int(reporting.ring_to_mm / reporting.ring_step_mm + 1e-9)
    widths = [step * reporting.ring_step_mm for step in range(1, steps + 1)]
    asked = [*regions.sweep_outer_mm, *(widths if tolerance_mm == 0 else [])]
    wider = {f"{mm:.9g}": mm for mm in asked if mm > regions.ring.inner_mm}
    rings = {f"{regions.ring.outer_mm:.9g}": regions.ring}
    rings |= {name: regions.ring.widened(mm) for name, mm in wider.items() if name not in rings}
    return sorted(rings.values(), key=lambda ring: ring.outer_mm)


def _add_pictures(
    desk: _Desk,
    rings: list[Ring],
    scans: dict[str, Any],
    maps: dict[str, Any],
    *,
    budget: float,
) -> int:
    """Add pictures and cells to the first cases, as far as the budget goes; return how many these are."""
    thumbnails = min(len(scans), case_views.MOST_THUMBNAILS)
    left, shown = budget - thumbnails * case_views.THUMBNAIL_BYTES, 0
    for map_id in desk.map_ids:
        added = {} if "picture" in scans[map_id.scan_id] else _draw(desk, rings, map_id.scan_id)
        cells = case_views.encode_map(desk.saliency_maps[str(map_id)]())
        left -= sum(map(len, added.values())) + len(cells["cells"])
        if left < 0:
            break
        scans[map_id.scan_id].update(added)
        maps[str(map_id)].update(cells)
        shown += 1
    for scan_id in list(scans)[: case_views.MOST_THUMBNAILS]:
        if "picture" not in scans[scan_id]:
            scan = np.asarray(desk.raw_images[scan_id]())
            scans[scan_id]["thumbnail"] = case_views.encode_thumbnail(scan)
    return shown


def _draw(desk: _Desk, rings: list[Ring], scan_id: str) -> dict[str, str]:
    growing = desk.grow(scan_id, rings)
    scan = np.asarray(desk.raw_images[scan_id]())
    return {
        "picture": case_views.encode_scan(scan, largest_px=desk.largest_px),
        "regions": case_views.encode_regions(growing, largest_px=desk.largest_px),
    }
