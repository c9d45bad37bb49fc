"""Which scans a figure shows: drawn by seed, never picked."""

import numpy as np
import pandas as pd


def draw_gallery(
    judged: pd.DataFrame, *, correct_per_label: int, wrong: int, seed: int
) -> list[str]:
    """Draw scans for a figure, each of another lesion.

    Args:
        judged: One row per scan with `scan_id`, `lesion_id`, `label` and `correct` (bool).
        correct_per_label: How many correctly classified scans of each label.
        wrong: How many wrongly classified scans.
        seed: Seed of the draw.

    Returns:
        Scan ids: benign ones, then malignant ones, then wrong ones; fewer where there are fewer.

    Examples:
        >>> judged = pd.DataFrame(
        ...     {"scan_id": ["a", "b"], "lesion_id": ["1", "2"], "label": ["malignant", "benign"],
        ...      "correct": [True, True]}
        ... )
        >>> draw_gallery(judged, correct_per_label=1, wrong=1, seed=0)
        ['b', 'a']
    """
    order = np.random.default_rng(seed).permutation(len(judged))
    drawn = judged.sort_values("scan_id").iloc[order].drop_duplicates("lesion_id")
    correct = drawn[drawn["correct"]]
    shown = [
        *(correct[correct["label"] == label].head(correct_per_label) for label in ("benign", "malignant")),
        drawn[~drawn["correct"]].head(wrong),
    ]
    return [str(scan_id) for rows in shown for scan_id in rows["scan_id"]]
