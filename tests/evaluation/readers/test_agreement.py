"""Readers beside each other: what two share on the scans that both read, counted by hand."""

import numpy as np
import pandas as pd
import pytest
from read_scans import MASS, REGION_MAP, box, gather, readings, scans

from sonolens.evaluation.readers import compare_scan, score_agreement
from sonolens.evaluation.statistics import Bootstrap
from sonolens.tables.readers import ReaderAgreement

BOOTSTRAP = Bootstrap(resamples=200, confidence=0.95, seed=0)


def score(*compared: list) -> pd.DataFrame:
    rows = [row for each in compared for row in each]
    names = sorted({row["scan_id"] for row in rows}) or ["s"]
    table = score_agreement(rows, scans(*names), bootstrap=BOOTSTRAP)
    return ReaderAgreement.validate(table).set_index(["first", "second", "measure"])


def two_readers(scan_id: str, **second) -> list:
    first = {"scan_id": scan_id, "reader": "A", "drawn": True, "point_row_px": 12.0, "point_col_px": 15.0, "birads": "4a"}  # fmt: skip
    rows = readings(first, {"scan_id": scan_id, "reader": "B"} | second)
    return compare_scan(
        gather(rows, {"r0": MASS, "r1": box(10, 20, 20, 40)}, birads="4a"), REGION_MAP
    )


def test_half_shared_masks_and_points_three_and_four_mm_apart() -> None:
    found = score(two_readers("s", drawn=True, point_row_px=18.0, point_col_px=23.0, birads="5"))[
        "value"
    ]

    assert found["A", "B", "dice"] == 0.5
    assert found["study", "A", "dice"] == 1.0
    assert found["A", "B", "centroid_distance_mm"] == pytest.approx(5.0)
    assert found["A", "B", "point_distance_mm"] == pytest.approx(5.0)  # 3 mm down, 4 mm across
    assert found["A", "B", "same_region"] == 1.0
    assert found["study", "A", "same_birads"] == 1.0
    assert found["A", "B", "same_birads"] == 0.0


def test_the_study_is_not_asked_for_points() -> None:
    found = score(two_readers("s"))

    assert {measure for first, _, measure in found.index if first == "study"} == {
        *("dice", "centroid_distance_mm", "surface_distance_mm", "birads_kappa", "same_birads")
    }


def test_a_reader_who_marked_nothing_is_counted_and_compared_in_nothing() -> None:
    found = score(two_readers("s"), two_readers("t", drawn=True))

    assert tuple(found.loc[("A", "B", "dice"), ["n", "n_left_out", "value"]]) == (1, 1, 0.5)
    assert tuple(found.loc[("A", "B", "birads_kappa"), ["n", "n_left_out"]]) == (0, 2)
    assert np.isnan(found.loc[("A", "B", "birads_kappa"), "value"])


def test_one_reader_alone_is_held_against_the_study() -> None:
    row = readings({"scan_id": "s", "reader": "A", "drawn": True})
    found = score(compare_scan(gather(row, {"r0": box(30, 40, 35, 45)}), REGION_MAP))

    assert {(first, second) for first, second, _ in found.index} == {("study", "A")}
    assert found.loc[("study", "A", "dice"), "value"] == 0.0


def test_readers_in_another_order_are_the_same_pair() -> None:
    other = readings({"scan_id": "t", "reader": "B"}, {"scan_id": "t", "reader": "A"})
    found = score(two_readers("s"), compare_scan(gather(other), REGION_MAP))

    assert ("B", "A", "dice") not in found.index
    assert found.loc[("A", "B", "dice"), "n_left_out"] == 2


def test_without_spacing_nothing_is_told_in_mm() -> None:
    rows = readings({"scan_id": "s", "reader": "A", "drawn": True})
    unknown = gather(rows, {"r0": MASS}, spacing=(np.nan, np.nan))
    found = score(compare_scan(unknown, REGION_MAP))["value"]

    assert found["study", "A", "dice"] == 1.0
    assert found[[each for each in found.index if each[2].endswith("_mm")]].isna().all()


def test_kappa_counts_categories_over_scans() -> None:
    pairs = [("2", "2"), ("3", "4a"), ("5", "5"), ("4b", "4")]
    compared = [
        compare_scan(
            gather(
                readings(
                    {"scan_id": f"s{number}", "reader": "A", "birads": first},
                    {"scan_id": f"s{number}", "reader": "B", "birads": second},
                )
            ),
            REGION_MAP,
        )
        for number, (first, second) in enumerate(pairs)
    ]
    found = score(*compared).loc[("A", "B", "birads_kappa")]

    # Ranks 0, 1, 5, 3 beside 0, 2, 5, 3: seen 1 over 4 scans, expected 112 over 16 pairs.
    assert found["value"] == pytest.approx(1 - 1 * 4 / 112)
    assert found["ci_low"] <= found["value"] <= found["ci_high"]


def test_nobody_who_read_leaves_the_table_empty() -> None:
    assert score_agreement([], scans("s"), bootstrap=BOOTSTRAP).empty
