"""The pointing game on anybody's maps: plain arrays in, one table out."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from sonolens.arrays import AnnotationMap, RegionMap
from sonolens.evaluation.pointing import (
    average_maps,
    locate_extreme_points,
    locate_mean_extremes,
    look_up_regions,
    measure_region_shares,
    score_pointing_game,
)
from sonolens.evaluation.statistics import Bootstrap
from sonolens.regions import Below, RegionRule, Ring
from sonolens.tables.pointing import MeanMapExtremes

NAMES, PARTITION = {"method": "maps", "run": "network"}, "test"
"""How the maps, their network and their scans are called where tables want a name."""
SPACING = ["spacing_row_mm", "spacing_col_mm"]
PERMUTATIONS = 1000
BOOTSTRAP = Bootstrap(resamples=2000, confidence=0.95, seed=0)
"""How sure the table is: p values down to 0.001, 95 % intervals over patients."""


def pointing_game(
    maps: Iterable[Any],
    masks: Iterable[Any],
    *,
    spacing_mm: float | int | Iterable[Any],
    malignant: Iterable[Any],
    called: Iterable[Any],
    patient_ids: Iterable[Any] | None = None,
    ring_mm: float | int = 5.0,
    training_maps: Iterable[Any] | None = None,
    training_masks: Iterable[Any] | None = None,
    annotations: Iterable[Any] | None = None,
) -> pd.DataFrame:
    """Count how often maps point at the mass, at the ring around it, and below it, beside chance.

    This is the game that the pipeline plays, by the same functions, with the paper's rules: see
    `score_pointing_game` for what is counted, and `docs/how-to/score-your-own-maps.md` for the way here.

    Args:
        maps: One map per scan, each covering the whole scan at a resolution of its own: 7 x 7 cells, 14 x 14
            patches or one value per pixel. Where positive, signed ones speak for malignant.
        masks: One mask per scan on its native grid: 0 outside the mass, one other value inside; skin on top.
        spacing_mm: Height and width of a native pixel: one number, a pair, or a pair per scan, those of
            `training_masks` after those of `masks`. 1 measures in pixels, `ring_mm` too, where a study has no
            spacing.
        malignant: Whether each mass is malignant.
        called: Whether the network calls each scan malignant.
        patient_ids: The patient of every scan, so that intervals and exchanges keep patients together;
            None where every scan is of another patient.
        ring_mm: Width of the ring.
        training_maps: Maps of the scans that the network was fitted on, whose mean tells where evidence lies
            whatever is shown. None takes the mean of `maps` themselves, which suits them better than a
            stranger's.
        training_masks: Masks of the scans that the network was fitted on, which tell the fixed places where
            masses usually lie.
        annotations: What is burnt into each scan, 0 where there is tissue: no region holds it. None where all
            is tissue; `sonolens.ultrasound.find_annotations` finds it on a scan.

    Returns:
        One row per region (mass, peritumoral, below, any), rule (either, max, min, decision), subset of
        the calls (correct, wrong, all) and label: a `PointingGame` table without the names of method,
        run and partition. `centre_prior` is empty where maps differ in size and so have no mean,
        `location_prior` without `training_masks`.

    Raises:
        ValueError: If inputs differ in length, are empty, missing, infinite or not understood; the first
            such scan is named by its number.

    Examples:
        >>> mask = np.zeros((40, 60), dtype=bool)
        >>> mask[10:20, 20:40] = True
        >>> maps = np.zeros((1, 4, 6))  # of one scan
        >>> maps[0, 1, 3] = 1.0
        >>> table = pointing_game(maps, [mask], spacing_mm=0.5, malignant=[1], called=[1])
        >>> row = table.query("region == 'mass' and rule == 'max' and subset == 'all'").iloc[-1]
        >>> print(f"rate {row['rate']:.2f}, chance {row['chance']:.2f}")
        rate 1.00, chance 0.08
    """
    scored, drawn = _read_maps("map", maps), _read_masks("mask", masks)
    if len(drawn) != len(scored):
        raise ValueError(f"there are {len(scored)} maps but {len(drawn)} masks; give one per scan")
    rule = _read_rule(ring_mm)
    told = {"malignant": malignant, "called": called}
    told |= {} if patient_ids is None else {"patient_ids": patient_ids}
    learned_on = [] if training_masks is None else _read_masks("training mask", training_masks)
    scans = _measure_scans(spacing_mm, count=len(scored), learned=len(learned_on))
    decisions = _tell_scans(told, scans["scan_id"].tolist(), count=len(scored))
    learned = scored if training_maps is None else _read_maps("training map", training_maps)
    mean_extremes = _locate_mean(learned)
    marked = _read_annotations(annotations, drawn) + _read_annotations(None, learned_on)
    region_maps = _draw_regions([*drawn, *learned_on], marked, scans, rule)
    points, shares = _locate(scored, region_maps, scans)
    readers = {scan_id: region_map.copy for scan_id, region_map in region_maps.items()}
    return score_pointing_game(
        points.assign(ring=rule.ring.label),
        shares,
        decisions,
        mean_extremes=mean_extremes,
        lookup=look_up_regions(points, mean_extremes, scans, readers, without_maps=readers),
        partition=PARTITION,
        permutations=PERMUTATIONS,
        bootstrap=BOOTSTRAP,
    ).drop(columns=["method", "run", "partition"])


def _read_rule(ring_mm: float | int) -> RegionRule:
    """Tell how regions are drawn: the paper's, with a ring of this width."""
    if not 0 < ring_mm < np.inf:
        raise ValueError(f"ring_mm is {ring_mm}; give a width greater than 0, for example 5.0")
    return RegionRule(
        ring=Ring(mode="millimetres", inner_mm=0.0, outer_mm=ring_mm, outer_radii=1.0),
        below=Below(lateral_trim=0.0, max_depth_mm=None, exclude_ring=True),
    )


