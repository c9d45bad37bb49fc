"""A disc has the size that it is told, lies whole within the scan, and is louder there and nowhere else."""

import numpy as np
import pytest

from sonolens.ultrasound.plants import Canvas, find_disc, plant_disc

SHAPE = (300, 400)


def dice(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("diameter_mm", [2.0, 8.0, 16.0])
@pytest.mark.parametrize("spacing_mm", [(0.1, 0.1), (0.08, 0.12)])
def test_it_is_as_wide_and_as_large_as_told_in_millimetres(
    diameter_mm: float, spacing_mm: tuple[float, float]
) -> None:
    disc = find_disc(SHAPE, diameter_mm=diameter_mm, spacing_mm=spacing_mm, rng=dice())
    rows, cols = np.nonzero(disc)

    area_mm2 = disc.sum() * spacing_mm[0] * spacing_mm[1]
    assert area_mm2 == pytest.approx(np.pi * (diameter_mm / 2) ** 2, rel=0.03)
    assert (np.ptp(rows) + 1) * spacing_mm[0] == pytest.approx(diameter_mm, abs=2 * spacing_mm[0])
    assert (np.ptp(cols) + 1) * spacing_mm[1] == pytest.approx(diameter_mm, abs=2 * spacing_mm[1])


def test_every_place_where_it_is_whole_is_as_likely() -> None:
    discs = [
        find_disc((60, 100), diameter_mm=2.0, spacing_mm=(0.1, 0.1), rng=dice(seed))
        for seed in range(200)
    ]
    areas = {int(disc.sum()) for disc in discs}
    centres = np.array([np.argwhere(disc).mean(axis=0) for disc in discs])

    # Cut off at no edge: at most the pixels of its rim differ with where its centre falls in one.
    assert max(areas) - min(areas) <= 12
    # Evenly from one radius to the other edge less a radius: 9.5 to 49.5 rows, 9.5 to 89.5 columns.
    assert centres.mean(axis=0) == pytest.approx([29.5, 49.5], abs=4.0)
    assert centres.std(axis=0) == pytest.approx(np.array([40, 80]) / np.sqrt(12), rel=0.12)


def test_one_that_is_smaller_than_a_pixel_is_one_pixel() -> None:
    assert find_disc((9, 9), diameter_mm=0.05, spacing_mm=(1.0, 1.0), rng=dice()).sum() == 1


def test_a_scan_that_is_too_small_has_no_place() -> None:
    assert not find_disc((30, 400), diameter_mm=4.0, spacing_mm=(0.1, 0.1), rng=dice()).any()


def test_it_is_fifteen_decibels_louder_within_and_as_before_without() -> None:
    scan = dice().integers(60, 120, size=(80, 80)).astype(np.uint8)
    site = find_disc((80, 80), diameter_mm=3.0, spacing_mm=(0.1, 0.1), rng=dice())
    mass = np.zeros_like(site)
    canvas = Canvas(scan=scan, mass=mass, site=site, spacing_mm=(0.1, 0.1), dynamic_range_db=60.0)
    for strength in (0.0, 0.5, 1.0):
        after = plant_disc(canvas, strength=strength, rng=dice()).astype(int)
        assert set((after - scan)[site]) == {round(strength * 15 * 255 / 60)}
        assert np.array_equal(after[~site], scan[~site])
