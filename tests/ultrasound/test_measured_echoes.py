"""Measures of echoes: answers known by hand, and what the phantoms' physics answers."""

import numpy as np
import pytest

from sonolens.ultrasound.measured_echoes import (
    RAYLEIGH_SNR,
    measure_slope,
    measure_speckle_snr,
    measure_width,
)


def rayleigh(shape: tuple[int, int], *, looks: int = 1) -> np.ndarray:
    parts = np.random.default_rng(4).standard_normal((looks, 2, *shape))
    return np.hypot(parts[:, 0], parts[:, 1]).mean(axis=0).astype(np.float32)


def gaussian(sigma: float, *, step: float, off: float = 0.0) -> np.ndarray:
    return np.exp(-(((np.arange(-400, 401) * step - off) / sigma) ** 2) / 2)


def test_noise_of_two_phases_has_the_ratio_of_rayleigh() -> None:
    assert pytest.approx(1.9131, abs=1e-4) == RAYLEIGH_SNR
    assert measure_speckle_snr(rayleigh((600, 600))) == pytest.approx(1.9131, rel=0.005)


def test_four_pictures_averaged_double_the_ratio() -> None:
    assert measure_speckle_snr(rayleigh((400, 400), looks=4)) == pytest.approx(2 * 1.913, rel=0.01)


def test_few_reflectors_give_less_than_rayleigh() -> None:
    seen = rayleigh((400, 400)) * (np.random.default_rng(5).random((400, 400)) < 0.3)

    # A share s of places that echo: the mean falls by s, the mean square by s too.
    share = 0.3
    mean, square = share * np.sqrt(np.pi / 2), 2 * share
    assert measure_speckle_snr(seen) == pytest.approx(mean / np.sqrt(square - mean**2), rel=0.02)


def test_gain_changes_no_ratio() -> None:
    speckle = rayleigh((100, 100))

    assert measure_speckle_snr(7 * speckle) == pytest.approx(measure_speckle_snr(speckle))


def test_an_even_picture_has_no_speckle() -> None:
    with pytest.raises(ValueError, match="does not vary, so it shows no speckle"):
        measure_speckle_snr(np.full((4, 4), 3, dtype=np.float32))


@pytest.mark.parametrize("off", [0.0, 0.013])
def test_a_gaussian_is_two_point_three_five_five_deviations_wide(off: float) -> None:
    assert measure_width(gaussian(0.17, step=0.02, off=off), step=0.02) == pytest.approx(
        2 * np.sqrt(2 * np.log(2)) * 0.17, rel=0.01
    )


def test_a_box_is_as_wide_as_between_the_middles_of_its_sides() -> None:
    assert measure_width(np.array([0, 0, 3, 3, 3, 0, 0]), step=0.5) == pytest.approx(1.5)


def test_a_peak_at_the_border_has_no_width() -> None:
    with pytest.raises(ValueError, match="does not fall to half its peak"):
        measure_width(np.array([4.0, 3.0, 1.0]), step=1.0)


def test_speckle_that_fades_by_six_decibels_a_centimetre_has_that_slope() -> None:
    speckle = rayleigh((200, 30))
    depth_cm = np.arange(200)[:, None] * 0.05 / 10
    fainter = (speckle * 10 ** (-6 * depth_cm / 20)).astype(np.float32)

    assert measure_slope(speckle, fainter, sample_mm=0.05) == pytest.approx(6.0, rel=1e-4)
    assert measure_slope(fainter, speckle, sample_mm=0.05) == pytest.approx(-6.0, rel=1e-4)
    assert measure_slope(speckle, speckle, sample_mm=0.05) == pytest.approx(0.0, abs=1e-9)


def test_a_loss_that_is_the_same_at_all_depths_has_no_slope() -> None:
    speckle = rayleigh((200, 30))

    assert measure_slope(speckle, speckle / 3, sample_mm=0.05) == pytest.approx(0.0, abs=1e-4)


@pytest.mark.parametrize(
    ("louder", "fainter", "told"),
    [
        (np.ones((1, 2)), np.ones((1, 2)), "at least two depths"),
        (np.ones((2, 2)), np.array([[1, 1], [0, 0]]), "a depth has no echo"),
    ],
)
def test_pictures_that_cannot_be_compared_are_refused(
    louder: np.ndarray, fainter: np.ndarray, told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        measure_slope(louder.astype(np.float32), fainter.astype(np.float32), sample_mm=0.1)
