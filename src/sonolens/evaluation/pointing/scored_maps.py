"""The maps that play the pointing game: where each points, what chance would hit, who was right."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int, UInt8

from sonolens.arrays import Labels
from sonolens.evaluation.classification.decisions import mark_groups
from sonolens.evaluation.pointing.region_lookup import RegionLookup, regions_of_bits
from sonolens.tables.pointing import ExtremePointsTable, MeanMapExtremesTable, RegionSharesTable
from sonolens.tables.training import DecisionsTable
from sonolens.tables.vocabulary import EXTREMES, POINTED_REGIONS, Unions

RegionValues = Float[np.ndarray, "scans regions"]


@dataclass(frozen=True)
class ExtremePlaces:
    """Where several maps point, one row per point.

    Attributes:
        owner: Which map points; the number of its scan.
        place: At which place of the lookup.
        share: How much of the map's extreme this point is; those of a map add up to 1.
    """

    owner: Int[np.ndarray, " points"]
    place: Int[np.ndarray, " points"]
    share: Float[np.ndarray, " points"]

    def measure_inside(
        self, region_bits: UInt8[np.ndarray, "scans places"], *, regions: Unions
    ) -> RegionValues:
        """Return how much of each map's extreme lies in each region of its own scan."""
        inside = np.zeros((len(region_bits), len(regions)))
        hit = regions_of_bits(regions)[region_bits[self.owner, self.place]]
        np.add.at(inside, self.owner, hit * self.share[:, None])
        return np.minimum(inside, 1.0)


@dataclass(frozen=True)
class ScoredMaps:
    """The maps of one method and run, one row per scan.

    Attributes:
        method: Name of the explainer.
        run: Name of the network.
        regions: The regions that play, in the order of the axis of regions.
        scan_ids: The scans.
        patient_ids: The patient of every scan.
        groups: Which of `GROUPS` every scan belongs to.
        called: Whether the run calls it malignant at its frozen scan-level threshold.
        constant: Whether the map is constant, so that it points nowhere.
        region_bits: The regions under every place of every scan; see `RegionLookup`.
        maxima: Where the maps are largest.
        minima: Where they are smallest.
        mean_max_inside: Share of the mean training map's maxima in each region; NaN without one.
        mean_min_inside: The same of its minima.
        cell_share: Share of the cells a map can point at that lie in each region.
        drawn: Whether the scan has any pixel of each region.
    """

    method: str
    run: str
    regions: Unions
    scan_ids: np.ndarray
    patient_ids: np.ndarray
    groups: Bool[np.ndarray, "scans groups"]
    called: Labels
    constant: Labels
    region_bits: UInt8[np.ndarray, "scans places"]
    maxima: ExtremePlaces
    minima: ExtremePlaces
    mean_max_inside: RegionValues
    mean_min_inside: RegionValues
    cell_share: RegionValues
    drawn: Bool[np.ndarray, "scans regions"]

    def hit_regions(self) -> tuple[RegionValues, RegionValues]:
        """Return how much of each map's maxima, and of its minima, lies in each region of its scan."""
        at_max, at_min = (
            extremes.measure_inside(self.region_bits, regions=self.regions)
            for extremes in (self.maxima, self.minima)
        )
        return at_max, at_min


