"""What is shown in place of what is left out."""

import numpy as np
import pytest

from sonolens.regions import REGIONS
from sonolens.removal import EVEN_FILLS, FILLS, FillSources, Players, divide_scan, find_tissue
from sonolens.removal.fills import fill_blurred, fill_mean, fill_shuffled
from sonolens.tables import vocabulary

SIDE = 32
RNG = np.random.default_rng(0)
SCAN = RNG.integers(20, 200, size=(SIDE, SIDE), dtype=np.uint8)
DONORS = RNG.integers(20, 200, size=(4, SIDE, SIDE), dtype=np.uint8)


def players(feather_px: float = 0.0) -> Players:
    regions = np.full((SIDE, SIDE), REGIONS["other"], dtype=np.uint8)
    regions[8:20, 6:22] = REGIONS["peritumoral"]
    regions[11:17, 9:19] = REGIONS["mass"]
    return divide_scan(regions, size_px=SIDE, feather_px=feather_px)


def sources(seed: int = 0) -> FillSources:
    return FillSources(find_tissue(players()), DONORS, seed=seed)


def test_tables_know_the_fills_that_there_are() -> None:
    assert set(FILLS) == set(vocabulary.FILLS)
    assert set(EVEN_FILLS) <= set(FILLS)


@pytest.mark.parametrize("name", FILLS)
def test_a_fill_is_the_same_whoever_asks_and_changes_nothing(name: str) -> None:
    before = SCAN.copy()

    first = FILLS[name](SCAN, players(1.0), sources())
    again = FILLS[name](SCAN, players(1.0), sources())

    assert np.array_equal(first, again)
    assert np.array_equal(SCAN, before)
    assert all(each.shape == SCAN.shape and each.dtype == np.uint8 for each in first)


@pytest.mark.parametrize("name", ["tissue", "shuffled"])
def test_another_seed_draws_another_fill(name: str) -> None:
    (first,) = FILLS[name](SCAN, players(), sources())
    (other,) = FILLS[name](SCAN, players(), sources(seed=1))

    assert not np.array_equal(first, other)


def test_a_mean_is_one_grey_level() -> None:
    assert fill_mean(np.array([[0, 1], [2, 6]], dtype=np.uint8)).tolist() == [[2, 2], [2, 2]]


def test_a_blur_keeps_even_grey_and_the_mean_of_a_large_thing_but_no_speckle() -> None:
    even = np.full((SIDE, SIDE), 77, dtype=np.uint8)
    half = np.where(np.arange(SIDE) < SIDE // 2, 60, 140)[:, None] * np.ones(SIDE)
    speckled = (half + RNG.normal(scale=20, size=half.shape)).clip(0, 255).astype(np.uint8)

    blurred = fill_blurred(speckled)

    assert np.array_equal(fill_blurred(even), even)
    assert blurred[:10].mean() == pytest.approx(60, abs=4)
    assert blurred[-10:].mean() == pytest.approx(140, abs=4)
    assert blurred[:10].std() < 0.35 * speckled[:10].std()


def test_shuffling_keeps_the_grey_levels_of_every_region_and_takes_their_order() -> None:
    owner = players(1.5).weights.argmax(axis=0)

    shuffled = fill_shuffled(SCAN, players(1.5), seed=3)

    for player in range(3):
        own = owner == player
        assert np.array_equal(np.sort(shuffled[own]), np.sort(SCAN[own]))
        assert np.corrcoef(shuffled[own], SCAN[own])[0, 1] < 0.5


def test_donors_are_shown_as_they_are_one_after_the_other() -> None:
    assert np.array_equal(FILLS["donor"](SCAN, players(), sources()), DONORS)


def test_tissue_is_what_no_soft_edge_of_another_region_reaches() -> None:
    sharp, soft = find_tissue(players()), find_tissue(players(1.0))

    assert sharp.sum() == SIDE**2 - 12 * 16
    assert (soft <= sharp).all()
    assert soft.sum() < sharp.sum()
    assert not soft[7, 10]


def test_a_scan_that_is_all_mass_has_no_tissue_and_yet_a_fill() -> None:
    filled = divide_scan(np.ones((SIDE, SIDE), dtype=np.uint8), size_px=SIDE, feather_px=1.0)
    tissue = find_tissue(filled)

    assert not tissue.any()
    (picture,) = FILLS["tissue"](SCAN, filled, FillSources(tissue, DONORS, seed=0))
    assert picture.mean() == pytest.approx(SCAN.mean(), rel=0.05)
