"""How far the decisions of a run hang on each region: shares of scans and of reliance, beside placebos."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float

from sonolens.evaluation.classification.decisions import GROUPS, mark_groups
from sonolens.evaluation.statistics.intervals import (
    Bootstrap,
    bootstrap_differences,
    bootstrap_rates,
    ratio,
)
from sonolens.evaluation.statistics.multiple_tests import holm_adjust
from sonolens.evaluation.statistics.paired_permutation import sign_flip_p_values
from sonolens.tables.reliance import RegionRelianceTable, RelianceScores
from sonolens.tables.training import DecisionsTable
from sonolens.tables.vocabulary import RELIANCE_REGIONS

ROUNDING = 1e-9
"""Values this close to 0 are none: a network may round pictures that are alike differently."""

PerRegion = Float[np.ndarray, "scans regions"]
"""A share per scan and region of `RELIANCE_REGIONS`; NaN where the scan has no such region, or no answer."""


@dataclass(frozen=True)
class Measurement:
    """One measure of some scans.

    Attributes:
        measure: A name in `RELIANCE_MEASURES`.
        fill: By which fill, or ``all``.
        shares: Between 0 and 1.
        undecided: Scans on which fills differ.
    """

    measure: str
    fill: str
    shares: PerRegion
    undecided: Bool[np.ndarray, " scans"]

    def unknown(self) -> "Measurement":
        """The same of scans of which nothing is known."""
        return replace(self, shares=np.full_like(self.shares, np.nan))


def score_reliance(
    region_reliance: RegionRelianceTable,
    decisions: DecisionsTable,
    *,
    partition: str,
    permutations: int,
    bootstrap: Bootstrap,
) -> pd.DataFrame:
    """Score how many decisions of every run hang most on each region, and what share of reliance it has.

    A call hangs most on the region whose value is largest in its direction; where none speaks for the call it hangs
    on none. A region's share of reliance is its absolute value over the sum of all. Fill ``all`` asks for what
    every fill says alike; nothing is averaged over fills.

    Args:
        partition: Whose scans count.
        permutations: Exchanges of own and placebo per patient, at most, for a p value.
        bootstrap: How patients are resampled.

    Returns:
        A `RelianceScores` table. Where no scan has a placebo, `null` is ``none`` and nothing stands beside.

    Raises:
        ValueError: If a scan has no decision of this partition; see `decided_scans`.
    """
    tables = [
        scored.assign(run=run, partition=partition, confidence=bootstrap.confidence)
        for run, reliance in region_reliance.groupby("run", sort=False)
        for scored in _score_run(
            reliance,
            decided_scans(reliance, decisions, partition=partition),
            permutations=permutations,
            bootstrap=bootstrap,
        )
    ]
    return pd.concat(tables, ignore_index=True) if tables else RelianceScores.empty()


def decided_scans(
    reliance: pd.DataFrame, decisions: DecisionsTable, *, partition: str
) -> pd.DataFrame:
    """Find what one run decided on the scans that it was asked about, indexed by scan.

    Args:
        reliance: Rows of a `RegionReliance` table of one run.
        partition: Whose scans were asked about.

    Raises:
        ValueError: If a scan has no decision of the run in this partition.
    """
    run = reliance["run"].iloc[0]
    of_run = decisions[(decisions["run"] == run) & (decisions["partition"] == partition)]
    asked = reliance["scan_id"].drop_duplicates()
    strange = asked[~asked.isin(of_run["scan_id"])]
    if len(strange):
        raise ValueError(
            f"run {run!r} was asked about scan {strange.iloc[0]!r} but decided on none of that name in the "
            f"{partition} partition; ask it again from ask_coalitions"
        )
    return of_run.set_index("scan_id").loc[asked]


def find_most_relied_on(values: PerRegion, called: Bool[np.ndarray, " scans"]) -> list[str]:
    """Name the region that speaks most for each call; ``none`` where none does.

    Args:
        values: Shapley values, regions in the order of `RELIANCE_REGIONS`.
        called: Whether each scan was called malignant.

    Examples:
        >>> values = np.array([[2.0, 1.0, -3.0, np.nan, np.nan]])
        >>> (
        ...     find_most_relied_on(values, np.array([True])),
        ...     find_most_relied_on(values, np.array([False])),
        ... )
        (['mass'], ['below'])
    """
    towards = np.nan_to_num(np.where(called[:, None], values, -values), nan=-np.inf)
    largest = towards.max(axis=1, initial=-np.inf)
    return [
        RELIANCE_REGIONS[place] if most > ROUNDING else "none"
        for place, most in zip(towards.argmax(axis=1), largest, strict=True)
    ]


def name_most_relied_on(
    region_reliance: RegionRelianceTable, decisions: pd.DataFrame
) -> "pd.Series[str]":
    """Name by run and scan the region that a call hangs most on by every fill.

    Args:
        decisions: Rows with `run`, `scan_id` and `called`, one for each scan and run.

    Returns:
        Indexed by `run` and `scan_id`, only those that were asked about: a region, ``none`` where none speaks for the
        call, ``undecided`` where fills differ.
    """
    named = {}
    own = region_reliance[region_reliance["null"] == "none"]
    called_by = decisions.set_index(["run", "scan_id"])["called"]
    for run, rows in own.groupby("run", sort=False):
        asked = pd.Index(
            [each for each in rows["scan_id"].unique() if (run, each) in called_by.index]
        )
        called = called_by.loc[[(run, each) for each in asked]].to_numpy(dtype=bool)
        most = [
            find_most_relied_on(tabulate_values(of_fill, asked), called)
            for _, of_fill in rows.groupby("fill", sort=False)
        ]
        for scan_id, names in zip(asked, zip(*most, strict=True), strict=True):
            named[str(run), str(scan_id)] = names[0] if len(set(names)) == 1 else "undecided"
    keys = pd.MultiIndex.from_tuples(list(named), names=["run", "scan_id"])
    return pd.Series(list(named.values()), index=keys, dtype=object)


def tabulate_values(
    reliance: pd.DataFrame, scan_ids: "pd.Index[str]", column: str = "value"
) -> PerRegion:
    """Lay out one column of the rows of one run, null and fill, scans by `RELIANCE_REGIONS`."""
    wide = np.full((len(scan_ids), len(RELIANCE_REGIONS)), np.nan)
    places = scan_ids.get_indexer(pd.Index(reliance["scan_id"]))
    regions = pd.Index(RELIANCE_REGIONS).get_indexer(pd.Index(reliance["region"]))
    asked = (places >= 0) & (regions >= 0)
    wide[places[asked], regions[asked]] = reliance[column].to_numpy(dtype=float)[asked]
    return wide


def measure_reliance(reliance: pd.DataFrame, about: pd.DataFrame) -> list[Measurement]:
    """Measure the scans of one run and null, by each fill and by all of them.

    Args:
        reliance: Rows of a `RegionReliance` table of one run and null; scans without a row are NaN.
        about: The `Decisions` of the run, indexed by scan.
    """
    called = about["called"].to_numpy(dtype=bool)
    by_fill = {
        str(fill): tabulate_values(rows, about.index)
        for fill, rows in reliance.groupby("fill", sort=False)
    }
    most = {fill: find_most_relied_on(values, called) for fill, values in by_fill.items()}
    known = ~np.isnan(next(iter(by_fill.values())))
    never = np.zeros(len(about), dtype=bool)
    names = zip(*most.values(), strict=True)
    agreed = np.array([len(set(each)) == 1 for each in names], dtype=bool)
    alike = np.where(agreed, next(iter(most.values())), "")
    signs = np.sign([np.where(np.abs(each) > ROUNDING, each, 0) for each in by_fill.values()])
    differs = np.where(known, (signs.min(axis=0) < 0) & (signs.max(axis=0) > 0), np.nan)
    return [
        *(Measurement("hangs_most", fill, _mark(most[fill], known), never) for fill in by_fill),
        *(Measurement("share", fill, _share(values), never) for fill, values in by_fill.items()),
        Measurement("hangs_most", "all", _mark(alike.tolist(), known), ~agreed),
        Measurement("sign_differs", "all", differs, np.nansum(differs, axis=1) > 0),
    ]


def _score_run(
    reliance: pd.DataFrame, about: pd.DataFrame, *, permutations: int, bootstrap: Bootstrap
) -> Iterator[pd.DataFrame]:
    measured = {
        str(null): measure_reliance(rows, about)
        for null, rows in reliance.groupby("null", sort=False)
    }
    own, groups = measured.pop("none"), mark_groups(about.reset_index())
    for null, placebos in (measured or {"none": [each.unknown() for each in own]}).items():
        for found, placebo in zip(own, placebos, strict=True):
            for chosen, (subset, label) in zip(groups.T, GROUPS, strict=True):
                compared = compare_with_placebo(
                    found.shares[chosen],
                    placebo.shares[chosen],
                    about["patient_id"].to_numpy()[chosen],
                    permutations=permutations,
                    bootstrap=bootstrap,
                )
                has_region = ~np.isnan(found.shares[chosen])
                table = compared.assign(
                    region=RELIANCE_REGIONS,
                    p_adjusted=holm_adjust(compared["p_value"].to_numpy()),
                    n_undecided=(has_region & found.undecided[chosen][:, None]).sum(axis=0),
                    measure=found.measure,
                    fill=found.fill,
                    subset=subset,
                    label=label,
                    null=null,
                )
                yield table[table["n"] > 0]


def _share(values: PerRegion) -> PerRegion:
    """Divide sizes, whatever their sign, by their sum over a scan; where there is nothing to share, nothing is known."""
    size = np.abs(values)
    whole = np.nansum(size, axis=1, keepdims=True)
    whole = np.where(whole > ROUNDING, whole, 0.0)
    return np.where(np.isnan(size), np.nan, ratio(size, np.broadcast_to(whole, size.shape)))


def _mark(most: Sequence[str], known: Bool[np.ndarray, "scans regions"]) -> PerRegion:
    """Mark the region named for each scan among those that the scan has."""
    named = np.array(most, dtype=object)[:, None] == np.array(RELIANCE_REGIONS, dtype=object)
    return np.where(known, named.astype(float), np.nan)


def compare_with_placebo(
    own: Float[np.ndarray, "scans columns"],
    placebo: Float[np.ndarray, "scans columns"],
    patient_ids: np.ndarray,
    *,
    permutations: int,
    bootstrap: Bootstrap,
) -> pd.DataFrame:
    """Average shares over the scans that have them, and compare them with those of placebos on the same scans.

    Args:
        own: Shares between 0 and 1 by scan and column; NaN where there is none.
        placebo: The same of the placebo.
        patient_ids: The patient of every scan.
        permutations: Exchanges of own and placebo, patient by patient, at most.
        bootstrap: How patients are resampled.

    Returns:
        One row per column: `n`, `value` and its interval, `n_placebo`, `placebo`, `difference` and its interval,
        `p_value`.
    """
    known, both = ~np.isnan(own), ~np.isnan(own) & ~np.isnan(placebo)
    rates = bootstrap_rates(
        np.nan_to_num(own), known.astype(float), patient_ids, bootstrap=bootstrap
    )
    paired, beside = np.where(both, own, 0.0), np.where(both, placebo, 0.0)
    apart = bootstrap_differences(
        paired, beside, both.astype(float), patient_ids, bootstrap=bootstrap
    )
    p_values = _test(paired - beside, patient_ids, permutations=permutations, seed=bootstrap.seed)
    return pd.DataFrame(
        {
            "n": known.sum(axis=0),
            "value": rates.value,
            "ci_low": rates.ci_low,
            "ci_high": rates.ci_high,
            "n_placebo": both.sum(axis=0),
            "placebo": ratio(beside.sum(axis=0), both.sum(axis=0).astype(float)),
            "difference": apart.value,
            "difference_low": apart.ci_low,
            "difference_high": apart.ci_high,
            "p_value": np.where(both.any(axis=0), p_values, np.nan),
        }
    )


def _test(
    differences: PerRegion, patient_ids: np.ndarray, *, permutations: int, seed: int
) -> Float[np.ndarray, " columns"]:
    """Exchange own and placebo patient by patient."""
    codes, patients = pd.factorize(patient_ids)
    sums = np.zeros((len(patients), differences.shape[1]))
    np.add.at(sums, codes, differences)
    return sign_flip_p_values(sums, permutations=permutations, seed=seed)
