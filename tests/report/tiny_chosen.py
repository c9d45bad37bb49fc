"""A table of chosen regions, written down by hand."""

from typing import Any

import pandas as pd

from sonolens.tables.reliance import ChosenRegions


def chosen_regions(run: str = "net", **changes: Any) -> pd.DataFrame:
    """One run, two choices of its own and one of a null; `changes` hold for all rows."""
    rows = [
        {"null": "none", "among": "tissue", "fill": "tissue", "region": "mass", "candidates": 4},
        {"null": "none", "among": "all", "fill": "tissue", "region": "mass", "candidates": 8},
        {"null": "moved", "among": "all", "fill": "mean", "region": "other", "candidates": 8},
    ]
    usual: dict[str, Any] = {"run": run, "n_validation": 20, "validation_auc": 0.95}
    usual |= {"n": 30, "n_malignant": 14, "auc": 0.9, "ci_low": 0.8, "ci_high": 0.97}
    usual |= {"whole_auc": 0.85, "difference": 0.05, "difference_low": -0.02}
    usual |= {"difference_high": 0.12, "p_value": 0.2, "p_delong": 0.2, "p_adjusted": 0.4}
    usual |= {"right": 0.8, "right_low": 0.7, "right_high": 0.9, "whole_right": 0.75}
    usual |= {"right_difference": 0.05, "right_difference_low": -0.1}
    usual |= {"right_difference_high": 0.2, "partition": "test", "confidence": 0.95}
    return ChosenRegions.validate(pd.DataFrame(rows).assign(**(usual | changes)))
