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

    Wrong calls are drawn first, of the two labels in turn: a lesion's other scan may be called rightly, and errors
    are few.

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
    drawn = decided.sort_values("scan_id").iloc[order]
    mistaken = _take_in_turn(drawn[~drawn["correct"]].drop_duplicates("lesion_id"), wrong)
    correct = drawn[drawn["correct"] & ~drawn["lesion_id"].isin(mistaken["lesion_id"])]
    correct = correct.drop_duplicates("lesion_id")
    shown = [
        *(correct[correct["label"] == label].head(correct_per_label) for label in LABELS),
        mistaken,
    ]
    columns = ["run", "scan_id", "label", "probability", "threshold", "correct"]
    return pd.concat(shown, ignore_index=True)[columns]


def _take_in_turn(drawn: pd.DataFrame, count: int) -> pd.DataFrame:
    """Take some scans, as evenly of both labels as there are such; malignant ones first."""
    turn = drawn.groupby("label").cumcount()
    in_turn = drawn.assign(turn=turn).sort_values(["turn", "label"], ascending=[True, False])
    return drawn.loc[in_turn.index[:count]]
