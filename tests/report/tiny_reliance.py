"""What the small run's network relies on, written down by hand: the mass, by both fills."""

from functools import cache

import numpy as np
import pandas as pd
from tiny_scores import RUN

from sonolens.evaluation.reliance import judge_reliance, score_reliance, score_reliance_aucs
from sonolens.evaluation.statistics import Bootstrap

REGIONS = ("mass", "peritumoral", "below", "other")
SCANS = 8
BOOTSTRAP = Bootstrap(resamples=100, confidence=0.95, seed=0)


@cache
def reliance_tables() -> dict[str, pd.DataFrame]:
    """Score eight scans, half of them benign, whose logit comes from the mass."""
    malignant = np.arange(SCANS) >= SCANS // 2
    decisions = pd.DataFrame(
        {
            "run": RUN,
            "scan_id": [f"s{place}" for place in range(SCANS)],
            "patient_id": [f"p{place}" for place in range(SCANS)],
            "partition": "test",
            "label": np.where(malignant, "malignant", "benign"),
            "called": malignant,
            "correct": True,
        }
    )
    relied = pd.concat(
        _rely(decisions, malignant, null=null, fill=fill, mass=mass)
        for null, mass in (("none", 3.0), ("moved", 0.1))
        for fill in ("mean", "tissue")
    )
    scores = score_reliance(
        relied, decisions, partition="test", permutations=100, bootstrap=BOOTSTRAP
    )
    aucs = score_reliance_aucs(relied, decisions, partition="test", bootstrap=BOOTSTRAP)
    return {
        "region_reliance": relied,
        "reliance_scores": scores,
        "reliance_aucs": aucs,
        "reliance_verdict": judge_reliance(scores, aucs),
    }


def _rely(
    decisions: pd.DataFrame, malignant: np.ndarray, *, null: str, fill: str, mass: float
) -> pd.DataFrame:
    towards = np.where(malignant, 1.0, -1.0)
    values = pd.DataFrame({"mass": mass * towards, "peritumoral": 0.1, "below": 0.05, "other": 0.2})
    wide = values.assign(run=RUN, scan_id=decisions["scan_id"], null=null, fill=fill)
    wide = wide.assign(logit=values.sum(axis=1), empty_logit=0.0)
    keys = ["run", "scan_id", "null", "fill", "logit", "empty_logit"]
    table = wide.melt(id_vars=keys, value_vars=list(REGIONS), var_name="region")
    return table.assign(necessity=table["value"], sufficiency=table["value"])
