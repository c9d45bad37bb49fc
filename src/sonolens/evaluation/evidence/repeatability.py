"""Repeatability: how alike the maps of one scan stay when the network is fitted again."""

import itertools
from collections.abc import Iterator

import numpy as np
import pandas as pd
from jaxtyping import Float, Int
from numpy.typing import ArrayLike

from sonolens.evaluation.evidence.averages import mean_limits
from sonolens.evaluation.evidence.similarity import compare_maps
from sonolens.evaluation.statistics.intervals import Bootstrap
from sonolens.tables.evidence import MapRepeatabilityTable
from sonolens.tables.training import TrainingRunsTable

Maps = Float[np.ndarray, "scans cell_rows cell_cols"]

REPEATED = ["configuration", "method", "varied", "measure"]
VALUES = ["value", "stranger"]


def pair_repeats(training_runs: TrainingRunsTable) -> Iterator[tuple[str, str, str, str]]:
    """Yield the pairs of runs of one configuration that differ in their seed alone or their fold alone.

    Yields:
        Configuration, what varied (``seed`` or ``fold``), first run, second run; in the table's order.
    """
    for configuration, runs in training_runs.groupby("configuration", sort=False):
        about = runs[["run", "seed", "fold"]].itertuples(index=False, name=None)
        for (first, *one), (second, *other) in itertools.combinations(about, 2):
            if one[1] == other[1]:
                yield str(configuration), "seed", str(first), str(second)
            elif one[0] == other[0]:
                yield str(configuration), "fold", str(first), str(second)


def compare_repeats(
    first: Maps, second: Maps, patient_ids: ArrayLike, *, seed: int
) -> pd.DataFrame:
    """Compare the maps of the same scans by two fits of one network, and of strangers beside.

    Strangers are the first fit's map of a scan and the second fit's map of another patient's scan. What two maps share there they owe to the network and to where masses usually lie, not
    to the scan.

    Args:
        first: One map per scan.
        second: The same scans' maps by the other fit.
        patient_ids: The patient of every scan.
        seed: Seed of the strangers.

    Returns:
        `scan` (its number), `measure`, `value` and `stranger` per scan and measure of `compare_maps`; NaN
        where a map is constant, and no `stranger` where all scans are of one patient.

    References:
        Arun et al. (2021), Radiol Artif Intell 3:e200267, who compare with random pairs of scans.
    """
    strangers = draw_strangers(patient_ids, seed=seed)
    same = compare_maps(first, second)
    random = compare_maps(first, second[strangers]) if len(strangers) else {}
    unknown = np.full(len(first), np.nan)
    tables = [
        pd.DataFrame({"measure": measure, "value": value, "stranger": random.get(measure, unknown)})
        for measure, value in same.items()
    ]
    return pd.concat([table.rename_axis("scan").reset_index() for table in tables])


def draw_strangers(patient_ids: ArrayLike, *, seed: int) -> Int[np.ndarray, " scans"]:
    """Draw a scan of another patient for every scan.

    The patients stand in a ring, in random order, and every scan is given a random scan of the next.

    Args:
        patient_ids: The patient of every scan.
        seed: Seed of the draw.

    Returns:
        The number of a scan for every scan; empty where there is one patient alone.

    Examples:
        >>> draw_strangers(["ann", "bea", "ann"], seed=0)[[0, 2]]
        array([1, 1])
    """
    codes, patients = pd.factorize(np.asarray(patient_ids, dtype=object), sort=True)
    if len(patients) == 1:
        return np.empty(0, dtype=np.int64)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(patients))
    next_of = np.empty(len(patients), dtype=np.int64)
    next_of[order] = np.roll(order, -1)
    scans_of = [np.flatnonzero(codes == patient) for patient in range(len(patients))]
    return np.array([rng.choice(scans_of[next_of[code]]) for code in codes], dtype=np.int64)


def summarise_repeatability(
    map_repeatability: MapRepeatabilityTable, *, bootstrap: Bootstrap
) -> pd.DataFrame:
    """Average over the pairs of a configuration's runs, then over scans, with patients resampled.

    Returns:
        The columns of a `Repeatability` table but the partition. `mean` and `stranger` are over the
        same scans; the interval is that of `above_stranger`, their difference. Scans of which one of both
        is unknown leave `n` and are counted in `n_left_out`. A difference that resampling cannot move has
        no interval.
    """
    rows = []
    for key, pairs in map_repeatability.groupby(REPEATED, sort=False):
        runs = pairs[["first", "second"]].drop_duplicates()
        rows.append(
            dict(zip(REPEATED, key, strict=True))
            | {"pairs": len(runs)}
            | _average(pairs, bootstrap=bootstrap)
        )
    return pd.DataFrame(rows).assign(confidence=bootstrap.confidence)


def _average(pairs: pd.DataFrame, *, bootstrap: Bootstrap) -> dict[str, float | int]:
    of_scans = pairs.groupby(["scan_id", "patient_id"])[VALUES].mean()
    known = of_scans.dropna()
    same, stranger = known.to_numpy(dtype=float).T
    patient_ids = known.index.get_level_values("patient_id")
    low, high = mean_limits(same - stranger, patient_ids, bootstrap=bootstrap)
    return {
        "n": len(known),
        "mean": float(same.mean()) if len(known) else np.nan,
        "stranger": float(stranger.mean()) if len(known) else np.nan,
        "above_stranger": float((same - stranger).mean()) if len(known) else np.nan,
        "ci_low": low,
        "ci_high": high,
        "n_left_out": len(of_scans) - len(known),
    }
