import numpy as np
import pandas as pd
import pytest

from sonolens.evaluation.evidence import compare_methods, summarise_agreement
from sonolens.evaluation.statistics import Bootstrap
from sonolens.tables.evidence import MapAgreement, MethodAgreement

BOOTSTRAP = Bootstrap(resamples=200, confidence=0.95, seed=0)
SCANS = pd.DataFrame(
    {
        "scan_id": ["a", "b"],
        "patient_id": ["p", "q"],
        "spacing_row_mm": [0.5, np.nan],
        "spacing_col_mm": [0.1, np.nan],
    }
)


def point(method, scan_id, extreme, *place):
    row, col, region, share = (*place, 1.0)[:4]
    where = {"row_px": row, "col_px": col, "region": region, "share": share}
    return {"method": method, "run": "net", "scan_id": scan_id, "extreme": extreme} | where


POINTS = pd.DataFrame(
    [
        point("cam", "a", "max", 10.0, 10.0, "mass"),
        point("edges", "a", "max", 16.0, 50.0, "mass"),
        point("cam", "a", "min", 0.0, 0.0, "other", 0.5),
        point("cam", "a", "min", 0.0, 20.0, "below", 0.5),
        point("edges", "a", "min", 0.0, 0.0, "other"),
        point("cam", "b", "max", 1.0, 1.0, "mass"),
        point("edges", "b", "max", 1.0, 1.0, "below"),
        point("cam", "b", "min", np.nan, np.nan, "none"),
        point("edges", "b", "min", 1.0, 1.0, "below"),
    ]
)
MAPS = {
    "cam": np.array([[[1.0, 2.0], [3.0, 4.0]], [[1.0, 2.0], [3.0, 4.0]]]),
    "edges": np.array([[[1.0, 2.0], [3.0, 4.0]], [[4.0, 3.0], [2.0, 1.0]]]),
}


def agreement(maps=MAPS, points=POINTS):
    table = compare_methods(maps, points, SCANS, run="net", scan_ids=["a", "b"])
    MapAgreement.validate(table)
    return table


def test_maps_extremes_and_regions_are_compared_scan_by_scan():
    found = agreement().set_index(["scan_id", "measure"])["value"]

    assert found["a"].to_dict() == {
        "rank_correlation": pytest.approx(1),
        "max_distance_mm": pytest.approx(5.0),  # 6 rows of 0.5 mm, 40 columns of 0.1 mm
        "max_same_region": 1,
        # From the two tied minima 0 and 2 mm to the one, from the one 0 to the nearest.
        "min_distance_mm": pytest.approx(0.5),
        "min_same_region": 0.5,
    }
    assert found["b", "rank_correlation"] == pytest.approx(-1)
    assert found["b", "max_same_region"] == 0


def test_without_spacing_there_is_no_distance_and_with_a_constant_map_nothing():
    found = agreement().set_index(["scan_id", "measure"])["value"]["b"]

    assert found[["max_distance_mm", "min_distance_mm", "min_same_region"]].isna().all()


def test_every_pair_stands_once_and_a_method_agrees_with_its_copy():
    copies = pd.concat([POINTS, POINTS[POINTS["method"] == "cam"].assign(method="grad_cam")])
    table = agreement(MAPS | {"grad_cam": MAPS["cam"] * 3}, copies)

    assert len(table) == 3 * 2 * 5
    same = table[(table["first"] == "cam") & (table["second"] == "grad_cam")]
    known = same[same["scan_id"] == "a"].set_index("measure")["value"].to_dict()
    assert known == {
        "rank_correlation": pytest.approx(1),
        "max_distance_mm": 0,
        "min_distance_mm": 0,
        "max_same_region": 1,
        "min_same_region": 1,
    }


def test_means_count_known_values_of_the_partition_and_mark_what_is_the_same_by_construction():
    decisions = SCANS[["scan_id", "patient_id"]].assign(run="net", partition="test")
    settings = {"partition": "test", "bootstrap": BOOTSTRAP}

    table = summarise_agreement(agreement(), decisions, same_as_cam=("cam", "grad_cam"), **settings)
    MethodAgreement.validate(table)
    rows = table.set_index("measure")
    assert rows.loc["rank_correlation", ["n", "mean", "n_left_out"]].tolist() == [2, 0, 0]
    assert rows.loc["rank_correlation", ["ci_low", "ci_high"]].tolist() == [-1, 1]
    assert rows.loc["max_distance_mm", ["n", "mean", "n_left_out"]].tolist() == [1, 5.0, 1]
    assert np.isnan(rows.loc["max_distance_mm", "ci_low"])
    assert not rows["same_by_construction"].any()

    same = summarise_agreement(agreement(), decisions, same_as_cam=("cam", "edges"), **settings)
    assert same["same_by_construction"].all()

    with pytest.raises(
        ValueError, match="none of the 10 values is of a scan of the test partition"
    ):
        summarise_agreement(
            agreement(), decisions.assign(partition="train"), same_as_cam=(), **settings
        )


def test_a_map_whose_extremes_were_not_located_is_named():
    with pytest.raises(
        ValueError, match="the min of scan 'b', method 'edges', has not been located"
    ):
        agreement(points=POINTS[:-1])
