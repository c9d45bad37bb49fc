"""The station of moved annotations: raw_masks, extreme_points -> mask_uncertainty, its figure and its page."""

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd
from kedro.pipeline import Pipeline
from matplotlib.figure import Figure

from sonolens.arrays import Mask, RegionMap
from sonolens.evaluation import pointing
from sonolens.figures.pointing import mask_uncertainty as figure
from sonolens.pipelines.collections import MapId, Pictures, SaliencyMaps, spacing_by_scan
from sonolens.pipelines.experiment_page import page_of_experiment
from sonolens.pipelines.explainability.selection import EXPLAINED
from sonolens.pipelines.mask_uncertainty.parameters import MaskUncertaintyParameters
from sonolens.pipelines.parameters import EvaluationParameters, RegionsParameters
from sonolens.pipelines.stations import station
from sonolens.progress import track
from sonolens.regions import fill_mass, measure_contour
from sonolens.report.sections import mask_uncertainty as section
from sonolens.tables.cohort import ScansTable
from sonolens.tables.pointing import (
    CalledExtremesTable,
    ExtremePointsTable,
    MaskUncertaintyTable,
    RegionSharesTable,
)
from sonolens.tables.training import DecisionsTable

MAP = ["method", "run", "scan_id"]


def moved_annotations_station() -> Pipeline:
    """Play the game on annotations as another reader might have made them, and write its page."""
    return station(
        "moved_annotations",
        {
            locate_called_extremes: "called_extremes",
            score_mask_uncertainty: "mask_uncertainty",
            draw_mask_uncertainty: "mask_uncertainty_figure",
        },
        takes=EXPLAINED,
    ) + page_of_experiment(
        section.SECTION, namespace="moved_annotations", report="mask_uncertainty_page"
    )


