"""Reading scans by what one region adds to the logit: region and threshold from validation scans, judged on others."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float

from sonolens.arrays import Labels
from sonolens.evaluation.classification.roc import auc, call_malignant, youden
from sonolens.evaluation.reliance.aucs import DIFFERENCES, compare_with_whole, score_auc
from sonolens.evaluation.reliance.scores import decided_scans, tabulate_values
from sonolens.evaluation.statistics.intervals import (
    Bootstrap,
    bootstrap_differences,
    bootstrap_rates,
)
from sonolens.evaluation.statistics.multiple_tests import holm_adjust
from sonolens.tables.reliance import ChosenRegions, RegionRelianceTable
from sonolens.tables.training import DecisionsTable
from sonolens.tables.vocabulary import RELIANCE_REGIONS

ANY_FILL = "all"
"""Among the values by all fills, not by one."""

CALLS = ("right", "right_low", "right_high", "whole_right")
MORE_RIGHT = ("right_difference", "right_difference_low", "right_difference_high")


@dataclass(frozen=True)
class Reading:
    """What some scans of one run can be read by.

    Attributes:
        labels: True where malignant.
        patient_ids: The patient of every scan.
        whole: The logit of every whole scan.
        by_fill: By fill, what each region of `RELIANCE_REGIONS` adds to the logit; 0 where the scan has none.
        known: Whether any scan has the region, by region.
    """

    labels: Labels
    patient_ids: np.ndarray
    whole: Float[np.ndarray, " scans"]
    by_fill: Mapping[str, Float[np.ndarray, "scans regions"]]
    known: np.ndarray

    @property
    def has_both(self) -> bool:
        """Whether both labels are there, without which nothing can be chosen or scored."""
        return bool(self.labels.any() and not self.labels.all())


def score_chosen_regions(
    validation_reliance: RegionRelianceTable,
    region_reliance: RegionRelianceTable,
    decisions: DecisionsTable,
    *,
    partition: str,
    bootstrap: Bootstrap,
) -> pd.DataFrame:
    """Ask whether what a region adds to the logit tells the label better than the logit, nothing fitted again.

    On validation scans the region is chosen whose value has the largest AUC, by each fill and by any of them, and
    a threshold for it and for the whole logit (`youden`); both are then read on scans that had no part in the choice.
    The same choice among the regions of a null, where there is one, shows what choosing alone brings.

    Args:
        validation_reliance: The `RegionReliance` of validation scans.
        region_reliance: That of the scans that are scored, of the same runs.
        partition: Of the scans that are scored.
        bootstrap: How patients are resampled.

    Returns:
        A `ChosenRegions` table. Where the validation scans lack a class no region is chosen; where those scored do,
        numbers are empty.

    Raises:
        ValueError: If a run was asked about the scans of one side alone, or a scan has no decision.
    """
    chosen_from, scored = (
        dict(iter(table.groupby(["run", "null"], sort=False)))
        for table in (validation_reliance, region_reliance)
    )
    _refuse_one_sided(chosen_from, scored)
    rows = [
        row | {"run": run, "null": null}
        for (run, null), rows_of in scored.items()
        if (run, null) in chosen_from
        for row in _score_choices(
            _read(chosen_from[run, null], decisions, partition="validation"),
            _read(rows_of, decisions, partition=partition),
            bootstrap=bootstrap,
        )
    ]
    if not rows:
        return ChosenRegions.empty()
    table = pd.DataFrame(rows).assign(partition=partition, confidence=bootstrap.confidence)
    adjusted = table.groupby(["run", "null"])["p_value"].transform(
        lambda p_values: holm_adjust(p_values.to_numpy())
    )
    return table.assign(p_adjusted=adjusted)


def _refuse_one_sided(chosen_from: Mapping[Any, object], scored: Mapping[Any, object]) -> None:
    sides = [{run for run, _ in side} for side in (chosen_from, scored)]
    if one_sided := sorted(sides[0] ^ sides[1]):
        raise ValueError(
            f"run {one_sided[0]!r} was asked about validation scans or about scored scans but not about both; ask "
            "the same runs about both"
        )


def _read(reliance: pd.DataFrame, decisions: DecisionsTable, *, partition: str) -> Reading:
    about = decided_scans(reliance, decisions, partition=partition)
    values = {
        str(fill): tabulate_values(rows, about.index)
        for fill, rows in reliance.groupby("fill", sort=False)
    }
    known = ~np.isnan(next(iter(values.values()))).all(axis=0)
    return Reading(
        labels=(about["label"] == "malignant").to_numpy(dtype=bool),
        patient_ids=about["patient_id"].to_numpy(),
        whole=about["logit"].to_numpy(dtype=float),
        by_fill={fill: np.nan_to_num(each) for fill, each in values.items()},
        known=known,
    )


def _score_choices(
    validation: Reading, scored: Reading, *, bootstrap: Bootstrap
) -> Iterator[dict[str, Any]]:
    """Choose among the regions by each fill, then by all of them, and read the scans that are scored."""
    fills = [fill for fill in validation.by_fill if fill in scored.by_fill]
    for among, candidates in [(fill, [fill]) for fill in fills] + [(ANY_FILL, fills)]:
        places = [
            (fill, place)
            for fill in candidates
            for place in np.flatnonzero(validation.known).tolist()
        ]
        about = {
            "among": among,
            "candidates": len(places),
            "n_validation": len(validation.labels),
        }
        yield about | _score_choice(validation, scored, places, bootstrap=bootstrap)


def _score_choice(
    validation: Reading,
    scored: Reading,
    places: Sequence[tuple[str, int]],
    *,
    bootstrap: Bootstrap,
) -> dict[str, Any]:
    empty = dict.fromkeys(("validation_auc", *DIFFERENCES, *CALLS, *MORE_RIGHT), np.nan)
    whole = score_auc(scored.labels, scored.whole, scored.patient_ids, bootstrap=bootstrap)
    unknown = {"auc": np.nan, "ci_low": np.nan, "ci_high": np.nan}
    told = empty | whole | {"whole_auc": whole["auc"]}
    if not validation.has_both or not places:
        return told | unknown | {"fill": "none", "region": "none"}
    areas = [auc(validation.labels, validation.by_fill[fill][:, place]) for fill, place in places]
    fill, place = places[int(np.argmax(areas))]
    found = scored.by_fill[fill][:, place]
    thresholds = [
        youden(validation.labels, scores)
        for scores in (validation.by_fill[fill][:, place], validation.whole)
    ]
    return (
        told
        | {"fill": fill, "region": RELIANCE_REGIONS[place], "validation_auc": max(areas)}
        | score_auc(scored.labels, found, scored.patient_ids, bootstrap=bootstrap)
        | compare_with_whole(scored.labels, found, scored.whole, scored.patient_ids, bootstrap)
        | _compare_calls(scored, found, thresholds, bootstrap=bootstrap)
    )


def _compare_calls(
    scored: Reading, found: np.ndarray, thresholds: Sequence[float], *, bootstrap: Bootstrap
) -> dict[str, float]:
    """Tell the share of right calls at the thresholds of the region's value and of the whole logit."""
    by_region, by_whole = (
        (call_malignant(scores, threshold) == scored.labels).astype(float)[:, None]
        for scores, threshold in zip((found, scored.whole), thresholds, strict=True)
    )
    counts = np.ones_like(by_region)
    own = bootstrap_rates(by_region, counts, scored.patient_ids, bootstrap=bootstrap)
    more = bootstrap_differences(
        by_region, by_whole, counts, scored.patient_ids, bootstrap=bootstrap
    )
    right = (own.value[0], own.ci_low[0], own.ci_high[0], by_whole.mean())
    apart = (more.value[0], more.ci_low[0], more.ci_high[0])
    return dict(zip((*CALLS, *MORE_RIGHT), (*right, *apart), strict=True))
