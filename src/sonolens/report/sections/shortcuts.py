"""What a network could cheat with: what tells the label without the appearance of the mass."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from sonolens.figures.classification.shortcuts import FEATURES
from sonolens.report.numerals import p_value, score_with_interval
from sonolens.report.pictures import Caption
from sonolens.report.runs import confidence_of
from sonolens.report.section import Section, Tables
from sonolens.tables.filled_in import name_units
from sonolens.tables.shortcuts import ShortcutAuditTable
from sonolens.tables.vocabulary import GEOMETRY


@dataclass(frozen=True)
class Asked:
    """One row of the audit in words; `reason` says why it could not be asked."""

    features: str
    kind: str
    of: str
    n: int
    patients: int
    auc: str
    p_adjusted: str
    reason: str


def list_asked(shortcut_audit: ShortcutAuditTable) -> list[Asked]:
    """List every set of features, asked of other patients and of other devices."""
    return [
        Asked(
            features=FEATURES[row["features"]],
            kind="baseline" if row["kind"] == GEOMETRY else row["kind"],
            of="other patients" if pd.isna(row["device"]) else f"device {row['device']}",
            n=row["n"],
            patients=row["n_patients"],
            auc=score_with_interval(row["auc"], row["ci_low"], row["ci_high"]),
            p_adjusted=p_value(row["p_adjusted"]),
            reason="" if pd.isna(row["reason"]) else row["reason"],
        )
        for row in shortcut_audit.to_dict(orient="records")
    ]


def find_shortcuts(shortcut_audit: ShortcutAuditTable) -> pd.DataFrame:
    """Return the rows of shortcuts that tell the label of other patients, the strongest first.

    Such a one has an AUC above 0.5, an interval that leaves 0.5 out, and an adjusted p value no larger than the
    interval allows: 0.05 for 95 %.
    """
    level = 1 - confidence_of(shortcut_audit)
    asked = _shortcuts_of(shortcut_audit)
    tells = (asked["p_adjusted"] <= level) & (asked["ci_low"] > asked["chance"])
    return asked[tells].sort_values("auc", ascending=False, kind="stable")


def tell_shortcuts(shortcut_audit: ShortcutAuditTable, *, units: str = "patients") -> str:
    """Say in words what tells the label, that nothing was found to, or why it cannot be asked.

    Args:
        shortcut_audit: The audit.
        units: What stands for patients, from `name_units`.
    """
    asked = _shortcuts_of(shortcut_audit).dropna(subset="auc")
    if asked.empty:
        return f"What a network could cheat with cannot be asked: {_why_not(shortcut_audit)}."
    number = f"{asked['n_patients'].iloc[0]} {units}"
    found = find_shortcuts(shortcut_audit)
    if found.empty:
        names = _enumerate([FEATURES[name] for name in asked["features"]])
        best = asked.sort_values("auc", ascending=False, kind="stable").iloc[0]
        return (
            f"Of {names}, none was found to tell the label of {number}: the highest AUC is {_auc(best)}, from "
            f"{FEATURES[best['features']]} alone. A weaker shortcut can have gone unseen."
        )
    first, *others = [row for _, row in found.iterrows()]
    also = _enumerate([f"from {FEATURES[row['features']]} with {_auc(row)}" for row in others])
    return (
        f"From {FEATURES[first['features']]} alone the label can be told with AUC {_auc(first)} on {number}: a network "
        f"may have learnt that.{f' Likewise {also}.' if also else ''}"
    )


def tell_baseline(shortcut_audit: ShortcutAuditTable) -> str:
    """Say what the geometry of the mask tells, which a network must exceed to have seen more."""
    of_patients = shortcut_audit[shortcut_audit["scheme"] == "grouped_folds"]
    (row,) = of_patients[of_patients["features"] == GEOMETRY].to_dict(orient="records")
    if pd.isna(row["auc"]):
        return f"The geometry of the mask cannot be asked: {row['reason']}."
    return (
        f"The size, shape and place of the drawn mask alone give AUC {_auc(row)}: a network that does no better may "
        "have seen no more than an outline."
    )


def _shortcuts_of(shortcut_audit: ShortcutAuditTable) -> pd.DataFrame:
    asked = shortcut_audit[shortcut_audit["kind"] == "shortcut"]
    return asked[asked["scheme"] == "grouped_folds"]


def _why_not(shortcut_audit: ShortcutAuditTable) -> str:
    reasons = _shortcuts_of(shortcut_audit).groupby("reason", sort=False)["features"].agg(list)
    if len(reasons) == 1:
        return str(reasons.index[0])
    named = [
        f"{_enumerate([FEATURES[name] for name in names])}: {reason}"
        for reason, names in reasons.items()
    ]
    return "; ".join(named)


def _auc(row: Any) -> str:
    return score_with_interval(row["auc"], row["ci_low"], row["ci_high"])


def _enumerate(words: list[str]) -> str:
    *before, last = words or [""]
    return f"{', '.join(before)} and {last}" if before else last


def _tell(tables: Tables) -> dict[str, Any]:
    audit = tables["shortcut_audit"]
    rows = list_asked(audit)
    return {
        "sentence": tell_shortcuts(audit, units=name_units(tables["scans"])),
        "baseline": tell_baseline(audit),
        "asked": [row for row in rows if not row.reason],
        "not_asked": [row for row in rows if row.reason],
        "held_out": bool((audit["scheme"] == "held_out_device").any()),
        "audited_confidence": confidence_of(audit),
    }


SECTION = Section(
    "shortcuts",
    "What a network could cheat with",
    "shortcuts.html",
    needs=("shortcut_audit", "scans"),
    figures=(
        Caption(
            name="shortcuts_figure",
            intervals=True,
            title="What tells the label without the appearance of the mass",
            text="Dots: AUC of fits that see one set of features and no picture, asked of other patients or of another device. "
            "Rings: the networks, on their test scans. The line is chance.",
            alt="Dot plot of the AUC of each set of features with its interval, beside the networks and the line of chance.",
        ),
    ),
    tell=_tell,
)
