import numpy as np
import pandas as pd
import pytest

from sonolens.cohort import inspect_scan
from sonolens.cohort.inspection import ScanFacts
from sonolens.cohort.sources import find_changes, note_pictures, say_changes, tabulate_pictures
from sonolens.tables.cohort import PictureChecksums


def facts_of(scan_id, *, grey=80, edge=4):
    scan = np.full((16, 16), grey, dtype=np.uint8)
    mask = np.zeros((16, 16), dtype=bool)
    mask[4 : 4 + edge, 4:8] = True
    return inspect_scan(scan, mask, scan_id=scan_id)


def checksums(*facts):
    noted = {}
    handed = list(note_pictures(facts, into=noted))
    assert handed == list(facts)
    return tabulate_pictures(noted, order=[each.scan_id for each in facts])


def test_hashes_tell_images_and_masks_apart_and_are_the_same_for_the_same_pixels():
    table = checksums(facts_of("a"), facts_of("b"), facts_of("c", grey=81), facts_of("d", edge=5))

    PictureChecksums.validate(table)
    image, mask = table.set_index("scan_id")[["image_sha256", "mask_sha256"]].T.to_numpy()
    assert image[0] == image[1] == image[3] != image[2]
    assert mask[0] == mask[1] == mask[2] != mask[3]


def test_a_scan_that_could_not_be_read_has_no_hash():
    table = checksums(facts_of("a"), ScanFacts("b", unreadable="is cut"))

    PictureChecksums.validate(table)
    assert table["image_sha256"].isna().tolist() == [False, True]


def study(**changed):
    table = pd.DataFrame(
        {
            "scan_id": ["a", "b", "c"],
            "lesion_id": ["1", "2", "3"],
            "patient_id": ["1", "2", "3"],
            "label": ["benign", "malignant", "benign"],
            "birads": [None, "4a", None],
            "spacing_row_mm": [0.1, np.nan, 0.1],
            "spacing_col_mm": [0.1, np.nan, 0.1],
            "image_sha256": ["0" * 64, "1" * 64, "2" * 64],
            "mask_sha256": ["3" * 64, "4" * 64, "5" * 64],
        }
    )
    return table.assign(**changed)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, {}),
        ({"image_sha256": ["0" * 64, "f" * 64, "2" * 64]}, {"image": ["b"]}),
        ({"mask_sha256": ["f" * 64, "4" * 64, "f" * 64]}, {"mask": ["a", "c"]}),
        ({"label": ["malignant", "malignant", "benign"]}, {"label": ["a"]}),
        ({"spacing_row_mm": [0.3, np.nan, 0.1]}, {"spacing": ["a"]}),
        ({"spacing_col_mm": [0.1, 0.1, 0.1]}, {"spacing": ["b"]}),
        ({"birads": [None, None, None]}, {"BI-RADS category": ["b"]}),
        ({"patient_id": ["1", "1", "3"]}, {"patient": ["b"]}),
        ({"scan_id": ["a", "b", "d"]}, {"new": ["d"], "gone": ["c"]}),
        ({"scan_id": ["x", "y", "z"]}, {}),
    ],
)
def test_every_change_is_found_and_nothing_else(changed, expected):
    assert find_changes(study(), study(**changed)) == expected


def test_the_order_of_scans_is_no_change():
    assert find_changes(study(), study().iloc[::-1]) == {}


def test_what_an_older_run_did_not_note_is_not_compared():
    older = study().drop(columns=["image_sha256", "mask_sha256"])

    assert find_changes(older, study(image_sha256="f" * 64)) == {}


def test_changes_are_told_in_one_line():
    told = say_changes({"gone": ["a"], "image": ["b", "c", "d", "e"]})

    assert told == "1 gone ('a'); another image in 4 ('b', 'c', 'd', …)"
