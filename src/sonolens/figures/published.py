"""The numbers that Byra et al. 2022 printed, for setting a study's own beside them.

Their cohort is another one: 272 masses, two scans each, a test set of 68 masses. What their ±
means is not explained.

References:
    Byra M, Dobruch-Sobczak K, Piotrzkowska-Wroblewska H, Klimonda Z, Litniewski J: Explaining a
    deep learning based breast ultrasound image classifier with saliency maps. J Ultrason 2022.
    doi 10.15557/JoU.2022.0013. Tab. 1 and Tab. 2.
"""

import pandas as pd

CLASSIFICATION = {
    "auc": (0.887, 0.015),
    "accuracy": (0.835, 0.018),
    "sensitivity": (0.801, 0.025),
    "specificity": (0.868, 0.023),
}
"""Tab. 1: value and the paper's unexplained ±."""

POINTING_HITS = {"mass": 0.34, "peritumoral": 0.38, "below": 0.30, "any": 0.71}
"""Tab. 2: share of the correctly classified test scans whose maximum or minimum hit a region."""


def counted_by_paper(rates: pd.DataFrame) -> pd.DataFrame:
    """Keep the rows that count as Tab. 2 does: correct calls of both labels, rule ``either``."""
    return rates.query("rule == 'either' and subset == 'correct' and label == 'both'")
