import numpy as np
import pytest

from sonolens.evaluation.pointing import (
    describe_points,
    locate_extreme_points,
    measure_region_shares,
    read_regions_at,
)
from sonolens.regions import REGIONS

REGION_MAP = np.array(
    [[0, 0, 2, 2], [0, 2, 1, 2], [0, 2, 1, 2], [0, 0, 2, 0], [0, 0, 3, 0]], dtype=np.uint8
)
NO_SPACING = (np.nan, np.nan)
REST = ("peritumoral", "below", "other")


def test_a_point_reads_the_pixel_whose_square_holds_it():
    points = np.array([[1.4, 1.6], [0.5, 1.4], [3.5, 2.0], [-2.0, 9.0], [1.0, 0.49]])

    named = read_regions_at(REGION_MAP, points)

    assert named == ["mass", "peritumoral", "below", "peritumoral", "other"]


@pytest.mark.parametrize(
    ("cells", "mass", "peritumoral", "below"),
    [((1, 4), 1 / 4, 2 / 4, 0.0), ((5, 1), 2 / 5, 2 / 5, 1 / 5), ((5, 2), 0.0, 5 / 10, 0.0)],
    ids=["the middle row", "the third column", "the second and fourth column"],
)
def test_shares_count_pixels_and_cell_centres(cells, mass, peritumoral, below):
    shares = measure_region_shares(REGION_MAP, cells, spacing_mm=NO_SPACING)

    told = [(each["region"], each["area_share"], each["cell_share"]) for each in shares]
    assert told == [
        ("mass", 2 / 20, mass),
        ("peritumoral", 7 / 20, peritumoral),
        ("below", 1 / 20, below),
        ("any", 10 / 20, pytest.approx(mass + peritumoral + below)),
    ]
    assert {each["tolerance_mm"] for each in shares} == {0.0}
    assert list(shares[0]) == [
        *("region", "area_share", "cell_share", "tolerance_mm", "cell_row_mm", "cell_col_mm")
    ]


def test_a_cell_is_as_high_and_as_wide_as_the_pixels_it_covers():
    spaced = measure_region_shares(REGION_MAP, (2, 8), spacing_mm=(0.5, 3.0))
    unknown = measure_region_shares(REGION_MAP, (2, 8), spacing_mm=NO_SPACING)

    # 5 rows of 0.5 mm in 2 cells; 4 columns of 3 mm in 8.
    assert {(each["cell_row_mm"], each["cell_col_mm"]) for each in spaced} == {(1.25, 1.5)}
    assert np.isnan([[each["cell_row_mm"], each["cell_col_mm"]] for each in unknown]).all()


def test_any_unions_of_regions_are_measured():
    unions = {"planted": ("mass", "below"), "other": ("other",), "scan": ("mass", *REST)}

    shares = measure_region_shares(REGION_MAP, (5, 1), spacing_mm=NO_SPACING, regions=unions)

    # The third column of pixels holds two of the mass, two of the ring and one below.
    assert [(each["region"], each["area_share"], each["cell_share"]) for each in shares] == [
        ("planted", pytest.approx(3 / 20), 3 / 5),
        ("other", 10 / 20, 0.0),
        ("scan", 1.0, 1.0),
    ]


def test_a_scan_without_ring_and_below_still_has_their_shares():
    region_map = np.array([[1, 0, 0, 0]], dtype=np.uint8)

    shares = measure_region_shares(region_map, (1, 4), spacing_mm=NO_SPACING)

    assert {share["region"]: share["area_share"] for share in shares} == {
        "mass": 0.25,
        "peritumoral": 0.0,
        "below": 0.0,
        "any": 0.25,
    }


