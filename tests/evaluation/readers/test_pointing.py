"""Where readers point: shares per region beside those of the scan."""

import numpy as np
import pytest
from read_scans import REGION_MAP, readings, scans

from sonolens.evaluation.readers import describe_point, score_reader_points
from sonolens.evaluation.statistics import Bootstrap
from sonolens.tables.readers import ReaderPointing

BOOTSTRAP = Bootstrap(resamples=200, confidence=0.95, seed=0)


def test_half_of_the_points_in_the_mass_where_a_tenth_is_chance() -> None:
    places = [(12.0, 15.0), (35.0, 45.0), (np.nan, np.nan)]
    table = readings(
        *(
            {"scan_id": f"s{number}", "reader": "A", "point_row_px": row, "point_col_px": col}
            for number, (row, col) in enumerate(places)
        )
    )
    pointed = table.dropna(subset="point_row_px").to_dict("records")
    described = [describe_point(reading, REGION_MAP) for reading in pointed]
    found = score_reader_points(described, table, scans("s0", "s1", "s2"), bootstrap=BOOTSTRAP)

    mass = ReaderPointing.validate(found).set_index("region").loc["mass"]
    assert tuple(mass[["n", "hits", "rate", "n_left_out"]]) == (2, 1, 0.5, 1)
    assert mass["chance"] == pytest.approx(0.1)
    assert found["rate"].sum() == pytest.approx(1)
    assert found["chance"].sum() == pytest.approx(1)


def test_nobody_who_pointed_leaves_the_table_empty() -> None:
    table = readings({"scan_id": "s0", "reader": "A"})

    assert score_reader_points([], table, scans("s0"), bootstrap=BOOTSTRAP).empty
