"""The physics of phantoms: speckle, widths and loss are those that its constants say."""

import numpy as np
import pytest

from sonolens.ultrasound.bmode import detect_envelope
from sonolens.ultrasound.measured_echoes import (
    RAYLEIGH_SNR,
    measure_slope,
    measure_speckle_snr,
    measure_width,
)
from sonolens.ultrasound.pulse_echo import (
    BEAM_SIGMA_MM,
    BEAM_SPREAD,
    FOCUS_MM,
    LINE_MM,
    PULSE_SIGMA_MM,
    SAMPLE_MM,
    attenuate,
    draw_scatterers,
    receive,
)

PER_SIGMA = 2 * np.sqrt(2 * np.log(2))
SAMPLES, LINES = 960, 400


def tissue() -> np.ndarray:
    return draw_scatterers(np.random.default_rng(2), np.ones((SAMPLES, LINES), dtype=np.float32))


def point(depth_mm: float) -> np.ndarray:
    lonely = np.zeros((SAMPLES, 201), dtype=np.float32)
    lonely[round(depth_mm / SAMPLE_MM), 100] = 1
    return detect_envelope(receive(lonely))


def test_speckle_is_fully_developed() -> None:
    speckle = detect_envelope(receive(tissue()))[80:-80, 80:-80]

    assert measure_speckle_snr(speckle) == pytest.approx(RAYLEIGH_SNR, rel=0.03)


@pytest.mark.parametrize("depth_mm", [9.0, FOCUS_MM, 27.0])
def test_a_point_is_as_wide_as_beam_and_pulse(depth_mm: float) -> None:
    seen = point(depth_mm)
    row = round(depth_mm / SAMPLE_MM)
    sigma_mm = np.hypot(BEAM_SIGMA_MM, BEAM_SPREAD * (depth_mm - FOCUS_MM))

    assert measure_width(seen[row], step=LINE_MM) == pytest.approx(PER_SIGMA * sigma_mm, rel=0.02)
    assert measure_width(seen[:, 100], step=SAMPLE_MM) == pytest.approx(
        PER_SIGMA * PULSE_SIGMA_MM, rel=0.02
    )


@pytest.mark.parametrize("one_way_db_per_cm", [4.0, 12.0])
def test_tissue_that_attenuates_fades_twice_as_fast_as_sound_does_one_way(
    one_way_db_per_cm: float,
) -> None:
    reflectors = tissue()
    excess = np.full(reflectors.shape, one_way_db_per_cm, dtype=np.float32)
    # Two centimetres: a scan shows 60 dB, and what fades by more rests on the rounding of what does not.
    seen = [
        detect_envelope(receive(each))[80:540]
        for each in (reflectors, attenuate(reflectors, excess))
    ]

    assert measure_slope(*seen, sample_mm=SAMPLE_MM) == pytest.approx(
        2 * one_way_db_per_cm, rel=0.02
    )


def test_echoes_are_as_strong_at_all_depths_however_wide_the_beam() -> None:
    seen = detect_envelope(receive(tissue()))[:, 80:-80]

    at_focus, deep = (np.sqrt((seen[mm : mm + 80] ** 2).mean()) for mm in (440, 800))
    assert deep == pytest.approx(at_focus, rel=0.08)
