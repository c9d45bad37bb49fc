import numpy as np
import pytest

from sonolens.evaluation.pointing import (
    describe_points,
    measure_region_shares,
    read_regions_at,
)

REGION_MAP = np.array(
    [[0, 0, 2, 2], [0, 2, 1, 2], [0, 2, 1, 2], [0, 0, 2, 0], [0, 0, 3, 0]], dtype=np.uint8
)
NO_SPACING = {"spacing_row_mm": np.nan, "spacing_col_mm": np.nan}


def test_a_point_reads_the_pixel_whose_square_holds_it():
    points = np.array([[1.4, 1.6], [0.5, 1.4], [3.5, 2.0], [-2.0, 9.0], [1.0, 0.49]])

    named = read_regions_at(REGION_MAP, points)

    assert named == ["mass", "peritumoral", "below", "peritumoral", "other"]


def test_shares_count_pixels_and_cell_centres():
    centres = np.array([[0.0, 0.0], [1.0, 2.0], [2.0, 2.0], [4.0, 3.0]])

    shares = measure_region_shares(REGION_MAP, centres, **NO_SPACING)

    assert [tuple(share.values()) for share in shares] == [
        ("mass", 2 / 20, 0.5, 0.0),
        ("peritumoral", 7 / 20, 0.0, 0.0),
        ("below", 1 / 20, 0.0, 0.0),
        ("any", 10 / 20, 0.5, 0.0),
    ]
    assert list(shares[0]) == ["region", "area_share", "cell_share", "tolerance_mm"]


def test_a_scan_without_ring_and_below_still_has_their_shares():
    region_map = np.array([[1, 0, 0, 0]], dtype=np.uint8)

    shares = measure_region_shares(region_map, np.array([[0.0, 0.0]]), **NO_SPACING)

    assert {share["region"]: share["area_share"] for share in shares} == {
        "mass": 0.25,
        "peritumoral": 0.0,
        "below": 0.0,
        "any": 0.25,
    }


def test_a_tolerance_widens_the_share_of_cells_but_not_of_area():
    centres = np.array([[4.0, 0.0], [4.0, 2.0], [3.0, 2.0], [0.0, 0.0]])
    spacing = {"spacing_row_mm": 1.0, "spacing_col_mm": 3.0}

    shares = measure_region_shares(REGION_MAP, centres, tolerance_mm=1.0, **spacing)

    # Row 4, column 2 is below and 1 mm under the ring; row 3, column 2 is 1 mm from mass and below.
    assert [(share["area_share"], share["cell_share"]) for share in shares] == [
        (2 / 20, 1 / 4),
        (7 / 20, 2 / 4),
        (1 / 20, 2 / 4),
        (10 / 20, 2 / 4),
    ]
    assert {share["tolerance_mm"] for share in shares} == {1.0}


def test_a_point_is_described_by_region_share_and_distance():
    points = np.array([[1.0, 2.2], [4.4, 0.0]])

    described = describe_points(points, REGION_MAP, spacing_row_mm=0.5, spacing_col_mm=2.0)

    assert described == [
        {
            "row_px": 1.0,
            "col_px": 2.2,
            "row_share": pytest.approx(1.5 / 5),
            "col_share": pytest.approx(2.7 / 4),
            "share": 0.5,
            "region": "mass",
            "distance_to_mass_mm": 0.0,
        },
        {
            "row_px": 4.4,
            "col_px": 0.0,
            "row_share": pytest.approx(4.9 / 5),
            "col_share": pytest.approx(0.5 / 4),
            "share": 0.5,
            "region": "other",
            "distance_to_mass_mm": pytest.approx(np.hypot(2 * 0.5, 2 * 2.0)),
        },
    ]


def test_without_spacing_the_distance_is_unknown_but_the_region_is_not():
    (described,) = describe_points(
        np.array([[4.0, 2.0]]), REGION_MAP, spacing_row_mm=np.nan, spacing_col_mm=np.nan
    )

    assert described["region"] == "below"
    assert np.isnan(described["distance_to_mass_mm"])


def test_a_constant_map_lies_nowhere():
    (described,) = describe_points(
        np.empty((0, 2)), REGION_MAP, spacing_row_mm=0.1, spacing_col_mm=0.1
    )

    assert (described["region"], described["share"]) == ("none", 1.0)
    assert np.isnan([described["row_px"], described["distance_to_mass_mm"]]).all()
