"""What of a scan is seen in a view, and that views are coalitions of the game."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from sonolens.regions import REGIONS
from sonolens.removal import divide_scan, draw_view, lacks_region, name_regions
from sonolens.removal.views import mark_seen, region_of
from sonolens.tables.vocabulary import REGION_VIEWS, RELIANCE_REGIONS

SIDE = 16
SCAN = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE), dtype=np.uint8)
FILL = np.random.default_rng(1).integers(0, 256, (SIDE, SIDE), dtype=np.uint8)
REGION_MAPS = arrays.arrays(
    np.uint8, (SIDE, SIDE), elements=st.sampled_from(sorted(REGIONS.values()))
)
FEATHERS = st.sampled_from([0.0, 2.0])


def drawn(scan: np.ndarray, region_map: np.ndarray, view: str, feather_px: float) -> np.ndarray:
    sharp, soft = (
        divide_scan(region_map, size_px=SIDE, feather_px=width) for width in (0.0, feather_px)
    )
    return draw_view(scan, FILL, sharp=sharp, soft=soft, view=view)


@given(region_map=REGION_MAPS, feather_px=FEATHERS)
def test_the_whole_view_is_the_scan_to_the_byte(region_map: np.ndarray, feather_px: float) -> None:
    assert (drawn(SCAN, region_map, "whole", feather_px) == SCAN).all()


@given(region_map=REGION_MAPS, feather_px=FEATHERS, view=st.sampled_from(REGION_VIEWS[1:]))
def test_nothing_of_what_is_left_out_shows_through(
    region_map: np.ndarray, feather_px: float, view: str
) -> None:
    inside = region_map == REGIONS[str(region_of(view))]
    left_out = ~inside if view.endswith("_alone") else inside
    other_scan = np.where(left_out, 255 - SCAN, SCAN)

    assert (
        drawn(SCAN, region_map, view, feather_px) == drawn(other_scan, region_map, view, feather_px)
    ).all()


def test_far_from_an_edge_all_is_scan_or_all_is_fill_and_what_is_seen_fades_towards_it() -> None:
    region_map = np.zeros((SIDE, SIDE), dtype=np.uint8)
    region_map[:, 8:] = REGIONS["mass"]
    white, black = np.full_like(SCAN, 255), np.zeros_like(SCAN)
    sharp, soft = (divide_scan(region_map, size_px=SIDE, feather_px=px) for px in (0.0, 2.0))

    row = draw_view(white, black, sharp=sharp, soft=soft, view="without_mass")[8].astype(int)

    assert (row[8:] == 0).all()
    assert row[0] == 255
    assert (np.diff(row) <= 0).all()
    assert 0 < row[7] < 128


@given(region_map=REGION_MAPS)
def test_what_one_view_leaves_out_the_other_shows(region_map: np.ndarray) -> None:
    for region in RELIANCE_REGIONS:
        inside = region_map == REGIONS[region]
        without = drawn(SCAN, region_map, f"without_{region}", 0.0)
        alone = drawn(SCAN, region_map, f"{region}_alone", 0.0)

        assert (without == np.where(inside, FILL, SCAN)).all()
        assert (alone == np.where(inside, SCAN, FILL)).all()


@pytest.mark.parametrize("region", RELIANCE_REGIONS)
def test_a_scan_that_lacks_the_region_is_whole_without_it_and_empty_with_it_alone(
    region: str,
) -> None:
    others = [code for name, code in REGIONS.items() if name != region]
    region_map = np.resize(np.array(others, dtype=np.uint8), (SIDE, SIDE))
    assert (drawn(SCAN, region_map, f"without_{region}", 2.0) == SCAN).all()
    assert (drawn(SCAN, region_map, f"{region}_alone", 2.0) == FILL).all()
    assert lacks_region(f"without_{region}", name_regions(region_map))
    assert lacks_region(f"{region}_alone", name_regions(region_map))
    assert not lacks_region("whole", name_regions(region_map))


def test_every_view_is_of_one_region_and_is_marked_alike_with_it_and_without() -> None:
    for view in REGION_VIEWS[1:]:
        (seen,) = mark_seen(view, [region_of(view)])
        assert seen == view.endswith("_alone")
    assert {region_of(view) for view in REGION_VIEWS} == {None, *RELIANCE_REGIONS}