def _draw_regions(
    masks: list[np.ndarray], annotations: list[np.ndarray], scans: pd.DataFrame, rule: RegionRule
) -> dict[str, RegionMap]:
    """Draw the regions of every scan, by its name."""
    return {
        scan_id: rule.partition(
            mask, spacing_mm=tuple(spacing), scan_id=scan_id, annotations=marked
        )
        for scan_id, mask, marked, spacing in zip(
            scans["scan_id"], masks, annotations, scans[SPACING].to_numpy(), strict=True
        )
    }


def _locate(
    maps: list[np.ndarray], region_maps: Mapping[str, RegionMap], scans: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tell extreme points and region shares of the scans that have maps, which come first."""
    points, shares = [], []
    for saliency, scan in zip(maps, scans.to_dict(orient="records"), strict=False):
        scan_id, spacing = scan["scan_id"], (scan["spacing_row_mm"], scan["spacing_col_mm"])
        region_map = region_maps[scan_id]
        located = locate_extreme_points(saliency, region_map, spacing_mm=spacing, rule="cell")
        points += [{"scan_id": scan_id} | row for row in located]
        measured = measure_region_shares(region_map, saliency.shape, spacing_mm=spacing)
        shares += [{"scan_id": scan_id} | row for row in measured]
    return pd.DataFrame(points).assign(**NAMES), pd.DataFrame(shares).assign(**NAMES)


def _locate_mean(maps: list[np.ndarray]) -> pd.DataFrame:
    """Find the extremes of the mean map; none where it is constant or maps differ in size."""
    differ = len({saliency.shape for saliency in maps}) > 1
    rows = [] if differ else locate_mean_extremes(average_maps(maps), n_maps=len(maps))
    return pd.DataFrame(rows).assign(**NAMES) if rows else MeanMapExtremes.empty()


def _measure_scans(
    spacing_mm: float | int | Iterable[Any], *, count: int, learned: int
) -> pd.DataFrame:
    """Name all scans, those with maps first, and tell their spacing as the table of scans has it."""
    spacing = np.asarray(spacing_mm, dtype=float)
    known = (spacing > 0) & (spacing < np.inf)
    if spacing.shape not in {(), (2,), (count + learned, 2)} or not known.all():
        beside = f" and {learned} training masks" if learned else ""
        raise ValueError(
            f"spacing_mm of shape {spacing.shape} has no pixel spacing above 0 for each of {count} scans"
            f"{beside}; give a number, a pair (height, width) or a pair per scan; 1 measures in pixels"
        )
    # In this order where sorted.
    scans = pd.DataFrame({"scan_id": [f"{number:09d}" for number in range(count + learned)]})
    scans[SPACING] = np.broadcast_to(spacing, (count + learned, 2))
    return scans


def _tell_scans(told: dict[str, Iterable[Any]], scan_ids: list[str], *, count: int) -> pd.DataFrame:
    """Write what is known of the scans as the table of decisions has it; nobody asks for training scans' calls."""
    played = pd.DataFrame({"scan_id": scan_ids[:count], "patient_ids": scan_ids[:count]}).assign(
        **{name: _read_values(name, values, count) for name, values in told.items()},
        partition=PARTITION,
        correct=lambda given: given["called"] == given["malignant"],
        label=lambda given: np.where(given["malignant"], "malignant", "benign"),
    )
    learned = pd.DataFrame({"scan_id": scan_ids[count:], "partition": "train"})
    decisions = pd.concat([played, learned]) if len(learned) else played
    return decisions.assign(run=NAMES["run"]).rename(columns={"patient_ids": "patient_id"})


def _read_values(name: str, values: Iterable[Any], count: int) -> np.ndarray:
    listed = list(values)
    read = np.asarray(listed)
    if read.shape != (count,):
        raise ValueError(
            f"there are {count} maps but {len(listed)} values of {name}, of shape {read.shape}; give "
            "one per scan"
        )
    strange = pd.Series(listed, dtype=object).isna()
    if name != "patient_ids":  # NumPy takes any word as True, "benign" too
        strange |= ~pd.Series(read).isin([0, 1])
    if strange.any():
        raise ValueError(
            f"{name} of scan {strange.argmax()} is {listed[strange.argmax()]!r}; leave none empty, and make "
            "flags of words and probabilities: words == 'malignant', probabilities >= 0.5"
        )
    return read


def _read(name: str, arrays: Iterable[Any]) -> list[np.ndarray]:
    read = [np.asarray(array) for array in arrays]
    for number, array in enumerate(read):
        if array.ndim != 2 or not array.size:  # noqa: PLR2004 - rows and columns
            raise ValueError(
                f"{name} {number} has {array.ndim} axes and {array.size} values; give a list of rows x columns"
            )
        if not np.isfinite(array).all():
            raise ValueError(f"{name} {number} holds infinite or undefined values; leave it out")
    if not read:
        raise ValueError(f"there is no {name}; give one per scan")
    return read


def _read_maps(name: str, maps: Iterable[Any]) -> list[np.ndarray]:
    return [one.astype(np.result_type(one, np.float16), copy=False) for one in _read(name, maps)]


def _read_masks(name: str, masks: Iterable[Any]) -> list[np.ndarray]:
    read = _read(name, masks)
    for number, mask in enumerate(read):
        inside = np.unique(mask[mask != 0])
        if len(inside) != 1:
            raise ValueError(
                f"{name} {number} holds {len(inside)} values besides 0, not the one inside a mass; leave scans "
                "without a mass out, and cut smoothed drawings: mask > 127"
            )
    return [mask != 0 for mask in read]


def _read_annotations(
    annotations: Iterable[Any] | None, masks: list[np.ndarray]
) -> list[AnnotationMap]:
    """Read what is no tissue, of any non-zero value; nothing where nobody told."""
    if annotations is None:
        return [np.zeros(mask.shape, dtype=np.uint8) for mask in masks]
    read = [(marked != 0).astype(np.uint8) for marked in _read("annotations", annotations)]
    if len(read) != len(masks):
        raise ValueError(
            f"there are {len(masks)} masks but {len(read)} annotations; give one per scan"
        )
    for number, (marked, mask) in enumerate(zip(read, masks, strict=True)):
        if marked.shape != mask.shape:
            raise ValueError(
                f"annotations {number} have shape {marked.shape} but mask {number} {mask.shape}; give both on "
                "the scan's native grid"
            )
    return read
