"""Whether maps point at a region, and decisions hang on it, where a radiologist noted something there."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float

from sonolens.arrays import Labels
from sonolens.evaluation.descriptors.findings import Finding, list_findings
from sonolens.evaluation.descriptors.readings import VALUE, Reading, read_points, read_reliance
from sonolens.evaluation.statistics.intervals import (
    Bootstrap,
    limits_of_difference,
    ratio,
    resampled_sums,
)
from sonolens.evaluation.statistics.label_exchange import exchange_notes
from sonolens.evaluation.statistics.multiple_tests import holm_adjust
from sonolens.evaluation.statistics.percentiles import resampled_interval
from sonolens.evaluation.statistics.sequential_draws import decision_levels
from sonolens.tables.descriptors import DescriptorAgreement, DescriptorsTable
from sonolens.tables.pointing import ExtremePointsTable, RegionSharesTable
from sonolens.tables.reliance import RegionRelianceTable
from sonolens.tables.training import DecisionsTable
from sonolens.tables.vocabulary import RELIANCE_REGIONS

FEWEST_PATIENTS = 5
"""Patients on either side: the mean of fewer has no interval to speak of."""

UNLIKE = "no two patients with as many lesions of each label differ in it"
"""Then no note can be exchanged."""

NUMBERS = (
    *("mean_noted", "mean_not_noted", "difference", "difference_low", "difference_high"),
    *("within_label", "within_label_low", "within_label_high", "p_value", "p_adjusted"),
)

SIDES = 2, 2, 2
"""Axes of the sums of a comparison: label, noted or not, and what is added up: values or scans."""


@dataclass(frozen=True)
class Comparison:
    """One finding beside one reading of one region, on the scans where both are known.

    Attributes:
        named: The columns that tell its row.
        is_value: Whether logits are compared; all else are shares.
        read: What was read of each scan.
        noted: Whether the finding was noted there.
        scans: The scans: `scan_id`, `lesion_id`, `patient_id` and `label`.
    """

    named: dict[str, Any]
    is_value: bool
    read: Float[np.ndarray, " scans"]
    noted: Bool[np.ndarray, " scans"]
    scans: pd.DataFrame

    @property
    def malignant(self) -> Labels:
        """Which scans are malignant."""
        found: Labels = (self.scans["label"] == "malignant").to_numpy(dtype=bool)
        return found

    @property
    def patients(self) -> tuple[int, int]:
        """How many patients have a scan where it was noted, and one where it was not."""
        ids = self.scans["patient_id"].to_numpy()
        return len(set(ids[self.noted])), len(set(ids[~self.noted]))

    @property
    def reason(self) -> str | None:
        """Say why nothing can be asked; None where it can."""
        noted, others = self.patients
        if min(noted, others) < FEWEST_PATIENTS:
            return (
                f"patients where it was noted: {noted}, where not: {others}; it takes "
                f"{FEWEST_PATIENTS} of each"
            )
        if not any(len(set(self.noted[of_label])) > 1 for of_label in self._labels()):
            return "no label has scans where it was noted and where not"
        return None

    def _labels(self) -> tuple[Labels, Labels]:
        return ~self.malignant, self.malignant

    def split(self) -> Float[np.ndarray, "scans sides"]:
        """Spread values and ones over label and note: the columns that are added up."""
        sides = [
            each * (of_label & of_note)
            for of_label in self._labels()
            for of_note in (self.noted, ~self.noted)
            for each in (self.read, np.ones(len(self.read)))
        ]
        return np.column_stack(sides)


def compare_descriptors(
    descriptors: DescriptorsTable,
    extreme_points: ExtremePointsTable,
    region_shares: RegionSharesTable,
    region_reliance: RegionRelianceTable,
    decisions: DecisionsTable,
    *,
    partition: str,
    permutations: int,
    bootstrap: Bootstrap,
) -> pd.DataFrame:
    """Compare scans where something was noted with those where it was not, in what is read of its region.

    Read are: how much of the extreme that argues for the call lies in the region, method by method; and by every
    fill the region's share of all reliance and what it adds to the logit, on the scans that were asked about. Silent
    maps and scans without the region leave the comparison. Points are where they are, whatever the tolerance of the
    pointing game.

    Findings go with the label, and so may all that is read. So the difference is also taken within each label
    and averaged (Mantel and Haenszel's weights), and the p value is of exchanges within the label (`exchange_notes`).

    Args:
        partition: Whose scans count.
        permutations: Exchanges of notes between two looks at a p value.
        bootstrap: How patients are resampled.

    Returns:
        A `DescriptorAgreement` table; empty where nothing was noted.
    """
    findings = list_findings(descriptors)
    counted = decisions[decisions["partition"] == partition]
    tables = []
    for run, of_run in counted.groupby("run", sort=False) if findings else ():
        decided = of_run.sort_values("scan_id").set_index("scan_id")
        points, shares, reliance = (
            table[table["run"] == run] for table in (extreme_points, region_shares, region_reliance)
        )
        readings = [*read_points(points, shares, decided), *read_reliance(reliance, decided)]
        compared = [
            each for finding in findings for each in _list_comparisons(finding, readings, decided)
        ]
        rows = _score_run(compared, permutations=permutations, bootstrap=bootstrap)
        tables.append(pd.DataFrame(rows).assign(run=run))
    if not any(len(table) for table in tables):
        return DescriptorAgreement.empty()
    table = pd.concat(tables, ignore_index=True)
    table = table.assign(partition=partition, confidence=bootstrap.confidence)
    return table[list(DescriptorAgreement.to_schema().columns)]


def _list_comparisons(
    finding: Finding, readings: Sequence[Reading], decided: pd.DataFrame
) -> Iterator[Comparison]:
    looked_at = decided.index.isin(finding.noted.index)
    noted = finding.noted.reindex(decided.index, fill_value=False).to_numpy(dtype=bool)
    for reading in readings:
        for region in finding.regions:
            values = reading.of_regions[:, RELIANCE_REGIONS.index(region)]
            known = looked_at & ~np.isnan(values)
            yield Comparison(
                named={
                    "descriptor": finding.descriptor,
                    "value": finding.value,
                    "region": region,
                    "reading": reading.name,
                    "source": reading.source,
                },
                is_value=reading.name == VALUE,
                read=values[known],
                noted=noted[known],
                scans=decided[known].reset_index(),
            )


def _score_run(
    compared: Sequence[Comparison], *, permutations: int, bootstrap: Bootstrap
) -> list[dict[str, Any]]:
    family = sum(each.reason is None for each in compared)
    levels = decision_levels(confidence=bootstrap.confidence, family=family)
    rows = []
    for each in compared:
        noted, others = each.patients
        row = each.named | {
            "n_noted": int(each.noted.sum()),
            "n_not_noted": int((~each.noted).sum()),
            "patients_noted": noted,
            "patients_not_noted": others,
            "reason": each.reason,
        }
        rows.append(row | dict.fromkeys(NUMBERS, np.nan) | {"exchanges": 0, "exact": False})
        if each.reason is None:
            found = exchange_notes(
                each.read,
                each.noted,
                each.scans,
                permutations=permutations,
                levels=levels,
                seed=bootstrap.seed,
            )
            told = _measure(each, bootstrap=bootstrap) if found.exchanges else {"reason": UNLIKE}
            rows[-1] |= told | asdict(found)
    adjusted = holm_adjust(np.array([row["p_value"] for row in rows], dtype=float))
    for row, p_adjusted in zip(rows, adjusted, strict=True):
        row["p_adjusted"] = float(p_adjusted)
    return rows


def _measure(each: Comparison, *, bootstrap: Bootstrap) -> dict[str, float]:
    """Take the differences of one comparison, with intervals from resampled patients."""
    sides = each.split()
    seen = sides.sum(axis=0).reshape(1, *SIDES)
    patient_ids = each.scans["patient_id"].to_numpy()
    drawn = resampled_sums(sides, patient_ids, bootstrap=bootstrap).reshape(-1, *SIDES)
    noted, others = _means(seen.sum(axis=1))[0]
    row = {"mean_noted": float(noted), "mean_not_noted": float(others)}
    fewest = min(each.patients)
    for name, take in (("difference", _take_difference), ("within_label", _take_within_label)):
        value, resampled = float(take(seen)[0]), take(drawn)
        if each.is_value:
            low, high = resampled_interval(
                resampled, patients=fewest, confidence=bootstrap.confidence
            )
        else:
            low, high = limits_of_difference(
                float(noted),
                float(noted) - value,
                resampled,
                patients=fewest,
                confidence=bootstrap.confidence,
            )
        row |= {name: value, f"{name}_low": low, f"{name}_high": high}
    return row


def _means(sums: Float[np.ndarray, "... 2"]) -> Float[np.ndarray, "..."]:
    return ratio(sums[..., 0], sums[..., 1])


def _take_difference(
    sums: Float[np.ndarray, "drawn labels notes 2"],
) -> Float[np.ndarray, " drawn"]:
    """Subtract the mean of the scans where nothing was noted; NaN where a side is missing."""
    means = _means(sums.sum(axis=1))
    return np.asarray(means[:, 0] - means[:, 1])


def _take_within_label(
    sums: Float[np.ndarray, "drawn labels notes 2"],
) -> Float[np.ndarray, " drawn"]:
    """Average the labels' differences, each weighted by n m / (n + m) of its scans noted and not."""
    means, counts = _means(sums), sums[..., 1]
    weights = ratio(counts.prod(axis=2), counts.sum(axis=2))
    apart = np.where(weights > 0, means[..., 0] - means[..., 1], 0.0)
    weights = np.nan_to_num(weights)
    return ratio((apart * weights).sum(axis=1), weights.sum(axis=1))