def gather_scored_maps(
    extreme_points: ExtremePointsTable,
    mean_extremes: MeanMapExtremesTable,
    region_shares: RegionSharesTable,
    decisions: DecisionsTable,
    lookup: RegionLookup,
) -> Iterator[ScoredMaps]:
    """Yield the maps of every method and run, those of the decided scans in the order of their ids.

    Args:
        mean_extremes: A `MeanMapExtremes` table; empty where no mean map was drawn.
        region_shares: A `RegionShares` table of the same maps.
        decisions: From `explained_decisions`.
        lookup: The regions at every place that a map points at.

    Raises:
        ValueError: If a map lacks an extreme or a region share, or regions were read on other masks or
            with another tolerance than the tables were made with.
    """
    _check_tolerance(region_shares, lookup)
    shares_of = dict(iter(region_shares.groupby(["method", "run"])))
    for (method, run), points in extreme_points.groupby(["method", "run"], sort=False):
        of_run = decisions[decisions["run"] == run].sort_values("scan_id")
        played = of_run[of_run["scan_id"].isin(points["scan_id"])].reset_index(drop=True)
        if played.empty:
            continue
        scan_ids = played["scan_id"]
        name = f"method {method!r}, run {run!r}"
        constant, maxima, minima = _locate(points, scan_ids, lookup, name=name)
        region_bits = lookup.region_bits[lookup.find_scans(scan_ids)]
        mean_of_run = (mean_extremes["method"] == method) & (mean_extremes["run"] == run)
        mean_inside = _mean_inside(mean_extremes[mean_of_run], lookup, region_bits=region_bits)
        shares = shares_of.get((method, run), region_shares.iloc[:0])
        cell_share, area_share = _read_shares(shares, scan_ids, lookup, name=name)
        yield ScoredMaps(
            method=str(method),
            run=str(run),
            regions=lookup.regions,
            scan_ids=scan_ids.to_numpy(),
            patient_ids=played["patient_id"].to_numpy(),
            groups=mark_groups(played),
            called=played["called"].to_numpy(dtype=bool),
            constant=constant,
            region_bits=region_bits,
            maxima=maxima,
            minima=minima,
            mean_max_inside=mean_inside[0],
            mean_min_inside=mean_inside[1],
            cell_share=cell_share,
            drawn=area_share > 0,
        )


def _check_tolerance(region_shares: pd.DataFrame, lookup: RegionLookup) -> None:
    tolerances = region_shares["tolerance_mm"].unique()
    if any(tolerance != lookup.tolerance_mm for tolerance in tolerances):
        raise ValueError(
            f"the region shares allow {tolerances[0]:g} mm of tolerance, the regions were read with "
            f"{lookup.tolerance_mm:g} mm; use one tolerance for hits and for chance"
        )


def explained_decisions(
    extreme_points: ExtremePointsTable, decisions: DecisionsTable, *, partition: str
) -> pd.DataFrame:
    """Return the decisions of a partition whose maps have extreme points, in the order of these.

    Raises:
        ValueError: If the partition has no map, or a map no decision.
    """
    explained = extreme_points[["run", "scan_id"]].drop_duplicates()
    known = explained.merge(decisions, how="left", indicator=True)
    unknown = known[known["_merge"] == "left_only"]
    if len(unknown):
        raise ValueError(
            f"scan {unknown['scan_id'].iloc[0]!r} has extreme points but no prediction of run "
            f"{unknown['run'].iloc[0]!r}; use the predictions of the networks that were explained"
        )
    decided = explained.merge(decisions[decisions["partition"] == partition])
    if decided.empty:
        raise ValueError(
            f"no scan of the {partition} partition has extreme points; explain its scans first, "
            "or choose another partition"
        )
    return decided


def _locate(
    points: pd.DataFrame, scan_ids: "pd.Series[str]", lookup: RegionLookup, *, name: str
) -> tuple[Labels, ExtremePlaces, ExtremePlaces]:
    """Find the constant maps, and where the others point."""
    owners = pd.Index(scan_ids).get_indexer(pd.Index(points["scan_id"]))
    points, owners = points[owners >= 0], owners[owners >= 0]
    extremes = _codes(points["extreme"], EXTREMES)
    regions = _codes(points["region"], POINTED_REGIONS)
    given = np.zeros((len(scan_ids), len(EXTREMES)))
    np.add.at(given, (owners, extremes), points["share"].to_numpy(dtype=float))
    incomplete = np.argwhere(~np.isclose(given, 1))
    if len(incomplete):
        row, extreme = incomplete[0]
        raise ValueError(
            f"the {EXTREMES[extreme]} of scan {scan_ids.iloc[row]!r}, {name}, has shares that do not "
            "add up to 1; locate the extreme points again"
        )
    nowhere = regions == POINTED_REGIONS.index("none")
    constant = np.zeros(len(scan_ids), dtype=bool)
    constant[owners[nowhere]] = True
    pointing = ~constant[owners]
    points, owners, extremes, regions = (
        points[pointing],
        owners[pointing],
        extremes[pointing],
        regions[pointing],
    )
    every = ExtremePlaces(owners, lookup.find_places(points), points["share"].to_numpy(dtype=float))
    _check_regions(every, regions, lookup, scan_ids=scan_ids, name=name)
    maxima, minima = (
        ExtremePlaces(every.owner[chosen], every.place[chosen], every.share[chosen])
        for chosen in (extremes == number for number in range(len(EXTREMES)))
    )
    return constant, maxima, minima


