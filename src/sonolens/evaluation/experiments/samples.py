"""Two samples of scans that score shares: on the same scans, or each on its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float

from sonolens.evaluation.classification.auc_bootstrap import difference_of_drawn
from sonolens.evaluation.classification.delong import AucDifference
from sonolens.evaluation.experiments.configurations import Pointing, name_rates
from sonolens.evaluation.statistics.intervals import (
    UNMOVED,
    Bootstrap,
    bootstrap_differences,
    bootstrap_rates,
    ratio,
    resampled_sums,
)
from sonolens.evaluation.statistics.paired_permutation import sign_flip_p_values
from sonolens.tables.vocabulary import COMPARED_RULES

Shares = Float[np.ndarray, "scans columns"]


@dataclass(frozen=True)
class Sample:
    """What the scans of one run score.

    Attributes:
        scan_ids: Names of the scans.
        patient_ids: The patient of every scan.
        values: A share per scan and column; NaN where the scan does not count.
        chance: What would be scored by chance, or by a placebo; NaN where that is not known.
        columns: What the columns are, a row each.
    """

    scan_ids: np.ndarray
    patient_ids: np.ndarray
    values: Shares
    chance: Shares
    columns: pd.DataFrame

    def on(self, scan_ids: Sequence[str]) -> "Sample":
        """Return the scans of those names, in their order."""
        rows = pd.Index(self.scan_ids).get_indexer(pd.Index(scan_ids))
        return replace(
            self,
            scan_ids=self.scan_ids[rows],
            patient_ids=self.patient_ids[rows],
            values=self.values[rows],
            chance=self.chance[rows],
        )

    def counting(self, counted: np.ndarray) -> "Sample":
        """Return the same with nothing known where `counted` is False."""
        return replace(
            self,
            values=np.where(counted, self.values, np.nan),
            chance=np.where(counted, self.chance, np.nan),
        )


def sample_hits(pointing: Pointing) -> Sample:
    """Tell how every scan is hit, by region and rule; scans whose maps are silent or that lack a region are NaN."""
    counted = np.repeat((pointing.maps > 0)[:, None] & pointing.drawn, len(COMPARED_RULES), axis=1)
    hits, chance = (
        np.where(counted, share.reshape(counted.shape), np.nan)
        for share in (pointing.hit_share, pointing.chance_share)
    )
    judged = pointing.judged
    return Sample(
        pointing.scan_ids[judged],
        pointing.patient_ids[judged],
        hits[judged],
        chance[judged],
        name_rates(),
    )


def compare_samples(
    first: Sample, second: Sample, *, shared: Sequence[str], permutations: int, bootstrap: Bootstrap
) -> Iterator[dict[str, Any]]:
    """Compare two samples column by column.

    Where scans are shared, only those that count on both sides do: the difference is taken scan by scan, its
    interval from patients resampled together, and the p value exchanges the two sides patient by patient. Where
    none is shared, either side is resampled on its own.

    Args:
        shared: Names of the scans that both sides have.
        permutations: How often the sides are exchanged at most.

    Yields:
        A row per column: its name, the numbers of either side, and their difference.
    """
    if len(shared):
        one, other = first.on(shared), second.on(shared)
        counted = ~np.isnan(one.values) & ~np.isnan(other.values)
        sides = one.counting(counted), other.counting(counted)
        found = _compare_paired(*sides, permutations=permutations, bootstrap=bootstrap)
        test = "paired exchange"
    else:
        sides = first, second
        found = _compare_apart(*sides, bootstrap=bootstrap)
        test = "independent bootstrap"
    told = [_describe(side, bootstrap=bootstrap) for side in sides]
    for place, name in enumerate(first.columns.to_dict(orient="records")):
        row: dict[str, Any] = {str(key): value for key, value in name.items()}
        for side, columns in zip(("first", "second"), told, strict=True):
            row |= {f"{side}_{what}": values[place] for what, values in columns.items()}
        yield row | found[place] | {"test": test, "paired": bool(len(shared))}


def compare_resampled(
    values: tuple[float, float],
    drawn: tuple[np.ndarray, np.ndarray],
    *,
    patients: int,
    confidence: float,
) -> dict[str, float]:
    """Compare two numbers of different patients by what each is in its own resamples.

    Where resampling does not move one of them - no hit, every hit, an AUC of 1 - its scatter is unknown, and
    Newcombe's interval stands for both.

    Args:
        values: First and second, between 0 and 1; NaN where there is none.
        drawn: The same in every resample, as many of one as of the other.
        patients: How many patients carry the side that has fewer.
        confidence: Coverage of the interval.
    """
    if np.isnan(values).any() or not patients:
        return dict.fromkeys(("difference", "ci_low", "ci_high", "p_value"), np.nan)
    moved = all(_moves(each) for each in drawn)
    apart = drawn[0] - drawn[1] if moved else np.empty(0)
    return _tell(difference_of_drawn(*values, apart, patients=patients, confidence=confidence))


def seed_apart(bootstrap: Bootstrap) -> tuple[Bootstrap, Bootstrap]:
    """Return how either side is resampled on its own: equal draws would pair what is not paired."""
    seeds = np.random.SeedSequence(bootstrap.seed).generate_state(2)
    first, second = (replace(bootstrap, seed=int(seed)) for seed in seeds)
    return first, second


def _moves(drawn: np.ndarray) -> bool:
    known = drawn[~np.isnan(drawn)]
    return bool(known.size and np.ptp(known) >= UNMOVED)


def _tell(apart: AucDifference) -> dict[str, float]:
    return {
        "difference": apart.difference,
        "ci_low": apart.ci_low,
        "ci_high": apart.ci_high,
        "p_value": apart.p_value,
    }


def _describe(side: Sample, *, bootstrap: Bootstrap) -> dict[str, np.ndarray]:
    counted = ~np.isnan(side.values)
    rates = bootstrap_rates(
        np.nan_to_num(side.values), counted.astype(float), side.patient_ids, bootstrap=bootstrap
    )
    known = ~np.isnan(side.chance)
    chance = ratio(np.nan_to_num(side.chance).sum(axis=0), known.sum(axis=0, dtype=float))
    return {
        "n": counted.sum(axis=0),
        "value": rates.value,
        "low": rates.ci_low,
        "high": rates.ci_high,
        "chance": chance,
    }


def _compare_paired(
    first: Sample, second: Sample, *, permutations: int, bootstrap: Bootstrap
) -> list[dict[str, float]]:
    one, other = np.nan_to_num(first.values), np.nan_to_num(second.values)
    counts = (~np.isnan(first.values)).astype(float)
    apart = bootstrap_differences(one, other, counts, first.patient_ids, bootstrap=bootstrap)
    codes, patients = pd.factorize(first.patient_ids, sort=True)
    of_patients = np.zeros((len(patients), counts.shape[1]))
    np.add.at(of_patients, codes, one - other)
    p_values = sign_flip_p_values(of_patients, permutations=permutations, seed=bootstrap.seed)
    p_values = np.where(counts.any(axis=0), p_values, np.nan)
    numbers = zip(apart.value, apart.ci_low, apart.ci_high, p_values, strict=True)
    names = ("difference", "ci_low", "ci_high", "p_value")
    return [dict(zip(names, map(float, each), strict=True)) for each in numbers]


def _compare_apart(
    first: Sample, second: Sample, *, bootstrap: Bootstrap
) -> list[dict[str, float]]:
    values, drawn, patients = [], [], []
    for side, resampling in zip((first, second), seed_apart(bootstrap), strict=True):
        hits, counts = np.nan_to_num(side.values), (~np.isnan(side.values)).astype(float)
        both = np.column_stack([hits, counts])
        sums = resampled_sums(both, side.patient_ids, bootstrap=resampling)
        values.append(ratio(hits.sum(axis=0), counts.sum(axis=0)))
        drawn.append(ratio(*np.split(sums, 2, axis=1)))
        patients.append([len(set(side.patient_ids[column > 0])) for column in counts.T])
    return [
        compare_resampled(
            (float(values[0][place]), float(values[1][place])),
            (drawn[0][:, place], drawn[1][:, place]),
            patients=min(patients[0][place], patients[1][place]),
            confidence=bootstrap.confidence,
        )
        for place in range(len(first.columns))
    ]
