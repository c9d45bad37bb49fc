"""Splits that keep a patient's scans together and every partition's label mix alike."""

import numpy as np
import pandas as pd

from sonolens import tables


def split_holdout(
    scans: pd.DataFrame, *, validation_share: float, test_share: float, seed: int
) -> pd.DataFrame:
    """Split patients once into train, validation and test.

    Patients are stratified by label: one with any malignant scan counts as malignant. Within a
    stratum they are shuffled and dealt out by the shares, rounded to whole patients, so that the
    partitions' label mix differs by rounding only.

    Args:
        scans: Contract `sonolens.tables.Scans`.
        validation_share: Share of the patients that choose epoch and threshold, above 0.
        test_share: Share of the patients that are only scored, above 0; the rest trains.
        seed: Same seed and same patients give the same split, whatever the row order.

    Returns:
        Contract `sonolens.tables.Splits`, fold 0, one row per scan in the order of `scans`.

    Raises:
        ValueError: If the shares leave no training patient, or a partition lacks one of the labels.
    """
    if min(validation_share, test_share) <= 0 or validation_share + test_share >= 1:
        raise ValueError(
            f"validation_share {validation_share} and test_share {test_share} must be above 0 "
            "and sum to less than 1, so that patients remain for training"
        )
    malignant = (scans["label"] == "malignant").groupby(scans["patient_id"]).any().sort_index()
    rng = np.random.default_rng(seed)
    partition_of: dict[str, str] = {}
    for is_malignant in (False, True):
        patients = malignant.index[malignant == is_malignant].to_numpy(dtype=object)
        partition_of |= _deal(
            rng.permutation(patients), validation_share=validation_share, test_share=test_share
        )
    splits = scans[["scan_id", "lesion_id", "patient_id"]].reset_index(drop=True)
    splits = splits.assign(fold=0, partition=splits["patient_id"].map(partition_of).astype("str"))
    _require_both_labels(splits["partition"], scans["label"].reset_index(drop=True))
    return splits


def _deal(patients: "np.ndarray", *, validation_share: float, test_share: float) -> dict[str, str]:
    """Give each patient of one stratum a partition: test first, then validation, the rest trains.

    >>> deal = _deal(
    ...     np.array(["a", "b", "c", "d", "e"], dtype=object), validation_share=0.2, test_share=0.2
    ... )
    >>> list(deal.values())
    ['test', 'validation', 'train', 'train', 'train']
    """
    first_validation = round(len(patients) * test_share)
    first_train = first_validation + round(len(patients) * validation_share)
    return {
        patient: "test"
        if place < first_validation
        else "validation"
        if place < first_train
        else "train"
        for place, patient in enumerate(patients)
    }


def _require_both_labels(partition: pd.Series, label: pd.Series) -> None:
    """Refuse a split that nobody could train on or score."""
    counts = pd.crosstab(partition, label).reindex(
        index=list(tables.PARTITIONS), columns=list(tables.LABELS), fill_value=0
    )
    if (counts == 0).any(axis=None):
        told = "; ".join(
            f"{name}: {row['benign']} benign and {row['malignant']} malignant scans"
            for name, row in counts.iterrows()
        )
        raise ValueError(
            f"every partition needs both labels, but the split gives {told}; "
            "add patients or enlarge the smallest partition's share"
        )
