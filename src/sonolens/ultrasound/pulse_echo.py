"""Pulse-echo physics: scatterers, attenuation along the beam, and a point-spread function."""

import math

import numpy as np
from jaxtyping import Float32
from scipy import fft, ndimage

Field = Float32[np.ndarray, "samples lines"]
"""One value per point of the simulation grid: depth down the rows, beams side by side."""

SOUND_SPEED_MM_PER_US = 1.54
CENTRE_MHZ = 7.0
SAMPLE_MM = 0.0375
"""Depth step of the radio-frequency echoes: 20.5 MHz at 1540 m/s."""
LINE_MM = 0.075
"""Distance of neighbouring beams."""

PULSE_SIGMA_MM = 0.11
FOCUS_MM = 18.0
BEAM_SIGMA_MM = 0.17
BEAM_SPREAD = 0.012
"""Growth of the beam's width per millimetre away from the focus."""
NEPER_PER_DB = math.log(10) / 20


def draw_scatterers(rng: np.random.Generator, echogenicity: Field) -> Field:
    """Scatter at random: many weak reflectors per resolution cell, so that speckle is fully developed.

    Args:
        rng: Source of the reflectors.
        echogenicity: Root mean square echo of the tissue at every point.
    """
    return rng.standard_normal(echogenicity.shape, dtype=np.float32) * echogenicity


def attenuate(scatterers: Field, excess_db_per_cm: Field) -> Field:
    """Weaken echoes by what the sound lost on its way there and back.

    The scanner's time gain compensates average tissue, so only the excess over it counts: a mass
    that attenuates more casts a shadow, one that attenuates less is enhanced behind.

    Args:
        scatterers: Echo strengths.
        excess_db_per_cm: One-way attenuation above that of average tissue; negative where below.
    """
    one_way_db = np.cumsum(excess_db_per_cm, axis=0) * (SAMPLE_MM / 10)
    # Beams converge through a wide aperture, so shadows have soft edges.
    one_way_db = ndimage.uniform_filter1d(one_way_db, size=13, axis=1, mode="nearest")
    return scatterers * np.exp(-2 * NEPER_PER_DB * one_way_db)


def receive(scatterers: Field) -> Field:
    """Convolve scatterers with a point-spread function that widens away from the focus.

    Across, the beam is Gaussian with a width of its own at every depth; down, the pulse is a cosine
    of `CENTRE_MHZ` under a Gaussian.

    Returns:
        Radio-frequency echoes.
    """
    return _pulse(_beam(scatterers))


def _beam(scatterers: Field) -> Field:
    samples, lines = scatterers.shape
    depth_mm = np.arange(samples) * SAMPLE_MM
    sigma_mm = np.hypot(BEAM_SIGMA_MM, BEAM_SPREAD * (depth_mm - FOCUS_MM))
    padded = fft.next_fast_len(lines + 64, real=True)  # what leaves on one side must not return
    frequency = fft.rfftfreq(padded, d=LINE_MM)
    transfer = np.exp(-2 * (np.pi * np.outer(sigma_mm, frequency)) ** 2)
    # Echoes of random scatterers keep their strength, however wide the beam.
    transfer *= np.sqrt(2 * np.sqrt(np.pi) * sigma_mm / LINE_MM)[:, None]
    spectrum = fft.rfft(scatterers, n=padded, axis=1) * transfer.astype(np.float32)
    return fft.irfft(spectrum, n=padded, axis=1)[:, :lines]


def _pulse(scatterers: Field) -> Field:
    samples = len(scatterers)
    reach = round(5 * PULSE_SIGMA_MM / SAMPLE_MM)
    offset_mm = np.arange(-reach, reach + 1) * SAMPLE_MM
    cycles = 2 * offset_mm / SOUND_SPEED_MM_PER_US * CENTRE_MHZ
    pulse = np.cos(2 * np.pi * cycles) * np.exp(-0.5 * (offset_mm / PULSE_SIGMA_MM) ** 2)
    pulse /= np.linalg.norm(pulse)  # echoes of random scatterers keep their strength
    padded = fft.next_fast_len(samples + 2 * reach, real=True)
    transfer = fft.rfft(pulse.astype(np.float32), n=padded)
    spectrum = fft.rfft(scatterers, n=padded, axis=0) * transfer[:, None]
    return fft.irfft(spectrum, n=padded, axis=0)[reach : reach + samples]
