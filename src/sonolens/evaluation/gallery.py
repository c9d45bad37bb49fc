"""Which scans the figures show: drawn by seed, never picked."""

import numpy as np
import pandas as pd

from sonolens.evaluation.classification.operating_points import threshold_of
from sonolens.evaluation.classification.roc import call_malignant
from sonolens.tables import vocabulary


def draw_gallery(
    predictions: pd.DataFrame,
    operating_points: pd.DataFrame,
    *,
    partition: str,
    correct_per_label: int,
    wrong: int,
    seed: int,
) -> pd.DataFrame:
    """Draw the scans that figures show, each of another lesion, judged by the first run by name.

    Args:
        predictions: Contract `sonolens.training.Predictions`.
        operating_points: Contract `sonolens.classification.OperatingPoints`; its scan level is used.
        partition: Whose scans are drawn.
        correct_per_label: How many correctly classified scans of each label.
        wrong: How many wrongly classified scans.
        seed: Seed of the draw.

    Returns:
        Contract `sonolens.shown.Gallery`: correct benign scans, correct malignant ones, wrong ones;
        fewer where there are fewer.
    """
    run = predictions["run"].min()
    judged = predictions[(predictions["run"] == run) & (predictions["partition"] == partition)]
    threshold = threshold_of(operating_points, run=run, level="scan")
    called = call_malignant(judged["probability"].to_numpy(dtype=float), threshold)
    judged = judged.assign(threshold=threshold, correct=called == (judged["label"] == "malignant"))
    order = np.random.default_rng(seed).permutation(len(judged))
    drawn = judged.sort_values("scan_id").iloc[order].drop_duplicates("lesion_id")
    correct = drawn[drawn["correct"]]
    shown = [
        *(
            correct[correct["label"] == label].head(correct_per_label)
            for label in vocabulary.LABELS
        ),
        drawn[~drawn["correct"]].head(wrong),
    ]
    columns = ["run", "scan_id", "label", "probability", "threshold", "correct"]
    return pd.concat(shown, ignore_index=True)[columns]
