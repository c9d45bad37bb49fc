import numpy as np
import pytest

from sonolens.travel.training_range import measure_picture, measure_ranges, place_in_range

NAN = float("nan")


def test_a_picture_is_measured_without_its_mask():
    scan = np.zeros((10, 20), dtype=np.uint8)
    scan[:, 10:] = 200

    found = measure_picture(scan, spacing_mm=(0.1, 0.2))

    assert found["depth_mm"] == pytest.approx(1)
    assert found["width_mm"] == pytest.approx(4)
    assert (found["mean_grey"], found["sd_grey"], found["black_share"]) == (100, 100, 0.5)


def test_a_range_counts_what_is_known_and_what_is_not():
    (depth,) = measure_ranges([{"depth_mm": value} for value in (30.0, 40.0, NAN, 50.0)])

    assert (depth.known, depth.unknown) == (3, 1)
    assert (depth.minimum, depth.median, depth.maximum) == (30, 40, 50)
    assert depth.low == pytest.approx(30.1)


def test_a_property_that_no_scan_tells_has_no_range_and_places_nothing():
    (depth,) = measure_ranges([{"depth_mm": NAN}])

    assert (depth.known, depth.minimum, depth.maximum) == (0, None, None)
    assert place_in_range(40.0, depth) == "nothing to compare"


def test_one_training_scan_makes_a_range_of_one_value():
    (depth,) = measure_ranges([{"depth_mm": 40.0}])

    assert [place_in_range(value, depth) for value in (40.0, 40.1, NAN)] == [
        "inside",
        "outside",
        "unknown",
    ]


def test_no_training_scan_has_no_range():
    assert measure_ranges([]) == ()
