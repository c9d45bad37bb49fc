"""What the scores of many maps come to, per method and run, with patients resampled."""

from collections.abc import Collection

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float
from numpy.typing import ArrayLike

from sonolens.evaluation.classification.decisions import GROUPS, mark_groups
from sonolens.evaluation.statistics.intervals import (
    Bootstrap,
    bootstrap_differences,
    bootstrap_rates,
    count_patients,
    ratio,
    resampled_sums,
)
from sonolens.evaluation.statistics.percentiles import resampled_interval
from sonolens.tables.training import DecisionsTable

SCORE_KEY = ["score", "region", "evidence"]
LENGTHS = ("distance_mm",)
"""Scores in millimetres; all others are shares."""

Values = Float[np.ndarray, "scans scores"]
GroupMeans = Float[np.ndarray, "scores groups"]


def summarise_localization(
    map_scores: pd.DataFrame,
    decisions: DecisionsTable,
    *,
    partition: str,
    unsigned_methods: Collection[str],
    bootstrap: Bootstrap,
) -> pd.DataFrame:
    """Average the scores of every method and run over its maps, by subset and label.

    To the three kinds of evidence comes ``called``: the positive evidence of a scan that is called
    malignant, the negative of one called benign. A method without signs has no evidence against; its
    positive evidence is taken for either call.

    Maps without such evidence, and scans without the region, leave `n` and are counted in `n_left_out`.
    `chance`, `ceiling` and `mean_mask` are means over the maps counted; `beyond_mean_mask` is the difference of
    `mean` and `mean_mask`, both of the maps that have either. Intervals are expanded percentiles over resamples of the
    patients, or Wilson's where nothing moves a share (`bootstrap_rates`); a distance that resampling
    cannot move has none.

    Args:
        map_scores: A `MapLocalization` table.
        partition: Whose scans count.
        unsigned_methods: Methods whose maps have no sign.

    Returns:
        A `LocalizationScores` table.

    Raises:
        ValueError: If no scan of the partition has scores, or the tables do not fit together.
    """
    decided = decisions[decisions["partition"] == partition]
    summaries = []
    for (method, run), scores in map_scores.groupby(["method", "run"], sort=False):
        played = decided[(decided["run"] == run) & decided["scan_id"].isin(scores["scan_id"])]
        if played.empty:
            continue
        played = played.sort_values("scan_id", ignore_index=True)
        signed = method not in unsigned_methods
        scored = _with_called(scores, played, signed=signed)
        summary = _summarise(scored, played, bootstrap=bootstrap)
        summaries.append(summary.assign(method=str(method), run=str(run)))
    if not summaries:
        raise ValueError(
            f"no scan of the {partition} partition has localization scores; explain its scans first, "
            "or choose another partition"
        )
    return pd.concat(summaries, ignore_index=True).assign(
        partition=partition, confidence=bootstrap.confidence
    )


def _with_called(scores: pd.DataFrame, played: pd.DataFrame, *, signed: bool) -> pd.DataFrame:
    """Add the evidence for what each scan is called."""
    called = scores["scan_id"].map(played.set_index("scan_id")["called"])
    speaks_for = np.where(called.fillna(False).astype(bool) | (not signed), "positive", "negative")
    chosen = scores[called.notna() & (scores["evidence"] == speaks_for)]
    return pd.concat([scores[called.notna()], chosen.assign(evidence="called")])


def _summarise(scores: pd.DataFrame, played: pd.DataFrame, *, bootstrap: Bootstrap) -> pd.DataFrame:
    """Summarise one method and run; axes are scan, score, group."""
    wide = {
        name: scores.set_index(["scan_id", *SCORE_KEY])[name]  # noqa: PD010 - pivot_table would drop what is empty
        .unstack(SCORE_KEY)
        .reindex(played["scan_id"])
        for name in ("value", "chance", "ceiling", "mean_mask")
    }
    values = wide["value"].to_numpy(dtype=float)
    groups = mark_groups(played)
    known = ~np.isnan(values)
    counts = (known[:, :, None] & groups[:, None, :]).astype(float)
    keys = pd.MultiIndex.from_tuples(
        [(*key, *group) for key in wide["value"].columns for group in GROUPS],
        names=[*SCORE_KEY, "subset", "label"],
    ).to_frame(index=False)
    lengths = np.isin(wide["value"].columns.get_level_values("score"), LENGTHS)
    low, high = _limits(values, counts, played["patient_id"], lengths=lengths, bootstrap=bootstrap)
    n = counts.sum(axis=0).ravel()
    mean_mask = wide["mean_mask"].to_numpy(dtype=float)
    beyond = _beyond(
        values, mean_mask, counts, played["patient_id"], lengths=lengths, bootstrap=bootstrap
    )
    return keys.assign(
        n=n.astype(int),
        mean=_mean(values, counts).ravel(),
        ci_low=low.ravel(),
        ci_high=high.ravel(),
        chance=_mean(wide["chance"].to_numpy(dtype=float), counts).ravel(),
        ceiling=_mean(wide["ceiling"].to_numpy(dtype=float), counts).ravel(),
        mean_mask=_mean(mean_mask, counts * ~np.isnan(mean_mask)[:, :, None]).ravel(),
        beyond_mean_mask=beyond[0].ravel(),
        beyond_mean_mask_low=beyond[1].ravel(),
        beyond_mean_mask_high=beyond[2].ravel(),
        n_left_out=np.tile(groups.sum(axis=0), values.shape[1]) - n.astype(int),
    )


