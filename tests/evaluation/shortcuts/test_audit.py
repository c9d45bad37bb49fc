"""The audit of a study: what is planted is found, what cannot be asked says why, order plays no part."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from sonolens.evaluation.shortcuts import Folding, audit_shortcuts
from sonolens.evaluation.statistics import Bootstrap
from sonolens.tables.shortcuts import ShortcutAudit
from sonolens.tables.vocabulary import GEOMETRY, SHORTCUTS

FOLDING = Folding(folds=4, repeats=1, exchanges=300, seed=0)
BOOTSTRAP = Bootstrap(resamples=100, confidence=0.95, seed=0)
MALIGNANT = np.random.default_rng(0).permutation(60) < 24
IDS = [f"s{number:02d}" for number in range(60)]


def scans_table(**columns: Any) -> pd.DataFrame:
    usual = {
        "scan_id": IDS,
        "label": np.where(MALIGNANT, "malignant", "benign"),
        "device": "A",
        "spacing_row_mm": 0.1,
        "spacing_col_mm": 0.1,
    }
    return pd.DataFrame(usual | columns)


def properties_table(**columns: Any) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    usual = {
        "scan_id": IDS,
        "rows_px": 400,
        "cols_px": 600,
        "mean_grey": rng.normal(70, 10, 60),
        "contrast": rng.normal(40, 5, 60),
        "mass_row_px": rng.uniform(100, 300, 60),
        "mass_col_px": rng.uniform(100, 500, 60),
        "mass_height_px": rng.integers(40, 120, 60),
        "mass_width_px": rng.integers(40, 120, 60),
        "mass_area_px": rng.integers(1000, 9000, 60),
    }
    return pd.DataFrame(usual | columns)


def audit(
    scans: pd.DataFrame | None = None,
    properties: pd.DataFrame | None = None,
    groups: pd.Series | None = None,
) -> pd.DataFrame:
    return ShortcutAudit.validate(
        audit_shortcuts(
            scans_table() if scans is None else scans,
            properties_table() if properties is None else properties,
            pd.Series(IDS, index=IDS) if groups is None else groups,
            folding=FOLDING,
            bootstrap=BOOTSTRAP,
        )
    )


def of_patients(found: pd.DataFrame) -> pd.DataFrame:
    return found[found["scheme"] == "grouped_folds"].set_index("features")


@pytest.mark.parametrize(
    ("features", "scans", "properties"),
    [
        ("picture_size", {}, {"cols_px": 600 + 10 * MALIGNANT}),
        ("device", {"device": np.where(MALIGNANT & (np.arange(60) % 2 == 0), "B", None)}, {}),
        ("field", {"spacing_row_mm": 0.1 + 0.02 * MALIGNANT}, {}),
        ("grey", {}, {"mean_grey": 70 + 25 * MALIGNANT + np.arange(60) % 5}),
        ("annotations", {}, {"annotation_share": 0.01 * MALIGNANT}),
        ("position", {}, {"mass_row_px": 150 + 90 * MALIGNANT + np.arange(60) % 5}),
    ],
)
def test_a_planted_shortcut_is_found_and_no_other(
    features: str, scans: dict[str, Any], properties: dict[str, Any]
) -> None:
    found = of_patients(audit(scans_table(**scans), properties_table(**properties)))
    shortcuts = found.loc[list(SHORTCUTS)]

    assert shortcuts.index[shortcuts["ci_low"] > 0.5].tolist() == [features]
    assert shortcuts["auc"].idxmax() == features
    assert found.loc[features, "p_adjusted"] <= 0.05


def test_geometry_is_told_apart_from_shortcuts() -> None:
    found = of_patients(audit(properties=properties_table(mass_height_px=60 + 40 * MALIGNANT)))

    assert found.loc[GEOMETRY, ["kind", "auc"]].tolist() == ["geometry", 1.0]
    assert (found.loc[list(SHORTCUTS), "kind"] == "shortcut").all()
    assert np.isnan(found.loc[GEOMETRY, "p_adjusted"])


def test_what_is_equal_or_unknown_for_all_says_so() -> None:
    scans = scans_table(device=None, spacing_row_mm=np.nan, spacing_col_mm=np.nan)
    found = of_patients(audit(scans))

    reasons = found["reason"].dropna().to_dict()
    assert reasons == {
        "picture_size": "it is the same for all scans, so it cannot tell them apart",
        "device": "no scan names its device",
        "field": "no scan has a spacing",
        "annotations": "annotations were not looked for",
    }
    assert found.loc[list(reasons), ["auc", "ci_low", "ci_high"]].isna().all(axis=None)


def test_one_patient_of_a_label_cannot_be_asked() -> None:
    label = np.where(np.arange(60) < 2, "malignant", "benign")
    one = pd.Series(["p", "p", *IDS[2:]], index=IDS)
    found = of_patients(audit(scans_table(label=label), groups=one))

    assert found["auc"].isna().all()
    assert "patients with a scan of the rarer label: 1" in found.loc["grey", "reason"]
    assert (found["n_patients"] == 59).all()


def test_the_order_of_scans_plays_no_part() -> None:
    order = np.random.default_rng(5).permutation(60)
    scans, properties = scans_table(device=["A", "B", "C"] * 20), properties_table()
    shuffled = audit(scans.iloc[order], properties.iloc[order[::-1]])

    pd.testing.assert_frame_equal(shuffled, audit(scans, properties))


def test_geometry_is_in_mm_only_where_every_scan_has_a_spacing() -> None:
    # Malignant masses are as large as others in mm and larger in pixels, for their pixels are smaller.
    spacing = np.where(MALIGNANT, 0.05, 0.1)
    extent = (8 / spacing).astype(int)
    properties = properties_table(
        mass_height_px=extent,
        mass_width_px=extent,
        mass_area_px=extent**2,
        mass_row_px=20 / spacing,
        mass_col_px=20 / spacing,
    )
    known = scans_table(spacing_row_mm=spacing, spacing_col_mm=spacing)
    unknown = known.assign(spacing_row_mm=known["spacing_row_mm"].mask(known["scan_id"] == "s07"))

    assert "same for all" in of_patients(audit(known, properties)).loc[GEOMETRY, "reason"]
    assert of_patients(audit(unknown, properties)).loc[GEOMETRY, "auc"] == 1


def test_every_device_with_both_labels_is_held_out() -> None:
    device = np.array(["A", "B", "C", None], dtype=object)[np.arange(60) % 4]
    device[(device == "C") & MALIGNANT] = None
    wide = properties_table(cols_px=600 + 10 * MALIGNANT)
    found = audit(scans_table(device=device), wide)
    held = found[found["scheme"] == "held_out_device"].set_index(["device", "features"])

    assert set(held.index.get_level_values("device")) == {"A", "B"}
    assert "device" not in held.index.get_level_values("features")
    assert (held.xs("picture_size", level="features")["auc"] == 1).all()
    assert (held.loc["A", "n"] == 15).all()
    assert held["p_value"].isna().all()


def test_what_one_device_alone_does_fails_on_the_other() -> None:
    # On A malignant scans are wider, on B narrower: each device misleads about the other.
    device = np.array(["A", "B"], dtype=object)[np.arange(60) % 2]
    width = 600 + 10 * np.where(device == "A", MALIGNANT, ~MALIGNANT)
    found = audit(scans_table(device=device), properties_table(cols_px=width))
    held = found[found["scheme"] == "held_out_device"].set_index(["device", "features"])

    assert (held.xs("picture_size", level="features")["auc"] == 0).all()


def test_a_patient_of_two_devices_is_not_learnt_from() -> None:
    device = np.array(["A", "B"], dtype=object)[np.arange(60) % 2]
    joined = pd.Series([f"p{number // 2}" for number in range(60)], index=IDS)
    found = audit(scans_table(device=device), groups=joined)
    held = found[found["scheme"] == "held_out_device"]

    assert held["auc"].isna().all()
    assert held["reason"].str.contains("other devices lack a label").all()


def test_one_device_is_not_held_out() -> None:
    assert (audit()["scheme"] == "grouped_folds").all()
