"""A study refuses what no pipeline could use, before anything is saved."""

from functools import partial

import numpy as np
import pandas as pd
import pytest

from sonolens.studies import Study


def grey() -> np.ndarray:
    return np.full((8, 9), 100, dtype=np.uint8)


def full_mask(rows: int = 8, *, inside: bool = True) -> np.ndarray:
    return np.full((rows, 9), inside)


def study(*, labels: tuple[str, ...] = ("benign", "malignant"), mask: object = full_mask) -> Study:
    ids = [f"s{place}" for place in range(len(labels))]
    return Study(
        name="toy",
        scans=pd.DataFrame({"scan_id": ids, "label": labels}),
        images=dict.fromkeys(ids, grey),
        masks=dict.fromkeys(ids, mask),
        description="a toy",
    )


def test_an_image_is_handed_out_with_its_grey_levels_unchanged() -> None:
    assert np.array_equal(study().image("s1"), grey())


def test_a_mask_of_another_size_names_both_sizes() -> None:
    with pytest.raises(ValueError, match="mask of scan 's0' is 7 x 9 pixels but the scan is 8 x 9"):
        study(mask=partial(full_mask, 7)).image("s0")


def test_an_empty_mask_names_the_scan_and_the_remedy() -> None:
    with pytest.raises(ValueError, match=r"mask of scan 's1' is empty.*remove the scan"):
        study(mask=partial(full_mask, inside=False)).image("s1")


def test_one_label_only_is_refused_with_the_count() -> None:
    with pytest.raises(ValueError, match="holds 2 scans, all malignant"):
        study(labels=("malignant", "malignant"))


def test_no_scan_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="holds no scan"):
        study(labels=())


def test_a_listed_scan_without_a_mask_is_named() -> None:
    with pytest.raises(ValueError, match="no mask for 's0' and 1 more"):
        Study(
            name="toy",
            scans=pd.DataFrame({"scan_id": ["s0", "s1"], "label": ["benign", "malignant"]}),
            images=dict.fromkeys(["s0", "s1"], grey),
            masks={},
            description="a toy",
        )


def test_a_scan_that_is_listed_twice_is_named() -> None:
    with pytest.raises(ValueError, match="lists scan 's0' twice"):
        Study(
            name="toy",
            scans=pd.DataFrame({"scan_id": ["s0", "s0"], "label": ["benign", "malignant"]}),
            images={"s0": grey},
            masks={"s0": full_mask},
            description="a toy",
        )


@pytest.mark.parametrize("column", ["lesion_id", "patient_id"])
def test_a_scan_of_nobody_is_named(column: str) -> None:
    scans = pd.DataFrame(
        {
            "scan_id": ["s0", "s1"],
            "lesion_id": ["1", "2"],
            "patient_id": ["1", "2"],
            "label": ["benign", "malignant"],
        }
    )
    scans.loc[1, column] = None

    with pytest.raises(ValueError, match=f"scan 's1' of study 'toy' has no {column}; fill it"):
        Study("toy", scans, dict.fromkeys(["s0", "s1"], grey), {}, "a toy")
