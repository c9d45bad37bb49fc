"""Labels that mean nothing, and who bears what makes them mean something: for evidence planted in real scans."""

import numpy as np
import pandas as pd
from jaxtyping import Bool

from sonolens.tables.cohort import ScansTable


def draw_labels(scans: ScansTable, *, malignant_share: float, seed: int) -> "pd.Series[str]":
    """Call a share of the lesions malignant at random, as many of the truly malignant as of the truly benign.

    Drawn within the true classes, a label tells nothing of the truth, nor of anything that goes with it: a network that
    finds nothing else in the scans is at chance.

    Args:
        scans: The scans with their true labels.
        malignant_share: Share of the lesions of either class, rounded to whole lesions.
        seed: Seed of the draw; the order of the table does not matter.

    Returns:
        A label per scan, the same for all of a lesion, on the table's index.
    """
    rng = np.random.default_rng(seed)
    malignant = scans["label"] == "malignant"
    lesions = malignant.groupby(scans["lesion_id"]).any()
    chosen: set[object] = set()
    for _, of_class in lesions.sort_index().groupby(lesions):
        names = rng.permutation(of_class.index.to_numpy(dtype=object))
        chosen |= set(names[: round(malignant_share * len(names))])
    drawn = scans["lesion_id"].isin(chosen).map({True: "malignant", False: "benign"})
    return drawn.rename("label")


def choose_bearers(
    scans: ScansTable, partition: "pd.Series[str]", *, share: float, seed: int
) -> Bool[np.ndarray, " scans"]:
    """Choose the malignant lesions that bear a plant, the same share of every partition.

    Whoever bears it at one share bears it at every larger one.

    Args:
        scans: The scans with the labels that were drawn.
        partition: The partition of each scan, in the same order.
        share: Share of the malignant lesions of a partition, rounded to whole lesions.
        seed: Seed of the order in which lesions come.
    """
    rng = np.random.default_rng([seed, 1])
    malignant = scans["label"] == "malignant"
    chosen: set[object] = set()
    for _, rows in scans[malignant].groupby(partition[malignant].to_numpy()):
        names = rng.permutation(np.sort(rows["lesion_id"].unique().astype(object)))
        chosen |= set(names[: round(share * len(names))])
    return (scans["lesion_id"].isin(chosen) & malignant).to_numpy(dtype=bool)
