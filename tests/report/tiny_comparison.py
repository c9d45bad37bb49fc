"""A comparison of two runs, small enough to read."""

import pandas as pd

from sonolens.tables.run_comparison import RunComparison

FIRST, SECOND = (f"2026-01-0{day}T03.04.05.678Z" for day in (1, 2))

AUC = {"quantity": "auc", "level": "scan", "test": "paired bootstrap"}
DELONG = AUC | {"test": "delong"}
HITS = {
    "quantity": "hit_rate",
    "method": "cam",
    "region": "mass",
    "rule": "decision",
    "test": "paired exchange",
}
SHARE = {
    "quantity": "reliance_share",
    "region": "other",
    "rule": "tissue",
    "test": "paired exchange",
}


def comparison_table(*rows: dict, **changes: object) -> pd.DataFrame:
    usual = {
        "first": FIRST,
        "first_label": "base",
        "first_configuration": "small-full",
        "second": SECOND,
        "second_label": None,
        "second_configuration": "small-full",
        "level": None,
        "method": None,
        "region": None,
        "rule": None,
        "paired": True,
        "n_shared": 40,
        "first_scans": 40,
        "second_scans": 40,
        "first_n": 40,
        "first_value": 0.8,
        "first_low": 0.7,
        "first_high": 0.9,
        "first_chance": 0.5,
        "second_n": 40,
        "second_value": 0.6,
        "second_low": 0.5,
        "second_high": 0.7,
        "second_chance": 0.4,
        "difference": 0.2,
        "ci_low": 0.1,
        "ci_high": 0.3,
        "p_value": 0.01,
        "p_adjusted": 0.02,
        "partition": "test",
        "confidence": 0.95,
        "first_regions": "ring 0-5 mm",
        "second_regions": "ring 0-5 mm",
    }
    shown = rows or (AUC, DELONG, HITS, SHARE)
    return RunComparison.validate(pd.DataFrame([usual | row | changes for row in shown]))
