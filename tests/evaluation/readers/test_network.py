"""A network on readers' scale: one that points as the reader does, one that points blindly, and what cannot be asked."""

import numpy as np
import pandas as pd
import pytest
from read_scans import MASS, SIZE, box, decide, extremes, gather, readings

from sonolens.evaluation.readers import read_targets, score_beside_readers
from sonolens.evaluation.statistics import Bootstrap
from sonolens.tables.readers import ReaderComparison
from sonolens.ultrasound import cell_centres

BOOTSTRAP = Bootstrap(resamples=200, confidence=0.95, seed=0)
KEY = ["rule", "reader", "against", "measure"]
NAMES = [f"s{number}" for number in range(6)]
POINTS = [(12.0, 15.0), (30.0, 40.0), (15.0, 20.0), (11.0, 29.0), (5.0, 5.0), (19.0, 10.0)]
"""Four of six in the mass."""


def read(scan_id: str, point: tuple[float, float], **reading) -> pd.DataFrame:
    place = {"point_row_px": point[0], "point_col_px": point[1]}
    return readings({"scan_id": scan_id, "reader": "A"} | place | reading)


def score(scans: list, table: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    held = [row for scan, points in scans for row in read_targets(scan, points, size=SIZE)]
    found = score_beside_readers(held, table, decisions, partition="test", bootstrap=BOOTSTRAP)
    return ReaderComparison.validate(found).set_index(KEY).sort_index()


def all_read(point_of_network) -> pd.DataFrame:
    each = [read(name, point) for name, point in zip(NAMES, POINTS, strict=True)]
    scans = [
        (gather(rows), extremes(name, ("max", *point_of_network(point)), ("min", 0.0, 0.0)))
        for name, rows, point in zip(NAMES, each, POINTS, strict=True)
    ]
    return score(scans, pd.concat(each), decide(*NAMES))


def test_a_network_that_points_as_the_reader_does_differs_by_nothing() -> None:
    found = all_read(lambda point: point)

    hit = found.loc[("decision", "A", "study", "hit")]
    assert (hit["network"], hit["reader_value"], hit["difference"]) == (4 / 6, 4 / 6, 0.0)
    assert hit["difference_low"] < 0 < hit["difference_high"]
    assert hit["chance"] == pytest.approx(200 / 2000)
    assert found.loc[("decision", "A", "study", "distance_mm"), "difference"] == 0.0
    assert found.loc[("max", "A", "A", "apart_mm"), "network"] == 0.0


def test_a_uniform_pointer_scores_chance_in_hits_and_in_mm() -> None:
    everywhere = cell_centres(SIZE, on=SIZE)
    points = extremes("s0", *(("max", *map(float, point)) for point in everywhere))
    rows = read("s0", POINTS[0])
    found = score([(gather(rows), points)], rows, decide("s0"))

    for against, measure in (("study", "hit"), ("study", "distance_mm"), ("A", "apart_mm")):
        row = found.loc[("max", "A", against, measure)]
        assert row["network"] == pytest.approx(row["chance"]), measure


def test_the_paired_difference_is_network_less_reader() -> None:
    found = all_read(lambda _: (15.0, 15.0))

    hit = found.loc[("decision", "A", "study", "hit")]
    assert hit["difference"] == pytest.approx(1 - 4 / 6)
    assert found.loc[("decision", "A", "study", "distance_mm"), "difference"] < 0


def test_a_call_of_benign_takes_the_minimum() -> None:
    rows = read("s0", POINTS[0])
    points = extremes("s0", ("max", 30.0, 40.0), ("min", 15.0, 15.0))
    found = score([(gather(rows), points)], rows, decide("s0", called=False))

    assert found.loc[("decision", "A", "study", "hit"), "network"] == 1.0
    assert found.loc[("max", "A", "study", "hit"), "network"] == 0.0


def test_in_the_own_drawing_a_reader_is_not_scored_but_in_anothers_is() -> None:
    two = pd.concat(
        [
            read("s0", (12.0, 15.0), drawn=True, reading_id="a"),
            read("s0", (35.0, 45.0), drawn=True, reading_id="b", reader="B"),
        ]
    )
    scan = gather(two, {"a": MASS, "b": box(0, 0, 5, 5)})
    found = score([(scan, extremes("s0", ("max", 2.0, 2.0)))], two, decide("s0"))

    own = found.loc[("max", "A", "A", "hit")]
    assert own["network"] == 0.0
    assert np.isnan(own["reader_value"])
    assert np.isnan(own["difference"])
    other = found.loc[("max", "A", "B", "hit")]
    assert (other["network"], other["reader_value"], other["difference"]) == (1.0, 0.0, 1.0)
    assert found.loc[("max", "B", "A", "hit"), "reader_value"] == 0.0


def test_silent_maps_and_readers_who_marked_nothing_are_left_out_and_counted() -> None:
    each = [read("s0", POINTS[0]), read("s1", (np.nan, np.nan)), read("s2", POINTS[2])]
    scans = [
        (gather(each[0]), extremes("s0", ("max", 15.0, 15.0))),
        (gather(each[1]), extremes("s1", ("max", 15.0, 15.0))),
        (gather(each[2]), extremes("s2", ("max", np.nan, np.nan))),
    ]
    found = score(scans, pd.concat(each), decide("s0", "s1", "s2"))

    assert tuple(found.loc[("max", "A", "study", "hit"), ["n", "n_left_out"]]) == (1, 2)


def test_nobody_who_pointed_leaves_rows_that_count_nothing() -> None:
    rows = read("s0", (np.nan, np.nan))
    found = score([(gather(rows), extremes("s0", ("max", 15.0, 15.0)))], rows, decide("s0"))

    row = found.loc[("max", "A", "study", "hit")]
    assert tuple(row[["n", "n_left_out"]]) == (0, 1)
    assert np.isnan(row["network"])


def test_without_spacing_only_hits_are_told() -> None:
    rows = read("s0", POINTS[0])
    scan = gather(rows, spacing=(np.nan, np.nan))
    found = score([(scan, extremes("s0", ("max", 15.0, 15.0)))], rows, decide("s0"))

    assert set(found.reset_index()["measure"]) == {"hit"}


@pytest.mark.parametrize("partition", ["train", "validation"])
def test_scans_of_another_partition_leave_the_table_empty(partition: str) -> None:
    rows = read("s0", POINTS[0])
    held = read_targets(gather(rows), extremes("s0", ("max", 1.0, 1.0)), size=SIZE)
    decisions = decide("s0", partition=partition)

    assert score_beside_readers(held, rows, decisions, partition="test", bootstrap=BOOTSTRAP).empty
    assert score_beside_readers([], rows, decisions, partition="test", bootstrap=BOOTSTRAP).empty
