"""An audit of shortcuts written down by hand: eight patients, one set found, one not, two not asked."""

import math
from typing import Any

import pandas as pd

from sonolens.tables.shortcuts import ShortcutAudit
from sonolens.tables.vocabulary import GEOMETRY

NAN = math.nan
NO_ANNOTATIONS = "annotations were not looked for"


def audit_row(features: str, **values: Any) -> dict[str, Any]:
    """A row of the audit: by default a set that tells nothing."""
    return {
        "features": features,
        "kind": "geometry" if features == GEOMETRY else "shortcut",
        "scheme": "grouped_folds",
        "device": None,
        "n": 8,
        "n_patients": 8,
        "auc": 0.52,
        "ci_low": 0.4,
        "ci_high": 0.64,
        "chance": 0.5,
        "p_value": 0.4,
        "p_adjusted": 0.8,
        "confidence": 0.95,
        "reason": None,
    } | values


FOUND = {"auc": 0.71, "ci_low": 0.6, "ci_high": 0.8, "p_value": 0.001, "p_adjusted": 0.004}


def not_asked(reason: str) -> dict[str, Any]:
    """What a row holds that could not be asked."""
    return dict.fromkeys(("auc", "ci_low", "ci_high", "p_value", "p_adjusted"), NAN) | {
        "reason": reason
    }


def audit_table(**sets: dict[str, Any]) -> pd.DataFrame:
    """Picture size is found, grey is not, annotations are not asked; `sets` change or add rows by features."""
    usual: dict[str, dict[str, Any]] = {
        "picture_size": FOUND,
        "grey": {},
        "annotations": not_asked(NO_ANNOTATIONS),
        GEOMETRY: {"auc": 0.8, "ci_low": 0.7, "ci_high": 0.9, "p_adjusted": NAN},
    }
    rows = [audit_row(name, **values) for name, values in (usual | sets).items()]
    return ShortcutAudit.validate(pd.DataFrame(rows))