def _check_regions(
    extremes_at: ExtremePlaces,
    regions: Int[np.ndarray, " points"],
    lookup: RegionLookup,
    *,
    scan_ids: "pd.Series[str]",
    name: str,
) -> None:
    """Refuse extreme points that were named on other region masks than those read."""
    scans = lookup.find_scans(scan_ids)
    region_bits = lookup.region_bits[scans[extremes_at.owner], extremes_at.place]
    held = regions_of_bits({name: (name,) for name in POINTED_REGIONS if name != "none"})
    there = held[region_bits, regions] | (
        (regions == POINTED_REGIONS.index("other")) & (lookup.tolerance_mm > 0)
    )
    if not there.all():
        first = int(np.argmin(there))
        raise ValueError(
            f"an extreme of scan {scan_ids.iloc[extremes_at.owner[first]]!r}, {name}, is said to lie in "
            f"{POINTED_REGIONS[regions[first]]!r}, but its region mask says otherwise; locate the "
            "extreme points with the region masks that are read now"
        )


def _mean_inside(
    points: pd.DataFrame, lookup: RegionLookup, *, region_bits: UInt8[np.ndarray, "scans places"]
) -> tuple[RegionValues, RegionValues]:
    """Return what the mean map's maxima and minima hit on every scan."""
    if points.empty:
        unknown = np.full((len(region_bits), len(lookup.regions)), np.nan)
        return unknown, unknown
    places, share = lookup.find_places(points), points["share"].to_numpy(dtype=float)
    extremes = _codes(points["extreme"], EXTREMES)
    hit = regions_of_bits(lookup.regions)[region_bits[:, places]]
    at_max, at_min = (
        np.einsum("spr,p->sr", hit[:, extremes == number], share[extremes == number])
        for number in range(len(EXTREMES))
    )
    return np.minimum(at_max, 1.0), np.minimum(at_min, 1.0)


def _read_shares(
    region_shares: RegionSharesTable,
    scan_ids: "pd.Series[str]",
    lookup: RegionLookup,
    *,
    name: str,
) -> tuple[RegionValues, RegionValues]:
    """Return cell share and area share of every scan's regions."""
    regions = tuple(lookup.regions)
    rows = pd.Index(scan_ids).get_indexer(pd.Index(region_shares["scan_id"]))
    known = region_shares[rows >= 0]
    place = (rows[rows >= 0], _codes(known["region"], regions))
    shares = np.full((2, len(scan_ids), len(regions)), np.nan)
    shares[0][place] = known["cell_share"]
    shares[1][place] = known["area_share"]
    unknown = np.flatnonzero(np.isnan(shares).any(axis=(0, 2)))
    if len(unknown):
        raise ValueError(
            f"scan {scan_ids.iloc[int(unknown[0])]!r}, {name}, has extreme points but no region shares, "
            "so its chance is unknown; measure the region shares of every map"
        )
    return shares[0], shares[1]


def _codes(names: "pd.Series[str]", known: tuple[str, ...]) -> Int[np.ndarray, " rows"]:
    """Return the position of every name among the known ones."""
    codes = pd.Index(known).get_indexer(pd.Index(names))
    if (codes < 0).any():
        raise ValueError(
            f"{names.name} {names[codes < 0].iloc[0]!r} is unknown; choose from {', '.join(known)}"
        )
    return codes


def read_ring(extreme_points: ExtremePointsTable) -> str:
    """Tell how the ring of all points was measured.

    Raises:
        ValueError: If rings of several kinds are mixed.
    """
    rings = extreme_points["ring"].unique()
    if len(rings) != 1:
        raise ValueError(
            f"the extreme points name {len(rings)} kinds of ring ({', '.join(map(repr, rings))}), "
            "which cannot share a table; locate them again with one ring"
        )
    return str(rings[0])
