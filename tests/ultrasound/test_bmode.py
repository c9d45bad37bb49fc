"""Echoes to grey levels: where a reflector lies, how bright it is."""

import numpy as np
import pytest

from sonolens.ultrasound.bmode import compress_envelope, detect_envelope, resample_envelope

SAMPLE_MM = 1540e3 / (2 * 40e6)  # 40 MHz: 0.01925 mm


def echo(*, at_sample: int, samples: int = 1039, lines: int = 5, line: int = 2) -> np.ndarray:
    """A pulse of 8 MHz with a Gaussian envelope, on one line only."""
    time = np.arange(samples) - at_sample
    rf = np.zeros((samples, lines))
    rf[:, line] = np.cos(2 * np.pi * 8 / 40 * time) * np.exp(-((time / 12) ** 2))
    return rf


def test_the_envelope_peaks_at_the_reflector_with_its_amplitude() -> None:
    envelope = detect_envelope(3 * echo(at_sample=400))

    assert np.unravel_index(envelope.argmax(), envelope.shape) == (400, 2)
    assert envelope.max() == pytest.approx(3, rel=1e-3)


def test_the_envelope_runs_along_depth_and_never_spills_to_the_next_line() -> None:
    envelope = detect_envelope(echo(at_sample=400))

    assert envelope[:, [0, 1, 3, 4]].max() == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("samples", [1038, 1039])
def test_the_envelope_of_a_steady_tone_is_level(samples: int) -> None:
    tone = np.cos(2 * np.pi * 0.2 * np.arange(samples))[:, None]

    np.testing.assert_allclose(detect_envelope(tone)[200:-200], 1, atol=0.02)


@pytest.mark.parametrize("at_sample", [130, 400, 777])
def test_a_reflector_lands_on_the_row_of_its_depth(at_sample: int) -> None:
    envelope = detect_envelope(echo(at_sample=at_sample))

    resampled = resample_envelope(envelope, row_mm=SAMPLE_MM, col_mm=0.075, to_mm=0.075)

    depth_px = (at_sample + 0.5) * SAMPLE_MM / 0.075 - 0.5
    weights = resampled[:, 2] ** 2
    assert np.average(np.arange(len(weights)), weights=weights) == pytest.approx(depth_px, abs=0.1)


def test_the_field_keeps_its_size_in_millimetres() -> None:
    resampled = resample_envelope(
        np.ones((1558, 510), dtype=np.float32), row_mm=SAMPLE_MM, col_mm=38 / 510, to_mm=0.075
    )

    assert resampled.shape == (399, 506)
    np.testing.assert_allclose(resampled, 1, rtol=1e-5)


def test_a_field_of_two_whole_pixels_keeps_both_however_their_number_rounds() -> None:
    assert 14 / (0.07 / 0.01) < 2

    resampled = resample_envelope(
        np.ones((14, 14), dtype=np.float32), row_mm=0.01, col_mm=0.01, to_mm=0.07
    )

    np.testing.assert_allclose(resampled, np.ones((2, 2)), rtol=1e-6)


def test_grey_levels_are_rounded_to_the_nearest() -> None:
    # 255 (1 - 0.3 / 60) and 255 (1 - 0.4 / 60) are 253.725 and 253.3.
    echoes = 10 ** np.array([[0.0, -0.3 / 20, -0.4 / 20]], dtype=np.float32)

    assert compress_envelope(echoes, dynamic_range_db=60.0, reference=1.0).tolist() == [
        [255, 254, 253]
    ]


def test_half_the_amplitude_is_six_decibels_darker() -> None:
    scan = compress_envelope(
        np.array([[1.0, 0.5]], dtype=np.float32), dynamic_range_db=50.0, reference=1.0
    )

    assert (scan[0, 0] - scan[0, 1]) / 255 * 50 == pytest.approx(6.02, abs=0.1)


def test_louder_than_the_reference_is_white_and_below_the_range_is_black() -> None:
    amplitudes = np.array([[9.0, 1.0, 10**-2.5, 1e-4, 0.0]], dtype=np.float32)

    grey = compress_envelope(amplitudes, dynamic_range_db=50.0, reference=1.0)

    assert grey.tolist() == [[255, 255, 0, 0, 0]]


def test_a_silent_scan_is_refused() -> None:
    with pytest.raises(ValueError, match=r"reference 0\.0 must be above 0"):
        compress_envelope(np.zeros((2, 2), dtype=np.float32), dynamic_range_db=50.0, reference=0.0)


def test_no_echoes_are_refused() -> None:
    with pytest.raises(ValueError, match="no echoes"):
        detect_envelope(np.zeros((0, 4)))


def test_samples_without_a_size_are_refused() -> None:
    with pytest.raises(ValueError, match="must be above 0"):
        resample_envelope(np.ones((2, 2), dtype=np.float32), row_mm=0.0, col_mm=1.0, to_mm=1.0)


def test_a_scan_smaller_than_one_new_pixel_is_refused() -> None:
    echoes = np.ones((3, 8), dtype=np.float32)

    with pytest.raises(ValueError, match="3 samples are less than one pixel of 4 samples"):
        resample_envelope(echoes, row_mm=0.1, col_mm=0.1, to_mm=0.4)
    assert resample_envelope(echoes, row_mm=0.1, col_mm=0.1, to_mm=0.3).shape == (1, 2)
