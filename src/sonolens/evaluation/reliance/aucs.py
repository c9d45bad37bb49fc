"""How well the label is told without a region, by it alone, and by what it adds to the logit."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from sonolens.arrays import Labels
from sonolens.evaluation.classification.auc_bootstrap import compare_aucs_bootstrap
from sonolens.evaluation.classification.case_scores import auc_limits
from sonolens.evaluation.classification.delong import compare_aucs_delong
from sonolens.evaluation.classification.roc import auc
from sonolens.evaluation.reliance.scores import PerRegion, decided_scans, tabulate_values
from sonolens.evaluation.statistics.intervals import Bootstrap
from sonolens.evaluation.statistics.multiple_tests import holm_adjust
from sonolens.tables.reliance import RegionRelianceTable, RelianceAucs
from sonolens.tables.training import DecisionsTable
from sonolens.tables.vocabulary import RELIANCE_REGIONS

Readings: TypeAlias = Mapping[str, PerRegion]
"""By view, the logit or value that stands for each scan and region."""

DIFFERENCES = ("difference", "difference_low", "difference_high", "p_value", "p_delong")
ABOVE_PLACEBO = ("above_placebo", "above_placebo_low", "above_placebo_high")


def score_reliance_aucs(
    region_reliance: RegionRelianceTable,
    decisions: DecisionsTable,
    *,
    partition: str,
    bootstrap: Bootstrap,
) -> pd.DataFrame:
    """Score how well every run tells malignant from benign when regions are left out, kept alone or read by value.

    Nothing is fitted again and no threshold is chosen, so nothing can be learnt from the scans that are scored.

    Args:
        partition: Whose scans count.
        bootstrap: How patients are resampled.

    Returns:
        A `RelianceAucs` table. Where a class is missing, or no scan has a placebo, numbers are empty.

    Raises:
        ValueError: If a scan has no decision of this partition.
    """
    rows = [
        row | {"run": run, "fill": fill}
        for (run, fill), reliance in region_reliance.groupby(["run", "fill"], sort=False)
        for row in _score_fill(
            reliance,
            decided_scans(reliance, decisions, partition=partition),
            bootstrap=bootstrap,
        )
    ]
    if not rows:
        return RelianceAucs.empty()
    table = pd.DataFrame(rows).assign(partition=partition, confidence=bootstrap.confidence)
    adjusted = table.groupby(["run", "fill", "view", "null"])["p_value"].transform(
        lambda p_values: holm_adjust(p_values.to_numpy())
    )
    return table.assign(p_adjusted=adjusted)


def _score_fill(
    reliance: pd.DataFrame, about: pd.DataFrame, *, bootstrap: Bootstrap
) -> Iterator[dict[str, Any]]:
    labels: Labels = (about["label"] == "malignant").to_numpy(dtype=bool)
    patients = about["patient_id"].to_numpy()
    views = {
        str(null): _read(rows, about.index) for null, rows in reliance.groupby("null", sort=False)
    }
    own = views.pop("none")
    # Answers to every fill begin with the same whole scans.
    whole = np.nanmax(own["whole"], axis=1)
    scores = [
        (view, region, place, _score_view(labels, own[view][:, place], whole, patients, bootstrap))
        for view in ("without", "alone", "value")
        for place, region in enumerate(RELIANCE_REGIONS)
        if not np.isnan(own[view][:, place]).all()
    ]
    of_whole = score_auc(labels, whole, patients, bootstrap=bootstrap)
    for null in views or ("none",):
        yield of_whole | _nowhere("whole", "all", null)
        for view, region, place, scored in scores:
            found = own[view][:, place]
            of_null = views[null][view][:, place] if views else np.full_like(found, np.nan)
            beside = _beside_placebo(labels, found, of_null, patients, bootstrap)
            yield _nowhere(view, region, null) | scored | beside


def _score_view(
    labels: Labels,
    found: np.ndarray,
    whole: np.ndarray,
    patients: np.ndarray,
    bootstrap: Bootstrap,
) -> dict[str, Any]:
    """Score one view of one region, and hold it against the whole scans; no null has a part in it."""
    known = ~np.isnan(found)
    return score_auc(
        labels[known], found[known], patients[known], bootstrap=bootstrap
    ) | compare_with_whole(labels, found, whole, patients, bootstrap)


def _read(reliance: pd.DataFrame, scan_ids: "pd.Index[str]") -> Readings:
    read = {
        name: tabulate_values(reliance, scan_ids, column=name)
        for name in ("logit", "empty_logit", "value", "necessity", "sufficiency")
    }
    return {
        "whole": read["logit"],
        "without": read["logit"] - read["necessity"],
        "alone": read["empty_logit"] + read["sufficiency"],
        "value": read["value"],
    }


def _nowhere(view: str, region: str, null: str) -> dict[str, Any]:
    beside = dict.fromkeys((*DIFFERENCES, "placebo", *ABOVE_PLACEBO), np.nan)
    return {"view": view, "region": region, "null": null, "n_placebo": 0} | beside


def score_auc(
    labels: Labels, scores: np.ndarray, patients: np.ndarray, *, bootstrap: Bootstrap
) -> dict[str, Any]:
    """Tell `n`, `n_malignant`, and the `auc` of some scans with its interval; NaN where a class is missing."""
    low, high = auc_limits(labels, scores, patients, bootstrap=bootstrap)
    return {
        "n": len(labels),
        "n_malignant": int(labels.sum()),
        "auc": auc(labels, scores),
        "ci_low": low,
        "ci_high": high,
    }


def compare_with_whole(
    labels: Labels,
    found: np.ndarray,
    whole: np.ndarray,
    patients: np.ndarray,
    bootstrap: Bootstrap,
) -> dict[str, float]:
    """Tell `DIFFERENCES`: the AUC of what was found less that of whole scans, where something was found.

    Nothing is told where a class is missing.
    """
    known = ~np.isnan(found)
    if not _has_both(labels[known]):
        return {}
    pair = labels[known], found[known], whole[known]
    resampled = compare_aucs_bootstrap(*pair, patients[known], bootstrap=bootstrap)
    delong = compare_aucs_delong(*pair, confidence=bootstrap.confidence)
    numbers = (resampled.difference, resampled.ci_low, resampled.ci_high, resampled.p_value)
    return dict(zip(DIFFERENCES, (*numbers, delong.p_value), strict=True))


def _beside_placebo(
    labels: Labels,
    found: np.ndarray,
    placebo: np.ndarray,
    patients: np.ndarray,
    bootstrap: Bootstrap,
) -> dict[str, Any]:
    both = ~np.isnan(found) & ~np.isnan(placebo)
    n_placebo: dict[str, Any] = {"n_placebo": int(both.sum())}
    if not _has_both(labels[both]):
        return n_placebo
    apart = compare_aucs_bootstrap(
        labels[both], found[both], placebo[both], patients[both], bootstrap=bootstrap
    )
    numbers = (apart.difference, apart.ci_low, apart.ci_high)
    return (
        n_placebo | {"placebo": apart.second_auc} | dict(zip(ABOVE_PLACEBO, numbers, strict=True))
    )


def _has_both(labels: Labels) -> bool:
    return bool(labels.any() and not labels.all())
