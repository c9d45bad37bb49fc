"""What echoes show of the physics that made them: how speckle scatters, how wide a point is, how they fade with depth.

`benchmarks/physics_against_pymust.py` asks these of two simulators.
"""

import numpy as np
from jaxtyping import Shaped

from sonolens.ultrasound.bmode import Envelope

Profile = Shaped[np.ndarray, " points"]

RAYLEIGH_SNR = float(np.sqrt(np.pi / (4 - np.pi)))
"""Mean over standard deviation of fully developed speckle: 1.913."""
HALF = 0.5


def measure_speckle_snr(envelope: Envelope) -> float:
    """Divide the mean of an envelope by its standard deviation.

    Fully developed speckle gives `RAYLEIGH_SNR`, fewer than some ten reflectors in what the beam holds at once give less, an
    average of independent pictures gives more.

    Args:
        envelope: Amplitudes of tissue that is the same throughout, before any logarithm.

    Raises:
        ValueError: If the amplitudes are all the same, so that there is no speckle.

    References:
        C. B. Burckhardt, Speckle in ultrasound B-mode scans, IEEE Trans. Sonics Ultrason. 25:1-6, 1978.
    """
    deviation = float(np.std(envelope, dtype=np.float64))
    if not deviation > 0:
        raise ValueError(
            f"an envelope of shape {envelope.shape} does not vary, so it shows no speckle"
        )
    return float(np.mean(envelope, dtype=np.float64)) / deviation


def measure_width(profile: Profile, *, step: float) -> float:
    """Measure how wide a single peak is at half its height, between samples by straight lines.

    Args:
        profile: Amplitudes along a line through the peak, 0 or more.
        step: Distance of neighbouring samples; the width has its unit.

    Raises:
        ValueError: If the profile does not fall to half on both sides.

    Examples:
        >>> measure_width(np.array([0.0, 1.0, 2.0, 1.0, 0.0]), step=0.1)
        0.2
    """
    amplitude = np.asarray(profile, dtype=np.float64)
    peak = int(amplitude.argmax())
    half = HALF * amplitude[peak]
    sides = [_fall(side, half) for side in (amplitude[peak::-1], amplitude[peak:])]
    return step * sum(sides)


def measure_slope(louder: Envelope, fainter: Envelope, *, sample_mm: float) -> float:
    """Measure by how many decibels per centimetre one picture fades against another of the same reflectors.

    The speckle of both is the same and cancels, so that few lines suffice.

    Args:
        louder: Amplitudes without the loss, depth down the rows.
        fainter: The same reflectors with it, same shape.
        sample_mm: Distance of neighbouring rows.

    Returns:
        Slope of the straight line through the loss of every depth, each the mean amplitude over all lines; above 0 where
        `fainter` fades. 0 if both are the same.

    Raises:
        ValueError: If there are fewer than two depths, or one of them has no echo.
    """
    if len(louder) < 2:  # noqa: PLR2004 - a line needs two points
        raise ValueError(f"a slope needs at least two depths, but there are {len(louder)}")
    means = [np.mean(each, axis=1, dtype=np.float64) for each in (louder, fainter)]
    if not min(each.min() for each in means) > 0:
        raise ValueError("a depth has no echo at all; leave it out")
    loss_db = 20 * np.log10(means[0] / means[1])
    depth_cm = np.arange(len(loss_db)) * sample_mm / 10
    return float(np.polynomial.Polynomial.fit(depth_cm, loss_db, 1).convert().coef[-1])


def _fall(side: Profile, half: float) -> float:
    """Count the samples from a peak until its amplitude is half."""
    below = np.flatnonzero(side < half)
    if not len(below):
        raise ValueError("the profile does not fall to half its peak; give a longer one")
    after = int(below[0])
    return after - 1 + float((side[after - 1] - half) / (side[after - 1] - side[after]))
