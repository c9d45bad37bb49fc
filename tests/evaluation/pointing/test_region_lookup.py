import numpy as np
import pandas as pd
import pytest

from sonolens.evaluation.pointing import (
    look_up_regions,
    measure_region_shares,
    read_regions_at,
    region_bits_at,
)
from sonolens.evaluation.pointing.region_lookup import regions_of_bits
from sonolens.ultrasound import cell_centres, to_shares

UNKNOWN_MM = (np.nan, np.nan)
NO_SPACING = {"spacing_row_mm": np.nan, "spacing_col_mm": np.nan}
NO_MEAN = pd.DataFrame({"row_share": [], "col_share": []}, dtype=float)


def points_table(**shares_by_scan):
    rows = [
        {"scan_id": scan_id, "row_share": down, "col_share": across}
        for scan_id, shares in shares_by_scan.items()
        for down, across in shares
    ]
    return pd.DataFrame(rows)


def scans_table(*scan_ids, **spacing):
    return pd.DataFrame([{"scan_id": scan_id} | NO_SPACING | spacing for scan_id in scan_ids])


def test_a_mark_adds_up_the_regions_that_hold_a_point():
    region_map = np.array([[0, 1, 2, 3]], dtype=np.uint8)

    region_bits = region_bits_at(
        region_map, np.argwhere(region_map < 9) * 1.0, spacing_mm=UNKNOWN_MM
    )

    assert region_bits.tolist() == [0, 1, 2, 4]


@pytest.mark.parametrize(
    ("tolerance_mm", "region_bits"), [(2.0, [1, 1, 4, 4]), (1.9, [1, 0, 0, 4])]
)
def test_a_point_exactly_at_the_tolerance_is_inside(tolerance_mm, region_bits):
    region_map = np.array([[1, 0, 0, 3]], dtype=np.uint8)
    every = np.argwhere(region_map < 9) * 1.0
    spacing_mm = (9.0, 2.0)

    assert (
        region_bits_at(region_map, every, tolerance_mm=tolerance_mm, spacing_mm=spacing_mm).tolist()
        == region_bits
    )


def test_a_point_exactly_at_the_tolerance_is_inside_however_its_distance_rounds():
    assert 3 * 0.1 > 0.3
    region_map = np.array([[1, 0, 0, 0, 0]], dtype=np.uint8)
    every = np.argwhere(region_map < 9) * 1.0

    region_bits = region_bits_at(region_map, every, tolerance_mm=0.3, spacing_mm=(9.0, 0.1))

    assert region_bits.tolist() == [1, 1, 1, 1, 0]


def test_tolerance_is_measured_down_and_across_in_millimetres():
    region_map = np.zeros((5, 5), dtype=np.uint8)
    region_map[2, 2] = 1
    every = np.argwhere(region_map < 9) * 1.0

    region_bits = region_bits_at(
        region_map, every, tolerance_mm=1.0, spacing_mm=(0.5, 1.0)
    ).reshape(5, 5)

    assert region_bits.tolist() == [[0, 0, 1, 0, 0]] * 2 + [[0, 1, 1, 1, 0]] + [[0, 0, 1, 0, 0]] * 2


def test_nothing_is_near_a_region_that_is_empty():
    region_map = np.zeros((3, 3), dtype=np.uint8)

    region_bits = region_bits_at(
        region_map,
        np.array([[1.0, 1.0]]),
        tolerance_mm=50.0,
        spacing_mm=(1.0, 1.0),
    )

    assert region_bits.tolist() == [0]


def test_a_tolerance_needs_pixels_with_a_size_and_is_a_distance():
    region_map, point = np.ones((2, 2), dtype=np.uint8), np.zeros((1, 2))
    with pytest.raises(ValueError, match="tolerance_mm is 2 but the pixels measure nan"):
        region_bits_at(region_map, point, tolerance_mm=2.0, spacing_mm=UNKNOWN_MM)
    for half_known in ((1.0, np.nan), (np.nan, 1.0)):
        with pytest.raises(ValueError, match="tolerance_mm is 2 but the pixels measure"):
            region_bits_at(region_map, point, tolerance_mm=2.0, spacing_mm=half_known)
    with pytest.raises(
        ValueError, match=r"tolerance_mm is 0\.5 but the pixels measure 0\.0 x 1\.5 mm"
    ):
        region_bits_at(region_map, point, tolerance_mm=0.5, spacing_mm=(0.0, 1.5))
    for wrong in (-1.0, np.inf, np.nan):
        with pytest.raises(ValueError, match=f"tolerance_mm is {wrong}; give 0 or a distance"):
            region_bits_at(region_map, point, tolerance_mm=wrong, spacing_mm=(1.0, 1.0))


def test_every_place_is_read_on_every_scan_whatever_its_size():
    small = np.array([[0, 1], [2, 3]], dtype=np.uint8)
    large = np.kron(small[::-1], np.ones((5, 7), dtype=np.uint8))
    points = points_table(a=[(0.25, 0.75)], b=[(0.25, 0.75), (0.75, 0.75)])
    mean = pd.DataFrame({"row_share": [0.25], "col_share": [0.25]})

    lookup = look_up_regions(
        points, mean, scans_table("a", "b"), {"a": lambda: small, "b": lambda: large}
    )

    assert lookup.scan_ids == ("a", "b")
    assert lookup.places.tolist() == [[0.25, 0.25], [0.25, 0.75], [0.75, 0.75]]
    assert lookup.region_bits.tolist() == [[0, 1, 4], [2, 4, 1]]
    assert lookup.find_places(points).tolist() == [1, 1, 2]
    assert lookup.find_scans(["b", "a"]).tolist() == [1, 0]