def test_a_tolerance_widens_the_share_of_cells_but_not_of_area():
    shares = measure_region_shares(REGION_MAP, (5, 4), spacing_mm=(1.0, 3.0), tolerance_mm=1.0)

    # Every pixel is a cell, and every region takes the pixels above and below it: the mass 2 and the
    # last region 1, the ring 6. Row 3, column 2 is 1 mm from mass and below, and any counts it once.
    assert [(share["area_share"], share["cell_share"]) for share in shares] == [
        (2 / 20, 4 / 20),
        (7 / 20, 13 / 20),
        (1 / 20, 2 / 20),
        (10 / 20, 13 / 20),
    ]
    assert {share["tolerance_mm"] for share in shares} == {1.0}


def test_a_tolerance_without_spacing_is_refused():
    with pytest.raises(ValueError, match="tolerance_mm is 1 but the pixels measure nan"):
        measure_region_shares(REGION_MAP, (5, 4), spacing_mm=NO_SPACING, tolerance_mm=1.0)


def test_a_point_is_described_by_region_share_and_distance():
    points = np.array([[1.0, 2.2], [4.4, 0.0]])

    described = describe_points(points, REGION_MAP, spacing_mm=(0.5, 2.0))

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
    (described,) = describe_points(np.array([[4.0, 2.0]]), REGION_MAP, spacing_mm=NO_SPACING)

    assert described["region"] == "below"
    assert np.isnan(described["distance_to_mass_mm"])


def test_where_an_annotation_covers_all_of_the_mass_nothing_is_near_to_it():
    covered = np.where(REGIONS["mass"] == REGION_MAP, REGIONS["annotation"], REGION_MAP)
    place = np.argwhere(REGIONS["mass"] == REGION_MAP)[:1].astype(float)
    (described,) = describe_points(place, covered.astype(np.uint8), spacing_mm=(0.5, 2.0))

    assert described["region"] == "annotation"
    assert np.isnan(described["distance_to_mass_mm"])


def test_a_constant_map_lies_nowhere():
    (described,) = describe_points(np.empty((0, 2)), REGION_MAP, spacing_mm=(0.1, 0.1))

    assert (described.pop("region"), described.pop("share")) == ("none", 1.0)
    assert sorted(described) == [
        *("col_px", "col_share", "distance_to_mass_mm", "row_px", "row_share")
    ]
    assert np.isnan(list(described.values())).all()


def test_a_map_of_four_cells_points_at_the_centres_of_its_extreme_cells():
    region_map = np.zeros((4, 8), dtype=np.uint8)
    region_map[:2, 4:] = REGIONS["mass"]
    region_map[2:, 4:] = REGIONS["below"]
    saliency = np.array([[0.0, 3.0], [-2.0, -2.0]], dtype=np.float32)

    located = locate_extreme_points(saliency, region_map, spacing_mm=(0.5, 2.0), rule="cell")

    # A cell holds 2 x 4 pixels, so the edge of two columns is its middle and belongs to the next one;
    # column 2, row 3 is two columns and a row and more away from the mass.
    top_right = {"row_px": 0.5, "col_px": 5.5, "row_share": 0.25, "col_share": 0.75, "share": 1.0}
    low_left = {"row_px": 2.5, "col_px": 1.5, "row_share": 0.75, "col_share": 0.25, "share": 0.5}
    low_right = {"row_px": 2.5, "col_px": 5.5, "row_share": 0.75, "col_share": 0.75, "share": 0.5}
    assert located == [
        {"extreme": "max", "value": 3.0, "region": "mass", "distance_to_mass_mm": 0.0} | top_right,
        {"extreme": "min", "value": -2.0, "region": "other"}
        | {"distance_to_mass_mm": pytest.approx(np.hypot(2 * 0.5, 2 * 2.0))}
        | low_left,
        {"extreme": "min", "value": -2.0, "region": "below", "distance_to_mass_mm": 1.0}
        | low_right,
    ]


def test_a_constant_map_points_nowhere_with_either_extreme():
    located = locate_extreme_points(
        np.full((2, 2), 0.5), REGION_MAP, spacing_mm=(0.5, 2.0), rule="cell"
    )

    assert [(row["extreme"], row["value"], row["region"]) for row in located] == [
        ("max", 0.5, "none"),
        ("min", 0.5, "none"),
    ]
