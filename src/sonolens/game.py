"""The pointing game on anybody's maps: plain arrays in, one table out."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import pandas as pd
from jaxtyping import Float
from numpy.typing import ArrayLike

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

AnyMap: TypeAlias = Float[np.ndarray, "_ _"]
"""Maps of one study may differ in size."""

METHOD, RUN, PARTITION = "maps", "network", "test"
"""How the maps, their network and their scans are called where tables want a name."""

PERMUTATIONS = 1000
BOOTSTRAP = Bootstrap(resamples=2000, confidence=0.95, seed=0)
"""How sure the table is: p values down to 0.001, 95 % intervals over patients."""


def pointing_game(
    maps: ArrayLike | Sequence[ArrayLike],
    masks: ArrayLike | Sequence[ArrayLike],
    *,
    spacing_mm: float | ArrayLike,
    malignant: ArrayLike,
    called: ArrayLike,
    patient_ids: ArrayLike | None = None,
    ring_mm: float = 5.0,
    training_maps: ArrayLike | Sequence[ArrayLike] | None = None,
) -> pd.DataFrame:
    """Count how often maps point at the mass, at the ring around it, and below it, beside chance.

    This is the game that the pipeline plays, by the same functions, with the paper's rules: see
    `score_pointing_game` for what is counted and `docs/how-to/read-the-tables.md` for how to read it. Maps
    come from any network and any method; signed ones speak for malignant where they are positive.

    Args:
        maps: One map per scan, each covering the whole scan at a resolution of its own: 7 x 7 cells, 14 x 14
            patches or one value per pixel.
        masks: One mask per scan on the scan's native grid, not 0 inside the mass; row 0 is the skin side.
        spacing_mm: Height and width of a native pixel: one number, a pair, or a pair per scan. 1 measures in
            pixels, `ring_mm` too, where a study has no spacing.
        malignant: Whether each mass is malignant.
        called: Whether the network calls each scan malignant.
        patient_ids: The patient of every scan, so that intervals and exchanges keep patients together;
            None where every scan is of another patient.
        ring_mm: Width of the ring.
        training_maps: Maps of the scans that the network was fitted on, whose mean is the prior that knows
            no scan. None takes the mean of `maps` themselves, which suits them better than a stranger's.

    Returns:
        One row per region (mass, peritumoral, below, any), rule (either, max, min, decision), subset of
        the calls (correct, wrong, all) and label: `n`, `hits`, `rate`, `ci_low`, `ci_high`, `chance`,
        `enrichment`, `centre_prior`, `p_value`, `p_adjusted`, `n_silent` and `n_empty`. `centre_prior` is empty
        where maps differ in size and so have no mean.

    Raises:
        ValueError: If there is no scan, inputs differ in length, a mask is empty, or a map holds infinite or
            undefined values; the first such scan is named by its number.

    Examples:
        >>> mask = np.zeros((40, 60), dtype=bool)
        >>> mask[10:20, 20:40] = True
        >>> looks_at_mass = np.zeros((4, 6))
        >>> looks_at_mass[1, 3] = 1.0
        >>> table = pointing_game(
        ...     [looks_at_mass], [mask], spacing_mm=0.5, malignant=[True], called=[True]
        ... )
        >>> table.query(
        ...     "region == 'mass' and rule == 'max' and subset == 'all' and label == 'both'"
        ... )[["n", "rate", "chance"]].round(2).values.tolist()
        [[1.0, 1.0, 0.08]]
    """
    scored, drawn = _read_maps(maps), _read("mask", masks)
    if not scored:
        raise ValueError("there is no map; give one map and one mask per scan")
    if len(drawn) != len(scored):
        raise ValueError(
            f"there are {len(scored)} maps but {len(drawn)} masks; give one of each per scan"
        )
    scans = _tell_scans(len(scored), spacing_mm, malignant, called, patient_ids)
    rule = RegionRule(
        ring=Ring(mode="millimetres", inner_mm=0.0, outer_mm=ring_mm, outer_radii=1.0),
        below=Below(lateral_trim=0.0, max_depth_mm=None, exclude_ring=True),
    )
    points, shares, region_maps = [], [], {}
    for saliency, mask, scan in zip(scored, drawn, scans.to_dict(orient="records"), strict=True):
        spacing = scan["spacing_row_mm"], scan["spacing_col_mm"]
        region_map = rule.partition(mask != 0, spacing_mm=spacing, scan_id=scan["scan_id"])
        region_maps[scan["scan_id"]] = region_map
        key = {"method": METHOD, "run": RUN, "scan_id": scan["scan_id"]}
        located = locate_extreme_points(saliency, region_map, spacing_mm=spacing, rule="cell")
        points += [key | row for row in located]
        measured = measure_region_shares(region_map, saliency.shape, spacing_mm=spacing)
        shares += [key | row for row in measured]
    extreme_points = pd.DataFrame(points).assign(ring=rule.ring.label)
    mean_extremes = _locate_prior(scored if training_maps is None else _read_maps(training_maps))
    game = score_pointing_game(
        extreme_points,
        pd.DataFrame(shares),
        scans,
        mean_extremes=mean_extremes,
        lookup=look_up_regions(
            extreme_points,
            mean_extremes,
            scans,
            {scan_id: region_map.copy for scan_id, region_map in region_maps.items()},
        ),
        partition=PARTITION,
        permutations=PERMUTATIONS,
        bootstrap=BOOTSTRAP,
    )
    return game.drop(columns=["method", "run", "partition"])


def _tell_scans(
    count: int,
    spacing_mm: float | ArrayLike,
    malignant: ArrayLike,
    called: ArrayLike,
    patient_ids: ArrayLike | None,
) -> pd.DataFrame:
    """Write what is known of the scans as the tables of scans and decisions have it, in one."""
    scan_ids = [f"{number:0{len(str(count))}d}" for number in range(count)]
    spacing = np.broadcast_to(np.asarray(spacing_mm, dtype=float), (count, 2))
    truth, said = (np.asarray(flags, dtype=bool) for flags in (malignant, called))
    patients = scan_ids if patient_ids is None else np.asarray(patient_ids)
    given = {"malignant": truth, "called": said, "patient_ids": patients}
    for name, values in given.items():
        if len(values) != count:
            raise ValueError(
                f"there are {count} maps but {len(values)} values of {name}; give one per scan"
            )
    return pd.DataFrame(
        {
            "scan_id": scan_ids,
            "run": RUN,
            "partition": PARTITION,
            "label": np.where(truth, "malignant", "benign"),
            "patient_id": patients,
            "called": said,
            "correct": said == truth,
            "spacing_row_mm": spacing[:, 0],
            "spacing_col_mm": spacing[:, 1],
        }
    )


def _read(name: str, arrays: ArrayLike | Sequence[ArrayLike]) -> list[np.ndarray]:
    """Read one array of rows and columns per scan."""
    read = [np.asarray(array) for array in arrays]  # type: ignore[union-attr]
    for number, array in enumerate(read):
        if array.ndim != 2:  # noqa: PLR2004 - rows and columns
            raise ValueError(
                f"{name} {number} has {array.ndim} axes; give rows and columns only, without channels "
                "or a batch"
            )
    return read


def _read_maps(maps: ArrayLike | Sequence[ArrayLike]) -> list[AnyMap]:
    read = [saliency.astype(float) for saliency in _read("map", maps)]
    for number, saliency in enumerate(read):
        if not np.isfinite(saliency).all():
            raise ValueError(
                f"map {number} holds infinite or undefined values, so it ranks no place above another; "
                "leave its scan out or draw it again"
            )
    return read


def _locate_prior(maps: Sequence[AnyMap]) -> pd.DataFrame:
    """Find the extremes of the mean map; an empty table where maps of several sizes have none."""
    if len({saliency.shape for saliency in maps}) != 1:
        return MeanMapExtremes.empty()
    rows = locate_mean_extremes(average_maps(maps), n_maps=len(maps))
    if not rows:
        return MeanMapExtremes.empty()
    return pd.DataFrame(rows).assign(method=METHOD, run=RUN)
