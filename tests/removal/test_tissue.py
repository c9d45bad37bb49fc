"""Speckle in place of structure, on a layered picture of which everything is known."""

import numpy as np
import pytest
from scipy import ndimage

from sonolens.removal import draw_tissue_fill

SIDE = 128
CENTRE, RADIUS = (60, 70), 22


SEEDS = range(1, 9)
"""Of the phases; averages over them leave out what is chance. (Seed 0 drew the speckle of the scan itself.)"""


def layers() -> np.ndarray:
    """Brightness by depth: gain that falls, and layers of fat and gland."""
    depth = np.arange(SIDE) / SIDE
    return 150 - 70 * depth + 15 * np.sin(4 * np.pi * depth)


def speckled() -> np.ndarray:
    """Layers of speckle whose grains are wider than deep, as those of a beam are."""
    grain = ndimage.gaussian_filter(
        np.random.default_rng(0).normal(size=(SIDE, SIDE)), (0.8, 1.8), mode="wrap"
    )
    picture = layers()[:, None] * (1 + 0.18 * grain / grain.std())
    return picture.clip(0, 255).astype(np.uint8)


def disc() -> np.ndarray:
    rows, cols = np.indices((SIDE, SIDE))
    return np.hypot(rows - CENTRE[0], cols - CENTRE[1]) <= RADIUS


def planted() -> tuple[np.ndarray, np.ndarray]:
    """A dark disc with a shadow below it, and where the tissue is neither."""
    scan, hole = speckled(), disc()
    below = np.zeros_like(hole)
    below[CENTRE[0] :, CENTRE[1] - RADIUS : CENTRE[1] + RADIUS] = True
    scan[below] = scan[below] // 2
    scan[hole] = 15
    return scan, ~ndimage.binary_dilation(hole | below, iterations=2)


def test_there_is_no_outline_where_the_disc_was() -> None:
    scan, tissue = planted()
    fills = np.array([draw_tissue_fill(scan, tissue, seed=seed) for seed in SEEDS], dtype=float)
    hole = disc()

    for row in range(CENTRE[0] - RADIUS + 4, CENTRE[0] + RADIUS - 4, 8):
        band = slice(row, row + 8)
        inside, around = fills[:, band][:, hole[band]], fills[:, band][:, tissue[band]]
        assert inside.mean() == pytest.approx(around.mean(), rel=0.06)
        assert inside.std(axis=1).mean() == pytest.approx(around.std(axis=1).mean(), rel=0.2)


def test_it_is_as_bright_and_as_uneven_as_the_tissue_at_every_depth() -> None:
    scan, tissue = planted()
    fills = np.array([draw_tissue_fill(scan, tissue, seed=seed) for seed in SEEDS], dtype=float)

    for row in range(4, SIDE - 8, 8):
        band = slice(row, row + 8)
        known = scan[band][tissue[band]].astype(float)
        assert fills[:, band].mean() == pytest.approx(known.mean(), rel=0.08)
        spread = fills[:, band].reshape(len(SEEDS), -1).std(axis=1).mean()
        assert spread == pytest.approx(known.std(), rel=0.25)


def test_nothing_of_the_disc_is_left_in_it() -> None:
    scan, tissue = planted()
    brighter = scan.copy()
    brighter[disc()] = 250

    assert np.array_equal(
        draw_tissue_fill(scan, tissue, seed=0), draw_tissue_fill(brighter, tissue, seed=0)
    )


def test_seeds_repeat_and_differ() -> None:
    scan, tissue = planted()
    first, again, other = (draw_tissue_fill(scan, tissue, seed=seed) for seed in (1, 1, 2))
    deviation = [each - ndimage.uniform_filter1d(each, SIDE, axis=1) for each in (first, other)]

    assert np.array_equal(first, again)
    assert abs(np.corrcoef(deviation[0].ravel(), deviation[1].ravel())[0, 1]) < 0.15


def test_the_grain_is_as_fine_as_that_of_the_tissue_along_both_axes() -> None:
    """The power spectrum is kept: neighbours are as alike as before, more across than in depth."""
    scan = speckled()
    fill = draw_tissue_fill(scan, np.ones_like(scan, dtype=bool), seed=1)

    def alike(picture: np.ndarray, step: tuple[int, int]) -> float:
        grain = picture / layers()[:, None] - 1
        there = grain[step[0] :, step[1] :]
        here = grain[: SIDE - step[0], : SIDE - step[1]]
        return float(np.corrcoef(here.ravel(), there.ravel())[0, 1])

    for step in ((1, 0), (2, 0), (0, 1), (0, 2), (0, 3)):
        assert alike(fill, step) == pytest.approx(alike(scan, step), abs=0.1), step
    assert alike(fill, (0, 2)) > alike(fill, (2, 0)) + 0.2


def test_even_tissue_is_filled_evenly() -> None:
    even = np.full((32, 32), 90, dtype=np.uint8)

    assert (draw_tissue_fill(even, np.ones((32, 32), dtype=bool), seed=0) == 90).all()


def test_where_no_tissue_is_known_all_of_the_scan_is_taken() -> None:
    scan = speckled()
    nothing, all_of_it = np.zeros_like(scan, dtype=bool), np.ones_like(scan, dtype=bool)

    assert np.array_equal(
        draw_tissue_fill(scan, nothing, seed=0), draw_tissue_fill(scan, all_of_it, seed=0)
    )


def test_far_from_all_tissue_it_is_as_bright_as_the_tissue_is() -> None:
    scan = speckled()
    tissue = np.zeros_like(scan, dtype=bool)
    tissue[:8, :8] = True

    fill = draw_tissue_fill(scan, tissue, seed=0)

    assert fill[-20:, -20:].mean() == pytest.approx(scan[tissue].mean(), rel=0.05)
