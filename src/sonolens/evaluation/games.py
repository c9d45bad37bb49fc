"""The maps that play the pointing game: what each hit, what chance would hit, who was right."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int

from sonolens.arrays import Labels
from sonolens.evaluation.classification import patients_of, threshold_of
from sonolens.evaluation.roc import call_malignant
from sonolens.tables import EXTREMES, REGION_NAMES

PLAYED_REGIONS = (*REGION_NAMES, "any")
"""The regions of a game; ``any`` is at least one of the three."""

PLACES = (*REGION_NAMES, "other", "none")
MAP_KEY = ["method", "run", "scan_id"]

RegionValues = Float[np.ndarray, "scans regions"]


@dataclass(frozen=True)
class Game:
    """The maps of one method and run, one row per scan, regions in the order `PLAYED_REGIONS`.

    Attributes:
        method: Name of the explainer.
        run: Name of the network.
        patient_ids: The patient of every scan.
        malignant: Whether the mass is malignant.
        called: Whether the run calls it malignant at its frozen scan-level threshold.
        silent: Whether the map is constant, so that it points nowhere.
        max_inside: Share of the tied maxima that lie in each region.
        min_inside: Share of the tied minima that lie in each region.
        cell_share: Share of the cells a map can point at that lie in each region.
        drawn: Whether the scan has any pixel of each region.
    """

    method: str
    run: str
    patient_ids: np.ndarray
    malignant: Labels
    called: Labels
    silent: Labels
    max_inside: RegionValues
    min_inside: RegionValues
    cell_share: RegionValues
    drawn: Bool[np.ndarray, "scans regions"]


def gather_games(
    extreme_points: pd.DataFrame,
    region_shares: pd.DataFrame,
    predictions: pd.DataFrame,
    scans: pd.DataFrame,
    operating_points: pd.DataFrame,
    *,
    partition: str,
) -> Iterator[Game]:
    """Yield one game per method and run, with the maps of the partition's scans.

    Raises:
        ValueError: If the partition has no map, or a map lacks a prediction, an extreme, a region
            share or an operating point.
    """
    maps = extreme_points[MAP_KEY].drop_duplicates(ignore_index=True)
    judged = _judged(maps, predictions)
    played = judged[judged["partition"] == partition]
    if played.empty:
        raise ValueError(
            f"no scan of the {partition} partition has extreme points; explain its scans first, "
            "or choose another partition"
        )
    inside = _inside(extreme_points, maps)
    cell_share, area_share = _shares(region_shares, maps)
    patients = patients_of(judged["scan_id"], scans).to_numpy()
    for (method, run), game in played.groupby(["method", "run"], sort=False):
        rows = game.index.to_numpy()
        threshold = threshold_of(operating_points, run=str(run), level="scan")
        yield Game(
            method=str(method),
            run=str(run),
            patient_ids=patients[rows],
            malignant=(game["label"] == "malignant").to_numpy(dtype=bool),
            called=call_malignant(game["probability"].to_numpy(dtype=float), threshold),
            silent=np.any(inside[rows, :, PLACES.index("none")] > 0, axis=1),
            max_inside=_with_any(inside[rows, EXTREMES.index("max")]),
            min_inside=_with_any(inside[rows, EXTREMES.index("min")]),
            cell_share=_with_any(cell_share[rows]),
            drawn=_with_any(area_share[rows]) > 0,
        )


def _judged(maps: pd.DataFrame, predictions: pd.DataFrame) -> pd.DataFrame:
    """Return the prediction of every map's scan, in the order of the maps."""
    columns = ["run", "scan_id", "partition", "label", "probability"]
    judged = maps.merge(
        predictions[columns], on=["run", "scan_id"], how="left", validate="many_to_one"
    )
    unknown = judged[judged["label"].isna()]
    if len(unknown):
        raise ValueError(
            f"scan {unknown['scan_id'].iloc[0]!r} has extreme points but no prediction of run "
            f"{unknown['run'].iloc[0]!r}; use the predictions of the networks that were explained"
        )
    return judged


def _inside(
    extreme_points: pd.DataFrame, maps: pd.DataFrame
) -> Float[np.ndarray, "maps extremes places"]:
    """Return the share of every map's extremes in each of `PLACES`."""
    inside = np.zeros((len(maps), len(EXTREMES), len(PLACES)))
    place = (
        _rows_of(extreme_points, maps),
        _codes(extreme_points["extreme"], EXTREMES),
        _codes(extreme_points["region"], PLACES),
    )
    np.add.at(inside, place, extreme_points["share"].to_numpy(dtype=float))
    incomplete = np.argwhere(~np.isclose(inside.sum(axis=2), 1))
    if len(incomplete):
        row, extreme = incomplete[0]
        raise ValueError(
            f"the {EXTREMES[extreme]} of {_name(maps, int(row))} has shares that do not add up to 1; "
            "locate the extreme points again"
        )
    return inside


def _shares(
    region_shares: pd.DataFrame, maps: pd.DataFrame
) -> tuple[Float[np.ndarray, "maps places"], Float[np.ndarray, "maps places"]]:
    """Return cell share and area share of every map's regions."""
    rows = _rows_of(region_shares, maps)
    known = region_shares[rows >= 0]
    place = (rows[rows >= 0], _codes(known["region"], REGION_NAMES))
    shares = np.full((2, len(maps), len(REGION_NAMES)), np.nan)
    shares[0][place] = known["cell_share"]
    shares[1][place] = known["area_share"]
    unknown = np.flatnonzero(np.isnan(shares).any(axis=(0, 2)))
    if len(unknown):
        raise ValueError(
            f"{_name(maps, int(unknown[0]))} has extreme points but no region shares, so its chance is "
            "unknown; measure the region shares of every map"
        )
    return shares[0], shares[1]


def _rows_of(table: pd.DataFrame, maps: pd.DataFrame) -> Int[np.ndarray, " rows"]:
    """Return the position in `maps` of every row's map, -1 for others."""
    positions = pd.MultiIndex.from_frame(maps)
    return positions.get_indexer(pd.MultiIndex.from_frame(table[MAP_KEY]))


def _codes(names: "pd.Series[str]", known: tuple[str, ...]) -> Int[np.ndarray, " rows"]:
    """Return the position of every name among the known ones."""
    codes = pd.Index(known).get_indexer(pd.Index(names))
    if (codes < 0).any():
        raise ValueError(
            f"{names.name} {names[codes < 0].iloc[0]!r} is unknown; choose from {', '.join(known)}"
        )
    return codes


def _name(maps: pd.DataFrame, row: int) -> str:
    method, run, scan_id = maps.loc[row, MAP_KEY]
    return f"scan {scan_id!r}, method {method!r}, run {run!r},"


def _with_any(
    regions: Float[np.ndarray, "maps places"],
) -> Float[np.ndarray, "maps regions"]:
    """Return the three regions and, as they are disjoint, their sum."""
    three = regions[:, : len(REGION_NAMES)]
    return np.column_stack([three, np.minimum(three.sum(axis=1), 1.0)])
