"""Which scans a number speaks of: correct or wrong calls, benign or malignant masses."""

import itertools

import numpy as np
from jaxtyping import Bool

from sonolens.arrays import Labels
from sonolens.tables.vocabulary import COUNTED_LABELS, SUBSETS

GROUPS = tuple(itertools.product(SUBSETS, COUNTED_LABELS))
"""(subset, label) of every group, in the order of `mark_groups`."""


def mark_groups(malignant: Labels, called: Labels) -> Bool[np.ndarray, "scans groups"]:
    """Mark which scans belong to each of `GROUPS`.

    Args:
        malignant: Whether the mass is malignant.
        called: Whether it is called malignant.
    """
    correct, always = called == malignant, np.ones(len(called), dtype=bool)
    of_subset = {"correct": correct, "wrong": ~correct, "all": always}
    of_label = {"benign": ~malignant, "malignant": malignant, "both": always}
    return np.column_stack([of_subset[subset] & of_label[label] for subset, label in GROUPS])
