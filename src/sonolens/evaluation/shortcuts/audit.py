"""The audit: what tells the label to who never looks at the mass, and to who sees its outline alone."""

import math
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from sonolens.arrays import Labels
from sonolens.evaluation.classification.roc import auc, bootstrap_aucs
from sonolens.evaluation.shortcuts.cross_validation import (
    HALF,
    Area,
    Codes,
    Deal,
    Folding,
    count_rarer,
    cross_validate,
    deal_patients,
    form_design,
    score_others,
)
from sonolens.evaluation.shortcuts.features import FeatureSet, list_feature_sets
from sonolens.evaluation.statistics.intervals import Bootstrap, limits_of
from sonolens.evaluation.statistics.multiple_tests import holm_adjust
from sonolens.tables.cohort import ScansTable
from sonolens.tables.shortcuts import ScanPropertiesTable
from sonolens.tables.vocabulary import GEOMETRY

FEWEST_PATIENTS = 2
"""Patients that each label must have: one to learn from, one to be asked."""

UNKNOWN_AREA = Area(math.nan, math.nan, math.nan, math.nan)


def audit_shortcuts(
    scans: ScansTable,
    scan_properties: ScanPropertiesTable,
    groups: pd.Series,
    *,
    folding: Folding,
    bootstrap: Bootstrap,
) -> pd.DataFrame:
    """Ask of every set of features how well it tells the label, on other patients and on other devices.

    An interval of a shortcut lies above 0.5 only where its p value, adjusted for the number of shortcuts, is as small as
    the interval allows (0.05 for 95 %): of studies in which nothing tells the label, at most so many show one that does.

    Where at least two known devices have patients of both labels, two each, every one of them is held out in turn: a fit to the scans of
    all other known devices, none of them of its patients, is asked of its scans.

    Args:
        scans: The scans; their order does not matter.
        scan_properties: What each is beside the appearance of its mass.
        groups: The patient of every scan by scan id, those joined who share duplicates
            (`sonolens.cohort.join_groups`). They are dealt, resampled and counted as one.
        folding: How patients are dealt and labels exchanged.
        bootstrap: How patients are resampled.

    Returns:
        A `ShortcutAudit` table, shortcuts before geometry, other patients before other devices.
    """
    scans = scans.sort_values("scan_id", ignore_index=True)
    malignant = (scans["label"] == "malignant").to_numpy()
    patients, _ = pd.factorize(groups.loc[scans["scan_id"]].to_numpy(), sort=True)
    sets = list_feature_sets(scans, scan_properties)
    rows = _ask_other_patients(sets, malignant, patients, folding=folding, bootstrap=bootstrap)
    rows += _ask_other_devices(
        sets, malignant, patients, devices=scans["device"], bootstrap=bootstrap
    )
    return pd.DataFrame(rows).assign(chance=HALF, confidence=bootstrap.confidence)


def _ask_other_patients(
    sets: tuple[FeatureSet, ...],
    malignant: Labels,
    patients: Codes,
    *,
    folding: Folding,
    bootstrap: Bootstrap,
) -> list[dict[str, Any]]:
    rarer = count_rarer(malignant, patients)
    few = f"patients with a scan of the rarer label: {rarer}, and it takes {FEWEST_PATIENTS}"
    deal = deal_patients(malignant, patients, folding=folding) if rarer >= FEWEST_PATIENTS else None
    rows = []
    for each in sets:
        reason = each.reason or ("" if deal else few)
        area = UNKNOWN_AREA if reason or not deal else _ask(each, deal, bootstrap=bootstrap)
        if not reason and math.isnan(area.value):
            reason = "no fold tests both labels"
        rows.append(_row(each, "grouped_folds", area, patients, reason=reason))
    of_shortcuts = [row for row in rows if row["kind"] == "shortcut"]
    adjusted = holm_adjust(np.array([row["p_value"] for row in of_shortcuts]))
    for row, p_adjusted in zip(of_shortcuts, adjusted, strict=True):
        row["p_adjusted"] = float(p_adjusted)
        if p_adjusted > 1 - bootstrap.confidence:
            row["ci_low"] = min(row["ci_low"], HALF)
    return rows


def _ask(features: FeatureSet, deal: Deal, *, bootstrap: Bootstrap) -> Area:
    return cross_validate(form_design(features.values, deal.patients), deal, bootstrap=bootstrap)


def _ask_other_devices(
    sets: tuple[FeatureSet, ...],
    malignant: Labels,
    patients: Codes,
    *,
    devices: "pd.Series[str]",
    bootstrap: Bootstrap,
) -> list[dict[str, Any]]:
    """Hold out every device that has enough patients of both labels, if there are two."""
    known = sorted(devices.dropna().unique())
    of_device = {name: (devices == name).to_numpy() for name in known}
    both = [
        name
        for name, held in of_device.items()
        if count_rarer(malignant[held], patients[held]) >= FEWEST_PATIENTS
    ]
    if len(both) <= 1:
        return []
    askable = [each for each in sets if not each.reason and each.name != "device"]
    designs = {each.name: form_design(each.values, patients) for each in askable}
    rows = []
    for device in both:
        held = of_device[device]
        others = devices.notna().to_numpy() & ~held & ~np.isin(patients, patients[held])
        learnable = bool(malignant[others].any() and not malignant[others].all())
        reason = "" if learnable else "the other devices lack a label without its patients"
        for each in askable:
            area = UNKNOWN_AREA
            if learnable:
                outcomes = malignant[others].astype(float)[:, None]
                design = designs[each.name]
                scores = score_others(design[others], outcomes, design[held])[:, 0]
                area = _area(malignant[held], scores, patients[held], bootstrap=bootstrap)
            row = _row(each, "held_out_device", area, patients[held], reason=reason)
            rows.append(row | {"device": device})
    return rows


def _area(malignant: Labels, scores: np.ndarray, patients: Codes, *, bootstrap: Bootstrap) -> Area:
    """Score a fit that never saw these patients; see `score_ranking` for its interval."""
    area = auc(malignant, scores)
    resampled = bootstrap_aucs(malignant, scores, patients, bootstrap=bootstrap)
    rarer = count_rarer(malignant, patients)
    low, high = limits_of(area, resampled, patients=rarer, confidence=bootstrap.confidence)
    return Area(area, low, high, math.nan)


def _row(
    features: FeatureSet, scheme: str, area: Area, patients: Codes, *, reason: str
) -> dict[str, Any]:
    told = asdict(area)
    return {
        "features": features.name,
        "kind": GEOMETRY if features.name == GEOMETRY else "shortcut",
        "scheme": scheme,
        "device": None,
        "n": len(patients),
        "n_patients": len(set(patients)),
        "auc": told.pop("value"),
        **told,
        "p_adjusted": math.nan,
        "reason": reason or None,
    }