@pytest.mark.parametrize(
    ("rows", "cols", "cells"), [(448, 600, 7), (223, 311, 14), (21, 28, 7), (3072, 24, 6)]
)
def test_a_cell_reads_what_its_centre_reads_on_its_own_scan(rows, cols, cells):
    region_map = np.random.default_rng(rows).integers(0, 4, size=(rows, cols)).astype(np.uint8)
    centres = cell_centres((cells, cells), on=(rows, cols))
    places = to_shares(centres, (rows, cols))

    lookup = look_up_regions(
        points_table(a=places), NO_MEAN, scans_table("a"), {"a": lambda: region_map}
    )

    own = lookup.region_bits[0, lookup.find_places(points_table(a=places))]
    assert own.tolist() == region_bits_at(region_map, centres, spacing_mm=UNKNOWN_MM).tolist()


def test_maps_that_point_nowhere_have_no_place():
    points = points_table(a=[(np.nan, np.nan), (0.5, 0.5)])

    lookup = look_up_regions(
        points, NO_MEAN, scans_table("a"), {"a": lambda: np.ones((2, 2), dtype=np.uint8)}
    )

    assert lookup.places.tolist() == [[0.5, 0.5]]


def test_what_was_not_read_is_named():
    points = points_table(a=[(0.5, 0.5)])
    one = {"a": lambda: np.ones((2, 2), dtype=np.uint8)}
    lookup = look_up_regions(points, NO_MEAN, scans_table("a"), one)
    with pytest.raises(ValueError, match="'b' and 0 more have extreme points but no region mask"):
        look_up_regions(points_table(b=[(0.5, 0.5)]), NO_MEAN, scans_table("b"), one)
    with pytest.raises(ValueError, match=r"at 0.2000 of a scan's height and 0.3000 of its width"):
        lookup.find_places(points_table(a=[(0.5, 0.5), (0.2, 0.3)]))
    with pytest.raises(ValueError, match="no region was read on scan 'z'"):
        lookup.find_scans(["a", "z"])


def test_unions_and_other_are_read_from_every_sum_of_bits():
    regions = {
        "mass": ("mass",),
        "planted": ("mass", "below"),
        "other": ("other",),
        "not_below": ("other", "peritumoral"),
        "scan": ("mass", "peritumoral", "below", "other"),
        "burnt_in": ("annotation",),
    }

    told = regions_of_bits(regions)

    # Sums of 1 in the mass, 2 in the ring and 4 below; with a tolerance a place lies in several.
    by_bits = {
        0: {"other", "not_below", "scan"},
        1: {"mass", "planted", "scan"},
        2: {"not_below", "scan"},
        3: {"mass", "planted", "not_below", "scan"},
        4: {"planted", "scan"},
        5: {"mass", "planted", "scan"},
        6: {"planted", "not_below", "scan"},
        7: {"mass", "planted", "not_below", "scan"},
        8: {"burnt_in"},
    }
    # Two places taken together may lie on an annotation and in tissue.
    by_bits |= {8 + bits: by_bits[bits] | {"burnt_in"} for bits in range(1, 8)}
    assert {
        bits: {name for name, held in zip(regions, row, strict=True) if held}
        for bits, row in enumerate(told)
    } == by_bits


def test_a_union_of_unknown_regions_is_refused():
    with pytest.raises(KeyError, match="margin"):
        regions_of_bits({"edge": ("margin",)})


def test_a_point_on_an_annotation_hits_no_tissue_however_near():
    region_map = np.array([[1, 4, 2], [3, 3, 0]], dtype=np.uint8)
    every = np.argwhere(region_map < 9) * 1.0

    exact = region_bits_at(region_map, every, spacing_mm=(1.0, 1.0))
    near = region_bits_at(region_map, every, tolerance_mm=5.0, spacing_mm=(1.0, 1.0))

    assert exact.tolist() == [1, 8, 2, 4, 4, 0]
    assert near[1] == 8
    assert not (near[[0, 2, 3, 4, 5]] & 8).any()
    tissue = regions_of_bits(
        {"any": ("mass", "peritumoral", "below"), "all": ("other", "annotation")}
    )
    assert tissue[8].tolist() == [False, True]


def test_chance_is_what_every_cell_scores_and_annotations_lower_it():
    region_map = np.zeros((40, 40), dtype=np.uint8)
    region_map[10:20, 10:20] = 1
    region_map[20:, 10:20] = 3
    marked = region_map.copy()
    marked[30:] = 4  # a line of text below the mass

    def share(of: np.ndarray) -> dict[str, float]:
        told = measure_region_shares(of, (40, 40), spacing_mm=(1.0, 1.0))
        return {row["region"]: row["cell_share"] for row in told}

    cells = np.argwhere(marked < 9) * 1.0
    hits = np.mean([name == "below" for name in read_regions_at(marked, cells)])
    assert share(marked)["below"] == hits == share(region_map)["below"] / 2
    assert share(marked)["mass"] == share(region_map)["mass"]
