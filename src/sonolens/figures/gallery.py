"""Which scans the figures show: drawn by seed, never picked."""

import numpy as np
import pandas as pd

from sonolens.tables.training import DecisionsTable
from sonolens.tables.vocabulary import LABELS


def draw_gallery(
    decisions: DecisionsTable,
    *,
    partition: str,
    correct_per_label: int,
    wrong: int,
    seed: int,
) -> pd.DataFrame:
    """Draw the scans that figures show, each of another lesion, judged by the first run by name.

    Args:
        partition: Whose scans are drawn.
        correct_per_label: How many correctly classified scans of each label.
        wrong: How many wrongly classified scans.
        seed: Seed of the draw.

    Returns:
        A `Gallery` table: correct benign scans, correct malignant ones, wrong ones;
        fewer where there are fewer.
    """
    of_first = decisions["run"] == decisions["run"].min()
    decided = decisions[of_first & (decisions["partition"] == partition)]
    order = np.random.default_rng(seed).permutation(len(decided))
    drawn = decided.sort_values("scan_id").iloc[order].drop_duplicates("lesion_id")
    correct = drawn[drawn["correct"]]
    shown = [
        *(correct[correct["label"] == label].head(correct_per_label) for label in LABELS),
        drawn[~drawn["correct"]].head(wrong),
    ]
    columns = ["run", "scan_id", "label", "probability", "threshold", "correct"]
    return pd.concat(shown, ignore_index=True)[columns]
