"""A blurred margin: as wide as told, as bright as before, with the speckle that was there."""

import numpy as np
import pytest
from scipy import ndimage

from sonolens.ultrasound.bmode import compress_envelope
from sonolens.ultrasound.measured_echoes import measure_speckle_snr
from sonolens.ultrasound.plants import Canvas, find_margin_band, plant_blur
from sonolens.ultrasound.plants.blur import REACH_MM, WIDTH_MM

SPACING_MM = (0.05, 0.05)
RANGE_DB = 51.0
DARK, BRIGHT = 90, 190
"""Twenty decibels: of the power inside there is a hundredth of that outside."""


def mass() -> np.ndarray:
    """A disc of 8 mm radius."""
    rows, cols = np.ogrid[:480, :480]
    return np.hypot(rows - 240, cols - 240) <= 160


def blur(scan: np.ndarray, *, strength: float) -> np.ndarray:
    site = find_margin_band(mass(), spacing_mm=SPACING_MM)
    canvas = Canvas(scan, mass(), site, SPACING_MM, RANGE_DB)
    return plant_blur(canvas, strength=strength, rng=np.random.default_rng(0))


def power_of(scan: np.ndarray) -> np.ndarray:
    return 10 ** ((scan / 255 - 1) * RANGE_DB / 10)


def step() -> np.ndarray:
    return np.where(mass(), DARK, BRIGHT).astype(np.uint8)


def share_outside(scan: np.ndarray) -> np.ndarray:
    """The power along a line to the right, 0 as inside and 1 as outside; no row of the disc's tip, a single pixel."""
    inside, outside = (power_of(np.array(grey)) for grey in (DARK, BRIGHT))
    return (power_of(scan[250, 240:]) - inside) / (outside - inside)


def speckle() -> np.ndarray:
    noise = np.random.default_rng(3).standard_normal((2, 480, 480))
    smooth = ndimage.gaussian_filter(noise, (0, 2.2, 3.4))
    return np.hypot(*smooth).astype(np.float32)


@pytest.mark.parametrize("strength", [0.5, 1.0])
def test_a_sharp_step_becomes_as_wide_as_told(strength: float) -> None:
    share = share_outside(blur(step(), strength=strength))
    tenth, nine_tenths = (
        np.interp(level, share[100:220], np.arange(100, 220)) for level in (0.1, 0.9)
    )

    width_mm = (nine_tenths - tenth) * SPACING_MM[1]
    assert width_mm == pytest.approx(strength * WIDTH_MM, rel=0.06)


def test_half_the_power_still_lies_at_the_outline() -> None:
    share = share_outside(blur(step(), strength=1.0))

    # The circle's own curvature moves it by a twentieth of a millimetre: sigma squared over twice the radius.
    assert np.interp(0.5, share[100:220], np.arange(100, 220)) * SPACING_MM[1] == pytest.approx(
        8.0, abs=0.1
    )


def test_sharpness_falls_to_that_of_a_gaussian() -> None:
    share = share_outside(blur(step(), strength=1.0))
    steepest = (share[12:] - share[:-12]).max() / (12 * SPACING_MM[1])  # grey levels are whole

    # An error function rises by 1 / (sigma sqrt(2 pi)) a millimetre, sigma being the width over 2.563.
    assert steepest == pytest.approx(2.563 / WIDTH_MM / np.sqrt(2 * np.pi), rel=0.08)


def test_the_band_is_as_bright_as_before_but_for_a_few_parts_in_a_hundred() -> None:
    site = find_margin_band(mass(), spacing_mm=SPACING_MM)
    before, after = (power_of(each)[site].mean() for each in (step(), blur(step(), strength=1.0)))

    assert after == pytest.approx(before, rel=0.04)


def test_no_pixel_changes_farther_from_the_outline_than_the_blur_reaches() -> None:
    changed = np.argwhere(blur(step(), strength=1.0) != step())

    outside_mm = np.hypot(*(changed - 240).T) * SPACING_MM[0] - 8
    assert np.abs(outside_mm).max() <= REACH_MM + SPACING_MM[0]
    assert outside_mm.min() < -1 < 1 < outside_mm.max()


def test_speckle_stays_where_there_is_no_edge_and_where_there_is_one() -> None:
    amplitude = speckle()
    scan = compress_envelope(
        amplitude, dynamic_range_db=RANGE_DB, reference=float(8 * amplitude.mean())
    )
    blurred = blur(scan, strength=1.0)
    site = find_margin_band(mass(), spacing_mm=SPACING_MM)
    before, after = (np.sqrt(power_of(each))[site] for each in (scan, blurred))

    assert after.mean() == pytest.approx(before.mean(), rel=0.05)
    assert measure_speckle_snr(after[None].astype(np.float32)) == pytest.approx(
        measure_speckle_snr(before[None].astype(np.float32)), rel=0.08
    )
    assert np.corrcoef(before, after)[0, 1] > 0.95


def test_an_even_scan_has_no_margin_to_blur() -> None:
    grey = np.full((480, 480), 120, dtype=np.uint8)

    assert (blur(grey, strength=1.0) == grey).all()