def locate_called_extremes(
    saliency_maps: SaliencyMaps,
    extreme_points: ExtremePointsTable,
    decisions: DecisionsTable,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Find the extreme that argues for the call on every rightly called scan, and the cells of its map."""
    asked = decisions[(decisions["partition"] == scoring.partition) & decisions["correct"]]
    told = asked[["run", "scan_id", "patient_id", "called"]]
    points = extreme_points.merge(told, on=["run", "scan_id"]).dropna(subset=["row_share"])
    for_call = np.where(points["called"].astype(bool), "max", "min")
    kept = points[points["extreme"] == for_call].reset_index(drop=True)
    shapes = {
        key: np.asarray(saliency_maps[str(MapId(*key))]()).shape
        for key in set(kept[MAP].itertuples(index=False, name=None))
    }
    of_rows = [shapes[key] for key in kept[MAP].itertuples(index=False, name=None)]
    kept = kept[[*MAP, "patient_id", "row_share", "col_share", "share"]]
    return kept.assign(
        map_rows=[rows for rows, _ in of_rows], map_cols=[cols for _, cols in of_rows]
    )


def score_mask_uncertainty(
    raw_masks: Pictures,
    annotations: Pictures,
    called_extremes: CalledExtremesTable,
    region_shares: RegionSharesTable,
    scans: ScansTable,
    regions: RegionsParameters,
    uncertainty: MaskUncertaintyParameters,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Score how far hit rates hang on contour, spacing and the place in a cell, of rightly called scans."""
    if called_extremes.empty:
        raise ValueError(
            f"no rightly called scan of the {scoring.partition} partition has a map with an extreme, so no hit can be "
            "moved; explain the scans first, or choose another evaluation.partition"
        )
    spacing_of = spacing_by_scan(scans)
    of_scans = called_extremes.groupby("scan_id")
    tables = []
    bar = track(of_scans, description="Moving annotations", total=len(of_scans))
    for number, (name, rows) in enumerate(bar):
        scan_id = str(name)
        rng = np.random.default_rng([uncertainty.seed, number])
        drawn = _draw_annotations(
            np.asarray(raw_masks[scan_id]()),
            np.asarray(annotations[scan_id]()),
            spacing_of[scan_id],
            regions,
            uncertainty,
            rng=rng,
            scan_id=scan_id,
        )
        tables.append(_play(rows, list(drawn), rng))
    return _summarise(pd.concat(tables, ignore_index=True), region_shares, scoring)


def draw_mask_uncertainty(mask_uncertainty: MaskUncertaintyTable) -> Figure:
    """Draw every hit rate with the intervals of patients, of annotations, and of both."""
    return figure.draw_mask_uncertainty(mask_uncertainty)


def _play(
    called_extremes: pd.DataFrame, drawn: list[RegionMap], rng: np.random.Generator
) -> pd.DataFrame:
    """Play every map of a scan on each of its annotations; the first is the one at hand."""
    rows = []
    for _, points in called_extremes.groupby(["method", "run"], sort=False):
        first = points.iloc[0]
        extreme = pointing.Extreme(
            places=points[["row_share", "col_share"]].to_numpy(dtype=float),
            shares=points["share"].to_numpy(dtype=float),
            grid_shape=(int(first["map_rows"]), int(first["map_cols"])),
        )
        hits = [extreme.hit(drawn[0]), *(extreme.hit_anywhere(each, rng) for each in drawn[1:])]
        told = {"hits": np.array(hits), "near": extreme.is_near(drawn[0])}
        about = {name: first[name] for name in ("method", "run", "scan_id", "patient_id")}
        rows.append(about | told)
    return pd.DataFrame(rows)


def _draw_annotations(
    mask: Mask,
    annotations: np.ndarray,
    spacing_mm: tuple[float, float],
    regions: RegionsParameters,
    uncertainty: MaskUncertaintyParameters,
    *,
    rng: np.random.Generator,
    scan_id: str,
) -> Iterator[RegionMap]:
    """Draw a scan's regions as they are, and then again and again with contour and spacing moved."""
    yield regions.partition(mask, spacing_mm=spacing_mm, scan_id=scan_id, annotations=annotations)
    known = not math.isnan(spacing_mm[0] + spacing_mm[1])
    pixel_mm = spacing_mm if known else (1.0, 1.0)  # without spacing a pixel is the unit
    contour = measure_contour(mask, spacing_mm=pixel_mm)
    radius = math.sqrt(fill_mass(mask).sum() * pixel_mm[0] * pixel_mm[1] / math.pi)
    sd = uncertainty.contour_sd_mm if known else uncertainty.contour_sd_share * radius
    per_mm = 1.0 if known else sd / uncertainty.contour_sd_mm if uncertainty.contour_sd_mm else 1.0
    for _ in range(uncertainty.draws):
        moved = contour.move(sd_mm=sd, scale_mm=uncertainty.contour_scale_mm * per_mm, rng=rng)
        scale = math.exp(rng.normal(scale=uncertainty.spacing_sd_share))
        yield regions.partition(
            moved,
            spacing_mm=(spacing_mm[0] * scale, spacing_mm[1] * scale),
            scan_id=scan_id,
            annotations=annotations,
        )


def _summarise(
    played: pd.DataFrame, region_shares: RegionSharesTable, scoring: EvaluationParameters
) -> pd.DataFrame:
    shares = region_shares.merge(played[MAP], on=MAP)
    keys = ["method", "run", "region"]
    chance = shares.groupby(keys)["cell_share"].mean().rename("chance").reset_index()
    tables = []
    for (method, run), rows in played.groupby(["method", "run"], sort=False):
        table = pointing.summarise_mask_uncertainty(
            np.stack(rows["hits"].tolist()),
            np.stack(rows["near"].tolist()),
            rows["patient_id"],
            bootstrap=scoring.bootstrap,
        )
        tables.append(table.assign(method=str(method), run=str(run), partition=scoring.partition))
    return pd.concat(tables, ignore_index=True).merge(chance, on=keys, how="left")
