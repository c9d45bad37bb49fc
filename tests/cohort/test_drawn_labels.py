"""Labels that tell nothing of the truth, and who bears a plant."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from sonolens.cohort import choose_bearers, draw_labels


def scans(lesions: int = 40, malignant: int = 12) -> pd.DataFrame:
    """Two scans of each lesion."""
    rows = [
        {
            "scan_id": f"s{lesion:03d}-{view}",
            "lesion_id": f"l{lesion:03d}",
            "patient_id": f"p{lesion:03d}",
            "view": None,
            "label": "malignant" if lesion < malignant else "benign",
            "birads": None,
            "spacing_row_mm": 0.1,
            "spacing_col_mm": 0.1,
            "device": None,
            "source": "made",
        }
        for lesion in range(lesions)
        for view in "ab"
    ]
    return pd.DataFrame(rows)


def test_who_knows_the_truth_knows_nothing_of_the_labels_drawn() -> None:
    table = scans()
    drawn = draw_labels(table, malignant_share=0.5, seed=0)

    told = roc_auc_score(drawn == "malignant", table["label"] == "malignant")
    assert told == pytest.approx(0.5)
    assert (drawn == "malignant").groupby(table["label"]).mean().to_dict() == {
        "benign": 0.5,
        "malignant": 0.5,
    }


def test_a_lesion_has_one_label_and_the_order_of_the_table_does_not_matter() -> None:
    table = scans()
    drawn = draw_labels(table, malignant_share=0.5, seed=0)
    turned = draw_labels(table.iloc[::-1], malignant_share=0.5, seed=0)

    assert drawn.iloc[::2].tolist() == drawn.iloc[1::2].tolist()
    assert turned.sort_index().equals(drawn)
    assert not draw_labels(table, malignant_share=0.5, seed=1).equals(drawn)


def test_every_partition_has_its_share_of_bearers_and_who_bears_at_one_share_bears_at_larger() -> (
    None
):
    table = scans().assign(label=draw_labels(scans(), malignant_share=0.5, seed=0))
    partition = pd.Series(np.where(np.arange(len(table)) < 40, "train", "test"))
    none, half, full = (
        choose_bearers(table, partition, share=share, seed=0) for share in (0.0, 0.5, 1.0)
    )
    malignant = (table["label"] == "malignant").to_numpy()

    assert not none.any()
    assert (full == malignant).all()
    assert (half <= full).all()
    for name in ("train", "test"):
        lesions = malignant & (partition == name).to_numpy()
        assert half[lesions].sum() == 2 * round(lesions.sum() / 4)
