"""From echoes to grey levels: envelope, physical grid, log compression.

One code for all: phantoms pass through it, and so does recorded radio-frequency data. Depth runs
down the rows (axis 0), scan lines stand side by side (axis 1).
"""

import numpy as np
from jaxtyping import Float32, Shaped
from scipy import fft, sparse

from sonolens.arrays import Scan

Echoes = Shaped[np.ndarray, "samples lines"]
Envelope = Float32[np.ndarray, "samples lines"]
Amplitudes = Float32[np.ndarray, "rows cols"]

WHITE = 255


def detect_envelope(rf: Echoes) -> Envelope:
    """Take the amplitude of radio-frequency echoes along depth.

    Args:
        rf: Echo samples, depth along axis 0. Any real type; computed in single precision.

    Returns:
        Magnitude of the analytic signal of every line, same shape.

    Raises:
        ValueError: If there is no sample.
    """
    samples = len(rf)
    if rf.size == 0:
        raise ValueError(f"no echoes in an array of shape {rf.shape}; give samples x lines")
    padded = fft.next_fast_len(samples)
    spectrum = fft.fft(rf.astype(np.float32), n=padded, axis=0)
    positive = np.zeros(padded, dtype=np.float32)
    positive[0] = 1
    positive[1 : (padded + 1) // 2] = 2
    if padded % 2 == 0:
        positive[padded // 2] = 1
    analytic = fft.ifft(spectrum * positive[:, None], axis=0, overwrite_x=True)
    return np.abs(analytic[:samples])


def resample_envelope(
    envelope: Envelope, *, row_mm: float, col_mm: float, to_mm: float
) -> Amplitudes:
    """Carry an envelope to square pixels, averaging amplitudes where it shrinks.

    Averaging comes before the logarithm, because a mean of decibels is not the mean echo.

    Args:
        envelope: Amplitudes with samples of `row_mm` by `col_mm`.
        row_mm: Height of a sample.
        col_mm: Width of a sample.
        to_mm: Side of the new pixels.

    Returns:
        Amplitudes on as many whole pixels as the field holds. Pixel (0, 0) begins where sample (0, 0)
        begins.

    Raises:
        ValueError: If a size is not above 0, or the field is smaller than one pixel.
    """
    if min(row_mm, col_mm, to_mm) <= 0:
        raise ValueError(
            f"sample sizes {row_mm} x {col_mm} mm and pixel size {to_mm} mm must be above 0"
        )
    down = _area_weights(envelope.shape[0], ratio=to_mm / row_mm)
    across = _area_weights(envelope.shape[1], ratio=to_mm / col_mm)
    return np.asarray(down @ envelope @ across.T, dtype=np.float32)


def compress_envelope(envelope: Amplitudes, *, dynamic_range_db: float, reference: float) -> Scan:
    """Turn amplitudes into grey levels on a scale of decibels.

    Args:
        envelope: Amplitudes, 0 or more.
        dynamic_range_db: What lies this far below `reference`, or deeper, is black.
        reference: Amplitude that is white; what is louder is white too. The maximum of the scan is
            usual for recorded data.

    Returns:
        ``255 (1 + 20 log10(envelope / reference) / dynamic_range_db)``, rounded, within 0..255.

    Raises:
        ValueError: If the range or the reference is not above 0.

    Examples:
        >>> half = np.array([[1.0, 0.5, 0.0]], dtype=np.float32)
        >>> compress_envelope(half, dynamic_range_db=60.206, reference=1.0).tolist()
        [[255, 230, 0]]
    """
    if dynamic_range_db <= 0 or reference <= 0:
        raise ValueError(
            f"dynamic range {dynamic_range_db} dB and reference {reference} must be above 0; "
            "is the scan silent?"
        )
    floor = reference * 10 ** (-dynamic_range_db / 20)
    loudness_db = 20 * np.log10(np.maximum(envelope, floor) / reference)
    grey = WHITE * (1 + loudness_db / dynamic_range_db)
    return np.rint(np.clip(grey, 0, WHITE)).astype(np.uint8)


def _area_weights(samples: int, *, ratio: float) -> sparse.csr_array:
    """Average of the samples that a new pixel covers, each by the length it shares.

    >>> (3 * _area_weights(3, ratio=1.5).toarray()).round().tolist()
    [[2.0, 1.0, 0.0], [0.0, 1.0, 2.0]]
    """
    pixels = int(samples / ratio * (1 + 1e-9))  # a field of 500.0000001 pixels has 500
    if pixels < 1:
        raise ValueError(f"{samples} samples are less than one pixel of {ratio:g} samples")
    start = np.arange(pixels)[:, None] * ratio
    sample = np.arange(samples)[None, :]
    shared = np.minimum(start + ratio, sample + 1) - np.maximum(start, sample)
    return sparse.csr_array((np.maximum(shared, 0) / ratio).astype(np.float32))