def _mean(
    values: Values, counts: Float[np.ndarray, "scans scores groups"]
) -> Float[np.ndarray, "scores groups"]:
    total = np.einsum("si,sig->ig", np.nan_to_num(values), counts)
    return ratio(total, counts.sum(axis=0))


def _beyond(
    values: Values,
    mean_mask: Values,
    counts: Float[np.ndarray, "scans scores groups"],
    patient_ids: ArrayLike,
    *,
    lengths: Bool[np.ndarray, " scores"],
    bootstrap: Bootstrap,
) -> tuple[GroupMeans, GroupMeans, GroupMeans]:
    """Return by how much maps differ from the mean mask on the same scans, and the limits of that."""
    both = counts * ~np.isnan(mean_mask)[:, :, None]
    first, second = (np.nan_to_num(each)[:, :, None] * both for each in (values, mean_mask))
    limits = np.full((2, *counts.shape[1:]), np.nan)
    map_shares, mask_shares, both_shares = (
        each[:, ~lengths].reshape(len(values), -1) for each in (first, second, both)
    )
    shares = bootstrap_differences(
        map_shares, mask_shares, both_shares, patient_ids, bootstrap=bootstrap
    )
    shape = (-1, counts.shape[2])
    limits[:, ~lengths] = shares.ci_low.reshape(shape), shares.ci_high.reshape(shape)
    limits[:, lengths] = _limits_of_lengths(
        (first - second)[:, lengths], both[:, lengths], patient_ids, bootstrap=bootstrap
    )
    value = ratio((first - second).sum(axis=0), both.sum(axis=0))
    return value, limits[0], limits[1]


def _limits(
    values: Values,
    counts: Float[np.ndarray, "scans scores groups"],
    patient_ids: ArrayLike,
    *,
    lengths: Bool[np.ndarray, " scores"],
    bootstrap: Bootstrap,
) -> tuple[Float[np.ndarray, "scores groups"], Float[np.ndarray, "scores groups"]]:
    """Return the limits of every mean; shares and lengths differ where resampling moves nothing."""
    limits = np.full((2, *counts.shape[1:]), np.nan)
    totals = np.nan_to_num(values)[:, :, None] * counts
    rates = bootstrap_rates(
        totals[:, ~lengths].reshape(len(values), -1),
        counts[:, ~lengths].reshape(len(values), -1),
        patient_ids,
        bootstrap=bootstrap,
    )
    shape = (-1, counts.shape[2])
    limits[:, ~lengths] = rates.ci_low.reshape(shape), rates.ci_high.reshape(shape)
    limits[:, lengths] = _limits_of_lengths(
        totals[:, lengths], counts[:, lengths], patient_ids, bootstrap=bootstrap
    )
    return limits[0], limits[1]


def _limits_of_lengths(
    totals: Float[np.ndarray, "scans lengths groups"],
    counts: Float[np.ndarray, "scans lengths groups"],
    patient_ids: ArrayLike,
    *,
    bootstrap: Bootstrap,
) -> Float[np.ndarray, "2 lengths groups"]:
    """Return the limits of every mean; NaN where resampling moves nothing."""
    both = np.concatenate([totals, counts], axis=1).reshape(len(totals), -1)
    ids, flat = np.asarray(patient_ids), counts.reshape(len(counts), -1)
    carriers = [count_patients(ids[column > 0]) for column in flat.T]
    sums = resampled_sums(both, patient_ids, bootstrap=bootstrap)
    drawn = ratio(*np.split(sums, 2, axis=1))
    moved = [
        resampled_interval(column, patients=patients, confidence=bootstrap.confidence)
        if np.nanmax(column, initial=-np.inf) > np.nanmin(column, initial=np.inf)
        else (np.nan, np.nan)
        for column, patients in zip(drawn.T, carriers, strict=True)
    ]
    return np.array(moved).reshape(-1, 2).T.reshape(2, *counts.shape[1:])
