"""Scans divided among their regions: whatever is shown, the whole is the scan and nothing is the fill."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from sonolens.regions import REGIONS
from sonolens.removal import divide_scan, list_coalitions, show_coalition
from sonolens.tables.vocabulary import RELIANCE_REGIONS

SIZE_PX = 24


def region_map(rows: int = 40, cols: int = 60) -> np.ndarray:
    """All five regions; the grid is no square, and no two axes or sides are alike."""
    regions = np.full((rows, cols), REGIONS["other"], dtype=np.uint8)
    regions[8:24, 12:40] = REGIONS["peritumoral"]
    regions[12:18, 18:34] = REGIONS["mass"]
    regions[24:, 18:34] = REGIONS["below"]
    regions[2:5, 45:58] = REGIONS["annotation"]
    return regions


def test_every_region_that_can_be_drawn_can_be_left_out() -> None:
    assert set(RELIANCE_REGIONS) == set(REGIONS)


@given(st.integers(0, 2**32 - 1), st.floats(0, 4))
@settings(max_examples=25, deadline=None)
def test_the_shares_of_a_pixel_add_up_to_one(seed: int, feather_px: float) -> None:
    rng = np.random.default_rng(seed)
    regions = rng.integers(5, size=tuple(rng.integers(1, 60, size=2)), dtype=np.uint8)

    players = divide_scan(regions, size_px=SIZE_PX, feather_px=feather_px)

    assert set(players.names) == {name for name, code in REGIONS.items() if (regions == code).any()}
    assert players.weights.sum(axis=0) == pytest.approx(1, abs=1e-6)
    assert players.weights.min() >= 0


@given(st.integers(0, 2**32 - 1), st.floats(0, 4))
@settings(max_examples=25, deadline=None)
def test_all_regions_show_the_scan_to_the_byte_and_none_the_fill(
    seed: int, feather_px: float
) -> None:
    rng = np.random.default_rng(seed)
    scan, fill = rng.integers(256, size=(2, SIZE_PX, SIZE_PX), dtype=np.uint8)
    weights = divide_scan(region_map(), size_px=SIZE_PX, feather_px=feather_px).weights

    every, none = list_coalitions(5)[-1], list_coalitions(5)[0]
    assert np.array_equal(show_coalition(scan, fill, weights[every].sum(axis=0)), scan)
    assert np.array_equal(show_coalition(scan, fill, weights[none].sum(axis=0)), fill)


def test_what_is_shown_and_what_is_left_out_change_places_with_scan_and_fill() -> None:
    rng = np.random.default_rng(0)
    scan, fill = rng.integers(256, size=(2, SIZE_PX, SIZE_PX), dtype=np.uint8)
    weights = divide_scan(region_map(), size_px=SIZE_PX, feather_px=1.5).weights

    for shown in list_coalitions(5):
        one = show_coalition(scan, fill, weights[shown].sum(axis=0))
        other = show_coalition(fill, scan, weights[~shown].sum(axis=0))
        assert np.abs(one.astype(int) - other).max() <= 1


def test_regions_keep_the_order_of_the_vocabulary_and_those_without_a_pixel_are_no_players() -> (
    None
):
    regions = region_map()
    regions[regions == REGIONS["below"]] = REGIONS["other"]
    regions[regions == REGIONS["annotation"]] = REGIONS["other"]

    players = divide_scan(regions, size_px=SIZE_PX, feather_px=2.0)

    assert players.names == ("mass", "peritumoral", "other")
    assert len(players.weights) == 3


def test_a_mask_that_fills_the_scan_leaves_one_player_that_has_all() -> None:
    players = divide_scan(np.ones((30, 20), dtype=np.uint8), size_px=SIZE_PX, feather_px=2.0)

    assert players.names == ("mass",)
    assert (players.weights == 1).all()


def test_a_region_of_a_whole_number_of_framed_pixels_is_cut_exactly_there() -> None:
    regions = np.zeros((40, 60), dtype=np.uint8)
    regions[10:20, 30:45] = REGIONS["mass"]  # 4 x 4 framed pixels of 2.5 x 3.75 native ones

    mass = divide_scan(regions, size_px=16, feather_px=0.0).weights[0]

    assert mass[5:7, 9:11].min() == 1
    assert mass[4:8, 8:12].min() > 0.7  # at the corners
    assert np.delete(np.delete(mass, slice(3, 9), 0), slice(7, 13), 1).max() == 0
    # Area is kept, and the centre: a region is moved by no half pixel.
    assert mass.sum() == pytest.approx(16, rel=0.02)
    rows, cols = np.indices(mass.shape) + 0.5
    assert (mass * rows).sum() / mass.sum() == pytest.approx(15 / 2.5, abs=0.02)
    assert (mass * cols).sum() / mass.sum() == pytest.approx(37.5 / 3.75, abs=0.02)


def test_on_a_grid_of_the_frames_own_size_each_pixel_is_of_one_region() -> None:
    regions = region_map(SIZE_PX * 2, SIZE_PX * 3)[:SIZE_PX, :SIZE_PX]

    players = divide_scan(regions, size_px=SIZE_PX, feather_px=0.0)

    for name, weights in zip(players.names, players.weights, strict=True):
        assert np.array_equal(weights, regions == REGIONS[name])


def test_regions_are_framed_as_scans_are() -> None:
    regions = region_map()
    drawn = np.where(regions == REGIONS["mass"], 255, 0).astype(np.uint8)
    framed = np.asarray(
        Image.fromarray(drawn).resize((SIZE_PX, SIZE_PX), Image.Resampling.BILINEAR)
    )

    mass = divide_scan(regions, size_px=SIZE_PX, feather_px=0.0).weights[0]

    assert 255 * mass == pytest.approx(framed, abs=1.01)


def test_a_turned_scan_has_turned_regions() -> None:
    upright = divide_scan(region_map(), size_px=SIZE_PX, feather_px=1.0)
    turned = divide_scan(region_map().T.copy(), size_px=SIZE_PX, feather_px=1.0)

    assert turned.names == upright.names
    assert turned.weights == pytest.approx(upright.weights.transpose(0, 2, 1), abs=1e-6)


def test_a_soft_edge_is_as_wide_as_told() -> None:
    regions = np.zeros((64, 64), dtype=np.uint8)
    regions[:, 32:] = REGIONS["mass"]

    for width_px in (1.0, 3.0):
        mass = divide_scan(regions, size_px=64, feather_px=width_px).weights[0]
        # An edge blurred by a Gaussian has risen from 16 % to 84 % over two standard deviations.
        rise = np.interp([0.1587, 0.8413], mass[10], np.arange(64))
        assert rise[1] - rise[0] == pytest.approx(2 * width_px, rel=0.1)


def test_cutting_softly_where_there_is_no_evidence_tells_an_edge_detector_less() -> None:
    """The cut itself: mean grey in an even region of another grey, seen by the largest step between neighbours."""
    scan = np.full((64, 64), 150, dtype=np.uint8)
    fill = np.full((64, 64), 90, dtype=np.uint8)
    regions = np.zeros((64, 64), dtype=np.uint8)
    regions[20:44, 20:44] = REGIONS["mass"]

    def steepest(feather_px: float) -> float:
        mass = divide_scan(regions, size_px=64, feather_px=feather_px).weights[0]
        cut = show_coalition(scan, fill, 1 - mass).astype(float)
        return float(max(np.abs(np.diff(cut, axis=axis)).max() for axis in (0, 1)))

    assert steepest(0.0) == 60
    assert steepest(2.0) < 0.25 * steepest(0.0)


def test_no_negative_width() -> None:
    with pytest.raises(ValueError, match=r"feather_px is -0\.5; give 0 for sharp edges"):
        divide_scan(region_map(), size_px=SIZE_PX, feather_px=-0.5)


@pytest.mark.parametrize("players", [1, 2, 3, 5])
def test_bit_p_of_a_coalitions_number_says_whether_player_p_is_in_it(players: int) -> None:
    coalitions = list_coalitions(players)

    assert coalitions.shape == (2**players, players)
    assert (coalitions @ (2 ** np.arange(players))).tolist() == list(range(2**players))
